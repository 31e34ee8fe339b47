// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/nn/program.hpp"

namespace aiot::nn::plain {

/// Some outputs of a row of a 3x3 depthwise convolution, all channels. Input channel c of column x
/// is first[x * channels + c], rows below each other wherever they are.
struct Taps {
  const std::int8_t* first = nullptr;    ///< of the first output: row 0, column 0, channel 0
  std::ptrdiff_t to_second = 0;          ///< from row 0 to row 1
  std::ptrdiff_t to_third = 0;           ///< from row 1 to row 2
  std::uint32_t channels = 0;            ///< at least 1
  const std::int8_t* weights = nullptr;  ///< [channels][3][3]
  const Channel* rules = nullptr;        ///< [channels]
  const OutputS8* output = nullptr;
  std::int8_t* out = nullptr;  ///< first output, channel 0
  std::uint32_t count = 0;     ///< outputs to write, at least 1
};

/// `outputs` are computed, 6, 5 or 3 with stride 1 or 4 with stride 2, and Taps::count written.
template <std::uint32_t outputs, std::uint32_t stride>
void multiply_taps(const Taps& taps) noexcept;

}  // namespace aiot::nn::plain
