// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/identity.hpp"
#include "aiot/decide/decider.hpp"
#include "aiot/decide/policy.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot/dsp/features.hpp"
#include "aiot/model/package.hpp"
#include "aiot/toolkit/dataset.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/trainer.hpp"

namespace aiot::toolkit {

/// Whether a package says on which groups it was trained.
enum class Trace : std::uint8_t {
  kNone,    ///< for data that nobody will meet again
  kGroups,  ///< so that those who judge it can tell what it has seen
};

/// What a package is to contain beside the network that is fitted.
struct TrainingRequest {
  std::string name;
  model::Version version;
  std::string normal_label;             ///< the class that needs no attention
  std::vector<dsp::FeatureSpec> specs;  ///< offset and scale are fitted
  std::uint32_t window = 2048;          ///< frames
  std::uint32_t hop = 1024;             ///< frames
  float rate_min_hz = 0;                ///< sample rates that the package accepts
  float rate_max_hz = 0;
  decide::DeciderConfig decider;  ///< labels and normal_label are filled in
  decide::PolicyConfig policy;
  double false_alarm_cost = 1;  ///< how much worse to leave the normal class than to miss a fault
  std::optional<dsp::BearingPlan> bearing = {};  ///< for features of evidence
  SplitShares shares;
  FitOptions fit;
  double deviation_floor = 0;  ///< of `fit_normalisation`
  Trace trace = Trace::kNone;
  std::vector<std::string> seen = {};  ///< names to trace beside the groups that were trained on

  [[nodiscard]] dsp::FeaturePlan plan() const noexcept {
    return {.features = specs, .window = window, .hop = hop, .axes = 1};
  }
};

/// How many groups and rows a part of the split has.
struct PartSize {
  std::size_t groups = 0;
  std::size_t rows = 0;
};

/// What happened, and how good it is on groups that training never saw.
struct TrainingReport {
  std::vector<std::string> labels;
  std::vector<dsp::FeatureSpec> specs;  ///< with the fitted offset and scale
  PartSize train;
  PartSize validation;
  PartSize test;
  std::vector<std::string> test_groups;
  Fit fit;
  std::vector<std::size_t> stops;  ///< of `train_on_all`: best epoch for each part held out
  Confusion float_windows{0};      ///< test windows, network in float
  Confusion int8_windows{0};       ///< test windows, the package's own network, reference kernels
  Confusion int8_groups{0};        ///< per test group and class of it: the most frequent answer
  Confusion level_windows{0};      ///< test windows, thresholds on the first feature alone
  double int8_agreement = 0;  ///< share of test windows with the same answer from float and int8
  Hash256 training_hash{};    ///< `content_hash` of the dataset
  std::size_t package_bytes = 0;
  std::uint32_t arena_bytes = 0;
  std::uint64_t macs = 0;
};

struct Training {
  std::vector<std::byte> package;
  TrainingReport report;
};

/// The groups of `dataset` dealt into parts that each have a group of every class: the first group
/// of each class, the second, and so on in order of appearance, then from the start again. As many
/// parts as the class with the fewest groups has, at most `most`; a group counts for its first
/// class.
std::vector<std::vector<std::uint32_t>> deal_into_parts(const Dataset& dataset, std::size_t most);

/// Trains on every group and judges on none: the figures of the report stay empty. When to stop is
/// found out by holding out one part of `deal_into_parts` (at most 5) after the other: each time
/// the best epoch on what was held out; then the network is fitted to all for the mean of them, at
/// least 5. With a single part it is fitted for `fit.max_epochs`.
/// If no row is of the normal class, the package has it as its last label, with a score of about 0
/// whatever the input: somebody else, as the rule of `decide/bearing_rule`, has to say what is
/// normal, and the network names the cause of what is not. Problems: as of `train_package`.
Loaded<Training> train_on_all(const Dataset& dataset,
                              TrainingRequest request,
                              const std::function<void(const Epoch&)>& progress);

/// Splits by group, fits normalisation and network on the training groups, quantises, writes the
/// package, reads it back as a device does and judges it on the test groups.
/// Problems: a class without groups on both sides of the split; what the package writer refuses.
Loaded<Training> train_package(const Dataset& dataset,
                               TrainingRequest request,
                               const std::function<void(const Epoch&)>& progress);

}  // namespace aiot::toolkit
