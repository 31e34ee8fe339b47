// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "ports/linux/file_flash.hpp"
#include "tests/support/test.hpp"

namespace {

bool sync_fails_once = false;

}  // namespace

// In place of the C library's: as Linux does, tells of bytes that were lost once and not again.
extern "C" int fdatasync(int file) {
  if (sync_fails_once) {
    sync_fails_once = false;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace aiot::linux_port {
namespace {

constexpr hal::FlashGeometry kGeometry{.size = 16384,
                                       .sector = 4096,
                                       .page = 256,
                                       .program = 1,
                                       .erased = std::byte{0},
                                       .reprogram = true};
constexpr std::array<std::byte, 3> kBytes = {std::byte{1}, std::byte{2}, std::byte{3}};

/// A flash file that goes away with the test.
class Bench {
 public:
  Bench() {
    std::string name = (std::filesystem::temp_directory_path() / "aiot-flash-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    std::string message;
    EXPECT_TRUE(FileFlash::create(path(), kGeometry, message).ok()) << message;
    open();
  }

  ~Bench() { std::filesystem::remove_all(folder_); }

  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void open() {
    flash.close();
    std::string message;
    EXPECT_TRUE(flash.open(path(), kGeometry, Access::kReadWrite, message).ok()) << message;
  }

  std::string path() const { return folder_ + "/flash.bin"; }

  FileFlash flash;

 private:
  std::string folder_;
};

void expect_broken(FileFlash& flash, int reason) {
  EXPECT_EQ(flash.sync().error(), Error::kIo);
  EXPECT_EQ(flash.program(0, kBytes).error(), Error::kIo);
  EXPECT_EQ(flash.erase(0).error(), Error::kIo);
  EXPECT_EQ(flash.sync().error(), Error::kIo);
  EXPECT_EQ(flash.last_errno(), reason);
  std::array<std::byte, 3> read{};
  EXPECT_TRUE(flash.read(0, read).ok()) << "what is there can still be read";
}

TEST(FileFlash, IsNeverSyncedAgainAfterASyncFailed) {
  Bench bench;
  ASSERT_TRUE(bench.flash.program(0, kBytes).ok());
  sync_fails_once = true;
  EXPECT_EQ(bench.flash.sync().error(), Error::kIo);
  expect_broken(bench.flash, EIO);
  bench.open();
  EXPECT_TRUE(bench.flash.sync().ok());
  EXPECT_EQ(bench.flash.last_errno(), 0);
}

TEST(FileFlash, WritesProgramsThatFollowOneAnotherTogether) {
  Bench bench;
  const std::uint64_t before = bench.flash.counters().writes;
  for (std::uint32_t i = 0; i < 80; ++i) {
    ASSERT_TRUE(bench.flash.program(4096 + i * 3, kBytes).ok());
  }
  EXPECT_EQ(bench.flash.counters().writes, before);
  std::array<std::byte, 3> read{};
  ASSERT_TRUE(bench.flash.read(4096 + 79 * 3, read).ok());
  EXPECT_TRUE(std::equal(read.begin(), read.end(), kBytes.begin())) << "seen before it is written";
  ASSERT_TRUE(bench.flash.program(0, kBytes).ok());
  ASSERT_TRUE(bench.flash.sync().ok());
  EXPECT_LE(bench.flash.counters().writes, before + 2);
  bench.open();
  for (const std::uint32_t at : {0U, 4096U, 4096U + 79 * 3}) {
    ASSERT_TRUE(bench.flash.read(at, read).ok());
    EXPECT_TRUE(std::equal(read.begin(), read.end(), kBytes.begin())) << at;
  }
}

TEST(FileFlash, ShowsWhatIsProgrammedWhereItHasReadBefore) {
  Bench bench;
  std::array<std::byte, 6> read{};
  ASSERT_TRUE(bench.flash.read(510, read).ok());
  ASSERT_TRUE(bench.flash.program(512, kBytes).ok());
  ASSERT_TRUE(bench.flash.program(5000, kBytes).ok());
  ASSERT_TRUE(bench.flash.read(510, read).ok());
  EXPECT_TRUE(std::equal(kBytes.begin(), kBytes.end(), read.begin() + 2));
  ASSERT_TRUE(bench.flash.erase(0).ok());
  ASSERT_TRUE(bench.flash.read(510, read).ok());
  EXPECT_EQ(read[2], std::byte{0});
}

TEST(FileFlash, IsNeverWrittenAgainAfterAWriteFailed) {
  Bench bench;
  (void)std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_TRUE(bench.flash.program(8192, kBytes).ok()) << "it is written at sync";
  EXPECT_EQ(bench.flash.sync().error(), Error::kIo);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  expect_broken(bench.flash, EFBIG);
  bench.open();
  EXPECT_TRUE(bench.flash.program(8192, kBytes).ok());
  EXPECT_TRUE(bench.flash.sync().ok());
}

}  // namespace
}  // namespace aiot::linux_port
