// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/event.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/ring.hpp"
#include "aiot/decide/policy.hpp"
#include "aiot/device/machine.hpp"
#include "aiot/device/metrics.hpp"
#include "aiot/device/pipeline.hpp"
#include "aiot/device/storage.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"
#include "aiot/hal/sensor.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/hal/system.hpp"
#include "aiot/link/uplink.hpp"
#include "aiot/link/wall_clock.hpp"
#include "aiot/model/package.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/store/queue.hpp"

namespace aiot::device {

/// What frame 0 of the sensor is.
enum class Origin : std::uint8_t {
  kLive,    ///< the moment of the start: every run counts anew, and its context tells them apart
  kReplay,  ///< the begin of a recording: a run goes on behind the last durable record
};

/// Who this device is and what it runs. Texts and bytes must outlive the device.
struct DeviceConfig {
  std::string_view device_id{};  ///< identity in every record; not empty
  std::string_view site{};       ///< where it stands; may be empty
  std::string_view firmware_version{};
  Hash256 firmware_hash{};  ///< of the image that runs; zeros: not known
  Bytes package{};          ///< the model package, aligned to 16
  MachineConfig machine{};  ///< what the sensor listens to
  const nn::KernelSet* kernels = nullptr;
  /// Where everything is kept. `boot_record` may have size 0 with `Origin::kReplay`: the boot count
  /// is then 1. A live device needs it: boots tell its frame numbers apart.
  hal::FlashMap flash{};
  /// What each stream of the queue does when it has much to keep. A stream that refuses holds the
  /// pipeline up while it is full: the windows that come then are lost.
  std::array<store::StreamPolicy, kStreams> queue{};
  Origin origin = Origin::kLive;
  /// What is recorded, in place of what the package says. One that does not fit is an event, and
  /// the package's counts.
  std::optional<decide::PolicyConfig> policy{};
  /// `Origin::kReplay`: sequences at which this recording began in each stream. Older records are
  /// of another recording and do not count for where to go on.
  std::array<std::uint64_t, kStreams> replay_begin{};
  link::UplinkConfig uplink{};
  Duration watchdog_timeout = Duration::from_s(10);
};

/// The hardware, as the library sees it.
struct Ports {
  hal::FlashRef flash;
  hal::SensorRef sensor;
  hal::SinkRef sink;
  std::optional<hal::WatchdogRef> watchdog{};
};

/// A frame of this run and when it was taken.
struct TimeMark {
  std::uint64_t frame = 0;
  link::WallTime time{};    ///< within 1970 to 9999
  std::uint64_t clock = 0;  ///< how often the clock was set before
};

/// A whole device: sensor in, decisions out, nothing in between to call but `step`.
class Device {
 public:
  /// Only remembers; nothing is touched before `start`.
  Device(const DeviceConfig& config, const Ports& ports, StorageView storage) noexcept;

  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// Verifies and loads the package, mounts the queue, counts the boot, records the context, and
  /// starts the sensor and the watchdog. With `Origin::kReplay` windows go on behind the last
  /// durable record: no window has two records. Errors: those of `model::verify`, `model::load`,
  /// `Pipeline::check`, `store::Queue::mount`, `update::count_boot`, `SensorSource::start`;
  /// `kInvalidArgument` no id, no kernels, a flash map that does not fit, a live device without a
  /// boot record, or one without a stream that the package's policy uses; `kNoSpace` a record or
  /// batch does not fit into the storage. A baseline that was kept is watched by from here on; one
  /// that can not be read is an event, and the device starts without.
  Status start(Instant now) noexcept;

  /// One bounded piece of work: sensor, pipeline, uplink. A part that fails is counted, noted as an
  /// event and does not starve the others. The watchdog is fed when none failed and samples arrive:
  /// a sensor that gives none for the time of `kStallWindows` windows, at least a second, does not
  /// make progress.
  /// The sensor's end (`kEmpty`) is no failure: see `sensor_ended`.
  StepOutcome step(Instant now) noexcept;

  static constexpr std::int64_t kStallWindows = 8;

  /// Learns how the machine sounds while it is healthy, for `observations` (windows, or snapshots
  /// where the package's vote is kept across gaps), and keeps it in `flash.baseline`; a new context
  /// names it. Ten minutes are a good measure. Meanwhile neither baseline nor levels are judged.
  /// Errors: `kUnsupported` the storage has no room for it (`Shape::condition`), or windows are too
  /// short; `kWrongState` not started.
  Status commission(std::uint32_t observations) noexcept;

  /// Another model package from here on, without a reset: the sensor, the queue and the count of
  /// frames go on. Votes, evidence and averages begin anew; the baseline is loaded again. When both
  /// packages cut the same windows, no window is left out; otherwise the next one starts behind the
  /// samples that were read. The next decision follows a context that names the package. `package`
  /// is aligned to 16 and outlives the device or its next change; the bytes of the one before it
  /// are not needed any more.
  /// Errors, and nothing has changed: those of `model::verify`, `model::load`, `Pipeline::check`;
  /// `kInvalidArgument` its policy uses a stream that is not there; `kWouldBlock` a record is still
  /// owed to the queue, or the machine is commissioned: later; `kWrongState` not started.
  Status use_package(Bytes package, Instant now) noexcept;

  /// Another policy from the next window on, under a context that names it; empty: the package's.
  /// It also counts for packages that come later. While a record is still owed to the queue, it
  /// waits. Errors, and nothing has changed: `kInvalidArgument` a value out of range, or a stream
  /// that is not there; `kWrongState` not started.
  Status use_policy(const std::optional<decide::PolicyConfig>& policy) noexcept;

  /// Whether `use_policy` would take it. Errors: `kInvalidArgument`.
  [[nodiscard]] Status check_policy(const decide::PolicyConfig& policy) const noexcept;

  /// The context is recorded again before the next window. Errors: `kWrongState` not started.
  Status request_context() noexcept;

  /// Runs the golden window of the package that decides; see `device::check_golden`. Valid after
  /// `start` returned OK, between two steps.
  [[nodiscard]] GoldenCheck check_golden() noexcept { return pipeline_->check_golden(package_); }

  /// Relates the frames of this run to UTC by a record, on the stream of the contexts. For
  /// `TimeRecorder`, which knows when one is due. Errors: `kWouldBlock` a context is due before it;
  /// `kUnsupported` the frames of a recording have nothing to do with now; `kWrongState` not
  /// started; those of `store::Queue::push`.
  Status record_time(const TimeMark& mark) noexcept;

  /// What happened beside the library, as an update, for the same ring.
  void note(const Event& event) noexcept { events_.push(event); }

  /// `start` has got as far as to have a pipeline.
  [[nodiscard]] bool started() const noexcept { return pipeline_.has_value(); }

  /// True while it learns.
  [[nodiscard]] bool commissioning() const noexcept;

  /// SHA-256 of the baseline that is watched by; zeros: none.
  [[nodiscard]] const Hash256& baseline_hash() const noexcept { return baseline_hash_; }

  /// True when the sensor will give no more samples and every window of them is through.
  [[nodiscard]] bool sensor_ended() const noexcept { return source_empty_ && idle_; }

  /// True when everything that was accepted is acknowledged. Valid after `start` returned OK, as is
  /// all that follows.
  [[nodiscard]] bool drained() const noexcept { return uplink_->drained(); }

  [[nodiscard]] const Metrics& metrics() const noexcept { return metrics_; }

  [[nodiscard]] const EventRing& events() const noexcept { return events_; }

  [[nodiscard]] const model::Package& package() const noexcept { return package_; }

  [[nodiscard]] Origin origin() const noexcept { return config_.origin; }

  [[nodiscard]] const ContextId& context() const noexcept { return context_; }

  [[nodiscard]] std::uint32_t boot_count() const noexcept { return boot_count_; }

  /// Frame at which this run began: 0, or behind the last durable record.
  [[nodiscard]] std::uint64_t resumed_at() const noexcept { return resumed_at_; }

  [[nodiscard]] const Pipeline& pipeline() const noexcept { return *pipeline_; }

  [[nodiscard]] store::Queue& queue() noexcept { return queue_; }

  [[nodiscard]] const link::UplinkStats& uplink_stats() const noexcept { return uplink_->stats(); }

 private:
  Status mount_queue() noexcept;
  void load_condition(Instant now) noexcept;
  bool keep_condition(Instant now) noexcept;
  Status record_context() noexcept;
  Status push_about_run(Bytes record) noexcept;
  [[nodiscard]] bool context_evicted() const noexcept;
  [[nodiscard]] bool stalled(Instant now) noexcept;
  /// First frame behind the newest durable record of any stream; 0 when there is none.
  std::uint64_t resume_point(Instant now) noexcept;

  [[nodiscard]] bool has_streams(const decide::PolicyConfig& policy) const noexcept;
  void set_policy(Instant now) noexcept;
  void note_rate(Instant now) noexcept;

  bool service_sensor(Instant now) noexcept;
  bool step_pipeline(Instant now, StepOutcome& outcome) noexcept;
  bool step_uplink(Instant now) noexcept;

  DeviceConfig config_;
  Ports ports_;
  StorageView storage_;
  hal::SensorFormat format_{};
  model::Package package_{};
  decide::PolicyConfig package_policy_{};  // of `package_`, which has the one that counts
  SampleRing ring_;
  store::Queue queue_;
  EventRing events_;
  std::optional<Pipeline> pipeline_;
  std::optional<link::Uplink> uplink_;
  Metrics metrics_{};
  ContextId context_{};
  Hash256 baseline_hash_{};
  bool policy_due_ = false;   // `config_.policy` has changed
  bool context_due_ = false;  // what decides has changed, and no context says so yet
  std::uint32_t boot_count_ = 0;
  std::uint64_t resumed_at_ = 0;
  Stream context_stream_ = Stream::kUrgent;
  std::uint64_t context_sequence_ = 0;
  std::uint64_t position_ = 0;  // frames that had arrived at `moved_`
  Instant moved_{};
  bool source_empty_ = false;
  bool idle_ = false;
};

}  // namespace aiot::device

namespace aiot {

using device::Device;
using device::DeviceConfig;
using device::Ports;

}  // namespace aiot
