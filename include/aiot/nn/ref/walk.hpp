// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace aiot::nn::ref::detail {

/// Dims of a strided walk; unused leading ones have extent 1.
inline constexpr std::size_t kWalkDims = 6;

/// How a position moves when an index of the walk grows by one. Steps are modulo 2^32, so that a
/// negative one is its two's complement; the positions themselves stay in their memory.
struct Steps {
  const std::uint32_t* step;  ///< [kWalkDims]
  std::uint32_t start;
};

/// Calls `one(position of a, position of b)` for all (i0, ..., i5) below `extent` in row-major
/// order. Every extent is at least 1.
template <class One>
void for_each_index(const std::uint32_t (&extent)[kWalkDims], Steps a, Steps b, One one) noexcept {
  constexpr std::size_t kLast = kWalkDims - 1;
  std::uint32_t index[kLast] = {};
  std::uint32_t at_a = a.start;
  std::uint32_t at_b = b.start;
  for (;;) {
    for (std::uint32_t i = 0; i < extent[kLast]; ++i) {
      one(at_a + i * a.step[kLast], at_b + i * b.step[kLast]);
    }
    std::size_t dim = kLast;
    for (;;) {  // the next index: outer dims that are through begin again
      if (dim == 0) {
        return;
      }
      --dim;
      at_a += a.step[dim];
      at_b += b.step[dim];
      if (++index[dim] < extent[dim]) {
        break;
      }
      at_a -= a.step[dim] * extent[dim];
      at_b -= b.step[dim] * extent[dim];
      index[dim] = 0;
    }
  }
}

}  // namespace aiot::nn::ref::detail
