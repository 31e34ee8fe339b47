// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace aiot {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

namespace detail {

/// At run time on a little-endian machine the bytes are copied as they are: one instruction where
/// the core has unaligned access.
constexpr bool copies() noexcept {
  return !std::is_constant_evaluated() && std::endian::native == std::endian::little;
}

template <class T>
[[gnu::always_inline]] constexpr T load_le(const std::byte* p) noexcept {
  T value = 0;
  if (copies()) {
    std::memcpy(&value, p, sizeof(T));
    return value;
  }
  for (unsigned i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | std::to_integer<T>(p[i]) << (8U * i));
  }
  return value;
}

template <class T>
[[gnu::always_inline]] constexpr void store_le(std::byte* p, T value) noexcept {
  if (copies()) {
    std::memcpy(p, &value, sizeof(T));
    return;
  }
  for (unsigned i = 0; i < sizeof(T); ++i) {
    p[i] = static_cast<std::byte>((value >> (8U * i)) & 0xFFU);
  }
}

}  // namespace detail

/// Little-endian loads and stores at any alignment. The caller guarantees the size.
[[gnu::always_inline]] constexpr std::uint16_t load_le16(const std::byte* p) noexcept {
  return detail::load_le<std::uint16_t>(p);
}

[[gnu::always_inline]] constexpr std::uint32_t load_le32(const std::byte* p) noexcept {
  return detail::load_le<std::uint32_t>(p);
}

[[gnu::always_inline]] constexpr std::uint64_t load_le64(const std::byte* p) noexcept {
  return detail::load_le<std::uint64_t>(p);
}

[[gnu::always_inline]] constexpr void store_le16(std::byte* p, std::uint16_t value) noexcept {
  detail::store_le(p, value);
}

[[gnu::always_inline]] constexpr void store_le32(std::byte* p, std::uint32_t value) noexcept {
  detail::store_le(p, value);
}

[[gnu::always_inline]] constexpr void store_le64(std::byte* p, std::uint64_t value) noexcept {
  detail::store_le(p, value);
}

/// Text as bytes, without a terminator.
inline Bytes as_bytes(const char* text, std::size_t size) noexcept {
  return {reinterpret_cast<const std::byte*>(text), size};
}

}  // namespace aiot
