// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "aiot/dsp/bearing.hpp"
#include "aiot/toolkit/bearing_corpus.hpp"
#include "aiot/toolkit/recording.hpp"
#include "ports/sim/machine.hpp"

namespace aiot::test {

inline constexpr double kSimulatedRpm = 1797.0;

/// `seconds` of machine `seed`, whose bearing (a 6205) has the fault `label`: outer, inner, ball or
/// another word for none.
inline toolkit::Recording simulated_bearing(std::uint64_t seed,
                                            const std::string& label,
                                            double seconds) {
  constexpr float kSeverity = 0.8F;
  sim::OperatingPoint state;
  state.shaft_hz = static_cast<float>(kSimulatedRpm / 60.0);
  state.outer = label == "outer" ? kSeverity : 0.0F;
  state.inner = label == "inner" ? kSeverity : 0.0F;
  state.ball = label == "ball" ? kSeverity : 0.0F;
  sim::Machine machine({.seed = seed, .rate_hz = 12000.0F, .scenario = std::span(&state, 1)});
  machine.skip(4096);
  toolkit::Recording recording;
  recording.rate_hz = 12000.0;
  recording.scale = static_cast<double>(machine.scale());
  recording.samples.resize(static_cast<std::size_t>(seconds * recording.rate_hz));
  recording.source = label;
  machine.generate(recording.samples);
  return recording;
}

inline dsp::BearingGeometry simulated_geometry() {
  return dsp::find_bearing("6205")->geometry;
}

}  // namespace aiot::test
