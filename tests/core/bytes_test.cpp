// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/bytes.hpp"

#include <array>

#include "aiot/core/crc32.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace aiot;

TEST(Bytes, LittleEndianRoundTripAtAnyAlignment) {
  std::array<std::byte, 16> buffer{};
  for (std::size_t at = 0; at < 8; ++at) {
    store_le64(buffer.data() + at, 0x0123456789ABCDEFULL);
    EXPECT_EQ(load_le64(buffer.data() + at), 0x0123456789ABCDEFULL);
    EXPECT_EQ(load_le32(buffer.data() + at), 0x89ABCDEFU);
    EXPECT_EQ(load_le16(buffer.data() + at), 0xCDEFU);
    EXPECT_EQ(std::to_integer<int>(buffer[at]), 0xEF);
  }
}

TEST(Crc32, MatchesTheCheckValueOfItsStandard) {
  EXPECT_EQ(crc32(0, as_bytes("123456789", 9)), 0xCBF43926U);
  EXPECT_EQ(crc32(0, {}), 0U);
}

TEST(Crc32, ContinuesOverPieces) {
  const std::uint32_t first = crc32(0, as_bytes("1234", 4));
  EXPECT_EQ(crc32(first, as_bytes("56789", 5)), 0xCBF43926U);
}

TEST(Crc32, IsThatOfItsDefinitionForEveryLengthAndPlace) {
  std::array<std::byte, 70> bytes{};
  std::uint32_t expected = 0xFFFFFFFFU;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>((i * 151 + 17) & 0xFFU);
    expected ^= std::to_integer<std::uint32_t>(bytes[i]);
    for (int bit = 0; bit < 8; ++bit) {
      expected = (expected & 1U) != 0 ? (expected >> 1U) ^ 0xEDB88320U : expected >> 1U;
    }
    EXPECT_EQ(crc32(0, Bytes{bytes}.first(i + 1)), ~expected) << i;
    for (std::size_t cut = 0; cut <= i; cut += 3) {
      const std::uint32_t first = crc32(0, Bytes{bytes}.first(cut));
      EXPECT_EQ(crc32(first, Bytes{bytes}.subspan(cut, i + 1 - cut)), ~expected) << i;
    }
  }
}

}  // namespace
