// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"

/// Inputs and sums of outputs, the same on every machine.
namespace aiot::bench {

/// Codes without order for input `index`.
inline void fill_pattern(MutableBytes bytes, std::uint32_t index) noexcept {
  std::uint32_t state = index * 2654435761U + 12345U;
  for (std::byte& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::byte>(state >> 24U);
  }
}

inline constexpr std::uint32_t kNoSum = 2166136261U;

/// FNV-1a of `bytes`, begun with `sum`.
inline std::uint32_t sum_of(Bytes bytes, std::uint32_t sum) noexcept {
  for (const std::byte byte : bytes) {
    sum = (sum ^ std::to_integer<std::uint32_t>(byte)) * 16777619U;
  }
  return sum;
}

}  // namespace aiot::bench
