// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/evaluation.hpp"

#include <vector>

#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

TEST(Evaluation, TheRuleDecidesNormalAndTheScoresTheCause) {
  BearingEvidence healthy;
  healthy.envelope_revolutions = 64.0F;
  healthy.shaft_db = 12.0F;
  const std::vector<double> scores{0.2, 0.7, 0.1, 0.0};
  const std::vector<std::size_t> faults{0, 1, 2};
  EXPECT_EQ(answer_of(healthy, scores, faults, 3).label, 3U);
  EXPECT_EQ(answer_of(healthy, scores, faults, std::nullopt).label, 1U);
  BearingEvidence impacts = healthy;
  impacts.impulsiveness = 9.0F;
  const BearingAnswer answer = answer_of(impacts, scores, faults, 3);
  EXPECT_EQ(answer.label, 1U);
  EXPECT_NEAR(answer.confidence, 0.7, 1e-12);
  EXPECT_EQ(answer.rule, "unclear");
}

TEST(Evaluation, FaultsWithoutRecordingsAreLeftOutOfTheMean) {
  const std::vector<ScoredRecording> scores{{"a", "a", 0, {0.9, 0.1, 0.0}},
                                            {"b", "b", 1, {0.2, 0.8, 0.0}},
                                            {"c", "c", 1, {0.1, 0.9, 0.0}}};
  const std::vector<std::size_t> faults{0, 1, 2};
  const Figures figures = figures_of(scores, faults, 1);
  EXPECT_NEAR(figures.macro.value_or(0.0), 1.0, 1e-12);
  EXPECT_FALSE(figures.areas[2].has_value());
  EXPECT_FALSE(figures_of({}, faults, 1).macro.has_value());
}

}  // namespace
}  // namespace aiot::toolkit
