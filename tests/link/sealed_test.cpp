// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/sealed.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>

#include "aiot/crypto/der.hpp"
#include "aiot/link/uplink.hpp"
#include "src/link/reply.hpp"
#include "src/link/sign1.hpp"
#include "tests/crypto/lent_pool.hpp"
#include "tests/link/seal_keys.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

using link_test::SealKeys;

constexpr SealConfig kMac{.device = "pump-7"};
constexpr SealConfig kSigned{.device = "pump-7", .batches = BatchSeal::kSignature};

void lend() {
  crypto_test::lend(crypto::kPoolBytes);
}

BatchHash filled(std::uint8_t value) {
  BatchHash hash{};
  hash.fill(std::byte{value});
  return hash;
}

template <std::size_t N>
std::array<std::byte, N> counted() {
  std::array<std::byte, N> bytes{};
  for (std::size_t i = 0; i < N; ++i) {
    bytes[i] = static_cast<std::byte>(i * 7 + 1);
  }
  return bytes;
}

hal::Batch batch_of(Bytes payload) {
  hal::Batch batch{Stream::kRoutine, 1000, 1063, filled(0xA1), {}, payload};
  batch.hash = hash_batch(batch.previous, payload);
  return batch;
}

void expect_same(const hal::Batch& a, const hal::Batch& b) {
  EXPECT_EQ(a.stream, b.stream);
  EXPECT_EQ(a.first, b.first);
  EXPECT_EQ(a.last, b.last);
  EXPECT_TRUE(a.previous == b.previous);
  EXPECT_TRUE(a.hash == b.hash);
  EXPECT_TRUE(same_bytes(a.payload, b.payload));
}

// Room of a test for a message and for opening it.
std::array<std::byte, 1024> message_room;
std::array<std::byte, 1536> scratch_room;

OpenedBatch open(Bytes message, const SealConfig& config, SealKeys& keys) {
  return open_batch(message, config, keys, scratch_room);
}

TEST(SealedBatch, OpensAsItWasSealed) {
  lend();
  SealKeys keys;
  const auto payload = counted<600>();
  for (const SealConfig& config : {kMac, kSigned}) {
    for (const std::size_t size : {std::size_t{1},
                                   std::size_t{23},
                                   std::size_t{24},
                                   std::size_t{255},
                                   std::size_t{256},
                                   std::size_t{600}}) {
      const hal::Batch batch = batch_of(Bytes(payload).first(size));
      const Result<Bytes> message = seal_batch(batch, config, keys, message_room);
      ASSERT_TRUE(message.ok());
      EXPECT_LE(message->size(), size + kBatchSealBytes);
      EXPECT_EQ(claimed_device(*message), "pump-7");
      const OpenedBatch opened = open(*message, config, keys);
      ASSERT_EQ(opened.fault, SealFault::kNone);
      expect_same(opened.batch, batch);
    }
  }
}

TEST(SealedBatch, TakesTheLargestNumbersAndNames) {
  SealKeys keys;
  constexpr std::string_view kName =
      "0123456789012345678901234567890123456789012345678901234567890123";
  static_assert(kName.size() == kMaxDeviceBytes);
  const auto payload = counted<600>();
  hal::Batch batch = batch_of(payload);
  batch.stream = Stream::kBulk;
  batch.first = std::numeric_limits<std::uint64_t>::max() - 1;
  batch.last = std::numeric_limits<std::uint64_t>::max();
  const SealConfig config{.device = kName, .run = std::numeric_limits<std::uint64_t>::max()};
  const MutableBytes out = MutableBytes(message_room).first(payload.size() + kBatchSealBytes);
  const Result<Bytes> message = seal_batch(batch, config, keys, out);
  ASSERT_TRUE(message.ok());
  const OpenedBatch opened = open_batch(
      *message, config, keys, MutableBytes(scratch_room).first(message->size() + kBatchSealBytes));
  ASSERT_EQ(opened.fault, SealFault::kNone);
  EXPECT_EQ(opened.run, config.run);
  expect_same(opened.batch, batch);
}

TEST(SealedBatch, MovesAPayloadThatIsInItsBuffer) {
  lend();
  SealKeys keys;
  const auto payload = counted<300>();
  const hal::Batch batch = batch_of(payload);
  for (const SealConfig& config : {kMac, kSigned}) {
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{5}, std::size_t{90}, std::size_t{400}}) {
      std::ranges::copy(payload, message_room.begin() + static_cast<std::ptrdiff_t>(at));
      hal::Batch inside = batch;
      inside.payload = Bytes(message_room).subspan(at, payload.size());
      const Result<Bytes> message = seal_batch(inside, config, keys, message_room);
      ASSERT_TRUE(message.ok());
      const OpenedBatch opened = open(*message, config, keys);
      ASSERT_EQ(opened.fault, SealFault::kNone);
      expect_same(opened.batch, batch);
    }
  }
}

TEST(SealedBatch, LeavesWhatIsOutsideOfItsBuffer) {
  SealKeys keys;
  const auto payload = counted<100>();
  const hal::Batch batch = batch_of(payload);
  std::size_t least = 0;
  for (std::size_t size = 0; size <= payload.size() + kBatchSealBytes; ++size) {
    message_room.fill(std::byte{0x77});
    const Result<Bytes> message =
        seal_batch(batch, kMac, keys, MutableBytes(message_room).first(size));
    EXPECT_TRUE(std::ranges::all_of(Bytes(message_room).subspan(size),
                                    [](std::byte b) { return b == std::byte{0x77}; }));
    if (message.ok() && least == 0) {
      least = size;
    }
    EXPECT_EQ(message.ok(), least != 0);
    if (!message.ok()) {
      EXPECT_EQ(message.error(), Error::kNoSpace);
    }
  }
  EXPECT_GT(least, payload.size());
}

TEST(SealedBatch, NoticesEveryChangedBit) {
  SealKeys keys;
  const auto payload = counted<40>();
  const Bytes message = *seal_batch(batch_of(payload), kMac, keys, message_room);
  for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
    const std::size_t at = static_cast<std::size_t>(message.data() - message_room.data()) + bit / 8;
    message_room[at] ^= static_cast<std::byte>(1U << (bit % 8));
    const OpenedBatch opened = open(message, kMac, keys);
    EXPECT_FALSE(opened.ok()) << bit;
    EXPECT_TRUE(opened.batch.payload.empty());
    message_room[at] ^= static_cast<std::byte>(1U << (bit % 8));
  }
  EXPECT_TRUE(open(message, kMac, keys).ok());
}

TEST(SealedBatch, NoticesChangesOfWhatIsSigned) {
  lend();
  SealKeys keys;
  const auto payload = counted<40>();
  const Bytes message = *seal_batch(batch_of(payload), kSigned, keys, message_room);
  // The kid's last letter, a byte of the hash before, the payload's first and last, the signature.
  for (const std::size_t at : {std::size_t{14},
                               std::size_t{40},
                               message.size() - 66 - 40,
                               message.size() - 67,
                               message.size() - 64,
                               message.size() - 1}) {
    message_room[at] ^= std::byte{4};
    const OpenedBatch opened = open(message, kSigned, keys);
    EXPECT_TRUE(opened.fault == SealFault::kSeal || opened.fault == SealFault::kDevice) << at;
    message_room[at] ^= std::byte{4};
  }
  EXPECT_TRUE(open(message, kSigned, keys).ok());
}

TEST(SealedBatch, RefusesEveryCut) {
  SealKeys keys;
  const auto payload = counted<40>();
  const Bytes message = *seal_batch(batch_of(payload), kMac, keys, message_room);
  for (std::size_t size = 0; size < message.size(); ++size) {
    const OpenedBatch opened = open(message.first(size), kMac, keys);
    EXPECT_EQ(opened.fault, SealFault::kForm);
    EXPECT_EQ(opened.form, record::CoseFault::kTruncated);
    EXPECT_EQ(claimed_device(message.first(size)), "");
  }
}

TEST(SealedBatch, NamesWhatIsWrong) {
  lend();
  SealKeys keys;
  SealKeys others(9);
  const auto payload = counted<40>();
  const Bytes message = *seal_batch(batch_of(payload), kMac, keys, message_room);
  EXPECT_EQ(open(message, kSigned, keys).fault, SealFault::kKind);
  EXPECT_EQ(open(message, {.device = "pump-8"}, keys).fault, SealFault::kDevice);
  EXPECT_EQ(open(message, kMac, others).fault, SealFault::kSeal);
  keys.missing = hal::KeyId::kDevice;
  EXPECT_EQ(open(message, kMac, keys).fault, SealFault::kKey);
  const SealConfig other_key{.device = "pump-7", .batch_key = hal::KeyId::kLink};
  EXPECT_EQ(open(message, other_key, keys).fault, SealFault::kNone);
  keys.missing = hal::KeyId::kImage;
  const Bytes signed_one = *seal_batch(batch_of(payload), kSigned, keys, message_room);
  EXPECT_EQ(open(signed_one, kMac, keys).fault, SealFault::kKind);
  EXPECT_EQ(open(signed_one, kSigned, others).fault, SealFault::kKey);
  keys.set_public(Bytes(link_test::kPublic).first(64));
  EXPECT_EQ(open(signed_one, kSigned, keys).fault, SealFault::kKey);
}

TEST(SealedBatch, TakesAPublicKeyInBothForms) {
  lend();
  SealKeys keys;
  const auto payload = counted<40>();
  const Bytes message = *seal_batch(batch_of(payload), kSigned, keys, message_room);
  crypto::P256PublicKey point{};
  std::ranges::copy(Bytes(link_test::kPublic), point.begin());
  const crypto::P256Spki spki = crypto::spki_of_point(point);
  keys.set_public(spki);
  EXPECT_TRUE(open(message, kSigned, keys).ok());
}

TEST(SealedBatch, RefusesToSealWhatNobodyWouldOpen) {
  SealKeys keys;
  const auto payload = counted<40>();
  const hal::Batch batch = batch_of(payload);
  constexpr std::string_view kLong =
      "01234567890123456789012345678901234567890123456789012345678901234";
  for (const std::string_view device : {std::string_view(), kLong}) {
    EXPECT_EQ(seal_batch(batch, {.device = device}, keys, message_room).error(),
              Error::kInvalidArgument);
    EXPECT_EQ(seal_ack({}, {.device = device}, keys, message_room).error(),
              Error::kInvalidArgument);
  }
  EXPECT_EQ(seal_batch(batch_of({}), kMac, keys, message_room).error(), Error::kInvalidArgument);
  keys.missing = hal::KeyId::kDevice;
  EXPECT_EQ(seal_batch(batch, kMac, keys, message_room).error(), Error::kEmpty);
  EXPECT_EQ(seal_batch(batch, kSigned, keys, message_room).error(), Error::kEmpty);
}

/// A batch whose own header is `digits`, sealed with the right key.
SealFault header_fault(std::string_view digits) {
  SealKeys keys;
  const auto payload = counted<4>();
  std::array<std::byte, 128> room{};
  const Bytes headers = *record::encode_cose_headers(
      record::CoseKind::kSign1, {as_bytes("pump-7", 6), Hex<64>(digits)}, room);
  const Bytes message =
      *seal_sign1(headers, "aiot-batch-1", payload, hal::KeyId::kDevice, keys, message_room);
  return open(message, kSigned, keys).fault;
}

TEST(SealedBatch, RefusesAHeaderOfAnotherForm) {
  lend();
  constexpr std::string_view kWrong[] = {
      "00",
      "83 00 05 09",
      "84 03 05 09 50 000102030405060708090a0b0c0d0e0f",  // stream 3
      "84 00 09 05 50 000102030405060708090a0b0c0d0e0f",  // ends before it begins
      "84 00 05 09 4f 000102030405060708090a0b0c0d0e",
      "84 20 05 09 50 000102030405060708090a0b0c0d0e0f",
      "84 00 f6 09 50 000102030405060708090a0b0c0d0e0f",
  };
  for (const std::string_view digits : kWrong) {
    EXPECT_EQ(header_fault(digits), SealFault::kHeader) << digits;
  }
  EXPECT_EQ(header_fault("84 00 05 09 50 000102030405060708090a0b0c0d0e0f"), SealFault::kNone);
  // Which start it is, and what a later version may say more.
  EXPECT_EQ(header_fault("85 00 05 09 50 000102030405060708090a0b0c0d0e0f 07"), SealFault::kNone);
  EXPECT_EQ(header_fault("85 00 05 09 50 000102030405060708090a0b0c0d0e0f f6"), SealFault::kNone);
  EXPECT_EQ(header_fault("86 00 05 09 50 000102030405060708090a0b0c0d0e0f f6 40"),
            SealFault::kNone);
  EXPECT_EQ(header_fault("85 00 05 09 50 000102030405060708090a0b0c0d0e0f 20"), SealFault::kHeader);
}

TEST(SealedAck, OpensAsItWasSealed) {
  SealKeys keys;
  const std::optional<std::int64_t> times[] = {{}, 0, 1'750'000'000'123, kMaxUnixMs};
  for (const auto& time : times) {
    const TimedAck ack{{Stream::kBulk, std::numeric_limits<std::uint64_t>::max(), filled(0x5E)},
                       time,
                       time ? std::numeric_limits<std::uint64_t>::max() : 0};
    const Result<Bytes> message = seal_ack(ack, kMac, keys, message_room);
    ASSERT_TRUE(message.ok());
    EXPECT_LE(message->size(), kMaxReplyBytes);
    const OpenedAck opened = open_ack(*message, kMac, keys);
    ASSERT_EQ(opened.fault, SealFault::kNone);
    EXPECT_EQ(opened.value.ack.stream, ack.ack.stream);
    EXPECT_EQ(opened.value.ack.last, ack.ack.last);
    EXPECT_TRUE(opened.value.ack.hash == ack.ack.hash);
    EXPECT_TRUE(opened.value.unix_ms == ack.unix_ms);
    EXPECT_EQ(opened.value.run, ack.run);
  }
  EXPECT_EQ(seal_ack({{}, -1}, kMac, keys, message_room).error(), Error::kInvalidArgument);
  EXPECT_EQ(seal_ack({{}, kMaxUnixMs + 1}, kMac, keys, message_room).error(),
            Error::kInvalidArgument);
}

TEST(SealedAck, NamesWhatIsWrong) {
  SealKeys keys;
  SealKeys others(9);
  const Bytes message = *seal_ack({}, kMac, keys, message_room);
  EXPECT_EQ(open_ack(message, {.device = "pump-8"}, keys).fault, SealFault::kDevice);
  EXPECT_EQ(open_ack(message, kMac, others).fault, SealFault::kSeal);
  others.missing = hal::KeyId::kDevice;
  EXPECT_EQ(open_ack(message, kMac, others).fault, SealFault::kKey);
  EXPECT_EQ(open_ack(message.first(20), kMac, keys).form, record::CoseFault::kTruncated);
  message_room[static_cast<std::size_t>(message.data() - message_room.data()) + 30] ^= std::byte{1};
  EXPECT_FALSE(open_ack(message, kMac, keys).ok());
}

SealFault ack_fault(std::string_view payload) {
  SealKeys keys;
  const Bytes message = *seal_reply("aiot-ack-1", Hex<96>(payload), kMac, keys, message_room);
  return open_ack(message, kMac, keys).fault;
}

TEST(SealedAck, RefusesAPayloadOfAnotherForm) {
  EXPECT_EQ(ack_fault("84 01 05 50 000102030405060708090a0b0c0d0e0f f6"), SealFault::kNone);
  EXPECT_EQ(ack_fault("85 01 05 50 000102030405060708090a0b0c0d0e0f f6 05"), SealFault::kNone);
  EXPECT_EQ(ack_fault("86 01 05 50 000102030405060708090a0b0c0d0e0f f6 f6 40"), SealFault::kNone);
  EXPECT_EQ(ack_fault("85 01 05 50 000102030405060708090a0b0c0d0e0f f6 40"), SealFault::kPayload);
  EXPECT_EQ(ack_fault("83 01 05 50 000102030405060708090a0b0c0d0e0f"), SealFault::kPayload);
  EXPECT_EQ(ack_fault("84 03 05 50 000102030405060708090a0b0c0d0e0f f6"), SealFault::kPayload);
  EXPECT_EQ(ack_fault("84 01 20 50 000102030405060708090a0b0c0d0e0f f6"), SealFault::kPayload);
  EXPECT_EQ(ack_fault("84 01 05 4f 000102030405060708090a0b0c0d0e f6"), SealFault::kPayload);
  EXPECT_EQ(ack_fault("84 01 05 50 000102030405060708090a0b0c0d0e0f 20"), SealFault::kPayload);
  EXPECT_EQ(ack_fault("84 01 1805 50 000102030405060708090a0b0c0d0e0f f6"), SealFault::kPayload);
  EXPECT_EQ(ack_fault("84 01 05 50 000102030405060708090a0b0c0d0e0f 1b0000e677d21fdc00"),
            SealFault::kPayload);  // the year 10000
  EXPECT_EQ(ack_fault("84 01 05 50 000102030405060708090a0b0c0d0e0f 00 00"), SealFault::kPayload);
  EXPECT_EQ(ack_fault("85 01 05 50 000102030405060708090a0b0c0d0e0f f6 581f"
                      "00000000000000000000000000000000000000000000000000000000000000000000"),
            SealFault::kPayload);  // too long
}

TEST(Seals, CanNotBeTakenForAnother) {
  SealKeys keys;
  const Hex<64> payload("84 01 05 50 000102030405060708090a0b0c0d0e0f f6");
  for (const std::string_view aad : {"aiot-batch-1", "aiot-command-1", "aiot-answer-1", ""}) {
    const Bytes message = *seal_reply(aad, payload, kMac, keys, message_room);
    EXPECT_EQ(open_ack(message, kMac, keys).fault, SealFault::kSeal);
  }
  // The ack of a batch is no batch, even of a device that seals both with one key.
  const Bytes ack = *seal_reply("aiot-ack-1", payload, kMac, keys, message_room);
  EXPECT_EQ(open(ack, kMac, keys).fault, SealFault::kHeader);
  const auto records = counted<8>();
  const Bytes batch = *seal_batch(batch_of(records), kMac, keys, message_room);
  EXPECT_EQ(open_ack(batch, kMac, keys).fault, SealFault::kHeader);
}

// What these bytes are is said in schema/record.cddl; the code was computed with Python's hmac.
constexpr std::string_view kKnownAck =
    "d1 84 4ba20105044670756d702d37 a0 578401190427505e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5ef6"
    "5820 a42c3e4e1a1b72e37583814fe44d671c2bc08aa7f69de60fa515bc2ec16a1458";

TEST(Seals, HaveTheBytesThatTheSpecificationSays) {
  SealKeys keys;
  const Bytes message =
      *seal_ack({{Stream::kRoutine, 1063, filled(0x5E)}, {}}, kMac, keys, message_room);
  EXPECT_TRUE(same_bytes(message, Hex<96>(kKnownAck)));
}

// The example of SPEC, seals; made with Python's hmac.
TEST(Seals, MeetTheExampleOfTheSpecification) {
  SealKeys keys;
  const Hex<6> payload("8502f6010000");
  const hal::Batch batch{.stream = Stream::kRoutine,
                         .first = 0,
                         .last = 0,
                         .previous = {},
                         .hash = hash_batch({}, payload),
                         .payload = payload};
  EXPECT_TRUE(same_bytes(batch.hash, Hex<16>("4b1c5b9815a6792d2042cd12cab2ff75")));
  EXPECT_TRUE(same_bytes(
      *seal_batch(batch, kMac, keys, message_room),
      Hex<83>("d1845825a30105044670756d702d373a00010000840100005000000000000000000000000000000000a0"
              "468502f60100005820"
              "68632895415b219f6b2cf6874de44c39b024efe2b0c71cd0343932c16b8f47d3")));
  EXPECT_TRUE(same_bytes(
      *seal_ack({{Stream::kRoutine, 0, batch.hash}, 1'798'761'600'000}, kMac, keys, message_room),
      Hex<80>("d1844ba20105044670756d702d37a0"
              "581d840100504b1c5b9815a6792d2042cd12cab2ff751b000001a2ce8bd4005820"
              "0948dc35ecc7b9f99f97b742baa1029ce568dde4bbc016f45478a44f47260b55")));
}

// RFC 9052, C.2.1, without its unprotected key id; and HMac-01 of the COSE working group.
TEST(Seals, MeetTheExamplesOfTheStandard) {
  lend();
  SealKeys keys;
  const Hex<128> message(
      "d2 84 43a10126 a0 54546869732069732074686520636f6e74656e742e"
      "58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
      "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36");
  const record::CoseView view = record::decode_cose(message);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(check_sign1(view, "", hal::KeyId::kDevice, keys), SealFault::kNone);
  EXPECT_EQ(check_sign1(view, "x", hal::KeyId::kDevice, keys), SealFault::kSeal);
  std::array<std::byte, 64> room{};
  const Bytes content = as_bytes("This is the content.", 20);
  const Bytes head = *record::encode_cose_structure(
      record::CoseKind::kMac0, Hex<3>("a10105"), "", content.size(), room);
  crypto::HmacSha256 mac(link_test::kSecret);
  mac.update(head);
  mac.update(content);
  EXPECT_TRUE(same_bytes(
      mac.finish(), Hex<32>("a1a848d3471f9d61ee49018d244c824772f223ad4f935293f1789fc3a08d8c58")));
}

TEST(SealFault, SaysEveryFaultInItsOwnWords) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(SealFault::kSeal); ++i) {
    const std::string_view words = to_string(static_cast<SealFault>(i));
    EXPECT_NE(words, "unknown fault");
    for (std::uint8_t k = 0; k < i; ++k) {
      EXPECT_NE(words, to_string(static_cast<SealFault>(k)));
    }
  }
}

}  // namespace
}  // namespace aiot::link
