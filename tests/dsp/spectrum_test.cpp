// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/spectrum.hpp"

#include <array>
#include <cstdint>
#include <span>

#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/statistics.hpp"
#include "aiot/dsp/taper.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kSize = 512;
std::array<float, kSize> input;
std::array<float, kSize> output;
std::array<float, kSize> reference;

float noise(std::uint32_t& state) {
  state = state * 1664525U + 1013904223U;
  return static_cast<float>(static_cast<std::int32_t>(state >> 16U) - 32768) * 0x1p-15F;
}

TEST(Spectrum, TaperedAfterTheTransformIsTaperedBeforeIt) {
  std::uint32_t state = 3;
  std::array<float, kSize> taper{};
  make_taper(TaperKind::kHann, TaperEnds::kPeriodic, taper);
  std::array<float, kSize> tapered{};
  for (std::uint32_t i = 0; i < kSize; ++i) {
    input[i] = noise(state);
    tapered[i] = (input[i] - 0.5F) * taper[i];
  }
  mean_square_spectrum(input, 0.5F, output);
  rfft(tapered, 0.0F, reference);
  const float scale = 2.0F / (512.0F * 512.0F * 0.375F);
  EXPECT_NEAR(output[0], 0.5F * scale * reference[0] * reference[0], 1e-6F);
  EXPECT_NEAR(output[kSize / 2], 0.5F * scale * reference[1] * reference[1], 1e-8F);
  for (std::uint32_t k = 1; k < kSize / 2; ++k) {
    const float re = reference[2 * k];
    const float im = reference[2 * k + 1];
    EXPECT_NEAR(output[k], scale * (re * re + im * im), 1e-8F) << k;
  }
}

TEST(Spectrum, OfAToneSumsToItsMeanSquare) {
  // Also between two bins: 50.37 periods.
  for (const float periods : {50.0F, 50.37F, 200.5F}) {
    const auto step = static_cast<std::uint32_t>(periods / static_cast<float>(kSize) * 0x1p32F);
    for (std::uint32_t i = 0; i < kSize; ++i) {
      input[i] = 3.0F * sin_turn(i * step + 12345U);
    }
    mean_square_spectrum(input, mean(input), output);
    EXPECT_NEAR(band_sum(output, {1, kSize / 2}), 4.5F, 0.005F) << static_cast<double>(periods);
  }
}

TEST(Spectrum, OfNoiseSumsToItsMeanSquareOnAverage) {
  std::uint32_t state = 11;
  float sum = 0.0F;
  constexpr int kRuns = 100;
  for (int run = 0; run < kRuns; ++run) {
    for (float& x : input) {
      x = noise(state);
    }
    mean_square_spectrum(input, mean(input), output);
    sum += band_sum(output, {1, kSize / 2});
  }
  EXPECT_NEAR(sum / kRuns, 1.0F / 3.0F, 0.01F);
}

TEST(Spectrum, BandsKeepBothEdgesAndEndAtTheNyquistBin) {
  const auto bins = [](float lo, float hi) { return band_bins(1024, 12800.0F, lo, hi); };
  EXPECT_EQ(bins(25.0F, 50.0F).first, 2U);
  EXPECT_EQ(bins(25.0F, 50.0F).last, 4U);
  EXPECT_EQ(bins(25.1F, 49.9F).first, 3U);
  EXPECT_EQ(bins(25.1F, 49.9F).last, 3U);
  EXPECT_EQ(bins(0.0F, 1e9F).first, 1U);
  EXPECT_EQ(bins(0.0F, 1e9F).last, 512U);
  EXPECT_TRUE(bins(26.0F, 37.0F).empty());
  EXPECT_TRUE(bins(7000.0F, 9000.0F).empty());
  EXPECT_EQ(band_sum(output, bins(26.0F, 37.0F)), 0.0F);
}

TEST(Spectrum, IntegratesAnAccelerationToItsVelocity) {
  // 1 m/s^2 RMS at bin 16 of 512 samples at 1024 Hz = 32 Hz: v = a / (2 pi f).
  for (std::uint32_t i = 0; i < kSize; ++i) {
    input[i] = 1.41421356F * sin_turn(i * (16U << 23U));
  }
  mean_square_spectrum(input, 0.0F, output);
  const float velocity = sqrt(band_sum_integrated(output, {16, 16}, 2.0F));
  // The taper leaves two thirds of the energy in the middle bin, one sixth in each neighbour.
  EXPECT_NEAR(velocity, sqrt(2.0F / 3.0F) / (2.0F * kPi * 32.0F), 1e-8F);
}

}  // namespace
}  // namespace aiot::dsp
