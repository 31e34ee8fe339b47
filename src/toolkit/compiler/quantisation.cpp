// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/quantisation.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "src/toolkit/compiler/graph_refusal.hpp"

namespace aiot::toolkit {
namespace {

/// Code of a real value: zero point + round(value / scale), in float32.
std::int32_t code_of(float value, const graph::Tensor& tensor) {
  return tensor.zero_point() + nn::round_half_away(value / tensor.scale());
}

}  // namespace

std::optional<nn::Multiplier> factor_of(double factor) {
  constexpr double kLimit = 1073741824.0;  // 2^30; compared so that NaN fails
  if (!(factor >= 0.0 && factor < kLimit)) {
    return std::nullopt;
  }
  const nn::Multiplier result = nn::to_multiplier(factor);
  return result.shift > 30 ? std::nullopt : std::optional<nn::Multiplier>(result);
}

nn::Multiplier factor_or_refuse(const graph::Operator& op, double factor) {
  const std::optional<nn::Multiplier> result = factor_of(factor);
  if (!result) {
    graph::refuse(op,
                  "its scales ask for a factor of " + std::to_string(factor) +
                      ", which no kernel has; quantise the model again");
  }
  return *result;
}

nn::OutputS8 output_rules(const graph::Tensor& out, graph::Activation activation) {
  std::int32_t lo = -128;
  std::int32_t hi = 127;
  switch (activation) {
    case graph::Activation::kNone:
      break;
    case graph::Activation::kRelu:
      lo = std::max(lo, code_of(0.0F, out));
      break;
    case graph::Activation::kRelu6:
      lo = std::max(lo, code_of(0.0F, out));
      hi = std::min(hi, code_of(6.0F, out));
      break;
    case graph::Activation::kReluN1To1:
      lo = std::max(lo, code_of(-1.0F, out));
      hi = std::min(hi, code_of(1.0F, out));
      break;
  }
  return {static_cast<std::int16_t>(out.zero_point()),
          static_cast<std::int16_t>(lo),
          static_cast<std::int16_t>(hi),
          0};
}

std::int16_t input_offset(const graph::Tensor& tensor) {
  return static_cast<std::int16_t>(-tensor.zero_point());
}

SumFactors add_factors(float input, float other, float output, std::uint32_t left_shift) {
  const auto a = static_cast<double>(input);
  const auto b = static_cast<double>(other);
  const double common = 2.0 * std::max(a, b);
  const auto one = static_cast<double>(std::uint32_t{1} << left_shift);
  return {a / common, b / common, common / (one * static_cast<double>(output))};
}

SumFactors sub_factors(float input, float other, float output, std::uint32_t left_shift) {
  const float common = 2.0F * std::max(input, other);
  const auto one = static_cast<float>(std::uint32_t{1} << left_shift);
  // Named, so that each is rounded to float32 before it is widened.
  const float first = input / common;
  const float second = other / common;
  const float scaled = one * output;
  const float last = common / scaled;
  return {static_cast<double>(first), static_cast<double>(second), static_cast<double>(last)};
}

nn::Multiplier mean_factor(nn::Multiplier rescale, std::uint32_t count) {
  const std::int32_t log = 31 - std::countl_zero(count);
  const std::int32_t shift = std::min(log, 31 + rescale.shift);
  // Truncated and not normalised again, as the reference does it.
  const std::int64_t multiplier = (std::int64_t{rescale.multiplier} << shift) / count;
  return {static_cast<std::int32_t>(multiplier), rescale.shift - shift};
}

}  // namespace aiot::toolkit
