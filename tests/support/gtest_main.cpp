// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>

#include "tests/support/test.hpp"

/// GoogleTest's main, with the closing line that every run of this project prints.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int status = RUN_ALL_TESTS();
  const testing::UnitTest& run = *testing::UnitTest::GetInstance();
  std::printf("%d passed, %d failed\n", run.successful_test_count(), run.failed_test_count());
  return status;
}
