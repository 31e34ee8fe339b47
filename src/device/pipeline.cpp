// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/pipeline.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "aiot/core/flags.hpp"
#include "aiot/decide/bearing_rule.hpp"
#include "aiot/dsp/octave_features.hpp"
#include "aiot/dsp/quality.hpp"
#include "aiot/record/record.hpp"

namespace aiot::device {
namespace {

constexpr std::uint32_t kShortestAssessed = 64;

/// Whether windows of `plan` can be compared with a baseline.
bool watches_condition(const dsp::FeaturePlan& plan, const StorageView& storage) noexcept {
  return storage.condition != nullptr && plan.window >= dsp::kMinOctaveWindow;
}

/// All axes of a window.
std::size_t window_floats(const dsp::FeaturePlan& plan) noexcept {
  return std::size_t{plan.window} * plan.axes;
}

/// Where the bearing's scratch begins: only one slot can work on the samples in place.
std::size_t bearing_scratch_at(const model::Package& package) noexcept {
  return package.bearing.slots > 1 ? window_floats(package.plan) : 0;
}

std::size_t scratch_of(const model::Package& package) noexcept {
  const std::size_t window = window_floats(package.plan);
  if (!package.has_bearing) {
    return window;
  }
  return std::max(
      window,
      bearing_scratch_at(package) + dsp::bearing_scratch(package.bearing, package.plan.window));
}

WindowStream stream_of(const dsp::FeaturePlan& plan, float rate_hz) noexcept {
  return {.window = plan.window, .hop = plan.hop, .rate_hz = rate_hz};
}

/// Without room for an average there are no limits either.
bool averages_spectrum(const dsp::FeaturePlan& plan, const StorageView& storage) noexcept {
  return storage.spectrum.size() >= spectrum_floats(plan.window);
}

/// The labels that physics and baseline may give, by their names.
decide::FaultLabels fault_labels(const model::Package& package) noexcept {
  decide::FaultLabels labels;
  const auto index_of = [&package](std::string_view a, std::string_view b) noexcept {
    for (std::uint8_t i = 0; i < package.labels; ++i) {
      if (package.label(i) == a || package.label(i) == b) {
        return i;
      }
    }
    return kUnknownLabel;
  };
  labels.normal = package.labels > 0 ? package.normal_label : kUnknownLabel;
  labels.outer = index_of("outer", "outer_race");
  labels.inner = index_of("inner", "inner_race");
  labels.element = index_of("ball", "element");
  labels.unclear = index_of("unclear", "abnormal");
  return labels;
}

}  // namespace

bool fits(const model::SensorExpectation& expectation, const hal::SensorFormat& sensor) noexcept {
  return sensor.rate_hz >= expectation.rate_min_hz && sensor.rate_hz <= expectation.rate_max_hz;
}

Status Pipeline::check(const model::Package& package,
                       const nn::KernelSet& kernels,
                       const hal::SensorFormat& sensor,
                       const MachineConfig& machine,
                       const StorageView& storage) noexcept {
  const dsp::FeaturePlan& plan = package.plan;
  AIOT_TRY(dsp::check(plan, sensor.rate_hz));
  const bool scale_ok =
      sensor.scale > 0.0F && sensor.scale <= std::numeric_limits<float>::max();  // no NaN either
  if (sensor.axes != plan.axes || !scale_ok || sensor.bits < 2 || sensor.bits > 16) {
    return Error::kInvalidArgument;
  }
  const std::size_t features = plan.features.size();
  if (features > record::kMaxFeatures) {
    return Error::kUnsupported;
  }
  if (storage.window.size() < window_floats(plan) || storage.scratch.size() < scratch_of(package) ||
      storage.features.size() < features || storage.inputs.size() < features ||
      storage.record.size() < record::max_decision_bytes(features)) {
    return Error::kNoSpace;
  }
  if (package.has_bearing) {
    if (!machine.has_bearing()) {
      return Error::kInvalidArgument;
    }
    AIOT_TRY(dsp::check(machine.bearing));
    if (storage.bearing.size() < dsp::bearing_floats(package.bearing)) {
      return Error::kNoSpace;
    }
  }
  if (machine.limits != nullptr) {
    AIOT_TRY(device::check(*machine.limits, stream_of(plan, sensor.rate_hz)));
    if (!averages_spectrum(plan, storage)) {
      return Error::kNoSpace;
    }
  }
  if (package.has_network) {
    AIOT_TRY(nn::Executor::check(package.network, kernels, storage.arena.size()));
  }
  return {};
}

Pipeline::Pipeline(const model::Package& package,
                   const nn::KernelSet& kernels,
                   const hal::SensorFormat& sensor,
                   const MachineConfig& machine,
                   const StorageView& storage,
                   SampleRing& ring,
                   store::Queue& queue) noexcept
    : plan_(package.plan),
      ring_(&ring),
      queue_(&queue),
      windower_({.length = plan_.window,
                 .hop = plan_.hop,
                 .axes = plan_.axes,
                 .scale = sensor.scale,
                 .rate_hz = sensor.rate_hz,
                 .bits = sensor.bits},
                {.codes = storage.window.first(window_floats(plan_)),
                 .samples = storage.scratch.first(window_floats(plan_))}),
      decider_(package.decider, fault_labels(package)),
      policy_(package.policy),
      scratch_(storage.scratch.first(scratch_of(package))),
      features_(storage.features.first(plan_.features.size())),
      inputs_(storage.inputs.first(plan_.features.size())),
      record_(storage.record) {
  if (package.has_network) {
    executor_.emplace(package.network, kernels, storage.arena);
  }
  if (package.has_bearing) {
    bearing_.emplace(package.bearing,
                     dsp::MonitoredBearing{machine.bearing, machine.speed_rpm},
                     sensor.rate_hz,
                     plan_.window,
                     storage.bearing.first(dsp::bearing_floats(package.bearing)));
    bearing_scratch_ = scratch_.subspan(bearing_scratch_at(package));
  }
  if (averages_spectrum(plan_, storage)) {
    spectrum_.emplace(machine.limits,
                      stream_of(plan_, sensor.rate_hz),
                      storage.spectrum.first(spectrum_floats(plan_.window)),
                      scratch_.first(plan_.window));
  }
  if (watches_condition(plan_, storage)) {
    condition_.emplace(*storage.condition,
                       plan_.window,
                       package.decider.on_gap == decide::OnGap::kKeep ? Observation::kSnapshot
                                                                      : Observation::kWindow);
  }
  sensor_flags_ = fits(package.sensor, sensor) ? 0U : std::uint32_t{kFlagRateMismatch};
  bits_ = sensor.bits;
  scale_ = sensor.scale;
}

std::uint32_t Pipeline::assess() noexcept {
  std::uint32_t flags = 0;
  for (std::uint32_t axis = 0; axis < plan_.axes; ++axis) {
    if (window_.length >= kShortestAssessed) {
      flags |= dsp::assess(window_.axis(axis), {.scale = scale_, .bits = bits_}).flags;
    }
  }
  return flags;
}

void Pipeline::listen() noexcept {
  const bool trusted = (window_.flags & (kFlagsGrave | kFlagsMild)) == 0;
  if (spectrum_.has_value() && commissioning()) {
    spectrum_->restart();
  } else if (spectrum_.has_value() && trusted) {
    spectrum_->add(window_.axis(0));
    windower_.restore();
  }
  if (!bearing_.has_value() && !condition_.has_value()) {
    return;
  }
  std::array<float, dsp::kOctaveFeatures> octaves{};
  if (trusted) {
    dsp::octave_features(window_.axis(0), scratch_.first(plan_.window), octaves);
    windower_.restore();
  }
  if (condition_.has_value()) {
    condition_->add(octaves, window_.flags);
  }
  if (bearing_.has_value()) {
    listen_to_bearing(octaves, trusted);
  }
}

void Pipeline::listen_to_bearing(std::span<const float> octaves, bool trusted) noexcept {
  if (!trusted || (window_.flags & kFlagGapBefore) != 0) {
    bearing_->interrupt();
  }
  if (!trusted) {
    return;
  }
  if (bearing_->add(window_.axis(0), octaves, bearing_scratch_)) {
    verdict_ = decide::judge(bearing_->evidence(), decide::BearingRuleConfig{});
  }
  windower_.restore();
}

const BearingEvidence& Pipeline::evidence() const noexcept {
  static constexpr BearingEvidence kNone{};
  return bearing_.has_value() ? bearing_->evidence() : kNone;
}

decide::Findings Pipeline::findings() const noexcept {
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

Result<StepOutcome> Pipeline::step() noexcept {
  if (owes_record()) {
    return record_in(owed_to_);
  }
  if (!windower_.fill(*ring_, window_)) {
    return StepOutcome::kIdle;
  }
  window_.flags |= assess() | sensor_flags_;
  listen();
  AIOT_TRY(dsp::extract(plan_, window_, evidence(), scratch_, features_));
  AIOT_TRY_ASSIGN(const auto scores, infer());
  if (commissioning()) {
    window_.flags |= kFlagCommissioning;
  }
  decision_ = decider_.update(scores, findings(), window_.flags);
  const decide::Action action = policy_.on(decision_);
  if (!action.record) {
    return StepOutcome::kQuiet;
  }
  return record_in(action.stream);
}

Result<std::span<const std::int8_t>> Pipeline::infer() noexcept {
  // A network that reads evidence has nothing to say before there is some.
  const bool waits = dsp::needs_evidence(plan_) && !(evidence().envelope_revolutions > 0.0F);
  if (!executor_.has_value() || waits) {
    return std::span<const std::int8_t>{};
  }
  dsp::normalise(plan_, features_, inputs_);
  nn::quantize(inputs_, executor_->network().input_params(0), executor_->input_s8(0));
  AIOT_TRY(executor_->run());
  return executor_->output_s8(0);
}

// Decider and policy have moved on by now: a change that is not recorded here would never be told.
Result<StepOutcome> Pipeline::record_in(Stream stream) noexcept {
  const Status status = push_record(stream);
  if (status.ok()) {
    attempts_ = 0;
    return StepOutcome::kRecorded;
  }
  ++attempts_;
  if (attempts_ >= kAttempts && 2 * ring_->available() > ring_->capacity()) {
    attempts_ = 0;
  }
  owed_to_ = stream;
  return status.error();
}

Status Pipeline::push_record(Stream stream) noexcept {
  const record::DecisionRecord record{
      .context = context_,
      .stream = stream,
      .sequence = queue_->next_sequence(stream),
      .sample = window_.first_sample,
      .label = decision_.label,
      .confidence = decision_.confidence,
      .features = features_,
      .flags = decision_.flags,
      .reasons = {decision_.reasons.begin(), decision_.reasons.size()}};
  AIOT_TRY_ASSIGN(const Bytes bytes, record::encode(record, record_));
  AIOT_TRY(queue_->push(stream, bytes));
  accepted_ = {stream, record.sequence};
  return {};
}

}  // namespace aiot::device
