// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "aiot/core/identity.hpp"
#include "aiot/decide/decider.hpp"
#include "aiot/decide/policy.hpp"
#include "aiot/dsp/features.hpp"
#include "aiot/model/package.hpp"
#include "aiot/toolkit/dataset.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/trainer.hpp"

namespace aiot::toolkit {

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
  SplitShares shares;
  FitOptions fit;

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
  Confusion float_windows{0};  ///< test windows, network in float
  Confusion int8_windows{0};   ///< test windows, the package's own network, reference kernels
  Confusion int8_groups{0};    ///< per test group and class of it: the most frequent answer
  Confusion level_windows{0};  ///< test windows, thresholds on the first feature alone
  double int8_agreement = 0;   ///< share of test windows with the same answer from float and int8
  Hash256 training_hash{};     ///< `content_hash` of the dataset
  std::size_t package_bytes = 0;
  std::uint32_t arena_bytes = 0;
  std::uint64_t macs = 0;
};

struct Training {
  std::vector<std::byte> package;
  TrainingReport report;
};

/// Splits by group, fits normalisation and network on the training groups, quantises, writes the
/// package, reads it back as a device does and judges it on the test groups.
/// Problems: a class without groups on both sides of the split; what the package writer refuses.
Loaded<Training> train_package(const Dataset& dataset,
                               TrainingRequest request,
                               const std::function<void(const Epoch&)>& progress);

}  // namespace aiot::toolkit
