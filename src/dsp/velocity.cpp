// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/velocity.hpp"

#include <algorithm>
#include <array>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/spectrum.hpp"
#include "aiot/dsp/statistics.hpp"

namespace aiot::dsp {
namespace {

constexpr float kMillimetres = 1000.0F;
constexpr float kLargestPart = 0.4F;
constexpr std::size_t kChunk = 64;

Sections designed(const VelocityBand& band, float rate_hz) noexcept {
  const Result<Sections> sections = design_velocity(band, rate_hz);
  AIOT_CHECK(sections.ok());
  return *sections;
}

/// 1 / (1 - z^-1) integrates with 1 / (2 sin(w / 2)) instead of 1 / w. A mean of three samples with
/// weights (c, 1 - 2 c, c) takes the difference away, at w exactly and below nearly.
Section correction(float w) noexcept {
  const float half = sin(0.5F * w);
  const float c = (1.0F - 2.0F * half / w) / (4.0F * half * half);
  return section(Biquad<float>{c, 1.0F - 2.0F * c, c, 0.0F, 0.0F});
}

}  // namespace

Result<Sections> design_velocity(const VelocityBand& band, float rate_hz) noexcept {
  if (band.order < 2 || band.order > 6 || !(band.hi_hz > band.lo_hz)) {
    return Error::kInvalidArgument;
  }
  AIOT_TRY_ASSIGN(
      const Sections high,
      design_butterworth({FilterKind::kHighPass, band.order, band.lo_hz, 0.0F}, rate_hz));
  AIOT_TRY_ASSIGN(
      const Sections low,
      design_butterworth({FilterKind::kLowPass, band.order, 0.0F, band.hi_hz}, rate_hz));
  if (band.hi_hz > kLargestPart * rate_hz) {
    return Error::kOutOfRange;
  }
  Sections sections;
  // The first section of the high-pass has two zeros at z = 1: one of them goes.
  for (std::size_t i = 1; i < high.size(); ++i) {
    AIOT_CHECK(sections.push_back(high[i]));
  }
  Section integrating = high[0];
  integrating.n0 *= kMillimetres / rate_hz;
  integrating.n1 = integrating.n0;
  AIOT_CHECK(sections.push_back(integrating));
  for (const Section& section : low) {
    AIOT_CHECK(sections.push_back(section));
  }
  // Exact where the low-pass begins to show.
  constexpr float kWhere = 0.6F;
  AIOT_CHECK(sections.push_back(correction(2.0F * kPi * kWhere * (band.hi_hz / rate_hz))));
  return sections;
}

VelocityMeter::VelocityMeter(const VelocityBand& band, float rate_hz) noexcept
    : filter_([&] {
        const Sections sections = designed(band, rate_hz);
        return SosFilter({sections.begin(), sections.end()});
      }()) {
  constexpr float kTimeConstants = 7.0F;
  const float slowest =
      2.0F * kPi * (band.lo_hz / rate_hz) * sin(0.5F * kPi / static_cast<float>(band.order));
  settling_ = static_cast<std::uint32_t>(kTimeConstants / slowest);
  unsettled_ = settling_;
}

void VelocityMeter::add(std::span<const float> acceleration) noexcept {
  while (!acceleration.empty()) {
    const std::size_t size = std::min(kChunk, acceleration.size());
    add_chunk(acceleration.first(size));
    acceleration = acceleration.subspan(size);
  }
}

void VelocityMeter::add_chunk(std::span<const float> acceleration) noexcept {
  std::array<float, kChunk> memory{};
  const std::span<float> velocity = std::span{memory}.first(acceleration.size());
  if (!begun_) {
    begun_ = true;
    offset_ = mean(acceleration);
  }
  for (std::size_t i = 0; i < velocity.size(); ++i) {
    velocity[i] = acceleration[i] - offset_;
  }
  filter_.run(velocity, velocity);
  const std::size_t skipped = std::min<std::size_t>(unsettled_, velocity.size());
  unsettled_ -= static_cast<std::uint32_t>(skipped);
  float sum = 0.0F;
  for (const float v : velocity.subspan(skipped)) {
    sum += v * v;
  }
  sum_ += sum;
  count_ += static_cast<std::uint32_t>(velocity.size() - skipped);
}

float VelocityMeter::rms() const noexcept {
  return count_ == 0 ? 0.0F : sqrt(sum_ / static_cast<float>(count_));
}

void VelocityMeter::clear() noexcept {
  sum_ = 0.0F;
  count_ = 0;
}

void VelocityMeter::reset() noexcept {
  clear();
  filter_.reset();
  begun_ = false;
  unsettled_ = settling_;
}

float velocity_rms(std::span<const float> mean_square,
                   float rate_hz,
                   TaperKind taper,
                   float lo_hz,
                   float hi_hz) noexcept {
  AIOT_CHECK(mean_square.size() >= 2);
  const auto length = static_cast<std::uint32_t>(2 * (mean_square.size() - 1));
  const BinRange range = band_bins(length, rate_hz, lo_hz, hi_hz);
  const float bin_hz = rate_hz / static_cast<float>(length);
  return kMillimetres * sqrt(band_sum_integrated(mean_square, range, bin_hz, taper_spread(taper)));
}

}  // namespace aiot::dsp
