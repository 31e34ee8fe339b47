// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/velocity.hpp"

#include <array>
#include <cstdint>
#include <span>

#include "aiot/dsp/averaged_spectrum.hpp"
#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr VelocityBand kNormal = {10.0F, 1000.0F, 4};
constexpr VelocityBand kSlow = {2.0F, 1000.0F, 4};

Error refusal(const VelocityBand& band, float rate_hz) {
  return design_velocity(band, rate_hz).error();
}

/// Gain of the whole in units of 1 / (2 pi f), mm/s for m/s^2.
float relative_gain(const VelocityBand& band, float hz, float rate_hz) {
  const Result<Sections> sections = design_velocity(band, rate_hz);
  EXPECT_TRUE(sections.ok());
  if (!sections.ok()) {
    return 0.0F;
  }
  const std::span<const Section> all = {sections->begin(), sections->end()};
  return magnitude_at(all, hz, rate_hz) * (2.0F * kPi * hz / 1000.0F);
}

TEST(VelocityDesign, IntegratesInsideTheBandAndHasItsEdges) {
  for (const VelocityBand& band : {kNormal, kSlow}) {
    for (const float rate : {2560.0F, 6400.0F, 25600.0F, 51200.0F}) {
      for (const float hz : {1.7F * band.lo_hz, 30.0F, 100.0F, 300.0F, 0.6F * band.hi_hz}) {
        EXPECT_NEAR(relative_gain(band, hz, rate), 1.0F, 0.01F) << rate << " " << hz;
      }
      for (const float hz : {1.4F * band.lo_hz, 0.7F * band.hi_hz}) {
        EXPECT_NEAR(relative_gain(band, hz, rate), 1.0F, 0.034F) << rate << " " << hz;  // 0.3 dB
      }
      EXPECT_NEAR(relative_gain(band, band.lo_hz, rate), 0.7071F, 1e-3F) << rate;
      // At 2.56 times the edge the bilinear transform makes the corner sharper.
      EXPECT_NEAR(relative_gain(band, band.hi_hz, rate), 0.7071F, rate < 4000.0F ? 0.06F : 2e-3F)
          << rate;
      EXPECT_LT(relative_gain(band, 0.25F * band.lo_hz, rate), 0.005F);
    }
  }
}

TEST(VelocityDesign, RefusesWhatCanNotBe) {
  EXPECT_EQ(refusal(kNormal, 25600.0F), Error::kNone);
  EXPECT_EQ(refusal({10.0F, 1000.0F, 1}, 25600.0F), Error::kInvalidArgument);
  EXPECT_EQ(refusal({10.0F, 1000.0F, 7}, 25600.0F), Error::kInvalidArgument);
  EXPECT_EQ(refusal({10.0F, 10.0F, 4}, 25600.0F), Error::kInvalidArgument);
  EXPECT_EQ(refusal({0.0F, 1000.0F, 4}, 25600.0F), Error::kInvalidArgument);
  EXPECT_EQ(refusal({10.0F, 1000.0F, 4}, -1.0F), Error::kInvalidArgument);
  EXPECT_EQ(refusal({10.0F, 1000.0F, 4}, 2400.0F), Error::kOutOfRange);
  EXPECT_EQ(refusal({0.1F, 1000.0F, 4}, 25600.0F), Error::kOutOfRange);
}

/// A tone of `amplitude` m/s^2 on `offset`, for `seconds`.
void run_tone(
    VelocityMeter& meter, float hz, float rate, float amplitude, float offset, float seconds) {
  std::array<float, 100> block{};
  const auto step = static_cast<std::uint32_t>(hz / rate * 0x1p32F);
  std::uint32_t phase = 0x1234'5678U;
  const auto blocks = static_cast<std::uint32_t>(seconds * rate / 100.0F);
  for (std::uint32_t i = 0; i < blocks; ++i) {
    for (float& x : block) {
      x = offset + amplitude * sin_turn(phase);
      phase += step;
    }
    meter.add(block);
  }
}

float expected_rms(float hz, float amplitude) {
  return 1000.0F * 0.707106781F * amplitude / (2.0F * kPi * hz);
}

TEST(VelocityMeter, MeasuresTones) {
  constexpr float kRate = 6400.0F;
  for (const float hz : {25.0F, 160.0F, 500.0F}) {
    VelocityMeter meter(kNormal, kRate);
    EXPECT_EQ(meter.rms(), 0.0F);
    run_tone(meter, hz, kRate, 2.0F, 0.0F, 1.3F);
    EXPECT_NEAR(meter.rms(), expected_rms(hz, 2.0F), 0.01F * expected_rms(hz, 2.0F)) << hz;
    EXPECT_GT(meter.count(), 6000U);
    EXPECT_LT(meter.count(), 7000U);  // 0.3 s to settle
  }
  VelocityMeter slow(kSlow, kRate);
  run_tone(slow, 5.0F, kRate, 0.1F, 0.0F, 3.5F);
  EXPECT_NEAR(slow.rms(), expected_rms(5.0F, 0.1F), 0.01F * expected_rms(5.0F, 0.1F));
}

TEST(VelocityMeter, DoesNotDriftUnderAnOffset) {
  // A hundredth of a percent of the offset is measured: 10 mm/s^2 on 100 m/s^2 at fs / 12800.
  constexpr float kRate = 25600.0F;
  VelocityMeter meter(kSlow, kRate);
  for (int seconds = 0; seconds < 6; ++seconds) {
    meter.clear();
    run_tone(meter, 100.0F, kRate, 0.01F, 100.0F, 1.0F);
  }
  EXPECT_EQ(meter.count(), 25600U);
  EXPECT_NEAR(meter.rms(), expected_rms(100.0F, 0.01F), 0.01F * expected_rms(100.0F, 0.01F));
  // And without any vibration there is none.
  meter.reset();
  run_tone(meter, 100.0F, kRate, 0.0F, 100.0F, 2.0F);
  EXPECT_GT(meter.count(), 0U);
  EXPECT_EQ(meter.rms(), 0.0F);
}

TEST(VelocityMeter, ForgetsAStepOfTheOffset) {
  constexpr float kRate = 6400.0F;
  VelocityMeter meter(kNormal, kRate);
  run_tone(meter, 160.0F, kRate, 1.0F, 0.0F, 1.0F);
  run_tone(meter, 160.0F, kRate, 1.0F, 10.0F, 1.0F);
  meter.clear();
  run_tone(meter, 160.0F, kRate, 1.0F, 10.0F, 1.0F);
  EXPECT_NEAR(meter.rms(), expected_rms(160.0F, 1.0F), 0.01F * expected_rms(160.0F, 1.0F));
}

TEST(VelocityRms, FromASpectrumIsRightFromTheThirdBinOn) {
  constexpr float kRate = 512.0F;
  std::array<float, 512> samples{};
  std::array<float, 257> bins{};
  std::array<float, 512> scratch{};
  for (const TaperKind taper : {TaperKind::kHann, TaperKind::kHamming}) {
    AveragedSpectrum spectrum({.length = 512, .rate_hz = kRate, .taper = taper}, bins, scratch);
    for (const float hz : {3.0F, 3.5F, 4.0F, 6.25F, 40.0F, 40.6F}) {
      const auto step = static_cast<std::uint32_t>(hz / kRate * 0x1p32F);
      for (std::uint32_t t = 0; t < samples.size(); ++t) {
        samples[t] = 7.0F + sin_turn(t * step + (1U << 29U));
      }
      spectrum.reset();
      spectrum.add(samples);
      const float expected = expected_rms(hz, 1.0F);
      const float tolerance = taper == TaperKind::kHann ? 0.01F : 0.05F;
      EXPECT_NEAR(velocity_rms(spectrum.mean_square(), kRate, taper, 2.0F, 200.0F),
                  expected,
                  tolerance * expected)
          << hz;
    }
  }
  EXPECT_EQ(velocity_rms(bins, kRate, TaperKind::kHann, 300.0F, 400.0F), 0.0F);
}

}  // namespace
}  // namespace aiot::dsp
