// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/windower.hpp"

#include <algorithm>
#include <cstddef>

#include "aiot/core/flags.hpp"

namespace aiot::dsp {
namespace {

/// Smallest multiple of `hop` that is not before `frame`.
std::uint64_t place_behind(std::uint64_t frame, std::uint32_t hop) noexcept {
  const std::uint64_t past = frame % hop;
  return past == 0 ? frame : frame + (hop - past);
}

}  // namespace

Windower::Windower(const WindowerConfig& config, const WindowerMemory& memory) noexcept
    : config_(config), memory_(memory) {
  AIOT_CHECK(config.length > 0 && config.hop > 0);
  AIOT_CHECK(config.axes >= 1 && config.axes <= kMaxAxes);
  AIOT_CHECK(config.bits >= 2 && config.bits <= 16);
  const std::size_t size = std::size_t{config.axes} * config.length;
  AIOT_CHECK(memory.codes.size() == size && memory.samples.size() == size);
}

void Windower::start_at(std::uint64_t frame) noexcept {
  begin_ = std::max(begin_, frame);
  pass_over(frame);
}

/// No window starts before `frame`.
void Windower::pass_over(std::uint64_t frame) noexcept {
  start_ = std::max(start_, place_behind(frame, config_.hop));
}

void Windower::set_origin(std::uint64_t frame) noexcept {
  sample_ = frame * config_.axes;
  start_at(frame);
}

void Windower::go_on(const Windower& before) noexcept {
  AIOT_CHECK(before.config_.axes == config_.axes);
  sample_ = before.sample_;
  begin_ = before.begin_;
  gap_ = before.gap_;
  saturated_until_ = before.saturated_until_;
  if (before.config_.length == config_.length && before.config_.hop == config_.hop &&
      before.memory_.codes.data() == memory_.codes.data()) {
    base_ = before.base_;
    start_ = before.start_;
    return;
  }
  pass_over(std::max(frames_begun(), begin_));
}

bool Windower::fill(SampleRing& ring, Window& out) noexcept {
  while (true) {
    rebase();
    if (sample_ == (start_ + config_.length) * config_.axes) {
      hand_out(out);
      return true;
    }
    if (const std::size_t lost = ring.take_gap(); lost != 0) {
      sample_ += lost;
      pass_over(frames_begun());
      // What was lost before the place of a restart is no news to the windows behind it.
      gap_ = gap_ || frames_begun() > begin_;
      continue;
    }
    const std::span<const std::int16_t> run = ring.peek(0);
    if (run.empty()) {
      return false;
    }
    ring.consume(take(run));
  }
}

std::uint64_t Windower::frames_begun() const noexcept {
  return (sample_ + config_.axes - 1U) / config_.axes;
}

/// Brings the frame at which the next window starts to the front of the memory.
void Windower::rebase() noexcept {
  if (base_ == start_) {
    return;
  }
  const std::uint64_t collected = frames_begun();
  if (collected > start_) {
    const auto shift = static_cast<std::ptrdiff_t>(start_ - base_);
    const auto keep = static_cast<std::ptrdiff_t>(collected - start_);
    for (std::uint32_t axis = 0; axis < config_.axes; ++axis) {
      std::int16_t* const row = memory_.codes.data() + std::size_t{axis} * config_.length;
      std::copy(row + shift, row + shift + keep, row);
    }
  }
  base_ = start_;
}

void Windower::restore() noexcept {
  const float scale = config_.scale;
  float* out = memory_.samples.data();
  for (const std::int16_t code : memory_.codes) {
    *out++ = static_cast<float>(code) * scale;
  }
}

void Windower::hand_out(Window& out) noexcept {
  restore();
  out.samples = memory_.samples;
  out.axes = config_.axes;
  out.length = config_.length;
  out.first_sample = start_;
  out.rate_hz = config_.rate_hz;
  out.flags = 0;
  if (gap_) {
    out.flags |= kFlagGapBefore;
  }
  if (saturated_until_ > start_) {
    out.flags |= kFlagSaturated;
  }
  if (any_axis_flat()) {
    out.flags |= kFlagFlatLine;
  }
  gap_ = false;
  start_ += config_.hop;
}

/// Skips or copies what belongs to the window being collected; returns the samples used.
std::size_t Windower::take(std::span<const std::int16_t> run) noexcept {
  const std::uint64_t begin = start_ * config_.axes;
  if (sample_ < begin) {
    const std::size_t skipped =
        static_cast<std::size_t>(std::min<std::uint64_t>(run.size(), begin - sample_));
    sample_ += skipped;
    return skipped;
  }
  const auto from = static_cast<std::uint32_t>(sample_ - begin);
  const std::size_t count = std::min<std::size_t>(run.size(), memory_.codes.size() - from);
  for (std::uint32_t axis = 0; axis < config_.axes; ++axis) {
    copy_axis(run.first(count), from, axis);
  }
  sample_ += count;
  return count;
}

/// Every `axes`-th sample of `run`, which begins `from` samples into the window.
void Windower::copy_axis(std::span<const std::int16_t> run,
                         std::uint32_t from,
                         std::uint32_t axis) noexcept {
  const std::int32_t highest = (std::int32_t{1} << (config_.bits - 1U)) - 1;
  const std::int32_t lowest = -highest - 1;
  const std::uint32_t first = (axis + config_.axes - from % config_.axes) % config_.axes;
  std::uint32_t at = (from + first) / config_.axes;
  std::uint32_t saturated_until = 0;
  std::int16_t* const row = memory_.codes.data() + std::size_t{axis} * config_.length;
  for (std::size_t i = first; i < run.size(); i += config_.axes) {
    const std::int32_t code = run[i];
    row[at++] = run[i];
    if (code >= highest || code <= lowest) {
      saturated_until = at;
    }
  }
  if (saturated_until != 0) {
    saturated_until_ = std::max(saturated_until_, start_ + saturated_until);
  }
}

bool Windower::any_axis_flat() const noexcept {
  for (std::uint32_t axis = 0; axis < config_.axes; ++axis) {
    const std::int16_t* const row = memory_.codes.data() + std::size_t{axis} * config_.length;
    std::uint32_t same = 1;
    while (same < config_.length && row[same] == row[0]) {
      ++same;
    }
    if (same == config_.length) {
      return true;
    }
  }
  return false;
}

}  // namespace aiot::dsp
