// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "tests/support/test.hpp"

/// What every flash device must do, whatever it is made of. A port's test calls `check_flash` with
/// its device; the content of the first three sectors is lost. No heap; about 2 KB of stack.
namespace aiot::contract {

inline constexpr std::uint32_t kPieceBytes = 256;

/// A byte that differs from the erased one and from its neighbours.
inline std::byte pattern_byte(std::uint32_t offset, std::byte erased) noexcept {
  const auto value = static_cast<std::byte>((offset * 37U + (offset >> 8U) * 11U + 5U) & 0xFFU);
  return value == erased ? static_cast<std::byte>(0x5A) : value;
}

/// Whether [offset, offset+size) reads as `expected(offset)`.
template <class Expected>
bool reads_as(hal::FlashRef flash, std::uint32_t offset, std::uint32_t size, Expected expected) {
  std::array<std::byte, kPieceBytes> piece{};
  for (std::uint32_t done = 0; done < size;) {
    const auto part = std::min<std::uint32_t>(kPieceBytes, size - done);
    if (!flash.read(offset + done, MutableBytes{piece}.first(part)).ok()) {
      return false;
    }
    for (std::uint32_t i = 0; i < part; ++i) {
      if (piece[i] != expected(offset + done + i)) {
        return false;
      }
    }
    done += part;
  }
  return true;
}

inline bool reads_erased(hal::FlashRef flash, std::uint32_t offset, std::uint32_t size) {
  const std::byte erased = flash.geometry().erased;
  return reads_as(flash, offset, size, [erased](std::uint32_t) { return erased; });
}

/// Programs [offset, offset+size) with the pattern, in pieces that keep to pages.
inline Status program_pattern(hal::FlashRef flash, std::uint32_t offset, std::uint32_t size) {
  const hal::FlashGeometry g = flash.geometry();
  std::array<std::byte, kPieceBytes> piece{};
  const std::uint32_t most = std::min<std::uint32_t>(kPieceBytes / g.program * g.program, g.page);
  for (std::uint32_t done = 0; done < size;) {
    const std::uint32_t at = offset + done;
    const std::uint32_t part = std::min({most, g.page - at % g.page, size - done});
    for (std::uint32_t i = 0; i < part; ++i) {
      piece[i] = pattern_byte(at + i, g.erased);
    }
    AIOT_TRY(flash.program(at, Bytes{piece}.first(part)));
    done += part;
  }
  return {};
}

inline void check_geometry(hal::FlashRef flash) {
  const hal::FlashGeometry g = flash.geometry();
  ASSERT_NE(g.program, 0U);
  ASSERT_NE(g.page, 0U);
  ASSERT_NE(g.sector, 0U);
  EXPECT_EQ(g.page % g.program, 0U);
  EXPECT_EQ(g.sector % g.page, 0U);
  EXPECT_EQ(g.size % g.sector, 0U);
  EXPECT_GE(g.size, 3 * g.sector) << "the contract needs three sectors";
  EXPECT_LE(g.program, kPieceBytes);
}

inline void check_erase_and_program(hal::FlashRef flash) {
  const hal::FlashGeometry g = flash.geometry();
  for (std::uint32_t sector = 0; sector < 3; ++sector) {
    ASSERT_TRUE(flash.erase(sector * g.sector).ok());
    EXPECT_TRUE(reads_erased(flash, sector * g.sector, g.sector));
  }
  ASSERT_TRUE(program_pattern(flash, g.sector, g.sector).ok());
  const auto pattern = [&g](std::uint32_t at) { return pattern_byte(at, g.erased); };
  EXPECT_TRUE(reads_as(flash, g.sector, g.sector, pattern));
  EXPECT_TRUE(reads_erased(flash, 0, g.sector)) << "a program touched the sector before";
  EXPECT_TRUE(reads_erased(flash, 2 * g.sector, g.sector)) << "a program touched the next sector";
  ASSERT_TRUE(flash.sync().ok());
  EXPECT_TRUE(reads_as(flash, g.sector, g.sector, pattern));
  ASSERT_TRUE(program_pattern(flash, 0, g.sector).ok());
  ASSERT_TRUE(flash.erase(g.sector).ok());
  EXPECT_TRUE(reads_erased(flash, g.sector, g.sector));
  EXPECT_TRUE(reads_as(flash, 0, g.sector, pattern)) << "an erase touched the sector before";
}

/// One granule at a time, reads at any offset and size.
inline void check_granules(hal::FlashRef flash) {
  const hal::FlashGeometry g = flash.geometry();
  ASSERT_TRUE(flash.erase(0).ok());
  ASSERT_TRUE(program_pattern(flash, g.program, g.program).ok());
  const auto pattern = [&g](std::uint32_t at) { return pattern_byte(at, g.erased); };
  EXPECT_TRUE(reads_erased(flash, 0, g.program));
  EXPECT_TRUE(reads_as(flash, g.program, g.program, pattern));
  EXPECT_TRUE(reads_erased(flash, 2 * g.program, g.program));
  EXPECT_TRUE(reads_as(flash, 2 * g.program - 1, 1, pattern));
  EXPECT_TRUE(flash.read(1, {}).ok());
  if (g.reprogram) {
    // Bits may move further away from the erased value: to its complement at last.
    std::array<std::byte, kPieceBytes> opposite{};
    opposite.fill(~g.erased);
    ASSERT_TRUE(flash.program(g.program, Bytes{opposite}.first(g.program)).ok());
    EXPECT_TRUE(reads_as(flash, g.program, g.program, [&g](std::uint32_t) { return ~g.erased; }));
  }
}

inline void check_limits(hal::FlashRef flash) {
  const hal::FlashGeometry g = flash.geometry();
  std::array<std::byte, kPieceBytes> piece{};
  piece.fill(g.erased);
  const Bytes granule = Bytes{piece}.first(g.program);
  EXPECT_EQ(flash.read(g.size, MutableBytes{piece}.first(1)).error(), Error::kOutOfRange);
  EXPECT_EQ(flash.read(g.size - 1, MutableBytes{piece}.first(2)).error(), Error::kOutOfRange);
  EXPECT_EQ(flash.read(0xFFFF'FFFFU, MutableBytes{piece}.first(2)).error(), Error::kOutOfRange);
  EXPECT_EQ(flash.program(g.size, granule).error(), Error::kOutOfRange);
  EXPECT_EQ(flash.erase(g.size).error(), Error::kOutOfRange);
  EXPECT_EQ(flash.erase(1).error(), Error::kInvalidArgument);
  if (g.program > 1) {
    EXPECT_EQ(flash.program(1, granule).error(), Error::kInvalidArgument);
    EXPECT_EQ(flash.program(0, granule.first(1)).error(), Error::kInvalidArgument);
  }
  const std::uint32_t crossing = 2 * g.program;
  if (crossing <= kPieceBytes && g.page < g.sector) {
    EXPECT_EQ(flash.program(g.page - g.program, Bytes{piece}.first(crossing)).error(),
              Error::kInvalidArgument)
        << "a program must not cross a page";
  }
}

/// All checks. The device may hold anything before.
inline void check_flash(hal::FlashRef flash) {
  check_geometry(flash);
  check_erase_and_program(flash);
  check_granules(flash);
  check_limits(flash);
}

}  // namespace aiot::contract
