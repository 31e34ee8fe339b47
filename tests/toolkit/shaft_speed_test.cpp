// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/shaft_speed.hpp"

#include "aiot/dsp/speed.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/simulated_recording.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

RecordingQuality quality_of(const Recording& recording) {
  return assess_recording(recording, 4096, 2048);
}

Recording noise(std::size_t samples) {
  Recording recording = test::healthy_recording(0.1);
  sim::Random random(1);
  recording.samples.clear();
  for (std::size_t i = 0; i < samples; ++i) {
    recording.samples.push_back(static_cast<std::int16_t>(500.0F * random.normal()));
  }
  return recording;
}

TEST(ShaftSpeed, IsFoundFromTheHarmonics) {
  const Recording recording = test::healthy_recording();
  const auto speed = estimate_shaft_speed(recording, quality_of(recording));
  ASSERT_TRUE(speed.ok()) << speed.problem().text;
  EXPECT_NEAR(speed->rpm, test::kSimulatedRpm, 0.005 * test::kSimulatedRpm);
  EXPECT_GE(speed->confidence, dsp::kUsableSpeed);
  EXPECT_EQ(speed->source, SpeedSource::kEstimated);
}

TEST(ShaftSpeed, StatedBeatsTheRecordingsOwn) {
  Recording recording = test::healthy_recording(1.0);
  recording.rpm = 1500.0;
  const RecordingQuality quality = quality_of(recording);
  const auto own = shaft_speed(recording, quality, {});
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(own->rpm, 1500.0);
  EXPECT_EQ(own->source, SpeedSource::kRecording);
  const auto stated = shaft_speed(recording, quality, 1600.0);
  ASSERT_TRUE(stated.ok());
  EXPECT_EQ(stated->rpm, 1600.0);
  EXPECT_EQ(stated->source, SpeedSource::kStated);
}

TEST(ShaftSpeed, IsNotMadeUpFromNoise) {
  const Recording recording = noise(120000);
  const auto speed = shaft_speed(recording, quality_of(recording), {});
  ASSERT_FALSE(speed.ok());
  EXPECT_NE(speed.problem().text.find("set --rpm"), std::string::npos);
}

TEST(ShaftSpeed, IsNotLookedForInAShortRecording) {
  const Recording recording = test::healthy_recording(0.4);
  const auto speed = estimate_shaft_speed(recording, quality_of(recording));
  ASSERT_FALSE(speed.ok());
  EXPECT_NE(speed.problem().text.find("too short"), std::string::npos);
}

}  // namespace
}  // namespace aiot::toolkit
