// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <bit>

#include "aiot/dsp/decimate.hpp"
#include "aiot/dsp/math.hpp"

namespace aiot::dsp {
namespace {

constexpr bool is_finite(float x) noexcept {
  return (std::bit_cast<std::uint32_t>(x) & 0x7F800000U) != 0x7F800000U;
}

/// Modified Bessel function of the first kind, order 0: all terms are positive.
float bessel(float x) noexcept {
  const float quarter = 0.25F * x * x;
  float term = 1.0F;
  float sum = 1.0F;
  for (float k = 1.0F; term > 1e-9F * sum; k += 1.0F) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/// Kaiser's estimates are short by up to this, most of all with few taps.
constexpr float kMarginDb = 2.0F;

/// The window's parameter by Kaiser's formula.
float kaiser_beta(float attenuation_db) noexcept {
  if (attenuation_db > 50.0F) {
    return 0.1102F * (attenuation_db - 8.7F);
  }
  const float above = attenuation_db - 21.0F;
  return 0.5842F * exp(0.4F * log(above)) + 0.07886F * above;
}

/// sin(2 pi edge t) / (pi t), with t in samples from the middle.
float sinc(float edge, float t) noexcept {
  return t == 0.0F ? 2.0F * edge : sin(2.0F * kPi * edge * t) / (kPi * t);
}

Status check(const LowPassSpec& spec) noexcept {
  if (!is_finite(spec.pass) || !is_finite(spec.stop) || !is_finite(spec.attenuation_db) ||
      spec.pass <= 0.0F || spec.stop <= spec.pass || spec.stop > 0.5F ||
      spec.attenuation_db < 40.0F || spec.attenuation_db > 100.0F) {
    return Error::kInvalidArgument;
  }
  return {};
}

}  // namespace

Result<std::uint32_t> taps_for(const LowPassSpec& spec) noexcept {
  AIOT_TRY(check(spec));
  const float steps =
      (spec.attenuation_db + kMarginDb - 7.95F) / (14.36F * (spec.stop - spec.pass));
  constexpr float kMost = 1e6F;
  if (!(steps < kMost)) {
    return Error::kInvalidArgument;
  }
  return static_cast<std::uint32_t>(steps) + 2U;
}

Status design_low_pass(const LowPassSpec& spec, std::span<float> taps) noexcept {
  AIOT_TRY_ASSIGN(const std::uint32_t needed, taps_for(spec));
  if (taps.size() < needed) {
    return Error::kNoSpace;
  }
  const float edge = 0.5F * (spec.pass + spec.stop);
  const float beta = kaiser_beta(spec.attenuation_db + kMarginDb);
  const float middle = 0.5F * static_cast<float>(taps.size() - 1);
  float sum = 0.0F;
  // From the ends, where the values are small, to the middle.
  for (std::size_t i = 0; i < (taps.size() + 1) / 2; ++i) {
    const std::size_t mirror = taps.size() - 1 - i;
    const float t = middle - static_cast<float>(i);
    const float ratio = t / middle;
    const float tap = sinc(edge, t) * bessel(beta * sqrt((1.0F - ratio) * (1.0F + ratio)));
    taps[i] = tap;
    taps[mirror] = tap;
    sum += i == mirror ? tap : 2.0F * tap;
  }
  for (float& tap : taps) {
    tap /= sum;
  }
  return {};
}

}  // namespace aiot::dsp
