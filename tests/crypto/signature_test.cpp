// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/signature.hpp"

#include <array>
#include <string_view>

#include "aiot/crypto/sha256.hpp"
#include "tests/crypto/lent_pool.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::crypto {
namespace {

using crypto_test::pool_used;

void lend() {
  crypto_test::lend(kPoolBytes);
}

// RFC 6979, A.2.5: P-256, SHA-256.
constexpr Hex<32> kPrivate("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
constexpr Hex<65> kPublic(
    "04 60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
constexpr Hex<64> kSample(
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
constexpr Hex<64> kTest(
    "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
    "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083");

Hash256 digest_of(std::string_view message) {
  return sha256(as_bytes(message.data(), message.size()));
}

TEST(P256, SignsAsRfc6979Says) {
  lend();
  const Result<P256Signature> sample = sign_p256(kPrivate, digest_of("sample"));
  ASSERT_TRUE(sample.ok());
  EXPECT_TRUE(same_bytes(*sample, kSample));
  const Result<P256Signature> test = sign_p256(kPrivate, digest_of("test"));
  ASSERT_TRUE(test.ok());
  EXPECT_TRUE(same_bytes(*test, kTest));
}

TEST(P256, VerifiesItsOwnVectors) {
  lend();
  EXPECT_TRUE(verify_p256(kPublic, digest_of("sample"), kSample).ok());
  EXPECT_TRUE(verify_p256(kPublic, digest_of("test"), kTest).ok());
  EXPECT_EQ(verify_p256(kPublic, digest_of("sample"), kTest).error(), Error::kUnauthentic);
}

TEST(P256, LeavesRoomInThePool) {
  lend();
  ASSERT_TRUE(sign_p256(kPrivate, digest_of("sample")).ok());
  EXPECT_LE(pool_used(), kPoolBytes - 256U);
  lend();
  ASSERT_TRUE(verify_p256(kPublic, digest_of("sample"), kSample).ok());
  EXPECT_LE(pool_used(), kPoolBytes - 256U);
}

TEST(P256, DerivesThePublicKey) {
  lend();
  const Result<P256PublicKey> key = public_key_p256(kPrivate);
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(same_bytes(*key, kPublic));
}

TEST(P256, RefusesChangedSignatures) {
  lend();
  const Hash256 digest = digest_of("sample");
  for (std::size_t i = 0; i < kP256SignatureBytes; i += 21) {
    P256Signature changed{};
    const Bytes good = kSample;
    for (std::size_t k = 0; k < changed.size(); ++k) {
      changed[k] = good[k] ^ (k == i ? std::byte{1} : std::byte{0});
    }
    EXPECT_EQ(verify_p256(kPublic, digest, changed).error(), Error::kUnauthentic) << i;
  }
  const P256Signature zeros{};
  EXPECT_EQ(verify_p256(kPublic, digest, zeros).error(), Error::kUnauthentic);
  P256Signature ones{};
  ones.fill(std::byte{0xFF});
  EXPECT_EQ(verify_p256(kPublic, digest, ones).error(), Error::kUnauthentic);
}

TEST(P256, RefusesArgumentsThatAreNoKeys) {
  lend();
  const Hash256 digest = digest_of("sample");
  P256PublicKey off_curve{};
  const Bytes good = kPublic;
  for (std::size_t i = 0; i < off_curve.size(); ++i) {
    off_curve[i] = good[i];
  }
  off_curve[64] ^= std::byte{1};
  EXPECT_EQ(verify_p256(off_curve, digest, kSample).error(), Error::kInvalidArgument);
  off_curve[64] ^= std::byte{1};
  off_curve[0] = std::byte{2};
  EXPECT_EQ(verify_p256(off_curve, digest, kSample).error(), Error::kInvalidArgument);
  EXPECT_EQ(verify_p256(good.first(64), digest, kSample).error(), Error::kInvalidArgument);
  const Bytes signature = kSample;
  EXPECT_EQ(verify_p256(good, digest, signature.first(63)).error(), Error::kInvalidArgument);

  const std::array<std::byte, 32> zero{};
  EXPECT_EQ(sign_p256(zero, digest).error(), Error::kInvalidArgument);
  std::array<std::byte, 32> too_large{};
  too_large.fill(std::byte{0xFF});
  EXPECT_EQ(sign_p256(too_large, digest).error(), Error::kInvalidArgument);
  EXPECT_EQ(sign_p256(Bytes(zero).first(31), digest).error(), Error::kInvalidArgument);
  EXPECT_EQ(public_key_p256(zero).error(), Error::kInvalidArgument);
}

}  // namespace
}  // namespace aiot::crypto
