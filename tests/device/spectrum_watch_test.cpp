// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/spectrum_watch.hpp"

#include <array>
#include <cstdint>
#include <span>

#include "aiot/core/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::device {
namespace {

constexpr std::uint32_t kWindow = 1024;
constexpr std::uint32_t kHop = 512;
constexpr float kRate = 5120.0F;
constexpr WindowStream kStream{.window = kWindow, .hop = kHop, .rate_hz = kRate};
constexpr std::uint32_t kAverage = 100;  // windows in ten seconds

// A tone of 10 m/s^2 is over the alarm of its band, one of 3 over the warning.
constexpr MachineLimits kLimits{.bands = {{{10.0F, 200.0F}, {200.0F, 1000.0F}}},
                                .levels = {.levels = {{{1.0F, 5.0F}, {1.0F, 5.0F}}}, .bands = 2},
                                .zones = {1.4F, 2.8F, 4.5F}};

struct Bench {
  std::array<float, spectrum_floats(kWindow)> bins{};
  std::array<float, kWindow> samples{};

  void tone(float hz, float rms) {
    const auto turn = static_cast<std::uint32_t>(hz / kRate * 4294967296.0F);
    for (std::uint32_t i = 0; i < kWindow; ++i) {
      samples[i] = 1.41421356F * rms * math::cos_turn(i * turn);
    }
  }

  /// Windows of a tone, which are worked on in place.
  void add(SpectrumWatch& watch, std::uint32_t windows, float hz, float rms) {
    for (std::uint32_t i = 0; i < windows; ++i) {
      tone(hz, rms);
      watch.add(samples);
    }
  }
};

/// What it says, or a velocity that nothing has.
decide::LevelFindings found_by(const SpectrumWatch& watch) {
  const decide::LevelFindings* const findings = watch.findings();
  return findings != nullptr ? *findings : decide::LevelFindings{.velocity = -1.0F};
}

TEST(SpectrumWatch, SaysNothingBeforeAnAverageIsComplete) {
  static Bench bench;
  SpectrumWatch watch(&kLimits, kStream, bench.bins, bench.samples);
  bench.add(watch, kAverage - 1, 500.0F, 10.0F);
  EXPECT_EQ(watch.findings(), nullptr);
  EXPECT_EQ(watch.average().count(), kAverage - 1);
  bench.add(watch, 1, 500.0F, 10.0F);
  ASSERT_NE(watch.findings(), nullptr);
  EXPECT_EQ(watch.average().count(), kAverage) << "what was judged can be read";
  bench.add(watch, 1, 500.0F, 10.0F);
  EXPECT_EQ(watch.average().count(), 1U);
}

TEST(SpectrumWatch, NamesTheWorstBandItsLevelAndItsLine) {
  static Bench bench;
  SpectrumWatch watch(&kLimits, kStream, bench.bins, bench.samples);
  bench.add(watch, kAverage, 501.0F, 10.0F);
  const decide::LevelFindings found = found_by(watch);
  EXPECT_EQ(found.state, decide::AlarmState::kAlarm);
  EXPECT_TRUE(found.abnormal());
  EXPECT_EQ(found.lo_hz, 200.0F);
  EXPECT_EQ(found.hi_hz, 1000.0F);
  EXPECT_NEAR(found.rms, 10.0F, 0.01F);
  EXPECT_EQ(found.limit, 5.0F);
  EXPECT_NEAR(found.line_hz, 501.0F, 0.1F);
  EXPECT_NEAR(found.line_rms, 10.0F, 0.05F);
}

TEST(SpectrumWatch, JudgesTheVelocityByItsZone) {
  static Bench bench;
  SpectrumWatch watch(&kLimits, kStream, bench.bins, bench.samples);
  // 1 m/s^2 at 50 Hz is 1000 / (2 pi 50) = 3.18 mm/s.
  bench.add(watch, kAverage, 50.0F, 1.0F);
  EXPECT_EQ(found_by(watch).zone, decide::Zone::kC);
  EXPECT_NEAR(found_by(watch).velocity, 3.18F, 0.02F);
  EXPECT_EQ(found_by(watch).zone_limit, 2.8F);
  EXPECT_FALSE(found_by(watch).abnormal()) << "a warning, and zone C";
  bench.add(watch, kAverage, 50.0F, 0.1F);
  EXPECT_EQ(found_by(watch).zone, decide::Zone::kA);
  EXPECT_EQ(found_by(watch).state, decide::AlarmState::kNormal);
}

TEST(SpectrumWatch, ForgetsWhatWasJudgedAndBeginsAnewAfterARestart) {
  static Bench bench;
  SpectrumWatch watch(&kLimits, kStream, bench.bins, bench.samples);
  bench.add(watch, kAverage, 500.0F, 10.0F);
  bench.add(watch, 10, 500.0F, 10.0F);
  watch.restart();
  bench.bins.fill(1e9F);  // somebody else's
  EXPECT_TRUE(watch.restarting());
  EXPECT_EQ(watch.findings(), nullptr);
  bench.add(watch, kAverage, 500.0F, 0.1F);
  EXPECT_FALSE(watch.restarting());
  EXPECT_EQ(found_by(watch).state, decide::AlarmState::kNormal);
  EXPECT_NEAR(found_by(watch).rms, 0.1F, 0.001F);
}

TEST(SpectrumWatch, AveragesWithoutLimits) {
  static Bench bench;
  SpectrumWatch watch(nullptr, kStream, bench.bins, bench.samples);
  bench.add(watch, kAverage, 500.0F, 10.0F);
  EXPECT_EQ(watch.findings(), nullptr);
  const dsp::BinRange bins = dsp::band_bins(kWindow, kRate, 10.0F, 2000.0F);
  EXPECT_NEAR(dsp::band_sum(watch.average().mean_square(), bins), 100.0F, 0.1F);
}

TEST(SpectrumWatch, RefusesLimitsThatCanNotBeJudged) {
  EXPECT_TRUE(check(kLimits, kStream).ok());
  WindowStream slow = kStream;
  slow.rate_hz = 1000.0F;
  EXPECT_EQ(check(MachineLimits{.zones = {1.4F, 2.8F, 4.5F}}, slow).error(),
            Error::kInvalidArgument)
      << "a zone of what was not measured would be A";
  EXPECT_TRUE(check(MachineLimits{}, kStream).ok()) << "nothing to judge";
  MachineLimits limits = kLimits;
  limits.bands[1] = {300.0F, 200.0F};
  EXPECT_EQ(check(limits, kStream).error(), Error::kInvalidArgument);
  limits.bands[1] = {300.1F, 300.2F};
  EXPECT_EQ(check(limits, kStream).error(), Error::kInvalidArgument) << "no bin lies there";
  limits = kLimits;
  limits.levels.unit = decide::LevelUnit::kFactor;
  EXPECT_EQ(check(limits, kStream).error(), Error::kInvalidArgument);
  limits = kLimits;
  limits.levels.levels[0].warning = -1.0F;
  EXPECT_EQ(check(limits, kStream).error(), Error::kInvalidArgument);
  limits = kLimits;
  limits.zones.b_c = 0.5F;
  EXPECT_EQ(check(limits, kStream).error(), Error::kInvalidArgument);
}

}  // namespace
}  // namespace aiot::device
