// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/bearing_monitor.hpp"

#include <array>

#include "ports/sim/machine.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kWindow = 2048;
constexpr float kRate = 12800.0F;
constexpr BearingPlan kPlan{.transform = 1024, .slots = 1, .averages = 4};
constexpr BearingGeometry k6205{.balls = 9, .ball_diameter = 7.94F, .pitch_diameter = 39.04F};

std::array<float, bearing_floats(kPlan)> memory;
std::array<float, bearing_scratch(kPlan, kWindow)> scratch;
std::array<float, kWindow> window;
std::array<std::int16_t, kWindow / 2> fresh;
std::array<float, kOctaveFeatures> octaves;

/// Feeds windows of a simulated machine until `rounds` are complete.
constexpr std::array<sim::OperatingPoint, 1> kHealthy{
    sim::OperatingPoint{.time_s = 0.0F, .shaft_hz = 25.0F}};
constexpr std::array<sim::OperatingPoint, 1> kOuterRace{
    sim::OperatingPoint{.time_s = 0.0F, .shaft_hz = 25.0F, .outer = 0.8F}};

void listen_to(sim::Machine& machine, BearingMonitor& monitor, std::uint32_t rounds) {
  for (std::uint32_t i = 0; i < 2000 && monitor.rounds() < rounds; ++i) {
    machine.generate(fresh);
    for (std::size_t t = 0; t < kWindow / 2; ++t) {
      window[t] = window[t + kWindow / 2];
      window[t + kWindow / 2] = static_cast<float>(fresh[t]) * machine.scale();
    }
    octave_features(window, std::span(scratch).first(kWindow), octaves);
    (void)monitor.add(window, octaves, scratch);
  }
}

BearingMonitor make(float rpm) {
  return BearingMonitor(kPlan, {k6205, rpm}, kRate, kWindow, memory);
}

TEST(BearingMonitor, TakesOneViewAfterTheOther) {
  sim::Machine machine{{.seed = 1, .rate_hz = kRate, .bearing = {}, .scenario = kHealthy}};
  BearingMonitor monitor = make(1500.0F);
  EXPECT_EQ(monitor.evidence().envelope_revolutions, 0.0F);
  listen_to(machine, monitor, 2);
  EXPECT_EQ(monitor.rounds(), 2U);
  EXPECT_GT(monitor.evidence().envelope_revolutions, 10.0F);
  EXPECT_GT(monitor.evidence().direct_revolutions, 5.0F);
}

TEST(BearingMonitor, HearsADamagedOuterRace) {
  sim::Machine machine{{.seed = 2, .rate_hz = kRate, .bearing = {}, .scenario = kOuterRace}};
  BearingMonitor monitor = make(1500.0F);
  listen_to(machine, monitor, 2);
  const BearingEvidence& evidence = monitor.evidence();
  EXPECT_GT(evidence.loudest_db[0], 9.0F);
  EXPECT_GT(evidence.loudest_db[0], evidence.loudest_db[1] + 3.0F);
  EXPECT_GT(evidence.loudest_db[0], evidence.loudest_db[2] + 3.0F);
}

TEST(BearingMonitor, ForgetsNothingWhenSamplesAreLost) {
  sim::Machine machine{{.seed = 1, .rate_hz = kRate, .bearing = {}, .scenario = kHealthy}};
  BearingMonitor monitor = make(1500.0F);
  listen_to(machine, monitor, 1);
  const float revolutions = monitor.evidence().envelope_revolutions;
  monitor.interrupt();
  EXPECT_EQ(monitor.evidence().envelope_revolutions, revolutions);
}

TEST(BearingPlan, IsCheckedForItsRanges) {
  EXPECT_TRUE(check(BearingPlan{}).ok());
  EXPECT_EQ(check(BearingPlan{.transform = 1000}).error(), Error::kInvalidArgument);
  EXPECT_EQ(check(BearingPlan{.transform = 128}).error(), Error::kInvalidArgument);
  EXPECT_EQ(check(BearingPlan{.slots = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(check(BearingPlan{.slots = 11}).error(), Error::kInvalidArgument);
  EXPECT_EQ(check(BearingPlan{.averages = 1}).error(), Error::kInvalidArgument);
}

}  // namespace
}  // namespace aiot::dsp
