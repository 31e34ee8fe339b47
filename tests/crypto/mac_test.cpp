// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/mac.hpp"

#include <array>
#include <string_view>

#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::crypto {
namespace {

Bytes text(std::string_view chars) {
  return as_bytes(chars.data(), chars.size());
}

std::array<std::byte, 131> filled(std::uint8_t value) {
  std::array<std::byte, 131> bytes{};
  bytes.fill(static_cast<std::byte>(value));
  return bytes;
}

bool gives(Bytes key, Bytes data, std::string_view digits) {
  return same_bytes(hmac_sha256(key, data), Hex<32>(digits));
}

TEST(HmacSha256, MeetsTheVectorsOfRfc4231) {
  const auto aa = filled(0xAA);
  const auto cd = filled(0xCD);
  const auto dd = filled(0xDD);
  const auto ob = filled(0x0B);
  EXPECT_TRUE(gives(Bytes(ob).first(20),
                    text("Hi There"),
                    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
  EXPECT_TRUE(gives(text("Jefe"),
                    text("what do ya want for nothing?"),
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
  EXPECT_TRUE(gives(Bytes(aa).first(20),
                    Bytes(dd).first(50),
                    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"));
  EXPECT_TRUE(gives(Hex<25>("0102030405060708090a0b0c0d0e0f10111213141516171819"),
                    Bytes(cd).first(50),
                    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"));
  EXPECT_TRUE(gives(aa,
                    text("Test Using Larger Than Block-Size Key - Hash Key First"),
                    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
  EXPECT_TRUE(gives(aa,
                    text("This is a test using a larger than block-size key and a larger than "
                         "block-size data. The key needs to be hashed before being used by the "
                         "HMAC algorithm."),
                    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"));
}

TEST(HmacSha256, DoesNotDependOnThePieces) {
  HmacSha256 mac(text("Jefe"));
  mac.update(text("what do ya "));
  mac.update(text("want for nothing?"));
  EXPECT_TRUE(mac.finish() == hmac_sha256(text("Jefe"), text("what do ya want for nothing?")));
}

}  // namespace
}  // namespace aiot::crypto
