// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "aiot/core/check.hpp"
#include "aiot/core/ring.hpp"

namespace aiot::dsp {

inline constexpr std::uint32_t kMaxAxes = 8;

/// A run of samples without a gap, in physical units. `samples` is [axes][length] in m/s^2 and
/// points into the windower's memory: it is valid until the next `fill`.
struct Window {
  std::span<const float> samples{};
  std::uint32_t axes = 0;
  std::uint32_t length = 0;        ///< frames
  std::uint64_t first_sample = 0;  ///< frame index from the stream's origin, lost frames counted
  float rate_hz = 0.0F;
  std::uint32_t flags = 0;  ///< kFlagGapBefore, kFlagSaturated, kFlagFlatLine

  [[nodiscard]] std::span<const float> axis(std::uint32_t index) const noexcept {
    AIOT_CHECK(index < axes && samples.size() == std::size_t{axes} * length);
    return samples.subspan(std::size_t{index} * length, length);
  }
};

struct WindowerConfig {
  std::uint32_t length = 0;  ///< frames in a window
  std::uint32_t hop = 0;     ///< frames from one window's start to the next; may exceed `length`
  std::uint32_t axes = 1;    ///< 1..kMaxAxes
  float scale = 0.0F;        ///< m/s^2 per count
  float rate_hz = 0.0F;
  std::uint8_t bits = 16;  ///< 2..16: width of a code; its two end codes mean saturation
};

/// What a windower works in, in frames and axes of its configuration; outlives it.
struct WindowerMemory {
  std::span<std::int16_t> codes{};  ///< [axes * length], of the window that is being collected
  std::span<float> samples{};       ///< [axes * length], of the window that was handed out. May be
                                    ///< written to: a window can be worked on in place
};

/// Cuts the stream of a sample ring into windows, de-interleaved. Codes are collected, in half the
/// memory of samples, and scaled when a window is complete.
///
/// A window starts at a multiple of `hop`, counted in frames from the stream's origin with lost
/// frames included, so a window's place depends on the stream alone and not on when reading began.
/// No window goes across a gap: what was collected before it is dropped, and the first window
/// behind it carries `kFlagGapBefore`. Samples are consumed as they arrive, so the ring may be
/// smaller than a window.
class Windower {
 public:
  /// A bad configuration or memory of another size ends in AIOT_CHECK.
  Windower(const WindowerConfig& config, const WindowerMemory& memory) noexcept;

  /// No window starts before `frame` from here on: the restart rule. Earlier frames still have to
  /// arrive (or be reported as lost), because they are what places count from; a loss among them is
  /// not reported.
  void start_at(std::uint64_t frame) noexcept;

  /// The first sample that the ring delivers belongs to this frame of the stream instead of frame
  /// 0, for a source that can begin in the middle. To be called before the first `fill`.
  void set_origin(std::uint64_t frame) noexcept;

  /// Goes on where `before` was, which reads the same ring no more. With the same windows, axes and
  /// memory nothing is lost: the window that was being collected is finished. Otherwise the next
  /// one starts at the first of its own places behind what was read.
  void go_on(const Windower& before) noexcept;

  /// Takes what the ring holds until a window is complete. True: `out` is the next window. False:
  /// more samples are needed, and `out` is unchanged.
  [[nodiscard]] bool fill(SampleRing& ring, Window& out) noexcept;

  /// Makes the samples of the last window what they were when `fill` handed them out.
  void restore() noexcept;

  /// Frames of the stream so far, lost ones included.
  [[nodiscard]] std::uint64_t position() const noexcept { return sample_ / config_.axes; }

  /// The same, those included that wait in `ring`, which is the one that `fill` reads.
  [[nodiscard]] std::uint64_t arrived(const SampleRing& ring) const noexcept {
    return (sample_ + ring.outstanding()) / config_.axes;
  }

  /// First frame of the window that is next, as far as is known: no window before it will come.
  [[nodiscard]] std::uint64_t next_start() const noexcept { return start_; }

 private:
  [[nodiscard]] std::uint64_t frames_begun() const noexcept;
  void pass_over(std::uint64_t frame) noexcept;
  void rebase() noexcept;
  void hand_out(Window& out) noexcept;
  [[nodiscard]] std::size_t take(std::span<const std::int16_t> run) noexcept;
  void copy_axis(std::span<const std::int16_t> run,
                 std::uint32_t from,
                 std::uint32_t axis) noexcept;
  [[nodiscard]] bool any_axis_flat() const noexcept;

  WindowerConfig config_;
  WindowerMemory memory_;
  std::uint64_t sample_ = 0;           // index of the ring's next sample, all axes counted
  std::uint64_t base_ = 0;             // frame in the first column of the storage
  std::uint64_t start_ = 0;            // frame at which the next window starts
  std::uint64_t saturated_until_ = 0;  // frame behind the last saturated one
  std::uint64_t begin_ = 0;            // as given to start_at
  bool gap_ = false;                   // samples were lost since the last window, behind begin_
};

}  // namespace aiot::dsp
