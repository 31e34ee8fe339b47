// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "aiot/hal/clock.hpp"
#include "aiot/hal/sensor.hpp"
#include "ports/sim/machine.hpp"

namespace aiot::sim {

/// Samples that the sensor does not deliver: `count` of them from sample `at` on.
struct SensorGap {
  std::uint64_t at = 0;
  std::uint32_t count = 0;
};

struct SensorConfig {
  std::uint64_t samples = 0;          ///< delivered and lost in all, then it has ended; 0: never
  std::span<const SensorGap> gaps{};  ///< ascending, apart from each other; outlives the sensor
};

/// One axis of the simulated machine as a sensor.
///
/// Without a clock it delivers as much as the ring takes, as a recording does. With a clock it
/// delivers what is due, and what finds no room is lost, as with a converter that does not wait.
class SimSensor {
 public:
  /// `machine` outlives the sensor, and is at the sample with which the stream shall begin.
  SimSensor(Machine& machine, const SensorConfig& config) noexcept;
  SimSensor(Machine& machine, const SensorConfig& config, hal::ClockRef clock) noexcept;

  [[nodiscard]] hal::SensorFormat format() const noexcept;
  Status start(SampleRing& ring) noexcept;

  /// Errors: `kEmpty` all samples were delivered; `kWrongState` not started.
  Status service() noexcept;

 private:
  [[nodiscard]] std::uint64_t due() const noexcept;
  [[nodiscard]] std::uint64_t pass_gap() noexcept;
  [[nodiscard]] std::uint64_t deliver(std::uint64_t samples) noexcept;

  Machine& machine_;
  SensorConfig config_;
  std::optional<hal::ClockRef> clock_;
  Instant started_;
  SampleRing* ring_ = nullptr;
  std::uint64_t done_ = 0;  // samples delivered and lost
  std::size_t next_gap_ = 0;
};

static_assert(hal::SensorSource<SimSensor>);

}  // namespace aiot::sim
