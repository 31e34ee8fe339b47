// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/float16.hpp"

#include <bit>

namespace aiot::record {
namespace {

// binary32: 8 bits of exponent, bias 127, 23 bits of fraction. binary16: 5, 15, 10.
constexpr std::uint32_t kHiddenBit = 1U << 23U;
constexpr std::uint32_t kExponentShift = 127 - 15;
constexpr std::uint16_t kInfinity16 = 0x7C00;
constexpr std::uint16_t kNan16 = 0x7E00;

// value / 2^shift, to nearest, ties to even; 1 <= shift <= 31.
constexpr std::uint32_t shift_rounding(std::uint32_t value, std::uint32_t shift) noexcept {
  const std::uint32_t half = 1U << (shift - 1U);
  const std::uint32_t rest = value & ((half << 1U) - 1U);
  const std::uint32_t whole = value >> shift;
  const bool up = rest > half || (rest == half && (whole & 1U) != 0);
  return whole + (up ? 1U : 0U);
}

}  // namespace

std::uint16_t to_float16(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
  const std::uint32_t exponent = (bits >> 23U) & 0xFFU;
  const std::uint32_t fraction = bits & (kHiddenBit - 1U);
  if (exponent == 0xFFU) {
    return fraction != 0 ? kNan16 : static_cast<std::uint16_t>(sign | kInfinity16);
  }
  if (exponent < kExponentShift - 10U) {
    return sign;  // below half of the smallest subnormal
  }
  // A carry out of the fraction moves on into the exponent, which is what rounding up means; beyond
  // the largest number it gives infinity.
  std::uint32_t magnitude = 0;
  if (exponent <= kExponentShift) {
    magnitude = shift_rounding(fraction | kHiddenBit, 13U + (kExponentShift + 1U - exponent));
  } else {
    magnitude = shift_rounding(((exponent - kExponentShift) << 23U) | fraction, 13U);
  }
  return static_cast<std::uint16_t>(sign | (magnitude < kInfinity16 ? magnitude : kInfinity16));
}

float from_float16(std::uint16_t bits) noexcept {
  const std::uint32_t sign = (bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 0x1FU;
  const std::uint32_t fraction = bits & 0x3FFU;
  if (exponent == 0x1FU) {
    return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13U));
  }
  if (exponent != 0) {
    return std::bit_cast<float>(sign | ((exponent + kExponentShift) << 23U) | (fraction << 13U));
  }
  // Subnormal: fraction * 2^-24, exact in binary32.
  const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}

}  // namespace aiot::record
