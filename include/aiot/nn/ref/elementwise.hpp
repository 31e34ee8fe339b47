// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/nn/ref/walk.hpp"

namespace aiot::nn::ref {

namespace detail {

/// What is done with the two sides of `AddS8` at their common scale.
enum class Sum : std::uint8_t { kAdd, kSubtract };

/// One side of `AddS8` at the common scale.
constexpr std::int32_t at_common_scale(std::int32_t value,
                                       std::uint32_t left_shift,
                                       Multiplier factor) noexcept {
  const std::uint32_t shifted = static_cast<std::uint32_t>(value) << (left_shift & 31U);
  return requantize(static_cast<std::int32_t>(shifted), factor);
}

/// Requantised, moved by the zero point and clamped.
constexpr std::int8_t to_s8(std::int32_t value, Multiplier factor, const OutputS8& out) noexcept {
  const std::int32_t code = wrap_add(requantize(value, factor), out.zero_point);
  return static_cast<std::int8_t>(clamp(code, out.lo, out.hi));
}

template <Sum sum>
constexpr std::int8_t add_one(const AddS8& params, std::int8_t input, std::int8_t other) noexcept {
  const std::int32_t a =
      at_common_scale(input + params.input_offset, params.left_shift, params.input_factor);
  const std::int32_t b =
      at_common_scale(other + params.other_offset, params.left_shift, params.other_factor);
  const std::int32_t total = wrap_add(a, sum == Sum::kAdd ? b : wrap_multiply(b, -1));
  return to_s8(total, params.output_factor, params.out);
}

constexpr std::int8_t multiply_one(const MulS8& params,
                                   std::int8_t input,
                                   std::int8_t other) noexcept {
  const std::int32_t product = (input + params.input_offset) * (other + params.other_offset);
  return to_s8(product, params.factor, params.out);
}

/// out[i] = one(params, input[i], other[i]) of operands of one shape, in order.
template <class Params, class One>
void for_each_pair(const Params& params, const Memory& memory, One one) noexcept {
  const std::int8_t* input = memory.read_s8(params.input);
  const std::int8_t* other = memory.read_s8(params.other);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t i = 0; i < params.elements; ++i) {
    out[i] = one(params, input[i], other[i]);
  }
}

/// The same of operands that `walk` brings together.
template <class Params, class One>
void for_each_pair(const Params& params,
                   const Broadcast& walk,
                   const Memory& memory,
                   One one) noexcept {
  const std::int8_t* input = memory.read_s8(params.input);
  const std::int8_t* other = memory.read_s8(params.other);
  std::int8_t* out = memory.write_s8(params.output);
  for_each_index(walk.extent,
                 Steps{walk.input_step, 0},
                 Steps{walk.other_step, 0},
                 [&](std::uint32_t at_input, std::uint32_t at_other) {
                   *out++ = one(params, input[at_input], other[at_other]);
                 });
}

}  // namespace detail

/// Int8 sum of operands of one shape; ranges in `AddS8`. The output may be an operand. `params`
/// must have passed its check. Source: the TFLite reference kernel, ADD.
inline void add_s8(const AddS8& params, const Memory& memory) noexcept {
  detail::for_each_pair(params, memory, detail::add_one<detail::Sum::kAdd>);
}

/// Int8 difference, input - other; as `add_s8`.
inline void sub_s8(const AddS8& params, const Memory& memory) noexcept {
  detail::for_each_pair(params, memory, detail::add_one<detail::Sum::kSubtract>);
}

/// Int8 product of operands of one shape; as `add_s8`.
inline void mul_s8(const MulS8& params, const Memory& memory) noexcept {
  detail::for_each_pair(params, memory, detail::multiply_one);
}

/// `add_s8` of operands of different shape; the output lies over no operand.
inline void add_broadcast_s8(const AddBroadcastS8& params, const Memory& memory) noexcept {
  detail::for_each_pair(params.op, params.walk, memory, detail::add_one<detail::Sum::kAdd>);
}

/// `sub_s8` of operands of different shape; the output lies over no operand.
inline void sub_broadcast_s8(const AddBroadcastS8& params, const Memory& memory) noexcept {
  detail::for_each_pair(params.op, params.walk, memory, detail::add_one<detail::Sum::kSubtract>);
}

/// `mul_s8` of operands of different shape; the output lies over no operand.
inline void mul_broadcast_s8(const MulBroadcastS8& params, const Memory& memory) noexcept {
  detail::for_each_pair(params.op, params.walk, memory, detail::multiply_one);
}

}  // namespace aiot::nn::ref
