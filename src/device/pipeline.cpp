// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/pipeline.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "aiot/core/flags.hpp"
#include "aiot/dsp/quality.hpp"
#include "aiot/record/record.hpp"

namespace aiot::device {
namespace {

constexpr std::uint32_t kShortestAssessed = 64;

/// All axes of a window.
std::size_t window_floats(const dsp::FeaturePlan& plan) noexcept {
  return std::size_t{plan.window} * plan.axes;
}

ListenerSetup listener_setup(const model::Package& package,
                             const hal::SensorFormat& sensor,
                             const MachineConfig& machine,
                             const StorageView& storage) noexcept {
  return {.package = package,
          .sensor = sensor,
          .machine = machine,
          .scratch = storage.scratch,
          .bearing = storage.bearing,
          .spectrum = storage.spectrum,
          .condition = storage.condition,
          .record_bytes = storage.record.size()};
}

/// Without a listener nothing can be asked of one.
Status check_listener(const ListenerSetup& setup, const StorageView& storage) noexcept {
  if (storage.listener != nullptr) {
    return storage.listener->check(setup);
  }
  return setup.package.has_bearing || setup.machine.limits != nullptr ? Status{Error::kNoSpace}
                                                                      : Status{};
}

/// The labels that physics and baseline may give, by their names; the first of several.
decide::FaultLabels fault_labels(const model::Package& package) noexcept {
  decide::FaultLabels labels;
  for (std::uint8_t i = package.labels; i-- > 0;) {
    const std::string_view label = package.label(i);
    if (const std::optional<BearingPart> part = part_of_label(label); part.has_value()) {
      std::uint8_t& place = *part == BearingPart::kOuterRace   ? labels.outer
                            : *part == BearingPart::kInnerRace ? labels.inner
                                                               : labels.element;
      place = i;
    } else if (is_unclear_label(label)) {
      labels.unclear = i;
    }
  }
  labels.normal = package.labels > 0 ? package.normal_label : kUnknownLabel;
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
  if (storage.window.size() < window_floats(plan) || storage.scratch.size() < window_floats(plan) ||
      storage.features.size() < features || storage.inputs.size() < features ||
      storage.record.size() < record::max_decision_bytes(features)) {
    return Error::kNoSpace;
  }
  AIOT_TRY(check_listener(listener_setup(package, sensor, machine, storage), storage));
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
      scratch_(storage.scratch),
      features_(storage.features.first(plan_.features.size())),
      inputs_(storage.inputs.first(plan_.features.size())),
      record_(storage.record) {
  if (package.has_network) {
    executor_.emplace(package.network, kernels, storage.arena);
  }
  if (storage.listener != nullptr) {
    listening_ = storage.listener;
    listening_->make(*storage.listener_memory, listener_setup(package, sensor, machine, storage));
    listener_ = &**storage.listener_memory;
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

const BearingEvidence& Pipeline::evidence() const noexcept {
  static constexpr BearingEvidence kNone{};
  return listener_ != nullptr ? listening_->evidence(*listener_) : kNone;
}

decide::Findings Pipeline::findings() const noexcept {
  return listener_ != nullptr ? listening_->findings(*listener_) : decide::Findings{};
}

GoldenCheck Pipeline::check_golden(const model::Package& package) noexcept {
  return executor_.has_value() ? device::check_golden(package, *executor_)
                               : GoldenCheck::kNotStated;
}

Result<StepOutcome> Pipeline::step() noexcept {
  if (owes_record()) {
    return record_in(owed_to_);
  }
  if (!windower_.fill(*ring_, window_)) {
    return StepOutcome::kIdle;
  }
  window_.flags |= assess() | sensor_flags_;
  if (listener_ != nullptr) {
    listening_->hear(*listener_, window_, windower_);
  }
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
  if (status.error() ==
      Error::kWouldBlock) {  // the stream is thinned out, and this one is left out
    attempts_ = 0;
    return StepOutcome::kQuiet;
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
