// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <string>

#include "ports/linux/files.hpp"
#include "ports/linux/slot_link.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace {

/// Calls that change names or make them durable, until the machine stops: from then on none does
/// anything.
int calls_left = INT_MAX;
int stop_error = EIO;

bool stopped() {
  if (calls_left > 0) {
    --calls_left;
    return false;
  }
  errno = stop_error;
  return true;
}

}  // namespace

// In place of the C library's.
extern "C" int rename(const char* from, const char* to) noexcept {
  return stopped() ? -1
                   : static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0U));
}

extern "C" int symlink(const char* target, const char* path) noexcept {
  return stopped() ? -1 : static_cast<int>(::syscall(SYS_symlinkat, target, AT_FDCWD, path));
}

extern "C" int unlink(const char* path) noexcept {
  return stopped() ? -1 : static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

extern "C" int fsync(int file) {
  return stopped() ? -1 : static_cast<int>(::syscall(SYS_fsync, file));
}

namespace aiot::linux_port {
namespace {

namespace fs = std::filesystem;
using test::TempDir;

class Bench {
 public:
  Bench() {
    dir.write("app_a", "a");
    dir.write("app_b", "b");
  }

  SlotLink link() const { return {dir / "current", {"app_a", "app_b"}}; }

  std::string content() const { return test::content_of(dir / "current"); }

  TempDir dir;
};

void expect_one_line(const std::string& message, const std::string& names) {
  EXPECT_NE(message.find(names), std::string::npos) << message;
  EXPECT_NE(message.find("; "), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

TEST(SlotLink, NamesWhatItWasPointedTo) {
  const Bench bench;
  SlotLink link = bench.link();
  EXPECT_EQ(link.read().error(), Error::kEmpty);
  for (const std::uint8_t slot : std::array<std::uint8_t, 4>{0, 1, 1, 0}) {
    ASSERT_TRUE(link.point_to(slot).ok()) << link.message();
    EXPECT_EQ(link.message(), "");
    EXPECT_EQ(link.read().value_or(9), slot);
    EXPECT_EQ(bench.content(), slot == 0 ? "a" : "b");
    EXPECT_EQ(fs::read_symlink(bench.dir / "current"), slot == 0 ? "app_a" : "app_b");
  }
}

TEST(SlotLink, HoldsAfterItsFolderHasMoved) {
  const Bench bench;
  fs::create_directory(bench.dir / "here");
  fs::rename(bench.dir / "app_a", bench.dir / "here/app_a");
  ASSERT_TRUE(SlotLink(bench.dir / "here/current", {"app_a", "app_b"}).point_to(0).ok());
  fs::rename(bench.dir / "here", bench.dir / "there");
  SlotLink moved(bench.dir / "there/current", {"app_a", "app_b"});
  EXPECT_EQ(moved.read().value_or(9), 0);
  EXPECT_EQ(moved.file(0), bench.dir / "there/app_a");
}

TEST(SlotLink, NamesOldOrNewWhereverThePowerFails) {
  for (const bool durable_names : {false, true}) {  // what a crash behind the link left, too
    int steps = 0;
    for (bool whole = false; !whole; ++steps) {
      ASSERT_LT(steps, 10);
      const Bench bench;
      ASSERT_TRUE(bench.link().point_to(0).ok());
      if (durable_names) {
        fs::create_symlink("app_a", bench.dir / "current.new");
      }
      calls_left = steps;
      whole = bench.link().point_to(1).ok();
      calls_left = INT_MAX;

      const std::string content = bench.content();
      EXPECT_TRUE(content == "a" || content == "b") << "after step " << steps;
      EXPECT_TRUE(!whole || content == "b");
      SlotLink later = bench.link();
      EXPECT_TRUE(later.read().ok()) << later.message();
      EXPECT_TRUE(later.point_to(1).ok()) << "after step " << steps << ": " << later.message();
      EXPECT_EQ(later.read().value_or(9), 1);
      EXPECT_FALSE(fs::is_symlink(bench.dir / "current.new"));
    }
    EXPECT_EQ(steps, durable_names ? 5 : 4);  // [remove], make, rename, sync; and the whole run
  }
}

TEST(SlotLink, MakesALinkDurableThatIsRightAlready) {
  const Bench bench;
  ASSERT_TRUE(bench.link().point_to(0).ok());
  calls_left = 0;
  EXPECT_EQ(bench.link().point_to(0).error(), Error::kIo);
  calls_left = 1;
  EXPECT_TRUE(bench.link().point_to(0).ok());
  calls_left = INT_MAX;
}

TEST(SlotLink, TakesOverWhatACrashLeft) {
  const Bench bench;
  fs::create_symlink("app_b", bench.dir / "current.new");
  SlotLink link = bench.link();
  EXPECT_EQ(link.read().error(), Error::kEmpty);
  ASSERT_TRUE(link.point_to(0).ok()) << link.message();
  EXPECT_EQ(bench.content(), "a");
}

TEST(SlotLink, TellsOfAFileThatIsMissing) {
  const Bench bench;
  SlotLink link = bench.link();
  ASSERT_TRUE(link.point_to(1).ok());
  fs::remove(bench.dir / "app_b");
  EXPECT_EQ(link.read().error(), Error::kCorrupt);
  expect_one_line(link.message(), "app_b");
  EXPECT_EQ(link.point_to(1).error(), Error::kEmpty);
  expect_one_line(link.message(), "app_b");
  ASSERT_TRUE(link.point_to(0).ok()) << link.message();
  EXPECT_EQ(link.read().value_or(9), 0);
}

TEST(SlotLink, LeavesAloneWhatItHasNotMade) {
  const Bench bench;
  SlotLink link = bench.link();
  fs::create_symlink("/etc/hostname", bench.dir / "current");
  EXPECT_EQ(link.read().error(), Error::kInvalidArgument);
  expect_one_line(link.message(), "/etc/hostname");
  EXPECT_EQ(link.point_to(0).error(), Error::kInvalidArgument);
  EXPECT_EQ(fs::read_symlink(bench.dir / "current"), "/etc/hostname");
  fs::remove(bench.dir / "current");

  bench.dir.write("current", "mine");
  EXPECT_EQ(link.read().error(), Error::kWrongState);
  expect_one_line(link.message(), "not a symbolic link");
  EXPECT_EQ(link.point_to(0).error(), Error::kWrongState);
  EXPECT_EQ(bench.content(), "mine");
  fs::remove(bench.dir / "current");

  bench.dir.write("current.new", "mine");
  EXPECT_EQ(link.point_to(0).error(), Error::kWrongState);
  expect_one_line(link.message(), "current.new");
  EXPECT_EQ(test::content_of(bench.dir / "current.new"), "mine");
  EXPECT_FALSE(fs::is_symlink(bench.dir / "current"));
}

TEST(SlotLink, TellsWhyItCanNotBeChanged) {
  const Bench bench;
  SlotLink link = bench.link();
  ASSERT_TRUE(link.point_to(0).ok());
  SlotLink elsewhere(bench.dir / "app_a/current", {"app_a", "app_b"});
  EXPECT_EQ(elsewhere.read().error(), Error::kIo);
  EXPECT_EQ(elsewhere.point_to(0).error(), Error::kIo);
  expect_one_line(elsewhere.message(), "app_a");
  // Root may write everywhere.
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  ASSERT_TRUE(!root || (::chown(bench.dir.path().c_str(), kNobody, kNobody) == 0 &&
                        ::seteuid(kNobody) == 0));
  ::chmod(bench.dir.path().c_str(), 0500);
  EXPECT_EQ(link.point_to(1).error(), Error::kIo);
  expect_one_line(link.message(), "permission denied");
  EXPECT_EQ(link.read().value_or(9), 0);
  ::chmod(bench.dir.path().c_str(), 0700);
  EXPECT_TRUE(link.point_to(1).ok()) << link.message();
  ASSERT_TRUE(!root || ::seteuid(0) == 0);
}

TEST(SlotLink, TellsOfFileSystemsThatTakeNothing) {
  const Bench bench;
  SlotLink link = bench.link();
  ASSERT_TRUE(link.point_to(0).ok());
  calls_left = 0;
  stop_error = EROFS;
  EXPECT_EQ(link.point_to(1).error(), Error::kIo);
  expect_one_line(link.message(), "read-only");
  stop_error = ENOSPC;
  EXPECT_EQ(link.point_to(1).error(), Error::kNoSpace);
  expect_one_line(link.message(), "disk is full");
  stop_error = EIO;
  calls_left = INT_MAX;
  EXPECT_EQ(link.read().value_or(9), 0);
}

TEST(ReplaceFile, LeavesOldOrNewWhereverThePowerFails) {
  int steps = 0;
  for (bool whole = false; !whole; ++steps) {
    ASSERT_LT(steps, 10);
    const TempDir dir;
    dir.write("app", "old");
    dir.write("app.new", "what a crash left");
    std::string message;
    calls_left = steps;
    whole = replace_file(dir / "app", as_bytes("new", 3), 0755, message).ok();
    calls_left = INT_MAX;
    const std::string content = test::content_of(dir / "app");
    EXPECT_TRUE(content == "old" || content == "new") << content;
    EXPECT_TRUE(!whole || content == "new");
    EXPECT_TRUE(replace_file(dir / "app", as_bytes("new", 3), 0755, message).ok()) << message;
    EXPECT_EQ(test::content_of(dir / "app"), "new");
    EXPECT_EQ(::access((dir / "app").c_str(), X_OK), 0);
    EXPECT_FALSE(fs::exists(dir / "app.new"));
  }
  EXPECT_EQ(steps, 5);  // remove, sync, rename, sync; and the whole run
}

TEST(ReplaceFile, TellsWhyItCanNot) {
  const TempDir dir;
  std::string message;
  EXPECT_EQ(replace_file(dir / "no/app", as_bytes("new", 3), 0755, message).error(), Error::kIo);
  expect_one_line(message, "no/app");
  fs::create_directory(dir / "app");
  EXPECT_EQ(replace_file(dir / "app", as_bytes("new", 3), 0755, message).error(), Error::kIo);
  EXPECT_FALSE(fs::exists(dir / "app.new"));
}

}  // namespace
}  // namespace aiot::linux_port
