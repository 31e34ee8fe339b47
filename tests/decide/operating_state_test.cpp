// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/operating_state.hpp"

#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr OperatingStateConfig kConfig{
    .speed = {.edges = {1000.0F, 1500.0F, 2000.0F}, .count = 3, .margin = 20.0F},
    .load = {.edges = {50.0F}, .count = 1, .margin = 5.0F},
};

TEST(OperatingState, IsAClassOfSpeedAndOneOfLoad) {
  OperatingStateTracker tracker(kConfig);
  EXPECT_EQ(tracker.state().speed, 0);
  EXPECT_EQ(tracker.state().load, 0);
  const OperatingState slow = tracker.update(700.0F, 80.0F);
  EXPECT_EQ(slow.speed, 1);
  EXPECT_EQ(slow.load, 2);
  const OperatingState fast = tracker.update(9000.0F, 0.0F);
  EXPECT_EQ(fast.speed, 4);
  EXPECT_EQ(fast.load, 1);
  EXPECT_EQ(tracker.update(1700.0F, 0.0F).speed, 3);
}

TEST(OperatingState, BelongsToTheUpperClassAtAnEdgeAtFirst) {
  OperatingStateTracker tracker(kConfig);
  EXPECT_EQ(tracker.update(1000.0F, 50.0F).speed, 2);
  EXPECT_EQ(tracker.state().load, 2);
  tracker.restart();
  EXPECT_EQ(tracker.update(999.9F, 49.9F).speed, 1);
  EXPECT_EQ(tracker.state().load, 1);
}

TEST(OperatingState, DoesNotChatterAtAnEdge) {
  OperatingStateTracker tracker(kConfig);
  (void)tracker.update(990.0F, 0.0F);
  for (const float speed : {1005.0F, 995.0F, 1019.9F, 981.0F}) {
    EXPECT_EQ(tracker.update(speed, 0.0F).speed, 1);
  }
  EXPECT_EQ(tracker.update(1020.0F, 0.0F).speed, 2);
  for (const float speed : {1005.0F, 995.0F, 980.0F, 1519.9F}) {
    EXPECT_EQ(tracker.update(speed, 0.0F).speed, 2);
  }
  EXPECT_EQ(tracker.update(979.9F, 0.0F).speed, 1);
}

TEST(OperatingState, HasClassZeroForWhatNobodyMeasures) {
  OperatingStateTracker tracker(kConfig);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float unknown : {kNotMeasured, kInfinity, -kInfinity}) {
    (void)tracker.update(1010.0F, 80.0F);
    const OperatingState state = tracker.update(unknown, 80.0F);
    EXPECT_EQ(state.speed, 0);
    EXPECT_EQ(state.load, 2);
    EXPECT_EQ(tracker.update(990.0F, 80.0F).speed, 1) << "what was before does not count";
  }
}

TEST(OperatingState, HasOneClassWithoutEdges) {
  OperatingStateTracker tracker(OperatingStateConfig{});
  EXPECT_EQ(tracker.update(-5.0F, kNotMeasured), (OperatingState{1, 0}));
  EXPECT_EQ(state_count(OperatingStateConfig{}), 4U);
}

TEST(OperatingState, HasAPlaceOfItsOwnForEachState) {
  EXPECT_EQ(state_count(kConfig), 15U);
  bool taken[15] = {};
  for (std::uint8_t speed = 0; speed <= 4; ++speed) {
    for (std::uint8_t load = 0; load <= 2; ++load) {
      const std::size_t index = state_index(kConfig, {speed, load});
      ASSERT_LT(index, 15U);
      EXPECT_FALSE(taken[index]);
      taken[index] = true;
    }
  }
}

TEST(OperatingState, ChecksItsConfiguration) {
  EXPECT_TRUE(check(kConfig).ok());
  ClassEdges bad[6];
  for (ClassEdges& edges : bad) {
    edges = kConfig.speed;
  }
  bad[0].count = 8;
  bad[1].margin = -1.0F;
  bad[2].margin = 250.0F;  // the margins of two edges would meet
  bad[3].edges[1] = 1000.0F;
  bad[4].edges[0] = kNotMeasured;
  bad[5].margin = kNotMeasured;
  for (const ClassEdges& edges : bad) {
    EXPECT_EQ(check(edges).error(), Error::kInvalidArgument);
    EXPECT_EQ(check(OperatingStateConfig{.load = edges}).error(), Error::kInvalidArgument);
  }
}

}  // namespace
}  // namespace aiot::decide
