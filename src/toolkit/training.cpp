// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/training.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "aiot/nn/program.hpp"
#include "aiot/nn/quant.hpp"
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

NetworkSpec program_of(const QuantMlp& network) {
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
  builder.softmax(1.0F);
  return builder.finish();
}

PackageSpec package_of(const TrainingRequest& request,
                       const Dataset& dataset,
                       const NetworkSpec& network) {
  PackageSpec spec;
  spec.name = request.name;
  spec.version = request.version;
  spec.sensor = {.rate_min_hz = request.rate_min_hz, .rate_max_hz = request.rate_max_hz, .axes = 1};
  spec.window = request.window;
  spec.hop = request.hop;
  spec.features = request.specs;
  spec.network = network;
  spec.labels = dataset.labels;
  spec.decider = request.decider;
  spec.policy = request.policy;
  spec.training_hash = content_hash(dataset);
  spec.created_by = "aiot train";
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

std::optional<std::string> objection(const Dataset& dataset, TrainingRequest& request) {
  if (dataset.labels.size() < 2) {
    return "the recordings have one class only; a network needs at least two";
  }
  if (dataset.labels.size() > decide::kMaxLabels) {
    return "more than 32 classes; leave some out with --labels";
  }
  const auto normal = std::find(dataset.labels.begin(), dataset.labels.end(), request.normal_label);
  if (normal == dataset.labels.end()) {
    return "no recording has the label '" + request.normal_label +
           "'; name the one that needs no attention with --normal";
  }
  request.decider.labels = static_cast<std::uint8_t>(dataset.labels.size());
  request.decider.normal_label = static_cast<std::uint8_t>(normal - dataset.labels.begin());
  request.fit.costs.assign(dataset.labels.size(), 1.0);
  request.fit.costs[request.decider.normal_label] = request.false_alarm_cost;
  return std::nullopt;
}

}  // namespace

Loaded<Training> train_package(const Dataset& dataset,
                               TrainingRequest request,
                               const std::function<void(const Epoch&)>& progress) {
  if (const auto text = objection(dataset, request)) {
    return Problem{*text};
  }
  Split split;
  if (!split_by_group(dataset, request.shares, request.fit.seed, split).ok()) {
    const std::string thin = thin_classes(dataset);
    return Problem{"too few machines to train on some and judge on others" +
                   (thin.empty() ? "" : " (one only: " + thin + ")") +
                   "; record more machines, or leave the class out with --labels"};
  }
  fit_normalisation(dataset, split.train, request.specs);
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

  const NetworkSpec network = program_of(to_int8(report.fit.network, train));
  std::string problem;
  auto file = write_package(package_of(request, dataset, network), problem);
  if (!file) {
    return Problem{problem};
  }
  result.package = std::move(*file);
  const AlignedBytes aligned(result.package);
  const Result<model::Package> package = model::load(aligned.view());
  if (!package.ok()) {
    return Problem{"the package that was just written can not be loaded; this is a bug of aiot"};
  }
  report.package_bytes = result.package.size();
  report.arena_bytes = network.arena_bytes;
  report.macs = nn::count_macs(network.program);
  judge(dataset, split, plan, *package, level_rule_of(dataset, split), report);
  return result;
}

}  // namespace aiot::toolkit
