// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/scheme.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "aiot/crypto/der.hpp"
#include "aiot/crypto/sha256.hpp"
#include "tests/crypto/lent_pool.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::crypto {
namespace {

Hash256 digest_of(std::string_view message) {
  return sha256(as_bytes(message.data(), message.size()));
}

// RFC 6979, A.2.5: P-256, SHA-256, "sample".
constexpr Hex<91> kKey(
    "3059301306072A8648CE3D020106082A8648CE3D030107034200"
    "04 60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
constexpr Hex<64> kSample(
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");

constexpr std::size_t kScalar = 32;
constexpr Hex<kScalar> kZero("0000000000000000000000000000000000000000000000000000000000000000");
constexpr Hex<kScalar> kOrder("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

Bytes good_r() {
  return Bytes(kSample).first(kScalar);
}

Bytes good_s() {
  return Bytes(kSample).subspan(kScalar);
}

/// Verifies the signature of `r` and `s`, with `padding` bytes of `filler` behind it.
Error verify(Bytes r, Bytes s, std::size_t padding = 0, std::byte filler = std::byte{0}) {
  crypto_test::lend(kPoolBytes);
  P256Signature numbers{};
  std::ranges::copy(r, numbers.begin());
  std::ranges::copy(s, numbers.begin() + kScalar);
  std::array<std::byte, kMaxEcdsaDerBytes> der{};
  const std::size_t size = encode_ecdsa(numbers, der);
  std::array<std::byte, kMaxEcdsaDerBytes + 8> padded{};
  std::ranges::fill(padded, filler);
  std::ranges::copy(Bytes(der).first(size), padded.begin());
  return kP256Scheme.verify(kKey, digest_of("sample"), Bytes(padded).first(size + padding)).error();
}

TEST(P256Scheme, AcceptsTheSignatureOfRfc6979) {
  EXPECT_EQ(verify(good_r(), good_s()), Error::kNone);
}

TEST(P256Scheme, AcceptsTwoZeroBytesBehindASignatureAndNoMore) {
  EXPECT_EQ(verify(good_r(), good_s(), 1), Error::kNone);
  EXPECT_EQ(verify(good_r(), good_s(), 2), Error::kNone);
  EXPECT_EQ(verify(good_r(), good_s(), 3), Error::kCorrupt);
  EXPECT_EQ(verify(good_r(), good_s(), 1, std::byte{1}), Error::kCorrupt);
}

TEST(P256Scheme, RefusesNumbersOutOfRange) {
  EXPECT_EQ(verify(kZero, good_s()), Error::kUnauthentic);
  EXPECT_EQ(verify(good_r(), kZero), Error::kUnauthentic);
  EXPECT_EQ(verify(kZero, kZero), Error::kUnauthentic);
  EXPECT_EQ(verify(kOrder, good_s()), Error::kUnauthentic);
  EXPECT_EQ(verify(good_r(), kOrder), Error::kUnauthentic);
  EXPECT_EQ(verify(kOrder, kOrder), Error::kUnauthentic);
}

TEST(P256Scheme, AcceptsTheOtherValueOfS) {
  std::array<std::byte, kScalar> other{};  // n - s
  unsigned borrow = 0;
  for (std::size_t i = kScalar; i-- > 0;) {
    const unsigned difference = 0x100U + std::to_integer<unsigned>(Bytes(kOrder)[i]) -
                                std::to_integer<unsigned>(good_s()[i]) - borrow;
    other[i] = static_cast<std::byte>(difference & 0xFFU);
    borrow = difference < 0x100U ? 1 : 0;
  }
  EXPECT_EQ(verify(good_r(), other), Error::kNone);
}

TEST(P256Scheme, RefusesAnotherMessage) {
  crypto_test::lend(kPoolBytes);
  P256Signature numbers{};
  std::ranges::copy(Bytes(kSample), numbers.begin());
  std::array<std::byte, kMaxEcdsaDerBytes> der{};
  const Bytes signature = Bytes(der).first(encode_ecdsa(numbers, der));
  EXPECT_EQ(verify_p256_image(kKey, digest_of("test"), signature).error(), Error::kUnauthentic);
}

TEST(P256Scheme, TellsABadKeyFromABadSignature) {
  crypto_test::lend(kPoolBytes);
  const Hash256 digest = digest_of("sample");
  P256Signature numbers{};
  std::ranges::copy(Bytes(kSample), numbers.begin());
  std::array<std::byte, kMaxEcdsaDerBytes> der{};
  const Bytes signature = Bytes(der).first(encode_ecdsa(numbers, der));
  EXPECT_EQ(verify_p256_image(kKey, digest, {}).error(), Error::kCorrupt);
  EXPECT_EQ(verify_p256_image(kKey, digest, kSample).error(), Error::kCorrupt);
  EXPECT_EQ(verify_p256_image({}, digest, signature).error(), Error::kInvalidArgument);
  P256Spki off_curve{};
  std::ranges::copy(Bytes(kKey), off_curve.begin());
  off_curve.back() ^= std::byte{1};
  EXPECT_EQ(verify_p256_image(off_curve, digest, signature).error(), Error::kInvalidArgument);
}

// RSA-2048 PSS over SHA-256 of "sample", made with OpenSSL; the key was thrown away.
constexpr Hex<270> kRsaKey(
    "3082010A0282010100D31163F4F93F7C22C6E14E973EC720DAB9D0E534C2B5041BFB5D95F9DE3D93"
    "14D60FD66B4EF20BE5F5AAC47FD9A0AB4DAE7217774DCB74B834864D1B6B219946A5DE4A3EAB4B54"
    "83E8F11A0CA6DBD764F83D6241C85061D2A7C04B24BBC3DADE376D901A2D3244702DCF73A8417855"
    "31CBA77B86223EEDE118825AC95470FBD73C729FA9ED6D323CDB95498AC673F2DFC9E525C7F9F707"
    "1458A726824D0043FEAA60ACF4396ED117F769495F8949C8FBFAC9F334F58E50E49EA9E943E19AA3"
    "82A471025E5A6CA9114921BB09241657FAB05A048A13DC814F99213DB7FF3DC916D43C973849C97E"
    "F517F226D69E1C482AE7C8025CA41E2D5010262E9C1242E1DD0203010001");
constexpr Hex<256> kRsaSample(
    "A4466D230446E49B8C714C8B323EAB203116EA5C0F751DEB6491A9329D182E592277090922C8502E"
    "EB00A0FDF18948204BAB464BF7A1BF698AF4D85927DB0C7C7F7F9776D1BF54C68942F44DC7F4D368"
    "F266979DDDD49959BC39D285CA04CE05E3BF46D788A14D4A4BCB1E9F8E0108447F564DF4BFB92E48"
    "FE5F417736E842AD516C9DC57BCBACB482D9B9FEF4B25270CDAA7CEC55D0A6C0D2A36F30DF4C682C"
    "2EADD7EF85D691482C0F61879C81F7B1FDD023578DBAA954C3A5C6E9E1ABB4EB8E675E6BAEE9A4F1"
    "66AC990162C1678B0437861054A8B005BD28C1922A109B3F4187362404187C47842DA544ED63B213"
    "3D7F710CE6A08AB9A8C409ACCB2072EB");
/// With a salt of 20 bytes.
constexpr Hex<256> kRsaShortSalt(
    "4A409E98B49F9E71B9AECC7DF6CCF6F7492DB735A7B56BF78BCCFEE87F02AC930A11EBFF059C4085"
    "835B94258F87D738D4961AE84FC15AC97373CCEA588753F0638762244CC457A6C402F5023F0E3F0A"
    "7A59AB597ABD166A5E4D38792EA4CE98B969F57BD6807B225D21D3DEEC839FA8ED2472B51DA77640"
    "D739365339B37A31EAA7CCD18B4FC3206FCDAAE196971B254D4CA8FCE6384108157A56E26C4495EC"
    "00780431C070CD467EC7CB22A6725200F510DE08CBAAF5EED0D32DC8481EDBE14498BA395B5B3EAD"
    "CEC129B5B6DEBE7DEAD9C88747020BCA14DBED4D7379F04A727B1535C47EB2459779E333EED09BF5"
    "0EF5C454410592258A6238A960780F20");

// Where the parts of the key are.
constexpr std::size_t kModulusEnd = 265;
constexpr std::size_t kExponentEnd = 270;

Error verify_rsa(Bytes key, Bytes signature, std::string_view message = "sample") {
  crypto_test::lend(kRsaPoolBytes);
  return kRsa2048Scheme.verify(key, digest_of(message), signature).error();
}

/// The key with one byte changed.
std::array<std::byte, 270> changed_key(std::size_t at, std::byte mask) {
  std::array<std::byte, 270> key{};
  std::ranges::copy(Bytes(kRsaKey), key.begin());
  key[at] ^= mask;
  return key;
}

TEST(Rsa2048Scheme, AcceptsASignatureOfAnotherImplementation) {
  EXPECT_EQ(verify_rsa(kRsaKey, kRsaSample), Error::kNone);
}

TEST(Rsa2048Scheme, LeavesRoomInThePool) {
  ASSERT_EQ(verify_rsa(kRsaKey, kRsaSample), Error::kNone);
  EXPECT_LE(crypto_test::pool_used(), kRsaPoolBytes - 256U);
}

TEST(Rsa2048Scheme, LeavesRoomInThePoolWithTheLongestExponent) {
  std::array<std::byte, kExponentEnd + 2> key{};
  std::ranges::copy(Bytes(kRsaKey), key.begin());
  key[3] ^= std::byte{0x0A ^ 0x0C};
  const Hex<7> exponent("0205 00FFFFFFFF");
  std::ranges::copy(Bytes(exponent), key.begin() + kModulusEnd);
  // Another key than the one that signed, but all work is done.
  EXPECT_EQ(verify_rsa(key, kRsaSample), Error::kUnauthentic);
  EXPECT_LE(crypto_test::pool_used(), kRsaPoolBytes - 256U);
}

TEST(Rsa2048Scheme, RefusesChangedSignaturesAndMessages) {
  EXPECT_EQ(verify_rsa(kRsaKey, kRsaSample, "test"), Error::kUnauthentic);
  std::array<std::byte, 256> signature{};
  for (const std::size_t at : {0U, 100U, 255U}) {
    std::ranges::copy(Bytes(kRsaSample), signature.begin());
    signature[at] ^= std::byte{1};
    EXPECT_EQ(verify_rsa(kRsaKey, signature), Error::kUnauthentic) << at;
  }
  // Zero, and more than the modulus.
  signature.fill(std::byte{0});
  EXPECT_EQ(verify_rsa(kRsaKey, signature), Error::kUnauthentic);
  signature.fill(std::byte{0xFF});
  EXPECT_EQ(verify_rsa(kRsaKey, signature), Error::kUnauthentic);
}

TEST(Rsa2048Scheme, DemandsASaltOf32Bytes) {
  EXPECT_EQ(verify_rsa(kRsaKey, kRsaShortSalt), Error::kUnauthentic);
}

TEST(Rsa2048Scheme, RefusesSignaturesOfAnotherSize) {
  EXPECT_EQ(verify_rsa(kRsaKey, {}), Error::kCorrupt);
  EXPECT_EQ(verify_rsa(kRsaKey, Bytes(kRsaSample).first(255)), Error::kCorrupt);
  std::array<std::byte, 257> longer{};
  std::ranges::copy(Bytes(kRsaSample), longer.begin());
  EXPECT_EQ(verify_rsa(kRsaKey, longer), Error::kCorrupt);
}

TEST(Rsa2048Scheme, RefusesKeysThatAreWeakOrNone) {
  EXPECT_EQ(verify_rsa({}, kRsaSample), Error::kInvalidArgument);
  EXPECT_EQ(verify_rsa(kKey, kRsaSample), Error::kInvalidArgument);
  EXPECT_EQ(verify_rsa(Bytes(kRsaKey).first(269), kRsaSample), Error::kInvalidArgument);
  // Even modulus, even exponent.
  EXPECT_EQ(verify_rsa(changed_key(kModulusEnd - 1, std::byte{1}), kRsaSample),
            Error::kInvalidArgument);
  EXPECT_EQ(verify_rsa(changed_key(kExponentEnd - 1, std::byte{1}), kRsaSample),
            Error::kInvalidArgument);
  // An exponent of one: everybody could sign.
  std::array<std::byte, 270> one = changed_key(3, std::byte{0x0A ^ 0x08});
  one[kModulusEnd + 1] = std::byte{1};
  one[kModulusEnd + 2] = std::byte{1};
  EXPECT_TRUE(decode_rsa_key(Bytes(one).first(268)).ok());
  EXPECT_EQ(verify_rsa(Bytes(one).first(268), kRsaSample), Error::kInvalidArgument);
}

TEST(Rsa2048Scheme, RefusesAnotherKey) {
  EXPECT_EQ(verify_rsa(changed_key(100, std::byte{1}), kRsaSample), Error::kUnauthentic);
}

}  // namespace
}  // namespace aiot::crypto
