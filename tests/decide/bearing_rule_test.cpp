// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/bearing_rule.hpp"

#include <limits>

#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr BearingRuleConfig kRule{};

/// A quiet bearing whose speed is confirmed.
BearingEvidence quiet() {
  BearingEvidence evidence;
  for (LineFamily& family : evidence.envelope) {
    family.level_db = 2.0F;
    family.lines = 4;
  }
  evidence.envelope_revolutions = 64.0F;
  evidence.direct_revolutions = 82.0F;
  evidence.own_db = 2.0F;
  evidence.rival_db = 2.0F;
  evidence.shaft_db = 12.0F;
  evidence.shaft_near_db = 12.0F;
  evidence.shaft_far_db = 6.0F;
  evidence.speed_rpm = 1797.0F;
  return evidence;
}

/// The same with a family of `part` in its envelope.
BearingEvidence with_lines(BearingPart part, float level_db) {
  BearingEvidence evidence = quiet();
  evidence.envelope[static_cast<std::size_t>(part)].level_db = level_db;
  evidence.own_db = level_db;
  return evidence;
}

TEST(BearingRule, SaysNothingWithoutEvidence) {
  EXPECT_EQ(judge(BearingEvidence{}, kRule).state, BearingState::kUnknown);
}

TEST(BearingRule, CallsAQuietBearingHealthy) {
  const BearingVerdict verdict = judge(quiet(), kRule);
  EXPECT_EQ(verdict.state, BearingState::kHealthy);
  EXPECT_GT(verdict.confidence, 0.8F);
}

TEST(BearingRule, NamesThePartWhoseLinesStandOut) {
  EXPECT_EQ(judge(with_lines(BearingPart::kOuterRace, 15.0F), kRule).state,
            BearingState::kOuterRace);
  EXPECT_EQ(judge(with_lines(BearingPart::kInnerRace, 15.0F), kRule).state,
            BearingState::kInnerRace);
  const BearingVerdict ball = judge(with_lines(BearingPart::kElement, 15.0F), kRule);
  EXPECT_EQ(ball.state, BearingState::kElement);
  EXPECT_EQ(ball.ground, BearingGround::kEnvelope);
  EXPECT_NEAR(ball.level_db, 15.0F, 1e-6F);
}

TEST(BearingRule, IsTheSurerTheFurtherLinesStandOut) {
  const float doubtful = judge(with_lines(BearingPart::kInnerRace, 9.5F), kRule).confidence;
  const float certain = judge(with_lines(BearingPart::kInnerRace, 18.0F), kRule).confidence;
  EXPECT_LT(doubtful, 0.6F);
  EXPECT_GT(certain, 0.95F);
}

TEST(BearingRule, TrustsAnUnconfirmedSpeedLess) {
  BearingEvidence evidence = with_lines(BearingPart::kOuterRace, 18.0F);
  evidence.shaft_db = 3.0F;
  evidence.shaft_near_db = 3.0F;
  EXPECT_EQ(judge(evidence, kRule).state, BearingState::kOuterRace);
  EXPECT_LT(judge(evidence, kRule).confidence, 0.75F);
}

TEST(BearingRule, DoesNotChooseBetweenPartsThatAreEquallyLoud) {
  BearingEvidence evidence = with_lines(BearingPart::kOuterRace, 14.0F);
  evidence.envelope[1].level_db = 12.5F;
  const BearingVerdict verdict = judge(evidence, kRule);
  EXPECT_EQ(verdict.state, BearingState::kUnclear);
  EXPECT_EQ(verdict.ground, BearingGround::kNotSeparable);
}

TEST(BearingRule, DoesNotNameAPartWhenAnotherFrequencyFitsBetter) {
  BearingEvidence evidence = with_lines(BearingPart::kInnerRace, 12.0F);
  evidence.rival_db = 17.0F;
  EXPECT_EQ(judge(evidence, kRule).state, BearingState::kUnclear);
}

TEST(BearingRule, DoesNotNameAPartAtAWrongSpeed) {
  BearingEvidence evidence = with_lines(BearingPart::kInnerRace, 15.0F);
  evidence.shaft_db = 2.0F;
  evidence.shaft_near_db = 2.0F;
  evidence.shaft_far_db = 14.0F;
  const BearingVerdict verdict = judge(evidence, kRule);
  EXPECT_EQ(verdict.state, BearingState::kUnclear);
  EXPECT_EQ(verdict.ground, BearingGround::kWrongSpeed);
}

TEST(BearingRule, FindsAnOuterRaceInTheVibrationItselfWhenTheEnvelopeIsQuiet) {
  BearingEvidence evidence = quiet();
  evidence.direct[0].level_db = 22.0F;
  evidence.direct[0].first_db = 22.0F;
  evidence.direct[0].lines = 9;
  const BearingVerdict verdict = judge(evidence, kRule);
  EXPECT_EQ(verdict.state, BearingState::kOuterRace);
  EXPECT_EQ(verdict.ground, BearingGround::kDirect);
  EXPECT_LE(verdict.confidence, 0.6F);
  evidence.shaft_db = 2.0F;
  evidence.shaft_near_db = 2.0F;
  EXPECT_EQ(judge(evidence, kRule).state, BearingState::kHealthy) << "needs a confirmed speed";
}

TEST(BearingRule, KnowsAbnormalWithoutACause) {
  BearingEvidence impacts = quiet();
  impacts.impulsiveness = 4.0F;
  EXPECT_EQ(judge(impacts, kRule).state, BearingState::kUnclear);
  EXPECT_EQ(judge(impacts, kRule).ground, BearingGround::kImpacts);
  const BearingVerdict weak = judge(with_lines(BearingPart::kElement, 6.0F), kRule);
  EXPECT_EQ(weak.state, BearingState::kUnclear);
  EXPECT_EQ(weak.ground, BearingGround::kWeakLines);
}

TEST(BearingRule, ReportsLinesThatBelongToNoPart) {
  BearingEvidence evidence = quiet();
  evidence.any_rival_db = 13.0F;
  evidence.any_rival_order = 2.2F;
  const BearingVerdict verdict = judge(evidence, kRule);
  EXPECT_EQ(verdict.state, BearingState::kUnclear);
  EXPECT_EQ(verdict.ground, BearingGround::kStranger);
  EXPECT_NEAR(verdict.level_db, 13.0F, 1e-6F);
}

TEST(BearingRule, DoesNotCallABearingHealthyWhenTheSpeedIsContradicted) {
  BearingEvidence evidence = quiet();
  evidence.shaft_db = 2.0F;
  evidence.shaft_near_db = 2.0F;
  evidence.shaft_far_db = 14.0F;
  EXPECT_EQ(judge(evidence, kRule).ground, BearingGround::kWrongSpeed);
}

TEST(BearingRule, AsksForLessWhenTransformsAreShort) {
  BearingEvidence evidence = with_lines(BearingPart::kOuterRace, 8.0F);
  EXPECT_EQ(judge(evidence, kRule).state, BearingState::kUnclear);
  evidence.envelope_revolutions = 32.0F;
  EXPECT_EQ(judge(evidence, kRule).state, BearingState::kOuterRace);
}

TEST(BearingRule, DoesNotTakeSilenceForHealthWhereLinesCanNotBeSeen) {
  BearingEvidence evidence = quiet();
  evidence.envelope[1].lines = 1;
  EXPECT_EQ(judge(evidence, kRule).state, BearingState::kUnknown);
}

TEST(BearingRule, RefusesThresholdsThatAreNoNumbersAboveZero) {
  BearingRuleConfig config;
  EXPECT_TRUE(check(config).ok());
  config.margin_db = 0.0F;
  EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
  config.margin_db = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
}

/// Evidence whose levels over all bands are these, in dB.
BearingEvidence with_levels(float outer, float inner, float element, float direct_outer) {
  BearingEvidence evidence = quiet();
  evidence.loudest_db = {outer, inner, element};
  evidence.direct[0].level_db = direct_outer;
  evidence.direct[0].first_db = direct_outer;
  return evidence;
}

std::size_t best_part(const BearingEvidence& evidence) {
  const auto scores = bearing_scores(evidence);
  std::size_t best = 0;
  for (std::size_t i = 1; i < scores.size(); ++i) {
    best = scores[i] > scores[best] ? i : best;
  }
  return best;
}

TEST(BearingScores, FollowTheLoudestFamily) {
  EXPECT_EQ(best_part(with_levels(18.0F, 4.0F, 2.0F, 12.0F)), 0U);
  EXPECT_EQ(best_part(with_levels(4.0F, 18.0F, 2.0F, 12.0F)), 1U);
}

TEST(BearingScores, LinesOfTheOuterRaceInTheVibrationCount) {
  EXPECT_EQ(best_part(with_levels(3.0F, 3.0F, 2.0F, 12.0F)), 2U);
  EXPECT_EQ(best_part(with_levels(3.0F, 3.0F, 2.0F, 21.0F)), 0U);
}

TEST(BearingScores, TheElementIsWhatIsLeft) {
  EXPECT_EQ(best_part(with_levels(0.0F, 0.0F, 0.0F, 0.0F)), 2U);
  EXPECT_EQ(best_part(with_levels(12.0F, 2.0F, 9.0F, 0.0F)), 0U);
}

TEST(BearingScores, AreThoseOfTheFormula) {
  const auto scores = bearing_scores(with_levels(10.0F, 5.0F, 7.0F, 15.0F));
  // softmax of 5 (max(1, 0.9 * 0.4), 0.5, 0.75 + 0.3 * 0.4)
  EXPECT_NEAR(scores[0], 0.623391F, 1e-5F);
  EXPECT_NEAR(scores[1], 0.051171F, 1e-5F);
  EXPECT_NEAR(scores[2], 0.325438F, 1e-5F);
  EXPECT_NEAR(scores[0] + scores[1] + scores[2], 1.0F, 1e-6F);
}

}  // namespace
}  // namespace aiot::decide
