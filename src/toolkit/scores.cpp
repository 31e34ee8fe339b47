// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/scores.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "aiot/core/check.hpp"
#include "aiot/toolkit/random.hpp"

namespace aiot::toolkit {
namespace {

/// Indices of the recordings of each group, the groups by class. A group with several classes is
/// drawn as one group for each of them.
using Groups = std::map<std::size_t, std::map<std::string, std::vector<std::size_t>>>;

Groups groups_by_class(std::span<const ScoredRecording> recordings) {
  Groups groups;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    groups[recordings[i].truth][recordings[i].group].push_back(i);
  }
  return groups;
}

std::vector<ScoredRecording> draw(std::span<const ScoredRecording> recordings,
                                  const Groups& groups,
                                  Random& random) {
  std::vector<ScoredRecording> drawn;
  for (const auto& [label, members] : groups) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      auto chosen = members.begin();
      std::advance(chosen, random.below(static_cast<std::uint32_t>(members.size())));
      for (const std::size_t index : chosen->second) {
        drawn.push_back(recordings[index]);
      }
    }
  }
  return drawn;
}

double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - std::floor(place));
}

}  // namespace

std::optional<double> auroc(std::span<const double> positives, std::span<const double> negatives) {
  const auto is_nan = [](double value) { return std::isnan(value); };
  if (positives.empty() || negatives.empty() || std::ranges::any_of(positives, is_nan) ||
      std::ranges::any_of(negatives, is_nan)) {
    return std::nullopt;
  }
  std::vector<double> sorted(negatives.begin(), negatives.end());
  std::ranges::sort(sorted);
  double won = 0;
  for (const double value : positives) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
    won += static_cast<double>(first - sorted.begin()) + 0.5 * static_cast<double>(last - first);
  }
  return won / (static_cast<double>(positives.size()) * static_cast<double>(negatives.size()));
}

std::optional<double> auroc_of(std::span<const ScoredRecording> recordings, std::size_t label) {
  std::vector<double> positives;
  std::vector<double> negatives;
  for (const ScoredRecording& recording : recordings) {
    AIOT_CHECK(label < recording.scores.size());
    (recording.truth == label ? positives : negatives).push_back(recording.scores[label]);
  }
  return auroc(positives, negatives);
}

std::optional<double> macro_auroc(std::span<const ScoredRecording> recordings,
                                  std::span<const std::size_t> labels) {
  double sum = 0;
  for (const std::size_t label : labels) {
    const std::optional<double> area = auroc_of(recordings, label);
    if (!area) {
      return std::nullopt;
    }
    sum += *area;
  }
  return labels.empty() ? std::nullopt : std::optional(sum / static_cast<double>(labels.size()));
}

double balanced_accuracy(std::span<const ScoredRecording> recordings) {
  std::map<std::size_t, std::pair<double, double>> right;  // by class: right ones, all
  for (const ScoredRecording& recording : recordings) {
    const auto best = std::ranges::max_element(recording.scores) - recording.scores.begin();
    auto& [good, all] = right[recording.truth];
    good += static_cast<std::size_t>(best) == recording.truth ? 1.0 : 0.0;
    all += 1.0;
  }
  double sum = 0;
  for (const auto& [label, counts] : right) {
    sum += counts.first / counts.second;
  }
  return right.empty() ? 0.0 : sum / static_cast<double>(right.size());
}

std::optional<Interval> bootstrap_over_groups(
    std::span<const ScoredRecording> recordings,
    const std::function<std::optional<double>(std::span<const ScoredRecording>)>& statistic,
    std::size_t rounds,
    double coverage,
    std::uint64_t seed) {
  AIOT_CHECK(rounds > 0 && coverage > 0.0 && coverage < 1.0);
  const Groups groups = groups_by_class(recordings);
  Random random(seed, 3);
  std::vector<double> values;
  for (std::size_t round = 0; round < rounds; ++round) {
    if (const auto value = statistic(draw(recordings, groups, random))) {
      values.push_back(*value);
    }
  }
  if (2 * values.size() <= rounds) {
    return std::nullopt;
  }
  std::ranges::sort(values);
  const double tail = 0.5 * (1.0 - coverage);
  return Interval{quantile(values, tail), quantile(values, 1.0 - tail)};
}

}  // namespace aiot::toolkit
