// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aiot {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

/// Little-endian loads and stores at any alignment. The caller guarantees the size.
constexpr std::uint16_t load_le16(const std::byte* p) noexcept {
  return static_cast<std::uint16_t>(std::to_integer<std::uint32_t>(p[0]) |
                                    (std::to_integer<std::uint32_t>(p[1]) << 8U));
}

constexpr std::uint32_t load_le32(const std::byte* p) noexcept {
  return std::to_integer<std::uint32_t>(p[0]) | (std::to_integer<std::uint32_t>(p[1]) << 8U) |
         (std::to_integer<std::uint32_t>(p[2]) << 16U) |
         (std::to_integer<std::uint32_t>(p[3]) << 24U);
}

constexpr std::uint64_t load_le64(const std::byte* p) noexcept {
  return load_le32(p) | (static_cast<std::uint64_t>(load_le32(p + 4)) << 32U);
}

constexpr void store_le16(std::byte* p, std::uint16_t value) noexcept {
  p[0] = static_cast<std::byte>(value & 0xFFU);
  p[1] = static_cast<std::byte>(value >> 8U);
}

constexpr void store_le32(std::byte* p, std::uint32_t value) noexcept {
  for (unsigned i = 0; i < 4; ++i) {
    p[i] = static_cast<std::byte>((value >> (8U * i)) & 0xFFU);
  }
}

constexpr void store_le64(std::byte* p, std::uint64_t value) noexcept {
  store_le32(p, static_cast<std::uint32_t>(value));
  store_le32(p + 4, static_cast<std::uint32_t>(value >> 32U));
}

/// Text as bytes, without a terminator.
inline Bytes as_bytes(const char* text, std::size_t size) noexcept {
  return {reinterpret_cast<const std::byte*>(text), size};
}

}  // namespace aiot
