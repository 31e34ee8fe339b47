// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/decimate.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

std::array<float, 600> input;

void fill_input() {
  std::uint32_t state = 1;
  for (float& x : input) {
    state = state * 1664525U + 1013904223U;
    x = static_cast<float>(state >> 16U) * 0x1p-16F;
  }
}

TEST(FirDecimator, KeepsEveryFactorthValueOfTheFilter) {
  fill_input();
  std::array<float, 13> taps{};
  for (std::size_t i = 0; i < taps.size(); ++i) {
    taps[i] = 1.0F / static_cast<float>(i + 1);
  }
  for (const std::uint32_t factor : {1U, 2U, 3U, 7U, 20U, 64U}) {
    std::array<float, FirDecimator::storage_floats(13, 50)> storage{};
    FirDecimator decimator(taps, factor, TapSymmetry::kNone, storage);
    std::array<float, 600> out{};
    const std::size_t expected = (input.size() - 1) / factor + 1;
    EXPECT_EQ(decimator.outputs(input.size()), expected);
    EXPECT_EQ(decimator.run(input, out), expected);
    for (std::size_t k = 0; k < expected; ++k) {
      float sum = 0.0F;
      for (std::size_t i = 0; i < taps.size() && i <= k * factor; ++i) {
        sum += taps[i] * input[k * factor - i];
      }
      EXPECT_NEAR(out[k], sum, 1e-5F) << factor << " " << k;
    }
  }
}

TEST(FirDecimator, BitsDoNotDependOnHowTheStreamIsCut) {
  fill_input();
  for (const std::size_t length : {1U, 16U, 31U}) {
    std::array<float, 31> all{};
    const std::span<float> taps = std::span{all}.first(length);
    for (std::size_t i = 0; i < length; ++i) {
      taps[i] = 1.0F + static_cast<float>(i * (length - 1 - i));
    }
    for (const TapSymmetry symmetry : {TapSymmetry::kNone, TapSymmetry::kEven}) {
      std::array<float, FirDecimator::storage_floats(31, 300)> large{};
      std::array<float, 31> small{};
      FirDecimator whole(taps, 3, symmetry, large);
      FirDecimator cut(taps, 3, symmetry, std::span{small}.first(length));  // one sample a block
      std::array<float, 200> expected{};
      std::array<float, 200> got{};
      EXPECT_EQ(whole.run(input, expected), 200U);
      for (int round = 0; round < 2; ++round) {
        std::size_t written = 0;
        std::size_t size = 1;
        for (std::size_t at = 0; at < input.size(); at += size) {
          size = size + 1 < input.size() - at ? size + 1 : input.size() - at;
          const std::span<const float> piece = std::span{input}.subspan(at, size);
          const std::size_t count = cut.outputs(size);
          EXPECT_EQ(cut.run(piece, std::span{got}.subspan(written)), count);
          written += count;
        }
        EXPECT_EQ(written, 200U);
        EXPECT_EQ(got, expected) << length;
        cut.reset();
      }
    }
  }
}

/// Magnitude of the taps' response at `frequency`, a part of the rate.
float response(std::span<const float> taps, float frequency) {
  const auto step = static_cast<std::uint32_t>(frequency * 0x1p32F);
  float re = 0.0F;
  float im = 0.0F;
  for (std::uint32_t i = 0; i < taps.size(); ++i) {
    re += taps[i] * cos_turn(i * step);
    im += taps[i] * sin_turn(i * step);
  }
  return sqrt(re * re + im * im);
}

TEST(LowPassDesign, KeepsItsSpecification) {
  std::array<float, 400> memory{};
  for (const LowPassSpec& spec : {LowPassSpec{0.09F, 0.125F, 60.0F},
                                  LowPassSpec{0.2F, 0.25F, 80.0F},
                                  LowPassSpec{0.05F, 0.2F, 40.0F}}) {
    const Result<std::uint32_t> needed = taps_for(spec);
    EXPECT_TRUE(needed.ok());
    const std::span<float> taps = std::span{memory}.first(needed.value_or(2));
    EXPECT_TRUE(design_low_pass(spec, taps).ok());
    const float ripple = exp(-spec.attenuation_db / 20.0F / 0.434294482F) + 2e-6F;
    for (int i = 0; i <= 50; ++i) {
      const float part = static_cast<float>(i) / 50.0F;
      EXPECT_NEAR(response(taps, spec.pass * part), 1.0F, ripple) << i;
      EXPECT_NEAR(response(taps, spec.stop + (0.499F - spec.stop) * part), 0.0F, ripple) << i;
    }
    EXPECT_NEAR(response(taps, 0.5F * (spec.pass + spec.stop)), 0.5F, 0.02F);
    for (std::size_t i = 0; i < taps.size(); ++i) {
      EXPECT_EQ(taps[i], taps[taps.size() - 1 - i]) << i;
    }
  }
}

TEST(LowPassDesign, RefusesWhatCanNotBe) {
  std::array<float, 400> taps{};
  const auto error = [&](float pass, float stop, float attenuation) {
    return design_low_pass({pass, stop, attenuation}, taps).error();
  };
  EXPECT_EQ(error(0.1F, 0.2F, 60.0F), Error::kNone);
  EXPECT_EQ(error(0.0F, 0.2F, 60.0F), Error::kInvalidArgument);
  EXPECT_EQ(error(0.2F, 0.2F, 60.0F), Error::kInvalidArgument);
  EXPECT_EQ(error(0.2F, 0.6F, 60.0F), Error::kInvalidArgument);
  EXPECT_EQ(error(0.1F, 0.2F, 39.0F), Error::kInvalidArgument);
  EXPECT_EQ(error(0.1F, 0.2F, 101.0F), Error::kInvalidArgument);
  EXPECT_EQ(error(__builtin_nanf(""), 0.2F, 60.0F), Error::kInvalidArgument);
  EXPECT_EQ(error(0.1F, 0.101F, 60.0F), Error::kNoSpace);
}

}  // namespace
}  // namespace aiot::dsp
