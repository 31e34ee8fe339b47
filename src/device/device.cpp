// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/device.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "aiot/core/flags.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/device/baseline.hpp"
#include "aiot/record/record.hpp"
#include "aiot/update/boot_record.hpp"
#include "context.hpp"

namespace aiot::device {

namespace {

constexpr float kMaxShownRateHz = 4e9F;  // what an event's 32-bit value holds

}  // namespace

Device::Device(const DeviceConfig& config, const Ports& ports, StorageView storage) noexcept
    : config_(config),
      ports_(ports),
      storage_(storage),
      ring_(storage.ring),
      events_(storage.events) {}

Status Device::start(Instant now) noexcept {
  if (config_.device_id.empty() || config_.kernels == nullptr ||
      (config_.origin == Origin::kLive && config_.flash.boot_record.size == 0)) {
    return Error::kInvalidArgument;
  }
  AIOT_TRY(model::verify(config_.package));
  AIOT_TRY_ASSIGN(package_, model::load(config_.package));
  format_ = ports_.sensor.format();
  AIOT_TRY(Pipeline::check(package_, *config_.kernels, format_, config_.machine, storage_));
  AIOT_TRY(mount_queue());
  set_policy(now);
  AIOT_TRY_ASSIGN(boot_count_, update::count_boot(ports_.flash, config_.flash.boot_record));
  if (config_.origin == Origin::kReplay) {
    resumed_at_ = resume_point(now);
  }
  pipeline_.emplace(package_, *config_.kernels, format_, config_.machine, storage_, ring_, queue_);
  load_condition(now);
  AIOT_TRY(record_context());
  pipeline_->start_at(resumed_at_);
  uplink_.emplace(queue_, ports_.sink, storage_.batch, config_.uplink, storage_.flights);
  AIOT_TRY(ports_.sensor.start(ring_));
  moved_ = now;
  if (ports_.watchdog.has_value()) {
    AIOT_TRY(ports_.watchdog->start(config_.watchdog_timeout));
  }
  note({EventId::kStarted, Error::kNone, boot_count_, now});
  note_rate(now);
  return {};
}

void Device::note_rate(Instant now) noexcept {
  if (!fits(package_.sensor, format_)) {
    note({EventId::kRateMismatch,
          Error::kNone,
          static_cast<std::uint32_t>(std::min(format_.rate_hz, kMaxShownRateHz)),
          now});
  }
}

bool Device::has_streams(const decide::PolicyConfig& policy) const noexcept {
  return queue_.used(policy.change_stream) && queue_.used(policy.abnormal_stream) &&
         queue_.used(policy.heartbeat_stream) && queue_.used(Stream::kUrgent);
}

Status Device::check_policy(const decide::PolicyConfig& policy) const noexcept {
  AIOT_TRY(decide::check(policy));
  return has_streams(policy) ? Status{} : Status{Error::kInvalidArgument};
}

/// A package that was loaded gets the policy that was set, if there is one. What does not fit must
/// not keep the device from starting.
void Device::set_policy(Instant now) noexcept {
  package_policy_ = package_.policy;
  policy_due_ = false;
  if (!config_.policy) {
    return;
  }
  const Status fits = check_policy(*config_.policy);
  if (fits.ok()) {
    package_.policy = *config_.policy;
  } else {
    note({EventId::kPolicyFailed, fits.error(), 0, now});
    config_.policy.reset();
  }
}

Status Device::use_policy(const std::optional<decide::PolicyConfig>& policy) noexcept {
  if (!pipeline_.has_value()) {
    return Error::kWrongState;
  }
  if (policy) {
    AIOT_TRY(check_policy(*policy));
  }
  config_.policy = policy;
  policy_due_ = true;
  return {};
}

Status Device::request_context() noexcept {
  if (!pipeline_.has_value()) {
    return Error::kWrongState;
  }
  context_due_ = true;
  return {};
}

Status Device::use_package(Bytes package, Instant now) noexcept {
  if (!pipeline_.has_value()) {
    return Error::kWrongState;
  }
  // An owed record is of a decision that only this pipeline knows, as what was learnt so far.
  if (pipeline_->owes_record() || commissioning()) {
    return Error::kWouldBlock;
  }
  AIOT_TRY(model::verify(package));
  AIOT_TRY_ASSIGN(const model::Package next, model::load(package));
  AIOT_TRY(Pipeline::check(next, *config_.kernels, format_, config_.machine, storage_));
  if (!has_streams(next.policy)) {
    return Error::kInvalidArgument;
  }
  const dsp::Windower before = pipeline_->windower();
  config_.package = package;
  package_ = next;
  set_policy(now);
  baseline_hash_ = {};
  pipeline_.emplace(package_, *config_.kernels, format_, config_.machine, storage_, ring_, queue_);
  pipeline_->go_on(before);
  load_condition(now);
  context_due_ = true;
  note({EventId::kPackageChanged, Error::kNone, load_le32(package_.hash.data()), now});
  note_rate(now);
  return {};
}

Status Device::mount_queue() noexcept {
  AIOT_TRY(hal::check(config_.flash, ports_.flash.geometry()));
  std::array<store::StreamConfig, kStreams> streams{};
  for (std::size_t i = 0; i < kStreams; ++i) {
    streams[i] = {config_.flash.queue[i], config_.queue[i].on_full, config_.queue[i].retention};
  }
  AIOT_TRY(queue_.mount(ports_.flash, streams));
  if (!has_streams(package_.policy)) {
    return Error::kInvalidArgument;
  }
  return storage_.batch.size() < storage_.record.size() ? Status{Error::kNoSpace} : Status{};
}

std::uint64_t Device::resume_point(Instant now) noexcept {
  std::uint64_t frame = 0;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    const Result<store::Entry> last = queue_.last_record(stream, storage_.record);
    if (last.error() == Error::kEmpty || !queue_.used(stream) ||
        (last.ok() && last->first < config_.replay_begin[i])) {
      continue;
    }
    const Result<std::uint64_t> next =
        last.ok() ? record::resume_point(last->payload) : Result<std::uint64_t>(last.error());
    if (!next.ok()) {
      // A newest record that has become unreadable must not keep the device from starting. A window
      // may then get a second record.
      note({EventId::kQueueFailed, next.error(), static_cast<std::uint32_t>(i), now});
      continue;
    }
    frame = std::max(frame, *next);
  }
  return frame;
}

// On the bulk stream where there is one: there no number of boots pushes decisions out.
Status Device::record_context() noexcept {
  context_stream_ = queue_.used(Stream::kBulk) ? Stream::kBulk : Stream::kUrgent;
  const std::uint64_t sequence = queue_.next_sequence(context_stream_);
  const ContextBuilder builder(config_, package_, format_, boot_count_, baseline_hash_);
  AIOT_TRY_ASSIGN(const Bytes content, record::encode_content(builder.context(), storage_.record));
  const Hash256 hash = crypto::sha256(content);
  ContextId id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  const record::ContextRecord record{.id = id,
                                     .stream = context_stream_,
                                     .sequence = sequence,
                                     .start = resumed_at_,
                                     .content = builder.context()};
  AIOT_TRY_ASSIGN(const Bytes bytes, record::encode(record, storage_.record));
  AIOT_TRY(push_about_run(bytes));
  context_ = id;
  context_sequence_ = sequence;
  context_due_ = false;
  pipeline_->set_context(context_);
  return {};
}

/// What makes other records readable.
Status Device::push_about_run(Bytes record) noexcept {
  Status pushed = queue_.push(context_stream_, record);
  if (pushed.error() == Error::kWouldBlock) {  // it is not what a stream is thinned out of
    pushed = queue_.push(context_stream_, record);
  }
  AIOT_TRY(pushed);
  ++metrics_.records;
  return {};
}

Status Device::record_time(const TimeMark& mark) noexcept {
  if (!pipeline_.has_value()) {
    return Error::kWrongState;
  }
  if (config_.origin != Origin::kLive) {
    return Error::kUnsupported;
  }
  if (context_due_) {
    return Error::kWouldBlock;
  }
  const record::TimeRecord record{
      .context = context_,
      .stream = context_stream_,
      .sequence = queue_.next_sequence(context_stream_),
      .resume = pipeline_->resume_frame(),
      .frame = mark.frame,
      .unix_ms = static_cast<std::uint64_t>(mark.time.unix_ms),
      .uncertainty_ms = static_cast<std::uint64_t>(mark.time.uncertainty_ms),
      .clock = mark.clock};
  AIOT_TRY_ASSIGN(const Bytes bytes, record::encode(record, storage_.record));
  return push_about_run(bytes);
}

// A baseline that is damaged, or of other windows, must not keep the device from starting.
void Device::load_condition(Instant now) noexcept {
  ConditionWatch* const condition = pipeline_->condition();
  if (condition == nullptr) {
    return;
  }
  const Result<Bytes> kept = load_baseline(ports_.flash, config_.flash.baseline, storage_.record);
  if (kept.error() == Error::kEmpty) {
    return;
  }
  const Status loaded =
      kept.ok() ? storage_.listener->load(*condition, *kept) : Status{kept.error()};
  if (loaded.ok()) {
    baseline_hash_ = crypto::sha256(*kept);
  } else {
    note({EventId::kBaselineFailed, loaded.error(), 0, now});
  }
}

Status Device::commission(std::uint32_t observations) noexcept {
  if (!pipeline_.has_value()) {
    return Error::kWrongState;
  }
  if (pipeline_->condition() == nullptr) {
    return Error::kUnsupported;
  }
  storage_.listener->commission(*pipeline_->condition(), observations);
  return {};
}

bool Device::commissioning() const noexcept {
  return pipeline_.has_value() && pipeline_->condition() != nullptr &&
         pipeline_->condition()->commissioning();
}

// The new baseline counts from the next window on, under a context that names it.
bool Device::keep_condition(Instant now) noexcept {
  ConditionWatch* const condition = pipeline_->condition();
  if (condition == nullptr || !storage_.listener->learnt(*condition)) {
    return true;
  }
  const Result<Bytes> model = storage_.listener->finish(*condition, storage_.record);
  Status status = model.ok() ? Status{} : Status{model.error()};
  if (status.ok()) {
    // Decisions stand on it from now on, whether or not a restart will find it.
    baseline_hash_ = crypto::sha256(*model);
    status = save_baseline(ports_.flash, config_.flash.baseline, *model);
    context_due_ = true;
  }
  const EventId id = status.ok() ? EventId::kCommissioned : EventId::kBaselineFailed;
  note({id, status.error(), condition->model().windows, now});
  return status.ok();
}

// Without its context nobody could read the decisions that are still to be delivered.
bool Device::context_evicted() const noexcept {
  return queue_.first_unacknowledged(context_stream_) <= context_sequence_ &&
         queue_.stats(context_stream_).oldest_sequence > context_sequence_;
}

StepOutcome Device::step(Instant now) noexcept {
  StepOutcome outcome = StepOutcome::kIdle;
  // Every part gets its turn, whatever happens to the others.
  const bool sensor = service_sensor(now);
  const bool pipeline = step_pipeline(now, outcome);
  const bool uplink = step_uplink(now);
  if (sensor && pipeline && uplink && !stalled(now) && ports_.watchdog.has_value()) {
    ports_.watchdog->feed();
  }
  return outcome;
}

bool Device::service_sensor(Instant now) noexcept {
  if (source_empty_) {
    return true;
  }
  const Status status = ports_.sensor.service();
  if (status.error() == Error::kEmpty) {
    source_empty_ = true;
    return true;
  }
  if (!status.ok()) {
    ++metrics_.sensor_errors;
    note({EventId::kSensorFailed, status.error(), 0, now});
  }
  return status.ok();
}

bool Device::stalled(Instant now) noexcept {
  if (source_empty_ || pipeline_->position() != position_) {
    position_ = pipeline_->position();
    moved_ = now;
    return false;
  }
  // In integers: a float to 64 bits would bring double arithmetic into the firmware.
  const auto rate_hz =
      static_cast<std::uint32_t>(std::clamp(format_.rate_hz, 1.0F, kMaxShownRateHz));
  const std::int64_t window_us = std::int64_t{package_.plan.window} * 1'000'000 / rate_hz;
  const Duration limit{std::max<std::int64_t>(1'000'000, kStallWindows * window_us)};
  if (now - moved_ < limit) {
    return false;
  }
  note({EventId::kSensorFailed, Error::kTimeout, 0, now});
  return true;
}

bool Device::step_pipeline(Instant now, StepOutcome& outcome) noexcept {
  if (policy_due_ && !pipeline_->owes_record()) {  // an owed record is of the policy before
    policy_due_ = false;
    package_.policy = config_.policy.value_or(package_policy_);
    pipeline_->set_policy(package_.policy);
    context_due_ = true;
  }
  if (context_due_ || context_evicted()) {
    const Status status = record_context();
    if (!status.ok()) {
      ++metrics_.pipeline_errors;
      note({EventId::kQueueFailed,
            status.error(),
            static_cast<std::uint32_t>(context_stream_),
            now});
      return false;
    }
  }
  const Result<StepOutcome> result = pipeline_->step();
  if (!result.ok()) {
    ++metrics_.pipeline_errors;
    const EventId id = pipeline_->owes_record() ? EventId::kQueueFailed : EventId::kPipelineFailed;
    note({id, result.error(), 0, now});
    return false;
  }
  outcome = *result;
  (void)keep_condition(now);
  idle_ = outcome == StepOutcome::kIdle;
  if (!idle_) {
    ++metrics_.windows;
    if ((pipeline_->window().flags & kFlagGapBefore) != 0) {
      ++metrics_.gaps;
      note({EventId::kGapBefore,
            Error::kNone,
            static_cast<std::uint32_t>(pipeline_->window().first_sample),
            now});
    }
    metrics_.records += outcome == StepOutcome::kRecorded ? 1U : 0U;
  }
  return true;
}

bool Device::step_uplink(Instant now) noexcept {
  Status status = uplink_->step(now);
  if (status.ok() && idle_) {
    // A spare sector is erased while there is nothing else to do, so no push waits for it.
    const Result<bool> serviced = queue_.service(static_cast<std::uint32_t>(now.us / 1'000'000));
    status = serviced.ok() ? Status{} : Status{serviced.error()};
  }
  if (!status.ok()) {
    ++metrics_.uplink_errors;
    note({EventId::kUplinkFailed, status.error(), 0, now});
  }
  // A reset may cure the flash; it does not make a record fit into a batch.
  return status.error() != Error::kIo;
}

}  // namespace aiot::device
