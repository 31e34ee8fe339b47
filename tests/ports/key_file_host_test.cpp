// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sys/stat.h>

#include <fstream>

#include "aiot/crypto/mac.hpp"
#include "ports/linux/key_file.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::linux_port {
namespace {

using test::TempDir;

/// A file that only its owner can read.
std::string write(const TempDir& dir, const std::string& content, mode_t mode = 0600) {
  const std::string path = dir / "key";
  std::ofstream(path, std::ios::binary) << content;
  ::chmod(path.c_str(), mode);
  return path;
}

Hash256 mac_of(const std::string& path) {
  KeyFile keys;
  std::string message;
  EXPECT_TRUE(keys.load(path, message).ok()) << message;
  Hash256 mac{};
  EXPECT_TRUE(keys.mac(hal::KeyId::kDevice, as_bytes("abc", 3), mac).ok());
  return mac;
}

TEST(KeyFile, TakesBytesAndDigits) {
  const TempDir dir;
  const std::string raw(32, '\x2A');
  std::string digits;
  for (int i = 0; i < 32; ++i) {
    digits += "2a";
  }
  const Hash256 expected =
      crypto::hmac_sha256(as_bytes(raw.data(), raw.size()), as_bytes("abc", 3));
  EXPECT_EQ(mac_of(write(dir, raw)), expected);
  EXPECT_EQ(mac_of(write(dir, digits)), expected);
  EXPECT_EQ(mac_of(write(dir, digits + "\r\n")), expected);
  EXPECT_EQ(mac_of(write(dir, raw, 0400)), expected);
}

TEST(KeyFile, RefusesWhatIsNoKey) {
  const TempDir dir;
  KeyFile keys;
  std::string message;
  for (const std::string& content : {std::string(),
                                     std::string(31, 'x'),
                                     std::string(33, 'x'),
                                     std::string(64, 'x'),
                                     std::string(63, 'a'),
                                     std::string(65, 'a'),
                                     std::string(1000, 'a')}) {
    EXPECT_EQ(keys.load(write(dir, content), message).error(), Error::kCorrupt) << content.size();
  }
  EXPECT_EQ(keys.load(dir / "none", message).error(), Error::kEmpty);
  EXPECT_EQ(keys.load(dir / "", message).error(), Error::kIo);
  EXPECT_NE(message, "");
}

TEST(KeyFile, RefusesAKeyThatOthersCanRead) {
  const TempDir dir;
  KeyFile keys;
  std::string message;
  for (const mode_t mode : {0640U, 0604U, 0660U, 0602U}) {
    EXPECT_EQ(keys.load(write(dir, std::string(32, 'x'), mode), message).error(),
              Error::kUnauthentic);
    EXPECT_NE(message.find("chmod 600"), std::string::npos);
  }
}

TEST(KeyFile, HasOneKeyOnly) {
  const TempDir dir;
  KeyFile keys;
  Hash256 mac{};
  EXPECT_EQ(keys.mac(hal::KeyId::kDevice, {}, mac).error(), Error::kEmpty);
  std::string message;
  ASSERT_TRUE(keys.load(write(dir, std::string(32, 'x')), message).ok());
  EXPECT_EQ(keys.mac(hal::KeyId::kLink, {}, mac).error(), Error::kEmpty);
  EXPECT_EQ(keys.mac(hal::KeyId::kDevice, {}, MutableBytes(mac).first(16)).error(),
            Error::kNoSpace);
  EXPECT_EQ(keys.public_key(hal::KeyId::kDevice).error(), Error::kEmpty);
  EXPECT_EQ(keys.sign(hal::KeyId::kDevice, {}, mac).error(), Error::kEmpty);
}

}  // namespace
}  // namespace aiot::linux_port
