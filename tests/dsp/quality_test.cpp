// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/quality.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "aiot/core/flags.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/spectrum.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::size_t kLength = 1024;
constexpr float kScale = 0.005F;

/// A window of codes, as a converter gives them.
struct Codes {
  std::array<float, kLength> samples{};

  template <class Function>
  static Codes from(Function code) {
    Codes codes;
    for (std::size_t i = 0; i < kLength; ++i) {
      const float value = code(i);
      const auto rounded = static_cast<std::int32_t>(value + (value < 0.0F ? -0.5F : 0.5F));
      codes.samples[i] =
          static_cast<float>(std::clamp<std::int32_t>(rounded, -32768, 32767)) * kScale;
    }
    return codes;
  }

  static Codes noise(float rms, std::uint64_t seed) {
    sim::Random random(seed);
    return from([&](std::size_t) { return rms * random.normal(); });
  }

  [[nodiscard]] Quality assessed() const { return assess(samples, {.scale = kScale}); }
};

/// `cycles` in the window, up to half its length.
float tone(float amplitude, float cycles, std::size_t i) {
  const auto step = static_cast<std::uint32_t>(cycles * 4194304.0F);
  return amplitude * sin_turn(step * static_cast<std::uint32_t>(i));
}

TEST(Quality, HasNothingAgainstHealthySignals) {
  for (const float rms : {2.0F, 20.0F, 500.0F, 5000.0F}) {
    EXPECT_EQ(Codes::noise(rms, 3).assessed().flags, 0U) << rms;
  }
  for (const float amplitude : {3.0F, 30.0F, 300.0F, 3000.0F, 32000.0F}) {
    for (const float cycles : {1.0F, 3.3F, 31.7F, 250.5F}) {
      const Codes codes = Codes::from([&](std::size_t i) { return tone(amplitude, cycles, i); });
      EXPECT_EQ(codes.assessed().flags, 0U) << amplitude;
    }
  }
}

TEST(Quality, SeesAQuietMachineBesideGravity) {
  // +-16 g over 16 bits: gravity is 2048 codes, the machine 2.
  sim::Random random(2);
  const Codes codes = Codes::from([&](std::size_t) { return 2048.0F + 2.0F * random.normal(); });
  const Quality quality = codes.assessed();
  EXPECT_EQ(quality.flags, 0U);
  EXPECT_NEAR(quality.rms_codes, 2.0F, 0.2F);
  EXPECT_NEAR(quality.nyquist, 1.0F, 0.1F);
  EXPECT_NEAR(quality.offset, 0.0625F, 1e-3F);
}

TEST(Quality, FindsEndCodesWhereverTheWindowBegins) {
  for (const float first : {32767.0F, -32768.0F, -20000.0F, 0.0F}) {
    Codes codes = Codes::noise(100.0F, 4);
    codes.samples[0] = first * kScale;
    codes.samples[900] = -32768.0F * kScale;
    EXPECT_NE(codes.assessed().flags & kFlagSaturated, 0U) << first;
  }
}

TEST(Quality, TakesShocksForShocks) {
  sim::Random random(5);
  const Codes codes = Codes::from([&](std::size_t i) {
    const float shock =
        i % 300 < 40 ? tone(20000.0F / (1.0F + static_cast<float>(i % 300)), 170.0F, i) : 0.0F;
    return shock + 3.0F * random.normal();
  });
  EXPECT_EQ(codes.assessed().flags, 0U);
}

TEST(Quality, MeasuresTheShareOfEndCodes) {
  Codes codes = Codes::noise(3000.0F, 7);
  for (const std::size_t i : {3U, 500U, 501U, 1023U}) {
    codes.samples[i] = (i % 2 == 0 ? 32767.0F : -32768.0F) * kScale;
  }
  const Quality quality = codes.assessed();
  EXPECT_EQ(quality.flags, std::uint32_t{kFlagSaturated});
  EXPECT_EQ(quality.saturated, 4.0F / 1024.0F);
}

TEST(Quality, KnowsTheWidthOfACode) {
  Codes codes = Codes::noise(300.0F, 7);
  codes.samples[100] = 2047.0F * kScale;
  EXPECT_EQ(codes.assessed().flags, 0U);
  const Quality narrow = assess(codes.samples, {.scale = kScale, .bits = 12});
  EXPECT_EQ(narrow.flags, std::uint32_t{kFlagSaturated});
}

TEST(Quality, SeesPlateausBelowTheEndOfTheRange) {
  const Codes codes = Codes::from(
      [](std::size_t i) { return std::clamp(tone(9000.0F, 60.3F, i), -6000.0F, 8900.0F); });
  const Quality quality = codes.assessed();
  EXPECT_EQ(quality.flags, std::uint32_t{kFlagClipped});
  EXPECT_GT(quality.clipped, 0.2F);
  EXPECT_LT(quality.clipped, 0.3F);
}

TEST(Quality, ReportsAFlatLine) {
  for (const float level : {0.0F, 1.0F, -2000.0F}) {
    const Quality quality = Codes::from([&](std::size_t) { return level; }).assessed();
    EXPECT_NE(quality.flags & kFlagFlatLine, 0U) << level;
    EXPECT_NE(quality.flags & kFlagUnresolved, 0U) << level;
    EXPECT_EQ(quality.flags & kFlagDropout, 0U) << level;
    EXPECT_EQ(quality.longest_run, 1.0F);
  }
}

TEST(Quality, SeesALongRunWhereverItIs) {
  for (const std::size_t begin : {0U, 1U, 333U, 960U}) {
    for (const bool held : {false, true}) {
      Codes codes = Codes::noise(400.0F, 11);
      const float value = held ? codes.samples[begin] : 0.0F;
      std::fill_n(codes.samples.begin() + static_cast<std::ptrdiff_t>(begin), 64, value);
      const Quality quality = codes.assessed();
      EXPECT_NE(quality.flags & kFlagDropout, 0U) << begin;
      EXPECT_GE(quality.longest_run, 64.0F / 1024.0F);
      EXPECT_EQ(quality.flags & ~std::uint32_t{kFlagDropout}, 0U) << begin;
    }
  }
}

TEST(Quality, SeesWhatFallsSilentWithoutARun) {
  Codes codes = Codes::noise(400.0F, 13);
  for (std::size_t i = 512; i < 700; ++i) {
    codes.samples[i] = static_cast<float>(i % 2) * kScale;
  }
  const Quality quality = codes.assessed();
  EXPECT_EQ(quality.flags, std::uint32_t{kFlagDropout});
  EXPECT_EQ(quality.silent, 2.0F / 16.0F);
}

TEST(Quality, KnowsASlowToneFromADropout) {
  // Its top is flat for longer than a sixteenth of the window, and nothing jumps.
  const Codes codes = Codes::from([](std::size_t i) { return tone(20.0F, 1.0F, i); });
  EXPECT_GT(codes.assessed().longest_run, 1.0F / 16.0F);
  EXPECT_EQ(codes.assessed().flags, 0U);
}

TEST(Quality, ReportsAlternatingCodes) {
  const Codes codes = Codes::from([](std::size_t i) { return i % 2 == 0 ? 300.0F : -200.0F; });
  EXPECT_EQ(codes.assessed().flags, std::uint32_t{kFlagAlternating});
  EXPECT_NEAR(codes.assessed().nyquist, 2.0F, 1e-3F);
  EXPECT_NEAR(Codes::noise(300.0F, 1).assessed().nyquist, 1.0F, 0.1F);
}

TEST(Quality, ReportsTwoCodesAsUnresolved) {
  sim::Random random(17);
  const Codes codes = Codes::from([&](std::size_t) { return random.normal() < 0 ? 5.0F : 6.0F; });
  EXPECT_EQ(codes.assessed().flags, std::uint32_t{kFlagUnresolved});
  EXPECT_NEAR(codes.assessed().rms_codes, 0.5F, 0.01F);
}

TEST(Quality, ReportsAnOffsetThatTakesTheRange) {
  sim::Random random(19);
  const Codes codes = Codes::from([&](std::size_t) { return -22000.0F + 50.0F * random.normal(); });
  const Quality quality = codes.assessed();
  EXPECT_EQ(quality.flags, std::uint32_t{kFlagOffset});
  EXPECT_NEAR(quality.offset, 22000.0F / 32768.0F, 1e-3F);
  EXPECT_NEAR(quality.offset_rms, 440.0F, 30.0F);
  EXPECT_EQ(assess(codes.samples, {.scale = kScale, .offset = 0.9F}).flags, 0U);
  EXPECT_EQ(assess(codes.samples, {.scale = kScale, .offset = 0.9F, .offset_rms = 100.0F}).flags,
            std::uint32_t{kFlagOffset});
}

TEST(Quality, FindsRepeatedSamplesAndHowOften) {
  for (const std::size_t times : {2U, 3U, 4U, 5U, 8U}) {
    for (const std::size_t phase : {0U, 1U}) {
      const Codes fine = Codes::noise(300.0F, 23);
      Codes held;
      for (std::size_t i = 0; i < kLength; ++i) {
        held.samples[i] = fine.samples[(i + phase) / times];
      }
      const Quality quality = held.assessed();
      EXPECT_EQ(quality.hold, times);
      EXPECT_EQ(quality.flags & kFlagRateSuspect, std::uint32_t{kFlagRateSuspect}) << times;
      EXPECT_EQ(quality.flags & ~std::uint32_t{kFlagRateSuspect}, 0U) << times;
    }
  }
}

TEST(Quality, RefusesNumbersThatAreNone) {
  constexpr float kBad[] = {std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()};
  for (const float bad : kBad) {
    for (const std::size_t place : {0U, 77U, 1023U}) {
      Codes codes = Codes::noise(300.0F, 29);
      codes.samples[place] = bad;
      codes.samples[500] = bad;
      const Quality quality = codes.assessed();
      EXPECT_EQ(quality.flags, std::uint32_t{kFlagNotFinite});
      EXPECT_EQ(quality.not_finite, 2.0F / 1024.0F);
    }
  }
}

TEST(Quality, WithoutAScaleJudgesWhatNeedsNoCodes) {
  Codes codes = Codes::noise(300.0F, 31);
  EXPECT_EQ(assess(codes.samples, {}).flags, 0U);
  std::fill_n(codes.samples.begin() + 100, 100, 0.0F);
  EXPECT_EQ(assess(codes.samples, {}).flags, std::uint32_t{kFlagDropout});
}

TEST(Quality, TakesWindowsOfAnyLength) {
  for (const std::size_t length : {64U, 65U, 100U, 333U, 1023U}) {
    const Codes codes = Codes::noise(300.0F, 37);
    EXPECT_EQ(assess(std::span{codes.samples}.first(length), {.scale = kScale}).flags, 0U)
        << length;
  }
}

struct Spectrum {
  std::array<float, kLength> values{};

  explicit Spectrum(const Codes& codes) { mean_square_spectrum(codes.samples, 0.0F, values); }

  [[nodiscard]] float edge() const {
    return spectrum_edge(std::span{values}.first(kLength / 2 + 1));
  }
};

TEST(SpectrumEdge, IsNotThereInNoiseOrTones) {
  EXPECT_EQ(Spectrum(Codes::noise(300.0F, 41)).edge(), 1.0F);
  // A first-order low-pass, 40 dB down at half the rate.
  sim::Random random(43);
  float state = 0.0F;
  const Codes slow = Codes::from([&](std::size_t) {
    state += 0.03F * (5000.0F * random.normal() - state);
    return state;
  });
  EXPECT_EQ(Spectrum(slow).edge(), 1.0F);
}

TEST(SpectrumEdge, IsFoundWhereASignalWasUpsampled) {
  // Noise of a fraction of the band, as a sum of tones.
  for (const std::size_t last : {128U, 256U, 340U}) {
    sim::Random random(47);
    std::array<std::uint32_t, 512> phase{};
    for (std::uint32_t& p : phase) {
      p = random.next32();
    }
    const Codes codes = Codes::from([&](std::size_t i) {
      float sum = 0.0F;
      for (std::uint32_t k = 1; k <= last; ++k) {
        sum += cos_turn(phase[k] + k * static_cast<std::uint32_t>(i) * (1U << 22U));
      }
      return 300.0F * sum;
    });
    const float edge = Spectrum(codes).edge();
    EXPECT_LT(edge, kSuspectEdge) << last;
    EXPECT_NEAR(edge, static_cast<float>(last) / 512.0F, 1.0F / 16.0F) << last;
  }
}

}  // namespace
}  // namespace aiot::dsp
