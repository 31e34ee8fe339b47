// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/float16.hpp"

#include <bit>
#include <limits>

#include "tests/support/test.hpp"

namespace aiot::record {
namespace {

bool is_nan16(std::uint32_t bits) {
  return (bits & 0x7FFFU) > 0x7C00U;
}

TEST(Float16, KeepsEveryValueOnTheWayThereAndBack) {
  for (std::uint32_t bits = 0; bits <= 0xFFFFU; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const std::uint32_t expected = is_nan16(bits) ? 0x7E00U : bits;
    ASSERT_EQ(to_float16(from_float16(half)), expected) << "bits " << bits;
  }
}

TEST(Float16, RoundsToTheNearestAndTiesToEven) {
  // Between each two neighbours: just below, at and just above the middle.
  for (std::uint32_t low = 0; low < 0x7BFFU; ++low) {
    const float a = from_float16(static_cast<std::uint16_t>(low));
    const float b = from_float16(static_cast<std::uint16_t>(low + 1U));
    const float middle = a + (b - a) / 2.0F;  // exact: one bit more than float16 has
    const auto bits = std::bit_cast<std::uint32_t>(middle);
    ASSERT_EQ(to_float16(std::bit_cast<float>(bits - 1U)), low) << "above " << low;
    ASSERT_EQ(to_float16(std::bit_cast<float>(bits + 1U)), low + 1U) << "above " << low;
    ASSERT_EQ(to_float16(middle), (low & 1U) == 0 ? low : low + 1U) << "above " << low;
  }
}

TEST(Float16, HandlesTheEndsOfItsRange) {
  EXPECT_EQ(to_float16(65504.0F), 0x7BFF);
  EXPECT_EQ(to_float16(65519.996F), 0x7BFF);
  EXPECT_EQ(to_float16(65520.0F), 0x7C00);
  EXPECT_EQ(to_float16(std::numeric_limits<float>::max()), 0x7C00);
  EXPECT_EQ(to_float16(-std::numeric_limits<float>::infinity()), 0xFC00);
  EXPECT_EQ(to_float16(std::numeric_limits<float>::quiet_NaN()), 0x7E00);
  EXPECT_EQ(to_float16(-std::numeric_limits<float>::quiet_NaN()), 0x7E00);
  EXPECT_EQ(to_float16(0x1p-24F), 0x0001);
  EXPECT_EQ(to_float16(0x1p-25F), 0x0000) << "a tie with zero, which is even";
  EXPECT_EQ(to_float16(0x1.000002p-25F), 0x0001);
  EXPECT_EQ(to_float16(0x1p-149F), 0x0000);
  EXPECT_EQ(to_float16(-0.0F), 0x8000);
  EXPECT_EQ(to_float16(0x1.ffcp-15F), 0x03FF + 1) << "rounds up to the smallest normal number";
}

}  // namespace
}  // namespace aiot::record
