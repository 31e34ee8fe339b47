// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ports/sim/link.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::link::mqtt {
namespace {

using Line = Hex<160>;

constexpr const char* kConnAck = "20 03 00 00 00";
constexpr const char* kConnAckPresent = "20 03 01 00 00";

static_assert(sizeof(Session) <= 512, "a session is small without its buffers");

/// A session whose broker is the test itself.
struct Rig {
  void connect(const ConnectConfig& config) {
    ASSERT_TRUE(session.connect(config, now).ok());
    EXPECT_EQ(session.state(), SessionState::kConnecting);
    EXPECT_NE(session.output()[0], std::byte{});
    flush();
  }

  void connect() {
    ConnectConfig config;
    config.client_id = "d";
    config.maximum_packet = 100;
    connect(config);
  }

  /// A connection that the broker has accepted by `connack`.
  void up(const char* connack) {
    connect();
    give(connack);
    ASSERT_EQ(session.event().kind, EventKind::kConnected);
    session.done(now);
    ASSERT_EQ(session.state(), SessionState::kUp);
  }

  void up() { up(kConnAck); }

  /// The broker sends these bytes; all of them are taken.
  void give(const char* digits) {
    const Line bytes(digits);
    EXPECT_EQ(session.take(bytes, now), bytes.size());
  }

  void flush() { session.sent(session.output().size(), now); }

  /// What waits is `digits`, and is sent.
  void expect(const char* digits) {
    EXPECT_TRUE(same_bytes(session.output(), Line{digits}));
    flush();
  }

  void pass(std::int64_t seconds) {
    now = now + Duration::from_s(seconds);
    session.step(now);
  }

  void expect_fault(const char* digits, ProtocolFault fault, const char* disconnect) {
    give(digits);
    EXPECT_EQ(session.event().kind, EventKind::kDisconnected);
    EXPECT_EQ(session.event().cause, DisconnectCause::kProtocol);
    EXPECT_EQ(session.event().fault, fault);
    EXPECT_EQ(session.state(), SessionState::kEnding);
    expect(disconnect);
    session.done(now);
    EXPECT_EQ(session.state(), SessionState::kIdle);
  }

  Result<std::uint16_t> publish(std::string_view topic, std::string_view payload) {
    return session.publish(
        topic, as_bytes(payload.data(), payload.size()), Qos::kAtLeastOnce, Retain::kNo);
  }

  void lose() {
    session.lost();
    EXPECT_EQ(session.event().cause, DisconnectCause::kLinkLost);
    session.done(now);
  }

  std::array<std::byte, 128> receive{};
  std::array<std::byte, 128> transmit{};
  std::array<std::byte, 300> outbox{};
  std::array<std::byte, 12> aliases{};
  Session session{{receive, transmit, outbox, aliases}};
  Instant now{5'000'000};
};

TEST(MqttSession, ConnectsAndTellsWhatTheBrokerAllows) {
  Rig rig;
  ConnectConfig config;
  config.client_id = "d";
  config.session_expiry_s = 0;
  ASSERT_TRUE(rig.session.connect(config, rig.now).ok());
  rig.expect("10 13 00 04 4D 51 54 54 05 00 00 3C 05 27 00 00 00 80 00 01 64");
  EXPECT_EQ(rig.session.state(), SessionState::kConnecting);
  EXPECT_EQ(rig.publish("t", "x").error(), Error::kWrongState);
  rig.give("20 09 01 00 06 21 00 07 13 00 05");
  EXPECT_EQ(rig.session.event().kind, EventKind::kConnected);
  EXPECT_TRUE(rig.session.event().session_present);
  EXPECT_EQ(rig.session.limits().receive_maximum, 7U);
  EXPECT_EQ(rig.session.limits().keep_alive_s, 5U);
  EXPECT_EQ(rig.session.connect(config, rig.now).error(), Error::kWrongState);
}

TEST(MqttSession, TakesTheIdentifierThatTheBrokerAssigns) {
  Rig rig;
  rig.connect({});
  rig.give("20 08 00 00 05 12 00 02 69 64");
  EXPECT_TRUE(rig.session.event().client_id == "id");
}

TEST(MqttSession, TellsWhyItIsRefused) {
  Rig rig;
  rig.connect();
  rig.give("20 09 00 87 06 1F 00 03 77 68 79");
  EXPECT_EQ(rig.session.event().kind, EventKind::kDisconnected);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kRefused);
  EXPECT_EQ(rig.session.event().reason, ReasonCode::kNotAuthorised);
  EXPECT_TRUE(rig.session.event().text == "why");
  EXPECT_TRUE(rig.session.output().empty());
  rig.session.done(rig.now);
  EXPECT_EQ(rig.session.state(), SessionState::kIdle);
  rig.up();
}

TEST(MqttSession, RefusesAConnectThatCanNotBe) {
  Rig rig;
  ConnectConfig config;
  config.client_id = "\xFF";
  EXPECT_EQ(rig.session.connect(config, rig.now).error(), Error::kInvalidArgument);
  config.client_id = "d";
  Will will{.topic = "a/#"};
  config.will = &will;
  EXPECT_EQ(rig.session.connect(config, rig.now).error(), Error::kInvalidArgument);
  will.topic = "a";
  will.payload = rig.outbox;
  EXPECT_EQ(rig.session.connect(config, rig.now).error(), Error::kNoSpace);
  EXPECT_TRUE(rig.session.output().empty());
  will.payload = {};
  config.topic_alias_maximum = 7;
  EXPECT_EQ(rig.session.connect(config, rig.now).error(), Error::kNoSpace);
  config.topic_alias_maximum = 6;
  EXPECT_TRUE(rig.session.connect(config, rig.now).ok());
}

TEST(MqttSession, PublishesAndReportsTheAnswerOnce) {
  Rig rig;
  rig.up();
  EXPECT_EQ(*rig.publish("a/b", "hi"), 1U);
  rig.expect("32 0A 00 03 61 2F 62 00 01 00 68 69");
  EXPECT_EQ(rig.session.unacknowledged(), 1U);
  rig.give("40 02 00 01");
  EXPECT_EQ(rig.session.event().kind, EventKind::kPublished);
  EXPECT_EQ(rig.session.event().id, 1U);
  EXPECT_EQ(rig.session.event().reason, ReasonCode::kSuccess);
  EXPECT_EQ(rig.session.unacknowledged(), 0U);
  rig.session.done(rig.now);
  EXPECT_EQ(*rig.publish("a/b", ""), 2U);
  rig.flush();
  rig.give("40 03 00 02 87");
  EXPECT_EQ(rig.session.event().reason, ReasonCode::kNotAuthorised);
  rig.session.done(rig.now);
  rig.expect_fault("40 02 00 02", ProtocolFault::kUnknownPacketId, "E0 01 82");
}

TEST(MqttSession, LetsAPayloadBeMadeInItsPlace) {
  Rig rig;
  rig.up();
  const Result<MutableBytes> room = rig.session.compose("t", 50, Qos::kAtLeastOnce, Retain::kNo);
  ASSERT_TRUE(room.ok());
  EXPECT_EQ(room->size(), 50U);
  (*room)[0] = std::byte{0x41};
  EXPECT_TRUE(rig.session.output().empty());
  EXPECT_EQ(rig.session.finish(1), 1U);
  rig.expect("32 07 00 01 74 00 01 00 41");
  EXPECT_EQ(rig.session.compose("t", 400, Qos::kAtLeastOnce, Retain::kNo).error(), Error::kNoSpace);
}

TEST(MqttSession, PublishesWithQos0AndRetained) {
  Rig rig;
  rig.up();
  EXPECT_EQ(*rig.session.publish("t", Hex<1>("41"), Qos::kAtMostOnce, Retain::kYes), 0U);
  rig.expect("31 05 00 01 74 00 41");
  EXPECT_EQ(rig.session.unacknowledged(), 0U);
  EXPECT_EQ(*rig.publish("t", "x"), 1U);
}

TEST(MqttSession, RefusesMessagesThatTheBrokerDoesNotOffer) {
  Rig rig;
  rig.up("20 0C 00 00 09 24 00 25 00 27 00 00 00 14");  // QoS 0, no retain, 20 bytes
  const Bytes none;
  EXPECT_EQ(rig.session.publish("t", none, Qos::kAtLeastOnce, Retain::kNo).error(),
            Error::kUnsupported);
  EXPECT_EQ(rig.session.publish("t", none, Qos::kAtMostOnce, Retain::kYes).error(),
            Error::kUnsupported);
  const std::array<std::byte, 15> payload{};
  EXPECT_EQ(rig.session.publish("t", payload, Qos::kAtMostOnce, Retain::kNo).error(),
            Error::kOutOfRange);
  EXPECT_TRUE(
      rig.session.publish("t", Bytes(payload).first(14), Qos::kAtMostOnce, Retain::kNo).ok());
  EXPECT_EQ(rig.session.output().size(), 20U);
  EXPECT_EQ(rig.session.publish("t/#", none, Qos::kAtMostOnce, Retain::kNo).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(rig.session.publish("", none, Qos::kAtMostOnce, Retain::kNo).error(),
            Error::kInvalidArgument);
}

TEST(MqttSession, HoldsBackWhatIsAboveTheReceiveMaximum) {
  Rig rig;
  rig.up("20 06 00 00 03 21 00 02");
  EXPECT_TRUE(rig.publish("t", "1").ok());
  EXPECT_TRUE(rig.publish("t", "2").ok());
  EXPECT_EQ(rig.publish("t", "3").error(), Error::kWouldBlock);
  EXPECT_TRUE(rig.session.publish("t", Bytes(), Qos::kAtMostOnce, Retain::kNo).ok());
  rig.flush();
  rig.give("40 02 00 02");
  rig.session.done(rig.now);
  EXPECT_TRUE(rig.publish("t", "3").ok());
  EXPECT_EQ(rig.publish("t", "4").error(), Error::kWouldBlock);
}

TEST(MqttSession, SaysWhenTheOutboxIsFull) {
  Rig rig;
  rig.up();
  const std::array<std::byte, 80> payload{};
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(rig.session.publish("t", payload, Qos::kAtLeastOnce, Retain::kNo).ok());
  }
  EXPECT_EQ(rig.session.publish("t", payload, Qos::kAtLeastOnce, Retain::kNo).error(),
            Error::kWouldBlock);
  const std::array<std::byte, 300> large{};
  EXPECT_EQ(rig.session.publish("t", large, Qos::kAtLeastOnce, Retain::kNo).error(),
            Error::kNoSpace);
  std::array<char, 130> topic{};
  topic.fill('t');
  EXPECT_EQ(rig.publish({topic.data(), topic.size()}, "").error(), Error::kNoSpace);
}

TEST(MqttSession, StreamsAPayloadThroughASmallBuffer) {
  Rig rig;
  rig.up();
  std::array<std::byte, 250> payload{};
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<std::byte>(i);
  }
  ASSERT_TRUE(rig.session.publish("t", payload, Qos::kAtLeastOnce, Retain::kNo).ok());
  // Nothing may come between the pieces.
  EXPECT_EQ(rig.session.subscribe("s", Qos::kAtMostOnce).error(), Error::kWouldBlock);
  std::array<std::byte, 300> wire{};
  std::size_t size = 0;
  while (!rig.session.output().empty()) {
    const Bytes piece =
        rig.session.output().first(std::min<std::size_t>(rig.session.output().size(), 7));
    std::ranges::copy(piece, wire.begin() + static_cast<std::ptrdiff_t>(size));
    size += piece.size();
    rig.session.sent(piece.size(), rig.now);
  }
  EXPECT_EQ(size, 259U);
  EXPECT_TRUE(same_bytes(Bytes(wire).first(9), Hex<9>("32 80 02 00 01 74 00 01 00")));
  EXPECT_TRUE(same_bytes(Bytes(wire).subspan(9, 250), payload));
  EXPECT_TRUE(rig.session.subscribe("s", Qos::kAtMostOnce).ok());
}

TEST(MqttSession, SendsAgainAsDuplicatesWhenTheSessionIsPresent) {
  Rig rig;
  rig.up();
  EXPECT_EQ(*rig.publish("t", "1"), 1U);
  EXPECT_EQ(*rig.publish("t", "2"), 2U);
  EXPECT_EQ(*rig.publish("t", "3"), 3U);
  rig.flush();
  rig.give("40 02 00 02");
  rig.session.done(rig.now);
  rig.lose();
  rig.up(kConnAckPresent);
  rig.expect("3A 07 00 01 74 00 01 00 31 3A 07 00 01 74 00 03 00 33");
  EXPECT_EQ(*rig.publish("t", "4"), 4U);
  rig.expect("32 07 00 01 74 00 04 00 34");
}

TEST(MqttSession, SendsAnewWhenTheSessionIsGone) {
  Rig rig;
  rig.up();
  EXPECT_EQ(*rig.publish("t", "1"), 1U);
  rig.flush();
  EXPECT_TRUE(rig.session.publish("t", Bytes(), Qos::kAtMostOnce, Retain::kNo).ok());
  rig.lose();
  EXPECT_TRUE(rig.session.output().empty());
  rig.up(kConnAck);
  rig.expect("32 07 00 01 74 00 01 00 31");
}

TEST(MqttSession, GivesUpKeptMessagesThatTheBrokerNoLongerTakes) {
  Rig rig;
  rig.up();
  EXPECT_EQ(*rig.publish("t", "12345"), 1U);
  EXPECT_EQ(*rig.publish("t", "1"), 2U);
  rig.lose();
  rig.connect();
  rig.give("20 08 00 00 05 27 00 00 00 0A");  // 10 bytes
  rig.session.done(rig.now);
  EXPECT_EQ(rig.session.event().kind, EventKind::kPublished);
  EXPECT_EQ(rig.session.event().id, 1U);
  EXPECT_EQ(rig.session.event().reason, ReasonCode::kPacketTooLarge);
  rig.session.done(rig.now);
  rig.expect("32 07 00 01 74 00 02 00 31");
  EXPECT_EQ(rig.session.unacknowledged(), 1U);
}

TEST(MqttSession, SubscribesAndUnsubscribes) {
  Rig rig;
  rig.up();
  EXPECT_EQ(*rig.session.subscribe("a/+", Qos::kAtLeastOnce), 1U);
  rig.expect("82 09 00 01 00 00 03 61 2F 2B 01");
  rig.give("90 04 00 01 00 00");
  EXPECT_EQ(rig.session.event().kind, EventKind::kSubscribed);
  EXPECT_EQ(rig.session.event().id, 1U);
  rig.session.done(rig.now);
  EXPECT_EQ(*rig.session.unsubscribe("a/+"), 2U);
  rig.expect("A2 08 00 02 00 00 03 61 2F 2B");
  rig.give("B0 04 00 02 00 11");
  EXPECT_EQ(rig.session.event().kind, EventKind::kUnsubscribed);
  EXPECT_TRUE(is_success(rig.session.event().reason));
  rig.session.done(rig.now);
  EXPECT_EQ(rig.session.subscribe("a#", Qos::kAtMostOnce).error(), Error::kInvalidArgument);
  for (std::size_t i = 0; i < Session::kMaxPending; ++i) {
    EXPECT_TRUE(rig.session.subscribe("a", Qos::kAtMostOnce).ok());
  }
  EXPECT_EQ(rig.session.subscribe("a", Qos::kAtMostOnce).error(), Error::kWouldBlock);
}

TEST(MqttSession, ForgetsSubscriptionsThatWaitWhenTheConnectionEnds) {
  Rig rig;
  rig.up();
  for (std::size_t i = 0; i < Session::kMaxPending; ++i) {
    EXPECT_TRUE(rig.session.subscribe("a", Qos::kAtMostOnce).ok());
  }
  rig.lose();
  rig.up();
  EXPECT_TRUE(rig.session.subscribe("a", Qos::kAtMostOnce).ok());
  rig.flush();
  rig.expect_fault("90 04 00 01 00 00", ProtocolFault::kUnknownPacketId, "E0 01 82");
}

TEST(MqttSession, AsksForNoSubscriptionThatTheBrokerDoesNotOffer) {
  Rig rig;
  rig.up("20 07 00 00 04 28 00 2A 00");
  EXPECT_EQ(rig.session.subscribe("a/#", Qos::kAtMostOnce).error(), Error::kUnsupported);
  EXPECT_EQ(rig.session.subscribe("$share/g/a", Qos::kAtMostOnce).error(), Error::kUnsupported);
  EXPECT_TRUE(rig.session.subscribe("a", Qos::kAtMostOnce).ok());
}

TEST(MqttSession, AcknowledgesAMessageWhenItsEventIsDone) {
  Rig rig;
  rig.up();
  rig.give("3B 09 00 03 61 2F 62 00 09 00 21 30 04 00 01 75 00");
  const Event& event = rig.session.event();
  EXPECT_EQ(event.kind, EventKind::kMessage);
  EXPECT_TRUE(event.topic == "a/b");
  EXPECT_TRUE(same_bytes(event.payload, Hex<1>("21")));
  EXPECT_EQ(event.qos, Qos::kAtLeastOnce);
  EXPECT_TRUE(event.retain);
  EXPECT_TRUE(event.dup);
  EXPECT_TRUE(rig.session.output().empty());
  rig.session.done(rig.now);
  rig.expect("40 02 00 09");
  EXPECT_TRUE(event.topic == "u");
  EXPECT_EQ(event.qos, Qos::kAtMostOnce);
  rig.session.done(rig.now);
  EXPECT_TRUE(rig.session.output().empty());
  rig.give("32 06 00 01 75 00 0A 00");
  rig.session.refuse(ReasonCode::kQuotaExceeded, rig.now);
  rig.expect("40 03 00 0A 97");
}

TEST(MqttSession, HoldsUpTheBrokerWhileTheApplicationIsFull) {
  Rig rig;
  rig.up();
  const Line message("32 06 00 01 75 00 0A 00");
  std::size_t taken = 0;
  for (int i = 0; i < 40; ++i) {
    taken += rig.session.take(message, rig.now);
  }
  EXPECT_EQ(taken, rig.receive.size());
  // Silence is not the broker's fault then.
  rig.pass(100);
  rig.flush();
  rig.pass(100);
  EXPECT_EQ(rig.session.event().kind, EventKind::kMessage);
  int messages = 0;
  while (rig.session.event().kind == EventKind::kMessage) {
    ++messages;
    rig.session.done(rig.now);
  }
  EXPECT_EQ(messages, 16);
}

TEST(MqttSession, DoesNotAcknowledgeOverAnotherConnection) {
  Rig rig;
  rig.up();
  rig.give("32 06 00 01 75 00 0A 00");
  rig.session.lost();
  EXPECT_EQ(rig.session.event().kind, EventKind::kMessage);
  EXPECT_TRUE(rig.session.event().topic == "u");
  rig.session.done(rig.now);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kLinkLost);
  rig.session.done(rig.now);
  rig.up(kConnAckPresent);
  EXPECT_TRUE(rig.session.output().empty());
}

TEST(MqttSession, ResolvesTopicAliasesOfTheBroker) {
  Rig rig;
  ConnectConfig config;
  config.client_id = "d";
  config.topic_alias_maximum = 2;
  rig.connect(config);
  rig.give(kConnAck);
  rig.session.done(rig.now);
  rig.give("30 09 00 03 61 2F 62 03 23 00 02");
  EXPECT_TRUE(rig.session.event().topic == "a/b");
  rig.session.done(rig.now);
  rig.give("30 07 00 00 03 23 00 02 7A");
  EXPECT_TRUE(rig.session.event().topic == "a/b");
  EXPECT_TRUE(same_bytes(rig.session.event().payload, Hex<1>("7A")));
  rig.session.done(rig.now);
  rig.give("30 07 00 01 63 03 23 00 02");
  rig.session.done(rig.now);
  rig.give("30 06 00 00 03 23 00 02");
  EXPECT_TRUE(rig.session.event().topic == "c");
  rig.session.done(rig.now);
  rig.expect_fault("30 06 00 00 03 23 00 01", ProtocolFault::kNoTopic, "E0 01 82");
  // Aliases end with their connection.
  rig.connect(config);
  rig.give(kConnAck);
  rig.session.done(rig.now);
  rig.expect_fault("30 06 00 00 03 23 00 02", ProtocolFault::kNoTopic, "E0 01 82");
}

TEST(MqttSession, RefusesAliasesBeyondWhatItAnnounced) {
  for (const char* const bytes : {"30 07 00 01 61 03 23 00 03", "30 07 00 01 61 03 23 00 00"}) {
    Rig rig;
    ConnectConfig config;
    config.client_id = "d";
    config.topic_alias_maximum = 2;
    rig.connect(config);
    rig.give(kConnAck);
    rig.session.done(rig.now);
    rig.expect_fault(bytes, ProtocolFault::kTopicAlias, "E0 01 94");
    rig.connect(config);
    rig.give(kConnAck);
    rig.session.done(rig.now);
    rig.expect_fault(
        "30 0B 00 05 61 62 63 64 65 03 23 00 01", ProtocolFault::kAliasMemory, "E0 01 83");
    rig.up();  // without aliases
    rig.expect_fault("30 07 00 01 61 03 23 00 01", ProtocolFault::kTopicAlias, "E0 01 94");
  }
}

TEST(MqttSession, SendsKnownTopicsAsAliases) {
  Rig rig;
  constexpr std::array<std::string_view, 2> kTopics = {"a/b", "c"};
  ConnectConfig config;
  config.client_id = "d";
  config.aliased_topics = kTopics;
  for (int i = 0; i < 2; ++i) {
    rig.connect(config);
    rig.give("20 06 00 00 03 22 00 01");  // one alias
    rig.session.done(rig.now);
    const Bytes none;
    const auto send = [&](std::string_view topic) {
      EXPECT_TRUE(rig.session.publish(topic, none, Qos::kAtMostOnce, Retain::kNo).ok());
    };
    send("a/b");
    rig.expect("30 09 00 03 61 2F 62 03 23 00 01");
    send("a/b");
    rig.expect("30 06 00 00 03 23 00 01");
    send("c");
    rig.expect("30 04 00 01 63 00");
    rig.lose();
  }
}

TEST(MqttSession, KeepsTheConnectionAliveAndNoticesSilence) {
  Rig rig;
  rig.up();
  rig.pass(44);
  EXPECT_TRUE(rig.session.output().empty());
  rig.pass(1);
  rig.expect("C0 00");
  rig.pass(9);
  rig.give("D0 00");
  EXPECT_EQ(rig.session.event().kind, EventKind::kNone);
  rig.pass(45);
  rig.expect("C0 00");
  rig.pass(9);
  EXPECT_EQ(rig.session.event().kind, EventKind::kNone);
  rig.pass(1);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kKeepAlive);
  EXPECT_TRUE(rig.session.output().empty());
}

TEST(MqttSession, AsksForALifeSignAlsoWhileItSends) {
  Rig rig;
  rig.up();
  for (int i = 0; i < 15; ++i) {
    EXPECT_TRUE(rig.session.publish("t", Bytes(), Qos::kAtMostOnce, Retain::kNo).ok());
    rig.flush();
    rig.pass(3);
  }
  rig.expect("C0 00");
}

TEST(MqttSession, DoesNotTakeASlowLinkForADeadOne) {
  Rig rig;
  rig.up();
  const std::array<std::byte, 250> payload{};
  EXPECT_TRUE(rig.session.publish("t", payload, Qos::kAtLeastOnce, Retain::kNo).ok());
  // A byte in a second is slower than the keep-alive and the answer to it.
  while (!rig.session.output().empty()) {
    rig.session.sent(1, rig.now);
    rig.pass(1);
  }
  EXPECT_EQ(rig.session.event().kind, EventKind::kNone);
  rig.pass(10);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kKeepAlive);
}

TEST(MqttSession, NoticesALinkThatTakesNoBytes) {
  Rig rig;
  rig.up();
  EXPECT_TRUE(rig.publish("t", "x").ok());
  rig.pass(46);
  rig.pass(10);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kKeepAlive);
}

TEST(MqttSession, SendsNoLifeSignWhenTheBrokerWantsNone) {
  Rig rig;
  rig.up("20 06 00 00 03 13 00 00");
  rig.pass(100'000);
  EXPECT_TRUE(rig.session.output().empty());
}

TEST(MqttSession, GivesUpWithoutAConnack) {
  Rig rig;
  rig.connect();
  rig.pass(9);
  EXPECT_EQ(rig.session.event().kind, EventKind::kNone);
  rig.pass(1);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kNoAnswer);
}

TEST(MqttSession, DisconnectsWithAReason) {
  Rig rig;
  rig.up();
  EXPECT_TRUE(rig.publish("t", "x").ok());
  rig.flush();
  rig.session.disconnect(ReasonCode::kDisconnectWithWill);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kRequested);
  rig.session.done(rig.now);
  rig.expect("E0 01 04");
  EXPECT_EQ(rig.session.unacknowledged(), 1U);
  rig.session.disconnect(ReasonCode::kSuccess);
  EXPECT_TRUE(rig.session.output().empty());
  rig.up(kConnAckPresent);
  rig.expect("3A 07 00 01 74 00 01 00 78");
}

TEST(MqttSession, FinishesAMessageBeforeItSaysGoodbye) {
  Rig rig;
  rig.up();
  const std::array<std::byte, 250> payload{};
  EXPECT_TRUE(rig.session.publish("t", payload, Qos::kAtLeastOnce, Retain::kNo).ok());
  rig.session.disconnect(ReasonCode::kSuccess);
  std::size_t size = 0;
  std::byte last{};
  while (!rig.session.output().empty()) {
    size += rig.session.output().size();
    last = rig.session.output()[rig.session.output().size() - 2];
    rig.flush();
  }
  EXPECT_EQ(size, 259U + 2U);
  EXPECT_EQ(last, std::byte{0xE0});
}

TEST(MqttSession, TellsWhyTheBrokerDisconnects) {
  Rig rig;
  rig.up();
  rig.give("E0 07 8B 05 1F 00 02 62 79");
  EXPECT_EQ(rig.session.event().kind, EventKind::kDisconnected);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kByServer);
  EXPECT_EQ(rig.session.event().reason, ReasonCode::kShuttingDown);
  EXPECT_TRUE(rig.session.event().text == "by");
  EXPECT_TRUE(rig.session.output().empty());
}

struct Wrong {
  const char* bytes;
  ProtocolFault fault;
  const char* disconnect;
};

TEST(MqttSession, EndsAConnectionWhoseBrokerBreaksTheProtocol) {
  constexpr std::array kWrong = {
      Wrong{"40 02 00 07", ProtocolFault::kUnknownPacketId, "E0 01 82"},
      Wrong{"90 04 00 07 00 00", ProtocolFault::kUnknownPacketId, "E0 01 82"},
      Wrong{"B0 04 00 01 00 00", ProtocolFault::kUnknownPacketId, "E0 01 82"},  // of a SUBSCRIBE
      Wrong{"90 04 00 01 00 01", ProtocolFault::kGrantedQos, "E0 01 82"},
      Wrong{"34 06 00 01 74 00 01 00", ProtocolFault::kQos2, "E0 01 82"},
      Wrong{"30 03 00 00 00", ProtocolFault::kNoTopic, "E0 01 82"},
      Wrong{"D0 00", ProtocolFault::kUnexpectedPacket, "E0 01 82"},
      Wrong{kConnAck, ProtocolFault::kUnexpectedPacket, "E0 01 82"},
      Wrong{"F0 00", ProtocolFault::kUnexpectedPacket, "E0 01 82"},
      Wrong{"50 02 00 01", ProtocolFault::kUnexpectedPacket, "E0 01 82"},
      Wrong{"30 04 00 01 2B 00", ProtocolFault::kWildcardTopic, "E0 01 81"},
      Wrong{"30 63 00", ProtocolFault::kTooLarge, "E0 01 95"},  // 101 bytes, 100 were announced
      Wrong{"30 FF FF FF FF", ProtocolFault::kRemainingLength, "E0 01 81"},
      Wrong{"30 FF FF FF 7F", ProtocolFault::kTooLarge, "E0 01 95"},
  };
  for (const Wrong& wrong : kWrong) {
    SCOPED_TRACE(wrong.bytes);
    Rig rig;
    rig.up();
    EXPECT_EQ(*rig.session.subscribe("s", Qos::kAtMostOnce), 1U);
    rig.flush();
    rig.expect_fault(wrong.bytes, wrong.fault, wrong.disconnect);
    rig.up();
  }
}

TEST(MqttSession, TakesPacketsAsLargeAsItAnnounced) {
  Rig rig;
  rig.up();
  std::array<std::byte, 100> packet{};  // as announced
  std::ranges::copy(Bytes(Hex<6>("30 62 00 01 74 00")), packet.begin());
  EXPECT_EQ(rig.session.take(packet, rig.now), packet.size());
  EXPECT_EQ(rig.session.event().kind, EventKind::kMessage);
  EXPECT_EQ(rig.session.event().payload.size(), 94U);
}

TEST(MqttSession, EndsAConnectionThatBeginsWrong) {
  constexpr std::array kWrong = {
      Wrong{"30 04 00 01 74 00", ProtocolFault::kUnexpectedPacket, "E0 01 82"},
      Wrong{"20 03 01 87 00", ProtocolFault::kSessionPresent, "E0 01 82"},
      Wrong{"20 03 01 00 00", ProtocolFault::kSessionPresent, "E0 01 82"},  // after a clean start
      Wrong{"20 03 00 00 00", ProtocolFault::kNoClientId, "E0 01 82"},
      Wrong{"48 54 54 50", ProtocolFault::kUnexpectedPacket, "E0 01 82"},  // another protocol
  };
  for (const Wrong& wrong : kWrong) {
    SCOPED_TRACE(wrong.bytes);
    Rig rig;
    ConnectConfig config;
    config.clean_start = true;
    rig.connect(config);
    Line bytes(wrong.bytes);
    if (wrong.bytes[0] == '4') {
      // Its second byte is a length; the fault shows when that much has come.
      const std::array<std::byte, 0x54> body{};
      rig.session.take(Bytes(bytes).first(2), rig.now);
      rig.session.take(body, rig.now);
      EXPECT_EQ(rig.session.event().cause, DisconnectCause::kProtocol);
      continue;
    }
    rig.expect_fault(wrong.bytes, wrong.fault, wrong.disconnect);
  }
}

TEST(MqttSession, ReadsPacketsInPiecesOfAnySize) {
  for (std::size_t size = 1; size < 20; ++size) {
    SCOPED_TRACE(size);
    Rig rig;
    rig.connect();
    const Line bytes(
        "20 03 00 00 00 30 05 00 01 74 00 31 32 07 00 01 74 00 05 00 32 30 05 00 01 74 00 33");
    char expected = '1';
    std::size_t at = 0;
    for (int i = 0; i < 200 && expected < '4'; ++i) {
      const Bytes rest = Bytes(bytes).subspan(at);
      at += rig.session.take(rest.first(std::min(size, rest.size())), rig.now);
      if (rig.session.event().kind == EventKind::kMessage) {
        EXPECT_EQ(rig.session.event().payload[0], static_cast<std::byte>(expected));
        ++expected;
      }
      rig.session.done(rig.now);
    }
    EXPECT_EQ(expected, '4');
    EXPECT_EQ(at, bytes.size());
    rig.expect("40 02 00 05");
  }
}

TEST(MqttSession, NeverUsesAPacketIdentifierThatWaits) {
  Rig rig;
  rig.up();
  EXPECT_EQ(*rig.publish("t", "x"), 1U);
  rig.flush();
  // The others come round; the first one waits all the time.
  for (std::uint32_t id = 2; id <= 0xFFFF; ++id) {
    ASSERT_EQ(*rig.publish("t", ""), id);
    rig.flush();
    std::array<std::byte, 4> ack = {std::byte{0x40},
                                    std::byte{2},
                                    static_cast<std::byte>(id >> 8U),
                                    static_cast<std::byte>(id)};
    rig.session.take(ack, rig.now);
    ASSERT_EQ(rig.session.event().kind, EventKind::kPublished);
    rig.session.done(rig.now);
  }
  EXPECT_EQ(*rig.publish("t", ""), 2U);
}

TEST(MqttSession, WorksOverATransportThatBreaks) {
  Rig rig;
  std::array<std::byte, 16> up_memory{};
  std::array<std::byte, 16> down_memory{};
  sim::Wire up{.buffer = up_memory};
  sim::Wire down{.buffer = down_memory};
  sim::LinkEnd device(down, up);
  sim::LinkEnd broker(up, down);
  ConnectConfig config;
  config.client_id = "d";
  ASSERT_TRUE(rig.session.connect(config, rig.now).ok());
  std::array<std::byte, 64> heard{};
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(rig.session.exchange(device, rig.now).ok());
    size += *broker.receive(MutableBytes(heard).subspan(size));
  }
  EXPECT_EQ(size, std::to_integer<std::size_t>(heard[1]) + 2);
  EXPECT_EQ(*broker.send(Line{kConnAck}), 5U);
  EXPECT_TRUE(rig.session.exchange(device, rig.now).ok());
  EXPECT_EQ(rig.session.event().kind, EventKind::kConnected);
  rig.session.done(rig.now);
  EXPECT_TRUE(rig.publish("t", "x").ok());
  cut(up);
  EXPECT_EQ(rig.session.exchange(device, rig.now).error(), Error::kIo);
  EXPECT_EQ(rig.session.event().cause, DisconnectCause::kLinkLost);
  rig.session.done(rig.now);
  EXPECT_EQ(rig.session.unacknowledged(), 1U);
  EXPECT_TRUE(rig.session.output().empty());
}

}  // namespace
}  // namespace aiot::link::mqtt
