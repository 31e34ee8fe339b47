// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/toolkit/program_builder.hpp"
#include "aiot/toolkit/random.hpp"

namespace aiot::test {

/// The network of which the build makes a header, for the test that compares the two.
inline toolkit::NetworkSpec header_network() {
  toolkit::Random random(21, 0);
  const auto layer = [&](std::size_t values, std::size_t scales) {
    toolkit::LayerWeights weights;
    for (std::size_t i = 0; i < values; ++i) {
      weights.values.push_back(static_cast<std::int8_t>(random.below(255)));
    }
    weights.scales.assign(scales, 0.0078125F);
    for (std::size_t i = 0; i < scales; ++i) {
      weights.bias.push_back(static_cast<std::int32_t>(random.below(2000)) - 1000);
    }
    return weights;
  };
  toolkit::ProgramBuilder builder(1, 9, 7, 3, {0.05F, -4});
  builder
      .conv_2d(8,
               1,
               {3, 3, 1, 1, 1, 1, toolkit::Padding::kSame},
               layer(8 * 9 * 3, 8),
               {0.3F, 2},
               toolkit::Activation::kRelu)
      .depthwise_conv_2d(1,
                         {3, 3, 2, 2, 1, 1, toolkit::Padding::kSame},
                         layer(9 * 8, 8),
                         {0.9F, -1},
                         toolkit::Activation::kNone)
      .fully_connected(5, layer(5 * 5 * 4 * 8, 5), {1.5F, 3}, toolkit::Activation::kNone)
      .softmax(1.0F);
  return builder.finish();
}

}  // namespace aiot::test
