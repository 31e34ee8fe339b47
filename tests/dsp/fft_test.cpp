// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/fft.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>

#include "aiot/core/bytes.hpp"
#include "aiot/core/crc32.hpp"
#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

std::array<float, 2 * kMaxFft> input;
std::array<float, 2 * kMaxFft> output;

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

std::uint32_t crc_of(std::span<const float> numbers, std::uint32_t crc) {
  for (const float x : numbers) {
    std::array<std::byte, 4> bytes{};
    store_le32(bytes.data(), std::bit_cast<std::uint32_t>(x));
    crc = crc32(crc, bytes);
  }
  return crc;
}

TEST(Fft, KnowsItsSizes) {
  EXPECT_FALSE(is_fft_size(32));
  EXPECT_TRUE(is_fft_size(64));
  EXPECT_FALSE(is_fft_size(96));
  EXPECT_TRUE(is_fft_size(8192));
  EXPECT_FALSE(is_fft_size(16384));
}

TEST(Fft, GivesTheSameBitsInPlace) {
  for (std::uint32_t n = kMinFft; n <= kMaxFft; n *= 2) {
    const std::span<float> in = std::span{input}.first(n);
    const std::span<float> out = std::span{output}.first(n);
    fill_noise(in);
    rfft(in, 0.25F, out);
    rfft(in, 0.25F, in);
    std::uint32_t different = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      different += std::bit_cast<std::uint32_t>(in[i]) != std::bit_cast<std::uint32_t>(out[i]);
    }
    EXPECT_EQ(different, 0U) << n;
  }
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
    crc = crc_of(out, crc);
  }
  EXPECT_EQ(crc, 0x7604D6CCU);
}

TEST(Irfft, BringsTheSamplesBack) {
  for (std::uint32_t n = kMinFft; n <= kMaxFft; n *= 2) {
    const std::span<float> in = std::span{input}.first(n);
    const std::span<float> spectrum = std::span{output}.first(n);
    const std::span<float> back = std::span{output}.subspan(n, n);
    fill_noise(in);
    rfft(in, 0.0F, spectrum);
    irfft(spectrum, back);
    for (std::uint32_t t = 0; t < n; ++t) {
      ASSERT_NEAR(back[t], in[t], 1e-6F) << "n " << n << " at " << t;
    }
  }
}

TEST(Irfft, MakesAToneOfEachBin) {
  constexpr std::uint32_t kSize = 128;
  const std::span<float> spectrum = std::span{input}.first(kSize);
  const std::span<float> out = std::span{output}.first(kSize);
  for (std::uint32_t bin = 1; bin < kSize / 2; ++bin) {
    for (float& x : spectrum) {
      x = 0.0F;
    }
    spectrum[2 * bin] = 64.0F;
    spectrum[2 * bin + 1] = -32.0F;
    irfft(spectrum, out);
    for (std::uint32_t t = 0; t < kSize; ++t) {
      const std::uint32_t phase = bin * t << 25U;
      ASSERT_NEAR(out[t], cos_turn(phase) + 0.5F * sin_turn(phase), 2e-6F) << bin << " at " << t;
    }
  }
}

TEST(Irfft, BitsAreThoseOfEveryOtherMachine) {
  std::uint32_t crc = 0;
  for (std::uint32_t n = kMinFft; n <= kMaxFft; n *= 2) {
    const std::span<float> in = std::span{input}.first(n);
    const std::span<float> out = std::span{output}.first(n);
    fill_noise(in);
    irfft(in, out);
    crc = crc_of(out, crc);
  }
  EXPECT_EQ(crc, 0x2BA78334U);
}

TEST(Cfft, KnowsItsSizes) {
  EXPECT_FALSE(is_cfft_size(16));
  EXPECT_TRUE(is_cfft_size(32));
  EXPECT_FALSE(is_cfft_size(48));
  EXPECT_TRUE(is_cfft_size(8192));
  EXPECT_FALSE(is_cfft_size(16384));
}

TEST(Cfft, PutsEachToneIntoItsBin) {
  for (const Direction direction : {Direction::kForward, Direction::kInverse}) {
    for (std::uint32_t m = kMinCfft; m <= kMaxFft; m *= 2) {
      const std::span<float> data = std::span{input}.first(2 * m);
      const std::array<std::uint32_t, 7> bins = {0, 1, 2, m / 4 + 1, m / 2, m - 2, m - 1};
      for (const std::uint32_t bin : bins) {
        const float sign = direction == Direction::kForward ? 1.0F : -1.0F;
        for (std::uint32_t t = 0; t < m; ++t) {
          const auto phase = static_cast<std::uint32_t>((std::uint64_t{bin} * t << 32U) / m);
          data[2 * t] = cos_turn(phase);
          data[2 * t + 1] = sign * sin_turn(phase);
        }
        cfft(data, direction);
        const auto whole = static_cast<float>(m);
        for (std::uint32_t k = 0; k < m; ++k) {
          const float re = data[2 * k] - (k == bin ? whole : 0.0F);
          const float im = data[2 * k + 1];
          ASSERT_LE(sqrt(re * re + im * im), 1e-6F * whole)
              << "m " << m << " bin " << bin << " at " << k;
        }
      }
    }
  }
}

TEST(Cfft, IsLinearInRealAndImaginaryParts) {
  constexpr std::uint32_t kPoints = 64;
  const std::span<float> data = std::span{input}.first(2 * kPoints);
  const std::span<float> real = std::span{output}.first(2 * kPoints);
  const std::span<float> imaginary = std::span{output}.subspan(2 * kPoints, 2 * kPoints);
  fill_noise(data);
  for (std::uint32_t t = 0; t < kPoints; ++t) {
    real[2 * t] = data[2 * t];
    real[2 * t + 1] = 0.0F;
    imaginary[2 * t] = data[2 * t + 1];
    imaginary[2 * t + 1] = 0.0F;
  }
  cfft(data, Direction::kForward);
  cfft(real, Direction::kForward);
  cfft(imaginary, Direction::kForward);
  for (std::uint32_t k = 0; k < kPoints; ++k) {
    ASSERT_NEAR(data[2 * k], real[2 * k] - imaginary[2 * k + 1], 1e-5F) << k;
    ASSERT_NEAR(data[2 * k + 1], real[2 * k + 1] + imaginary[2 * k], 1e-5F) << k;
  }
}

TEST(Cfft, InverseTakesTheForwardTransformBack) {
  for (std::uint32_t m = kMinCfft; m <= kMaxFft; m *= 2) {
    const std::span<float> data = std::span{input}.first(2 * m);
    const std::span<float> before = std::span{output}.first(2 * m);
    fill_noise(data);
    fill_noise(before);
    cfft(data, Direction::kForward);
    cfft(data, Direction::kInverse);
    const auto points = static_cast<float>(m);
    for (std::uint32_t i = 0; i < 2 * m; ++i) {
      ASSERT_NEAR(data[i] / points, before[i], 2e-6F) << "m " << m << " at " << i;
    }
  }
}

TEST(Cfft, BitsAreThoseOfEveryOtherMachine) {
  for (const auto& [direction, expected] :
       {std::pair{Direction::kForward, 0xD48F83F9U}, std::pair{Direction::kInverse, 0x9E15B374U}}) {
    std::uint32_t crc = 0;
    for (std::uint32_t m = kMinCfft; m <= kMaxFft; m *= 2) {
      const std::span<float> data = std::span{input}.first(2 * m);
      fill_noise(data);
      cfft(data, direction);
      crc = crc_of(data, crc);
    }
    EXPECT_EQ(crc, expected);
  }
}

}  // namespace
}  // namespace aiot::dsp
