// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <vector>

#include "aiot/core/crc32.hpp"
#include "aiot/toolkit/resample.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr double kPi = 3.14159265358979323846;

Recording sine(double hz, double rate_hz, std::size_t frames, double amplitude) {
  Recording recording;
  recording.rate_hz = rate_hz;
  recording.scale = 1.0;
  for (std::size_t i = 0; i < frames; ++i) {
    recording.samples.push_back(static_cast<std::int16_t>(
        std::lround(amplitude * std::sin(2.0 * kPi * hz * static_cast<double>(i) / rate_hz))));
  }
  return recording;
}

/// RMS in physical units of the middle of a recording, away from its ends.
double level(const Recording& recording) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t i = 200; i + 200 < recording.samples.size(); ++i) {
    const double value = recording.samples[i] * recording.scale;
    sum += value * value;
    count += 1.0;
  }
  return std::sqrt(sum / count);
}

TEST(RecordingDecimate, FindsTheSmallestFactor) {
  EXPECT_EQ(decimation_factor(12000, 10000, 27000), 1U);
  EXPECT_EQ(decimation_factor(48000, 10000, 27000), 2U);
  EXPECT_EQ(decimation_factor(48000, 11000, 13000), 4U);
  EXPECT_EQ(decimation_factor(25600, 12800, 12800), 2U);
  EXPECT_EQ(decimation_factor(51200.0001, 12800, 12800), 4U);
  EXPECT_EQ(decimation_factor(8000, 10000, 27000), 0U);
  EXPECT_EQ(decimation_factor(30000, 20000, 27000), 0U);
  EXPECT_EQ(decimation_factor(1e9, 1000, 1001), 0U);
}

TEST(RecordingDecimate, KeepsThePassBandAndStopsAliases) {
  for (const std::uint32_t factor : {2U, 4U}) {
    const double rate = 48000.0;
    const double nyquist = rate / 2.0 / factor;
    const double reference = 16000.0 / std::sqrt(2.0);
    for (const double part : {0.05, 0.4, 0.8}) {
      const Recording out = decimate(sine(part * nyquist, rate, 20000, 16000.0), factor);
      EXPECT_NEAR(20.0 * std::log10(level(out) / reference), 0.0, 0.01) << part;
    }
    for (const double part : {1.0, 1.2, 1.9}) {
      const Recording out = decimate(sine(part * nyquist, rate, 20000, 16000.0), factor);
      EXPECT_LT(20.0 * std::log10(level(out) / reference), -80.0) << part;
    }
  }
}

TEST(RecordingDecimate, KeepsTimeAndScale) {
  Recording ramp;
  ramp.rate_hz = 2000.0;
  ramp.scale = 0.5;
  for (int i = 0; i < 1000; ++i) {
    ramp.samples.push_back(static_cast<std::int16_t>(i));
  }
  const Recording out = decimate(ramp, 4);
  EXPECT_EQ(out.rate_hz, 500.0);
  ASSERT_EQ(out.frames(), 250U);
  for (std::size_t k = 40; k < 210; ++k) {
    EXPECT_NEAR(out.samples[k] * out.scale, 0.5 * 4.0 * static_cast<double>(k), out.scale);
  }
}

TEST(RecordingDecimate, KeepsGapsOnTheStreamsGrid) {
  Recording recording = sine(10.0, 1000.0, 3000, 100.0);
  recording.gaps = {{.frame = 1001, .lost = 500}, {.frame = 2000, .lost = 3}};
  const Recording out = decimate(recording, 2);
  ASSERT_EQ(out.gaps.size(), 2U);
  // Kept: 0..1000 even of the first piece, 1502.. of the second (it begins at 1501).
  EXPECT_EQ(out.gaps[0].frame, 501U);
  EXPECT_EQ(out.gaps[0].lost, 250U);
  EXPECT_EQ(out.gaps[1].frame, 501U + 499U);
  EXPECT_EQ(out.stream_frames(), (recording.stream_frames() + 1) / 2);
}

TEST(RecordingDecimate, TreatsEachAxisByItself) {
  const Recording one = sine(100.0, 8000.0, 2000, 3000.0);
  Recording two = one;
  two.axes = 2;
  two.samples.clear();
  for (const std::int16_t sample : one.samples) {
    two.samples.push_back(sample);
    two.samples.push_back(0);
  }
  const Recording expected = decimate(one, 2);
  const Recording out = decimate(two, 2);
  ASSERT_EQ(out.samples.size(), expected.samples.size() * 2);
  for (std::size_t i = 0; i < expected.samples.size(); ++i) {
    EXPECT_EQ(out.samples[2 * i], expected.samples[i]);
    EXPECT_EQ(out.samples[2 * i + 1], 0);
  }
}

TEST(RecordingDecimate, GivesTheSameSamplesOnEveryMachine) {
  Recording noise;
  noise.rate_hz = 48000.0;
  noise.scale = 1.0;
  std::uint32_t random = 7;
  for (int i = 0; i < 5000; ++i) {
    random = random * 1664525U + 1013904223U;
    noise.samples.push_back(static_cast<std::int16_t>(random >> 16U));
  }
  const Recording out = decimate(noise, 3);
  EXPECT_EQ(crc32(0, std::as_bytes(std::span(out.samples))), 2441769184U);
}

TEST(RecordingDecimate, LivesWithTinyPieces) {
  Recording recording = sine(10.0, 1000.0, 5, 100.0);
  recording.gaps = {{.frame = 1, .lost = 1}, {.frame = 2, .lost = 9}, {.frame = 3, .lost = 2}};
  const Recording out = decimate(recording, 3);
  EXPECT_LE(out.frames(), 5U);
}

}  // namespace
}  // namespace aiot::toolkit
