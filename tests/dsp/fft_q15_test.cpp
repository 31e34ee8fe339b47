// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// How much noise the transform adds is measured in fft_q15_host_test.cpp; the bytes are the same
// here.

#include "aiot/dsp/fft_q15.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/crc32.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

std::array<std::int16_t, kMaxFftQ15> input;
std::array<std::int16_t, kMaxFftQ15> output;
std::array<float, kMaxFftQ15> real_input;
std::array<float, kMaxFftQ15> expected;

float power_of_two(std::int32_t exponent) {
  float value = 1.0F;
  for (; exponent > 0; --exponent) {
    value *= 2.0F;
  }
  for (; exponent < 0; ++exponent) {
    value *= 0.5F;
  }
  return value;
}

class Random {
 public:
  std::int32_t next() noexcept {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::int32_t>(state_ >> 16U) - 32768;
  }

 private:
  std::uint32_t state_ = 7;
};

/// Largest difference to the transform in floats, as a part of the largest magnitude in it.
float error(std::span<const std::int16_t> in) {
  const std::size_t n = in.size();
  const std::span<std::int16_t> out = std::span{output}.first(n);
  const std::span<float> floats = std::span{real_input}.first(n);
  const std::span<float> spectrum = std::span{expected}.first(n);
  for (std::size_t i = 0; i < n; ++i) {
    floats[i] = static_cast<float>(in[i]);
  }
  rfft(floats, 0.0F, spectrum);
  const float unit = power_of_two(rfft_q15(in, out));
  float worst = 0.0F;
  float peak = 1e-30F;
  for (std::size_t i = 0; i < n; ++i) {
    const float difference = unit * static_cast<float>(out[i]) - spectrum[i];
    worst = difference * difference > worst ? difference * difference : worst;
    peak = spectrum[i] * spectrum[i] > peak ? spectrum[i] * spectrum[i] : peak;
  }
  return sqrt(worst / peak);
}

constexpr float kClose = 2e-3F;

TEST(FftQ15, KnowsItsSizes) {
  EXPECT_FALSE(is_fft_q15_size(32));
  EXPECT_TRUE(is_fft_q15_size(64));
  EXPECT_FALSE(is_fft_q15_size(96));
  EXPECT_TRUE(is_fft_q15_size(4096));
  EXPECT_FALSE(is_fft_q15_size(8192));
}

TEST(FftQ15, PutsEachToneIntoItsBin) {
  for (std::uint32_t n = kMinFftQ15; n <= kMaxFftQ15; n *= 2) {
    const std::span<std::int16_t> in = std::span{input}.first(n);
    const std::span<std::int16_t> out = std::span{output}.first(n);
    const std::array<std::uint32_t, 5> bins = {1, 2, n / 8 + 1, n / 4, n / 2 - 1};
    for (const std::uint32_t bin : bins) {
      for (std::uint32_t t = 0; t < n; ++t) {
        const auto phase = static_cast<std::uint32_t>((std::uint64_t{bin} * t << 32U) / n);
        in[t] = static_cast<std::int16_t>(20000.0F * cos_turn(phase) - 9000.0F * sin_turn(phase));
      }
      const float unit = power_of_two(rfft_q15(in, out));
      const float half = 0.5F * static_cast<float>(n);
      for (std::uint32_t k = 1; k < n / 2; ++k) {
        const float re = k == bin ? 20000.0F * half : 0.0F;
        const float im = k == bin ? 9000.0F * half : 0.0F;
        const auto tolerance = kClose * 20000.0F * half;
        ASSERT_NEAR(unit * static_cast<float>(out[2 * k]), re, tolerance) << n << " bin " << k;
        ASSERT_NEAR(unit * static_cast<float>(out[2 * k + 1]), im, tolerance) << n << " bin " << k;
      }
    }
  }
}

TEST(FftQ15, NothingOverflowsAtTheExtremes) {
  Random random;
  for (std::uint32_t n = kMinFftQ15; n <= kMaxFftQ15; n *= 2) {
    const std::span<std::int16_t> in = std::span{input}.first(n);
    for (std::int16_t& x : in) {
      x = -32768;
    }
    EXPECT_LE(error(in), kClose) << "constant " << n;
    for (std::uint32_t t = 0; t < n; ++t) {
      in[t] = static_cast<std::int16_t>(t % 2 == 0 ? -32768 : 32767);
    }
    EXPECT_LE(error(in), kClose) << "alternating " << n;
    for (std::uint32_t period = 4; period <= 32; period *= 2) {
      for (std::uint32_t t = 0; t < n; ++t) {
        in[t] = static_cast<std::int16_t>(t / (period / 2) % 2 == 0 ? -32768 : 32767);
      }
      EXPECT_LE(error(in), kClose) << "square " << n << " period " << period;
    }
    for (std::uint32_t period = 3; period <= 40; ++period) {
      for (std::uint32_t t = 0; t < n; ++t) {
        const std::uint32_t phase = (1U << 31U) / period * t;
        in[t] = static_cast<std::int16_t>(cos_turn(phase) < 0.0F ? -32768 : 32767);
      }
      ASSERT_LE(error(in), kClose) << "square " << n << " half periods of " << period;
    }
    for (std::int16_t& x : in) {
      x = static_cast<std::int16_t>(random.next() < 0 ? -32768 : 32767);
    }
    EXPECT_LE(error(in), kClose) << "random signs " << n;
  }
}

TEST(FftQ15, FaintSamplesKeepTheirDigits) {
  const std::span<std::int16_t> in = std::span{input}.first(256);
  Random random;
  for (std::int16_t& x : in) {
    x = static_cast<std::int16_t>(random.next() < 0 ? -1 : 1);
  }
  EXPECT_LE(error(in), kClose);
  for (std::int16_t& x : in) {
    x = 0;
  }
  in[5] = 1;
  EXPECT_LE(error(in), kClose);
}

TEST(FftQ15, SilenceIsSilence) {
  const std::span<std::int16_t> in = std::span{input}.first(256);
  const std::span<std::int16_t> out = std::span{output}.first(256);
  for (std::int16_t& x : in) {
    x = 0;
  }
  (void)rfft_q15(in, out);
  for (const std::int16_t x : out) {
    ASSERT_EQ(x, 0);
  }
}

TEST(FftQ15, BytesAreThoseOfEveryOtherMachine) {
  std::uint32_t crc = 0;
  Random random;
  for (std::uint32_t n = kMinFftQ15; n <= kMaxFftQ15; n *= 2) {
    for (std::uint32_t level = 0; level < 15; ++level) {
      const std::span<std::int16_t> in = std::span{input}.first(n);
      const std::span<std::int16_t> out = std::span{output}.first(n);
      for (std::uint32_t t = 0; t < n; ++t) {
        const std::uint32_t phase = t * 0x0612'3457U;
        in[t] = static_cast<std::int16_t>(
            static_cast<std::int32_t>(24000.0F * cos_turn(phase) +
                                      0.25F * static_cast<float>(random.next())) >>
            level);
      }
      std::array<std::byte, 4> bytes{};
      store_le32(bytes.data(), static_cast<std::uint32_t>(rfft_q15(in, out)));
      crc = crc32(crc, bytes);
      for (const std::int16_t x : out) {
        store_le32(bytes.data(), static_cast<std::uint32_t>(x));
        crc = crc32(crc, bytes);
      }
    }
  }
  EXPECT_EQ(crc, 0xC339B3F5U);
}

}  // namespace
}  // namespace aiot::dsp
