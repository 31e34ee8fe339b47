// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/statistics.hpp"

#include <array>
#include <cstddef>

#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

TEST(Statistics, OfFourValuesByHand) {
  const std::array<float, 4> x = {1.0F, -3.0F, 2.0F, 4.0F};
  const Statistics s = statistics(x);
  EXPECT_EQ(s.mean, 1.0F);
  EXPECT_NEAR(s.rms, 2.73861279F, 1e-6F);  // sqrt(7.5)
  EXPECT_EQ(s.peak, 4.0F);
  EXPECT_NEAR(s.crest_factor, 1.46059349F, 1e-6F);
  // Deviations 0, -4, 1, 3: fourth moment 84.5, variance 6.5.
  EXPECT_NEAR(s.kurtosis, 2.0F, 1e-6F);
}

TEST(Statistics, OfAFlatLineHaveNoKurtosis) {
  std::array<float, 1000> x{};
  EXPECT_EQ(statistics(x).crest_factor, 0.0F);
  EXPECT_EQ(statistics(x).kurtosis, 0.0F);
  x.fill(0.1F);
  const Statistics s = statistics(x);
  EXPECT_EQ(s.kurtosis, 0.0F);
  EXPECT_NEAR(s.mean, 0.1F, 1e-7F);
  EXPECT_NEAR(s.rms, 0.1F, 1e-7F);
  EXPECT_NEAR(s.crest_factor, 1.0F, 1e-6F);
}

TEST(Statistics, OfOneValue) {
  const std::array<float, 1> x = {-2.5F};
  const Statistics s = statistics(x);
  EXPECT_EQ(s.mean, -2.5F);
  EXPECT_EQ(s.rms, 2.5F);
  EXPECT_EQ(s.peak, 2.5F);
  EXPECT_EQ(s.kurtosis, 0.0F);
}

TEST(Statistics, KeepTheKurtosisUnderALargeOffset) {
  // A square wave of 1 of 8 has mean 1/8, variance 7/64 and kurtosis 43/7, wherever it sits. The
  // steps are exact in float up to the last offset.
  for (const float offset : {0.0F, 10.0F, -1000.0F, 60000.0F}) {
    std::array<float, 800> x{};
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = offset + (i % 8 == 3 ? 1.0F : 0.0F);
    }
    EXPECT_NEAR(statistics(x).kurtosis, 43.0F / 7.0F, 1e-4F) << offset;
  }
}

TEST(Statistics, MeanAloneHasTheSameBits) {
  std::array<float, 777> x{};
  float value = 0.3F;
  for (float& v : x) {
    value = value * 1.7F - (value > 0.6F ? 0.9F : 0.0F);
    v = value;
  }
  EXPECT_EQ(mean(x), statistics(x).mean);
}

}  // namespace
}  // namespace aiot::dsp
