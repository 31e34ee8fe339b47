// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/sha256.hpp"

#include <array>
#include <string_view>

#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::crypto {
namespace {

Bytes text(std::string_view chars) {
  return as_bytes(chars.data(), chars.size());
}

struct Vector {
  std::string_view message;
  std::string_view digest;
};

// FIPS 180-4 examples (NIST, "SHA-256 one block and two block messages").
constexpr Vector kVectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

TEST(Sha256, MeetsTheExamplesOfTheStandard) {
  for (const Vector& v : kVectors) {
    EXPECT_TRUE(same_bytes(sha256(text(v.message)), Hex<32>(v.digest))) << v.message;
  }
}

TEST(Sha256, MeetsTheLongExampleInAnyPieces) {
  // A million letters a, in pieces of 1000 and one odd one.
  static std::array<std::byte, 1000> letters;
  letters.fill(std::byte{'a'});
  Sha256 hash;
  hash.update(Bytes(letters).first(137));
  for (int i = 0; i < 999; ++i) {
    hash.update(letters);
  }
  hash.update(Bytes(letters).first(863));
  EXPECT_TRUE(same_bytes(
      hash.finish(), Hex<32>("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")));
}

TEST(Sha256, DoesNotDependOnThePieces) {
  std::array<std::byte, 200> data{};
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<std::byte>(i);
  }
  for (std::size_t cut = 0; cut <= data.size(); ++cut) {
    Sha256 hash;
    hash.update(Bytes(data).first(cut));
    hash.update(Bytes(data).subspan(cut));
    ASSERT_TRUE(hash.finish() == sha256(data)) << cut;
  }
}

TEST(Sha256, ContinuesInCopiesAndStartsAnewAfterFinish) {
  Sha256 hash;
  hash.update(text("ab"));
  Sha256 copy = hash;
  hash.update(text("c"));
  copy.update(text("d"));
  EXPECT_TRUE(hash.finish() == sha256(text("abc")));
  EXPECT_TRUE(copy.finish() == sha256(text("abd")));
  EXPECT_TRUE(hash.finish() == sha256({}));
}

}  // namespace
}  // namespace aiot::crypto
