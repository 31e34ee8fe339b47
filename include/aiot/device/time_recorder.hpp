// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/identity.hpp"
#include "aiot/core/time.hpp"
#include "aiot/device/device.hpp"
#include "aiot/link/wall_clock.hpp"

namespace aiot::device {

struct TimeRecorderConfig {
  /// A time is recorded at least so often, so that the sensor's real rate shows.
  Duration interval = Duration::from_s(3600);
  /// A sample is in the ring at most so long after it was taken: filters and transfers of the
  /// sensor, interrupts.
  Duration latency = Duration::from_ms(5);
};

/// Writes down which sample was taken when, once the link has told the time: so that all decisions
/// of this run have a date, those before that moment included. A live device that wants dates has
/// one beside it; without, nothing is written.
///
/// A time is recorded when the clock becomes known, when it was set (once a minute at most: two
/// consumers whose clocks contradict each other set it with each acknowledgement, those of these
/// records included), when it has become less uncertain by half, in every new context, and each
/// `interval`. When it becomes known, also for
/// `kKept` moments since the start that were kept for this, spread over all of that time: so the
/// decisions before lie between two times, and the error of the sensor's rate does not count. Of a
/// clock that was set, times from before stay as they were recorded.
class TimeRecorder {
 public:
  static constexpr std::size_t kKept = 8;

  /// `device` and `clock` outlive this.
  TimeRecorder(Device& device,
               const link::WallClock& clock,
               const TimeRecorderConfig& config) noexcept;

  TimeRecorder(const TimeRecorder&) = delete;
  TimeRecorder& operator=(const TimeRecorder&) = delete;

  /// Before each `Device::step`, from the start of the device on; `now` was read just before. The
  /// time between two calls adds to the uncertainty: samples arrived somewhen between them.
  /// A record that the queue does not take is an event (`kQueueFailed`) and tried again a second
  /// later.
  void step(Instant now) noexcept;

 private:
  /// `frame` was taken at `moment`, give or take `half`.
  struct Sighting {
    std::uint64_t frame = 0;
    Instant moment{};
    Duration half{};
  };

  bool look(Instant now) noexcept;
  [[nodiscard]] Result<link::WallTime> time_of(const Sighting& sighting) const noexcept;
  [[nodiscard]] bool due(const link::WallTime& time, Instant now) const noexcept;
  Status record(const link::WallTime& time, Instant now) noexcept;
  void keep() noexcept;
  Result<bool> record_kept() noexcept;
  void note_clock(const link::WallTime& time, Instant now) noexcept;

  Device& device_;
  const link::WallClock& clock_;
  TimeRecorderConfig config_;
  std::uint64_t frames_ = 0;  // that had arrived at `looked_at_`
  Instant looked_at_{};
  Sighting best_{};               // of late
  std::uint32_t best_jumps_ = 0;  // of the clock at that look
  bool looked_ = false;
  bool begun_ = false;  // there is a best
  bool told_ = false;   // something was recorded
  bool was_set_ = false;
  std::uint32_t kept_count_ = 0;
  std::uint32_t kept_told_ = 0;  // of `kept_` were recorded
  std::array<Sighting, kKept> kept_{};
  Duration spacing_{};                    // between two of them
  std::int64_t kept_uncertainty_ms_ = 0;  // of the first, as it was recorded
  std::uint32_t kept_jumps_ = 0;          // of the clock that they were recorded by
  std::uint32_t jumps_ = 0;               // at the newest record, as the three that follow
  std::int64_t uncertainty_ms_ = 0;
  ContextId context_{};
  Instant recorded_{};
  Instant set_at_{};  // when a clock that was set was recorded last
  Instant wait_until_{};
};

}  // namespace aiot::device
