// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/manifest.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

TEST(RecordingManifest, ReadsQuotedFieldsAndKeepsAllColumns) {
  const auto manifest = parse_manifest(
      "\xEF\xBB\xBF"
      "file,label,load_hp,note\r\n"
      "a.s16,outer,3,\"one, \"\"two\"\"\r\nthree\"\r\n"
      "b.s16,inner,0,\r\n",
      "m");
  ASSERT_TRUE(manifest.ok()) << manifest.problem().text;
  ASSERT_EQ(manifest->rows.size(), 2U);
  EXPECT_EQ(manifest->rows[0].note, "one, \"two\"\r\nthree");
  EXPECT_EQ(manifest->rows[0].line, 2U);
  EXPECT_EQ(manifest->rows[1].line, 4U);
  EXPECT_EQ(manifest->rows[0].columns[2].first, "load_hp");
  EXPECT_EQ(manifest->rows[0].columns[2].second, "3");
  EXPECT_FALSE(manifest->rows[0].rpm.has_value());
}

TEST(RecordingManifest, NeedsAFileColumn) {
  EXPECT_FALSE(parse_manifest("", "m").ok());
  EXPECT_FALSE(parse_manifest("name,label\na,b\n", "m").ok());
  EXPECT_TRUE(parse_manifest("file\n", "m").ok());
  EXPECT_FALSE(parse_manifest("file,label\n,b\n", "m").ok());
}

TEST(RecordingManifest, FindsManifestsNearestFirst) {
  const test::TempDir dir;
  dir.write("manifest.csv", "file\n");
  dir.write("a/b/manifest.csv", "file\n");
  const auto found = manifests_above(dir / "a/b/c.s16");
  ASSERT_GE(found.size(), 2U);
  EXPECT_EQ(found[0], dir.path() / "a/b/manifest.csv");
  EXPECT_EQ(found[1], dir.path() / "manifest.csv");
}

TEST(RecordingManifest, UnderstandsSnapshots) {
  const auto full = snapshots_of("281 snapshots of 2560 samples, one every 100 s (every 10th)");
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->count, 281U);
  EXPECT_EQ(full->frames, 2560U);
  EXPECT_EQ(full->period_s, 100.0);
  const auto bare = snapshots_of("made of 3 snapshots of 10 samples");
  ASSERT_TRUE(bare.has_value());
  EXPECT_EQ(bare->period_s, 0.0);
  EXPECT_FALSE(snapshots_of("").has_value());
  EXPECT_FALSE(snapshots_of("snapshots of 10 samples").has_value());
  EXPECT_FALSE(snapshots_of("0 snapshots of 10 samples").has_value());
  EXPECT_FALSE(snapshots_of("x snapshots of y samples").has_value());
}

}  // namespace
}  // namespace aiot::toolkit
