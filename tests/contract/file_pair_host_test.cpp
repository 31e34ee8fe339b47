// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <filesystem>
#include <string>

#include "ports/linux/file_pair.hpp"
#include "tests/contract/flash_contract.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using linux_port::Access;
using linux_port::FilePair;

constexpr hal::FlashGeometry kGeometry{.size = 2 * 4096,
                                       .sector = 4096,
                                       .page = 4096,
                                       .program = 1,
                                       .erased = std::byte{0},
                                       .reprogram = true};

FilePair::Paths paths_in(const test::TempDir& dir) {
  return {dir / "slot_a", dir / "slot_b"};
}

/// A pair that goes away with the test.
class Bench {
 public:
  Bench() {
    EXPECT_TRUE(FilePair::create(paths_in(dir), kGeometry, message).ok()) << message;
    EXPECT_TRUE(pair.open(paths_in(dir), kGeometry, Access::kReadWrite, message).ok()) << message;
  }

  test::TempDir dir;
  std::string message;
  FilePair pair;
};

TEST(FilePair, KeepsTheContract) {
  Bench bench;
  contract::check_flash(bench.pair);
}

TEST(FilePair, PutsTheSecondFileBehindTheFirst) {
  Bench bench;
  EXPECT_EQ(bench.pair.geometry().size, 4U * 4096);
  EXPECT_EQ(bench.pair.geometry().sector, 4096U);
  EXPECT_TRUE(bench.pair.geometry().overwrite);
  EXPECT_EQ(bench.pair.region(1).offset, 2U * 4096);
  EXPECT_EQ(bench.pair.region(1).size, 2U * 4096);
  const std::array<std::byte, 4> ends = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  ASSERT_TRUE(bench.pair.program(2 * 4096 - 2, Bytes(ends).first(2)).ok());
  ASSERT_TRUE(bench.pair.program(2 * 4096, Bytes(ends).subspan(2)).ok());
  std::array<std::byte, 4> read{};
  ASSERT_TRUE(bench.pair.read(2 * 4096 - 2, read).ok());
  EXPECT_EQ(read, ends);
  bench.pair.close();
  EXPECT_EQ(test::content_of(bench.dir / "slot_a").substr(2 * 4096 - 2), "\1\2");
  EXPECT_EQ(test::content_of(bench.dir / "slot_b").substr(0, 3), std::string("\3\4\0", 3));
}

TEST(FilePair, EndsWhereTheSecondFileDoes) {
  Bench bench;
  std::array<std::byte, 2> two{};
  EXPECT_TRUE(bench.pair.read(4 * 4096 - 2, two).ok());
  EXPECT_EQ(bench.pair.read(4 * 4096 - 1, two).error(), Error::kOutOfRange);
  EXPECT_EQ(bench.pair.program(4 * 4096, two).error(), Error::kOutOfRange);
  EXPECT_EQ(bench.pair.erase(4 * 4096).error(), Error::kOutOfRange);
  static std::array<std::byte, 4 * 4096 + 1> all;
  EXPECT_TRUE(bench.pair.read(0, MutableBytes(all).first(4 * 4096)).ok());
  EXPECT_EQ(bench.pair.read(0, all).error(), Error::kOutOfRange);
}

TEST(FilePair, SyncsWhatWasChanged) {
  Bench bench;
  const std::array<std::byte, 1> one = {std::byte{1}};
  ASSERT_TRUE(bench.pair.program(2 * 4096, one).ok());
  ASSERT_TRUE(bench.pair.sync().ok());
  ASSERT_TRUE(bench.pair.sync().ok());
  EXPECT_EQ(bench.pair.file(0).counters().syncs, 0U);
  EXPECT_EQ(bench.pair.file(1).counters().syncs, 1U);
}

TEST(FilePair, CompletesACreationThatWasCutShort) {
  const test::TempDir dir;
  std::string message;
  ASSERT_TRUE(linux_port::FileFlash::create(dir / "slot_a", kGeometry, message).ok());
  FilePair pair;
  EXPECT_EQ(pair.open(paths_in(dir), kGeometry, Access::kReadWrite, message).error(),
            Error::kEmpty);
  EXPECT_NE(message.find("slot_b"), std::string::npos) << message;
  EXPECT_FALSE(pair.is_open());
  EXPECT_EQ(pair.sync().error(), Error::kWrongState);
  ASSERT_TRUE(FilePair::create(paths_in(dir), kGeometry, message).ok()) << message;
  ASSERT_TRUE(pair.open(paths_in(dir), kGeometry, Access::kReadWrite, message).ok()) << message;
}

TEST(FilePair, RefusesWhatCanNotBeAddressed) {
  const test::TempDir dir;
  std::string message;
  hal::FlashGeometry geometry = kGeometry;
  geometry.size = 1U << 31U;
  EXPECT_EQ(FilePair::create(paths_in(dir), geometry, message).error(), Error::kInvalidArgument);
  FilePair pair;
  EXPECT_EQ(pair.open(paths_in(dir), geometry, Access::kReadWrite, message).error(),
            Error::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(dir / "slot_a"));
}

}  // namespace
}  // namespace aiot
