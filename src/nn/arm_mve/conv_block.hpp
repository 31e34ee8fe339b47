// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "src/nn/arm_mve/requantise.hpp"

namespace aiot::nn::arm_mve {

/// Up to four output pixels and all output channels of a group. The kernels below are assembly and
/// read this structure by its offsets.
struct ConvBlock {
  const std::int8_t* pixels[4];  ///< gathered input of each pixel; see the kernels
  const std::int8_t* weights;    ///< of the first pair of channels
  const std::int32_t* quads;     ///< parameters of the first four channels
  const std::int32_t* quads_end;
  std::uint32_t more_steps;  ///< steps but the first
  std::uint32_t to[4];       ///< addresses of the pixels' outputs minus 4, multiples of 4
  std::uint32_t valid;       ///< pixels that are stored
  Rule rule;
  std::int32_t zero_point;
  std::uint32_t lo;  ///< the lowest code in each byte
  std::uint32_t hi;  ///< the highest
};

static_assert(sizeof(ConvBlock) == 68);

/// Dot products of 1 to kStraightSteps steps; `pixels` point to the last step of each.
void conv_straight(const ConvBlock* block) noexcept;

/// Longer ones; `pixels` point to the first step.
void conv_long(const ConvBlock* block) noexcept;

/// Sliding windows; `pixels[0]` points to the patch of steps x 6 columns x 16 channels.
void conv_sliding(const ConvBlock* block) noexcept;

}  // namespace aiot::nn::arm_mve
