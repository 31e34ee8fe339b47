// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/statistics.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_stats(const Vectors& vectors, const Json& test) {
  const Statistics s = statistics(vectors.floats(test, "in_x"));
  expect_relative("mean", s.mean, test.at("mean"));
  expect_relative("rms", s.rms, test.at("rms"));
  expect_relative("peak", s.peak, test.at("peak"));
  expect_relative("min", s.minimum, test.at("min"));
  expect_relative("max", s.maximum, test.at("max"));
  expect_relative("p2p", s.peak_to_peak(), test.at("p2p"));
  expect_relative("deviation", s.deviation, test.at("std_pop"));
  expect_relative("shape", s.shape_factor, test.at("shape_factor"));
  expect_relative("impulse", s.impulse_factor, test.at("impulse_factor"));
  // What is left of sums of either sign: as a part of 1, its unit.
  EXPECT_NEAR(s.skewness, test.at("skewness").get<double>(), 1e-6);
  expect_relative("crest", s.crest_factor, test.at("crest"));
  expect_relative("kurtosis", s.kurtosis, test.at("kurtosis_pearson"));
}

TEST(GoldenDsp, Statistics) {
  for_each_case("stats", run_stats);
}

}  // namespace
}  // namespace aiot::dsp::golden
