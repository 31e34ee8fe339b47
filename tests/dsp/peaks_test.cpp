// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/peaks.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr BinRange kAll = {1, 1000};

TEST(Peaks, AreTheLargestInOrder) {
  const std::array<float, 10> spectrum = {9, 0, 3, 1, 0, 7, 0, 5, 0, 9};
  std::array<SpectralPeak, 2> out{};
  EXPECT_EQ(find_peaks(spectrum, {.range = kAll}, out), 2U);
  EXPECT_EQ(out[0].bin, 5U);
  EXPECT_EQ(out[1].bin, 7U);
  std::array<SpectralPeak, 9> all{};
  EXPECT_EQ(find_peaks(spectrum, {.range = kAll}, all), 3U);  // neither end is one
  EXPECT_EQ(all[2].bin, 2U);
  EXPECT_EQ(find_peaks(spectrum, {.range = kAll, .threshold = 3.0F}, all), 2U);
  EXPECT_EQ(find_peaks(spectrum, {.range = {2, 4}}, all), 1U);
  EXPECT_EQ(find_peaks(spectrum, {}, all), 0U);
  EXPECT_EQ(find_peaks({}, {.range = kAll}, all), 0U);
}

TEST(Peaks, KeepTheirDistanceToLargerOnesThatCount) {
  // 5 is too close to 7; 4 is close to 5 only, which does not count.
  const std::array<float, 12> spectrum = {0, 0, 4, 0, 5, 0, 7, 0, 0, 0, 2, 0};
  std::array<SpectralPeak, 5> out{};
  EXPECT_EQ(find_peaks(spectrum, {.range = kAll, .min_distance = 3}, out), 3U);
  EXPECT_EQ(out[0].bin, 6U);
  EXPECT_EQ(out[1].bin, 2U);
  EXPECT_EQ(out[2].bin, 10U);
}

TEST(Peaks, OfAPlateauIsItsFirstBin) {
  const std::array<float, 6> spectrum = {0, 1, 4, 4, 1, 0};
  std::array<SpectralPeak, 5> out{};
  EXPECT_EQ(find_peaks(spectrum, {.range = kAll}, out), 1U);
  EXPECT_EQ(out[0].bin, 2U);
  EXPECT_NEAR(out[0].position, 2.5F, 1e-5F);
}

std::array<float, 512> input;
std::array<float, 512> output;

/// Largest errors of position and of value over tones between two bins.
void expect_within(PeakShape shape, float position, float value) {
  for (std::uint32_t i = 0; i <= 16; ++i) {
    const float periods = 50.0F + static_cast<float>(i) / 16.0F;
    const auto step = static_cast<std::uint32_t>(periods * 0x1p23F);
    for (std::uint32_t t = 0; t < input.size(); ++t) {
      input[t] = 2.0F * sin_turn(t * step + i * 0x1357'9BDFU);
    }
    mean_square_spectrum(input, 0.0F, output);
    SpectralPeak peak;
    EXPECT_EQ(find_peaks(std::span{output}.first(257),
                         {.range = kAll, .threshold = 0.1F, .shape = shape},
                         {&peak, 1}),
              1U);
    EXPECT_NEAR(peak.position, periods, position) << i;
    EXPECT_NEAR(peak.value * kHannGain.enbw, 2.0F, 2.0F * value) << i;
  }
}

TEST(Peaks, InterpolateATone) {
  expect_within(PeakShape::kHann, 0.001F, 0.001F);
  expect_within(PeakShape::kGaussian, 0.017F, 0.08F);
}

}  // namespace
}  // namespace aiot::dsp
