// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// Elementary functions of our own, because those of libm differ between machines: float in, float
/// out, only + - * / and integer operations in a fixed order. The same bits on every machine when
/// built with -ffp-contract=off. All but sqrt are usable at compile time. Error bounds are in units
/// in the last place of the result (ulp), measured over all or a dense part of the arguments by
/// tests/core/math_host_test.cpp.
///
/// All are `static`: a copy of an application that was built with contraction must not replace the
/// library's own when both are linked.
namespace aiot::math {

inline constexpr float kPi = 3.14159265F;

namespace detail {

inline constexpr float kInfinity = std::bit_cast<float>(0x7F800000U);
inline constexpr float kNotANumber = std::bit_cast<float>(0x7FC00000U);

/// An angle as the nearest quarter turn (mod 4) and the rest in quarter turns, -1/2..1/2, in two
/// parts that do not overlap.
struct Quadrant {
  std::uint32_t index = 0;
  float rest = 0.0F;
  float low = 0.0F;
};

/// sin(pi/2 (t + low)) for |t| <= 1/2. Minimax polynomial of relative error 2^-37; pi/2 in two
/// parts.
static constexpr float sin_quadrant(float t, float low) noexcept {
  const float z = t * t;
  const float p =
      z * (-0.645964096F + z * (0.0796925818F + z * (-0.00468126061F + z * 0.000158195074F)));
  return t * 1.57079637F + (t * (p - 4.37113883e-8F) + low * (1.57079637F + 3.0F * p));
}

/// cos(pi/2 t) for |t| <= 1/2. Minimax polynomial of relative error 2^-34.
static constexpr float cos_quadrant(float t) noexcept {
  const float z = t * t;
  return 1.0F +
         z * (-1.23370054F + z * (0.253669183F + z * (-0.0208599360F + z * 0.000903362867F)));
}

static constexpr float sine(Quadrant angle) noexcept {
  const float value =
      (angle.index & 1U) != 0 ? cos_quadrant(angle.rest) : sin_quadrant(angle.rest, angle.low);
  return (angle.index & 2U) != 0 ? -value : value;
}

/// `rest` is in units of `unit` quarter turns, a power of two.
static constexpr Quadrant quadrant(std::uint32_t index, std::int32_t rest, float unit) noexcept {
  const auto high = static_cast<float>(rest);
  // A rest of 2^31 - 1 would round up to what no int32 holds; callers stay below 2^30 + 1.
  const auto low = static_cast<float>(rest - static_cast<std::int32_t>(high));
  return {index, high * unit, low * unit};
}

static constexpr Quadrant quadrant_of_phase(std::uint32_t phase) noexcept {
  const std::uint32_t index = (phase + (1U << 29U)) >> 30U;
  return quadrant(index, static_cast<std::int32_t>(phase - (index << 30U)), 0x1p-30F);
}

/// 2/pi as bits behind the binary point, after 64 bits of zero.
inline constexpr std::array<std::uint32_t, 9> kTwoOverPi = {
    0,
    0,
    0xA2F9836EU,
    0x4E441529U,
    0xFC2757D1U,
    0xF534DDC0U,
    0xDB629599U,
    0x3C439041U,
    0xFE5163ABU,
};

/// Reduces an angle in radians, 2^-13 <= |x| < infinity, by an exact product with enough bits of
/// 2/pi (Payne and Hanek), all in integers.
static constexpr Quadrant quadrant_of_radians(float x) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t mantissa = (bits & 0x007FFFFFU) | 0x00800000U;
  // |x| = mantissa * 2^(exponent - 150). A bit of weight 2^-i in the table is worth a multiple of
  // four quarter turns as long as exponent - 150 - i >= 2: 96 bits from the first other one on do.
  const std::uint32_t exponent = (bits >> 23U) & 0xFFU;
  const std::uint32_t from = exponent + 64U - 152U;
  const std::uint32_t word = from / 32U;
  const std::uint32_t shift = from % 32U;
  std::uint64_t sum = 0;  // mantissa * 96 bits, modulo 2^96, highest 64 bits of it
  std::uint64_t carry = 0;
  for (std::uint32_t i = 3; i-- > 0;) {
    const std::uint64_t pair =
        (static_cast<std::uint64_t>(kTwoOverPi[word + i]) << 32U) | kTwoOverPi[word + i + 1U];
    const std::uint64_t product =
        static_cast<std::uint64_t>(static_cast<std::uint32_t>(pair >> (32U - shift))) * mantissa +
        carry;
    carry = product >> 32U;
    sum = (sum >> 32U) | (product << 32U);
  }
  const std::uint64_t index = (sum + (std::uint64_t{1} << 61U)) >> 62U;
  const auto rest = static_cast<std::int64_t>(sum - (index << 62U));
  const std::uint64_t size = rest < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(rest)
                                      : static_cast<std::uint64_t>(rest);
  const int drop = 34 - std::countl_zero(size);  // keep 30 bits
  const auto kept = static_cast<std::int32_t>(drop > 0 ? size >> drop : size);
  const float unit =
      std::bit_cast<float>(static_cast<std::uint32_t>(127 - 62 + (drop > 0 ? drop : 0)) << 23U);
  const Quadrant found = quadrant(static_cast<std::uint32_t>(index), rest < 0 ? -kept : kept, unit);
  return (bits >> 31U) == 0 ? found : Quadrant{0U - found.index, -found.rest, -found.low};
}

/// atan(t) for 0 <= t <= 1/2. Minimax polynomial of relative error 2^-31.
static constexpr float atan_small(float t) noexcept {
  const float z = t * t;
  const float p =
      -0.333333271F +
      z * (0.199994993F +
           z * (-0.142722527F + z * (0.109423821F + z * (-0.0798917213F + z * 0.0387926157F))));
  return t + t * (z * p);
}

/// atan(y / x) for 0 <= y <= x, x > 0.
static constexpr float atan_octant(float y, float x) noexcept {
  if (y + y <= x) {
    return atan_small(y / x);
  }
  // atan(r) = pi/4 - atan((1 - r) / (1 + r)); x - y is exact here. pi/4 in two parts.
  const float rest = atan_small((x - y) / (x + y));
  return 0.785398185F - (rest + 2.18556941e-8F);
}

}  // namespace detail

/// Square root, correctly rounded as IEEE 754 wants it on every machine. Negative: not a number.
static inline float sqrt(float x) noexcept {
  return __builtin_sqrtf(x);
}

/// Sine and cosine of an angle in units of 2^-32 turns: exact reduction, for phases and tables.
/// Error <= 2 ulp.
static constexpr float sin_turn(std::uint32_t phase) noexcept {
  return detail::sine(detail::quadrant_of_phase(phase));
}

static constexpr float cos_turn(std::uint32_t phase) noexcept {
  return sin_turn(phase + (1U << 30U));
}

/// Sine of `x` radians, any finite x. Error <= 2 ulp. Infinite or not a number: not a number.
static constexpr float sin(float x) noexcept {
  const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFU;
  if (magnitude >= 0x7F800000U) {
    return detail::kNotANumber;
  }
  if (magnitude < 0x39800000U) {  // 2^-12: x^3/6 is below half an ulp
    return x;
  }
  return detail::sine(detail::quadrant_of_radians(x));
}

/// Cosine of `x` radians, any finite x. Error <= 2 ulp. Infinite or not a number: not a number.
static constexpr float cos(float x) noexcept {
  const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFU;
  if (magnitude >= 0x7F800000U) {
    return detail::kNotANumber;
  }
  if (magnitude < 0x39800000U) {
    return 1.0F - 0.5F * x * x;
  }
  detail::Quadrant angle = detail::quadrant_of_radians(x);
  ++angle.index;
  return detail::sine(angle);
}

/// Natural logarithm. Error <= 1 ulp. 0: minus infinity; negative: not a number.
static constexpr float log(float x) noexcept {
  auto bits = std::bit_cast<std::uint32_t>(x);
  std::int32_t exponent = 0;
  if (bits - 0x00800000U >= 0x7F000000U) {  // zero, subnormal, negative, infinite, not a number
    if ((bits & 0x7FFFFFFFU) == 0) {
      return -detail::kInfinity;
    }
    if (bits >= 0x7F800000U) {
      return bits == 0x7F800000U ? x : detail::kNotANumber;
    }
    bits = std::bit_cast<std::uint32_t>(x * 0x1p25F);
    exponent = -25;
  }
  // x = 2^exponent * (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)).
  constexpr std::uint32_t kSqrtHalf = 0x3F3504F3U;
  const std::uint32_t offset = bits - kSqrtHalf;
  exponent += static_cast<std::int32_t>(offset) >> 23U;
  const float f = std::bit_cast<float>((offset & 0x007FFFFFU) + kSqrtHalf) - 1.0F;
  // log(1 + f) = 2 atanh(s), s = f / (2 + f); written so that f itself, which is exact, dominates.
  const float s = f / (2.0F + f);
  const float z = s * s;
  const float series =
      z * (0.666666667F + z * (0.4F + z * (0.285714286F + z * (0.222222222F + z * 0.181818182F))));
  const float half_square = 0.5F * f * f;
  const auto k = static_cast<float>(exponent);
  // ln 2 in two parts: the first has 15 bits, so that k times it is exact.
  return k * 0.693145752F + (f - (half_square - (s * (half_square + series) + k * 1.42860677e-6F)));
}

/// Decimal logarithm. Error <= 2 ulp.
static constexpr float log10(float x) noexcept {
  return log(x) * 0.434294482F;
}

/// e to the power of x. Error <= 1 ulp; 2 ulp where the result is subnormal.
static constexpr float exp(float x) noexcept {
  if (!(x < 88.7228394F)) {
    return x >= 88.7228394F ? detail::kInfinity : x;  // too large, or not a number
  }
  if (x < -104.0F) {
    return 0.0F;
  }
  const auto k = static_cast<std::int32_t>(x * 1.44269504F + (x < 0.0F ? -0.5F : 0.5F));
  const auto turns = static_cast<float>(k);
  const float r = (x - turns * 0.693145752F) - turns * 1.42860677e-6F;
  const float p =
      r * r *
      (0.499999934F +
       r * (0.166665206F + r * (0.0416683878F + r * (0.00836871549F + r * 0.00138146054F))));
  const float value = 1.0F + (r + p);
  // In two steps, so that each factor is a normal number.
  const std::int32_t half = k / 2;
  const auto power = [](std::int32_t e) noexcept {
    return std::bit_cast<float>(static_cast<std::uint32_t>(e + 127) << 23U);
  };
  return value * power(k - half) * power(half);
}

/// Angle of the point (x, y) in -pi..pi. Error <= 2 ulp. (0, 0), infinite values and not a number
/// as in C: atan2(0, x >= 0) = 0, atan2(0, x < 0) = pi, with the sign of y.
static constexpr float atan2(float y, float x) noexcept {
  if (x != x || y != y) {
    return detail::kNotANumber;
  }
  const auto x_bits = std::bit_cast<std::uint32_t>(x);
  const auto y_bits = std::bit_cast<std::uint32_t>(y);
  float ax = std::bit_cast<float>(x_bits & 0x7FFFFFFFU);
  float ay = std::bit_cast<float>(y_bits & 0x7FFFFFFFU);
  if (ax == detail::kInfinity || ay == detail::kInfinity) {
    ax = ax == detail::kInfinity ? 1.0F : 0.0F;
    ay = ay == detail::kInfinity ? 1.0F : 0.0F;
  } else if (ax > 0x1p100F || ay > 0x1p100F) {  // keep the sum of both finite
    ax *= 0x1p-4F;
    ay *= 0x1p-4F;
  } else if (ax < 0x1p-100F && ay < 0x1p-100F) {  // keep the quotient's arguments normal
    ax *= 0x1p48F;
    ay *= 0x1p48F;
  }
  float angle = 0.0F;
  if (ay > ax) {
    angle = 1.57079637F - (detail::atan_octant(ax, ay) + 4.37113883e-8F);
  } else if (ax > 0.0F) {
    angle = detail::atan_octant(ay, ax);
  }
  if ((x_bits >> 31U) != 0) {
    angle = 3.14159274F - (angle + 8.74227766e-8F);
  }
  return (y_bits >> 31U) != 0 ? -angle : angle;
}

}  // namespace aiot::math
