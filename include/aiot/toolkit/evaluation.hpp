// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/toolkit/cross_validation.hpp"
#include "aiot/toolkit/scores.hpp"
#include "aiot/toolkit/trainer.hpp"

namespace aiot::toolkit {

/// How good scores are.
struct Figures {
  std::optional<double> macro;               ///< mean area over the faults
  std::optional<Interval> interval;          ///< 95 %, over bearings
  std::vector<std::optional<double>> areas;  ///< of each class
  std::optional<double> balanced_accuracy;   ///< of the class with the best score
};

/// Figures of `scores`; those of `faults` that no recording has are left out of the mean. Nothing
/// without recordings of two classes. The interval is by `bootstrap_over_groups`, 1000 rounds; none
/// when a fault has one group only, because then nothing is known about how groups differ.
Figures figures_of(std::span<const ScoredRecording> scores,
                   std::span<const std::size_t> faults,
                   std::uint64_t seed);

/// Those of `faults` that have a recording.
std::vector<std::size_t> present(std::span<const ScoredRecording> scores,
                                 std::span<const std::size_t> faults);

/// Mean of two scores, class by class.
std::vector<double> mean_of_scores(std::span<const double> a, std::span<const double> b);

/// What is said of one recording in the end.
struct BearingAnswer {
  std::size_t label = 0;  ///< index into the labels; their number: abnormal, cause unclear
  double confidence = 0;  ///< 0 to 1
  std::string rule;       ///< what the rule says by itself
};

/// The answer of a device (`decide::fuse`) to a recording as a whole, without votes and baseline:
/// physics goes first, the network names the cause of what physics calls abnormal.
///   network: one score a label
///   normal: index of the normal label, if there is one
BearingAnswer answer_of(const BearingEvidence& evidence,
                        std::span<const double> network,
                        const std::vector<std::string>& labels,
                        std::optional<std::size_t> normal);

}  // namespace aiot::toolkit
