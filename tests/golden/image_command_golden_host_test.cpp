// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// aiot image verify gives every image of the shared vectors the verdict of its manifest.

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/update/image_format.hpp"
#include "tests/cli/command.hpp"
#include "tests/golden/image_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using update::golden::ImageRow;

/// How the command judges one row with more `options`.
Outcome verify(const std::filesystem::path& folder,
               const ImageRow& row,
               const std::string& options = {}) {
  std::string line = "image verify " + (folder / row.file).string();
  line += row.key.empty() ? std::string(" --hash-only")
                          : " --key " + (folder / "keys" / (row.key + ".pub.pem")).string();
  if (row.stored_counter) {
    line += " --stored-counter " + std::to_string(*row.stored_counter);
  }
  return aiot(line + options);
}

/// Accepted without a word on stderr, or rejected with the reason in one line and nothing else.
void expect_well_said(const Outcome& outcome) {
  EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << outcome.exit_code;
  if (outcome.exit_code == 0) {
    EXPECT_EQ(outcome.err, "");
    EXPECT_TRUE(contains(outcome.out, "accepted")) << outcome.out;
  } else {
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(is_one_line(outcome.err)) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, ": rejected: ")) << outcome.err;
  }
}

std::uint32_t load_address_of(const std::filesystem::path& image) {
  const std::string text = update::golden::read_file(image);
  const Bytes bytes = as_bytes(text.data(), text.size());
  EXPECT_GE(bytes.size(), update::kImageHeaderBytes);
  return bytes.size() < update::kImageHeaderBytes
             ? 0
             : load_le32(&bytes[update::kHeaderLoadAddressOffset]);
}

void run(const std::filesystem::path& folder, const ImageRow& row) {
  const Outcome plain = verify(folder, row);
  expect_well_said(plain);
  if (row.expect == "accept") {
    EXPECT_EQ(plain.exit_code, 0) << plain.err;
  } else if (row.expect == "accept-if-address-matches") {
    EXPECT_EQ(plain.exit_code, 1);
    const std::uint32_t address = load_address_of(folder / row.file);
    const Outcome there = verify(folder, row, " --slot-address " + std::to_string(address));
    EXPECT_EQ(there.exit_code, 0) << there.err;
    EXPECT_EQ(verify(folder, row, " --slot-address " + std::to_string(address ^ 4U)).exit_code, 1);
  } else if (row.expect != "accept-or-reject") {
    // Among them what only builds with other rules accept: hardware keys, pure signatures, unknown
    // TLVs, images that are not to be started.
    EXPECT_EQ(plain.exit_code, 1) << plain.out;
  }
}

TEST(ImageCommandGolden, VerifiesEveryImageAsTheManifestDemands) {
  const auto folder = update::golden::image_folder();
  if (!folder) {
    GTEST_SKIP() << update::golden::kNoImages;
  }
  const std::vector<ImageRow> rows = update::golden::read_image_rows(*folder / "manifest.csv");
  ASSERT_FALSE(rows.empty()) << *folder;
  for (const ImageRow& row : rows) {
    SCOPED_TRACE(row.file + ": " + row.expect);
    run(*folder, row);
  }
  std::printf("golden images: %zu images verified by the command\n", rows.size());
}

TEST(ImageCommandGolden, WithoutKeyAndFlagNothingIsJudged) {
  const auto folder = update::golden::image_folder();
  if (!folder) {
    GTEST_SKIP() << update::golden::kNoImages;
  }
  const std::vector<ImageRow> rows = update::golden::read_image_rows(*folder / "manifest.csv");
  ASSERT_FALSE(rows.empty()) << *folder;
  const Outcome outcome = aiot("image verify " + (*folder / rows.front().file).string());
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(is_one_line(outcome.err)) << outcome.err;
}

}  // namespace
}  // namespace aiot::test
