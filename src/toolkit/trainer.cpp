// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/toolkit/random.hpp"

namespace aiot::toolkit {
namespace {

// Training runs in double and plain loops: the sums are in one order on every machine. A matrix
// library chooses its blocking, and so the order, by the size of the CPU's caches.
using Vector = std::vector<double>;

struct Layer {
  std::size_t inputs;
  std::size_t outputs;
  Vector weights;
  Vector bias;
};

struct Network {
  Layer hidden;
  Layer output;
};

/// Weights of one network as one list, so that the optimiser needs no layers.
std::vector<Vector*> parameters(Network& network) {
  return {
      &network.hidden.weights, &network.hidden.bias, &network.output.weights, &network.output.bias};
}

Layer make_layer(std::size_t inputs, std::size_t outputs, Random& random) {
  Layer layer{inputs, outputs, Vector(inputs * outputs), Vector(outputs)};
  const double limit = std::sqrt(6.0 / static_cast<double>(inputs));
  for (double& weight : layer.weights) {
    weight = random.between(-limit, limit);
  }
  return layer;
}

Network zeros_like(const Network& network) {
  Network zeros = network;
  for (Vector* values : parameters(zeros)) {
    std::fill(values->begin(), values->end(), 0.0);
  }
  return zeros;
}

void forward(const Layer& layer, const Vector& in, Vector& out) {
  for (std::size_t o = 0; o < layer.outputs; ++o) {
    double sum = layer.bias[o];
    for (std::size_t i = 0; i < layer.inputs; ++i) {
      sum += layer.weights[o * layer.inputs + i] * in[i];
    }
    out[o] = sum;
  }
}

void limit_inputs(std::span<const float> row, Vector& in) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    in[i] = static_cast<double>(std::clamp(row[i], -kInputLimit, kInputLimit));
  }
}

/// Probabilities from logits, in place; returns log of the sum of exponentials.
double softmax_in_place(Vector& logits) {
  const double top = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (double& value : logits) {
    value = static_cast<double>(dsp::exp(static_cast<float>(value - top)));
    sum += value;
  }
  for (double& value : logits) {
    value /= sum;
  }
  return top + static_cast<double>(dsp::log(static_cast<float>(sum)));
}

/// Probabilities from logits, in place; returns the sum of log(1 + exp(logit)).
double sigmoid_in_place(Vector& logits) {
  double sum = 0;
  for (double& value : logits) {
    // exp of what is at most 0 can not overflow
    const auto e = static_cast<double>(dsp::exp(static_cast<float>(-std::fabs(value))));
    sum += std::max(value, 0.0) + static_cast<double>(dsp::log(static_cast<float>(1.0 + e)));
    value = value >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
  }
  return sum;
}

/// What one row passes through, kept for the way back.
struct Pass {
  explicit Pass(const Network& network)
      : in(network.hidden.inputs),
        hidden(network.hidden.outputs),
        out(network.output.outputs),
        back(network.hidden.outputs) {}

  Vector in;
  Vector hidden;  ///< after ReLU
  Vector out;     ///< logits, then probabilities, then the gradient by logit
  Vector back;    ///< gradient by hidden unit
};

/// The objective: weighted cross-entropy against smoothed targets.
class Objective {
 public:
  Objective(std::vector<double> class_weights, double smoothing, Heads heads)
      : class_weights_(std::move(class_weights)), smoothing_(smoothing), heads_(heads) {}

  [[nodiscard]] double weight(std::size_t label) const { return class_weights_[label]; }

  [[nodiscard]] double target(std::size_t label, std::size_t c) const {
    const double answers =
        heads_ == Heads::kMulti ? 2.0 : static_cast<double>(class_weights_.size());
    const double spread = smoothing_ / answers;
    return c == label ? 1.0 - smoothing_ + spread : spread;
  }

  /// Loss of a row; leaves probabilities in `pass.out`.
  double loss(const Network& network,
              std::span<const float> row,
              std::size_t label,
              Pass& pass) const {
    limit_inputs(row, pass.in);
    return loss_of_inputs(network, label, pass);
  }

  /// The same of the inputs in `pass.in`.
  double loss_of_inputs(const Network& network, std::size_t label, Pass& pass) const {
    forward(network.hidden, pass.in, pass.hidden);
    for (double& value : pass.hidden) {
      value = std::max(value, 0.0);
    }
    forward(network.output, pass.hidden, pass.out);
    double expected = 0;
    for (std::size_t c = 0; c < pass.out.size(); ++c) {
      expected += target(label, c) * pass.out[c];
    }
    const double log_sum =
        heads_ == Heads::kMulti ? sigmoid_in_place(pass.out) : softmax_in_place(pass.out);
    return weight(label) * (log_sum - expected);
  }

  /// Mean loss over all rows.
  double mean_loss(const Network& network, const Samples& samples) const {
    Pass pass(network);
    double sum = 0;
    for (std::size_t i = 0; i < samples.rows(); ++i) {
      sum += loss(network, samples.row(i), samples.labels[i], pass);
    }
    return sum / static_cast<double>(samples.rows());
  }

 private:
  std::vector<double> class_weights_;
  double smoothing_;
  Heads heads_;
};

/// Adds a layer's weight gradients for one row; `back` (may be null) gets the gradient by input.
void backward(
    const Layer& layer, const Vector& in, const Vector& by_out, Layer& sum, Vector* back) {
  if (back != nullptr) {
    std::fill(back->begin(), back->end(), 0.0);
  }
  for (std::size_t o = 0; o < layer.outputs; ++o) {
    sum.bias[o] += by_out[o];
    for (std::size_t i = 0; i < layer.inputs; ++i) {
      sum.weights[o * layer.inputs + i] += by_out[o] * in[i];
      if (back != nullptr) {
        (*back)[i] += by_out[o] * layer.weights[o * layer.inputs + i];
      }
    }
  }
}

/// Adds the gradient of the loss of the inputs in `pass.in` to `sum`; returns the loss.
double add_gradient(const Network& network,
                    const Objective& objective,
                    std::size_t label,
                    Pass& pass,
                    Network& sum) {
  const double loss = objective.loss_of_inputs(network, label, pass);
  for (std::size_t c = 0; c < pass.out.size(); ++c) {
    pass.out[c] = objective.weight(label) * (pass.out[c] - objective.target(label, c));
  }
  backward(network.output, pass.hidden, pass.out, sum.output, &pass.back);
  for (std::size_t i = 0; i < pass.hidden.size(); ++i) {
    if (pass.hidden[i] <= 0.0) {
      pass.back[i] = 0.0;
    }
  }
  backward(network.hidden, pass.in, pass.back, sum.hidden, nullptr);
  return loss;
}

/// Kingma and Ba, Adam (2015), algorithm 1.
class Adam {
 public:
  Adam(const Network& network, double rate)
      : first_(zeros_like(network)), second_(first_), rate_(rate) {}

  void step(Network& network, Network& gradient, double rows, double l2) {
    power1_ *= kBeta1;
    power2_ *= kBeta2;
    const auto values = parameters(network);
    const auto gradients = parameters(gradient);
    const auto first = parameters(first_);
    const auto second = parameters(second_);
    for (std::size_t p = 0; p < values.size(); ++p) {
      const bool decays = p % 2 == 0;  // weights, bias, weights, bias
      for (std::size_t i = 0; i < values[p]->size(); ++i) {
        double& value = (*values[p])[i];
        const double g = (*gradients[p])[i] / rows + (decays ? l2 * value : 0.0);
        double& m = (*first[p])[i];
        double& v = (*second[p])[i];
        m = kBeta1 * m + (1.0 - kBeta1) * g;
        v = kBeta2 * v + (1.0 - kBeta2) * g * g;
        value -= rate_ * (m / (1.0 - power1_)) / (std::sqrt(v / (1.0 - power2_)) + 1e-8);
      }
    }
  }

 private:
  static constexpr double kBeta1 = 0.9;
  static constexpr double kBeta2 = 0.999;
  Network first_;
  Network second_;
  double rate_;
  double power1_ = 1;
  double power2_ = 1;
};

/// Weight of a row of each class; the mean over all rows is 1.
std::vector<double> class_weights(const Samples& samples, const std::vector<double>& costs) {
  AIOT_CHECK(costs.empty() || costs.size() == samples.classes);
  std::vector<std::size_t> rows(samples.classes);
  for (const std::uint8_t label : samples.labels) {
    AIOT_CHECK(label < samples.classes);
    ++rows[label];
  }
  std::vector<double> weights(samples.classes, 1.0);
  double total = 0;
  for (std::size_t c = 0; c < samples.classes; ++c) {
    const double cost = costs.empty() ? 1.0 : costs[c];
    AIOT_CHECK(rows[c] > 0 && cost > 0.0);
    weights[c] = cost / static_cast<double>(rows[c]);
    total += cost;
  }
  for (double& weight : weights) {
    weight *= static_cast<double>(samples.rows()) / total;
  }
  return weights;
}

/// A row's inputs, with noise of deviation `noise` and then limited.
void noisy_inputs(std::span<const float> row, double noise, Random& random, Vector& in) {
  constexpr auto kLimit = static_cast<double>(kInputLimit);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double value = static_cast<double>(row[i]) + noise * random.normal();
    in[i] = std::clamp(value, -kLimit, kLimit);
  }
}

/// One pass over all rows in the order given; returns the mean loss before each step.
double run_epoch(Network& network,
                 Adam& adam,
                 const Objective& objective,
                 const Samples& samples,
                 std::span<const std::uint32_t> order,
                 const FitOptions& options,
                 Random& noise) {
  Pass pass(network);
  double loss = 0;
  for (std::size_t start = 0; start < order.size(); start += options.batch) {
    const std::size_t rows = std::min(options.batch, order.size() - start);
    Network gradient = zeros_like(network);
    for (const std::uint32_t row : order.subspan(start, rows)) {
      if (options.input_noise > 0.0) {
        noisy_inputs(samples.row(row), options.input_noise, noise, pass.in);
      } else {
        limit_inputs(samples.row(row), pass.in);
      }
      loss += add_gradient(network, objective, samples.labels[row], pass, gradient);
    }
    adam.step(network, gradient, static_cast<double>(rows), options.l2);
  }
  return loss / static_cast<double>(order.size());
}

Dense to_float(const Layer& layer) {
  const auto narrow = [](double value) { return static_cast<float>(value); };
  Dense dense{layer.inputs, layer.outputs, {}, {}};
  std::transform(
      layer.weights.begin(), layer.weights.end(), std::back_inserter(dense.weights), narrow);
  std::transform(layer.bias.begin(), layer.bias.end(), std::back_inserter(dense.bias), narrow);
  return dense;
}

void run_layer(const Dense& layer, std::span<const float> in, std::span<float> out) {
  for (std::size_t o = 0; o < layer.outputs; ++o) {
    float sum = layer.bias[o];
    for (std::size_t i = 0; i < layer.inputs; ++i) {
      sum += layer.weights[o * layer.inputs + i] * in[i];
    }
    out[o] = sum;
  }
}

/// Hidden units after ReLU.
std::vector<float> run_hidden(const Mlp& network, std::span<const float> row) {
  AIOT_CHECK(row.size() == network.hidden.inputs);
  std::vector<float> in(row.begin(), row.end());
  for (float& value : in) {
    value = std::clamp(value, -kInputLimit, kInputLimit);
  }
  std::vector<float> hidden(network.hidden.outputs);
  run_layer(network.hidden, in, hidden);
  for (float& value : hidden) {
    value = std::max(value, 0.0F);
  }
  return hidden;
}

/// The range [low, high], made to include 0, on 256 codes.
Scale scale_for(float low, float high) {
  low = std::min(low, 0.0F);
  high = std::max(high, 0.0F);
  const float scale = high > low ? (high - low) / 255.0F : 1.0F;
  const auto zero = static_cast<std::int32_t>(std::lround(-128.0F - low / scale));
  return {scale, std::clamp(zero, -128, 127)};
}

QuantDense layer_to_int8(const Dense& layer, Scale in, Scale out) {
  QuantDense quant{layer.inputs, layer.outputs, in, out, {}, {}, {}};
  for (std::size_t o = 0; o < layer.outputs; ++o) {
    const auto weights = std::span(layer.weights).subspan(o * layer.inputs, layer.inputs);
    float largest = 0;
    for (const float weight : weights) {
      largest = std::max(largest, std::fabs(weight));
    }
    const float scale = largest > 0.0F ? largest / 127.0F : 1.0F;
    quant.weight_scales.push_back(scale);
    for (const float weight : weights) {
      quant.weights.push_back(static_cast<std::int8_t>(std::lround(weight / scale)));
    }
    const double bias_scale = static_cast<double>(in.scale) * static_cast<double>(scale);
    const double bias = std::round(static_cast<double>(layer.bias[o]) / bias_scale);
    quant.bias.push_back(static_cast<std::int32_t>(std::clamp(bias, -1e9, 1e9)));
  }
  return quant;
}

}  // namespace

Fit fit(const Samples& train,
        const Samples& validation,
        const FitOptions& options,
        const std::function<void(const Epoch&)>& progress) {
  AIOT_CHECK(train.classes > 1 && train.features > 0 && options.batch > 0 && options.hidden > 0);
  Random random(options.seed, 1);
  Network network{make_layer(train.features, options.hidden, random),
                  make_layer(options.hidden, train.classes, random)};
  Random noise(options.seed, 4);
  const Objective objective(
      class_weights(train, options.costs), options.label_smoothing, options.heads);
  Adam adam(network, options.learning_rate);
  std::vector<std::uint32_t> order(train.rows());
  std::iota(order.begin(), order.end(), 0U);

  Fit result;
  Network best = network;
  result.best.validation_loss = std::numeric_limits<double>::max();
  for (std::size_t number = 1; number <= options.max_epochs; ++number) {
    random.shuffle(order);
    Epoch epoch{number, run_epoch(network, adam, objective, train, order, options, noise), 0};
    epoch.validation_loss =
        validation.rows() > 0 ? objective.mean_loss(network, validation) : epoch.train_loss;
    result.epochs = number;
    if (progress) {
      progress(epoch);
    }
    if (options.keep == Keep::kLast || epoch.validation_loss < result.best.validation_loss) {
      result.best = epoch;
      best = network;
    } else if (number - result.best.number >= options.patience) {
      break;
    }
  }
  result.network = {to_float(best.hidden), to_float(best.output)};
  return result;
}

void run(const Mlp& network, std::span<const float> row, std::span<float> logits) {
  AIOT_CHECK(logits.size() == network.output.outputs);
  run_layer(network.output, run_hidden(network, row), logits);
}

void softmax(std::span<float> logits) {
  Vector wide(logits.begin(), logits.end());
  (void)softmax_in_place(wide);
  std::transform(wide.begin(), wide.end(), logits.begin(), [](double value) {
    return static_cast<float>(value);
  });
}

void sigmoid(std::span<float> logits) {
  Vector wide(logits.begin(), logits.end());
  (void)sigmoid_in_place(wide);
  std::transform(wide.begin(), wide.end(), logits.begin(), [](double value) {
    return static_cast<float>(value);
  });
}

std::size_t argmax(std::span<const float> values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

QuantMlp to_int8(const Mlp& network, const Samples& calibration) {
  float hidden_high = 0;
  float low = 0;
  float high = 0;
  std::vector<float> logits(network.output.outputs);
  for (std::size_t i = 0; i < calibration.rows(); ++i) {
    const std::vector<float> hidden = run_hidden(network, calibration.row(i));
    run_layer(network.output, hidden, logits);
    hidden_high = std::max(hidden_high, *std::max_element(hidden.begin(), hidden.end()));
    low = std::min(low, *std::min_element(logits.begin(), logits.end()));
    high = std::max(high, *std::max_element(logits.begin(), logits.end()));
  }
  const Scale in{kInputLimit / 128.0F, 0};
  const Scale middle = scale_for(0, hidden_high);
  return {layer_to_int8(network.hidden, in, middle),
          layer_to_int8(network.output, middle, scale_for(low, high))};
}

std::size_t Confusion::total(std::size_t truth) const {
  const auto first = counts.begin() + static_cast<std::ptrdiff_t>(truth * classes);
  return std::accumulate(first, first + static_cast<std::ptrdiff_t>(classes), std::size_t{0});
}

double Confusion::recall(std::size_t truth) const {
  const std::size_t rows = total(truth);
  return rows == 0 ? 0.0 : static_cast<double>(at(truth, truth)) / static_cast<double>(rows);
}

double Confusion::balanced_accuracy() const {
  double sum = 0;
  std::size_t present = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    if (total(c) > 0) {
      sum += recall(c);
      ++present;
    }
  }
  return present == 0 ? 0.0 : sum / static_cast<double>(present);
}

double Confusion::accuracy() const {
  std::size_t right = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    right += at(c, c);
  }
  const std::size_t rows = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  return rows == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(rows);
}

Confusion evaluate(const Mlp& network, const Samples& samples) {
  Confusion confusion(samples.classes);
  std::vector<float> logits(samples.classes);
  for (std::size_t i = 0; i < samples.rows(); ++i) {
    run(network, samples.row(i), logits);
    confusion.add(samples.labels[i], argmax(logits));
  }
  return confusion;
}

LevelRule fit_level_rule(std::span<const float> levels,
                         std::span<const std::uint8_t> labels,
                         std::size_t classes) {
  AIOT_CHECK(levels.size() == labels.size());
  std::vector<std::vector<float>> of_class(classes);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    of_class[labels[i]].push_back(levels[i]);
  }
  std::vector<float> medians;
  for (std::vector<float>& values : of_class) {
    AIOT_CHECK(!values.empty());
    std::sort(values.begin(), values.end());
    medians.push_back(values[values.size() / 2]);
  }
  LevelRule rule;
  rule.order.resize(classes);
  std::iota(rule.order.begin(), rule.order.end(), std::uint8_t{0});
  std::stable_sort(rule.order.begin(), rule.order.end(), [&](std::uint8_t a, std::uint8_t b) {
    return medians[a] < medians[b];
  });
  for (std::size_t i = 1; i < classes; ++i) {
    rule.thresholds.push_back((medians[rule.order[i - 1]] + medians[rule.order[i]]) / 2.0F);
  }
  return rule;
}

std::size_t answer(const LevelRule& rule, float level) {
  std::size_t at = 0;
  while (at < rule.thresholds.size() && level >= rule.thresholds[at]) {
    ++at;
  }
  return rule.order[at];
}

}  // namespace aiot::toolkit
