// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/sim/sensor.hpp"

#include <algorithm>

namespace aiot::sim {

SimSensor::SimSensor(Machine& machine, const SensorConfig& config) noexcept
    : machine_(machine), config_(config) {}

SimSensor::SimSensor(Machine& machine, const SensorConfig& config, hal::ClockRef clock) noexcept
    : machine_(machine), config_(config), clock_(clock) {}

hal::SensorFormat SimSensor::format() const noexcept {
  return {.rate_hz = machine_.rate_hz(), .scale = machine_.scale(), .axes = 1, .bits = 16};
}

Status SimSensor::start(SampleRing& ring) noexcept {
  ring_ = &ring;
  if (clock_.has_value()) {
    started_ = clock_->now();
  }
  return {};
}

Status SimSensor::service() noexcept {
  if (ring_ == nullptr) {
    return Error::kWrongState;
  }
  if (config_.samples != 0 && done_ == config_.samples) {
    return Error::kEmpty;
  }
  const std::uint64_t until = due();
  while (done_ < until) {
    if (pass_gap() != 0) {
      continue;
    }
    const bool gap_ahead = next_gap_ < config_.gaps.size();
    const std::uint64_t stop = gap_ahead ? std::min(until, config_.gaps[next_gap_].at) : until;
    const std::uint64_t delivered = deliver(stop - done_);
    if (delivered == 0 && !clock_.has_value()) {
      break;
    }
    if (delivered == 0) {
      machine_.skip(stop - done_);
      ring_->lost(static_cast<std::size_t>(stop - done_));
      done_ = stop;
    }
  }
  return {};
}

/// Sample up to which the stream should have come by now.
std::uint64_t SimSensor::due() const noexcept {
  const std::uint64_t end = config_.samples != 0 ? config_.samples : ~std::uint64_t{0};
  if (!clock_.has_value()) {
    return end;
  }
  // Whole seconds and the rest apart, in integers: a long run does not depend on rounding.
  const auto rate_mhz = static_cast<std::uint64_t>(machine_.rate_hz() * 1000.0F + 0.5F);
  const auto elapsed_us = static_cast<std::uint64_t>((clock_->now() - started_).us);
  return std::min(end,
                  elapsed_us / 1'000'000U * rate_mhz / 1000U +
                      elapsed_us % 1'000'000U * rate_mhz / 1'000'000'000U);
}

/// Loses what the gap at this place takes away; the number of samples, 0 when there is none.
std::uint64_t SimSensor::pass_gap() noexcept {
  if (next_gap_ == config_.gaps.size() || config_.gaps[next_gap_].at > done_) {
    return 0;
  }
  const std::uint32_t count = config_.gaps[next_gap_++].count;
  machine_.skip(count);
  ring_->lost(count);
  done_ += count;
  return count;
}

/// Writes up to `samples` into the ring; the number that found room.
std::uint64_t SimSensor::deliver(std::uint64_t samples) noexcept {
  const std::span<std::int16_t> free = ring_->claim();
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(samples, free.size()));
  machine_.generate(free.first(count));
  ring_->commit(count);
  done_ += count;
  return count;
}

}  // namespace aiot::sim
