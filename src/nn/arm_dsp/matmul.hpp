// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::nn::arm_dsp {

/// Instructions of the unrolled inner loop for one quad, in bytes, and quads in it.
inline constexpr std::uint32_t kQuadCode = 17 * 4;
inline constexpr std::uint32_t kUnroll = 4;

/// What `aiot_arm_dsp_matmul` reads; the assembly knows the offsets. All but the marked members
/// stay the same for a whole layer.
struct MatmulBlock {
  const std::uint32_t* gathered = nullptr;  ///< inputs of the block, per quad [2][3] words
  std::uint32_t zeros[6] = {};
  std::uint32_t iterations = 0;  ///< of the unrolled loop in the first chunk
  std::uint32_t entry = 0;       ///< bytes of the loop to skip; then the address
  std::int8_t* out = nullptr;    ///< of each block: the first pixel's first channel
  std::uint32_t step1 = 0;     ///< of each block: to the second pixel; 0 writes it below the first
  std::uint32_t step2 = 0;     ///< of each block: to the third pixel
  std::int8_t* end = nullptr;  ///< of each block: behind the last pair's first channel
  std::uint32_t after = 0;     ///< set by `prepare`
  std::uint32_t requantize = 0;  ///< set by `prepare`
  std::uint32_t chunks_left = 1;
  std::uint32_t chunks = 1;
  std::int32_t sums[3] = {};  ///< of the second channel in the chunks so far
  std::int32_t zero_point = 0;
  std::int32_t lo = -128;
  std::int32_t hi = 127;
  const std::uint32_t* weights = nullptr;  ///< of each block: the first pair
};

static_assert(sizeof(MatmulBlock) == 24 * 4);

extern "C" {
/// Fills in the addresses of code. `mode` below 3, `entry` a multiple of kQuadCode below kUnroll of
/// them.
void aiot_arm_dsp_matmul_prepare(MatmulBlock* block, std::uint32_t mode) noexcept;

/// Pairs of output channels from `out` to `end` of three pixels: products, requantisation, codes.
/// Pixels are written from the third to the first.
void aiot_arm_dsp_matmul(const MatmulBlock* block) noexcept;
}

}  // namespace aiot::nn::arm_dsp
