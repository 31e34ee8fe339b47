// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/version_text.hpp"

#include "tests/support/test.hpp"

namespace {

using aiot::update::Version;
using aiot::update::VersionText;

TEST(VersionText, HasMajorMinorAndRevision) {
  EXPECT_EQ(VersionText(Version{1, 2, 3, 0}).view(), "1.2.3");
  EXPECT_EQ(VersionText(Version{}).view(), "0.0.0");
}

TEST(VersionText, HasTheBuildWhenThereIsOne) {
  EXPECT_EQ(VersionText(Version{1, 2, 3, 4}).view(), "1.2.3+4");
}

TEST(VersionText, WritesNumbersOfAllLengths) {
  EXPECT_EQ(VersionText(Version{9, 10, 99, 100}).view(), "9.10.99+100");
  EXPECT_EQ(VersionText(Version{101, 0, 60'000, 1'000'000'009}).view(), "101.0.60000+1000000009");
}

TEST(VersionText, HasRoomForTheLongestOne) {
  const VersionText longest(Version{0xFF, 0xFF, 0xFFFF, 0xFFFFFFFF});
  EXPECT_EQ(longest.view(), "255.255.65535+4294967295");
  EXPECT_EQ(longest.view().size(), VersionText::kMaxSize);
}

}  // namespace
