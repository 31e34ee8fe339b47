// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <vector>

#include "aiot/toolkit/report/spectrum.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit::report {
namespace {

std::vector<Marker> of_kind(const LineChart& chart, MarkerKind kind) {
  std::vector<Marker> result;
  for (const Marker& marker : chart.markers) {
    if (marker.kind == kind) {
      result.push_back(marker);
    }
  }
  return result;
}

TEST(Spectrum, AFaultHasItsHarmonicsByName) {
  LineChart chart;
  mark_fault(chart, {"BPFO", 100.0, 3, 0.02, 0.0, 0});
  const std::vector<Marker> found = of_kind(chart, MarkerKind::kFault);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[2].label, "BPFO x3");
  EXPECT_EQ(found[2].x, 300.0);
}

TEST(Spectrum, TheSearchedBandGrowsWithTheHarmonic) {
  LineChart chart;
  mark_fault(chart, {"BPFO", 100.0, 3, 0.02, 0.0, 0});
  EXPECT_NEAR(chart.markers[0].tolerance, 2.0, 1e-12);
  EXPECT_NEAR(chart.markers[2].tolerance, 6.0, 1e-12);
}

TEST(Spectrum, SidebandsStandInPairsAroundEveryHarmonic) {
  LineChart chart;
  mark_fault(chart, {"BPFI", 100.0, 2, 0.0, 30.0, 2});
  const std::vector<Marker> found = of_kind(chart, MarkerKind::kSideband);
  ASSERT_EQ(found.size(), 8U);
  EXPECT_EQ(found[0].x, 70.0);
  EXPECT_EQ(found[1].x, 130.0);
  EXPECT_EQ(found[7].x, 260.0);
}

TEST(Spectrum, FaultsDifferByFamily) {
  LineChart chart;
  mark_shaft(chart, 30.0, 2);
  mark_fault(chart, {"BPFO", 100.0, 1, 0.0, 0.0, 0});
  mark_fault(chart, {"BPFI", 150.0, 1, 0.0, 0.0, 0});
  EXPECT_EQ(chart.families, (std::vector<std::string>{"BPFO", "BPFI"}));
  EXPECT_EQ(of_kind(chart, MarkerKind::kFault)[1].family, 1U);
  EXPECT_EQ(of_kind(chart, MarkerKind::kShaft)[1].label, "2x");
}

TEST(Spectrum, WhatIsNoFrequencyMarksNothing) {
  LineChart chart;
  for (const double frequency : {0.0,
                                 -1.0,
                                 std::numeric_limits<double>::quiet_NaN(),
                                 std::numeric_limits<double>::infinity()}) {
    mark_fault(chart, {"BPFO", frequency, 3, 0.0, 0.0, 0});
    mark_shaft(chart, frequency, 3);
  }
  EXPECT_TRUE(chart.markers.empty());
  EXPECT_TRUE(chart.families.empty());
}

}  // namespace
}  // namespace aiot::toolkit::report
