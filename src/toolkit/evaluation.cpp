// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/evaluation.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "aiot/core/check.hpp"
#include "aiot/decide/bearing_rule.hpp"
#include "aiot/decide/fusion.hpp"

namespace aiot::toolkit {
namespace {

/// Groups of the class of `labels` that has the fewest.
std::size_t fewest_groups(std::span<const ScoredRecording> scores,
                          std::span<const std::size_t> labels) {
  std::size_t fewest = scores.size();
  for (const std::size_t label : labels) {
    std::set<std::string> groups;
    for (const ScoredRecording& one : scores) {
      if (one.truth == label) {
        groups.insert(one.group);
      }
    }
    fewest = std::min(fewest, groups.size());
  }
  return fewest;
}

}  // namespace

std::vector<std::size_t> present(std::span<const ScoredRecording> scores,
                                 std::span<const std::size_t> faults) {
  std::vector<std::size_t> found;
  for (const std::size_t fault : faults) {
    if (std::ranges::any_of(scores, [&](const auto& one) { return one.truth == fault; })) {
      found.push_back(fault);
    }
  }
  return found;
}

Figures figures_of(std::span<const ScoredRecording> scores,
                   std::span<const std::size_t> faults,
                   std::uint64_t seed) {
  Figures figures;
  if (scores.empty()) {
    return figures;
  }
  const std::vector<std::size_t> judged = present(scores, faults);
  const auto macro = [&](std::span<const ScoredRecording> some) {
    return macro_auroc(some, judged);
  };
  constexpr std::size_t kRounds = 1000;
  constexpr double kCoverage = 0.95;
  figures.macro = macro(scores);
  if (fewest_groups(scores, judged) > 1) {
    figures.interval = bootstrap_over_groups(scores, macro, kRounds, kCoverage, seed);
  }
  for (std::size_t label = 0; label < scores.front().scores.size(); ++label) {
    figures.areas.push_back(auroc_of(scores, label));
  }
  figures.balanced_accuracy = balanced_accuracy(scores);
  return figures;
}

std::vector<double> mean_of_scores(std::span<const double> a, std::span<const double> b) {
  AIOT_CHECK(a.size() == b.size());
  std::vector<double> mean;
  for (std::size_t i = 0; i < a.size(); ++i) {
    mean.push_back(0.5 * (a[i] + b[i]));
  }
  return mean;
}

BearingAnswer answer_of(const BearingEvidence& evidence,
                        std::span<const double> network,
                        const std::vector<std::string>& labels,
                        std::optional<std::size_t> normal) {
  AIOT_CHECK(!labels.empty() && network.size() == labels.size());
  decide::FaultLabels places;
  for (std::size_t i = labels.size(); i-- > 0;) {
    const auto place = static_cast<std::uint8_t>(i);
    const auto part = part_of_label(labels[i]);
    if (part == BearingPart::kOuterRace) {
      places.outer = place;
    } else if (part == BearingPart::kInnerRace) {
      places.inner = place;
    } else if (part == BearingPart::kElement) {
      places.element = place;
    } else if (is_unclear_label(labels[i])) {
      places.unclear = place;
    }
  }
  if (normal) {
    places.normal = static_cast<std::uint8_t>(*normal);
  }
  const auto best = static_cast<std::size_t>(std::ranges::max_element(network) - network.begin());
  decide::Opinions opinions;
  opinions.network = {static_cast<std::uint8_t>(best), static_cast<float>(network[best])};
  opinions.bearing = decide::judge(evidence, decide::BearingRuleConfig{});
  const decide::Fused fused = decide::fuse(opinions, places);
  BearingAnswer answer;
  answer.label = fused.opinion.label == kUnknownLabel ? labels.size() : fused.opinion.label;
  answer.confidence = static_cast<double>(fused.opinion.confidence);
  answer.rule = decide::name(opinions.bearing.state);
  return answer;
}

}  // namespace aiot::toolkit
