// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/time_recorder.hpp"

#include <algorithm>
#include <limits>

#include "aiot/core/check.hpp"
#include "aiot/record/record.hpp"

namespace aiot::device {
namespace {

constexpr Duration kPause = Duration::from_s(1);   // after a record that was not taken
constexpr Duration kApart = Duration::from_s(60);  // times that are closer say the same
constexpr std::int64_t kAgeing = 128;              // the sensor's rate may be off by 1 %
constexpr std::int64_t kWorthMs = 10;  // an uncertainty that is less by so much, at least

/// By half, and by more than chance.
bool clearly_better(std::int64_t now_ms, std::int64_t before_ms) noexcept {
  return 2 * now_ms <= before_ms && before_ms - now_ms >= kWorthMs;
}

}  // namespace

TimeRecorder::TimeRecorder(Device& device,
                           const link::WallClock& clock,
                           const TimeRecorderConfig& config) noexcept
    : device_(device), clock_(clock), config_(config), spacing_(config.interval) {
  AIOT_CHECK(config.interval.us > 0 && config.latency.us >= 0);
}

/// True when samples have arrived since the last look: the newest came between it and now. What
/// counts is the best sighting of late: a device that slept before a look knows little.
bool TimeRecorder::look(Instant now) noexcept {
  const std::uint64_t frames = device_.pipeline().arrived();
  const bool arrived = looked_ && frames > frames_;
  if (arrived) {
    const std::int64_t from = looked_at_.us - config_.latency.us;
    const std::int64_t half = (now.us - from + 1) / 2;
    const Sighting seen{frames - 1, {from + half}, {half}};
    const std::int64_t aged = best_.half.us + (seen.moment - best_.moment).us / kAgeing;
    if (!begun_ || half <= aged || clock_.jumps() != best_jumps_) {
      best_ = seen;
      best_jumps_ = clock_.jumps();
      begun_ = true;
    }
  }
  looked_ = true;
  looked_at_ = now;
  frames_ = frames;
  return arrived;
}

void TimeRecorder::step(Instant now) noexcept {
  if (device_.origin() != Origin::kLive || !look(now)) {
    return;
  }
  keep();
  const Result<link::WallTime> time = time_of(best_);
  if (!time.ok() || now < wait_until_ || !due(*time, now)) {
    return;
  }
  const Status status = record(*time, now);
  if (status.error() == Error::kWouldBlock) {
    return;  // behind the context that is due
  }
  if (!status.ok()) {
    wait_until_ = now + kPause;
    device_.note({EventId::kQueueFailed, status.error(), 0, now});
  }
}

Result<link::WallTime> TimeRecorder::time_of(const Sighting& sighting) const noexcept {
  AIOT_TRY_ASSIGN(link::WallTime time, clock_.at(sighting.moment));
  time.uncertainty_ms += (sighting.half.us + 999) / 1000;
  return time;
}

bool TimeRecorder::due(const link::WallTime& time, Instant now) const noexcept {
  if (!told_ || device_.context() != context_) {
    return true;
  }
  if (clock_.jumps() != jumps_) {
    return !was_set_ || now - set_at_ >= kApart;
  }
  return now - recorded_ >= config_.interval ||
         clearly_better(time.uncertainty_ms, uncertainty_ms_);
}

Status TimeRecorder::record(const link::WallTime& time, Instant now) noexcept {
  AIOT_TRY_ASSIGN(const bool kept, record_kept());
  if (kept) {
    return {};  // one record a step; it stays due
  }
  AIOT_TRY(device_.record_time({best_.frame, time, clock_.jumps()}));
  note_clock(time, now);
  if (told_ && clock_.jumps() != jumps_) {
    was_set_ = true;
    set_at_ = now;
  }
  told_ = true;
  uncertainty_ms_ = time.uncertainty_ms;
  jumps_ = clock_.jumps();
  context_ = device_.context();
  recorded_ = now;
  return {};
}

/// While the time is not known: the first sighting and others behind it, twice as far apart
/// whenever there is no room for another.
void TimeRecorder::keep() noexcept {
  if (told_ || kept_told_ > 0) {
    return;
  }
  if (kept_count_ > 0) {
    Sighting& newest = kept_[kept_count_ - 1];
    const Duration since = best_.moment - newest.moment;
    if (since < kApart && 2 * best_.half.us <= newest.half.us) {
      newest = best_;
    }
    if (since < spacing_) {
      return;
    }
  }
  if (kept_count_ == kKept) {
    for (std::uint32_t i = 1; i < kKept / 2; ++i) {
      kept_[i] = kept_[2 * i];
    }
    kept_count_ = kKept / 2;
    spacing_.us *= 2;
    return;  // the next one comes when it is due
  }
  kept_[kept_count_++] = best_;
}

/// One of those that were kept, once the time is known, and again when it is known much better;
/// false when there is none left. Not by a clock that was set since: nothing gets another date in
/// silence.
Result<bool> TimeRecorder::record_kept() noexcept {
  if ((told_ || kept_told_ > 0) && clock_.jumps() != kept_jumps_) {
    return false;
  }
  kept_jumps_ = clock_.jumps();
  const Result<link::WallTime> oldest = time_of(kept_[0]);
  if (kept_told_ == kept_count_ && oldest.ok() &&
      clearly_better(oldest->uncertainty_ms, kept_uncertainty_ms_)) {
    kept_told_ = 0;
  }
  if (kept_told_ == 0 && oldest.ok()) {
    kept_uncertainty_ms_ = oldest->uncertainty_ms;
  }
  while (kept_told_ < kept_count_) {
    const Sighting& kept = kept_[kept_told_];
    const Result<link::WallTime> time = time_of(kept);
    const bool worth = time.ok() && best_.moment - kept.moment >= kApart;
    if (worth) {
      AIOT_TRY(device_.record_time({kept.frame, *time, clock_.jumps()}));
    }
    ++kept_told_;
    if (worth) {
      return true;
    }
  }
  return false;
}

void TimeRecorder::note_clock(const link::WallTime& time, Instant now) noexcept {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (!told_) {
    const auto shown = static_cast<std::uint32_t>(std::min(time.uncertainty_ms, kMost));
    device_.note({EventId::kTimeKnown, Error::kNone, shown, now});
  } else if (clock_.jumps() != jumps_) {
    const std::int64_t seconds = std::clamp(clock_.last_jump_ms() / 1000, -kMost, kMost);
    device_.note({EventId::kClockSet, Error::kNone, static_cast<std::uint32_t>(seconds), now});
  }
}

}  // namespace aiot::device
