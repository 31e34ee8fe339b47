// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/program.hpp"
#include "tests/nn_cases/layers.hpp"

/// What random layers share: zero points, clamps, and the weights and factors of weighted ones.
namespace aiot::nn_cases {

/// A zero point in [-128, 127], often an extreme or 0.
std::int32_t pick_zero_point(toolkit::Random& random);

/// No activation, RELU, or a range above the zero point as RELU6 has.
nn::OutputS8 output_rules(toolkit::Random& random, std::int32_t zero_point);

Values pick_values(toolkit::Random& random);

/// How a weighted layer is filled.
enum class Style {
  kRandom,   ///< whatever is legal
  kTypical,  ///< as converters make them: input and output begin at -128, RELU, factors below 0.5
};

/// `params` (shapes are set) with random zero points, weights, biases and factors such that its
/// outputs use the range of int8; factors of 0.5 and more now and then. No sum leaves +-2^30, left
/// shift included. The name holds only what is special. A layer without params when there would be
/// more than `most_macs` multiply-accumulates.
Layer finish_weighted(nn::OpCode code,
                      const nn::FullyConnectedS8& params,
                      std::uint64_t most_macs,
                      Style style,
                      toolkit::Random& random);
Layer finish_weighted(nn::OpCode code,
                      const nn::Conv2dS8& params,
                      std::uint64_t most_macs,
                      Style style,
                      toolkit::Random& random);
Layer finish_weighted(nn::OpCode code,
                      const nn::DepthwiseConv2dS8& params,
                      std::uint64_t most_macs,
                      Style style,
                      toolkit::Random& random);

}  // namespace aiot::nn_cases
