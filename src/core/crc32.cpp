// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/crc32.hpp"

#include <array>

namespace aiot {
namespace {

constexpr std::uint32_t kPolynomial = 0xEDB88320U;  // reflected

// What `bits` more bits do to the checksum.
constexpr std::uint32_t advance(std::uint32_t crc, int bits) noexcept {
  for (int bit = 0; bit < bits; ++bit) {
    crc = (crc & 1U) != 0 ? (crc >> 1U) ^ kPolynomial : crc >> 1U;
  }
  return crc;
}

// One entry a nibble: 64 bytes of table, two steps a byte. A byte-wise table is four times faster
// and sixteen times larger; on a microcontroller frames are small and flash is scarce.
constexpr std::array<std::uint32_t, 16> kTable = [] {
  std::array<std::uint32_t, 16> table{};
  for (std::uint32_t i = 0; i < 16; ++i) {
    table[i] = advance(i, 4);
  }
  return table;
}();

std::uint32_t by_nibbles(std::uint32_t crc, Bytes data) noexcept {
  for (const std::byte b : data) {
    crc ^= std::to_integer<std::uint32_t>(b);
    crc = (crc >> 4U) ^ kTable[crc & 0xFU];
    crc = (crc >> 4U) ^ kTable[crc & 0xFU];
  }
  return crc;
}

// Eight bytes a step: 8 KiB of table, which a 64-bit machine has room for. kSlices[k][b]: what the
// byte b does to the checksum k bytes later. Source: M. E. Kounavis and F. L. Berry, "A systematic
// approach to building high performance software-based CRC generators", 2005.
constexpr std::array<std::array<std::uint32_t, 256>, 8> kSlices = [] {
  std::array<std::array<std::uint32_t, 256>, 8> slices{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    slices[0][i] = advance(i, 8);
  }
  for (std::size_t k = 1; k < slices.size(); ++k) {
    for (std::uint32_t i = 0; i < 256; ++i) {
      slices[k][i] = (slices[k - 1][i] >> 8U) ^ slices[0][slices[k - 1][i] & 0xFFU];
    }
  }
  return slices;
}();

std::uint32_t by_slices(std::uint32_t crc, Bytes data) noexcept {
  while (data.size() >= kSlices.size()) {
    const std::uint32_t low = load_le32(data.data()) ^ crc;
    const std::uint32_t high = load_le32(data.data() + 4);
    crc = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      crc ^= kSlices[7 - k][(low >> (8 * k)) & 0xFFU] ^ kSlices[3 - k][(high >> (8 * k)) & 0xFFU];
    }
    data = data.subspan(kSlices.size());
  }
  return by_nibbles(crc, data);
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, Bytes data) noexcept {
  if constexpr (sizeof(void*) > sizeof(std::uint32_t)) {
    return ~by_slices(~crc, data);
  } else {
    return ~by_nibbles(~crc, data);
  }
}

}  // namespace aiot
