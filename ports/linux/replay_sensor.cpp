// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/replay_sensor.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::linux_port {

ReplaySensor::ReplaySensor(const hal::SensorFormat& format,
                           std::span<const std::int16_t> samples,
                           std::span<const ReplayGap> gaps,
                           std::size_t chunk_frames) noexcept
    : format_(format), samples_(samples), gaps_(gaps), chunk_(chunk_frames * format.axes) {
  AIOT_CHECK(format.axes > 0 && samples.size() % format.axes == 0 && chunk_frames > 0);
}

Status ReplaySensor::start_at_frame(std::uint64_t frame) noexcept {
  if (frame > frames()) {
    return Error::kOutOfRange;
  }
  next_ = static_cast<std::size_t>(frame) * format_.axes;
  while (next_gap_ < gaps_.size() && gaps_[next_gap_].frame < frame) {
    ++next_gap_;
  }
  return {};
}

Status ReplaySensor::start(SampleRing& ring) noexcept {
  ring_ = &ring;
  return {};
}

void ReplaySensor::report_gap() noexcept {
  if (next_gap_ < gaps_.size() && gaps_[next_gap_].frame * format_.axes <= next_) {
    ring_->lost(static_cast<std::size_t>(gaps_[next_gap_].lost * format_.axes));
    ++next_gap_;
  }
}

std::size_t ReplaySensor::until_gap() const noexcept {
  std::uint64_t end = samples_.size();
  if (next_gap_ < gaps_.size()) {
    end = std::min<std::uint64_t>(end, gaps_[next_gap_].frame * format_.axes);
  }
  if (limit_ < frames()) {
    end = std::min<std::uint64_t>(end, limit_ * format_.axes);
  }
  return end > next_ ? static_cast<std::size_t>(end) - next_ : 0;
}

Status ReplaySensor::service() noexcept {
  if (ring_ == nullptr) {
    return Error::kWrongState;
  }
  if (next_ == samples_.size()) {
    return Error::kEmpty;
  }
  std::size_t left = chunk_;
  while (left > 0) {
    report_gap();
    const std::span<std::int16_t> room = ring_->claim();
    const std::size_t count = std::min({left, room.size(), until_gap()});
    if (count == 0) {
      break;
    }
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(next_), count, room.begin());
    ring_->commit(count);
    next_ += count;
    left -= count;
  }
  return {};
}

}  // namespace aiot::linux_port
