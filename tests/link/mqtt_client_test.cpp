// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_client.hpp"

#include <array>
#include <string_view>

#include "tests/link/post_office.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

using link_test::PostOffice;

Bytes bytes(std::string_view text) {
  return as_bytes(text.data(), text.size());
}

struct Rig {
  Rig() {
    client.add(commands);
    client.add(images);
  }

  void steps(int count) {
    for (int i = 0; i < count; ++i) {
      now = now + Duration::from_ms(10);
      (void)client.step(line, now);
    }
  }

  /// As the application does with a link that is given up.
  void reopen() {
    office.cut(0);
    office.mend(0);
  }

  PostOffice office;
  PostOffice::Line line = office.line(0);
  std::array<std::byte, 512> receive{};
  std::array<std::byte, 96> transmit{};
  std::array<std::byte, 512> outbox{};
  mqtt::Session session{{receive, transmit, outbox, {}}};
  MqttClient client{session, {.client_id = "pump-7"}};
  MqttInlet commands{"aiot", "pump-7", leaf::kCommand};
  MqttInlet images{"aiot", "pump-7", leaf::kImageIn};
  Instant now{};
};

TEST(DeviceTopic, IsPrefixDeviceAndLeaf) {
  const DeviceTopic topic("plant/a", "pump-7", leaf::kImageOut);
  EXPECT_EQ(topic.view(), "plant/a/pump-7/image/out");
}

TEST(MqttClient, SubscribesToEveryInlet) {
  static Rig rig;
  EXPECT_FALSE(rig.commands.granted());
  rig.steps(6);
  EXPECT_TRUE(rig.commands.granted());
  EXPECT_TRUE(rig.images.granted());
}

TEST(MqttClient, HandsOutOneMessageAtATime) {
  static Rig rig;
  rig.steps(6);
  rig.office.publish("aiot/pump-7/command", bytes("first"), true);
  rig.office.publish("aiot/pump-7/image/in", bytes("second"), false);
  rig.office.publish("aiot/pump-7/command", bytes("third"), true);
  rig.steps(3);
  ASSERT_TRUE(rig.commands.waiting());
  EXPECT_TRUE(same_bytes(rig.commands.message(), bytes("first")));
  EXPECT_FALSE(rig.images.waiting());
  rig.commands.done();
  EXPECT_FALSE(rig.commands.waiting());
  rig.steps(3);
  ASSERT_TRUE(rig.images.waiting());
  EXPECT_TRUE(same_bytes(rig.images.message(), bytes("second")));
  EXPECT_FALSE(rig.commands.waiting());
  rig.images.done();
  rig.steps(3);
  EXPECT_TRUE(same_bytes(rig.commands.message(), bytes("third")));
}

TEST(MqttClient, AMessageThatWasNotTakenComesAgainAfterTheConnection) {
  static Rig rig;
  rig.steps(6);
  rig.office.publish("aiot/pump-7/command", bytes("once"), true);
  rig.steps(2);
  ASSERT_TRUE(rig.commands.waiting());
  rig.office.cut(0);
  rig.steps(2);
  EXPECT_FALSE(rig.commands.waiting());
  EXPECT_FALSE(rig.commands.granted());
  rig.office.mend(0);
  rig.steps(8);
  ASSERT_TRUE(rig.commands.waiting());
  rig.commands.done();
  rig.steps(4);
  rig.office.cut(0);
  rig.steps(2);
  rig.office.mend(0);
  rig.steps(8);
  EXPECT_FALSE(rig.commands.waiting());  // it was acknowledged
  EXPECT_EQ(rig.client.connections(), 3U);
}

TEST(MqttClient, SaysWhichSubscriptionWasRefused) {
  static Rig rig;
  rig.office.subscribe_answer = 0x87;
  rig.steps(6);
  EXPECT_TRUE(rig.commands.refused());
  EXPECT_FALSE(rig.commands.granted());
  EXPECT_TRUE(rig.client.refusal() == mqtt::ReasonCode::kNotAuthorised);
}

// It answers pings, so the session alone would wait for ever.
TEST(MqttClient, LeavesABrokerThatOwesAnswersForTooLong) {
  static Rig rig;
  rig.steps(6);
  rig.office.mute = true;
  ASSERT_TRUE(
      rig.session.publish("x", bytes("1"), mqtt::Qos::kAtLeastOnce, mqtt::Retain::kNo).ok());
  const Instant end = rig.now + MqttClient::kAnswerLimit;
  for (; rig.now < end; rig.now = rig.now + Duration::from_s(1)) {
    ASSERT_TRUE(rig.client.step(rig.line, rig.now).ok());
  }
  EXPECT_EQ(rig.client.step(rig.line, rig.now).error(), Error::kIo);
  EXPECT_TRUE(rig.client.stalled());
  // Nothing is lost: it goes out again, and this time it is answered.
  rig.office.mute = false;
  rig.reopen();
  rig.steps(8);
  EXPECT_EQ(rig.client.connections(), 2U);
  EXPECT_FALSE(rig.client.stalled());
  EXPECT_EQ(rig.session.unacknowledged(), 0U);
}

TEST(MqttClient, LeavesABrokerThatDoesNotAnswerASubscription) {
  static Rig rig;
  rig.office.mute = true;
  rig.steps(6);
  EXPECT_FALSE(rig.commands.granted());
  EXPECT_FALSE(rig.commands.refused());
  rig.now = rig.now + MqttClient::kAnswerLimit;
  rig.steps(1);
  EXPECT_TRUE(rig.client.stalled());
  rig.office.mute = false;
  rig.reopen();
  rig.steps(8);
  EXPECT_TRUE(rig.commands.granted());
}

TEST(MqttClient, WhatTheBrokerDoesNotOweEndsNothing) {
  static Rig rig;
  rig.steps(6);
  // A message that waits for us keeps its answers from being read.
  rig.office.publish("aiot/pump-7/command", bytes("x"), true);
  rig.steps(2);
  ASSERT_TRUE(rig.commands.waiting());
  ASSERT_TRUE(
      rig.session.publish("x", bytes("1"), mqtt::Qos::kAtLeastOnce, mqtt::Retain::kNo).ok());
  for (int i = 0; i < 600; ++i) {
    rig.now = rig.now + Duration::from_s(1);
    ASSERT_TRUE(rig.client.step(rig.line, rig.now).ok());
  }
  rig.commands.done();
  rig.steps(4);
  EXPECT_EQ(rig.session.unacknowledged(), 0U);
  for (int i = 0; i < 600; ++i) {
    rig.now = rig.now + Duration::from_s(1);
    ASSERT_TRUE(rig.client.step(rig.line, rig.now).ok());
  }
  EXPECT_EQ(rig.client.connections(), 1U);
}

TEST(MqttClient, PassesOverTopicsOfNobody) {
  static Rig rig;
  rig.steps(6);
  rig.office.publish("aiot/pump-7/ack", bytes("x"), true);
  rig.office.publish("aiot/pump-7/command", bytes("y"), true);
  rig.steps(4);
  EXPECT_TRUE(rig.commands.waiting());
}

}  // namespace
}  // namespace aiot::link
