// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace aiot::toolkit {

/// What one recording was given for each class, and what it is.
struct ScoredRecording {
  std::string file;
  std::string group;           ///< the physical bearing or machine
  std::size_t truth = 0;       ///< index of its class
  std::vector<double> scores;  ///< one a class; larger: more likely that class
};

/// Area under the receiver operating characteristic: how often a positive scores above a negative,
/// ties counted half (the Mann-Whitney statistic). Nothing when there are no positives or no
/// negatives, or when a score is not a number.
std::optional<double> auroc(std::span<const double> positives, std::span<const double> negatives);

/// Area for `label` against all other recordings, by their scores of `label`.
std::optional<double> auroc_of(std::span<const ScoredRecording> recordings, std::size_t label);

/// Mean area over `labels`; nothing when one of them has none.
std::optional<double> macro_auroc(std::span<const ScoredRecording> recordings,
                                  std::span<const std::size_t> labels);

/// Share of the recordings of each class whose best score is that class, averaged over the classes
/// that have recordings. 0 without recordings.
double balanced_accuracy(std::span<const ScoredRecording> recordings);

struct Interval {
  double low = 0;
  double high = 0;
};

/// Percentile bootstrap over groups: `rounds` times, groups are drawn with replacement within each
/// class (recordings of one group stay together), and `statistic` is taken of what was drawn.
/// Returns the central `coverage` (in (0, 1)) of those values; draws without a value are left out,
/// and nothing is returned when half of them are. Same seed, same interval.
std::optional<Interval> bootstrap_over_groups(
    std::span<const ScoredRecording> recordings,
    const std::function<std::optional<double>(std::span<const ScoredRecording>)>& statistic,
    std::size_t rounds,
    double coverage,
    std::uint64_t seed);

}  // namespace aiot::toolkit
