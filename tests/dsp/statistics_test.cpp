// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/statistics.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/math.hpp"
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
  // Deviations 0, -4, 1, 3: third moment -9, fourth moment 84.5, variance 6.5.
  EXPECT_NEAR(s.skewness, -0.543090F, 2e-6F);
  EXPECT_NEAR(s.kurtosis, 2.0F, 1e-6F);
  EXPECT_NEAR(s.deviation, 2.54950976F, 1e-6F);
  EXPECT_EQ(s.minimum, -3.0F);
  EXPECT_EQ(s.maximum, 4.0F);
  EXPECT_EQ(s.peak_to_peak(), 7.0F);
  EXPECT_EQ(s.mean_magnitude, 2.5F);
  EXPECT_NEAR(s.shape_factor, 1.09544512F, 1e-6F);
  EXPECT_NEAR(s.impulse_factor, 1.6F, 1e-6F);
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
  EXPECT_EQ(s.minimum, -2.5F);
  EXPECT_EQ(s.maximum, -2.5F);
}

TEST(Statistics, FindExtremesWhereverTheyAre) {
  // Rises, so that every value is a new maximum; falls; jumps away from the mean of the block
  // before and comes back.
  for (const float direction : {1.0F, -1.0F}) {
    std::array<float, 700> x{};
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float jump = i >= 300 && i < 500 ? 1e6F : 0.0F;
      x[i] = direction * (5.0F + 0.25F * static_cast<float>(i) + jump);
    }
    const Statistics s = statistics(x);
    EXPECT_EQ(direction > 0.0F ? s.minimum : -s.maximum, 5.0F);
    EXPECT_EQ(direction > 0.0F ? s.maximum : -s.minimum, 1e6F + 129.75F);
    EXPECT_EQ(s.peak, 1e6F + 129.75F);
  }
}

TEST(Statistics, KeepTheKurtosisOverAStep) {
  // Noise of +-1 in equal parts, a step of `height` after `at` of 1000 values: a wrong guess of
  // where a block lies. With p = at / 1000 the variance is 1 + p (1 - p) h^2.
  for (const float height : {30.0F, 3e3F, 3e5F}) {
    for (const std::size_t at : {2U, 64U, 200U, 500U, 998U}) {
      std::array<float, 1000> x{};
      for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = (i % 2 == 0 ? 1.0F : -1.0F) + (i < at ? 0.0F : height);
      }
      const float p = static_cast<float>(at) / 1000.0F;
      const float pq = p * (1.0F - p);
      const float squared = height * height;
      const float variance = 1.0F + pq * squared;
      const float fourth = 1.0F + 6.0F * pq * squared + pq * (1.0F - 3.0F * pq) * squared * squared;
      const float expected = fourth / variance / variance;
      const Statistics s = statistics(x);
      EXPECT_NEAR(s.kurtosis, expected, 1e-4F * expected) << height << " " << at;
      EXPECT_NEAR(s.deviation, sqrt(variance), 1e-5F * sqrt(variance)) << height << " " << at;
    }
  }
}

TEST(StatisticsAccumulator, OfNothingIsZero) {
  StatisticsAccumulator all;
  all.add({});
  EXPECT_EQ(all.count(), 0U);
  EXPECT_EQ(all.result().rms, 0.0F);
  EXPECT_EQ(all.result().minimum, 0.0F);
  EXPECT_EQ(all.result().kurtosis, 0.0F);
}

TEST(StatisticsAccumulator, InPiecesIsThatOfTheWhole) {
  std::array<float, 3000> x{};
  std::uint32_t state = 1;
  for (float& v : x) {
    state = state * 1664525U + 1013904223U;
    v = 3.0F + static_cast<float>(state >> 8U) * 0x1p-24F;
  }
  const Statistics whole = statistics(x);
  StatisticsAccumulator all;
  for (std::size_t at = 0, size = 1; at < x.size(); at += size, size += 7) {
    size = size < x.size() - at ? size : x.size() - at;
    all.add(std::span{x}.subspan(at, size));
  }
  const Statistics pieces = all.result();
  EXPECT_EQ(all.count(), x.size());
  EXPECT_EQ(pieces.minimum, whole.minimum);
  EXPECT_EQ(pieces.maximum, whole.maximum);
  EXPECT_NEAR(pieces.mean, whole.mean, 1e-6F);
  EXPECT_NEAR(pieces.rms, whole.rms, 1e-6F);
  EXPECT_NEAR(pieces.mean_magnitude, whole.mean_magnitude, 1e-6F);
  EXPECT_NEAR(pieces.skewness, whole.skewness, 1e-6F);
  EXPECT_NEAR(pieces.kurtosis, whole.kurtosis, 1e-5F);
  // And nothing of it is left after a reset.
  all.reset();
  all.add(std::span{x}.first(128));
  EXPECT_EQ(all.result().kurtosis, statistics(std::span{x}.first(128)).kurtosis);
}

TEST(StatisticsAccumulator, DoesNotDriftOverALongRecording) {
  std::array<float, 128> x{};
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = 0.1F + (i % 8 == 3 ? 0.7F : 0.0F);
  }
  StatisticsAccumulator all;
  for (int i = 0; i < 20'000; ++i) {
    all.add(x);
  }
  EXPECT_NEAR(all.result().kurtosis, 43.0F / 7.0F, 3e-5F);
  EXPECT_NEAR(all.result().mean, 0.1875F, 1e-7F);
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
