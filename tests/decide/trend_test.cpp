// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/trend.hpp"

#include <limits>

#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr TrendConfig kConfig{
    .smoothing_windows = 10, .point_windows = 4, .points = 16, .min_t = 4.0F};
constexpr int kWindows = 64;  // until a line can be laid

TEST(Trend, AveragesPlainlyFirstAndExponentiallyThen) {
  Trend trend(kConfig);
  EXPECT_EQ(trend.average_db().error(), Error::kEmpty);
  for (int i = 1; i <= 10; ++i) {
    ASSERT_TRUE(trend.update(static_cast<float>(i)).ok());
  }
  EXPECT_NEAR(*trend.average_db(), 5.5F, 1e-5F);
  ASSERT_TRUE(trend.update(15.5F).ok());
  EXPECT_NEAR(*trend.average_db(), 6.5F, 1e-5F);
}

TEST(Trend, SaysNothingBeforeItsPointsAreThere) {
  Trend trend(kConfig);
  for (int i = 0; i < kWindows; ++i) {
    EXPECT_EQ(trend.estimate().error(), Error::kEmpty);
    ASSERT_TRUE(trend.update(0.0F).ok());
  }
  const Result<TrendEstimate> estimate = trend.estimate();
  ASSERT_TRUE(estimate.ok());
  EXPECT_EQ(estimate->slope_db_per_window, 0.0F);
  EXPECT_FALSE(estimate->significant);
}

TEST(Trend, MeasuresASlopePerWindow) {
  for (const float slope : {0.01F, -0.02F}) {
    Trend trend(kConfig);
    for (int i = 0; i < 300; ++i) {  // the ring goes round several times
      ASSERT_TRUE(trend.update(3.0F + slope * static_cast<float>(i)).ok());
    }
    const Result<TrendEstimate> estimate = trend.estimate();
    ASSERT_TRUE(estimate.ok());
    EXPECT_NEAR(estimate->slope_db_per_window, slope, 1e-5F);
    EXPECT_TRUE(estimate->significant);
    EXPECT_EQ(estimate->t > 0.0F, slope > 0.0F);
  }
}

TEST(Trend, HasTheStandardErrorOfLeastSquares) {
  // Residuals that alternate have no correlation but the allowance of 1/8.
  Trend trend({.smoothing_windows = 1, .point_windows = 1, .points = 8, .min_t = 4.0F});
  for (const float value : {1.0F, 0.0F, 2.0F, 1.0F, 3.0F, 2.0F, 4.0F, 3.0F}) {
    ASSERT_TRUE(trend.update(value).ok());
  }
  const Result<TrendEstimate> estimate = trend.estimate();
  ASSERT_TRUE(estimate.ok());
  EXPECT_NEAR(estimate->slope_db_per_window, 0.428571429F, 1e-6F);  // 18 / 42
  EXPECT_NEAR(estimate->t, 2.7568098F, 1e-4F);                      // numpy, double
  EXPECT_FALSE(estimate->significant);
}

// How many of `rounds` independent estimates on noise alone are called a trend. `memory`: weight of
// the last value in the next one.
int false_trends(int rounds, float memory, std::uint64_t seed) {
  sim::Random random(seed);
  int significant = 0;
  for (int round = 0; round < rounds; ++round) {
    Trend trend(kConfig);
    float value = 0.0F;
    for (int i = 0; i < kWindows; ++i) {
      value = memory * value + random.normal();
      (void)trend.update(value);
    }
    significant += trend.estimate()->significant ? 1 : 0;
  }
  return significant;
}

TEST(Trend, SeesNoneInNoise) {
  EXPECT_LE(false_trends(500, 0.0F, 11), 3);
}

TEST(Trend, SeesFewInWhatWandersSlowly) {
  EXPECT_LE(false_trends(500, 0.9F, 12), 20);
}

TEST(Trend, ForgetsEverythingAtARestart) {
  Trend trend(kConfig);
  for (int i = 0; i < kWindows; ++i) {
    ASSERT_TRUE(trend.update(5.0F).ok());
  }
  trend.restart();
  EXPECT_EQ(trend.estimate().error(), Error::kEmpty);
  EXPECT_EQ(trend.average_db().error(), Error::kEmpty);
}

TEST(Trend, LeavesOutWhatIsNotFinite) {
  Trend trend(kConfig);
  ASSERT_TRUE(trend.update(1.0F).ok());
  EXPECT_EQ(trend.update(kNan).error(), Error::kInvalidArgument);
  EXPECT_EQ(trend.update(-std::numeric_limits<float>::infinity()).error(), Error::kInvalidArgument);
  EXPECT_EQ(*trend.average_db(), 1.0F);
}

TEST(Trend, ChecksItsConfiguration) {
  EXPECT_TRUE(check(kConfig).ok());
  const TrendConfig bad[] = {
      {.smoothing_windows = 0},
      {.smoothing_windows = (1U << 20U) + 1U},
      {.point_windows = 0},
      {.point_windows = (1U << 20U) + 1U},
      {.points = 7},
      {.points = kMaxTrendPoints + 1},
      {.min_t = 0.0F},
      {.min_t = kNan},
  };
  for (const TrendConfig& config : bad) {
    EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
  }
}

}  // namespace
}  // namespace aiot::decide
