// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"
#include "aiot/core/ring.hpp"
#include "aiot/hal/sensor.hpp"

namespace aiot::linux_port {

/// Frames that a recording does not have.
struct ReplayGap {
  std::uint64_t frame = 0;  ///< index into the stored frames that the gap is in front of
  std::uint64_t lost = 0;   ///< frames
};

/// A recording as a sensor: plays samples and gaps into the ring as fast as there is room, at most
/// one chunk a `service`.
class ReplaySensor {
 public:
  /// `samples` is [frame][axis], `gaps` rises by frame; both outlive the sensor. `chunk_frames` is
  /// the most that one `service` delivers, at least 1.
  ReplaySensor(const hal::SensorFormat& format,
               std::span<const std::int16_t> samples,
               std::span<const ReplayGap> gaps,
               std::size_t chunk_frames) noexcept;

  /// Begins with stored frame `frame` instead of the first one; gaps in front of it are not told.
  /// To be called before `start`. Errors: `kOutOfRange` behind the end.
  Status start_at_frame(std::uint64_t frame) noexcept;

  /// At most this many stored frames are delivered from now on, whatever the ring has room for: how
  /// a loop keeps pace with a clock.
  void allow_until(std::uint64_t frame) noexcept { limit_ = frame; }

  hal::SensorFormat format() const noexcept { return format_; }

  Status start(SampleRing& ring) noexcept;

  /// Errors: `kEmpty` everything was delivered; `kWrongState` not started.
  Status service() noexcept;

  /// Stored frames that were delivered whole.
  [[nodiscard]] std::uint64_t position() const noexcept { return next_ / format_.axes; }

  [[nodiscard]] std::uint64_t frames() const noexcept { return samples_.size() / format_.axes; }

 private:
  void report_gap() noexcept;
  [[nodiscard]] std::size_t until_gap() const noexcept;

  hal::SensorFormat format_;
  std::span<const std::int16_t> samples_;
  std::span<const ReplayGap> gaps_;
  std::size_t chunk_;
  SampleRing* ring_ = nullptr;
  std::size_t next_ = 0;      // next sample
  std::size_t next_gap_ = 0;  // first gap that was not reported
  std::uint64_t limit_ = UINT64_MAX;
};

static_assert(hal::SensorSource<ReplaySensor>);

}  // namespace aiot::linux_port
