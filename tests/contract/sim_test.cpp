// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The simulated devices against the contracts, on a host and on the boards.

#include <array>
#include <cstdint>

#include "ports/sim/clock.hpp"
#include "ports/sim/link.hpp"
#include "ports/sim/machine.hpp"
#include "ports/sim/sensor.hpp"
#include "tests/contract/clock_contract.hpp"
#include "tests/contract/sensor_contract.hpp"
#include "tests/contract/transport_contract.hpp"
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

TEST(SimLink, KeepsTheContract) {
  std::array<std::byte, 7> to_a{};
  std::array<std::byte, 50> to_b{};
  Wire wire_to_a{.buffer = to_a};
  Wire wire_to_b{.buffer = to_b};
  LinkEnd a(wire_to_a, wire_to_b);
  LinkEnd b(wire_to_b, wire_to_a);
  contract::transport_is_quiet(a, b);
  const auto never_idle = [](int) { return false; };
  contract::transport_carries_bytes_in_order(a, b, 1000, never_idle);
  contract::transport_carries_bytes_in_order(b, a, 1000, never_idle);
  contract::transport_reports_a_lost_link(b, [&] {
    cut(wire_to_a);
    cut(wire_to_b);
  });
  mend(wire_to_a);
  mend(wire_to_b);
  contract::transport_carries_bytes_in_order(a, b, 100, never_idle);
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
