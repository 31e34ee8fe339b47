// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Fails on purpose (one passes, three fail) to prove that failures reach the last line and the exit
// code: through the shim on a host, through the shim on each board, and through GoogleTest.

#include <cstdint>
#include <cstdlib>

#if defined(__unix__)
#include <cstdio>
#endif

#include "tests/support/test.hpp"

#if defined(__unix__) && defined(AIOT_TEST_SHIM)
namespace aiot_test {

void write(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void leave(int exit_code) noexcept {
  std::exit(exit_code);
}

}  // namespace aiot_test
#endif

#ifndef AIOT_TEST_ALL_PASS
namespace {
enum class Colour : std::uint8_t { kRed = 1, kBlue = 2 };
}

TEST(Shim, PrintsBothValues) {
  EXPECT_EQ(1 + 1, 3) << "sum of " << 1 << " and " << 1U;
  EXPECT_LT(-1.5F, -2.5);
  EXPECT_EQ(Colour::kRed, Colour::kBlue);
  EXPECT_STREQ("left", "right");
  EXPECT_NEAR(1.0F, 2.0F, 0.5F);
  EXPECT_TRUE(false);
}

TEST(Shim, LeavesTheTestAtAnAssertion) {
  const int index = 7;
  SCOPED_TRACE(index);
  SCOPED_TRACE("outer loop");
  ASSERT_FALSE(true);
  FAIL() << "not reached";
}

TEST(Shim, FailsWhenToldTo) {
  FAIL() << "on purpose";
}
#endif

TEST(Shim, Passes) {
  EXPECT_EQ(std::uint64_t{3}, 3);
  ASSERT_NEAR(0.25, 0.25F, 0);
  EXPECT_NE("a", nullptr);
  EXPECT_GE(2, 2U);
  SUCCEED();
}
