// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "ports/linux/store_dir.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using linux_port::Access;
using linux_port::default_store_layout;
using linux_port::StoreDir;
using linux_port::StoreLayout;

namespace fs = std::filesystem;

/// A folder that goes away with the test.
class Folder {
 public:
  Folder() = default;
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  ~Folder() {
    std::error_code ignored;
    fs::permissions(store(), fs::perms::owner_all, ignored);
  }

  std::string store() const { return dir_ / "store"; }

 private:
  test::TempDir dir_;
};

const StoreLayout kLayout = default_store_layout(8);

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// One line that says what to do.
void expect_message(const StoreDir& store) {
  EXPECT_FALSE(store.message().empty());
  EXPECT_EQ(store.message().find('\n'), std::string::npos) << store.message();
  EXPECT_NE(store.message().find(';'), std::string::npos) << store.message();
}

void create(const Folder& folder) {
  StoreDir store;
  ASSERT_TRUE(store.open_or_create(folder.store(), kLayout).ok()) << store.message();
}

TEST(StoreDir, AStoreOfBeforeThereWereCommandsIsStillOne) {
  const Folder folder;
  StoreLayout before = kLayout;
  before.geometry.size -= before.map.commands.size;
  before.map.commands = {};
  {
    StoreDir store;
    ASSERT_TRUE(store.open_or_create(folder.store(), before).ok()) << store.message();
  }
  StoreDir store;
  ASSERT_TRUE(store.open_or_create(folder.store(), kLayout).ok()) << store.message();
  EXPECT_EQ(store.layout().map.commands.size, 0U);
  EXPECT_EQ(store.layout().geometry.size, before.geometry.size);
}

TEST(StoreDir, CreatesAndOpensAgainWithTheSameBytes) {
  const Folder folder;
  const std::array<std::byte, 8> bytes = {std::byte{1}, std::byte{2}, std::byte{3}};
  {
    StoreDir store;
    ASSERT_TRUE(store.open_or_create(folder.store(), kLayout).ok()) << store.message();
    EXPECT_TRUE(store.message().empty());
    ASSERT_TRUE(store.flash().program(4096, bytes).ok());
    ASSERT_TRUE(store.flash().sync().ok());
  }
  StoreDir store;
  ASSERT_TRUE(store.open_or_create(folder.store(), kLayout).ok()) << store.message();
  std::array<std::byte, 8> read{};
  ASSERT_TRUE(store.flash().read(4096, read).ok());
  EXPECT_TRUE(read == bytes);
  store.close();
  ASSERT_TRUE(store.open(folder.store(), Access::kReadOnly).ok()) << store.message();
  EXPECT_EQ(store.layout().map.queue[1].offset, kLayout.map.queue[1].offset);
  EXPECT_EQ(store.layout().geometry.size, kLayout.geometry.size);
  EXPECT_EQ(store.flash().program(0, bytes).error(), Error::kWrongState);
}

TEST(StoreDir, OneWriterOrManyReaders) {
  const Folder folder;
  create(folder);
  StoreDir first;
  StoreDir second;
  ASSERT_TRUE(first.open_or_create(folder.store(), kLayout).ok());
  EXPECT_EQ(second.open_or_create(folder.store(), kLayout).error(), Error::kWouldBlock);
  expect_message(second);
  EXPECT_EQ(second.open(folder.store(), Access::kReadOnly).error(), Error::kWouldBlock);
  EXPECT_EQ(first.open(folder.store(), Access::kReadOnly).error(), Error::kWrongState);
  first.close();
  ASSERT_TRUE(first.open(folder.store(), Access::kReadOnly).ok());
  ASSERT_TRUE(second.open(folder.store(), Access::kReadOnly).ok());
}

/// Runs `claim` in a process of its own, where it may give up rights.
template <class Claim>
bool holds_in_child(Claim claim) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(claim() ? 0 : 1);
  }
  int status = 1;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

TEST(StoreDir, AnotherProcessIsKeptOut) {
  const Folder folder;
  create(folder);
  StoreDir store;
  ASSERT_TRUE(store.open(folder.store(), Access::kReadWrite).ok());
  EXPECT_TRUE(holds_in_child([&folder] {
    StoreDir other;
    return other.open(folder.store(), Access::kReadWrite).error() == Error::kWouldBlock;
  }));
}

TEST(StoreDir, RefusesWhatIsNotAStoreAndLeavesItAlone) {
  const Folder folder;
  StoreDir store;
  EXPECT_EQ(store.open(folder.store(), Access::kReadWrite).error(), Error::kEmpty);
  expect_message(store);
  EXPECT_EQ(store.open_or_create(folder.store() + "/deeper", kLayout).error(), Error::kIo);
  expect_message(store);

  fs::create_directory(folder.store());
  EXPECT_EQ(store.open(folder.store(), Access::kReadWrite).error(), Error::kCorrupt);
  expect_message(store);
  write_file(folder.store() + "/holiday.jpg", "picture");
  EXPECT_EQ(store.open_or_create(folder.store(), kLayout).error(), Error::kCorrupt);
  expect_message(store);
  EXPECT_FALSE(fs::exists(folder.store() + "/flash.bin"));

  EXPECT_EQ(store.open_or_create(folder.store() + "/holiday.jpg", kLayout).error(),
            Error::kCorrupt);
  expect_message(store);
}

TEST(StoreDir, RefusesANewerFormatAnotherGeometryAndDamage) {
  const Folder folder;
  create(folder);
  StoreDir store;
  EXPECT_EQ(store.open_or_create(folder.store(), default_store_layout(16)).error(),
            Error::kInvalidArgument);
  expect_message(store);
  EXPECT_FALSE(store.is_open());
  const std::string name = folder.store() + "/store.txt";
  const auto error_with = [&](const std::string& text) {
    write_file(name, text);
    const Error error = store.open_or_create(folder.store(), kLayout).error();
    expect_message(store);
    return error;
  };
  EXPECT_EQ(error_with("aiot store 3\nsize 1\n"), Error::kUnsupported);
  EXPECT_EQ(error_with("aiot store 2\nsize 1\n"), Error::kCorrupt);
  EXPECT_EQ(error_with("aiot store"), Error::kCorrupt);
  EXPECT_EQ(error_with(""), Error::kCorrupt);
  EXPECT_EQ(error_with(std::string(10'000, 'x')), Error::kCorrupt);
}

TEST(StoreDir, ALostOrShortenedFlashFileIsNotReplaced) {
  const Folder folder;
  create(folder);
  const std::string name = folder.store() + "/flash.bin";
  StoreDir store;
  fs::resize_file(name, 5000);
  EXPECT_EQ(store.open_or_create(folder.store(), kLayout).error(), Error::kCorrupt);
  expect_message(store);
  EXPECT_EQ(fs::file_size(name), 5000U);
  fs::remove(name);
  EXPECT_EQ(store.open_or_create(folder.store(), kLayout).error(), Error::kCorrupt);
  expect_message(store);
  EXPECT_FALSE(fs::exists(name));
}

TEST(StoreDir, FinishesACreationThatWasCutShortButKeepsAUsedFlashFile) {
  const Folder folder;
  create(folder);
  fs::remove(folder.store() + "/store.txt");
  write_file(folder.store() + "/store.txt.new", "aiot st");
  {
    StoreDir store;
    ASSERT_TRUE(store.open_or_create(folder.store(), kLayout).ok()) << store.message();
    const std::array<std::byte, 8> bytes = {std::byte{7}};
    ASSERT_TRUE(store.flash().program(104, bytes).ok());
  }
  fs::remove(folder.store() + "/store.txt");
  StoreDir store;
  EXPECT_EQ(store.open_or_create(folder.store(), kLayout).error(), Error::kCorrupt);
  expect_message(store);
  EXPECT_TRUE(fs::exists(folder.store() + "/flash.bin"));
}

TEST(StoreDir, SaysThatThereIsNoRoomAndLeavesNothing) {
  const Folder folder;
  EXPECT_TRUE(holds_in_child([&folder] {
    constexpr rlimit kLimit{10'000, 10'000};
    (void)std::signal(SIGXFSZ, SIG_IGN);
    StoreDir store;
    return ::setrlimit(RLIMIT_FSIZE, &kLimit) == 0 &&
           store.open_or_create(folder.store(), kLayout).error() == Error::kNoSpace &&
           store.message().find("no room") != std::string::npos;
  }));
  EXPECT_FALSE(fs::exists(folder.store()));
}

/// Becomes nobody when root.
bool drop_rights() {
  constexpr uid_t kNobody = 65534;
  return ::geteuid() != 0 || (::setgid(kNobody) == 0 && ::setuid(kNobody) == 0);
}

TEST(StoreDir, SaysThatPermissionIsMissing) {
  const Folder folder;
  create(folder);
  fs::permissions(fs::path(folder.store()).parent_path(), fs::perms{0755});
  fs::permissions(folder.store() + "/flash.bin", fs::perms{0444});
  EXPECT_TRUE(holds_in_child([&folder] {
    StoreDir store;
    return drop_rights() && store.open(folder.store(), Access::kReadWrite).error() == Error::kIo &&
           store.message().find("ermission") != std::string::npos &&
           store.open(folder.store(), Access::kReadOnly).ok();
  }));
  fs::permissions(folder.store(), fs::perms{0});
  EXPECT_TRUE(holds_in_child([&folder] {
    StoreDir store;
    return drop_rights() && store.open(folder.store(), Access::kReadOnly).error() == Error::kIo &&
           store.message().find("ermission") != std::string::npos;
  }));
}

}  // namespace
}  // namespace aiot
