// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/ring.hpp"
#include "aiot/decide/decider.hpp"
#include "aiot/decide/policy.hpp"
#include "aiot/device/condition.hpp"
#include "aiot/device/golden.hpp"
#include "aiot/device/listener.hpp"
#include "aiot/device/machine.hpp"
#include "aiot/device/spectrum_watch.hpp"
#include "aiot/device/storage.hpp"
#include "aiot/dsp/features.hpp"
#include "aiot/dsp/windower.hpp"
#include "aiot/hal/sensor.hpp"
#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/store/queue.hpp"

namespace aiot::device {

enum class StepOutcome : std::uint8_t {
  kIdle,      ///< no window yet
  kQuiet,     ///< a window, and nothing worth a record, or one that its stream leaves out
  kRecorded,  ///< a window, and its record is durable
};

/// Whether the sensor's rate is one that a package was made for. One that is not still runs, as far
/// as the plan allows, and every decision carries `kFlagRateMismatch`.
[[nodiscard]] bool fits(const model::SensorExpectation& expectation,
                        const hal::SensorFormat& sensor) noexcept;

/// What a record is known by, together with the device's id.
struct RecordIdentity {
  Stream stream = Stream::kUrgent;
  std::uint64_t sequence = 0;
};

/// The walk of one sample, from the ring to the queue: window, features, network, decision, policy,
/// record. A handful of calls in order; `step` is the whole story.
class Pipeline {
 public:
  /// Whether a pipeline for `package` fits: everything that could go wrong later is found here.
  /// Errors: those of `dsp::check` and `nn::Executor::check`; `kNoSpace` the storage is too small;
  /// `kInvalidArgument` the sensor has other axes than the package wants, or a rate, scale or width
  /// that no sensor may have (hal/sensor.hpp), or the package looks at a bearing and the machine's
  /// speed or geometry is not known or none that `dsp::check` takes, or the machine's limits are
  /// none; `kOutOfRange` a speed at which its bearing can not be heard; `kUnsupported` more
  /// features than a record holds.
  static Status check(const model::Package& package,
                      const nn::KernelSet& kernels,
                      const hal::SensorFormat& sensor,
                      const MachineConfig& machine,
                      const StorageView& storage) noexcept;

  /// `package` passed `check`. Ring, queue and storage outlive the pipeline; decisions name
  /// `context`.
  Pipeline(const model::Package& package,
           const nn::KernelSet& kernels,
           const hal::SensorFormat& sensor,
           const MachineConfig& machine,
           const StorageView& storage,
           SampleRing& ring,
           store::Queue& queue) noexcept;

  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Decisions from here on name this context.
  void set_context(const ContextId& context) noexcept { context_ = context; }

  /// What is recorded from the next window on, which counts as a heartbeat that is due. `policy`
  /// passed `decide::check`; no record is owed.
  void set_policy(const decide::PolicyConfig& policy) noexcept { policy_ = decide::Policy(policy); }

  /// No window starts before `frame`; see `dsp::Windower`.
  void start_at(std::uint64_t frame) noexcept { windower_.start_at(frame); }

  /// Where a pipeline that takes the place of this one goes on.
  [[nodiscard]] const dsp::Windower& windower() const noexcept { return windower_; }

  /// Takes the place of the pipeline that had `before`; see `dsp::Windower::go_on`.
  void go_on(const dsp::Windower& before) noexcept { windower_.go_on(before); }

  /// Runs the golden window of `package`, which is the one of this pipeline; between two steps. See
  /// `device::check_golden`: a streaming network begins anew.
  [[nodiscard]] GoldenCheck check_golden(const model::Package& package) noexcept;

  /// One window, if there is one. Errors: those of the stages; the window is then dropped. Only the
  /// record of a window is tried again when the queue did not accept it, at least `kAttempts` times
  /// and for as long as the samples that arrive meanwhile leave half of the ring free.
  Result<StepOutcome> step() noexcept;

  static constexpr std::uint32_t kAttempts = 8;

  /// True while a record waits for the queue to accept it.
  [[nodiscard]] bool owes_record() const noexcept { return attempts_ > 0; }

  /// Frames of the stream that went through so far, lost ones included.
  [[nodiscard]] std::uint64_t position() const noexcept { return windower_.position(); }

  /// Frames of the stream that have arrived, those that wait in the ring and lost ones included.
  [[nodiscard]] std::uint64_t arrived() const noexcept { return windower_.arrived(*ring_); }

  /// Windows that start before this frame have had their record, if they get one.
  [[nodiscard]] std::uint64_t resume_frame() const noexcept {
    return owes_record() ? window_.first_sample : windower_.next_start();
  }

  /// The window of the last step that was not idle (its samples were worked on in place and are
  /// lost), its features in physical units, its decision.
  [[nodiscard]] const dsp::Window& window() const noexcept { return window_; }

  [[nodiscard]] std::span<const float> features() const noexcept { return features_; }

  [[nodiscard]] const decide::Decision& decision() const noexcept { return decision_; }

  /// What is known of the machine's bearing; empty without one.
  [[nodiscard]] const BearingEvidence& evidence() const noexcept;

  /// The averaged spectrum; nullptr where the storage has no room for it, and while the machine is
  /// commissioned, which takes that room.
  [[nodiscard]] const SpectrumWatch* spectrum() const noexcept {
    return listener_ != nullptr ? listener_->spectrum() : nullptr;
  }

  /// How the machine sounds against what it was commissioned with; nullptr where the storage has no
  /// room for it, or windows are too short.
  [[nodiscard]] ConditionWatch* condition() const noexcept {
    return listener_ != nullptr ? listener_->condition() : nullptr;
  }

  /// The last record that the queue accepted.
  [[nodiscard]] const RecordIdentity& accepted() const noexcept { return accepted_; }

 private:
  [[nodiscard]] bool commissioning() const noexcept {
    return listener_ != nullptr && listener_->commissioning();
  }

  /// Scores of the window's features; empty when the package has no network.
  Result<std::span<const std::int8_t>> infer() noexcept;
  /// Flags of the window's samples.
  [[nodiscard]] std::uint32_t assess() noexcept;
  [[nodiscard]] decide::Findings findings() const noexcept;
  Result<StepOutcome> record_in(Stream stream) noexcept;
  Status push_record(Stream stream) noexcept;

  dsp::FeaturePlan plan_;
  std::uint32_t sensor_flags_ = 0;
  std::uint8_t bits_ = 16;
  float scale_ = 0.0F;
  SampleRing* ring_;
  store::Queue* queue_;
  dsp::Windower windower_;
  std::optional<nn::Executor> executor_;
  const ListenerOps* listening_ = nullptr;
  MachineListener* listener_ = nullptr;  // null: nobody listens
  decide::Decider decider_;
  decide::Policy policy_;
  std::span<float> scratch_;  // begins with the samples of `window_`
  std::span<float> features_;
  std::span<float> inputs_;
  MutableBytes record_;
  ContextId context_{};
  dsp::Window window_{};
  decide::Decision decision_{};
  RecordIdentity accepted_{};
  Stream owed_to_ = Stream::kRoutine;
  std::uint32_t attempts_ = 0;  // to push the record of `window_`; 0: none is owed
};

}  // namespace aiot::device
