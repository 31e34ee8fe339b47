// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/evaluation.hpp"

#include <string>
#include <vector>

#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

TEST(Evaluation, TheRuleDecidesNormalAndTheNetworkTheCause) {
  BearingEvidence healthy;
  healthy.envelope_revolutions = 64.0F;
  healthy.shaft_db = 12.0F;
  for (LineFamily& family : healthy.envelope) {
    family.lines = 4;
  }
  const std::vector<double> scores{0.2, 0.7, 0.1, 0.0};
  const std::vector<std::string> labels{"outer", "inner", "ball", "normal"};
  EXPECT_EQ(answer_of(healthy, scores, labels, 3).label, 3U);
  BearingEvidence impacts = healthy;
  impacts.impulsiveness = 9.0F;
  EXPECT_EQ(answer_of(impacts, scores, labels, 3).label, 1U);
  EXPECT_EQ(answer_of(impacts, scores, labels, 3).rule, "unclear");
  // Nobody knows the cause: an answer behind the last label.
  const std::vector<double> unsure{0.4, 0.35, 0.25, 0.0};
  EXPECT_EQ(answer_of(impacts, unsure, labels, 3).label, 4U);
}

TEST(Evaluation, WhatPhysicsNamesIsTheAnswer) {
  BearingEvidence evidence;
  evidence.envelope_revolutions = 64.0F;
  evidence.shaft_db = 12.0F;
  evidence.envelope[0].level_db = 18.0F;
  evidence.own_db = 18.0F;
  const std::vector<double> scores{0.1, 0.8, 0.1, 0.0};
  EXPECT_EQ(answer_of(evidence, scores, {"outer", "inner", "ball", "normal"}, 3).label, 0U);
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

TEST(Evaluation, OneBearingOfAClassGivesNoInterval) {
  std::vector<ScoredRecording> scores{{"a", "bearing a", 0, {0.9, 0.1}},
                                      {"b", "bearing b", 0, {0.6, 0.4}},
                                      {"c", "bearing c", 1, {0.7, 0.3}},
                                      {"d", "bearing c", 1, {0.1, 0.9}}};
  const std::vector<std::size_t> faults{0, 1};
  EXPECT_FALSE(figures_of(scores, faults, 1).interval.has_value());
  scores[3].group = "bearing d";
  const Figures figures = figures_of(scores, faults, 1);
  ASSERT_TRUE(figures.interval.has_value());
  EXPECT_LT(figures.interval->low, figures.interval->high);
}

}  // namespace
}  // namespace aiot::toolkit
