// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/static_vector.hpp"

#include "tests/support/test.hpp"

namespace {

TEST(StaticVector, RefusesWhatDoesNotFitAndKeepsWhatItHas) {
  aiot::StaticVector<int, 2> list;
  EXPECT_TRUE(list.push_back(7));
  EXPECT_TRUE(list.push_back(8));
  EXPECT_FALSE(list.push_back(9));
  EXPECT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0] + list[1], 15);
  list.clear();
  EXPECT_TRUE(list.empty());
}

}  // namespace
