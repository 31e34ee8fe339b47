// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Counts what AIOT_SHARED holds and no test runs, so that its absence is seen in every run.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/test.hpp"

namespace aiot {
namespace {

namespace fs = std::filesystem;

/// Lines of a table behind its header.
std::size_t rows_in(const fs::path& table) {
  std::ifstream file(table);
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line);) {
    lines += line.empty() ? 0U : 1U;
  }
  return lines == 0 ? 0 : lines - 1;
}

TEST(NotRunGolden, NamesWhatIsThereAndNotRun) {
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr || *shared == '\0') {
    GTEST_SKIP() << "SKIPPED: AIOT_SHARED is not set, nothing to count";
  }
  const fs::path folder = shared;
  ASSERT_TRUE(fs::is_directory(folder)) << folder;
  const std::size_t images = rows_in(folder / "vectors" / "mcuboot" / "manifest.csv");
  std::printf("SKIPPED: %zu rows of vectors/mcuboot/manifest.csv, this version verifies no image\n",
              images);
  // Nothing found means that the places have moved, not that all is run.
  EXPECT_GT(images, 0U);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / "vectors")) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name != "dsp" && name != "mcuboot") {
      std::printf("SKIPPED: vectors/%s, no test knows it\n", name.c_str());
    }
  }
}

}  // namespace
}  // namespace aiot
