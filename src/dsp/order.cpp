// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/order.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kMostPulses = 4096;
constexpr std::uint32_t kMostSamples = 65536;

/// Samples that a value needs before the one at or before it, and behind that.
constexpr std::size_t kBefore = 2;
constexpr std::size_t kBehind = 3;

/// Samples that are kept when no pulse needs them: a pulse may lie before the next block's first.
constexpr std::size_t kKeep = kBefore + 2;

/// The polynomial of degree five through at[-2] .. at[3], at 0 <= t < 1 from at[0] (Lagrange).
float interpolate(const float* at, float t) noexcept {
  const float a = t + 2.0F;
  const float b = t + 1.0F;
  const float d = t - 1.0F;
  const float e = t - 2.0F;
  const float f = t - 3.0F;
  const float ab = a * b;
  const float ef = e * f;
  const float abt = ab * t;
  const float def = d * ef;
  const float inner = t * def;
  return (at[3] * (abt * (d * e)) - at[-2] * (b * inner)) * (1.0F / 120.0F) +
         (at[-1] * (a * inner) - at[2] * (abt * (d * f))) * (1.0F / 24.0F) +
         (at[1] * (abt * ef) - at[0] * (ab * def)) * (1.0F / 12.0F);
}

}  // namespace

AngleResampler::AngleResampler(const OrderConfig& config, std::span<float> storage) noexcept
    : config_(config), storage_(storage) {
  AIOT_CHECK(config.pulses_per_rev >= 1 && config.pulses_per_rev <= kMostPulses);
  AIOT_CHECK(config.samples_per_rev >= 1 && config.samples_per_rev <= kMostSamples);
  AIOT_CHECK(storage.size() >= 2 * kKeep);
}

void AngleResampler::reset() noexcept {
  kept_ = 0;
  phase_ = 0;
  has_pulse_ = false;
  has_pending_ = false;
}

std::size_t AngleResampler::angle_samples(std::size_t intervals) const noexcept {
  return (intervals * config_.samples_per_rev + config_.pulses_per_rev - 1) /
         config_.pulses_per_rev;
}

Result<std::size_t> AngleResampler::run(std::span<const float> samples,
                                        std::span<const float> pulses,
                                        std::span<float> out) noexcept {
  AIOT_CHECK(out.size() >= angle_samples(pulses.size() + 1));
  if (samples.size() > storage_.size() - kept_) {
    reset();
    return Error::kNoSpace;
  }
  const auto shift = static_cast<float>(kept_);
  std::copy(samples.begin(), samples.end(), storage_.begin() + static_cast<std::ptrdiff_t>(kept_));
  kept_ += samples.size();
  std::size_t count = 0;
  if (has_pending_) {
    has_pending_ = false;
    count += pass(pending_, out);
  }
  for (const float pulse : pulses) {
    const float position = shift + pulse;
    const float last = has_pending_ ? pending_ : pulse_;
    const bool in_block = pulse > -1.0F && position < static_cast<float>(kept_);
    const bool in_order = !(has_pulse_ || has_pending_) || position >= last + kShortestPulse;
    if (!in_block || !in_order) {
      reset();
      return Error::kInvalidArgument;
    }
    if (has_pending_) {
      has_pending_ = false;
      count += pass(pending_, out.subspan(count));
    }
    count += pass(position, out.subspan(count));
  }
  forget();
  return count;
}

/// Writes the interval that ends with a pulse, or keeps the pulse until enough samples are there.
std::size_t AngleResampler::pass(float position, std::span<float> out) noexcept {
  const auto whole = position < 0.0F ? std::size_t{0} : static_cast<std::size_t>(position);
  if (!has_pulse_) {
    // Nothing lies before the first sample of all: the angle begins with the next pulse.
    has_pulse_ = position >= static_cast<float>(kBefore);
    pulse_ = position;
    return 0;
  }
  // One sample more than it takes, because rounding may put a value at the pulse itself.
  if (whole + kBehind + 1 >= kept_) {
    pending_ = position;
    has_pending_ = true;
    return 0;
  }
  const std::size_t count = write_interval(position, out);
  pulse_ = position;
  return count;
}

std::size_t AngleResampler::write_interval(float end, std::span<float> out) noexcept {
  const auto whole = static_cast<std::size_t>(pulse_);
  const float rest = pulse_ - static_cast<float>(whole);
  const float step = (end - pulse_) / static_cast<float>(config_.samples_per_rev);
  const float* const from = storage_.data() + whole;
  std::size_t count = 0;
  while (phase_ < config_.samples_per_rev) {
    const float place = rest + step * static_cast<float>(phase_);
    const auto index = static_cast<std::size_t>(place);
    out[count++] = interpolate(from + index, place - static_cast<float>(index));
    phase_ += config_.pulses_per_rev;
  }
  phase_ -= config_.samples_per_rev;
  return count;
}

/// Drops the samples that no value to come needs.
void AngleResampler::forget() noexcept {
  std::size_t drop = kept_ > kKeep ? kept_ - kKeep : 0;
  if (has_pulse_) {
    drop = std::min(drop, static_cast<std::size_t>(pulse_) - kBefore);
  }
  std::copy(storage_.begin() + static_cast<std::ptrdiff_t>(drop),
            storage_.begin() + static_cast<std::ptrdiff_t>(kept_),
            storage_.begin());
  kept_ -= drop;
  pulse_ -= static_cast<float>(drop);
  pending_ -= static_cast<float>(drop);
}

}  // namespace aiot::dsp
