// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/check.hpp"

/// What computes with floats is `static`: a copy of an application that was built with other rules
/// for them must not replace the library's own when both are linked.
namespace aiot::nn {

/// real = scale * (code - zero_point).
struct QuantParams {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
};

/// `value` moved into [lo, hi].
constexpr std::int32_t clamp(std::int32_t value, std::int32_t lo, std::int32_t hi) noexcept {
  if (value < lo) {
    return lo;
  }
  return value > hi ? hi : value;
}

/// Nearest integer, ties away from zero, saturated to +-2^24; NaN gives 0. Exact for every float:
/// the fraction is compared, because adding 0.5 in float32 would round 0.49999997 up.
static constexpr std::int32_t round_half_away(float value) noexcept {
  constexpr float kLimit = 16777216.0F;  // from here on floats are integers
  if (!(value > -kLimit)) {
    return value <= -kLimit ? -16777216 : 0;
  }
  if (value >= kLimit) {
    return 16777216;
  }
  const auto whole = static_cast<std::int32_t>(value);
  const float fraction = value - static_cast<float>(whole);
  if (fraction >= 0.5F) {
    return whole + 1;
  }
  return fraction <= -0.5F ? whole - 1 : whole;
}

/// One value as int8: round(value / scale) + zero_point, saturated. Division, not multiplication by
/// the reciprocal, in float32: so the converters and interpreters of TFLite do it.
static constexpr std::int8_t quantize(float value, QuantParams params) noexcept {
  const std::int32_t code = round_half_away(value / params.scale) + params.zero_point;
  return static_cast<std::int8_t>(clamp(code, -128, 127));
}

/// Values to int8. Spans of different sizes end in AIOT_CHECK.
static inline void quantize(std::span<const float> values,
                            QuantParams params,
                            std::span<std::int8_t> out) noexcept {
  AIOT_CHECK(values.size() == out.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    out[i] = quantize(values[i], params);
  }
}

/// The real value of a code.
static constexpr float dequantize(std::int8_t code, QuantParams params) noexcept {
  return params.scale * static_cast<float>(code - params.zero_point);
}

/// Codes to real values. Spans of different sizes end in AIOT_CHECK.
static inline void dequantize(std::span<const std::int8_t> codes,
                              QuantParams params,
                              std::span<float> out) noexcept {
  AIOT_CHECK(codes.size() == out.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    out[i] = dequantize(codes[i], params);
  }
}

/// a + b and a * b modulo 2^32: what accumulators do on every core. A contract-conforming network
/// never wraps; for a damaged one the result is still defined.
constexpr std::int32_t wrap_add(std::int32_t a, std::int32_t b) noexcept {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

constexpr std::int32_t wrap_multiply(std::int32_t a, std::int32_t b) noexcept {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}

/// a * b / 2^31, ties up, saturated (only -2^31 * -2^31): the "saturating rounding doubling high
/// multiply" of the TFLite reference kernels.
constexpr std::int32_t doubling_high_multiply(std::int32_t a, std::int32_t b) noexcept {
  constexpr std::int32_t kMin = INT32_MIN;
  if (a == kMin && b == kMin) {
    return INT32_MAX;
  }
  const std::int64_t product = static_cast<std::int64_t>(a) * b;
  return static_cast<std::int32_t>((product + (std::int64_t{1} << 30)) >> 31);
}

/// value / 2^exponent, ties away from zero; exponent in [0, 62].
constexpr std::int32_t rounding_divide_by_power(std::int32_t value, unsigned exponent) noexcept {
  if (exponent == 0) {
    return value;
  }
  const std::int64_t half = std::int64_t{1} << (exponent - 1U);
  const std::int64_t wide = value;
  return static_cast<std::int32_t>(wide >= 0 ? (wide + half) >> exponent
                                             : -((half - wide) >> exponent));
}

/// A real factor as multiplier / 2^31 * 2^shift. For a factor that is not 0 the multiplier is in
/// [2^30, 2^31) and the shift in [-31, 30].
struct Multiplier {
  std::int32_t multiplier = 0;
  std::int32_t shift = 0;
};

/// value * factor with two roundings (the doubling high multiply, then the shift), bit for bit as
/// the TFLite reference kernels in their default build. A value that leaves int32 in the left shift
/// wraps, and of a shift outside of [-31, 31] the low five bits count: defined for every input.
constexpr std::int32_t requantize(std::int32_t value, Multiplier factor) noexcept {
  const auto shift = static_cast<std::uint32_t>(factor.shift);
  const unsigned left = factor.shift > 0 ? shift & 31U : 0U;
  const unsigned right = factor.shift < 0 ? (0U - shift) & 31U : 0U;
  const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << left);
  return rounding_divide_by_power(doubling_high_multiply(shifted, factor.multiplier), right);
}

/// The nearest `Multiplier` of a real factor; |factor| below 2^-32 becomes 0. For hosts: devices
/// get multipliers ready-made. `factor` must be finite and below 2^30.
constexpr Multiplier to_multiplier(double factor) noexcept {
  const bool negative = factor < 0.0;
  double fraction = negative ? -factor : factor;
  if (!(fraction > 0.0)) {
    return {};
  }
  std::int32_t shift = 0;
  while (fraction >= 1.0) {  // powers of two: exact
    fraction *= 0.5;
    ++shift;
  }
  while (fraction < 0.5) {
    fraction *= 2.0;
    --shift;
  }
  const double scaled = fraction * 2147483648.0;
  auto multiplier = static_cast<std::int64_t>(scaled);
  multiplier += scaled - static_cast<double>(multiplier) >= 0.5 ? 1 : 0;
  if (multiplier == std::int64_t{1} << 31) {
    multiplier /= 2;
    ++shift;
  }
  if (shift < -31) {
    return {};
  }
  return {static_cast<std::int32_t>(negative ? -multiplier : multiplier), shift};
}

}  // namespace aiot::nn
