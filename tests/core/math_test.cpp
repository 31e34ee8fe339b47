// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/math.hpp"

#include <array>
#include <bit>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/crc32.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

static_assert(math::sin(0.0F) == 0.0F && math::cos(0.0F) == 1.0F);
static_assert(math::sin_turn(1U << 30U) == 1.0F && math::cos_turn(1U << 30U) == 0.0F);
static_assert(math::exp(0.0F) == 1.0F && math::log(1.0F) == 0.0F);
static_assert(math::atan2(1.0F, 1.0F) == 0.785398163F);

/// CRC-32 of the bits of f over arguments that cover all magnitudes.
template <class F>
std::uint32_t crc_of(F f) {
  std::uint32_t crc = 0;
  std::uint32_t state = 1;
  for (int i = 0; i < 4000; ++i) {
    state = state * 1664525U + 1013904223U;
    std::uint32_t bits = state ^ (state >> 15U);
    if (i % 2 == 0) {  // every other argument is between 2^-15 and 2^16
      bits = (bits & 0x807FFFFFU) | ((112U + (state >> 27U)) << 23U);
    }
    const float x = std::bit_cast<float>(bits);
    const float y = f(x == x ? x : 0.0F);
    std::array<std::byte, 4> bytes{};
    store_le32(bytes.data(), y == y ? std::bit_cast<std::uint32_t>(y) : 0x7FC00000U);
    crc = crc32(crc, bytes);
  }
  return crc;
}

// The same numbers on every machine: whoever changes a function on purpose changes them here, and
// with them every golden byte that stands on these functions.
TEST(Math, BitsAreThoseOfEveryOtherMachine) {
  EXPECT_EQ(crc_of([](float x) { return math::sin(x); }), 0xB3729C54U);
  EXPECT_EQ(crc_of([](float x) { return math::cos(x); }), 0x365CA7BCU);
  EXPECT_EQ(crc_of([](float x) { return math::sin_turn(std::bit_cast<std::uint32_t>(x)); }),
            0x3BC506C5U);
  EXPECT_EQ(crc_of([](float x) { return math::log(x); }), 0x0D09210CU);
  EXPECT_EQ(crc_of([](float x) { return math::log10(x); }), 0x4A809C7AU);
  EXPECT_EQ(crc_of([](float x) { return math::exp(x); }), 0xB93EDB8AU);
  EXPECT_EQ(crc_of([](float x) { return math::atan2(x, 0.75F); }), 0x671A38CCU);
  EXPECT_EQ(crc_of([](float x) { return math::atan2(-1.5F, x); }), 0x4EB34F41U);
  EXPECT_EQ(crc_of([](float x) { return math::sqrt(x < 0.0F ? -x : x); }), 0x433CDF23U);
}

TEST(Math, QuartersOfATurnAreExact) {
  EXPECT_EQ(math::sin_turn(0), 0.0F);
  EXPECT_EQ(math::sin_turn(1U << 31U), 0.0F);
  EXPECT_EQ(math::sin_turn(3U << 30U), -1.0F);
  EXPECT_EQ(math::cos_turn(0), 1.0F);
  EXPECT_EQ(math::cos_turn(1U << 31U), -1.0F);
}

TEST(Math, SineIsOdd) {
  for (int i = 0; i < 100; ++i) {
    const float x = static_cast<float>(i) * 12.34F;
    EXPECT_EQ(math::sin(-x), -math::sin(x)) << i;
    EXPECT_EQ(math::cos(-x), math::cos(x)) << i;
  }
}

}  // namespace

// For math_linkage_test.cpp.
using Function = float (*)(float);

Function log_of_math_test() noexcept {
  return &math::log;
}

}  // namespace aiot
