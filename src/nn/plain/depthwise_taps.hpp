// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/nn/quant.hpp"

namespace aiot::nn::plain {

/// From the first row of a 3x3 window to the second, from the second to the third, and from a
/// column to the next.
struct RowSteps {
  std::ptrdiff_t to_second;
  std::ptrdiff_t to_third;
  std::uint32_t column;
};

/// sums[i] = sum over 3x3 taps of weights[ky][kx] * row ky of `from`[(i * stride + kx) * column].
template <std::uint32_t outputs, std::uint32_t stride>
inline void taps_3x3(const std::int8_t* from,
                     const std::int8_t* weights,
                     const RowSteps& steps,
                     std::uint32_t* sums) noexcept {
  for (std::uint32_t i = 0; i < outputs; ++i) {
    sums[i] = 0;
  }
  for (std::uint32_t ky = 0; ky < 3; ++ky) {
#pragma GCC unroll 6
    for (std::uint32_t i = 0; i < outputs; ++i) {
      const std::int8_t* at = from + i * stride * steps.column;
      const std::int32_t sum = weights[0] * at[0] + weights[1] * at[steps.column] +
                               weights[2] * at[2 * steps.column];
      sums[i] += static_cast<std::uint32_t>(sum);
    }
    from += ky == 0 ? steps.to_second : steps.to_third;
    weights += 3;
  }
}

}  // namespace aiot::nn::plain
