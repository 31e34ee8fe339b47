// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/training.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "aiot/nn/program.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/toolkit/golden.hpp"
#include "aiot/toolkit/package_runner.hpp"
#include "aiot/toolkit/package_writer.hpp"

namespace aiot::toolkit {
namespace {

nn::QuantParams params_of(Scale scale) {
  return {scale.scale, scale.zero_point};
}

LayerWeights weights_of(const QuantDense& layer) {
  return {layer.weights, layer.weight_scales, layer.bias};
}

NetworkSpec program_of(const QuantMlp& network, Heads heads) {
  ProgramBuilder builder(
      1, static_cast<std::uint32_t>(network.hidden.inputs), params_of(network.hidden.in));
  builder.fully_connected(static_cast<std::uint32_t>(network.hidden.outputs),
                          weights_of(network.hidden),
                          params_of(network.hidden.out),
                          Activation::kRelu);
  builder.fully_connected(static_cast<std::uint32_t>(network.output.outputs),
                          weights_of(network.output),
                          params_of(network.output.out),
                          Activation::kNone);
  if (heads == Heads::kMulti) {
    builder.logistic();
  } else {
    builder.softmax(1.0F);
  }
  return builder.finish();
}

PackageSpec package_of(const TrainingRequest& request,
                       const Dataset& dataset,
                       const TrainingReport& report,
                       std::span<const std::uint32_t> seen,
                       const NetworkSpec& network) {
  PackageSpec spec;
  spec.name = request.name;
  spec.version = request.version;
  spec.sensor = {.rate_min_hz = request.rate_min_hz, .rate_max_hz = request.rate_max_hz, .axes = 1};
  spec.window = request.window;
  spec.hop = request.hop;
  spec.features = request.specs;
  spec.network = network;
  spec.labels = report.labels;
  spec.decider = request.decider;
  spec.policy = request.policy;
  spec.bearing = request.bearing;
  spec.training_hash = report.training_hash;
  spec.created_by = "aiot train";
  spec.training_groups = request.seen;
  if (request.trace == Trace::kGroups) {
    for (const std::uint32_t group : seen) {
      spec.training_groups.push_back(dataset.groups[group]);
    }
  }
  return spec;
}

/// Most frequent answer per group and class.
class Majority {
 public:
  void add(std::uint32_t group, std::uint8_t label, std::size_t answer, std::size_t classes) {
    std::vector<std::size_t>& answers = answers_[{group, label}];
    answers.resize(classes);
    ++answers[answer];
  }

  void count(Confusion& out) const {
    for (const auto& [key, answers] : answers_) {
      out.add(key.second,
              static_cast<std::size_t>(std::max_element(answers.begin(), answers.end()) -
                                       answers.begin()));
    }
  }

 private:
  std::map<std::pair<std::uint32_t, std::uint8_t>, std::vector<std::size_t>> answers_;
};

/// Judges on the rows of the test groups; fills the report's figures of them.
void judge(const Dataset& dataset,
           const Split& split,
           const dsp::FeaturePlan& plan,
           const model::Package& package,
           const LevelRule& level_rule,
           TrainingReport& report) {
  const std::size_t classes = dataset.labels.size();
  report.float_windows = Confusion(classes);
  report.int8_windows = Confusion(classes);
  report.int8_groups = Confusion(classes);
  report.level_windows = Confusion(classes);
  PackageRunner runner(package);
  Majority majority;
  std::vector<float> inputs(dataset.features);
  std::vector<float> logits(classes);
  std::size_t same = 0;
  const std::vector<std::size_t> rows = rows_of(dataset, split.test);
  for (const std::size_t row : rows) {
    const std::uint8_t truth = dataset.row_label[row];
    dsp::normalise(plan, dataset.row(row), inputs);
    run(report.fit.network, inputs, logits);
    const std::size_t of_float = argmax(logits);
    const std::size_t of_int8 = runner.answer(dataset.row(row));
    report.float_windows.add(truth, of_float);
    report.int8_windows.add(truth, of_int8);
    report.level_windows.add(truth, answer(level_rule, dataset.row(row)[0]));
    majority.add(dataset.row_group[row], truth, of_int8, classes);
    same += of_float == of_int8 ? 1U : 0U;
  }
  majority.count(report.int8_groups);
  report.int8_agreement = static_cast<double>(same) / static_cast<double>(rows.size());
}

LevelRule level_rule_of(const Dataset& dataset, const Split& split) {
  std::vector<float> levels;
  std::vector<std::uint8_t> labels;
  for (const std::size_t row : rows_of(dataset, split.train)) {
    levels.push_back(dataset.row(row)[0]);
    labels.push_back(dataset.row_label[row]);
  }
  return fit_level_rule(levels, labels, dataset.labels.size());
}

PartSize size_of(const Dataset& dataset, const std::vector<std::uint32_t>& groups) {
  return {groups.size(), rows_of(dataset, groups).size()};
}

/// Text of the classes that have fewer than two groups.
std::string thin_classes(const Dataset& dataset) {
  std::vector<std::set<std::uint32_t>> groups(dataset.labels.size());
  for (std::size_t i = 0; i < dataset.rows(); ++i) {
    groups[dataset.row_label[i]].insert(dataset.row_group[i]);
  }
  std::string text;
  for (std::size_t c = 0; c < groups.size(); ++c) {
    if (groups[c].size() < 2) {
      text += (text.empty() ? "" : ", ") + dataset.labels[c];
    }
  }
  return text;
}

/// What is against a package of `labels`, of which the network learns the first `learned`; fills
/// in what follows from them.
std::optional<std::string> objection(const std::vector<std::string>& labels,
                                     std::size_t learned,
                                     TrainingRequest& request) {
  if (learned < 2) {
    return "the recordings have one class only; a network needs at least two";
  }
  if (labels.size() > decide::kMaxLabels) {
    return "more than 32 classes; leave some out with --labels";
  }
  const auto normal = std::find(labels.begin(), labels.end(), request.normal_label);
  if (normal == labels.end()) {
    return "no recording has the label '" + request.normal_label +
           "'; name the one that needs no attention with --normal";
  }
  const auto place = static_cast<std::size_t>(normal - labels.begin());
  request.decider.labels = static_cast<std::uint8_t>(labels.size());
  request.decider.normal_label = static_cast<std::uint8_t>(place);
  request.fit.costs.assign(learned, 1.0);
  if (place < learned) {
    request.fit.costs[place] = request.false_alarm_cost;
  }
  return std::nullopt;
}

/// Adds an output of no weights whose logit is the smallest that the others reach: its score is
/// that of a class which is out of the question, and it never is the answer.
void add_silent_output(const Samples& samples, Mlp& network) {
  float least = 0.0F;
  std::vector<float> logits(network.output.outputs);
  for (std::size_t i = 0; i < samples.rows(); ++i) {
    run(network, samples.row(i), logits);
    least = std::min(least, *std::min_element(logits.begin(), logits.end()));
  }
  network.output.weights.resize(network.output.weights.size() + network.output.inputs, 0.0F);
  network.output.bias.push_back(least);
  ++network.output.outputs;
}

std::int8_t best_score(const GoldenWindow& window) {
  std::int8_t best = std::numeric_limits<std::int8_t>::min();
  for (const std::byte code : window.output) {
    best = std::max(best, static_cast<std::int8_t>(code));
  }
  return best;
}

/// The golden window of a trained network: of all training rows the one whose answer is the least
/// decided, where a small mistake is the likeliest to show.
std::optional<GoldenWindow> least_decided(const NetworkSpec& network, const Samples& train) {
  std::optional<GoldenWindow> least;
  std::int8_t least_best = 0;
  const nn::QuantParams params{network.inputs[0].scale, network.inputs[0].zero_point};
  std::vector<std::int8_t> codes(train.features);
  for (std::size_t i = 0; i < train.rows(); ++i) {
    nn::quantize(train.row(i), params, codes);
    auto window = golden_window(network, std::as_bytes(std::span(codes)));
    const std::int8_t best = best_score(*window);
    if (!least || best < least_best) {
      least = std::move(window);
      least_best = best;
    }
  }
  return least;
}

/// Quantises the fitted network and writes and reads the package; fills what the report says of it.
std::optional<std::string> finish_package(const Dataset& dataset,
                                          const TrainingRequest& request,
                                          const Samples& train,
                                          std::span<const std::uint32_t> seen,
                                          Training& result) {
  TrainingReport& report = result.report;
  const NetworkSpec network = program_of(to_int8(report.fit.network, train), request.fit.heads);
  PackageSpec spec = package_of(request, dataset, report, seen, network);
  spec.golden = least_decided(network, train);
  std::string problem;
  auto file = write_package(spec, problem);
  if (!file) {
    return problem;
  }
  result.package = std::move(*file);
  report.package_bytes = result.package.size();
  report.arena_bytes = network.arena_bytes;
  report.macs = nn::count_macs(network.program);
  return std::nullopt;
}

std::vector<std::uint32_t> all_groups(const Dataset& dataset) {
  std::vector<std::uint32_t> groups(dataset.groups.size());
  std::iota(groups.begin(), groups.end(), 0U);
  return groups;
}

}  // namespace

Loaded<Training> train_package(const Dataset& dataset,
                               TrainingRequest request,
                               const std::function<void(const Epoch&)>& progress) {
  if (const auto text = objection(dataset.labels, dataset.labels.size(), request)) {
    return Problem{*text};
  }
  Split split;
  if (!split_by_group(dataset, request.shares, request.fit.seed, split).ok()) {
    const std::string thin = thin_classes(dataset);
    return Problem{"too few machines to train on some and judge on others" +
                   (thin.empty() ? "" : " (one only: " + thin + ")") +
                   "; record more machines, or leave the class out with --labels"};
  }
  fit_normalisation(dataset, split.train, request.deviation_floor, request.specs);
  const dsp::FeaturePlan plan = request.plan();
  const Samples train = normalised(dataset, split.train, plan);

  Training result;
  TrainingReport& report = result.report;
  report.labels = dataset.labels;
  report.specs = request.specs;
  report.train = size_of(dataset, split.train);
  report.validation = size_of(dataset, split.validation);
  report.test = size_of(dataset, split.test);
  for (const std::uint32_t group : split.test) {
    report.test_groups.push_back(dataset.groups[group]);
  }
  report.training_hash = content_hash(dataset);
  report.fit = fit(train, normalised(dataset, split.validation, plan), request.fit, progress);

  std::vector<std::uint32_t> seen = split.train;
  seen.insert(seen.end(), split.validation.begin(), split.validation.end());
  if (auto problem = finish_package(dataset, request, train, seen, result)) {
    return Problem{std::move(*problem)};
  }
  const AlignedBytes aligned(result.package);
  const Result<model::Package> package = model::load(aligned.view());
  if (!package.ok()) {
    return Problem{"the package that was just written can not be loaded; this is a bug of aiot"};
  }
  judge(dataset, split, plan, *package, level_rule_of(dataset, split), report);
  return result;
}

std::vector<std::vector<std::uint32_t>> deal_into_parts(const Dataset& dataset, std::size_t most) {
  constexpr std::uint8_t kNoClass = 0xFF;
  std::vector<std::uint8_t> class_of(dataset.groups.size(), kNoClass);
  std::vector<std::vector<std::uint32_t>> groups(dataset.labels.size());
  for (std::size_t i = 0; i < dataset.rows(); ++i) {
    const std::uint32_t group = dataset.row_group[i];
    if (class_of[group] == kNoClass) {
      class_of[group] = dataset.row_label[i];
      groups[class_of[group]].push_back(group);
    }
  }
  std::size_t count = most;
  for (const std::vector<std::uint32_t>& of_class : groups) {
    count = std::min(count, of_class.size());
  }
  std::vector<std::vector<std::uint32_t>> parts(count);
  for (const std::vector<std::uint32_t>& of_class : groups) {
    for (std::size_t i = 0; i < of_class.size() && count > 0; ++i) {
      parts[i % count].push_back(of_class[i]);
    }
  }
  for (std::vector<std::uint32_t>& part : parts) {
    std::sort(part.begin(), part.end());
  }
  return parts;
}

Loaded<Training> train_on_all(const Dataset& dataset,
                              TrainingRequest request,
                              const std::function<void(const Epoch&)>& progress) {
  std::vector<std::string> labels = dataset.labels;
  (void)index_of(labels, request.normal_label);  // the last one unless it is learned
  if (const auto text = objection(labels, dataset.labels.size(), request)) {
    return Problem{*text};
  }
  const std::vector<std::uint32_t> groups = all_groups(dataset);
  fit_normalisation(dataset, groups, request.deviation_floor, request.specs);
  const dsp::FeaturePlan plan = request.plan();
  const Samples train = normalised(dataset, groups, plan);

  Training result;
  TrainingReport& report = result.report;
  report.specs = request.specs;
  report.train = size_of(dataset, groups);
  report.training_hash = content_hash(dataset);
  constexpr std::size_t kMostParts = 5;
  const auto parts = deal_into_parts(dataset, kMostParts);
  FitOptions last = request.fit;
  if (parts.size() > 1) {
    std::size_t sum = 0;
    for (const std::vector<std::uint32_t>& part : parts) {
      std::vector<std::uint32_t> rest;
      std::set_difference(
          groups.begin(), groups.end(), part.begin(), part.end(), std::back_inserter(rest));
      report.stops.push_back(fit(normalised(dataset, rest, plan),
                                 normalised(dataset, part, plan),
                                 request.fit,
                                 progress)
                                 .best.number);
      sum += report.stops.back();
    }
    constexpr std::size_t kFewestEpochs = 5;
    last.max_epochs = std::max(kFewestEpochs, sum / parts.size());
  }
  last.keep = Keep::kLast;
  report.fit = fit(train, {}, last, progress);
  report.labels = labels;
  if (labels.size() > dataset.labels.size()) {
    add_silent_output(train, report.fit.network);
  }
  if (auto problem = finish_package(dataset, request, train, groups, result)) {
    return Problem{std::move(*problem)};
  }
  return result;
}

}  // namespace aiot::toolkit
