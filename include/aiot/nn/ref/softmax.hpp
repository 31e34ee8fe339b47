// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/nn/ref/fixed_point.hpp"

namespace aiot::nn::ref {

namespace detail {

/// exp(beta * scale * diff) in Q0 for diff in [diff_min, 0], where diff << left_shift fits.
constexpr std::int32_t softmax_exp(const SoftmaxS8& params, std::int32_t diff) noexcept {
  const auto shifted =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(diff) << (params.left_shift & 31));
  return exp_negative(doubling_high_multiply(shifted, params.multiplier), 5);
}

inline void softmax_row(const SoftmaxS8& params, const std::int8_t* in, std::int8_t* out) noexcept {
  std::int32_t highest = -128;
  for (std::uint32_t i = 0; i < params.depth; ++i) {
    highest = in[i] > highest ? in[i] : highest;
  }
  std::uint32_t sum = 0;  // Q12; at least 1, because the highest element adds it
  for (std::uint32_t i = 0; i < params.depth; ++i) {
    if (in[i] - highest >= params.diff_min) {
      const std::int32_t e = softmax_exp(params, in[i] - highest);
      sum += static_cast<std::uint32_t>(rounding_divide_by_power(e, 12));
    }
  }
  const auto zeros = static_cast<unsigned>(std::countl_zero(sum));
  const auto fraction = static_cast<std::int32_t>((sum << zeros) - 0x8000'0000U);
  const std::int32_t scale = reciprocal_of_one_plus(fraction);
  const unsigned exponent = 12U - zeros + 31U - 8U;
  for (std::uint32_t i = 0; i < params.depth; ++i) {
    std::int32_t code = -128;
    if (in[i] - highest >= params.diff_min) {
      const std::int32_t e = softmax_exp(params, in[i] - highest);
      code += rounding_divide_by_power(doubling_high_multiply(scale, e), exponent);
    }
    out[i] = static_cast<std::int8_t>(clamp(code, -128, 127));
  }
}

}  // namespace detail

/// Int8 softmax over each row; shapes in `SoftmaxS8`. Input and output may be the same. `params`
/// must have passed its check. Integers only; source: the TFLite reference kernel.
inline void softmax_s8(const SoftmaxS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t row = 0; row < params.rows; ++row) {
    detail::softmax_row(params, in + row * params.depth, out + row * params.depth);
  }
}

}  // namespace aiot::nn::ref
