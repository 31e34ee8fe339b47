// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/der.hpp"

#include <algorithm>
#include <array>

#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::crypto {
namespace {

constexpr Hex<91> kSpki(
    "3059301306072A8648CE3D020106082A8648CE3D030107034200"
    "04 60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");

Error ecdsa_error(Bytes der) {
  return decode_ecdsa(der).error();
}

/// r and s, if they are small.
bool decodes_to(Bytes der, unsigned r, unsigned s) {
  const auto numbers = decode_ecdsa(der);
  P256Signature expected{};
  expected[31] = static_cast<std::byte>(r);
  expected[63] = static_cast<std::byte>(s);
  return numbers.ok() && *numbers == expected;
}

TEST(DecodeEcdsa, ReadsSmallNumbers) {
  EXPECT_TRUE(decodes_to(Hex<8>("3006 020101 020102"), 1, 2));
  EXPECT_TRUE(decodes_to(Hex<10>("3008 02020080 020200FF"), 0x80, 0xFF));
  // Whether they are in range is not its business.
  EXPECT_TRUE(decodes_to(Hex<8>("3006 020100 020100"), 0, 0));
}

TEST(DecodeEcdsa, AcceptsTwoZeroBytesBehindItAndNoMore) {
  EXPECT_TRUE(decodes_to(Hex<12>("3006 020101 020102 00"), 1, 2));
  EXPECT_TRUE(decodes_to(Hex<12>("3006 020101 020102 0000"), 1, 2));
  EXPECT_EQ(ecdsa_error(Hex<12>("3006 020101 020102 000000")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<12>("3006 020101 020102 01")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<12>("3006 020101 020102 0001")), Error::kCorrupt);
}

TEST(DecodeEcdsa, RefusesZeroBytesInsideOfTheSequence) {
  EXPECT_EQ(ecdsa_error(Hex<12>("3007 020101 020102 00")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<12>("3009 020101 020102 020103")), Error::kCorrupt);
}

TEST(DecodeEcdsa, RefusesNumbersThatAreNotMinimal) {
  EXPECT_EQ(ecdsa_error(Hex<9>("3007 02020001 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<9>("3007 020101 02020002")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<9>("3007 02020000 020102")), Error::kCorrupt);
}

TEST(DecodeEcdsa, RefusesNegativeAndEmptyNumbers) {
  EXPECT_EQ(ecdsa_error(Hex<8>("3006 020180 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<8>("3006 020101 0201FF")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<7>("3005 0200 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<7>("3005 020101 0200")), Error::kCorrupt);
}

TEST(DecodeEcdsa, RefusesOtherTypes) {
  EXPECT_EQ(ecdsa_error(Hex<8>("3106 020101 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<8>("3006 030101 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<8>("3006 020101 040102")), Error::kCorrupt);
}

TEST(DecodeEcdsa, RefusesLengthsThatAreNotMinimalOrNotDefinite) {
  EXPECT_EQ(ecdsa_error(Hex<9>("308106 020101 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<10>("30820006 020101 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<9>("3007 02810101 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<10>("3080 020101 020102 0000")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<12>("3083000006 020101 020102")), Error::kCorrupt);
}

TEST(DecodeEcdsa, RefusesWhatIsCutAnywhere) {
  const Hex<8> whole("3006 020101 020102");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(ecdsa_error(Bytes(whole).first(size)), Error::kCorrupt) << size;
  }
  EXPECT_EQ(ecdsa_error(Hex<8>("3007 020101 020102")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<8>("3006 020101 020202")), Error::kCorrupt);
  EXPECT_EQ(ecdsa_error(Hex<8>("3006 020401 020102")), Error::kCorrupt);
}

TEST(DecodeEcdsa, RefusesNumbersOfMoreThan32Bytes) {
  // r of 33 bytes that begins with 1, s of 1.
  std::array<std::byte, 40> der{};
  der[0] = std::byte{0x30};
  der[1] = std::byte{38};
  der[2] = std::byte{2};
  der[3] = std::byte{33};
  der[4] = std::byte{1};
  der[37] = std::byte{2};
  der[38] = std::byte{1};
  der[39] = std::byte{1};
  EXPECT_EQ(ecdsa_error(der), Error::kCorrupt);
  // With a first byte that only keeps it positive, r has 32 bytes.
  der[4] = std::byte{0};
  der[5] = std::byte{0x80};
  EXPECT_EQ(ecdsa_error(der), Error::kNone);
}

TEST(EncodeEcdsa, WritesWhatDecodeReads) {
  std::array<std::byte, kMaxEcdsaDerBytes> der{};
  for (const unsigned first : {0U, 1U, 0x7FU, 0x80U, 0xFFU}) {
    P256Signature numbers{};
    numbers[0] = static_cast<std::byte>(first);
    numbers[31] = std::byte{3};
    numbers[32 + 5] = static_cast<std::byte>(first);
    const std::size_t size = encode_ecdsa(numbers, der);
    ASSERT_LE(size, der.size());
    const auto back = decode_ecdsa(Bytes(der).first(size));
    ASSERT_TRUE(back.ok()) << first;
    EXPECT_TRUE(*back == numbers) << first;
  }
}

TEST(EncodeEcdsa, FillsItsBufferWithTheLargestNumbers) {
  std::array<std::byte, kMaxEcdsaDerBytes> der{};
  P256Signature numbers{};
  numbers.fill(std::byte{0xFF});
  EXPECT_EQ(encode_ecdsa(numbers, der), kMaxEcdsaDerBytes);
}

TEST(PointOfSpki, ReadsThePointThatSpkiOfPointWrites) {
  const auto point = point_of_spki(kSpki);
  ASSERT_TRUE(point.ok());
  ASSERT_EQ(point->size(), kP256PublicKeyBytes);
  P256PublicKey key{};
  std::ranges::copy(*point, key.begin());
  EXPECT_TRUE(same_bytes(spki_of_point(key), kSpki));
}

TEST(PointOfSpki, RefusesEveryOtherHeadAndSize) {
  P256Spki spki{};
  for (std::size_t at = 0; at < kP256SpkiBytes - kP256PublicKeyBytes + 1; ++at) {
    std::ranges::copy(Bytes(kSpki), spki.begin());
    spki[at] ^= std::byte{1};
    EXPECT_EQ(point_of_spki(spki).error(), Error::kInvalidArgument) << at;
  }
  EXPECT_EQ(point_of_spki({}).error(), Error::kInvalidArgument);
  EXPECT_EQ(point_of_spki(Bytes(kSpki).first(90)).error(), Error::kInvalidArgument);
  std::array<std::byte, kP256SpkiBytes + 1> longer{};
  std::ranges::copy(Bytes(kSpki), longer.begin());
  EXPECT_EQ(point_of_spki(longer).error(), Error::kInvalidArgument);
}

TEST(DecodeRsaKey, ReadsItsTwoNumbers) {
  const Hex<16> der("3009 02020081 0203010001");
  const auto key = decode_rsa_key(der);
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(same_bytes(key->modulus, Hex<1>("81")));
  EXPECT_TRUE(same_bytes(key->exponent, Hex<3>("010001")));
}

TEST(DecodeRsaKey, RefusesEverythingElse) {
  const auto error = [](Bytes der) { return decode_rsa_key(der).error(); };
  EXPECT_EQ(error({}), Error::kInvalidArgument);
  EXPECT_EQ(error(Hex<16>("3009 02020081 0203010001 00")), Error::kInvalidArgument);
  EXPECT_EQ(error(Hex<16>("300C 02020081 0203010001 020101")), Error::kInvalidArgument);
  EXPECT_EQ(error(Hex<16>("3004 02020081")), Error::kInvalidArgument);
  EXPECT_EQ(error(Hex<16>("3008 020181 0203010001")), Error::kInvalidArgument);
  EXPECT_EQ(error(Hex<16>("300A 0203000081 0203010001")), Error::kInvalidArgument);
  EXPECT_EQ(error(Hex<16>("3009 02020081 0203810001")), Error::kInvalidArgument);
  EXPECT_EQ(error(kSpki), Error::kInvalidArgument);
}

}  // namespace
}  // namespace aiot::crypto
