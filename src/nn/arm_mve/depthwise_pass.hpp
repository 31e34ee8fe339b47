// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "src/nn/arm_mve/requantise.hpp"

namespace aiot::nn::arm_mve {

/// Some columns of outputs, all channels. The kernels below are assembly and read this structure by
/// its offsets.
struct DepthwisePass {
  std::uint32_t columns[4];  ///< addresses of the first tile's four columns, channel 0, minus 4
  std::uint32_t to[4];       ///< addresses of the first tile's four outputs, channel 0
  std::uint32_t advance[4];  ///< from tile to tile
  const std::int8_t* records;
  const std::int8_t* records_end;
  std::uint32_t group_step;  ///< bytes from a group of 16 channels to the next, minus 64
  std::uint32_t tiles;       ///< 1 to 4; dense only
  std::uint32_t last;        ///< outputs of the last tile that are stored, 1 to 4
  Rule rule;
  std::int32_t zero_point;
  std::uint32_t lo;  ///< the lowest code in each byte
  std::uint32_t hi;  ///< the highest
};

static_assert(sizeof(DepthwisePass) == 84);

/// Up to eight columns of two rows, in tiles of two columns: outputs in the order (row 0, row 1) of
/// column 0, then of column 1.
void depthwise_dense(const DepthwisePass* pass) noexcept;

/// Four columns of one row, input columns two apart.
void depthwise_strided(const DepthwisePass* pass) noexcept;

}  // namespace aiot::nn::arm_mve
