// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/bearing_monitor.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kShortestTransform = 256;

/// Weight of a window in the level of impacts: about the last thirty count.
constexpr float kListening = 1.0F / 32.0F;

/// A band whose bins have less than this part of the power of the richest band is empty: behind an
/// anti-alias filter, say. Whitened, its rounding would look like a signal.
constexpr float kEmpty = 1e-6F;

/// Mean power of the bins of `range` in a packed spectrum, under a Hann taper: without one a loud
/// band leaks 1e-5 of itself into an empty one.
float mean_power(std::span<const float> packed, BinRange range) noexcept {
  const auto last_inner = static_cast<std::uint32_t>(packed.size() / 2 - 2);
  const std::uint32_t first = std::max<std::uint32_t>(range.first, 2U);
  const std::uint32_t last = std::min(range.last, last_inner);
  float sum = 0.0F;
  for (std::uint32_t k = first; k <= last; ++k) {
    const float* const at = packed.data() + 2 * std::size_t{k};
    const float re = 2.0F * at[0] - at[-2] - at[2];
    const float im = 2.0F * at[1] - at[-1] - at[3];
    sum += re * re + im * im;
  }
  return last < first ? 0.0F : sum / static_cast<float>(last - first + 1);
}

}  // namespace

Status check(const BearingPlan& plan) noexcept {
  const bool good = is_fft_size(plan.transform) && plan.transform >= kShortestTransform &&
                    plan.slots >= 1 && plan.slots <= kMaxBearingViews && plan.averages >= 2 &&
                    plan.averages <= 64;
  return good ? Status{} : Error::kInvalidArgument;
}

BearingMonitor::BearingMonitor(const BearingPlan& plan,
                               const MonitoredBearing& bearing,
                               float rate_hz,
                               std::uint32_t window,
                               std::span<float> memory) noexcept
    : plan_(plan),
      orders_(bearing_orders(bearing.geometry)),
      rate_hz_(rate_hz),
      speed_rpm_(bearing.speed_rpm),
      window_(window),
      bands_(envelope_bands(rate_hz, bearing.speed_rpm / 60.0F)) {
  AIOT_CHECK(check(plan).ok() && check(bearing.geometry).ok() && bearing.speed_rpm > 0.0F);
  AIOT_CHECK(is_fft_size(window) && window >= kMinOctaveWindow &&
             memory.size() == bearing_floats(plan));
  const auto take = [&memory](std::size_t floats) noexcept {
    const std::span<float> part = memory.first(floats);
    memory = memory.subspan(floats);
    return part;
  };
  for (std::uint8_t i = 0; i < plan.slots; ++i) {
    Slot slot;
    slot.memory.taps = take(order_taps(kMonitorFactor));
    slot.memory.delay = take(OrderSpectrum::delay_floats(kMonitorFactor));
    slot.memory.signal = take(plan.transform);
    slot.memory.power = take(plan.transform / 2 + 1);
    slot.view = i;
    if (i < views()) {
      AIOT_CHECK(slots_.push_back(slot));
      begin(slots_[i]);
    }
  }
}

void BearingMonitor::begin(Slot& slot) noexcept {
  OrderTarget target{.samples_per_revolution = kDirectSamplesPerRevolution,
                     .longest = plan_.transform,
                     .most_factor = kMonitorFactor};
  float rate = rate_hz_;
  if (slot.view > 0) {
    target.samples_per_revolution = envelope_samples_per_revolution(orders_);
    rate =
        envelope_rate(envelope_bins(bands_[slot.view - 1U], rate_hz_, window_), rate_hz_, window_);
  }
  const OrderPlan plan = plan_orders(rate, speed_rpm_ / 60.0F, target);
  slot.spectrum.emplace(
      plan,
      OrderSpectrum::Memory{
          .taps = slot.memory.taps.first(order_taps(plan.factor)),
          .delay = slot.memory.delay.first(OrderSpectrum::delay_floats(plan.factor)),
          .signal = slot.memory.signal.first(plan.length),
          .power = slot.memory.power.first(plan.length / 2 + 1)});
}

bool BearingMonitor::add(std::span<const float> samples,
                         std::span<const float> octaves,
                         std::span<float> scratch) noexcept {
  AIOT_CHECK(samples.size() == window_ && octaves.size() == kOctaveFeatures);
  AIOT_CHECK(scratch.size() >= bearing_scratch(plan_, window_));
  listen(octaves);
  bool changed = false;
  const float offset = mean(samples);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.view == 0) {
      slot.spectrum->add(samples.first(window_ / 2), scratch.subspan(window_ / 2));
    } else if (!add_envelope(slot, samples, offset, scratch)) {
      found_[slot.view - 1U] = {};
      next(slot);
      continue;
    }
    if (slot.spectrum->averages() >= plan_.averages) {
      look(slot, scratch);
      next(slot);
      changed = true;
    }
  }
  return changed;
}

/// False when the slot's band has no content.
bool BearingMonitor::add_envelope(Slot& slot,
                                  std::span<const float> samples,
                                  float offset,
                                  std::span<float> scratch) noexcept {
  const BinRange bins = envelope_bins(bands_[slot.view - 1U], rate_hz_, window_);
  const std::span<float> spectrum = scratch.first(window_);
  rfft(samples, offset, spectrum);
  if (is_empty(bins, spectrum)) {
    return false;
  }
  const std::size_t values = envelope_values(bins);
  const std::span<float> envelope = scratch.last(values);
  // The inverse transform takes the front of the spectrum's place; its end is free by then.
  whitened_envelope(spectrum, bins, envelope);
  slot.spectrum->add(envelope, scratch.first(scratch.size() - values));
  return true;
}

bool BearingMonitor::is_empty(BinRange bins, std::span<const float> spectrum) const noexcept {
  float richest = 0.0F;
  for (const FrequencyBand& band : bands_) {
    richest = std::max(richest, mean_power(spectrum, envelope_bins(band, rate_hz_, window_)));
  }
  return mean_power(spectrum, bins) < kEmpty * richest;
}

void BearingMonitor::look(Slot& slot, std::span<float> scratch) noexcept {
  if (slot.view == 0) {
    direct_ = look_at_vibration(*slot.spectrum, orders_, scratch);
  } else {
    const FrequencyBand& band = bands_[slot.view - 1U];
    found_[slot.view - 1U] =
        look_at_envelope(*slot.spectrum, band, orders_, direct_.correction, scratch);
  }
  float impacts = 0.0F;
  for (const float level : impacts_db_) {
    // 10 to the power of level / 10.
    impacts = std::max(impacts, exp(0.230258509F * level) - 2.0F);
  }
  evidence_ = conclude(direct_, std::span(found_).first(bands_.size()), impacts, speed_rpm_);
}

void BearingMonitor::next(Slot& slot) noexcept {
  const std::size_t view = slot.view + slots_.size();
  if (view < views()) {
    slot.view = static_cast<std::uint8_t>(view);
  } else {
    slot.view = static_cast<std::uint8_t>(view % slots_.size());
    rounds_ += slot.view == 0 ? 1U : 0U;
  }
  begin(slot);
}

void BearingMonitor::listen(std::span<const float> octaves) noexcept {
  ++heard_;
  const float share = std::max(kListening, 1.0F / static_cast<float>(heard_));
  for (std::size_t k = 0; k < impacts_db_.size(); ++k) {
    impacts_db_[k] += share * (octaves[kEnvelopeFeature + k] - impacts_db_[k]);
  }
}

void BearingMonitor::interrupt() noexcept {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].spectrum->interrupt();
  }
}

}  // namespace aiot::dsp
