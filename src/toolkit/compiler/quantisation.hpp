// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "aiot/nn/program.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/toolkit/compiler/graph.hpp"

/// From scales to integers, each step in the precision in which the TFLite reference kernels do it:
/// another one differs in the last bit, and in some output. Nothing here calls libm.
namespace aiot::toolkit {

/// `factor` as a multiplier; nothing when it is negative, not finite or 2^30 and more.
std::optional<nn::Multiplier> factor_of(double factor);

/// The same, and throws `graph::Refusal` when there is none.
nn::Multiplier factor_or_refuse(const graph::Operator& op, double factor);

/// Zero point of `out` and the range that `activation` leaves.
nn::OutputS8 output_rules(const graph::Tensor& out, graph::Activation activation);

/// What is added to the codes of `tensor` before they are multiplied: minus its zero point.
std::int16_t input_offset(const graph::Tensor& tensor);

/// Factors of ADD and SUB; the first two bring the operands to a common scale.
struct SumFactors {
  double input = 0;
  double other = 0;
  double output = 0;
};

/// ADD: in double.
SumFactors add_factors(float input, float other, float output, std::uint32_t left_shift);

/// SUB: in float32.
SumFactors sub_factors(float input, float other, float output, std::uint32_t left_shift);

/// MEAN of `count` elements: the division is in the factor.
nn::Multiplier mean_factor(nn::Multiplier rescale, std::uint32_t count);

}  // namespace aiot::toolkit
