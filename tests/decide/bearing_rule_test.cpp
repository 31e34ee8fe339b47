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

TEST(BearingRule, RefusesThresholdsThatAreNoNumbersAboveZero) {
  BearingRuleConfig config;
  EXPECT_TRUE(check(config).ok());
  config.margin_db = 0.0F;
  EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
  config.margin_db = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
}

}  // namespace
}  // namespace aiot::decide
