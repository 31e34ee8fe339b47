// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/cbor.hpp"

#include <array>
#include <bit>
#include <limits>

#include "aiot/record/deterministic.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::record {
namespace {

using Digits = Hex<64>;

template <class Write>
bool encodes(Write write, std::string_view digits) {
  std::array<std::byte, 64> buffer{};
  Encoder encoder(buffer);
  write(encoder);
  const Result<Bytes> bytes = encoder.finish();
  return bytes.ok() && same_bytes(*bytes, Digits(digits)) && check_deterministic(*bytes).ok();
}

struct UnsignedVector {
  std::uint64_t value;
  std::string_view digits;
};

struct SignedVector {
  std::int64_t value;
  std::string_view digits;
};

struct RealVector {
  double value;
  std::string_view digits;
};

// RFC 8949, appendix A.
constexpr UnsignedVector kUnsigned[] = {
    {0, "00"},
    {1, "01"},
    {10, "0a"},
    {23, "17"},
    {24, "1818"},
    {25, "1819"},
    {100, "1864"},
    {1000, "1903e8"},
    {1000000, "1a000f4240"},
    {1000000000000, "1b000000e8d4a51000"},
    {18446744073709551615U, "1bffffffffffffffff"},
};
constexpr SignedVector kNegative[] = {
    {-1, "20"},
    {-10, "29"},
    {-100, "3863"},
    {-1000, "3903e7"},
    {INT64_MIN, "3b7fffffffffffffff"},
};
constexpr RealVector kReal[] = {
    {0.0, "f90000"},
    {-0.0, "f98000"},
    {1.0, "f93c00"},
    {1.1, "fb3ff199999999999a"},
    {1.5, "f93e00"},
    {65504.0, "f97bff"},
    {100000.0, "fa47c35000"},
    {3.4028234663852886e+38, "fa7f7fffff"},
    {1.0e+300, "fb7e37e43c8800759c"},
    {5.960464477539063e-8, "f90001"},
    {0.00006103515625, "f90400"},
    {-4.0, "f9c400"},
    {-4.1, "fbc010666666666666"},
    {std::numeric_limits<double>::infinity(), "f97c00"},
    {-std::numeric_limits<double>::infinity(), "f9fc00"},
};

TEST(Encoder, WritesTheNumbersOfRfc8949) {
  for (const UnsignedVector& v : kUnsigned) {
    EXPECT_TRUE(encodes([&](Encoder& e) { e.unsigned_integer(v.value); }, v.digits)) << v.digits;
  }
  for (const SignedVector& v : kNegative) {
    EXPECT_TRUE(encodes([&](Encoder& e) { e.integer(v.value); }, v.digits)) << v.digits;
  }
  for (const RealVector& v : kReal) {
    EXPECT_TRUE(encodes([&](Encoder& e) { e.real64(v.value); }, v.digits)) << v.digits;
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(encodes([&](Encoder& e) { e.real64(nan); }, "f97e00"));
}

TEST(Encoder, WritesTheOtherItemsOfRfc8949) {
  EXPECT_TRUE(encodes([](Encoder& e) { e.boolean(false); }, "f4"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.boolean(true); }, "f5"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.null(); }, "f6"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.bytes({}); }, "40"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.bytes(Digits("01020304")); }, "4401020304"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.text(""); }, "60"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.text("IETF"); }, "6449455446"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.text("\u00fc"); }, "62c3bc"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.text("\u6c34"); }, "63e6b0b4"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.array(0); }, "80"));
  EXPECT_TRUE(encodes([](Encoder& e) { e.map(0); }, "a0"));
  const auto epoch = [](Encoder& e) {
    e.tag(1);
    e.unsigned_integer(1363896240);
  };
  EXPECT_TRUE(encodes(epoch, "c11a514b67b0"));
  const auto nested = [](Encoder& e) {
    e.map(2);
    e.text("a");
    e.unsigned_integer(1);
    e.text("b");
    e.array(2);
    e.unsigned_integer(2);
    e.unsigned_integer(3);
  };
  EXPECT_TRUE(encodes(nested, "a26161016162820203"));
}

TEST(Encoder, WritesTypedArraysOfFloat16) {
  const float values[] = {1.0F, -2.0F, 65504.0F};
  EXPECT_TRUE(encodes([&](Encoder& e) { e.float16_array(values); }, "d85446003c00c0ff7b"));
}

TEST(Encoder, SaysWhenItDoesNotFitAndNeverWritesBehindTheEnd) {
  std::array<std::byte, 16> buffer{};
  for (std::size_t room = 0; room < 13; ++room) {
    buffer.fill(std::byte{0xEE});
    Encoder encoder(MutableBytes(buffer).first(room));
    encoder.array(2);
    encoder.unsigned_integer(UINT64_MAX);
    encoder.bytes(Digits("0102"));
    EXPECT_EQ(encoder.finish().ok(), room >= 13);
    for (std::size_t i = room; i < buffer.size(); ++i) {
      ASSERT_EQ(buffer[i], std::byte{0xEE});
    }
  }
}

TEST(Encoder, StaysFailedAfterTheFirstItemThatDoesNotFit) {
  std::array<std::byte, 2> buffer{};
  Encoder encoder(buffer);
  encoder.unsigned_integer(1000);
  encoder.unsigned_integer(1);
  EXPECT_EQ(encoder.finish().error(), Error::kNoSpace);
}

TEST(Decoder, ReadsTheNumbersOfRfc8949) {
  for (const UnsignedVector& v : kUnsigned) {
    const Digits bytes(v.digits);
    Decoder in(bytes);
    EXPECT_EQ(*in.read_unsigned(), v.value);
    EXPECT_TRUE(in.at_end());
  }
  for (const SignedVector& v : kNegative) {
    const Digits bytes(v.digits);
    Decoder in(bytes);
    EXPECT_EQ(*in.read_integer(), v.value);
  }
  for (const RealVector& v : kReal) {
    const Digits bytes(v.digits);
    Decoder in(bytes);
    const double value = *in.read_real();
    EXPECT_TRUE(std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(v.value));
  }
  const Digits wide("3bffffffffffffffff");  // -2^64
  Decoder in(wide);
  EXPECT_EQ(in.read_integer().error(), Error::kUnsupported);
  EXPECT_EQ(*in.read_real(), -0x1p64);
}

// Well-formed items of RFC 8949, appendix A, that the encoder does not write.
constexpr std::string_view kOthers[] = {
    "c249010000000000000000",
    "c349010000000000000000",
    "fa7f800000",
    "fa7fc00000",
    "faff800000",
    "fb7ff0000000000000",
    "fb7ff8000000000000",
    "f7",
    "f0",
    "f8ff",
    "c074323031332d30332d32315432303a30343a30305a",
    "c1fb41d452d9ec200000",
    "d74401020304",
    "d818456449455446",
    "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
    "62225c",
    "64f0908591",
    "83010203",
    "8301820203820405",
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    "a201020304",
    "826161a161626163",
    "a56161614161626142616361436164614461656145",
    "5f42010243030405ff",
    "7f657374726561646d696e67ff",
    "9fff",
    "9f018202039f0405ffff",
    "9f01820203820405ff",
    "83018202039f0405ff",
    "83019f0203ff820405",
    "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
    "bf61610161629f0203ffff",
    "826161bf61626163ff",
    "bf6346756ef563416d7421ff",
};

TEST(Decoder, StepsOverEveryItemOfRfc8949) {
  for (const std::string_view digits : kOthers) {
    const Digits bytes(digits);
    Decoder in(bytes);
    const Result<Bytes> item = in.skip();
    ASSERT_TRUE(item.ok()) << digits;
    EXPECT_TRUE(in.at_end()) << digits;
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      Decoder torn(Bytes(bytes).first(cut));
      EXPECT_EQ(torn.skip().error(), cut == 0 ? Error::kEmpty : Error::kOutOfRange) << digits;
      EXPECT_EQ(torn.position(), 0U);
    }
  }
}

// RFC 8949, appendix F, and more of the kind.
constexpr std::string_view kMalformed[] = {
    "1c",
    "1d",
    "1e",
    "3c",
    "5c",
    "7c",
    "9c",
    "bc",
    "dc",
    "fc",
    "fd",
    "fe",  // reserved
    "f800",
    "f818",
    "f81f",  // simple values with a second form
    "ff",
    "81ff",
    "8200ff",
    "a1ff",
    "a100ff",
    "c0ff",  // a break without an
             // open item
    "bf00ff",
    "bf000000ff",
    "9f81ff",  // and in the wrong place
    "5f00ff",
    "5f21ff",
    "5f6100ff",
    "5f80ff",
    "5fa0ff",
    "5fc000ff",
    "5fe0ff",
    "7f4100ff",
    "5f5f4100ffff",
    "7f7f6100ffff",  // chunks of another kind
    "1f",
    "3f",
    "df",  // types without an indefinite form
};

TEST(Decoder, RefusesWhatIsNotCbor) {
  for (const std::string_view digits : kMalformed) {
    const Digits bytes(digits);
    Decoder in(bytes);
    EXPECT_EQ(in.skip().error(), Error::kCorrupt) << digits;
    EXPECT_EQ(in.position(), 0U);
  }
}

TEST(Decoder, DoesNotBelieveLengths) {
  for (const std::string_view digits : {"5bffffffffffffffff",
                                        "7affffffff00",
                                        "9bffffffffffffffff00",
                                        "bbffffffffffffffff0000",
                                        "9a0fffffff00",
                                        "41",
                                        "5803aabb"}) {
    const Digits bytes(digits);
    Decoder in(bytes);
    EXPECT_EQ(in.skip().error(), Error::kOutOfRange) << digits;
  }
}

TEST(Decoder, StopsAtItsDepthWithoutRecursion) {
  std::array<std::byte, 64> nested{};
  for (const unsigned opener : {0x81U, 0x9FU, 0xC1U}) {
    nested.fill(static_cast<std::byte>(opener));
    Decoder in(nested);
    EXPECT_EQ(in.skip().error(), Error::kUnsupported);
  }
  nested.fill(std::byte{0x81});
  nested[Decoder::kMaxDepth] = std::byte{0};
  Decoder in(nested);
  EXPECT_EQ((*in.skip()).size(), Decoder::kMaxDepth + 1U);
}

TEST(Decoder, SaysWhenAnotherTypeIsThere) {
  const Digits bytes("6161");
  Decoder in(bytes);
  EXPECT_EQ(in.read_unsigned().error(), Error::kUnsupported);
  EXPECT_EQ(in.read_integer().error(), Error::kUnsupported);
  EXPECT_EQ(in.read_bytes().error(), Error::kUnsupported);
  EXPECT_EQ(in.read_array().error(), Error::kUnsupported);
  EXPECT_EQ(in.read_map().error(), Error::kUnsupported);
  EXPECT_EQ(in.read_tag().error(), Error::kUnsupported);
  EXPECT_EQ(in.read_boolean().error(), Error::kUnsupported);
  EXPECT_EQ(in.read_real().error(), Error::kUnsupported);
  EXPECT_FALSE(in.take_null());
  EXPECT_EQ(*in.peek(), Type::kText);
  EXPECT_TRUE(*in.read_text() == "a");
  EXPECT_EQ(in.peek().error(), Error::kEmpty);
  EXPECT_FALSE(in.take_null());
  const Digits chunked("7f6161ff");
  Decoder indefinite(chunked);
  EXPECT_EQ(indefinite.read_text().error(), Error::kUnsupported);
}

TEST(Decoder, ReadsBooleansAndNulls) {
  const Digits bytes("f4f5f6f7");
  Decoder in(bytes);
  EXPECT_FALSE(*in.read_boolean());
  EXPECT_TRUE(*in.read_boolean());
  EXPECT_TRUE(in.take_null());
  EXPECT_FALSE(in.take_null());
  EXPECT_EQ(in.read_boolean().error(), Error::kUnsupported);
}

TEST(Decoder, RefusesTextThatIsNotUtf8) {
  for (const std::string_view digits : {"61ff",
                                        "6180",
                                        "62c080",
                                        "62c1bf",
                                        "63e08080",
                                        "63eda080",
                                        "64f0808080",
                                        "64f4908080",
                                        "61c3",
                                        "63e6b0",
                                        "64f8888080",
                                        "62c320"}) {
    const Digits bytes(digits);
    Decoder in(bytes);
    if (digits == "63e6b0") {
      EXPECT_EQ(in.read_text().error(), Error::kOutOfRange);
    } else {
      EXPECT_EQ(in.read_text().error(), Error::kCorrupt) << digits;
    }
  }
  EXPECT_TRUE(is_utf8(Digits("7f c280 dfbf e0a080 ed9fbf ee8080 efbfbf f0908080 f48fbfbf")));
}

TEST(Decoder, TakesTheShortestFormAloneIfToldSo) {
  constexpr std::string_view kLonger[] = {
      "1800",
      "1817",
      "190018",
      "1900ff",
      "1a00000100",
      "1a0000ffff",
      "1b0000000000010000",
      "1b00000000ffffffff",
      "3817",
      "5800",
      "780161",
      "9800",
      "b800",
      "d81700",
      "5f4100ff",
      "7f6161ff",
      "9fff",
      "bfff",
      "81 9fff",
      "82 01 1817",
      "ff",
  };
  for (const std::string_view digits : kLonger) {
    const Hex<16> item(digits);
    Decoder decoder(item, Form::kShortest);
    EXPECT_EQ(decoder.skip().error(), Error::kInvalidArgument) << digits;
    EXPECT_EQ(decoder.position(), 0U);
  }
  constexpr std::string_view kShortest[] = {"17",
                                            "1818",
                                            "18ff",
                                            "190100",
                                            "19ffff",
                                            "1a00010000",
                                            "1affffffff",
                                            "1b0000000100000000",
                                            "3818",
                                            "40",
                                            "6161",
                                            "d81800",
                                            "f6",
                                            "f97e00",
                                            "82 80 a0"};
  for (const std::string_view digits : kShortest) {
    const Hex<16> item(digits);
    EXPECT_TRUE(Decoder(item, Form::kShortest).skip().ok()) << digits;
  }
  // What can not be CBOR at all is still called so.
  const Hex<2> reserved("1c");
  EXPECT_EQ(Decoder(reserved, Form::kShortest).next().error(), Error::kCorrupt);
  const Hex<2> endless("1f");
  EXPECT_EQ(Decoder(endless, Form::kShortest).next().error(), Error::kCorrupt);
}

TEST(Decoder, SurvivesArbitraryBytes) {
  sim::Random random(8949);
  std::array<std::byte, 40> bytes{};
  for (int round = 0; round < 20000; ++round) {
    const std::size_t size = random.below(bytes.size());
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<std::byte>(random.next32());
    }
    const Bytes input = Bytes(bytes).first(size);
    Decoder in(input);
    while (in.skip().ok()) {
    }
    ASSERT_LE(in.position(), size);
    (void)check_deterministic(input);
  }
}

TEST(CheckDeterministic, RefusesEveryOtherForm) {
  constexpr std::string_view kBad[] = {
      "1800",           "1817",
      "190001",         "1900ff",
      "1a0000ffff",     "1b00000000ffffffff",
      "3800",           "580100",
      "780161",         "980100",
      "b8010000",       "d80100",  // longer heads than needed
      "fa3f800000",     "fb3ff0000000000000",
      "fa7f800000",     "fa7fc00000",
      "f97e01",         "f9fe00",  // floats
      "9fff",           "bfff",
      "5fff",           "7fff",  // indefinite lengths
      "a200000000",     "a201000000",
      "a2616200616100", "a2617a000100",  // keys
      "0000",                            // two items
  };
  for (const std::string_view digits : kBad) {
    EXPECT_EQ(check_deterministic(Digits(digits)).error(), Error::kInvalidArgument) << digits;
  }
  EXPECT_EQ(check_deterministic({}).error(), Error::kEmpty);
  EXPECT_EQ(check_deterministic(Digits("82 00")).error(), Error::kOutOfRange);
  EXPECT_EQ(check_deterministic(Digits("a1 00")).error(), Error::kOutOfRange);
  EXPECT_EQ(check_deterministic(Digits("a1")).error(), Error::kOutOfRange);
  EXPECT_EQ(check_deterministic(Digits("61ff")).error(), Error::kCorrupt);
  EXPECT_EQ(check_deterministic(Digits("1c")).error(), Error::kCorrupt);
}

TEST(CheckDeterministic, AcceptsKeysInTheOrderOfTheirBytes) {
  // The example of RFC 8949, section 4.2.1: 10, 100, -1, "z", "aa", [100], [-1], false.
  EXPECT_TRUE(
      check_deterministic(Digits("a8 0a00 186400 2000 617a00 62616100 81186400 812000 f400")).ok());
}

}  // namespace
}  // namespace aiot::record
