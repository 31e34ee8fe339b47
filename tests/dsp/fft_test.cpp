// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/fft.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/crc32.hpp"
#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

std::array<float, kMaxFft> input;
std::array<float, kMaxFft> output;

void fill_noise(std::span<float> out) {
  std::uint32_t state = 7;
  for (float& x : out) {
    state = state * 1664525U + 1013904223U;
    x = static_cast<float>(static_cast<std::int32_t>(state >> 16U) - 32768) * 0x1p-15F;
  }
}

/// Magnitude of the difference of bin k to re + i im.
float distance(std::span<const float> spectrum, std::size_t k, float re, float im) {
  const std::size_t last = spectrum.size() / 2;
  const float got_re = k == last ? spectrum[1] : spectrum[2 * k];
  const float got_im = k == 0 || k == last ? 0.0F : spectrum[2 * k + 1];
  return sqrt((got_re - re) * (got_re - re) + (got_im - im) * (got_im - im));
}

TEST(Fft, KnowsItsSizes) {
  EXPECT_FALSE(is_fft_size(32));
  EXPECT_TRUE(is_fft_size(64));
  EXPECT_FALSE(is_fft_size(96));
  EXPECT_TRUE(is_fft_size(8192));
  EXPECT_FALSE(is_fft_size(16384));
}

TEST(Fft, PutsEachToneIntoItsBin) {
  for (std::uint32_t n = kMinFft; n <= kMaxFft; n *= 2) {
    const std::span<float> in = std::span{input}.first(n);
    const std::span<float> out = std::span{output}.first(n);
    const float half = 0.5F * static_cast<float>(n);
    const std::array<std::uint32_t, 7> bins = {0, 1, 2, n / 8 + 1, n / 4, n / 2 - 1, n / 2};
    for (const std::uint32_t bin : bins) {
      for (std::uint32_t t = 0; t < n; ++t) {
        const auto phase = static_cast<std::uint32_t>((std::uint64_t{bin} * t << 32U) / n);
        in[t] = 3.0F + cos_turn(phase) + (bin != 0 && bin != n / 2 ? 0.5F * sin_turn(phase) : 0.0F);
      }
      rfft(in, 3.0F, out);
      const float whole = bin == 0 || bin == n / 2 ? 2.0F * half : half;
      for (std::uint32_t k = 0; k <= n / 2; ++k) {
        const bool here = k == bin;
        const float error =
            distance(out, k, here ? whole : 0.0F, here && whole == half ? -0.5F * half : 0.0F);
        ASSERT_LE(error, 2e-6F * half) << "n " << n << " bin " << bin << " at " << k;
      }
    }
  }
}

TEST(Fft, AgreesWithTheDefinition) {
  constexpr std::uint32_t kSize = 256;
  const std::span<float> in = std::span{input}.first(kSize);
  const std::span<float> out = std::span{output}.first(kSize);
  fill_noise(in);
  rfft(in, 0.125F, out);
  for (std::uint32_t k = 0; k <= kSize / 2; ++k) {
    float re = 0.0F;
    float im = 0.0F;
    for (std::uint32_t t = 0; t < kSize; ++t) {
      const std::uint32_t phase = k * t << 24U;
      re += (in[t] - 0.125F) * cos_turn(phase);
      im -= (in[t] - 0.125F) * sin_turn(phase);
    }
    ASSERT_LE(distance(out, k, re, im), 2e-5F) << k;
  }
}

TEST(Fft, BitsAreThoseOfEveryOtherMachine) {
  std::uint32_t crc = 0;
  for (std::uint32_t n = kMinFft; n <= kMaxFft; n *= 2) {
    const std::span<float> in = std::span{input}.first(n);
    const std::span<float> out = std::span{output}.first(n);
    fill_noise(in);
    rfft(in, 0.01F, out);
    for (const float x : out) {
      std::array<std::byte, 4> bytes{};
      store_le32(bytes.data(), std::bit_cast<std::uint32_t>(x));
      crc = crc32(crc, bytes);
    }
  }
  EXPECT_EQ(crc, 0x7604D6CCU);
}

}  // namespace
}  // namespace aiot::dsp
