// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/command_service.hpp"

#include "tests/device/command_rig.hpp"
#include "tests/support/hex.hpp"

namespace aiot::device_test {
namespace {

std::uint32_t code(CommandFault fault) {
  return static_cast<std::uint32_t>(fault);
}

TEST(CommandService, RecordsTheContextAgain) {
  lend_pool();
  Factory factory;
  Commanded boot(factory.flash);
  Operator person;
  boot.steps(3);
  const std::uint64_t records = boot.device->metrics().records;
  const ContextId context = boot.device->context();
  const CommandAnswer answer = boot.take(person.context(7));
  EXPECT_TRUE(boot.answered);
  EXPECT_EQ(answer.counter, 7U);
  EXPECT_TRUE(answer.fault == CommandFault::kNone && answer.error == Error::kNone);
  (void)boot.step();
  EXPECT_GT(boot.device->metrics().records, records);
  EXPECT_TRUE(boot.device->context() == context);
  EXPECT_EQ(boot.taken(CommandVerb::kRequestContext), 1U);
  EXPECT_EQ(boot.entries(AuditKind::kCommand, 3), 1U);
}

TEST(CommandService, APolicyCountsAtOnceUnderAContextThatNamesItAndOutlivesRestarts) {
  lend_pool();
  Factory factory;
  Operator person;
  ContextId context{};
  {
    Commanded boot(factory.flash);
    boot.steps(20);
    const ContextId before = boot.device->context();
    EXPECT_TRUE(boot.take(person.heartbeat(1, 4)).error == Error::kNone);
    boot.steps(1);
    context = boot.device->context();
    EXPECT_FALSE(context == before);
    const std::uint64_t records = boot.device->metrics().records;
    boot.steps(8);
    EXPECT_EQ(boot.device->metrics().records, records + 2);
  }
  {
    Commanded boot(factory.flash);
    EXPECT_EQ(boot.device->package().policy.heartbeat_windows, 4U);
    EXPECT_TRUE(boot.take(person.policy(2, decide::kPackagePolicy)).error == Error::kNone);
    boot.steps(1);
    EXPECT_TRUE(boot.device->package().policy.heartbeat_windows != 4U);
  }
  Commanded boot(factory.flash);
  EXPECT_FALSE(boot.commands.state().policy.has_value());
  EXPECT_TRUE(boot.device->package().policy.heartbeat_windows != 4U);
}

TEST(CommandService, RefusesAPolicyThatDoesNotFitAndGoesOnWithTheOneBefore) {
  lend_pool();
  Factory factory;
  Commanded boot(factory.flash);
  Operator person;
  const std::uint32_t before = boot.device->package().policy.heartbeat_windows;
  // There is no bulk stream.
  const auto bulk = decide::encode_policy({.heartbeat_stream = Stream::kBulk});
  EXPECT_TRUE(boot.take(person.policy(1, bulk)).error == Error::kInvalidArgument);
  EXPECT_TRUE(boot.take(person.policy(2, Hex<2>("0100"))).error == Error::kInvalidArgument);
  EXPECT_TRUE(boot.take(person.policy(3, Hex<1>("07"))).error == Error::kUnsupported);
  EXPECT_EQ(boot.device->package().policy.heartbeat_windows, before);
  EXPECT_FALSE(boot.commands.state().policy.has_value());
  EXPECT_EQ(boot.commands.state().counter, 3U);
  EXPECT_EQ(
      boot.entries(AuditKind::kRefused, 64U + static_cast<std::uint32_t>(Error::kUnsupported)), 1U);
}

TEST(CommandService, SaysThatItCanNotCommissionWhereThereIsNoRoomForABaseline) {
  lend_pool();
  Factory factory;
  Commanded boot(factory.flash);
  Operator person;
  EXPECT_TRUE(boot.take(person.commission(1, 100)).error == Error::kUnsupported);
}

TEST(CommandService, TakesOffersOfImagesByTheirSource) {
  lend_pool();
  Factory factory;
  Operator person;
  const Bytes file = firmware(6, 1);
  {
    Commanded boot(factory.flash);
    EXPECT_TRUE(boot.take(person.image(1, file, "https://elsewhere")).error == Error::kUnsupported);
    EXPECT_FALSE(boot.commands.state().file.has_value());
    EXPECT_TRUE(boot.take(person.image(2, file)).error == Error::kNone);
  }
  const Commanded boot(factory.flash);
  ASSERT_TRUE(boot.commands.state().file.has_value());
  EXPECT_EQ(boot.commands.state().file->size_bytes, file.size());
  EXPECT_TRUE(boot.commands.state().file->hash == crypto::sha256(file));
}

TEST(CommandService, TheSameMessageGetsTheSameAnswerAndIsDoneOnce) {
  lend_pool();
  Factory factory;
  Operator person;
  Commanded boot(factory.flash);
  const Bytes message = person.heartbeat(1, 4);
  EXPECT_TRUE(boot.take(message).error == Error::kNone);
  const CommandAnswer again = boot.take(message);
  EXPECT_EQ(again.counter, 1U);
  EXPECT_TRUE(again.fault == CommandFault::kNone && again.error == Error::kNone);
  EXPECT_EQ(boot.taken(CommandVerb::kSetPolicy), 1U);
  EXPECT_EQ(boot.refused(CommandFault::kReplayed), 1U);
  // Another command with that counter is none that was carried out.
  EXPECT_TRUE(boot.take(person.heartbeat(1, 5)).fault == CommandFault::kReplayed);
  EXPECT_TRUE(boot.take(person.context(2)).fault == CommandFault::kNone);
  EXPECT_TRUE(boot.take(person.heartbeat(1, 4)).fault == CommandFault::kReplayed);
}

TEST(CommandService, AfterARestartTheSameMessageIsStillAnsweredAndNotDoneAgain) {
  lend_pool();
  Factory factory;
  Operator person;
  const Bytes message = person.policy(5, Hex<1>("07"));
  {
    Commanded boot(factory.flash);
    EXPECT_TRUE(boot.take(message).error == Error::kUnsupported);
  }
  Commanded boot(factory.flash);
  EXPECT_TRUE(boot.take(message).error == Error::kUnsupported);
  EXPECT_EQ(boot.refused(CommandFault::kReplayed), 1U);
}

TEST(CommandService, ReplayedExpiredUnsignedAndForgedCommandsAreRefusedAndAudited) {
  lend_pool();
  Factory factory;
  Commanded boot(factory.flash);
  Operator person;
  EXPECT_TRUE(boot.take(person.context(9)).fault == CommandFault::kNone);
  EXPECT_TRUE(boot.take(person.context(8)).fault == CommandFault::kReplayed);
  const link::WallTime late{static_cast<std::int64_t>(kEnd + 2) * 1000, 100};
  EXPECT_TRUE(boot.take(person.context(10), late).fault == CommandFault::kExpired);
  EXPECT_TRUE(boot.take(person.context(10), Error::kEmpty).fault == CommandFault::kNoTime);
  // Strangers get no answer.
  const Bytes signed_well = person.context(11);
  command_memory[signed_well.size() - 1] ^= std::byte{1};
  (void)boot.take(signed_well);
  EXPECT_FALSE(boot.answered);
  std::array<std::byte, link::kMaxReplyBytes> mac{};
  const auto unsigned_one = link::seal_answer({.counter = 12}, kSeal, person.keys, mac);
  ASSERT_TRUE(unsigned_one.ok());
  (void)boot.take(*unsigned_one);
  EXPECT_FALSE(boot.answered);
  (void)boot.take(as_bytes("none", 4));
  EXPECT_FALSE(boot.answered);
  for (const CommandFault fault : {CommandFault::kReplayed,
                                   CommandFault::kExpired,
                                   CommandFault::kNoTime,
                                   CommandFault::kSignature,
                                   CommandFault::kUnsigned,
                                   CommandFault::kForm}) {
    EXPECT_EQ(boot.refused(fault), 1U);
    EXPECT_EQ(boot.entries(AuditKind::kRefused, code(fault)), 1U);
  }
  EXPECT_EQ(boot.commands.state().counter, 9U);
  EXPECT_TRUE(boot.verify().fault == update::AuditFault::kNone);
}

TEST(CommandService, StrangersCanNotPushTheAuditLogOut) {
  lend_pool();
  Factory factory;
  Commanded boot(factory.flash);
  for (int i = 0; i < 40; ++i) {
    (void)boot.take(as_bytes("none", 4));
  }
  EXPECT_EQ(boot.entries(AuditKind::kRefused, code(CommandFault::kForm)),
            update::RefusalBudget::kAtOnce);
  EXPECT_EQ(boot.refused(CommandFault::kForm), 40U);
}

TEST(CommandService, WithoutAnAuditLogThereAreTheEvents) {
  lend_pool();
  Factory factory;
  Commanded boot(factory.flash);
  Operator person;
  device::CommandService alone(
      *boot.device, boot.commands, boot.command_keys, {.seal = kSeal, .image_source = kSource});
  std::array<std::byte, link::kMaxReplyBytes> room{};
  EXPECT_TRUE(alone.take(person.context(1), kTime, {0}, room).ok());
  EXPECT_TRUE(alone.take(person.context(1), Error::kEmpty, {0}, room).ok());
  EXPECT_EQ(boot.taken(CommandVerb::kRequestContext), 1U);
  EXPECT_EQ(boot.refused(CommandFault::kReplayed), 1U);
  EXPECT_EQ(boot.entries(AuditKind::kCommand, 3), 0U);
}

TEST(CommandService, AGatewayWithoutADeviceTakesImagesOnly) {
  lend_pool();
  Factory factory;
  Commanded boot(factory.flash);
  Operator person;
  device::CommandService gateway(
      boot.commands,
      boot.command_keys,
      {.seal = kSeal, .image_source = kSource, .witness = device::witness_of(*boot.updates)});
  const auto answer = [&](Bytes message) {
    std::array<std::byte, link::kMaxReplyBytes> room{};
    const auto sealed = gateway.take(message, kTime, {0}, room);
    EXPECT_TRUE(sealed.ok());
    return link::open_answer(sealed.value_or({}), kSeal, boot.operator_keys).answer;
  };
  const Bytes file = firmware(6, 1);
  EXPECT_TRUE(answer(person.context(1)).error == Error::kUnsupported);
  EXPECT_TRUE(answer(person.heartbeat(2, 4)).error == Error::kUnsupported);
  EXPECT_TRUE(answer(person.commission(3, 100)).error == Error::kUnsupported);
  EXPECT_FALSE(boot.commands.state().policy.has_value());
  const CommandAnswer taken = answer(person.image(4, file));
  EXPECT_EQ(taken.counter, 4U);
  EXPECT_TRUE(taken.fault == CommandFault::kNone && taken.error == Error::kNone);
  EXPECT_TRUE(boot.commands.state().file.has_value());
  EXPECT_TRUE(answer(person.context(4)).fault == CommandFault::kReplayed);
  EXPECT_EQ(boot.entries(AuditKind::kCommand, 1), 1U);
  EXPECT_EQ(boot.entries(AuditKind::kRefused, 64 + static_cast<std::uint32_t>(Error::kUnsupported)),
            3U);
}

TEST(CommandService, WithoutItsRecordItCarriesNothingOutAndSaysSo) {
  lend_pool();
  Factory factory;
  Commanded boot(factory.flash);
  Operator person;
  device::CommandRecord lost;
  device::CommandService service(*boot.device, lost, boot.command_keys, {.seal = kSeal});
  std::array<std::byte, link::kMaxReplyBytes> room{};
  const auto sealed = service.take(person.context(1), kTime, {0}, room);
  ASSERT_TRUE(sealed.ok());
  EXPECT_TRUE(link::open_answer(*sealed, kSeal, boot.operator_keys).answer.error ==
              Error::kCorrupt);
  EXPECT_EQ(boot.taken(CommandVerb::kRequestContext), 0U);
}

}  // namespace
}  // namespace aiot::device_test
