// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/order_spectrum.hpp"

#include <algorithm>
#include <array>

#include "aiot/core/check.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/spectrum.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kShortest = 256;

/// Of the decimated rate: what passes, and what must not come back as something else. The lines are
/// measured against their neighbours, so a slope in the pass band does no harm.
constexpr float kPass = 0.22F;
constexpr float kStop = 0.58F;
constexpr float kAttenuationDb = 45.0F;

std::uint32_t blocks_in(float samples, std::uint32_t length) noexcept {
  const auto points = static_cast<float>(length);
  return samples < points ? 0U
                          : 1U + static_cast<std::uint32_t>((samples - points) / (0.5F * points));
}

}  // namespace

OrderPlan plan_orders(float rate_hz, float shaft_hz, const OrderTarget& target) noexcept {
  AIOT_CHECK(rate_hz > 0.0F && shaft_hz > 0.0F && target.samples_per_revolution > 0.0F);
  AIOT_CHECK(is_fft_size(target.longest));
  OrderPlan plan;
  const float factor = rate_hz / (target.samples_per_revolution * shaft_hz);
  const std::uint32_t most = std::clamp<std::uint32_t>(target.most_factor, 1U, kMaxFactor);
  plan.factor = factor >= static_cast<float>(most) ? most
                : factor > 1.0F                    ? static_cast<std::uint32_t>(factor)
                                                   : 1U;
  const float rate = rate_hz / static_cast<float>(plan.factor);
  // The power of two that is nearest in ratio.
  const float wanted = target.revolutions * rate / shaft_hz * 0.707106781F;
  plan.length = kMinFft;
  while (plan.length < target.longest && static_cast<float>(plan.length) < wanted) {
    plan.length *= 2;
  }
  while (target.duration_s > 0.0F && plan.length > kShortest &&
         blocks_in(target.duration_s * rate, plan.length) < target.least_averages) {
    plan.length /= 2;
  }
  const auto points = static_cast<float>(plan.length);
  plan.order_step = rate / (shaft_hz * points);
  plan.revolutions = points * shaft_hz / rate;
  return plan;
}

OrderSpectrum::OrderSpectrum(const OrderPlan& plan, const Memory& memory) noexcept
    : plan_(plan), memory_(memory) {
  AIOT_CHECK(is_fft_size(plan.length) && memory.signal.size() == plan.length &&
             memory.power.size() == plan.length / 2 + 1);
  AIOT_CHECK(memory.taps.size() == order_taps(plan.factor) &&
             memory.delay.size() == delay_floats(plan.factor));
  if (plan.factor > 1) {
    const auto factor = static_cast<float>(plan.factor);
    const LowPassSpec spec{kPass / factor, std::min(kStop / factor, 0.5F), kAttenuationDb};
    AIOT_CHECK(design_low_pass(spec, memory.taps).ok());
    decimator_.emplace(memory.taps, plan.factor, TapSymmetry::kEven, memory.delay);
  }
  restart_average();
}

void OrderSpectrum::add(std::span<const float> samples, std::span<float> scratch) noexcept {
  AIOT_CHECK(scratch.size() >= plan_.length);
  if (!decimator_.has_value()) {
    take(samples, scratch);
    return;
  }
  std::array<float, kPiece> piece{};
  for (std::size_t at = 0; at < samples.size(); at += kPiece) {
    const auto part = samples.subspan(at, std::min(kPiece, samples.size() - at));
    const std::size_t count = decimator_->run(part, piece);
    take(std::span(piece).first(count), scratch);
  }
}

void OrderSpectrum::take(std::span<const float> values, std::span<float> scratch) noexcept {
  while (!values.empty()) {
    const std::size_t count = std::min(values.size(), memory_.signal.size() - filled_);
    std::copy_n(
        values.begin(), count, memory_.signal.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += count;
    values = values.subspan(count);
    if (filled_ == memory_.signal.size()) {
      transform(scratch.first(plan_.length));
      const auto half = static_cast<std::ptrdiff_t>(filled_ / 2);
      std::copy(memory_.signal.begin() + half, memory_.signal.end(), memory_.signal.begin());
      filled_ /= 2;
    }
  }
}

void OrderSpectrum::transform(std::span<float> scratch) noexcept {
  mean_square_spectrum(memory_.signal, mean(memory_.signal), scratch);
  for (std::size_t k = 0; k < memory_.power.size(); ++k) {
    memory_.power[k] += scratch[k];
  }
  ++averages_;
}

void OrderSpectrum::restart_average() noexcept {
  std::fill(memory_.power.begin(), memory_.power.end(), 0.0F);
  averages_ = 0;
}

void OrderSpectrum::interrupt() noexcept {
  filled_ = 0;
  if (decimator_.has_value()) {
    decimator_->reset();
  }
}

}  // namespace aiot::dsp
