// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Sealed messages as others see them: Python's hmac and the command openssl agree about the seals,
// and a reader of schema/record.cddl alone accepts every message that we write.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

#include "aiot/crypto/der.hpp"
#include "aiot/link/commands.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/record/record.hpp"
#include "ports/sim/random.hpp"
#include "src/link/reply.hpp"
#include "tests/link/seal_keys.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

using link_test::SealKeys;

constexpr SealConfig kMac{.device = "pump-7"};
constexpr SealConfig kSigned{
    .device = "pump-7", .batches = BatchSeal::kSignature, .run = 0x123456789};
constexpr std::string_view kSecretDigits =
    "849b57219dae48de646d07dbb533566e976686457c1491be3a76dcea6c427188";

bool run(const std::string& command) {
  return std::system((command + " > /dev/null 2>&1").c_str()) == 0;  // NOLINT: one thread
}

/// A message in a file, and what others say of it.
class Witness {
 public:
  Witness() {
    crypto::P256PublicKey point{};
    std::ranges::copy(Bytes(link_test::kPublic), point.begin());
    public_ = folder_.write("public.der", Bytes(crypto::spki_of_point(point)));
  }

  void take(Bytes message) { message_ = folder_.write("message", message); }

  [[nodiscard]] bool sees_mac(std::string_view aad) const {
    return run(check() + "mac " + std::string(kSecretDigits) + " '" + std::string(aad) + "' " +
               message_);
  }

  [[nodiscard]] bool sees_signature(std::string_view aad) const {
    return run(check() + "sign " + public_ + " '" + std::string(aad) + "' " + message_);
  }

  [[nodiscard]] bool sees_form(std::string_view rule) const {
    return run("python3 " + root() + "/tests/record/cddl_check.py " + root() +
               "/schema/record.cddl " + message_ + " " + std::string(rule));
  }

 private:
  static std::string root() { return AIOT_SOURCE_DIR; }

  static std::string check() { return "python3 " + root() + "/tests/link/seal_check.py "; }

  test::TempDir folder_;
  std::string public_;
  std::string message_;
};

/// A sequence of records.
Bytes records(sim::Random& random, MutableBytes out) {
  std::size_t size = 0;
  for (std::uint32_t i = 1 + random.below(20); i > 0; --i) {
    const std::uint64_t first = random.next64() >> (1U + random.below(62));
    const record::GapRecord gap{Stream::kRoutine, first, first + random.below(9)};
    size += record::encode(gap, out.subspan(size))->size();
  }
  return out.first(size);
}

std::array<std::byte, 1024> room;

TEST(SealWitness, AgreesAboutBatches) {
  sim::Random random(9052);
  SealKeys keys;
  Witness witness;
  std::array<std::byte, 512> payload{};
  for (int i = 0; i < 2; ++i) {
    hal::Batch batch{.stream = static_cast<Stream>(random.below(3)), .payload = {}};
    batch.first = random.next64() >> (1U + random.below(60));
    batch.last = batch.first + random.below(64);
    std::ranges::generate(batch.previous, [&] { return static_cast<std::byte>(random.next32()); });
    batch.payload = records(random, payload);
    witness.take(*seal_batch(batch, kMac, keys, room));
    EXPECT_TRUE(witness.sees_mac("aiot-batch-1"));
    EXPECT_FALSE(witness.sees_mac("aiot-ack-1"));
    EXPECT_TRUE(witness.sees_form("batch"));
    EXPECT_FALSE(witness.sees_form("ack"));
    witness.take(*seal_batch(batch, kSigned, keys, room));
    EXPECT_TRUE(witness.sees_signature("aiot-batch-1"));
    EXPECT_FALSE(witness.sees_signature("aiot-command-1"));
    EXPECT_TRUE(witness.sees_form("batch"));
  }
}

TEST(SealWitness, AgreesAboutAcknowledgementsAndAnswers) {
  SealKeys keys;
  Witness witness;
  const std::optional<std::int64_t> times[] = {{}, 0, 1'750'000'000'123, kMaxUnixMs};
  for (const auto& time : times) {
    witness.take(*seal_ack({{Stream::kBulk, 99, {}}, time, time ? 300U : 0U}, kMac, keys, room));
    EXPECT_TRUE(witness.sees_mac("aiot-ack-1"));
    EXPECT_TRUE(witness.sees_form("ack"));
    EXPECT_FALSE(witness.sees_form("command"));
  }
  const CommandAnswer answers[] = {
      {1, {}, {}}, {300, CommandFault::kReplayed, {}}, {~0ULL, {}, Error::kIo}};
  for (const CommandAnswer& answer : answers) {
    witness.take(*seal_answer(answer, kMac, keys, room));
    EXPECT_TRUE(witness.sees_mac("aiot-answer-1"));
    EXPECT_TRUE(witness.sees_form("answer"));
  }
}

TEST(SealWitness, AgreesAboutCommands) {
  SealKeys keys;
  Witness witness;
  Command command{.device = "pump-7", .counter = 70'000, .expires_unix_s = 1'750'000'000};
  command.image = {"aiot/images/firmware-1.4", 123'456, {}};
  command.policy = link_test::kSecret;
  command.observations = 64;
  for (const CommandVerb verb : {CommandVerb::kOfferImage,
                                 CommandVerb::kSetPolicy,
                                 CommandVerb::kRequestContext,
                                 CommandVerb::kCommission}) {
    command.verb = verb;
    witness.take(*seal_command(command, keys, room));
    EXPECT_TRUE(witness.sees_signature("aiot-command-1"));
    EXPECT_FALSE(witness.sees_signature("aiot-batch-1"));
    EXPECT_TRUE(witness.sees_form("command"));
    EXPECT_FALSE(witness.sees_form("batch"));
  }
}

TEST(CommandGuard, NoticesAChangeOfAnyByte) {
  SealKeys keys;
  const CommandGuard guard("pump-7", keys, 0);
  const Command command{.device = "pump-7", .counter = 5, .expires_unix_s = 1'750'000'000};
  const WallTime now{1'749'999'999'000, 10};
  const Bytes message = *seal_command(command, keys, room);
  for (std::size_t at = 0; at < message.size(); ++at) {
    room[at] ^= static_cast<std::byte>(1U << (at % 8));
    EXPECT_FALSE(guard.check(message, now).authentic) << at;
    room[at] ^= static_cast<std::byte>(1U << (at % 8));
  }
  EXPECT_TRUE(guard.check(message, now).ok());
}

TEST(SealWitness, NoticesAChange) {
  SealKeys keys;
  Witness witness;
  const Bytes message = *seal_ack({}, kMac, keys, room);
  room[static_cast<std::size_t>(message.data() - room.data()) + 20] ^= std::byte{1};
  witness.take(message);
  EXPECT_FALSE(witness.sees_mac("aiot-ack-1"));
  constexpr std::string_view kWrong[] = {"84 03 05 50 000102030405060708090a0b0c0d0e0f f6",
                                         "83 01 05 50 000102030405060708090a0b0c0d0e0f",
                                         "84 01 05 4f 000102030405060708090a0b0c0d0e f6",
                                         "84 01 05 50 000102030405060708090a0b0c0d0e0f 20",
                                         "84 01 05 50 000102030405060708090a0b0c0d0e0f 00 00"};
  for (const std::string_view payload : kWrong) {
    witness.take(*seal_reply("aiot-ack-1", Hex<64>(payload), kMac, keys, room));
    EXPECT_FALSE(witness.sees_form("ack")) << payload;
  }
}

}  // namespace
}  // namespace aiot::link
