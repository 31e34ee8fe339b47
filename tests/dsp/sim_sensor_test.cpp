// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <span>

#include "aiot/core/flags.hpp"
#include "aiot/dsp/windower.hpp"
#include "ports/sim/clock.hpp"
#include "ports/sim/sensor.hpp"
#include "tests/support/test.hpp"

namespace aiot::sim {
namespace {

constexpr std::array<OperatingPoint, 1> kHealthy = {{{.shaft_hz = 29.95F}}};

/// Reads all that is there; the number of samples, lost ones apart.
std::size_t drain(SampleRing& ring, std::size_t& lost) {
  std::size_t count = 0;
  while (true) {
    if (const std::size_t gap = ring.take_gap(); gap != 0) {
      lost += gap;
      continue;
    }
    const std::size_t run = ring.peek(0).size();
    if (run == 0) {
      return count;
    }
    ring.consume(run);
    count += run;
  }
}

TEST(SimSensor, DeliversTheMachineUntilItsEnd) {
  Machine machine({.seed = 9, .scenario = kHealthy});
  Machine twin({.seed = 9, .scenario = kHealthy});
  SimSensor sensor(machine, {.samples = 1000});
  std::array<std::int16_t, 64> storage{};
  SampleRing ring(storage);
  EXPECT_EQ(sensor.service().error(), Error::kWrongState);
  ASSERT_TRUE(sensor.start(ring).ok());
  EXPECT_EQ(sensor.format().rate_hz, 12800.0F);
  std::size_t count = 0;
  while (sensor.service().ok()) {
    while (ring.available() > 0) {
      std::array<std::int16_t, 1> expected{};
      twin.generate(expected);
      ASSERT_EQ(ring.peek(0)[0], expected[0]) << count;
      ring.consume(1);
      ++count;
    }
  }
  EXPECT_EQ(sensor.service().error(), Error::kEmpty);
  EXPECT_EQ(count, 1000U);
}

TEST(SimSensor, LosesWhatItsGapsSay) {
  constexpr std::array<SensorGap, 2> kGaps = {{{.at = 0, .count = 100}, {.at = 700, .count = 5}}};
  Machine machine({.seed = 9, .scenario = kHealthy});
  SimSensor sensor(machine, {.samples = 2048, .gaps = kGaps});
  std::array<std::int16_t, 256> storage{};
  std::array<std::int16_t, 128> codes{};
  std::array<float, 128> samples{};
  SampleRing ring(storage);
  dsp::Windower windower(
      {.length = 128, .hop = 128, .axes = 1, .scale = machine.scale(), .rate_hz = 12800.0F},
      {codes, samples});
  ASSERT_TRUE(sensor.start(ring).ok());
  dsp::Window window;
  std::size_t windows = 0;
  std::size_t after_gap = 0;
  while (sensor.service().ok()) {
    while (windower.fill(ring, window)) {
      ++windows;
      after_gap += (window.flags & kFlagGapBefore) != 0 ? 1U : 0U;
    }
  }
  EXPECT_EQ(windower.position(), 2048U);
  EXPECT_EQ(windows, 14U);  // of 16, less the one at 0 and the one around 700
  EXPECT_EQ(after_gap, 2U);
}

TEST(SimSensor, DeliversWhatIsDueAndLosesWhatFindsNoRoom) {
  VirtualClock clock;
  clock.advance(Duration::from_s(1000));
  Machine machine({.seed = 9, .scenario = kHealthy});
  SimSensor sensor(machine, {}, clock);
  std::array<std::int16_t, 128> storage{};
  SampleRing ring(storage);
  ASSERT_TRUE(sensor.start(ring).ok());
  std::size_t lost = 0;
  ASSERT_TRUE(sensor.service().ok());
  EXPECT_EQ(drain(ring, lost), 0U);
  clock.advance(Duration::from_ms(5));
  ASSERT_TRUE(sensor.service().ok());
  EXPECT_EQ(drain(ring, lost), 64U);
  EXPECT_EQ(lost, 0U);
  clock.advance(Duration::from_ms(20));
  ASSERT_TRUE(sensor.service().ok());
  EXPECT_EQ(drain(ring, lost), 128U);
  EXPECT_EQ(lost, 128U);
  EXPECT_EQ(machine.position(), 320U);
}

}  // namespace
}  // namespace aiot::sim
