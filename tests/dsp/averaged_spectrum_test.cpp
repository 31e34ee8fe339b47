// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/averaged_spectrum.hpp"

#include <array>
#include <cstdint>
#include <span>

#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kLength = 256;
std::array<float, kLength> segment;
std::array<float, kLength / 2 + 1> bins;
std::array<float, kLength> scratch;
std::array<float, kLength / 2 + 1> out;

AveragedSpectrumConfig config_of(TaperKind taper, Averaging averaging) {
  return {.length = kLength,
          .rate_hz = 512.0F,
          .taper = taper,
          .averaging = averaging,
          .weight = 0.25F};
}

/// A tone in the middle of bin 32 (64 Hz) on an offset.
void fill_tone(float amplitude) {
  for (std::uint32_t t = 0; t < kLength; ++t) {
    segment[t] = 5.0F + amplitude * sin_turn(t * (32U << 24U));
  }
}

TEST(AveragedSpectrum, ShowsTheAmplitudeOfAToneWithEveryTaper) {
  for (const TaperKind taper :
       {TaperKind::kHann, TaperKind::kHamming, TaperKind::kBlackmanHarris, TaperKind::kFlatTop}) {
    AveragedSpectrum spectrum(config_of(taper, Averaging::kLinear), bins, scratch);
    fill_tone(3.0F);
    spectrum.add(segment);
    spectrum.read(SpectrumQuantity::kToneAmplitude, out);
    EXPECT_NEAR(out[32], 3.0F, 1e-5F);
    EXPECT_NEAR(out[0], 0.0F, 1e-5F);  // the mean is removed
    EXPECT_NEAR(out[60], 0.0F, 1e-5F);
    spectrum.read(SpectrumQuantity::kToneRms, out);
    EXPECT_NEAR(out[32], 2.12132034F, 1e-5F);
    spectrum.read(SpectrumQuantity::kTonePower, out);
    EXPECT_NEAR(out[32], 4.5F, 1e-5F);
    EXPECT_NEAR(band_sum(spectrum.mean_square(), {1, 128}), 4.5F, 1e-5F);
    spectrum.read(SpectrumQuantity::kDensity, out);
    EXPECT_NEAR(out[32] * taper_gain(taper).enbw * spectrum.bin_hz(), 4.5F, 1e-5F);
  }
}

TEST(AveragedSpectrum, TapersAfterTheTransformAsBeforeIt) {
  std::uint32_t state = 9;
  std::array<float, kLength> taper{};
  std::array<float, kLength> tapered{};
  for (const TaperKind kind :
       {TaperKind::kHamming, TaperKind::kBlackmanHarris, TaperKind::kFlatTop}) {
    make_taper(kind, TaperEnds::kPeriodic, taper);
    const TaperGain gain = taper_gain(taper);
    EXPECT_NEAR(gain.enbw, taper_gain(kind).enbw, 1e-5F);
    for (std::uint32_t t = 0; t < kLength; ++t) {
      state = state * 1664525U + 1013904223U;
      segment[t] = static_cast<float>(static_cast<std::int32_t>(state)) * 0x1p-31F + 0.25F;
      tapered[t] = segment[t] * taper[t];
    }
    mean_square_spectrum(segment, 0.0F, kind, scratch);
    // The plain Fourier sum of the tapered samples, one bin at a time.
    for (std::uint32_t k = 0; k <= kLength / 2; ++k) {
      float re = 0.0F;
      float im = 0.0F;
      for (std::uint32_t t = 0; t < kLength; ++t) {
        re += tapered[t] * cos_turn(t * (k << 24U));
        im += tapered[t] * sin_turn(t * (k << 24U));
      }
      const float sides = k == 0 || k == kLength / 2 ? 1.0F : 2.0F;
      const float scale = sides / (gain.coherent * gain.coherent * gain.enbw * 65536.0F);
      EXPECT_NEAR(scratch[k], scale * (re * re + im * im), 1e-6F) << k;
    }
  }
}

TEST(AveragedSpectrum, AveragesInThreeWays) {
  const auto run = [](Averaging averaging) {
    AveragedSpectrum spectrum(config_of(TaperKind::kHann, averaging), bins, scratch);
    for (const float amplitude : {2.0F, 4.0F, 0.0F}) {
      fill_tone(amplitude);
      spectrum.add(segment);
    }
    EXPECT_EQ(spectrum.count(), 3U);
    spectrum.read(SpectrumQuantity::kTonePower, out);
    return out[32];
  };
  // Mean squares 2, 8, 0.
  EXPECT_NEAR(run(Averaging::kLinear), 10.0F / 3.0F, 1e-5F);
  EXPECT_NEAR(run(Averaging::kExponential), (2.0F * 0.75F + 8.0F * 0.25F) * 0.75F, 1e-5F);
  EXPECT_NEAR(run(Averaging::kPeakHold), 8.0F, 1e-5F);
}

TEST(AveragedSpectrum, TakesOverlappingSegmentsOfARecording) {
  AveragedSpectrum spectrum(config_of(TaperKind::kHann, Averaging::kLinear), bins, scratch);
  std::array<float, 1000> recording{};
  EXPECT_EQ(spectrum.add_all(recording, 128), 6U);  // the last from 640 to 896
  EXPECT_EQ(spectrum.add_all(std::span{recording}.first(255), 128), 0U);
  EXPECT_EQ(spectrum.add_all(recording, 5000), 1U);
  EXPECT_EQ(spectrum.count(), 7U);
  spectrum.reset();
  EXPECT_EQ(spectrum.count(), 0U);
}

}  // namespace
}  // namespace aiot::dsp
