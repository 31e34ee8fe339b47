// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/pipeline.hpp"

#include <limits>

#include "aiot/core/flags.hpp"
#include "aiot/record/record.hpp"

namespace aiot::device {

bool fits(const model::SensorExpectation& expectation, const hal::SensorFormat& sensor) noexcept {
  return sensor.rate_hz >= expectation.rate_min_hz && sensor.rate_hz <= expectation.rate_max_hz;
}

Status Pipeline::check(const model::Package& package,
                       const nn::KernelSet& kernels,
                       const hal::SensorFormat& sensor,
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
  if (storage.window.size() < std::size_t{plan.window} * plan.axes ||
      storage.scratch.size() < dsp::scratch_floats(plan) || storage.features.size() < features ||
      storage.inputs.size() < features ||
      storage.record.size() < record::max_decision_bytes(features)) {
    return Error::kNoSpace;
  }
  if (package.has_network) {
    AIOT_TRY(nn::Executor::check(package.network, kernels, storage.arena.size()));
  }
  return {};
}

Pipeline::Pipeline(const model::Package& package,
                   const nn::KernelSet& kernels,
                   const hal::SensorFormat& sensor,
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
                storage.window.first(std::size_t{plan_.window} * plan_.axes)),
      decider_(package.decider),
      policy_(package.policy),
      scratch_(storage.scratch.first(dsp::scratch_floats(plan_))),
      features_(storage.features.first(plan_.features.size())),
      inputs_(storage.inputs.first(plan_.features.size())),
      record_(storage.record) {
  if (package.has_network) {
    executor_.emplace(package.network, kernels, storage.arena);
  }
  sensor_flags_ = fits(package.sensor, sensor) ? 0U : std::uint32_t{kFlagRateMismatch};
}

Result<StepOutcome> Pipeline::step() noexcept {
  if (owes_record()) {
    return record_in(owed_to_);
  }
  if (!windower_.fill(*ring_, window_)) {
    return StepOutcome::kIdle;
  }
  AIOT_TRY(dsp::extract(plan_, window_, {}, scratch_, features_));
  AIOT_TRY_ASSIGN(const auto scores, infer());
  decision_ = decider_.update(scores, features_, window_.flags | sensor_flags_);
  const decide::Action action = policy_.on(decision_);
  if (!action.record) {
    return StepOutcome::kQuiet;
  }
  return record_in(action.stream);
}

Result<std::span<const std::int8_t>> Pipeline::infer() noexcept {
  if (!executor_.has_value()) {
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
