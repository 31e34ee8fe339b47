// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/vibration_measures.hpp"

#include <algorithm>
#include <cmath>

#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kRate = 12000.0;

/// A tone of `amplitude` m/s^2 on an offset, counts of 1 mm/s^2.
Recording tone(double hz, double amplitude, double seconds, double offset = 0.0) {
  Recording recording;
  recording.rate_hz = kRate;
  recording.scale = 0.001;
  recording.source = "tone";
  const auto samples = static_cast<std::size_t>(seconds * kRate);
  for (std::size_t i = 0; i < samples; ++i) {
    const double value =
        offset + amplitude * std::sin(2.0 * kPi * hz * static_cast<double>(i) / kRate);
    recording.samples.push_back(static_cast<std::int16_t>(std::lround(value * 1000.0)));
  }
  return recording;
}

TEST(VibrationMeasures, AreThoseOfATone) {
  const auto measures = measure_vibration(tone(100.0, 3.0, 5.0, 9.8), {});
  ASSERT_TRUE(measures.ok()) << measures.problem().text;
  EXPECT_NEAR(measures->mean, 9.8, 0.01);
  EXPECT_NEAR(measures->statistics.rms, 3.0 / std::sqrt(2.0), 0.01);
  EXPECT_NEAR(measures->statistics.peak, 3.0, 0.01);
  EXPECT_NEAR(measures->statistics.peak_to_peak(), 6.0, 0.01);
  EXPECT_NEAR(measures->statistics.crest_factor, std::sqrt(2.0), 0.01);
  EXPECT_NEAR(measures->statistics.kurtosis, 1.5, 0.01);
  ASSERT_TRUE(measures->velocity_mm_s.has_value());
  EXPECT_NEAR(*measures->velocity_mm_s, 1000.0 * 3.0 / std::sqrt(2.0) / (2.0 * kPi * 100.0), 0.03);
  ASSERT_EQ(measures->lines.size(), 1U);
  EXPECT_NEAR(measures->lines[0].hz, 100.0, 0.05);
  EXPECT_NEAR(measures->lines[0].amplitude, 3.0, 0.01);
}

TEST(VibrationMeasures, BandsAddUpToTheWhole) {
  const auto measures = measure_vibration(tone(1000.0, 3.0, 5.0), {});
  ASSERT_TRUE(measures.ok());
  double sum = 0.0;
  for (const BandLevel& band : measures->bands) {
    sum += band.rms * band.rms;
  }
  EXPECT_NEAR(std::sqrt(sum), 3.0 / std::sqrt(2.0), 0.01);
  EXPECT_NEAR(measures->bands[5].rms, 3.0 / std::sqrt(2.0), 0.01) << "750 to 1500 Hz";
  EXPECT_EQ(measures->bands[0].band.lo_hz, 0.0F);
  EXPECT_EQ(measures->bands[7].band.hi_hz, 6000.0F);
}

TEST(VibrationMeasures, EveryWindowHasItsOwn) {
  const auto measures = measure_vibration(tone(100.0, 3.0, 5.0), {});
  ASSERT_TRUE(measures.ok());
  ASSERT_EQ(measures->windows.size(), (60000U - 4096U) / 2048U + 1U);
  std::size_t with_velocity = 0;
  for (const WindowMeasures& window : measures->windows) {
    EXPECT_TRUE(window.used);
    EXPECT_NEAR(window.statistics.rms, 3.0 / std::sqrt(2.0), 0.05);
    if (window.velocity_mm_s) {
      ++with_velocity;
      EXPECT_NEAR(*window.velocity_mm_s, *measures->velocity_mm_s, 0.05);
    }
  }
  EXPECT_GE(with_velocity + 4, measures->windows.size()) << "settling takes 0.3 s";
}

TEST(VibrationMeasures, LeaveOutAndCountWhatIsFlatOrSaturated) {
  Recording recording = tone(100.0, 3.0, 5.0);
  std::fill(recording.samples.begin() + 20000, recording.samples.begin() + 30000, std::int16_t{0});
  recording.samples[40000] = 32767;
  const auto measures = measure_vibration(recording, {});
  ASSERT_TRUE(measures.ok());
  EXPECT_LT(measures->windows_used, measures->windows.size());
  EXPECT_FALSE(measures->levels_cut);
  EXPECT_NEAR(measures->statistics.rms, 3.0 / std::sqrt(2.0), 0.02);
  EXPECT_LT(measures->statistics.peak, 3.1F);
  for (const WindowMeasures& window : measures->windows) {
    EXPECT_EQ(window.used, window.flags == 0) << window.frame;
  }
}

TEST(VibrationMeasures, AreLowerLimitsWhereEveryWindowIsCutOff) {
  Recording recording = tone(100.0, 3.0, 2.0);
  for (std::size_t i = 0; i < recording.samples.size(); i += 1000) {
    recording.samples[i] = 32767;
  }
  const auto measures = measure_vibration(recording, {});
  ASSERT_TRUE(measures.ok());
  EXPECT_TRUE(measures->levels_cut);
}

TEST(VibrationMeasures, TakeShorterWindowsForShorterPieces) {
  const auto measures = measure_vibration(tone(1000.0, 3.0, 0.1), {});
  ASSERT_TRUE(measures.ok());
  EXPECT_EQ(measures->quality.window, 1024U);
  EXPECT_FALSE(measures->velocity_mm_s.has_value());
  EXPECT_NE(measures->velocity_note, "");
}

TEST(VibrationMeasures, SayWhyThereAreNone) {
  const auto constant = measure_vibration(tone(100.0, 0.0, 2.0, 1.0), {});
  ASSERT_FALSE(constant.ok());
  EXPECT_NE(constant.problem().text.find("every window is flat"), std::string::npos);
  EXPECT_FALSE(measure_vibration(tone(100.0, 1.0, 0.01), {}).ok());
  Recording two = tone(100.0, 1.0, 2.0);
  two.axes = 2;
  EXPECT_FALSE(measure_vibration(two, {}).ok());
}

}  // namespace
}  // namespace aiot::toolkit
