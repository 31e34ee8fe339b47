// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "aiot/toolkit/report/axis.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kDay = 86400.0;

std::vector<std::string> labels(AxisScale scale, const Range& range, std::size_t most) {
  std::vector<std::string> result;
  for (const Tick& tick : ticks(scale, range, most)) {
    if (!tick.label.empty()) {
      result.push_back(tick.label);
    }
  }
  return result;
}

using Labels = std::vector<std::string>;

TEST(Ticks, AreRoundNumbers) {
  EXPECT_EQ(labels(AxisScale::kLinear, {0.0, 1300.0}, 7),
            (Labels{"0", "200", "400", "600", "800", "1000", "1200"}));
  EXPECT_EQ(labels(AxisScale::kLinear, {-0.3, 0.3}, 6),
            (Labels{"−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3"}));
}

TEST(Ticks, OfALogAxisArePowersOfTen) {
  EXPECT_EQ(labels(AxisScale::kLog, {1e-6, 1.0}, 7),
            (Labels{"10⁻⁶", "10⁻⁵", "0.0001", "0.001", "0.01", "0.1", "1"}));
  EXPECT_EQ(labels(AxisScale::kLog, {1.0, 10.0}, 5), (Labels{"1", "2", "5", "10"}));
}

TEST(Ticks, OfALogAxisLeaveDecadesOutWhereTheyAreMany) {
  const Labels found = labels(AxisScale::kLog, {1e-12, 1.0}, 4);
  EXPECT_LE(found.size(), 5U);
  EXPECT_GE(found.size(), 3U);
}

TEST(Ticks, OfALogAxisInOneDecadeAreLinear) {
  EXPECT_EQ(labels(AxisScale::kLog, {2.0, 4.0}, 4), (Labels{"2.0", "2.5", "3.0", "3.5", "4.0"}));
}

TEST(Ticks, OfDurationsHaveUnits) {
  EXPECT_EQ(labels(AxisScale::kDuration, {0.0, 5400.0}, 4),
            (Labels{"0", "30 min", "60 min", "90 min"}));
  EXPECT_EQ(labels(AxisScale::kDuration, {0.0, 4 * kDay}, 4),
            (Labels{"0", "1 d", "2 d", "3 d", "4 d"}));
  EXPECT_EQ(labels(AxisScale::kDuration, {0.0, 0.2}, 2), (Labels{"0.0 s", "0.1 s", "0.2 s"}));
}

TEST(Ticks, OfDatesAreDaysMonthsAndYears) {
  const double october = 12347 * kDay;  // 2003-10-22
  EXPECT_EQ(labels(AxisScale::kDate, {october, october + 4 * kDay}, 4),
            (Labels{"10-22", "10-23", "10-24", "10-25", "10-26"}));
  EXPECT_EQ(labels(AxisScale::kDate, {october, october + kDay / 2.0}, 2),
            (Labels{"10-22", "06:00", "12:00"}));
  EXPECT_EQ(labels(AxisScale::kDate, {october, october + 100 * kDay}, 3),
            (Labels{"2003-11", "2004-01"}));
  EXPECT_EQ(labels(AxisScale::kDate, {0.0, 20000 * kDay}, 3), (Labels{"1980", "2000", "2020"}));
}

TEST(Ticks, AreInsideRisingAndFewForAnyRange) {
  for (const AxisScale scale :
       {AxisScale::kLinear, AxisScale::kLog, AxisScale::kDuration, AxisScale::kDate}) {
    for (const double from : {1e-30, 1e-6, 1.0, 123.4, 1e9, 1e30}) {
      for (const double factor : {1.0 + 1e-12, 1.001, 2.0, 37.0, 1e6}) {
        const Range range{from, from * factor};
        const std::vector<Tick> found = ticks(scale, range, 8);
        EXPECT_LE(found.size(), 210U);
        for (std::size_t i = 0; i < found.size(); ++i) {
          EXPECT_GE(found[i].value, range.from - 1e-6 * (range.to - range.from) - 1e-9 * from);
          EXPECT_LE(found[i].value, range.to + 1e-6 * (range.to - range.from) + 1e-9 * from);
          EXPECT_TRUE(i == 0 || found[i].value >= found[i - 1].value);
        }
      }
    }
  }
}

TEST(Ticks, OfWhatIsNoRangeAreNone) {
  for (const Range& range :
       {Range{1.0, 1.0}, Range{2.0, 1.0}, Range{kNan, 1.0}, Range{0.0, kInf}}) {
    EXPECT_TRUE(ticks(AxisScale::kLinear, range, 5).empty());
  }
  EXPECT_TRUE(ticks(AxisScale::kLog, {0.0, 1.0}, 5).empty());
}

TEST(Extent, LeavesOutWhatIsNotANumber) {
  Extent extent(AxisScale::kLinear);
  extent.add(kNan);
  extent.add(kInf);
  EXPECT_TRUE(extent.empty());
  EXPECT_FALSE(extent.range({}).has_value());
  extent.add(3.0);
  extent.add(-kInf);
  extent.add(5.0);
  EXPECT_EQ(extent.range({})->from, 3.0);
  EXPECT_EQ(extent.range({})->to, 5.0);
}

TEST(Extent, OfOneValueHasRoom) {
  Extent extent(AxisScale::kLinear);
  extent.add(10.0);
  EXPECT_LT(extent.range({})->from, 10.0);
  EXPECT_GT(extent.range({})->to, 10.0);
}

TEST(Extent, OfALogAxisShowsTenDecades) {
  Extent extent(AxisScale::kLog);
  extent.add(0.0);
  extent.add(1e-20);
  extent.add(1.0);
  EXPECT_NEAR(extent.range({})->from, 1e-10, 1e-14);
}

TEST(Extent, GivenLimitsWinIfTheyAreUsable) {
  Extent extent(AxisScale::kLinear);
  extent.add(1.0);
  extent.add(2.0);
  EXPECT_EQ(extent.range({"", "", AxisScale::kLinear, 0.0, 8.0})->to, 8.0);
  EXPECT_EQ(extent.range({"", "", AxisScale::kLinear, kNan, kInf})->to, 2.0);
  EXPECT_EQ(extent.range({"", "", AxisScale::kLinear, 9.0, 3.0})->from, 1.0);
}

TEST(Mapping, GoesFromZeroToItsPixels) {
  const Mapping linear(AxisScale::kLinear, {10.0, 20.0}, 100.0);
  EXPECT_NEAR(linear.at(10.0), 0.0, 1e-9);
  EXPECT_NEAR(linear.at(15.0), 50.0, 1e-9);
  const Mapping log(AxisScale::kLog, {0.01, 1.0}, 100.0);
  EXPECT_NEAR(log.at(0.1), 50.0, 1e-3);
  EXPECT_LT(log.at(0.0), 0.0);
  EXPECT_TRUE(std::isnan(linear.at(kNan)));
}

TEST(Axis, SaysUnitAndFirstDay) {
  EXPECT_EQ(title_of({"Frequency", "Hz", AxisScale::kLinear, {}, {}}, {0.0, 1.0}),
            "Frequency (Hz)");
  EXPECT_EQ(title_of({"Time", "", AxisScale::kDate, {}, {}}, {12347 * kDay, 12350 * kDay}),
            "Time, from 2003-10-22 (UTC)");
  EXPECT_EQ(value_text({"", "", AxisScale::kDate, {}, {}}, 951782400.0), "2000-02-29 00:00");
}

}  // namespace
}  // namespace aiot::toolkit::report
