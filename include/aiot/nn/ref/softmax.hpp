// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

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

/// A row; `Code` is the type of the output, its lowest value stands for 0 and one more than its
/// highest for 1.
template <class Code>
void softmax_row(const SoftmaxS8& params, const std::int8_t* in, Code* out) noexcept {
  constexpr std::int32_t kLowest{std::numeric_limits<Code>::min()};
  constexpr std::int32_t kHighest{std::numeric_limits<Code>::max()};
  constexpr unsigned kBits = sizeof(Code) * 8U;
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
  const unsigned exponent = 12U - zeros + 31U - kBits;
  for (std::uint32_t i = 0; i < params.depth; ++i) {
    std::int32_t code = kLowest;
    if (in[i] - highest >= params.diff_min) {
      const std::int32_t e = softmax_exp(params, in[i] - highest);
      code += rounding_divide_by_power(doubling_high_multiply(scale, e), exponent);
    }
    out[i] = static_cast<Code>(clamp(code, kLowest, kHighest));
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

/// The same with int16 codes, scale 1/65536 and zero point -32768; shapes in `SoftmaxS8S16`. The
/// output lies over no input.
inline void softmax_s8_s16(const SoftmaxS8S16& params, const Memory& memory) noexcept {
  const SoftmaxS8& op = params.op;
  const std::int8_t* in = memory.read_s8(op.input);
  // Through void*: the check of the program has made sure of the alignment.
  auto* out = static_cast<std::int16_t*>(static_cast<void*>(memory.arena + op.output));
  for (std::uint32_t row = 0; row < op.rows; ++row) {
    detail::softmax_row(op, in + row * op.depth, out + row * op.depth);
  }
}

}  // namespace aiot::nn::ref
