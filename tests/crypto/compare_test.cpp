// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/compare.hpp"

#include "aiot/core/identity.hpp"
#include "tests/support/test.hpp"

namespace aiot::crypto {
namespace {

TEST(EqualConstantTime, ComparesEveryByte) {
  Hash256 a{};
  for (std::size_t i = 0; i < a.size(); ++i) {
    Hash256 b = a;
    EXPECT_TRUE(equal_constant_time(a, b));
    b[i] = std::byte{0x80};
    EXPECT_FALSE(equal_constant_time(a, b));
  }
  EXPECT_FALSE(equal_constant_time(a, Bytes(a).first(31)));
  EXPECT_TRUE(equal_constant_time({}, {}));
}

}  // namespace
}  // namespace aiot::crypto
