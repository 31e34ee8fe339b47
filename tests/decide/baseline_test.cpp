// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/baseline.hpp"

#include <limits>

#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(LevelStatistics, HasTheSampleDeviation) {
  LevelStatistics statistics;
  EXPECT_EQ(standard_deviation(statistics), 0.0F);
  add(statistics, 2.0F);
  EXPECT_EQ(statistics.mean, 2.0F);
  EXPECT_EQ(standard_deviation(statistics), 0.0F);
  for (const float value : {4.0F, 4.0F, 4.0F, 5.0F, 5.0F, 7.0F, 9.0F}) {
    add(statistics, value);
  }
  EXPECT_NEAR(statistics.mean, 5.0F, 1e-6F);
  EXPECT_NEAR(standard_deviation(statistics), 2.1380899F, 1e-6F);  // sqrt(32 / 7)
}

TEST(LevelStatistics, KeepsItsAccuracyFarFromZero) {
  sim::Random random(42);
  LevelStatistics far;
  LevelStatistics near;
  for (int i = 0; i < 20000; ++i) {
    const float value = random.normal();
    add(near, value);
    add(far, 1000.0F + value);
  }
  EXPECT_NEAR(far.mean - 1000.0F, near.mean, 2e-3F);
  EXPECT_NEAR(standard_deviation(far), standard_deviation(near), 1e-3F);
  EXPECT_NEAR(standard_deviation(near), 1.0F, 0.02F);
}

TEST(LevelStatistics, StaysAsItIsAfterAMillionWindows) {
  LevelStatistics statistics{.mean = 1.0F, .squares = 3.0F, .count = kMaxBaselineWindows};
  add(statistics, 99.0F);
  EXPECT_EQ(statistics.mean, 1.0F);
  EXPECT_EQ(statistics.squares, 3.0F);
  EXPECT_EQ(statistics.count, kMaxBaselineWindows);
}

constexpr BaselineConfig kConfig{.states = 3, .levels = 2, .min_windows = 4, .floor_db = 0.5F};

TEST(Baseline, SaysThatItDoesNotKnowAStateThatWasNeverCommissioned) {
  LevelStatistics storage[6];
  Baseline baseline(kConfig, storage);
  const float levels[2] = {60.0F, 40.0F};
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(baseline.is_known(1));
    EXPECT_EQ(baseline.compare(1, 0, 60.0F).error(), Error::kEmpty);
    ASSERT_TRUE(baseline.learn(1, levels).ok());
  }
  EXPECT_TRUE(baseline.is_known(1));
  EXPECT_TRUE(baseline.compare(1, 0, 60.0F).ok());
  EXPECT_EQ(baseline.compare(0, 0, 60.0F).error(), Error::kEmpty);
  EXPECT_EQ(baseline.compare(2, 1, 60.0F).error(), Error::kEmpty);
}

TEST(Baseline, ComparesALevelWithItsOwnState) {
  LevelStatistics storage[6];
  Baseline baseline(kConfig, storage);
  for (int i = 0; i < 4; ++i) {
    const float slow[2] = {50.0F + (i % 2 == 0 ? 1.0F : -1.0F), 40.0F};
    const float fast[2] = {70.0F, 45.0F};
    ASSERT_TRUE(baseline.learn(0, slow).ok());
    ASSERT_TRUE(baseline.learn(2, fast).ok());
  }
  const Result<Deviation> scattered = baseline.compare(0, 0, 56.0F);
  ASSERT_TRUE(scattered.ok());
  EXPECT_NEAR(scattered->db, 6.0F, 1e-6F);
  EXPECT_NEAR(scattered->sigmas, 5.1961524F, 1e-5F);  // 6 / sqrt(4 / 3)
  const Result<Deviation> still = baseline.compare(2, 0, 69.0F);
  ASSERT_TRUE(still.ok());
  EXPECT_NEAR(still->db, -1.0F, 1e-6F);
  EXPECT_NEAR(still->sigmas, -2.0F, 1e-6F) << "no scatter at all: the floor counts";
  EXPECT_NEAR(baseline.compare(2, 1, 45.0F)->db, 0.0F, 1e-6F);
}

TEST(Baseline, LearnsNothingFromAWindowThatIsNotFinite) {
  LevelStatistics storage[6];
  Baseline baseline(kConfig, storage);
  for (const float bad : {kNan, std::numeric_limits<float>::infinity()}) {
    const float levels[2] = {50.0F, bad};
    EXPECT_EQ(baseline.learn(0, levels).error(), Error::kInvalidArgument);
  }
  EXPECT_EQ(baseline.at(0, 0).count, 0U);
  const float good[2] = {50.0F, 40.0F};
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(baseline.learn(0, good).ok());
  }
  EXPECT_EQ(baseline.compare(0, 0, kNan).error(), Error::kInvalidArgument);
}

TEST(Baseline, GoesOnWithWhatAnEarlierOneLearned) {
  LevelStatistics storage[6];
  const float levels[2] = {50.0F, 40.0F};
  for (int i = 0; i < 4; ++i) {
    Baseline baseline(kConfig, storage);
    ASSERT_TRUE(baseline.learn(0, levels).ok());
  }
  EXPECT_TRUE(Baseline(kConfig, storage).is_known(0));
}

TEST(Baseline, ChecksItsConfiguration) {
  EXPECT_TRUE(check(kConfig).ok());
  const BaselineConfig bad[] = {
      {.states = 0},
      {.levels = 0},
      {.min_windows = 1},
      {.min_windows = kMaxBaselineWindows + 1},
      {.floor_db = 0.0F},
      {.floor_db = kNan},
  };
  for (const BaselineConfig& config : bad) {
    EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
  }
}

}  // namespace
}  // namespace aiot::decide
