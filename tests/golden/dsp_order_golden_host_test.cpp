// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

#include "aiot/dsp/order.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

/// In blocks of `block` samples, with the pulses that are in each.
std::vector<float> resampled(const Vectors& vectors, const Json& test, std::size_t block) {
  const std::vector<float> in = vectors.floats(test, "in_x");
  const std::vector<double> tacho = vectors.array(test, "in_tacho_s");
  const auto rate = test.at("fs_hz").get<double>();
  std::vector<float> storage(block + 1024);
  AngleResampler resampler({.samples_per_rev = test.at("samples_per_rev").get<std::uint32_t>()},
                           storage);
  std::vector<float> result;
  std::size_t next = 0;
  for (std::size_t at = 0; at < in.size(); at += block) {
    const std::size_t size = std::min(block, in.size() - at);
    std::vector<float> pulses;
    for (; next < tacho.size() && tacho[next] * rate < static_cast<double>(at + size); ++next) {
      pulses.push_back(static_cast<float>(tacho[next] * rate - static_cast<double>(at)));
    }
    std::vector<float> out(resampler.angle_samples(pulses.size() + 1));
    const auto count = resampler.run(std::span{in}.subspan(at, size), pulses, out);
    EXPECT_TRUE(count.ok());
    result.insert(
        result.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count.value_or(0)));
  }
  return result;
}

void run_order_track(const Vectors& vectors, const Json& test) {
  const std::vector<double> expected = vectors.array(test, "out_expected");
  for (const std::size_t block : {std::size_t{8192}, std::size_t{1000}, std::size_t{61}}) {
    const std::vector<float> got = resampled(vectors, test, block);
    ASSERT_EQ(got.size(), expected.size()) << block;
    double signal = 0.0;
    double error = 0.0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      const double difference = static_cast<double>(got[i]) - expected[i];
      signal += expected[i] * expected[i];
      error += difference * difference;
    }
    const double snr_db = 10.0 * std::log10(signal / error);
    std::printf("golden dsp: order_track: SNR %.1f dB in blocks of %zu\n", snr_db, block);
    EXPECT_GE(snr_db, 90.0) << block;
  }
}

TEST(GoldenDsp, OrderTrack) {
  for_each_case("order_track", run_order_track);
}

}  // namespace
}  // namespace aiot::dsp::golden
