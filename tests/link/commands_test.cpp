// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/commands.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "src/link/judge_command.hpp"
#include "src/link/reply.hpp"
#include "src/link/sign1.hpp"
#include "tests/crypto/lent_pool.hpp"
#include "tests/link/seal_keys.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

using link_test::SealKeys;

constexpr SealConfig kConfig{.device = "pump-7"};
constexpr std::uint64_t kEnd = 1'750'000'000;
constexpr WallTime kGood{static_cast<std::int64_t>(kEnd) * 1000 - 60'000, 500};
const Result<WallTime> kNow = kGood;

std::array<std::byte, 1024> room;

void lend() {
  crypto_test::lend(crypto::kPoolBytes);
}

Command context_command(std::uint64_t counter) {
  return {.device = "pump-7", .counter = counter, .expires_unix_s = kEnd};
}

/// Signs any payload as a command, with any headers of ours.
Bytes sign(Bytes payload, std::string_view aad, SealKeys& keys) {
  return *seal_sign1(Hex<3>("a10126"), aad, payload, hal::KeyId::kCommand, keys, room);
}

TEST(CommandGuard, TakesEveryVerb) {
  lend();
  SealKeys keys;
  CommandGuard guard("pump-7", keys, 41);
  const Hex<5> policy("a1 01 02 03 04");
  Command command = context_command(42);

  const CommandVerdict context = guard.check(*seal_command(command, keys, room), kNow);
  ASSERT_EQ(context.fault, CommandFault::kNone);
  EXPECT_TRUE(context.authentic);
  EXPECT_EQ(context.command.verb, CommandVerb::kRequestContext);
  EXPECT_EQ(context.command.device, "pump-7");
  EXPECT_EQ(context.command.counter, 42U);
  EXPECT_EQ(context.command.expires_unix_s, kEnd);

  command.verb = CommandVerb::kSetPolicy;
  command.policy = policy;
  const CommandVerdict set = guard.check(*seal_command(command, keys, room), kNow);
  ASSERT_EQ(set.fault, CommandFault::kNone);
  EXPECT_TRUE(same_bytes(set.command.policy, policy));

  command.verb = CommandVerb::kCommission;
  command.observations = std::numeric_limits<std::uint32_t>::max();
  const CommandVerdict commission = guard.check(*seal_command(command, keys, room), kNow);
  ASSERT_EQ(commission.fault, CommandFault::kNone);
  EXPECT_EQ(commission.command.observations, command.observations);

  command.verb = CommandVerb::kOfferImage;
  command.image = {"aiot/images/firmware-1.4", 0x1'0000'0000, {}};
  command.image.hash.fill(std::byte{0x33});
  const CommandVerdict image = guard.check(*seal_command(command, keys, room), kNow);
  ASSERT_EQ(image.fault, CommandFault::kNone);
  EXPECT_EQ(image.command.image.name, command.image.name);
  EXPECT_EQ(image.command.image.size_bytes, command.image.size_bytes);
  EXPECT_TRUE(image.command.image.hash == command.image.hash);
}

TEST(CommandVerb, HasAWordForEachAndNoneForOthers) {
  for (unsigned i = 1; i <= 4; ++i) {
    EXPECT_TRUE(to_string(static_cast<CommandVerb>(i)) != nullptr);
  }
  EXPECT_TRUE(to_string(CommandVerb{0}) == nullptr);
  EXPECT_TRUE(to_string(CommandVerb{5}) == nullptr);
}

TEST(CommandAnswer, IsOneNumberOnTheWire) {
  EXPECT_EQ(result_of({.counter = 1}), 0U);
  EXPECT_EQ(result_of({.fault = CommandFault::kExpired}), 11U);
  EXPECT_EQ(result_of({.error = Error::kUnsupported}),
            64U + static_cast<unsigned>(Error::kUnsupported));
  for (const std::uint16_t result : {std::uint16_t{0}, std::uint16_t{8}, std::uint16_t{70}}) {
    EXPECT_EQ(result_of(answer_of(3, result)), result);
  }
}

TEST(CommandGuard, TakesEachCommandOnce) {
  lend();
  SealKeys keys;
  CommandGuard guard("pump-7", keys, 0);
  const Bytes message = *seal_command(context_command(5), keys, room);
  EXPECT_TRUE(guard.check(message, kNow).ok());
  EXPECT_TRUE(guard.check(message, kNow).ok());  // until it is spent
  guard.spent(5);
  const CommandVerdict again = guard.check(message, kNow);
  EXPECT_EQ(again.fault, CommandFault::kReplayed);
  EXPECT_TRUE(again.authentic);
  EXPECT_EQ(again.command.counter, 5U);
  EXPECT_EQ(guard.check(*seal_command(context_command(4), keys, room), kNow).fault,
            CommandFault::kReplayed);
  EXPECT_TRUE(guard.check(*seal_command(context_command(6), keys, room), kNow).ok());
  // After a restart the stored counter counts.
  const CommandGuard restarted("pump-7", keys, guard.last_counter());
  EXPECT_EQ(restarted.check(*seal_command(context_command(5), keys, room), kNow).fault,
            CommandFault::kReplayed);
}

TEST(CommandGuard, NeedsTheTime) {
  lend();
  SealKeys keys;
  const CommandGuard guard("pump-7", keys, 0);
  const Bytes message = *seal_command(context_command(1), keys, room);
  constexpr std::int64_t kEndMs = static_cast<std::int64_t>(kEnd) * 1000 + 999;
  const auto fault_at = [&](std::int64_t now_ms, std::int64_t uncertainty_ms) {
    return guard.check(message, WallTime{now_ms, uncertainty_ms}).fault;
  };
  const CommandVerdict timeless = guard.check(message, Error::kEmpty);
  EXPECT_EQ(timeless.fault, CommandFault::kNoTime);
  EXPECT_TRUE(timeless.authentic);
  EXPECT_EQ(fault_at(kEndMs, 0), CommandFault::kNone);
  EXPECT_EQ(fault_at(kEndMs + 1, 0), CommandFault::kExpired);
  EXPECT_EQ(fault_at(kEndMs - 500, 500), CommandFault::kNone);
  EXPECT_EQ(fault_at(kEndMs - 499, 500), CommandFault::kTimeUncertain);
  EXPECT_EQ(fault_at(kEndMs + 500, 500), CommandFault::kTimeUncertain);
  EXPECT_EQ(fault_at(kEndMs + 501, 500), CommandFault::kExpired);
}

TEST(CommandGuard, RefusesWhatIsNotSignedByTheOperator) {
  lend();
  SealKeys keys;
  const CommandGuard guard("pump-7", keys, 0);
  const auto fault_of = [&](Bytes message) {
    const CommandVerdict verdict = guard.check(message, kNow);
    EXPECT_FALSE(verdict.authentic);
    EXPECT_TRUE(verdict.command.device.empty());
    return verdict.fault;
  };
  const Hex<32> payload("84 6670756d702d37 05 1a684ee180 03");
  EXPECT_EQ(fault_of(sign(payload, "aiot-command-1", keys).first(0)), CommandFault::kForm);
  EXPECT_EQ(fault_of(payload), CommandFault::kForm);  // not signed at all
  EXPECT_EQ(fault_of(*seal_reply("aiot-command-1", payload, kConfig, keys, room)),
            CommandFault::kUnsigned);
  EXPECT_EQ(fault_of(sign(payload, "aiot-batch-1", keys)), CommandFault::kSignature);
  EXPECT_EQ(fault_of(sign(payload, "", keys)), CommandFault::kSignature);
  EXPECT_EQ(fault_of(*seal_sign1(Hex<16>("a20126 3a00010000 00"),
                                 "aiot-command-1",
                                 payload,
                                 hal::KeyId::kCommand,
                                 keys,
                                 room)),
            CommandFault::kHeader);
  const Bytes good = sign(payload, "aiot-command-1", keys);
  EXPECT_TRUE(guard.check(good, kNow).ok());
  // The counter, the verb, the signature.
  for (const std::size_t at :
       {std::size_t{15}, std::size_t{21}, std::size_t{30}, good.size() - 1}) {
    room[at] ^= std::byte{2};
    EXPECT_EQ(fault_of(good), CommandFault::kSignature) << at;
    room[at] ^= std::byte{2};
  }
  room[good.size() - 65] ^= std::byte{1};  // the signature's length
  EXPECT_EQ(fault_of(good), CommandFault::kForm);
  room[good.size() - 65] ^= std::byte{1};
  keys.missing = hal::KeyId::kCommand;
  EXPECT_EQ(fault_of(good), CommandFault::kNoKey);
}

TEST(CommandGuard, RefusesForeignSigners) {
  lend();
  SealKeys keys;
  const Bytes message = *seal_command(context_command(1), keys, room);
  const Result<crypto::P256PublicKey> other = crypto::public_key_p256(link_test::kSecret);
  ASSERT_TRUE(other.ok());
  keys.set_public(*other);
  EXPECT_EQ(CommandGuard("pump-7", keys, 0).check(message, kNow).fault, CommandFault::kSignature);
  keys.set_public(link_test::kSecret);
  EXPECT_EQ(CommandGuard("pump-7", keys, 0).check(message, kNow).fault, CommandFault::kNoKey);
}

CommandFault judge(std::string_view digits) {
  Command command;
  return judge_command(Hex<512>(digits), "pump-7", 4, kNow, command);
}

#define PUMP "6670756d702d37"
#define END "1a684ee180"
#define HASH "5820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

TEST(JudgeCommand, RefusesWhatIsNoCommand) {
  constexpr std::string_view kWrong[] = {
      "",
      "00",
      "a0",
      "83" PUMP "05" END,                    // no verb
      "84" PUMP "05" END,                    // cut
      "84" PUMP "05" END "03 00",            // something behind it
      "84" PUMP "1805" END "03",             // not the shortest form
      "9f" PUMP "05" END "03 ff",            // no definite length
      "84 4670756d702d37 05" END "03",       // the device as bytes
      "84 61ff 05" END "03",                 // the device is not UTF-8
      "84" PUMP "20" END "03",               // a negative counter
      "84" PUMP "05 20 03",                  // a negative end
      "84" PUMP "05 f6 03",                  // no end
      "84" PUMP "05 1b0000003afff44180 03",  // an end in the year 10000
      "84" PUMP "05 1bffffffffffffffff 03",
      "84" PUMP "05" END "6161",  // a verb that is a text
  };
  for (const std::string_view digits : kWrong) {
    EXPECT_EQ(judge(digits), CommandFault::kPayload) << digits;
  }
  EXPECT_EQ(judge("84" PUMP "05" END "03"), CommandFault::kNone);
}

TEST(JudgeCommand, NamesWhatIsWrong) {
  EXPECT_EQ(judge("84 6670756d702d38 05" END "03"), CommandFault::kDevice);
  EXPECT_EQ(judge("84 60 05" END "03"), CommandFault::kDevice);
  EXPECT_EQ(judge("84 6770756d702d3700 05" END "03"), CommandFault::kDevice);
  EXPECT_EQ(judge("84" PUMP "04" END "03"), CommandFault::kReplayed);
  EXPECT_EQ(judge("84" PUMP "00" END "03"), CommandFault::kReplayed);
  EXPECT_EQ(judge("84" PUMP "05 1a684ee000 03"), CommandFault::kExpired);
  EXPECT_EQ(judge("84" PUMP "05" END "00"), CommandFault::kVerb);
  EXPECT_EQ(judge("84" PUMP "05" END "05"), CommandFault::kVerb);
  EXPECT_EQ(judge("84" PUMP "05" END "190103"), CommandFault::kVerb);
}

TEST(JudgeCommand, RefusesArgumentsThatTheVerbDoesNotTake) {
  EXPECT_EQ(judge("87" PUMP "05" END "01 6161 01" HASH), CommandFault::kNone);
  constexpr std::string_view kWrong[] = {
      "86" PUMP "05" END "01 6161 01",
      "88" PUMP "05" END "01 6161 01" HASH "f6",
      "87" PUMP "05" END "01 60 01" HASH,    // no name
      "87" PUMP "05" END "01 4161 01" HASH,  // a name of bytes
      "87" PUMP "05" END "01 6161 00" HASH,  // an empty image
      "87" PUMP "05" END "01 6161 20" HASH,
      "87" PUMP "05" END "01 6161 01 43010203",  // a short hash
      "84" PUMP "05" END "02",
      "85" PUMP "05" END "02 40",    // an empty policy
      "85" PUMP "05" END "02 6161",  // a text
      "85" PUMP "05" END "03 00",    // an argument where there is none
      "84" PUMP "05" END "04",
      "85" PUMP "05" END "04 00",
      "85" PUMP "05" END "04 1b0000000100000000",
      "85" PUMP "05" END "04 f6",
  };
  for (const std::string_view digits : kWrong) {
    EXPECT_EQ(judge(digits), CommandFault::kArguments) << digits;
  }
  EXPECT_EQ(judge("85" PUMP "05" END "02 4100"), CommandFault::kNone);
  EXPECT_EQ(judge("85" PUMP "05" END "04 1affffffff"), CommandFault::kNone);
}

TEST(SealCommand, RefusesWhatADeviceWouldRefuse) {
  SealKeys keys;
  const auto refused = [&](const Command& command) {
    return seal_command(command, keys, room).error() == Error::kInvalidArgument;
  };
  Command command = context_command(1);
  command.device = "";
  EXPECT_TRUE(refused(command));
  command.device = "\xff";
  EXPECT_TRUE(refused(command));
  EXPECT_TRUE(refused(context_command(0)));
  command = context_command(1);
  command.expires_unix_s = static_cast<std::uint64_t>(kMaxUnixMs / 1000) + 1;
  EXPECT_TRUE(refused(command));
  for (const CommandVerb verb :
       {CommandVerb::kOfferImage, CommandVerb::kSetPolicy, CommandVerb::kCommission}) {
    command = context_command(1);
    command.verb = verb;
    EXPECT_TRUE(refused(command));
  }
  command = context_command(1);
  command.verb = static_cast<CommandVerb>(9);
  EXPECT_TRUE(refused(command));
}

TEST(SealCommand, SaysWhenThereIsNoRoom) {
  lend();
  SealKeys keys;
  const Command command = context_command(1);
  const std::size_t size = seal_command(command, keys, room)->size();
  EXPECT_LE(size, kCommandBytes + command.device.size());
  for (const std::size_t less : {std::size_t{0}, std::size_t{10}, size - 66, size - 1}) {
    EXPECT_EQ(seal_command(command, keys, MutableBytes(room).first(less)).error(), Error::kNoSpace);
  }
  EXPECT_TRUE(seal_command(command, keys, MutableBytes(room).first(size)).ok());
  keys.has_pair = false;
  EXPECT_EQ(seal_command(command, keys, room).error(), Error::kEmpty);
}

TEST(CommandAnswer, OpensAsItWasSealed) {
  SealKeys keys;
  const CommandAnswer answers[] = {
      {1, CommandFault::kNone, Error::kNone},
      {std::numeric_limits<std::uint64_t>::max(), CommandFault::kArguments, Error::kNone},
      {7, CommandFault::kNone, Error::kWrongState},
  };
  for (const CommandAnswer& answer : answers) {
    const Result<Bytes> message = seal_answer(answer, kConfig, keys, room);
    ASSERT_TRUE(message.ok());
    EXPECT_LE(message->size(), kMaxReplyBytes);
    const OpenedAnswer opened = open_answer(*message, kConfig, keys);
    ASSERT_EQ(opened.fault, SealFault::kNone);
    EXPECT_EQ(opened.answer.counter, answer.counter);
    EXPECT_EQ(opened.answer.fault, answer.fault);
    EXPECT_EQ(opened.answer.error, answer.error);
  }
}

TEST(CommandAnswer, IsNoOtherMessage) {
  SealKeys keys;
  SealKeys others(3);
  const auto fault_of = [&](std::string_view aad, std::string_view payload) {
    const Bytes message = *seal_reply(aad, Hex<32>(payload), kConfig, keys, room);
    return open_answer(message, kConfig, keys).fault;
  };
  EXPECT_EQ(fault_of("aiot-answer-1", "82 05 00"), SealFault::kNone);
  EXPECT_EQ(fault_of("aiot-ack-1", "82 05 00"), SealFault::kSeal);
  EXPECT_EQ(fault_of("aiot-answer-1", "81 05"), SealFault::kPayload);
  EXPECT_EQ(fault_of("aiot-answer-1", "82 05 20"), SealFault::kPayload);
  EXPECT_EQ(fault_of("aiot-answer-1", "82 05 190140"), SealFault::kPayload);
  EXPECT_EQ(fault_of("aiot-answer-1", "82 f6 00"), SealFault::kPayload);
  const Bytes message = *seal_answer({5, {}, {}}, kConfig, keys, room);
  EXPECT_EQ(open_answer(message, kConfig, others).fault, SealFault::kSeal);
  EXPECT_EQ(open_answer(message, {.device = "pump-8"}, keys).fault, SealFault::kDevice);
}

TEST(CommandFault, SaysEveryFaultInItsOwnWords) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(CommandFault::kArguments); ++i) {
    const std::string_view words = to_string(static_cast<CommandFault>(i));
    EXPECT_NE(words, "unknown fault");
    for (std::uint8_t k = 0; k < i; ++k) {
      EXPECT_NE(words, to_string(static_cast<CommandFault>(k)));
    }
  }
}

}  // namespace
}  // namespace aiot::link
