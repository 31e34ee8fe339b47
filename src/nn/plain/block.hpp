// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/plain/layout.hpp"
#include "aiot/nn/program.hpp"

/// The inner loops of a convolution. Two pixels share a word: `first + second * 2^23`. One signed
/// 32 x 32 + 64 bit multiply-accumulate then does two multiply-accumulates: the sum of the first
/// pixel grows in the low 23 bits of the 64, that of the second above. No sum of 256 products of
/// bytes leaves [-2^22 + 1, 2^22], so starting with 2^22 - 1 keeps the low lane from borrowing.
namespace aiot::nn::plain {

inline constexpr unsigned kLaneBits = 23;
inline constexpr std::uint32_t kLaneStart = (1U << 22U) - 1U;
inline constexpr std::uint32_t kLaneTerms = 256;

/// Some pixels times all channels of a group.
struct Block {
  const std::int32_t* inputs = nullptr;   ///< [depth][words], see above
  std::uint32_t depth = 0;                ///< terms of a sum, at least 1
  const std::int8_t* weights = nullptr;   ///< [channels][depth]
  const Channel* channels = nullptr;      ///< those of this group
  const Channel* channels_end = nullptr;  ///< at least one
  const OutputS8* rules = nullptr;
  std::int8_t* out = nullptr;      ///< first channel of the first pixel
  std::uint32_t out_channels = 0;  ///< of all groups: from pixel to pixel
  std::uint32_t pixels = 0;        ///< at least 1
};

/// Up to 2 * words pixels; words 1, 2 or 3.
template <std::uint32_t words>
void multiply_block(const Block& block) noexcept;

/// inputs[k][word] = from[2 * word][k] + from[2 * word + 1][k] * 2^23 for k < count and the words
/// of `pixels` pixels; returns the end of what it wrote. count at least 1.
std::int32_t* interleave(const std::int8_t* const* from,
                         std::uint32_t pixels,
                         std::uint32_t count,
                         std::int32_t* inputs) noexcept;

/// The same for 6 pixels, in assembly; where AIOT_PLAIN_ARMV7M.
std::int32_t* interleave_six(const std::int8_t* const* from,
                             std::uint32_t count,
                             std::int32_t* inputs) noexcept;

}  // namespace aiot::nn::plain
