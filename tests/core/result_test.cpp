// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/result.hpp"

#include <cstring>

#include "tests/support/test.hpp"

namespace {

using aiot::Error;
using aiot::Result;
using aiot::Status;

Result<int> half(int value) {
  if (value % 2 != 0) {
    return Error::kInvalidArgument;
  }
  return value / 2;
}

Result<int> quarter(int value) {
  AIOT_TRY_ASSIGN(const int once, half(value));
  AIOT_TRY_ASSIGN(const int twice, half(once));
  return twice;
}

Status divisible(int value) {
  AIOT_TRY(half(value));
  return {};
}

TEST(Result, CarriesTheValueOrTheFirstError) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error(), Error::kInvalidArgument);
  EXPECT_EQ(quarter(6).value_or(-1), -1);
  EXPECT_TRUE(divisible(2).ok());
  EXPECT_EQ(divisible(1).error(), Error::kInvalidArgument);
}

TEST(Error, EveryNumberHasWords) {
  for (int i = 0; i <= static_cast<int>(Error::kWrongState); ++i) {
    EXPECT_NE(std::strcmp(aiot::to_string(static_cast<Error>(i)), "unknown error"), 0);
  }
  EXPECT_STREQ(aiot::to_string(static_cast<Error>(200)), "unknown error");
}

}  // namespace
