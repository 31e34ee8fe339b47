// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/fusion.hpp"

#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr FaultLabels kLabels{.normal = 0, .outer = 1, .inner = 2, .element = 3, .unclear = 4};

BearingVerdict physics(BearingState state, float confidence) {
  return {.state = state, .ground = BearingGround::kNone, .confidence = confidence};
}

TEST(Fusion, TakesThePartThatPhysicsNames) {
  const Fused fused = fuse({.bearing = physics(BearingState::kInnerRace, 0.8F)}, kLabels);
  EXPECT_EQ(fused.opinion.label, kLabels.inner);
  EXPECT_EQ(fused.opinion.confidence, 0.8F);
  EXPECT_TRUE(fused.abnormal);
}

TEST(Fusion, IsSurerWhenTheNetworkAgreesAndLessSureWhenItDoesNot) {
  const BearingVerdict inner = physics(BearingState::kInnerRace, 0.8F);
  const Fused agreed = fuse({.network = {kLabels.inner, 0.9F}, .bearing = inner}, kLabels);
  EXPECT_NEAR(agreed.opinion.confidence, 0.98F, 1e-5F);
  EXPECT_EQ(agreed.reason, Reason::kNetworkAgrees);
  const Fused against = fuse({.network = {kLabels.outer, 0.9F}, .bearing = inner}, kLabels);
  EXPECT_EQ(against.opinion.label, kLabels.inner);
  EXPECT_LT(against.opinion.confidence, 0.6F);
  EXPECT_EQ(against.reason, Reason::kNetworkDisagrees);
}

TEST(Fusion, AsksTheNetworkForTheCauseOfWhatPhysicsCallsUnclear) {
  const BearingVerdict unclear = physics(BearingState::kUnclear, 0.3F);
  const Fused named = fuse({.network = {kLabels.element, 0.9F}, .bearing = unclear}, kLabels);
  EXPECT_EQ(named.opinion.label, kLabels.element);
  EXPECT_EQ(named.reason, Reason::kNetworkAlone);
  EXPECT_LT(named.opinion.confidence, 0.6F);
  const Fused open = fuse({.network = {kLabels.element, 0.4F}, .bearing = unclear}, kLabels);
  EXPECT_EQ(open.opinion.label, kLabels.unclear);
  EXPECT_EQ(open.reason, Reason::kCauseUnclear);
}

TEST(Fusion, DoesNotLetTheNetworkAlarmAgainstAHealthyBearing) {
  const Fused fused =
      fuse({.network = {kLabels.outer, 0.95F}, .bearing = physics(BearingState::kHealthy, 0.8F)},
           kLabels);
  EXPECT_EQ(fused.opinion.label, kLabels.normal);
  EXPECT_FALSE(fused.abnormal);
}

TEST(Fusion, KeepsAnAlarmOfTheBaselineWithoutACauseUnclear) {
  const Fused fused = fuse({.bearing = physics(BearingState::kHealthy, 0.8F),
                            .condition = Condition::kAlarm,
                            .condition_confidence = 0.7F},
                           kLabels);
  EXPECT_EQ(fused.opinion.label, kLabels.unclear);
  EXPECT_EQ(fused.opinion.confidence, 0.7F);
  EXPECT_TRUE(fused.abnormal);
}

TEST(Fusion, IsAbnormalEvenWhereThePackageHasNoLabelForIt) {
  const FaultLabels two{.normal = 0};
  const Fused fused = fuse(
      {.network = {0, 0.9F}, .condition = Condition::kAlarm, .condition_confidence = 0.7F}, two);
  EXPECT_EQ(fused.opinion.label, kUnknownLabel);
  EXPECT_TRUE(fused.abnormal);
}

TEST(Fusion, LeavesTheNetworkAloneWhenNobodyElseIsThere) {
  const Fused fused = fuse({.network = {kLabels.outer, 0.7F}}, kLabels);
  EXPECT_EQ(fused.opinion.label, kLabels.outer);
  EXPECT_EQ(fused.opinion.confidence, 0.7F);
  EXPECT_TRUE(fused.abnormal);
  EXPECT_EQ(fuse({}, kLabels).opinion.label, kUnknownLabel);
}

TEST(Fusion, CallsAMachineNormalThatIsAsItWasCommissioned) {
  const Fused fused =
      fuse({.condition = Condition::kAsCommissioned, .condition_confidence = 0.1F}, kLabels);
  EXPECT_EQ(fused.opinion.label, kLabels.normal);
  EXPECT_NEAR(fused.opinion.confidence, 0.9F, 1e-6F);
}

}  // namespace
}  // namespace aiot::decide
