// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/toolkit/recording.hpp"
#include "ports/sim/machine.hpp"

namespace aiot::test {

/// Speed of the simulated shaft.
inline constexpr double kSimulatedRpm = 1797.0;

/// How long simulated recordings are unless said otherwise: 300 revolutions.
inline constexpr double kSimulated_s = 10.0;

/// A recording of the simulated machine, which has a 6205, in a steady state.
inline toolkit::Recording simulated_recording(sim::OperatingPoint state,
                                              double seconds = kSimulated_s,
                                              std::uint64_t seed = 1) {
  state.shaft_hz = static_cast<float>(kSimulatedRpm / 60.0);
  const std::array<sim::OperatingPoint, 1> scenario{state};
  sim::Machine machine({.seed = seed, .bearing = {}, .scenario = scenario});
  toolkit::Recording recording;
  recording.rate_hz = static_cast<double>(machine.rate_hz());
  recording.scale = static_cast<double>(machine.scale());
  recording.source = "simulated";
  recording.samples.resize(static_cast<std::size_t>(seconds * recording.rate_hz));
  machine.generate(recording.samples);
  return recording;
}

inline toolkit::Recording healthy_recording(double seconds = kSimulated_s) {
  return simulated_recording({}, seconds);
}

inline toolkit::Recording outer_recording(double seconds = kSimulated_s) {
  return simulated_recording({.outer = 0.7F}, seconds);
}

inline toolkit::Recording inner_recording(double seconds = kSimulated_s) {
  return simulated_recording({.inner = 0.7F}, seconds);
}

}  // namespace aiot::test
