// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/ref/softmax.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "aiot/nn/arm_mve/kernels.hpp"

/// Softmax as the reference, which needs each exponential twice; here a row of few classes keeps
/// them from the sum to the quotients.
namespace aiot::nn::arm_mve {
namespace {

constexpr std::uint32_t kMostKept = 32;

void softmax_row(const SoftmaxS8& params, const std::int8_t* in, std::int8_t* out) noexcept {
  const std::int32_t highest = *std::max_element(in, in + params.depth);
  std::int32_t kept[kMostKept];  // 0 where the difference is too large: its code is -128 as well
  std::uint32_t sum = 0;         // Q12; at least 1, because the highest element adds it
  for (std::uint32_t i = 0; i < params.depth; ++i) {
    const std::int32_t diff = in[i] - highest;
    kept[i] = diff >= params.diff_min ? ref::detail::softmax_exp(params, diff) : 0;
    sum += static_cast<std::uint32_t>(rounding_divide_by_power(kept[i], 12));
  }
  const auto zeros = static_cast<unsigned>(std::countl_zero(sum));
  const auto fraction = static_cast<std::int32_t>((sum << zeros) - 0x8000'0000U);
  const std::int32_t scale = ref::reciprocal_of_one_plus(fraction);
  const unsigned exponent = 12U - zeros + 31U - 8U;
  for (std::uint32_t i = 0; i < params.depth; ++i) {
    const std::int32_t part =
        rounding_divide_by_power(doubling_high_multiply(scale, kept[i]), exponent);
    out[i] = static_cast<std::int8_t>(clamp(part - 128, -128, 127));
  }
}

}  // namespace

void softmax_s8(const SoftmaxS8& params, const Memory& memory) noexcept {
  if (params.depth > kMostKept) {
    ref::softmax_s8(params, memory);
    return;
  }
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t row = 0; row < params.rows; ++row) {
    softmax_row(params, in + row * params.depth, out + row * params.depth);
  }
}

}  // namespace aiot::nn::arm_mve
