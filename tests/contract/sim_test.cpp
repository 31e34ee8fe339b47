// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The simulated devices against the contracts, on a host and on the boards.

#include <array>
#include <cstdint>

#include "ports/sim/clock.hpp"
#include "ports/sim/machine.hpp"
#include "ports/sim/sensor.hpp"
#include "tests/contract/clock_contract.hpp"
#include "tests/contract/sensor_contract.hpp"
#include "tests/support/test.hpp"

namespace aiot::sim {
namespace {

constexpr std::uint64_t kSamples = 3000;
constexpr std::array<SensorGap, 2> kGaps = {{{700, 100}, {2000, 3}}};

void with_machine(auto use) {
  MachineConfig config;
  config.seed = 7;
  config.scenario = demo_scenario();
  Machine machine(config);
  SimSensor sensor(machine, {.samples = kSamples, .gaps = kGaps});
  use(sensor);
}

}  // namespace

TEST(VirtualClock, KeepsTheContract) {
  VirtualClock clock;
  contract::clock_never_steps_back(clock, 10);
  contract::clock_measures(
      clock, Duration::from_ms(5), {}, [&](Duration time) { clock.advance(time); });
}

TEST(SimSensor, KeepsTheContract) {
  const auto with_source = [](auto use) { with_machine(use); };
  contract::sensor_format_is_sane(with_source);
  contract::sensor_waits_for_start(with_source);
  contract::sensor_never_overruns(with_source);
  contract::sensor_end_is_final(with_source);
  const contract::SampleLog log = contract::sensor_waits_for_room(with_source, UINT64_MAX);
  EXPECT_EQ(log.samples, kSamples - 103);
  EXPECT_EQ(log.lost, 103U);
}

}  // namespace aiot::sim
