// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/cose.hpp"

#include <array>
#include <cstring>
#include <string_view>

#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::record {
namespace {

constexpr std::string_view kContent = "This is the content.";

Bytes text(std::string_view chars) {
  return as_bytes(chars.data(), chars.size());
}

CoseFault fault_of(std::string_view digits) {
  const Hex<256> message(digits);
  return decode_cose(message).fault;
}

/// A message from its parts, as the functions of the header give it.
template <std::size_t N>
Bytes assemble(
    CoseKind kind, Bytes headers, Bytes payload, Bytes seal, std::array<std::byte, N>& to) {
  const std::size_t head = encode_cose_message(kind, headers, payload.size(), to)->size();
  if (!payload.empty()) {
    std::memcpy(&to[head], payload.data(), payload.size());
  }
  const std::size_t end = head + payload.size();
  return Bytes(to).first(end + encode_cose_seal(seal, MutableBytes(to).subspan(end))->size());
}

/// Of a COSE_Mac0 with these protected headers, in digits.
CoseFault headers_fault(std::string_view digits) {
  std::array<std::byte, 128> message{};
  const std::array<std::byte, 32> code{};
  return decode_cose(assemble(CoseKind::kMac0, Hex<64>(digits), text("x"), code, message)).fault;
}

// The examples of the COSE working group: mac0-tests/HMac-01, sign1-tests/sign-pass-02 (headers
// protected) and RFC 9052, C.2.1, here without its unprotected key id, which is not signed.
constexpr std::string_view kMacHeaders = "a10105";
constexpr std::string_view kMacStructure =
    "84 644d414330 43a10105 40 54546869732069732074686520636f6e74656e742e";
constexpr std::string_view kMacMessage =
    "d1 84 43a10105 a0 54546869732069732074686520636f6e74656e742e"
    "5820a1a848d3471f9d61ee49018d244c824772f223ad4f935293f1789fc3a08d8c58";
constexpr std::string_view kSignStructure =
    "84 6a5369676e617475726531 43a10126 4c11aa22bb33cc44dd55006699 54";
constexpr std::string_view kSignMessage =
    "d2 84 43a10126 a0 54546869732069732074686520636f6e74656e742e"
    "58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
    "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36";

TEST(Cose, WritesTheExamplesOfTheStandard) {
  std::array<std::byte, 256> out{};
  EXPECT_TRUE(same_bytes(*encode_cose_headers(CoseKind::kMac0, {}, out), Hex<3>(kMacHeaders)));
  const Hex<64> mac("a1a848d3471f9d61ee49018d244c824772f223ad4f935293f1789fc3a08d8c58");
  EXPECT_TRUE(same_bytes(assemble(CoseKind::kMac0, Hex<3>(kMacHeaders), text(kContent), mac, out),
                         Hex<128>(kMacMessage)));
  EXPECT_TRUE(same_bytes(*encode_cose_headers(CoseKind::kSign1, {}, out), Hex<3>("a10126")));
}

TEST(Cose, AuthenticatesWhatTheStandardSays) {
  std::array<std::byte, 128> out{};
  const Hex<64> expected(kMacStructure);
  const Bytes head =
      *encode_cose_structure(CoseKind::kMac0, Hex<3>(kMacHeaders), "", kContent.size(), out);
  EXPECT_TRUE(same_bytes(head, Bytes(expected).first(head.size())));
  EXPECT_EQ(head.size() + kContent.size(), expected.size());
  const Hex<12> aad("11aa22bb33cc44dd55006699");
  const std::string_view known(reinterpret_cast<const char*>(Bytes(aad).data()), aad.size());
  EXPECT_TRUE(same_bytes(
      *encode_cose_structure(CoseKind::kSign1, Hex<3>("a10126"), known, kContent.size(), out),
      Hex<64>(kSignStructure)));
}

TEST(Cose, ReadsWhatItWrote) {
  for (const CoseKind kind : {CoseKind::kMac0, CoseKind::kSign1}) {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{23}, std::size_t{24}, std::size_t{300}}) {
      std::array<std::byte, 300> payload{};
      payload.fill(std::byte{0x5A});
      std::array<std::byte, 64> seal{};
      seal.fill(std::byte{0xC3});
      const Hex<8> own("83010203");
      std::array<std::byte, 64> header_bytes{};
      std::array<std::byte, 512> out{};
      const Bytes headers = *encode_cose_headers(kind, {text("pump-7"), own}, header_bytes);
      EXPECT_LE(headers.size(), max_cose_headers(6, own.size()));
      const Bytes code = Bytes(seal).first(cose_seal_bytes(kind));
      const Bytes message = assemble(kind, headers, Bytes(payload).first(size), code, out);
      const CoseView view = decode_cose(message);
      ASSERT_EQ(view.fault, CoseFault::kNone);
      EXPECT_EQ(view.kind, kind);
      EXPECT_TRUE(same_bytes(view.headers.kid, text("pump-7")));
      EXPECT_TRUE(same_bytes(view.headers.aiot, own));
      EXPECT_TRUE(same_bytes(view.protected_headers, headers));
      EXPECT_TRUE(same_bytes(view.payload, Bytes(payload).first(size)));
      EXPECT_TRUE(same_bytes(view.seal, code));
    }
  }
}

TEST(Cose, ReadsTheExamplesOfTheStandard) {
  const Hex<128> mac(kMacMessage);
  const CoseView read = decode_cose(mac);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.kind, CoseKind::kMac0);
  EXPECT_TRUE(read.headers.kid.empty());
  EXPECT_TRUE(same_bytes(read.payload, text(kContent)));
  const Hex<128> sign(kSignMessage);
  ASSERT_TRUE(decode_cose(sign).ok());
  EXPECT_EQ(decode_cose(sign).kind, CoseKind::kSign1);
}

TEST(Cose, SaysWhenThereIsNoRoom) {
  std::array<std::byte, 256> out{};
  const Hex<3> headers(kMacHeaders);
  const std::size_t message = encode_cose_message(CoseKind::kMac0, headers, 300, out)->size();
  const std::size_t structure =
      encode_cose_structure(CoseKind::kMac0, headers, "aad", 300, out)->size();
  EXPECT_EQ(encode_cose_message(CoseKind::kMac0, headers, 300, MutableBytes(out).first(message - 1))
                .error(),
            Error::kNoSpace);
  EXPECT_EQ(encode_cose_structure(
                CoseKind::kMac0, headers, "aad", 300, MutableBytes(out).first(structure - 1))
                .error(),
            Error::kNoSpace);
  EXPECT_LE(structure, max_cose_structure(headers.size(), 3));
  EXPECT_EQ(encode_cose_headers(CoseKind::kMac0, {}, MutableBytes(out).first(2)).error(),
            Error::kNoSpace);
  EXPECT_EQ(encode_cose_seal(headers, MutableBytes(out).first(3)).error(), Error::kNoSpace);
}

TEST(Cose, FindsEveryCut) {
  const Hex<128> whole(kMacMessage);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(decode_cose(Bytes(whole).first(size)).fault, CoseFault::kTruncated);
  }
}

// A code of 32 bytes.
#define MAC32 "5820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

TEST(Cose, NamesWhatIsWrong) {
  EXPECT_EQ(fault_of("d1 84 43a10105 a0 4100 " MAC32), CoseFault::kNone);
  EXPECT_EQ(fault_of("d1 84 43a10105 a0 4100 " MAC32 "00"), CoseFault::kTrailing);
  EXPECT_EQ(fault_of("d1 84 43a10105 1c"), CoseFault::kNotCbor);
  EXPECT_EQ(fault_of("ff"), CoseFault::kNotDeterministic);
  EXPECT_EQ(fault_of("d1 1c"), CoseFault::kNotCbor);
  EXPECT_EQ(fault_of("81818181818181818181818181818181818181818100"), CoseFault::kTag);
  EXPECT_EQ(fault_of("d811 84 43a10105 a0 4100 " MAC32), CoseFault::kNotDeterministic);
  EXPECT_EQ(fault_of("d1 9804 43a10105 a0 4100 " MAC32), CoseFault::kNotDeterministic);
  EXPECT_EQ(fault_of("d1 84 43a10105 a0 580100 " MAC32), CoseFault::kNotDeterministic);
  EXPECT_EQ(fault_of("d1 84 43a10105 bfff 4100 " MAC32), CoseFault::kNotDeterministic);
  EXPECT_EQ(fault_of("84 43a10105 a0 4100 " MAC32), CoseFault::kTag);
  EXPECT_EQ(fault_of("d0 83 43a10105 a0 4100"), CoseFault::kTag);
  EXPECT_EQ(fault_of("d9f7f7 d1 84 43a10105 a0 4100 " MAC32), CoseFault::kTag);
  EXPECT_EQ(fault_of("d1 00"), CoseFault::kShape);
  EXPECT_EQ(fault_of("d1 83 43a10105 a0 4100"), CoseFault::kShape);
  EXPECT_EQ(fault_of("d1 85 43a10105 a0 4100 " MAC32 " 80"), CoseFault::kShape);
  EXPECT_EQ(fault_of("d1 84 a10105 a0 4100 " MAC32), CoseFault::kShape);
  EXPECT_EQ(fault_of("d1 84 43a10105 80 4100 " MAC32), CoseFault::kShape);
  EXPECT_EQ(fault_of("d1 84 43a10105 a0 00 " MAC32), CoseFault::kShape);
  EXPECT_EQ(fault_of("d1 84 43a10105 a0 4100 00"), CoseFault::kShape);
  EXPECT_EQ(fault_of("d1 84 43a10105 a0 f6 " MAC32), CoseFault::kDetached);
  EXPECT_EQ(fault_of("d1 84 43a10105 a1044131 4100 " MAC32), CoseFault::kUnprotected);
}

TEST(Cose, RefusesHeadersThatAreNone) {
  EXPECT_EQ(headers_fault("a10105"), CoseFault::kNone);
  EXPECT_EQ(headers_fault(""), CoseFault::kHeaders);
  EXPECT_EQ(headers_fault("00"), CoseFault::kHeaders);
  EXPECT_EQ(headers_fault("a1011805"), CoseFault::kHeaders);             // not the shortest form
  EXPECT_EQ(headers_fault("a1010500"), CoseFault::kHeaders);             // something behind the map
  EXPECT_EQ(headers_fault("a201050105"), CoseFault::kHeaders);           // twice
  EXPECT_EQ(headers_fault("a20441310105"), CoseFault::kHeaders);         // not in order
  EXPECT_EQ(headers_fault("a2010540 05"), CoseFault::kLabel);            // a byte string
  EXPECT_EQ(headers_fault("a2010581 0005"), CoseFault::kLabel);          // an array
  EXPECT_EQ(headers_fault("a2010561ff05"), CoseFault::kLabel);           // a text that is none
  EXPECT_EQ(headers_fault("a30105613105613105"), CoseFault::kHeaders);   // a text twice
  EXPECT_EQ(headers_fault("a2 0105 1863 9fff"), CoseFault::kHeaders);    // no definite length
  EXPECT_EQ(headers_fault("a2 0105 1863 811800"), CoseFault::kHeaders);  // not the shortest form
  EXPECT_EQ(headers_fault("a2 0105 1863 8181818181818181818181818181818181818100"),
            CoseFault::kHeaders);                            // too deep
  EXPECT_EQ(headers_fault("a2 0105"), CoseFault::kHeaders);  // cut
  EXPECT_EQ(headers_fault("a0"), CoseFault::kNoAlgorithm);
  EXPECT_EQ(headers_fault("a10126"), CoseFault::kAlgorithm);            // ES256 of a code
  EXPECT_EQ(headers_fault("a10104"), CoseFault::kAlgorithm);            // HMAC 256/64
  EXPECT_EQ(headers_fault("a101654853323536"), CoseFault::kAlgorithm);  // a name
  EXPECT_EQ(headers_fault("a201050405"), CoseFault::kKeyId);
  EXPECT_EQ(headers_fault("a201050440"), CoseFault::kKeyId);
  EXPECT_EQ(fault_of("d2 84 43a10105 a0 4100 " MAC32), CoseFault::kAlgorithm);
  EXPECT_EQ(fault_of("d1 84 43a10105 a0 4100 4101"), CoseFault::kSealSize);
  EXPECT_EQ(fault_of("d2 84 43a10126 a0 4100 " MAC32), CoseFault::kSealSize);
}

TEST(Cose, SkipsHeadersThatNobodyCallsCritical) {
  EXPECT_EQ(headers_fault("a3 0105 1863820102 6161f5"), CoseFault::kNone);
  EXPECT_EQ(headers_fault("a2 0105 3bffffffffffffffff a101820380"), CoseFault::kNone);
}

TEST(Cose, RefusesCriticalHeadersThatItDoesNotKnow) {
  EXPECT_EQ(headers_fault("a3 0105 02811863 186300"), CoseFault::kCritical);  // 99, which is there
  EXPECT_EQ(headers_fault("a2 0105 028104"), CoseFault::kCritical);           // is not there
  EXPECT_EQ(headers_fault("a3 0105 028104 044131"), CoseFault::kNone);
  EXPECT_EQ(headers_fault("a3 0105 02813a00010000 3a0001000000"), CoseFault::kNone);
  EXPECT_EQ(headers_fault("a2 0105 02813a00010000"), CoseFault::kCritical);
  EXPECT_EQ(headers_fault("a3 0105 02816161 616100"), CoseFault::kCritical);
  EXPECT_EQ(headers_fault("a2 0105 028102"), CoseFault::kCritical);
  EXPECT_EQ(headers_fault("a2 0105 0280"), CoseFault::kCritical);
  EXPECT_EQ(headers_fault("a2 0105 0204"), CoseFault::kCritical);
}

TEST(Cose, SaysEveryFaultInItsOwnWords) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(CoseFault::kSealSize); ++i) {
    const std::string_view words = to_string(static_cast<CoseFault>(i));
    EXPECT_NE(words, "unknown fault");
    for (std::uint8_t k = 0; k < i; ++k) {
      EXPECT_NE(words, to_string(static_cast<CoseFault>(k)));
    }
  }
}

}  // namespace
}  // namespace aiot::record
