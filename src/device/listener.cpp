// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/listener.hpp"

#include <algorithm>
#include <array>

#include "aiot/core/flags.hpp"
#include "aiot/decide/bearing_rule.hpp"
#include "aiot/dsp/octave_features.hpp"

namespace aiot::device {
namespace {

constexpr BearingEvidence kNoEvidence{};

/// Speeds of a shaft, as parts of the sample rate, at which its bearing can be heard.
constexpr float kSlowest = 1e-6F;
constexpr float kFastest = 1.0F / 64.0F;

/// What a verdict of health is worth before every view was looked at once.
constexpr float kFirstRound = 0.5F;

/// All axes of a window.
std::size_t window_floats(const dsp::FeaturePlan& plan) noexcept {
  return std::size_t{plan.window} * plan.axes;
}

/// Where the bearing's scratch begins: only one slot can work on the samples in place.
std::size_t bearing_scratch_at(const model::Package& package) noexcept {
  return package.bearing.slots > 1 ? window_floats(package.plan) : 0;
}

WindowStream stream_of(const ListenerSetup& setup) noexcept {
  const dsp::FeaturePlan& plan = setup.package.plan;
  return {.window = plan.window, .hop = plan.hop, .rate_hz = setup.sensor.rate_hz};
}

/// Without room for an average there are no limits either.
bool averages_spectrum(const ListenerSetup& setup) noexcept {
  return setup.spectrum.size() >= spectrum_floats(setup.package.plan.window);
}

}  // namespace

std::size_t listener_scratch(const model::Package& package) noexcept {
  const std::size_t window = window_floats(package.plan);
  if (!package.has_bearing) {
    return window;
  }
  return std::max(
      window,
      bearing_scratch_at(package) + dsp::bearing_scratch(package.bearing, package.plan.window));
}

Status MachineListener::check(const ListenerSetup& setup) noexcept {
  const model::Package& package = setup.package;
  if (package.has_bearing) {
    if (!setup.machine.has_bearing()) {
      return Error::kInvalidArgument;
    }
    AIOT_TRY(dsp::check(setup.machine.bearing));
    // Faster, and no harmonic of the bearing fits; slower, and no transform holds a turn.
    const float shaft_hz = setup.machine.speed_rpm / 60.0F;
    if (!(shaft_hz > setup.sensor.rate_hz * kSlowest) ||
        !(shaft_hz < setup.sensor.rate_hz * kFastest)) {
      return Error::kOutOfRange;
    }
    if (setup.bearing.size() < dsp::bearing_floats(package.bearing) ||
        setup.scratch.size() < listener_scratch(package)) {
      return Error::kNoSpace;
    }
  }
  if (setup.condition != nullptr && can_watch(package.plan) &&
      setup.record_bytes < decide::anomaly_model_bytes(dsp::kOctaveFeatures)) {
    return Error::kNoSpace;
  }
  if (setup.machine.limits != nullptr) {
    AIOT_TRY(device::check(*setup.machine.limits, stream_of(setup)));
    if (!averages_spectrum(setup)) {
      return Error::kNoSpace;
    }
  }
  return {};
}

MachineListener::MachineListener(const ListenerSetup& setup) noexcept : scratch_(setup.scratch) {
  const model::Package& package = setup.package;
  const dsp::FeaturePlan& plan = package.plan;
  if (package.has_bearing) {
    bearing_.emplace(package.bearing,
                     dsp::MonitoredBearing{setup.machine.bearing, setup.machine.speed_rpm},
                     setup.sensor.rate_hz,
                     plan.window,
                     setup.bearing.first(dsp::bearing_floats(package.bearing)));
    bearing_scratch_ = scratch_.subspan(bearing_scratch_at(package));
  }
  if (averages_spectrum(setup)) {
    spectrum_.emplace(setup.machine.limits,
                      stream_of(setup),
                      setup.spectrum.first(spectrum_floats(plan.window)),
                      scratch_.first(plan.window));
  }
  if (setup.condition != nullptr && can_watch(plan)) {
    condition_.emplace(*setup.condition,
                       plan.window,
                       package.decider.on_gap == decide::OnGap::kKeep ? Observation::kSnapshot
                                                                      : Observation::kWindow);
  }
}

void MachineListener::hear(const dsp::Window& window, dsp::Windower& windower) noexcept {
  const bool trusted = (window.flags & (kFlagsGrave | kFlagsMild)) == 0;
  if (spectrum_.has_value() && commissioning()) {
    spectrum_->restart();
  } else if (spectrum_.has_value() && trusted) {
    spectrum_->add(window.axis(0));
    windower.restore();
  }
  if (!bearing_.has_value() && !condition_.has_value()) {
    return;
  }
  std::array<float, dsp::kOctaveFeatures> octaves{};
  if (trusted) {
    dsp::octave_features(window.axis(0), scratch_.first(window.length), octaves);
    windower.restore();
  }
  if (condition_.has_value()) {
    condition_->add(octaves, window.flags);
  }
  if (bearing_.has_value()) {
    hear_bearing(window, octaves, trusted, windower);
  }
}

void MachineListener::hear_bearing(const dsp::Window& window,
                                   std::span<const float> octaves,
                                   bool trusted,
                                   dsp::Windower& windower) noexcept {
  if (!trusted || (window.flags & kFlagGapBefore) != 0) {
    bearing_->interrupt();
  }
  if (!trusted) {
    return;
  }
  if (bearing_->add(window.axis(0), octaves, bearing_scratch_)) {
    verdict_ = decide::judge(bearing_->evidence(), decide::BearingRuleConfig{});
    if (verdict_.state == decide::BearingState::kHealthy && bearing_->rounds() == 0) {
      verdict_.confidence *= kFirstRound;
    }
  }
  windower.restore();
}

const BearingEvidence& MachineListener::evidence() const noexcept {
  return bearing_.has_value() ? bearing_->evidence() : kNoEvidence;
}

decide::Findings MachineListener::findings() const noexcept {
  decide::Findings findings;
  if (bearing_.has_value()) {
    findings.evidence = &bearing_->evidence();
    findings.bearing = verdict_;
  }
  if (condition_.has_value()) {
    findings.condition = condition_->verdict();
  }
  if (spectrum_.has_value() && !commissioning()) {
    findings.levels = spectrum_->findings();
  }
  return findings;
}

constinit const ListenerOps kMachineListener = {
    .check = [](const ListenerSetup& setup) noexcept { return MachineListener::check(setup); },
    .make = [](ListenerMemory& memory,
               const ListenerSetup& setup) noexcept { memory.emplace(setup); },
    .hear = [](MachineListener& self,
               const dsp::Window& window,
               dsp::Windower& windower) noexcept { self.hear(window, windower); },
    .findings = [](const MachineListener& self) noexcept { return self.findings(); },
    .evidence = [](const MachineListener& self) noexcept -> const BearingEvidence& {
      return self.evidence();
    },
    .load = [](ConditionWatch& condition, Bytes model) noexcept { return condition.load(model); },
    .commission = [](ConditionWatch& condition,
                     std::uint32_t observations) noexcept { condition.commission(observations); },
    .learnt = [](const ConditionWatch& condition) noexcept { return condition.learnt(); },
    .finish = [](ConditionWatch& condition,
                 MutableBytes out) noexcept { return condition.finish(out); },
};

}  // namespace aiot::device
