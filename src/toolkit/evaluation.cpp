// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/evaluation.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/decide/bearing_rule.hpp"

namespace aiot::toolkit {

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
  figures.interval = bootstrap_over_groups(scores, macro, kRounds, kCoverage, seed);
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
                        std::span<const double> fused,
                        std::span<const std::size_t> faults,
                        std::optional<std::size_t> normal) {
  AIOT_CHECK(!faults.empty());
  const decide::BearingVerdict verdict = decide::judge(evidence, decide::BearingRuleConfig{});
  BearingAnswer answer;
  answer.rule = decide::name(verdict.state);
  if (verdict.state == decide::BearingState::kHealthy && normal) {
    answer.label = *normal;
    answer.confidence = static_cast<double>(verdict.confidence);
    return answer;
  }
  answer.label = *std::ranges::max_element(
      faults, [&](std::size_t a, std::size_t b) { return fused[a] < fused[b]; });
  answer.confidence = fused[answer.label];
  return answer;
}

}  // namespace aiot::toolkit
