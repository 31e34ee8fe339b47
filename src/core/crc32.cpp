// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/crc32.hpp"

#include <array>

namespace aiot {
namespace {

constexpr std::uint32_t kPolynomial = 0xEDB88320U;  // reflected

// One entry a nibble: 64 bytes of table, two steps a byte. A byte-wise table is four times faster
// and sixteen times larger; frames are small and flash is scarce.
constexpr std::array<std::uint32_t, 16> kTable = [] {
  std::array<std::uint32_t, 16> table{};
  for (std::uint32_t i = 0; i < 16; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 4; ++bit) {
      c = (c & 1U) != 0 ? (c >> 1U) ^ kPolynomial : c >> 1U;
    }
    table[i] = c;
  }
  return table;
}();

}  // namespace

std::uint32_t crc32(std::uint32_t crc, Bytes data) noexcept {
  crc = ~crc;
  for (const std::byte b : data) {
    crc ^= std::to_integer<std::uint32_t>(b);
    crc = (crc >> 4U) ^ kTable[crc & 0xFU];
    crc = (crc >> 4U) ^ kTable[crc & 0xFU];
  }
  return ~crc;
}

}  // namespace aiot
