// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/envelope_follower.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kLowPassOrder = 4;
constexpr float kRatePerEnvelope = 4.0F;
constexpr std::uint32_t kMostFactor = 4096;

/// Mean of a rectified tone is 2 / pi of its amplitude, of a squared one half of the square.
void rectify(std::span<float> values) noexcept {
  constexpr float kScale = 0.5F * kPi;
  for (float& x : values) {
    x = kScale * (x < 0.0F ? -x : x);
  }
}

void square(std::span<float> values) noexcept {
  for (float& x : values) {
    x = 2.0F * x * x;
  }
}

}  // namespace

Result<EnvelopeFollowerPlan> plan_envelope_follower(const EnvelopeFollowerSpec& spec,
                                                    float rate_hz) noexcept {
  EnvelopeFollowerPlan plan;
  plan.kind = spec.kind;
  AIOT_TRY_ASSIGN(plan.band,
                  design_butterworth({.kind = FilterKind::kBandPass,
                                      .order = spec.band_order,
                                      .lo_hz = spec.lo_hz,
                                      .hi_hz = spec.hi_hz},
                                     rate_hz));
  AIOT_TRY_ASSIGN(
      plan.low,
      design_butterworth(
          {.kind = FilterKind::kLowPass, .order = kLowPassOrder, .hi_hz = spec.envelope_hz},
          rate_hz));
  if (spec.envelope_hz > spec.lo_hz) {
    return Error::kOutOfRange;
  }
  const float largest = rate_hz / (kRatePerEnvelope * spec.envelope_hz);
  plan.factor = std::clamp<std::uint32_t>(
      static_cast<std::uint32_t>(std::min(largest, 1e6F)), 1, kMostFactor);
  return plan;
}

EnvelopeFollower::EnvelopeFollower(const EnvelopeFollowerPlan& plan) noexcept
    : band_(std::span<const Section>(plan.band.begin(), plan.band.size())),
      low_(std::span<const Section>(plan.low.begin(), plan.low.size())),
      kind_(plan.kind),
      factor_(plan.factor) {
  AIOT_CHECK(plan.factor >= 1);
}

std::size_t EnvelopeFollower::outputs(std::size_t samples) const noexcept {
  return samples > skip_ ? (samples - skip_ - 1) / factor_ + 1 : 0;
}

std::size_t EnvelopeFollower::run(std::span<const float> samples,
                                  std::span<float> work,
                                  std::span<float> out) noexcept {
  AIOT_CHECK(work.size() == samples.size());
  const std::size_t count = outputs(samples.size());
  AIOT_CHECK(out.size() >= count);
  band_.run(samples, work);
  if (kind_ == EnvelopeKind::kMagnitude) {
    rectify(work);
  } else {
    square(work);
  }
  low_.run(work, work);
  std::size_t at = skip_;
  for (std::size_t i = 0; i < count; ++i, at += factor_) {
    out[i] = work[at];
  }
  skip_ = static_cast<std::uint32_t>(at - samples.size());
  return count;
}

void EnvelopeFollower::reset() noexcept {
  band_.reset();
  low_.reset();
  skip_ = 0;
}

}  // namespace aiot::dsp
