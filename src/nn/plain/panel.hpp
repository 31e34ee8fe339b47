// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "requantize.hpp"

/// The inner loop of a fully connected layer, over a panel of weights as plain/layout.hpp lays it
/// out. A word of four weights holds two pairs, 24 bits apart, of which the lower one is unsigned:
/// one long multiply-accumulate does two channels. The lower sum of 256 products of a signed and an
/// unsigned byte stays inside of [-2^23, 2^23), so starting with 2^23 keeps it from borrowing.
namespace aiot::nn::plain {

inline constexpr std::uint32_t kPanelTerms = 256;
inline constexpr unsigned kPanelBits = 24;
inline constexpr std::uint32_t kPanelStart = 1U << 23U;

/// sums[i] = sum over depth of in[d] * channel i of panel[d]; channels 0, 2, 4, 6 with 128 added.
template <std::uint32_t outputs>
inline void add_panel(const std::byte* panel,
                      const std::int8_t* in,
                      std::uint32_t depth,
                      std::uint32_t* sums) noexcept {
  for (std::uint32_t i = 0; i < outputs; ++i) {
    sums[i] = 0;
  }
  for (std::uint32_t d = 0; d < depth; ++d) {
    const std::int32_t value = in[d];
    for (std::uint32_t i = 0; i < outputs; i += 4) {
      const auto* four = reinterpret_cast<const std::uint8_t*>(panel);
      sums[i] += static_cast<std::uint32_t>(value * four[0]);
      sums[i + 1] += static_cast<std::uint32_t>(value * static_cast<std::int8_t>(four[3]));
      sums[i + 2] += static_cast<std::uint32_t>(value * four[2]);
      sums[i + 3] += static_cast<std::uint32_t>(value * static_cast<std::int8_t>(four[1]));
      panel += 4;
    }
  }
}

}  // namespace aiot::nn::plain
