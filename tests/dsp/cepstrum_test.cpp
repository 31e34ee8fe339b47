// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/cepstrum.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/crc32.hpp"
#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kSize = 1024;
std::array<float, kSize> samples;
std::array<float, kSize> spectrum;
std::array<float, kSize> cepstrum;

/// Noise, and an impact every `period` samples that rings down.
void fill_impacts(std::size_t period) {
  std::uint32_t state = 7;
  float ring = 0.0F;
  for (std::size_t t = 0; t < kSize; ++t) {
    state = state * 1664525U + 1013904223U;
    ring = t % period == 0 ? 1.0F : ring * -0.7F;
    samples[t] =
        ring + static_cast<float>(static_cast<std::int32_t>(state >> 16U) - 32768) * 0x1p-19F;
  }
}

TEST(RealCepstrum, ShowsThePeriodOfImpacts) {
  for (const std::size_t period : {40U, 64U, 100U}) {
    fill_impacts(period);
    real_cepstrum(samples, 0.0F, spectrum, cepstrum);
    std::size_t highest = 16;
    for (std::size_t q = 16; q < kSize / 2; ++q) {
      highest = cepstrum[q] > cepstrum[highest] ? q : highest;
    }
    EXPECT_EQ(highest, period);
  }
}

TEST(RealCepstrum, SecondHalfMirrorsTheFirst) {
  fill_impacts(50);
  real_cepstrum(samples, 0.0F, spectrum, cepstrum);
  for (std::size_t q = 1; q < kSize / 2; ++q) {
    ASSERT_NEAR(cepstrum[q], cepstrum[kSize - q], 1e-5F) << q;
  }
}

TEST(RealCepstrum, GainIsInTheFirstValueAlone) {
  fill_impacts(50);
  real_cepstrum(samples, 0.0F, spectrum, cepstrum);
  const float before = cepstrum[0];
  const float other = cepstrum[50];
  for (float& x : samples) {
    x *= 2.0F;
  }
  real_cepstrum(samples, 0.0F, spectrum, cepstrum);
  EXPECT_NEAR(cepstrum[0] - before, 0.693147F, 1e-5F);
  EXPECT_NEAR(cepstrum[50], other, 1e-5F);
}

TEST(RealCepstrum, OfSilenceIsFinite) {
  samples.fill(3.0F);
  real_cepstrum(samples, 3.0F, spectrum, cepstrum);
  EXPECT_NEAR(cepstrum[0], -27.631021F, 1e-4F);
  EXPECT_NEAR(cepstrum[1], 0.0F, 1e-4F);
}

TEST(RealCepstrum, BitsAreThoseOfEveryOtherMachine) {
  fill_impacts(50);
  real_cepstrum(samples, 0.01F, spectrum, cepstrum);
  std::uint32_t crc = 0;
  for (const float x : cepstrum) {
    std::array<std::byte, 4> bytes{};
    store_le32(bytes.data(), std::bit_cast<std::uint32_t>(x));
    crc = crc32(crc, bytes);
  }
  EXPECT_EQ(crc, 0x49D52CB0U);
}

}  // namespace
}  // namespace aiot::dsp
