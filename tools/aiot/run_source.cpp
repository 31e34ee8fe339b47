// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/run_source.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "aiot/toolkit/resample.hpp"
#include "ports/sim/machine.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {

namespace {

using toolkit::Loaded;
using toolkit::Problem;
using toolkit::Recording;

constexpr double kLongestSimulation_s = 86400.0;
constexpr float kSimulatedRateHz = 12800.0F;

toolkit::AccelerationUnit unit_of(const std::string& text) {
  if (text == "g") {
    return toolkit::AccelerationUnit::kG;
  }
  if (text == "mg") {
    return toolkit::AccelerationUnit::kMilliG;
  }
  return text == "m/s2" ? toolkit::AccelerationUnit::kMetrePerSecond2
                        : toolkit::AccelerationUnit::kUnstated;
}

std::string hz(double rate) {
  return printed("%g", rate) + " Hz";
}

Loaded<Recording> simulated(const SourceOptions& options,
                            const model::Package& package,
                            const std::function<void(double)>& progress) {
  if (!(options.seconds > 0.0 && options.seconds <= kLongestSimulation_s)) {
    return Problem{"--seconds has to be above 0 and at most 86400; choose such a number"};
  }
  if (package.sensor.axes != 1) {
    return Problem{"the simulated machine has one axis, the package wants " +
                   std::to_string(package.sensor.axes) + "; use another package"};
  }
  const float rate =
      options.rate_hz
          ? static_cast<float>(*options.rate_hz)
          : std::clamp(kSimulatedRateHz, package.sensor.rate_min_hz, package.sensor.rate_max_hz);
  if (!(rate >= 1000.0F && rate <= 200000.0F)) {
    return Problem{"the simulated machine runs at 1000 to 200000 Hz; choose such a --rate"};
  }
  sim::Machine machine(
      {.seed = options.seed, .rate_hz = rate, .bearing = {}, .scenario = sim::demo_scenario()});
  Recording recording;
  recording.rate_hz = static_cast<double>(machine.rate_hz());
  recording.scale = static_cast<double>(machine.scale());
  recording.source = "simulated machine, seed " + std::to_string(options.seed);
  recording.notes.emplace_back(
      "healthy for 20 s, then an outer-race defect grows until 40 s and stays");
  const auto total = static_cast<std::size_t>(options.seconds * recording.rate_hz);
  recording.samples.resize(total);
  constexpr std::size_t kPiece = 1U << 16U;
  for (std::size_t at = 0; at < total; at += kPiece) {
    machine.generate(std::span(recording.samples).subspan(at, std::min(kPiece, total - at)));
    progress(static_cast<double>(at) / static_cast<double>(total));
  }
  return recording;
}

Loaded<Recording> loaded(const SourceOptions& options, const model::Package& package) {
  toolkit::LoadOptions load;
  load.rate_hz = options.rate_hz;
  load.channel = options.channel;
  load.full_scale = options.full_scale;
  load.unit = unit_of(options.unit);
  load.axes = package.sensor.axes;
  return toolkit::load_recording(options.recording, load);
}

}  // namespace

Loaded<Recording> open_source(const SourceOptions& options,
                              const model::Package& package,
                              const std::function<void(double)>& progress) {
  Loaded<Recording> recording =
      options.simulate ? simulated(options, package, progress) : loaded(options, package);
  if (!recording.ok()) {
    return recording;
  }
  if (recording->axes != package.sensor.axes) {
    return Problem{recording->source + ": has " + std::to_string(recording->axes) +
                   " axes, the package wants " + std::to_string(package.sensor.axes) +
                   "; choose with --channel"};
  }
  const double min_hz = static_cast<double>(package.sensor.rate_min_hz);
  const double max_hz = static_cast<double>(package.sensor.rate_max_hz);
  const std::uint32_t factor = toolkit::decimation_factor(recording->rate_hz, min_hz, max_hz);
  if (factor > 1) {
    recording = toolkit::decimate(*recording, factor);
  }
  if (factor == 0) {
    recording->notes.push_back("warning: " + hz(recording->rate_hz) +
                               " is outside of what the package was made for (" + hz(min_hz) +
                               " to " + hz(max_hz) + "): decisions carry the flag 'rate'");
  }
  if (recording->frames() < package.plan.window) {
    return Problem{recording->source + ": holds " + std::to_string(recording->frames()) +
                   " samples per axis, a window takes " + std::to_string(package.plan.window) +
                   "; record more"};
  }
  return recording;
}

Loaded<hal::SensorFormat> stdin_format(const SourceOptions& options,
                                       const model::Package& package) {
  if (!options.rate_hz || !options.full_scale) {
    return Problem{
        "samples on standard input have no header; set --rate HZ and --full-scale M_PER_S2"};
  }
  if (!std::isfinite(*options.rate_hz) || !(*options.rate_hz > 0.0) ||
      !std::isfinite(*options.full_scale) || !(*options.full_scale > 0.0)) {
    return Problem{"--rate and --full-scale have to be numbers above 0; correct them"};
  }
  return hal::SensorFormat{.rate_hz = static_cast<float>(*options.rate_hz),
                           .scale = static_cast<float>(*options.full_scale / 32768.0),
                           .axes = package.sensor.axes,
                           .bits = 16};
}

}  // namespace aiot::cli
