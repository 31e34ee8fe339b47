// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::nn::arm_dsp {

/// Bytes of the unrolled loop for one quad.
inline constexpr std::uint32_t kFcQuadCode = 64;

/// What `aiot_arm_dsp_fully_connected` reads; the assembly knows the offsets. A step is a number
/// until `prepare` makes an address of it.
struct FcBlocks {
  enum Step : std::uint32_t { kCodes = 0, kSums = 1, kLast = 2, kChunk = 3 };

  const std::int8_t* in = nullptr;
  std::uint32_t iterations = 0;  ///< of four quads, in the first chunk
  std::int32_t zeros[4] = {};
  std::uint32_t entry = 0;       ///< bytes of the loop to leave out; 4 quads: all of it
  std::uint32_t after = kCodes;  ///< step behind the loop
  std::uint32_t final = kCodes;  ///< step behind the last chunk: kLast, or what `requantize` says
  std::uint32_t requantize = kCodes;  ///< kCodes, or kSums
  std::uint32_t last = 0;             ///< inputs of an incomplete quad
  std::int32_t shared2 = 0;           ///< added to every doubled sum
  std::uint32_t chunks_left = 1;
  std::uint32_t chunks = 1;
  std::int32_t second2[2] = {};  ///< doubled sums of outputs 1 and 3 in the chunks so far
  std::int8_t* out = nullptr;
  std::int8_t* end = nullptr;  ///< behind the last block's outputs
  const std::uint32_t* weights = nullptr;
};

static_assert(sizeof(FcBlocks) == 19 * 4);

extern "C" {
/// Fills in the addresses of code.
void aiot_arm_dsp_fully_connected_prepare(FcBlocks* blocks) noexcept;

/// Blocks of four outputs. kCodes: codes of [-128, 127], of layers below Mode::kGeneral. kSums: the
/// doubled sums of one block as int32, outputs 0, 2, 1, 3; without bias.
void aiot_arm_dsp_fully_connected(const FcBlocks* blocks) noexcept;
}

}  // namespace aiot::nn::arm_dsp
