// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A store on a block device: a loop device, where the system lets us make one.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "ports/linux/store_dir.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using linux_port::Access;
using linux_port::default_store_layout;
using linux_port::FileFlash;
using linux_port::StoreDir;
using linux_port::StoreLayout;

namespace fs = std::filesystem;

const StoreLayout kLayout = default_store_layout(8);
constexpr const char* kWhyNot = "no loop device can be made here (root and losetup); not run";

/// What a command prints, without the line's end; nothing when it fails.
std::optional<std::string> output_of(const std::string& command) {
  std::FILE* const pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) {
    return std::nullopt;
  }
  std::array<char, 256> text{};
  const bool any = std::fgets(text.data(), text.size(), pipe) != nullptr;
  if (::pclose(pipe) != 0 || !any) {
    return std::nullopt;
  }
  const std::string line = text.data();
  return line.substr(0, line.find('\n'));
}

/// A block device of zeros and a folder with a link to it.
class LoopDevice {
 public:
  explicit LoopDevice(std::uint64_t size) {
    (void)dir_.write("disk", "");
    fs::resize_file(dir_ / "disk", size);
    device_ = output_of("PATH=$PATH:/sbin:/usr/sbin losetup -f --show " + (dir_ / "disk"));
    fs::create_directory(store());
    if (device_) {
      fs::create_symlink(*device_, link());
    }
  }

  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;

  ~LoopDevice() {
    if (device_) {
      (void)std::system(("PATH=$PATH:/sbin:/usr/sbin losetup -d " + *device_).c_str());
    }
  }

  [[nodiscard]] bool works() const { return device_ && fs::is_block_file(link()); }

  [[nodiscard]] const std::string& device() const { return *device_; }

  [[nodiscard]] std::string store() const { return dir_ / "store"; }

  [[nodiscard]] std::string link() const { return store() + "/flash.bin"; }

 private:
  test::TempDir dir_;
  std::optional<std::string> device_;
};

/// One line that says what to do.
void expect_message(const StoreDir& store, const std::string& words) {
  EXPECT_EQ(store.message().find('\n'), std::string::npos) << store.message();
  EXPECT_NE(store.message().find(';'), std::string::npos) << store.message();
  EXPECT_NE(store.message().find(words), std::string::npos) << store.message();
}

TEST(BlockDevice, HoldsAStoreInPlace) {
  const LoopDevice disk(kLayout.geometry.size + 8192U);
  if (!disk.works()) {
    GTEST_SKIP() << kWhyNot;
  }
  const std::array<std::byte, 8> bytes = {std::byte{1}, std::byte{2}, std::byte{3}};
  {
    StoreDir store;
    ASSERT_TRUE(store.open_or_create(disk.store(), kLayout).ok()) << store.message();
    ASSERT_TRUE(store.flash().program(4096, bytes).ok());
    ASSERT_TRUE(store.flash().sync().ok());
  }
  EXPECT_TRUE(fs::is_symlink(disk.link()));
  StoreDir store;
  ASSERT_TRUE(store.open_or_create(disk.store(), kLayout).ok()) << store.message();
  store.close();
  ASSERT_TRUE(store.open(disk.store(), Access::kReadOnly).ok()) << store.message();
  std::array<std::byte, 8> read{};
  ASSERT_TRUE(store.flash().read(4096, read).ok());
  EXPECT_TRUE(read == bytes);
}

TEST(BlockDevice, IsNotOverwrittenWhenItIsNotBlank) {
  const LoopDevice disk(kLayout.geometry.size);
  if (!disk.works()) {
    GTEST_SKIP() << kWhyNot;
  }
  std::string content(kLayout.geometry.size, '\0');
  content.back() = 'x';
  std::ofstream(disk.device(), std::ios::binary) << content;
  StoreDir store;
  EXPECT_EQ(store.open_or_create(disk.store(), kLayout).error(), Error::kCorrupt);
  expect_message(store, "is not blank");
  expect_message(store, "dd if=/dev/zero");
  EXPECT_TRUE(fs::is_symlink(disk.link()));
  EXPECT_FALSE(fs::exists(disk.store() + "/store.txt"));
  std::ifstream file(disk.device(), std::ios::binary);
  std::string found(content.size(), '?');
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  EXPECT_TRUE(found == content);
}

TEST(BlockDevice, SaysByHowMuchItIsTooSmall) {
  const LoopDevice disk(kLayout.geometry.size - 4096U);
  if (!disk.works()) {
    GTEST_SKIP() << kWhyNot;
  }
  StoreDir store;
  EXPECT_EQ(store.open_or_create(disk.store(), kLayout).error(), Error::kCorrupt);
  expect_message(store, "4096 too few");
  EXPECT_TRUE(fs::is_symlink(disk.link()));
}

TEST(BlockDevice, HasOneWriter) {
  const LoopDevice disk(kLayout.geometry.size);
  if (!disk.works()) {
    GTEST_SKIP() << kWhyNot;
  }
  FileFlash first;
  FileFlash second;
  std::string message;
  ASSERT_TRUE(first.open(disk.device(), kLayout.geometry, Access::kReadWrite, message).ok());
  EXPECT_EQ(second.open(disk.link(), kLayout.geometry, Access::kReadWrite, message).error(),
            Error::kWouldBlock);
  EXPECT_NE(message.find("unmount"), std::string::npos) << message;
}

TEST(BlockDevice, ALinkToNoDeviceIsRefusedAndStays) {
  const test::TempDir dir;
  const std::string store_path = dir / "store";
  fs::create_directory(store_path);
  for (const std::string& target : {dir / "unplugged", dir.write("file", "")}) {
    fs::create_symlink(target, store_path + "/flash.bin");
    StoreDir store;
    EXPECT_EQ(store.open_or_create(store_path, kLayout).error(), Error::kCorrupt);
    expect_message(store, "connect the device");
    EXPECT_TRUE(fs::is_symlink(store_path + "/flash.bin"));
    fs::remove(store_path + "/flash.bin");
  }
}

}  // namespace
}  // namespace aiot
