// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "aiot/core/bytes.hpp"

/// Bytes written as hexadecimal digits, as standards print their vectors; spaces are skipped.
template <std::size_t Capacity>
class Hex {
 public:
  explicit constexpr Hex(std::string_view digits) noexcept {
    bool high = true;
    for (const char c : digits) {
      if (c == ' ') {
        continue;
      }
      const unsigned value = static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
      bytes_[size_] |= static_cast<std::byte>(high ? value << 4U : value);
      size_ += high ? 0U : 1U;
      high = !high;
    }
  }

  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

  constexpr operator aiot::Bytes() const noexcept { return {bytes_.data(), size_}; }

 private:
  std::array<std::byte, Capacity> bytes_{};
  std::size_t size_ = 0;
};

template <class A, class B>
bool same_bytes(const A& a, const B& b) noexcept {
  const aiot::Bytes left(a);
  const aiot::Bytes right(b);
  if (left.size() != right.size()) {
    return false;
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] != right[i]) {
      return false;
    }
  }
  return true;
}
