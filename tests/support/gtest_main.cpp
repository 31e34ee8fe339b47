// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <cstdlib>

#include "aiot/core/check.hpp"
#include "tests/support/test.hpp"

/// A broken contract ends the process; a death test may look for the text.
void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::fprintf(stderr, "AIOT_CHECK failed at %s:%u\n", file, static_cast<unsigned>(line));
  std::abort();
}

/// GoogleTest's main, with the closing line that every run of this project prints.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int status = RUN_ALL_TESTS();
  const testing::UnitTest& run = *testing::UnitTest::GetInstance();
  std::printf("%d passed, %d failed\n", run.successful_test_count(), run.failed_test_count());
  return status;
}
