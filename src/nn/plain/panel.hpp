// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/program.hpp"

/// The inner loop of a fully connected layer, over a panel of weights as plain/layout.hpp lays it
/// out. A word of four weights holds two pairs, 24 bits apart, of which the lower one is unsigned:
/// one long multiply-accumulate does two channels. The lower sum of 256 products of a signed and an
/// unsigned byte stays inside of [-2^23, 2^23), so starting with 2^23 keeps it from borrowing.
namespace aiot::nn::plain {

inline constexpr std::uint32_t kPanelTerms = 256;
inline constexpr unsigned kPanelBits = 24;
inline constexpr std::uint32_t kPanelStart = 1U << 23U;
inline constexpr std::uint32_t kPanelMask = 0xFF00'00FFU;

/// sums[i] += sum over depth of in[d] * channel i of panel[d], outputs 8 or 4; of the even channels
/// with the 128 that the layout adds, and kPanelStart for every kPanelTerms terms that it begins.
/// depth at least 1.
template <std::uint32_t outputs>
void add_panel(const std::uint32_t* panel,
               const std::int8_t* in,
               std::uint32_t depth,
               std::uint32_t* sums) noexcept;

/// Codes of `count` channels from their sums without bias.
void finish_panel(const std::uint32_t* sums,
                  const Channel* channels,
                  std::uint32_t count,
                  const OutputS8& rules,
                  std::int8_t* out) noexcept;

}  // namespace aiot::nn::plain
