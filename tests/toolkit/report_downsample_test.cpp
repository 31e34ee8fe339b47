// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "aiot/toolkit/random.hpp"
#include "aiot/toolkit/report/downsample.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kWidth = 800.0;
constexpr std::size_t kLong = 100000;

std::vector<Point> noise(std::size_t count) {
  Random random(1, 1);
  std::vector<Point> points;
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back(
        {kWidth * static_cast<double>(i) / static_cast<double>(count), random.between(-1.0, 1.0)});
  }
  return points;
}

/// Lowest and highest value of every column.
std::vector<std::pair<double, double>> extremes(const std::vector<Point>& points) {
  std::vector<std::pair<double, double>> result(static_cast<std::size_t>(kWidth), {2.0, -2.0});
  for (const Point& point : points) {
    auto& [low, high] = result[static_cast<std::size_t>(point.x)];
    low = std::min(low, point.y);
    high = std::max(high, point.y);
  }
  return result;
}

TEST(Downsample, KeepsTheExtremesOfEveryColumn) {
  const std::vector<Point> points = noise(kLong);
  EXPECT_EQ(extremes(min_max_per_column(points, kWidth)), extremes(points));
}

TEST(Downsample, KeepsASinglePeakAnywhere) {
  for (std::size_t at = 0; at < kLong; at += 997) {
    std::vector<Point> points = noise(kLong);
    points[at].y = 50.0;
    const std::vector<Point> kept = min_max_per_column(points, kWidth);
    EXPECT_EQ(std::count_if(kept.begin(), kept.end(), [](const Point& p) { return p.y == 50.0; }),
              1);
  }
}

TEST(Downsample, GivesTwoPointsAColumnAtMost) {
  EXPECT_LE(min_max_per_column(noise(kLong), kWidth).size(), 1604U);
}

TEST(Downsample, ShortSeriesStayAsTheyAre) {
  const std::vector<Point> points = noise(100);
  EXPECT_EQ(min_max_per_column(points, kWidth).size(), points.size());
}

TEST(Downsample, KeepsGaps) {
  const std::vector<Point> points{{0.0, 1.0}, {10.0, kNan}, {20.0, kNan}, {30.0, 2.0}};
  const std::vector<Point> kept = min_max_per_column(points, kWidth);
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_TRUE(std::isnan(kept[1].y));
}

TEST(Downsample, GapsInsideAColumnDoNotMakeItLonger) {
  std::vector<Point> points = noise(kLong);
  for (std::size_t i = 0; i < points.size(); i += 2) {
    points[i].y = kNan;
  }
  EXPECT_LE(min_max_per_column(points, kWidth).size(), 1604U);
}

TEST(Downsample, PointsWithoutXAreGaps) {
  const std::vector<Point> points{{kNan, 1.0}, {kNan, 2.0}};
  EXPECT_TRUE(min_max_per_column(points, kWidth).empty());
}

TEST(Downsample, OutsideItKeepsTheWayInAndOut) {
  std::vector<Point> points;
  for (int i = -1000; i < 2000; ++i) {
    points.push_back({static_cast<double>(i), static_cast<double>(i)});
  }
  const std::vector<Point> kept = min_max_per_column(points, kWidth);
  EXPECT_LE(kept.size(), 810U);
  EXPECT_EQ(kept[1].y, -1.0);
}

}  // namespace
}  // namespace aiot::toolkit::report
