// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "aiot/nn/quant.hpp"

/// Fixed-point functions of the TFLite reference kernels. "Qk" is an int32 with k integer bits and
/// 31 - k fraction bits, so Q0 holds [-1, 1).
namespace aiot::nn::ref {

inline constexpr std::int32_t kOneQ0 = INT32_MAX;  ///< the largest Q0 stands for 1

/// value * 2^exponent, saturated; exponent in [0, 31].
constexpr std::int32_t saturating_shift_left(std::int32_t value, unsigned exponent) noexcept {
  const std::int64_t wide = static_cast<std::int64_t>(value) * (std::int64_t{1} << exponent);
  if (wide > INT32_MAX) {
    return INT32_MAX;
  }
  return wide < INT32_MIN ? INT32_MIN : static_cast<std::int32_t>(wide);
}

/// exp(a) for a in [-1/4, 0), Q0 to Q0: Taylor polynomial of degree 4 around -1/8.
constexpr std::int32_t exp_quarter(std::int32_t a) noexcept {
  constexpr std::int32_t kExpMinusEighth = 1895147668;
  constexpr std::int32_t kThird = 715827883;
  const std::int32_t x = wrap_add(a, std::int32_t{1} << 28);
  const std::int32_t x2 = doubling_high_multiply(x, x);
  const std::int32_t x3 = doubling_high_multiply(x2, x);
  const std::int32_t x4 = doubling_high_multiply(x2, x2);
  const std::int32_t upper =
      doubling_high_multiply(wrap_add(rounding_divide_by_power(x4, 2), x3), kThird);
  const std::int32_t rest = rounding_divide_by_power(wrap_add(upper, x2), 1);
  return wrap_add(kExpMinusEighth, doubling_high_multiply(kExpMinusEighth, wrap_add(x, rest)));
}

/// exp(a) for a <= 0 in Q`integer_bits` (0 to 5), result in Q0: the part below 1/4 by
/// `exp_quarter`, the rest as a product of exp(-2^j).
constexpr std::int32_t exp_negative(std::int32_t a, unsigned integer_bits) noexcept {
  if (a == 0) {
    return kOneQ0;
  }
  // exp(-2^j) in Q0 for j = -2 to 4.
  constexpr std::array<std::int32_t, 7> kFactors = {
      1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const unsigned quarter_bit = 31U - integer_bits - 2U;
  const std::int32_t quarter = std::int32_t{1} << quarter_bit;
  const std::int32_t below = (a & (quarter - 1)) - quarter;  // in [-1/4, 0)
  const auto rest = static_cast<std::uint32_t>(wrap_add(below, wrap_multiply(a, -1)));
  std::int32_t result = exp_quarter(saturating_shift_left(below, integer_bits));
  for (unsigned j = 0; j < integer_bits + 2U; ++j) {
    if (((rest >> (quarter_bit + j)) & 1U) != 0) {
      result = doubling_high_multiply(result, kFactors[j]);
    }
  }
  return result;
}

/// 2 / (1 + a) for a in [0, 1), Q0 to Q2: three steps of Newton's method from 48/17 - 32/17 x.
constexpr std::int32_t twice_reciprocal_of_one_plus(std::int32_t a) noexcept {
  const auto half = static_cast<std::int32_t>((static_cast<std::int64_t>(a) + kOneQ0 + 1) / 2);
  std::int32_t x = wrap_add(1515870810, doubling_high_multiply(half, -1010580540));  // Q2
  for (int step = 0; step < 3; ++step) {
    const std::int32_t error =
        wrap_add(std::int32_t{1} << 29, wrap_multiply(doubling_high_multiply(half, x), -1));
    x = wrap_add(x, saturating_shift_left(doubling_high_multiply(x, error), 2));
  }
  return x;
}

/// 1 / (1 + a) for a in [0, 1), Q0 to Q0.
constexpr std::int32_t reciprocal_of_one_plus(std::int32_t a) noexcept {
  return saturating_shift_left(twice_reciprocal_of_one_plus(a), 1);
}

/// (1 - a) / (1 + a) for a in [0, 1), Q0 to Q0.
constexpr std::int32_t one_minus_over_one_plus(std::int32_t a) noexcept {
  const std::int32_t less_one = wrap_add(twice_reciprocal_of_one_plus(a), -(std::int32_t{1} << 29));
  return saturating_shift_left(less_one, 2);
}

}  // namespace aiot::nn::ref
