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
  expect_relative("crest", s.crest_factor, test.at("crest"));
  expect_relative("kurtosis", s.kurtosis, test.at("kurtosis_pearson"));
}

TEST(GoldenDsp, Statistics) {
  for_each_case("stats", run_stats);
}

}  // namespace
}  // namespace aiot::dsp::golden
