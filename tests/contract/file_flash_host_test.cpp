// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <string>

#include "ports/linux/file_flash.hpp"
#include "tests/contract/flash_contract.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

/// A folder that goes away with the test.
class Folder {
 public:
  std::string file() const { return dir_ / "flash.bin"; }

 private:
  test::TempDir dir_;
};

constexpr hal::FlashGeometry kGeometry{.size = 8 * 4096,
                                       .sector = 4096,
                                       .page = 4096,
                                       .program = 1,
                                       .erased = std::byte{0},
                                       .reprogram = true};

TEST(FileFlash, KeepsTheContract) {
  const Folder folder;
  std::string message;
  ASSERT_TRUE(linux_port::FileFlash::create(folder.file(), kGeometry, message).ok()) << message;
  linux_port::FileFlash flash;
  ASSERT_TRUE(flash.open(folder.file(), kGeometry, linux_port::Access::kReadWrite, message).ok())
      << message;
  contract::check_flash(flash);
  EXPECT_GT(flash.counters().syncs, 0U);
}

TEST(FileFlash, IsErasedWhenCreatedAndKeepsItsBytes) {
  const Folder folder;
  std::string message;
  ASSERT_TRUE(linux_port::FileFlash::create(folder.file(), kGeometry, message).ok()) << message;
  {
    linux_port::FileFlash flash;
    ASSERT_TRUE(flash.open(folder.file(), kGeometry, linux_port::Access::kReadWrite, message).ok());
    EXPECT_TRUE(contract::reads_erased(flash, 0, kGeometry.size));
    ASSERT_TRUE(contract::program_pattern(flash, 4096, 100).ok());
    ASSERT_TRUE(flash.sync().ok());
  }
  linux_port::FileFlash flash;
  ASSERT_TRUE(flash.open(folder.file(), kGeometry, linux_port::Access::kReadOnly, message).ok());
  EXPECT_TRUE(contract::reads_as(
      flash, 4096, 100, [](std::uint32_t at) { return contract::pattern_byte(at, std::byte{0}); }));
  EXPECT_EQ(flash.erase(0).error(), Error::kWrongState);
  EXPECT_EQ(contract::program_pattern(flash, 0, 1).error(), Error::kWrongState);
}

TEST(FileFlash, RefusesWhatIsNotItsFile) {
  const Folder folder;
  std::string message;
  linux_port::FileFlash flash;
  const auto open = [&](const hal::FlashGeometry& geometry) {
    return flash.open(folder.file(), geometry, linux_port::Access::kReadWrite, message).error();
  };
  EXPECT_EQ(open(kGeometry), Error::kEmpty);
  ASSERT_TRUE(linux_port::FileFlash::create(folder.file(), kGeometry, message).ok());
  EXPECT_EQ(linux_port::FileFlash::create(folder.file(), kGeometry, message).error(),
            Error::kWrongState);
  hal::FlashGeometry larger = kGeometry;
  larger.size *= 2;
  EXPECT_EQ(open(larger), Error::kCorrupt);
  EXPECT_EQ(open(kGeometry), Error::kNone);
  EXPECT_EQ(open(kGeometry), Error::kWrongState);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(FileFlash, AsksForPossibleGeometries) {
  const Folder folder;
  std::string message;
  hal::FlashGeometry geometry = kGeometry;
  geometry.page = 3000;
  EXPECT_EQ(linux_port::FileFlash::create(folder.file(), geometry, message).error(),
            Error::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(folder.file()));
}

}  // namespace
}  // namespace aiot
