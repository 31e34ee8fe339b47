// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/arm_dsp/layout.hpp"

namespace aiot::nn::arm_dsp {

/// What `aiot_arm_dsp_depthwise` reads; the assembly knows the offsets.
struct DepthwiseStrip {
  std::uint32_t row_step = 0;      ///< from an output row to the next; 0: there is no second row
  std::uint32_t channel_step = 0;  ///< from an output pixel to the next: channels
  const std::uint32_t* line = nullptr;  ///< expanded rows of the first channel
  std::int8_t* out = nullptr;           ///< first pixel of the upper row, first channel
  const DepthwiseColumnChannel* channels = nullptr;
  const DepthwiseColumnChannel* channels_end = nullptr;
  std::uint32_t line_bytes = 0;  ///< from a channel's line to the next
  std::uint32_t span = 0;     ///< bytes of a line that the loop over pairs of pixels goes through
  std::uint32_t variant = 0;  ///< bit 0: pairs of rows are swapped; bit 1: stride 2
  std::uint32_t odd = 0;      ///< 1: a single pixel is left behind the pairs
};

static_assert(sizeof(DepthwiseStrip) == 40);

extern "C" {
/// One output row (stride 2) or two (stride 1) of all channels of a layer of Mode::kRectified or
/// Mode::kSigned.
void aiot_arm_dsp_depthwise(const DepthwiseStrip* strip) noexcept;
}

}  // namespace aiot::nn::arm_dsp
