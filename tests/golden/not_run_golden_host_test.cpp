// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Counts what AIOT_SHARED holds and no test runs, so that its absence is seen in every run.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/test.hpp"

namespace aiot {
namespace {

namespace fs = std::filesystem;

TEST(NotRunGolden, NamesWhatIsThereAndNotRun) {
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr || *shared == '\0') {
    GTEST_SKIP() << "SKIPPED: AIOT_SHARED is not set, nothing to count";
  }
  const fs::path folder = shared;
  ASSERT_TRUE(fs::is_directory(folder)) << folder;
  // Nothing there means that the place has moved, not that all is run.
  ASSERT_TRUE(fs::is_directory(folder / "vectors")) << folder;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / "vectors")) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name != "dsp" && name != "mcuboot") {
      std::printf("SKIPPED: vectors/%s, no test knows it\n", name.c_str());
    }
  }
}

}  // namespace
}  // namespace aiot
