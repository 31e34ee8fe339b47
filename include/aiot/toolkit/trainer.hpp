// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace aiot::toolkit {

/// Network inputs with their classes, one row a window.
struct Samples {
  std::size_t features = 0;
  std::size_t classes = 0;
  std::vector<float> values = {};         ///< [rows][features], normalised by the feature plan
  std::vector<std::uint8_t> labels = {};  ///< [rows], each below `classes`

  [[nodiscard]] std::size_t rows() const noexcept { return labels.size(); }

  [[nodiscard]] std::span<const float> row(std::size_t i) const noexcept {
    return std::span(values).subspan(i * features, features);
  }
};

/// Network inputs are limited to this many standard deviations, while training and (by the input's
/// quantisation: scale 1/32, zero point 0) on the device. What lies further out than anything in
/// the training data then does not push the network into a corner where it was never tried.
inline constexpr float kInputLimit = 4.0F;

/// out[o] = bias[o] + sum over i of weights[o][i] * in[i].
struct Dense {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::vector<float> weights;  ///< [outputs][inputs]
  std::vector<float> bias;     ///< [outputs]
};

/// features -> hidden units with ReLU -> one logit a class.
struct Mlp {
  Dense hidden;
  Dense output;
};

/// What the outputs of a network mean.
enum class Heads : std::uint8_t {
  kSoftmax,  ///< scores of one choice: they sum to 1
  kMulti,    ///< a sigmoid a class: each says yes or no for itself, all may say no
};

/// Which epoch's network is kept.
enum class Keep : std::uint8_t {
  kBest,  ///< the one with the smallest validation loss
  kLast,  ///< the last one: how many are needed was found out before
};

struct FitOptions {
  std::uint64_t seed = 1;
  std::size_t hidden = 16;
  std::size_t batch = 32;
  std::size_t max_epochs = 120;
  std::size_t patience = 12;       ///< epochs without a better validation loss before the end
  double learning_rate = 0.004;    ///< Adam, beta 0.9 and 0.999
  double l2 = 1e-4;                ///< on weights, not on biases
  std::vector<double> costs = {};  ///< weight of a class beside the balance, empty: 1 for each
  double label_smoothing = 0.05;   ///< share of a row's target that is spread over all classes;
                                   ///< kMulti: yes is 1 - half of it, no is half of it
  double input_noise = 0;          ///< deviation of the noise that is added to inputs in training
  Heads heads = Heads::kSoftmax;
  Keep keep = Keep::kBest;
};

struct Epoch {
  std::size_t number = 0;  ///< from 1
  double train_loss = 0;
  double validation_loss = 0;  ///< the training loss when there are no validation rows
};

struct Fit {
  Mlp network;  ///< of the best epoch
  Epoch best;
  std::size_t epochs = 0;
};

/// Fits the network to `train` by mini-batch Adam on the cross-entropy (kMulti: the sum of the
/// binary ones). A class has the same total
/// weight however many rows it has, times its cost. Ends early when the loss on `validation` (rows
/// of other machines; may be empty: then all epochs run) gets no better, and returns the best
/// epoch. `progress` is called after each epoch and may be empty. The result depends on the
/// arguments only: own random numbers, exp and log, sums in one order. Each class must have a row
/// in `train` and a cost above 0, or the call ends in AIOT_CHECK.
Fit fit(const Samples& train,
        const Samples& validation,
        const FitOptions& options,
        const std::function<void(const Epoch&)>& progress);

/// Logits of one row; inputs beyond `kInputLimit` are limited. `logits` has one entry a class.
void run(const Mlp& network, std::span<const float> row, std::span<float> logits);

/// exp(logits) / sum, in place.
void softmax(std::span<float> logits);

/// 1 / (1 + exp(-logit)) of each, in place.
void sigmoid(std::span<float> logits);

/// Index of the largest value, the first one of equals.
std::size_t argmax(std::span<const float> values);

/// A real number is scale * (code - zero_point).
struct Scale {
  float scale = 1;
  std::int32_t zero_point = 0;
};

/// A layer in the rules of the TFLite 8-bit quantisation specification: int8 activations with zero
/// point, int8 weights symmetric in [-127, 127] with one scale an output channel, int32 bias of
/// scale in.scale * weight_scales[o].
struct QuantDense {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  Scale in;
  Scale out;
  std::vector<float> weight_scales;  ///< [outputs]
  std::vector<std::int8_t> weights;  ///< [outputs][inputs]
  std::vector<std::int32_t> bias;    ///< [outputs]
};

/// The network after quantisation: hidden layer with ReLU, output layer, softmax to scale 1/256 and
/// zero point -128.
struct QuantMlp {
  QuantDense hidden;
  QuantDense output;
};

/// Post-training quantisation. The ranges of hidden units and logits are the smallest and largest
/// values over `calibration` (rows of the training data).
QuantMlp to_int8(const Mlp& network, const Samples& calibration);

/// How often a class was taken for which: counts[truth][answer].
struct Confusion {
  explicit Confusion(std::size_t class_count)
      : classes(class_count), counts(class_count * class_count) {}

  void add(std::size_t truth, std::size_t answer) { ++counts[truth * classes + answer]; }

  [[nodiscard]] std::size_t at(std::size_t truth, std::size_t answer) const {
    return counts[truth * classes + answer];
  }

  /// Rows of the class `truth`.
  [[nodiscard]] std::size_t total(std::size_t truth) const;
  /// Share of the rows of `truth` that were answered right; 0 when it has none.
  [[nodiscard]] double recall(std::size_t truth) const;
  /// Mean recall over the classes that have rows.
  [[nodiscard]] double balanced_accuracy() const;
  /// Share of all rows answered right.
  [[nodiscard]] double accuracy() const;

  std::size_t classes;
  std::vector<std::size_t> counts;
};

/// The float network's answers.
Confusion evaluate(const Mlp& network, const Samples& samples);

/// The rule to compare with: one threshold between each two classes on a single level, halfway
/// between their medians (the classes in the order of their medians).
struct LevelRule {
  std::vector<std::uint8_t> order;  ///< classes from the lowest median to the highest
  std::vector<float> thresholds;    ///< [classes - 1], rising
};

/// `levels` and `labels` have one entry a row; each of the classes needs a row.
LevelRule fit_level_rule(std::span<const float> levels,
                         std::span<const std::uint8_t> labels,
                         std::size_t classes);

std::size_t answer(const LevelRule& rule, float level);

}  // namespace aiot::toolkit
