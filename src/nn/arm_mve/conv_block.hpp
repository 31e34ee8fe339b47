// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "src/nn/arm_mve/requantise.hpp"

namespace aiot::nn::arm_mve {

/// Up to four output pixels and all output channels of a group. The kernels below are assembly and
/// read this structure by its offsets; from `quads_end` to `hi` it becomes their stack frame as it
/// is.
struct alignas(8) ConvBlock {
  const std::int8_t* pixels[4];  ///< gathered input of each pixel; see the kernels
  const std::int8_t* weights;    ///< of the first pair of channels
  const std::int32_t* quads;     ///< parameters of the first four channels
  std::uint32_t valid;           ///< pixels that are stored
  std::uint32_t more_steps;      ///< steps but the first
  std::uint32_t to[4];           ///< addresses of the pixels' outputs minus 4, multiples of 4
  const std::int32_t* quads_end;
  std::uint32_t code[3];  ///< addresses in the kernel, which it finds when it prepares
  std::int32_t zero_point;
  Rule rule;
  std::uint32_t blocks;  ///< one behind the other, all of four pixels if several; not conv_long
  std::uint32_t spare;
  std::uint32_t lo[4];  ///< the lowest code in each byte
  std::uint32_t hi[4];  ///< the highest
  // Not in the frame: from block to block.
  std::uint32_t in_step;   ///< bytes of input
  std::uint32_t out_step;  ///< bytes of output from behind a pixel to the one four further
};

static_assert(sizeof(ConvBlock) == 120);

/// kPrepare once for a layer, when more_steps and rule are there; then kRun.
enum class ConvCall : std::uint32_t { kRun, kPrepare };

using ConvKernel = void (*)(ConvBlock* block, ConvCall call) noexcept;

/// Dot products of 1 to kStraightSteps steps; `pixels` point to the last step of each.
void conv_straight(ConvBlock* block, ConvCall call) noexcept;

/// Longer ones; `pixels` point to the first step.
void conv_long(ConvBlock* block, ConvCall call) noexcept;

/// Sliding windows over 16, 32 or 64 channels; `pixels[0]` to `[2]` point to the first column of
/// each kernel row.
void conv_sliding_16(ConvBlock* block, ConvCall call) noexcept;
void conv_sliding_32(ConvBlock* block, ConvCall call) noexcept;
void conv_sliding_64(ConvBlock* block, ConvCall call) noexcept;

}  // namespace aiot::nn::arm_mve
