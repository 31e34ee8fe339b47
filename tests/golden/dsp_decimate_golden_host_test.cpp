// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "aiot/dsp/decimate.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_fir_decimate(const Vectors& vectors, const Json& test) {
  const std::vector<float> x = vectors.floats(test, "in_x");
  const std::vector<double> expected = vectors.array(test, "out_y");
  std::vector<float> taps = vectors.floats(test, "in_h");
  for (const TapSymmetry symmetry : {TapSymmetry::kNone, TapSymmetry::kEven}) {
    if (symmetry == TapSymmetry::kEven) {  // but for the rounding of whoever made them
      std::copy(taps.rbegin(),
                taps.rbegin() + static_cast<std::ptrdiff_t>(taps.size() / 2),
                taps.begin());
    }
    std::vector<float> storage(FirDecimator::storage_floats(taps.size(), 100));
    FirDecimator decimator(taps, test.at("M").get<std::uint32_t>(), symmetry, storage);
    std::vector<float> y(expected.size());
    std::size_t written = 0;
    std::size_t size = 1;
    for (std::size_t at = 0; at < x.size(); at += size) {
      size = std::min(size + 5, x.size() - at);
      written += decimator.run(std::span{x}.subspan(at, size), std::span{y}.subspan(written));
    }
    EXPECT_EQ(written, expected.size());
    expect_close(y, expected);
  }
}

TEST(GoldenDsp, FirDecimate) {
  for_each_case("fir_decimate", run_fir_decimate);
}

}  // namespace
}  // namespace aiot::dsp::golden
