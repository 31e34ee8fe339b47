// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_sink.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aiot/link/uplink.hpp"
#include "tests/link/seal_keys.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

using link_test::SealKeys;

constexpr SealConfig kSeal{.device = "pump-7", .run = 5};
constexpr std::string_view kAckTopic = "aiot/pump-7/ack";

/// A broker of one client, and the consumer behind it: just enough of MQTT to say yes, or no. It is
/// the link, too.
class Broker {
 public:
  Result<std::size_t> send(Bytes in) noexcept {
    if (!up) {
      return Error::kIo;
    }
    for (const std::byte b : in) {
      packet_[size_++] = b;
      read();
    }
    return in.size();
  }

  Result<std::size_t> receive(MutableBytes out) noexcept {
    if (!up) {
      return Error::kIo;
    }
    const std::size_t size = std::min(out.size(), out_size_ - out_at_);
    std::copy_n(out_.begin() + static_cast<std::ptrdiff_t>(out_at_), size, out.begin());
    out_at_ += size;
    if (out_at_ == out_size_) {
      out_at_ = out_size_ = 0;
    }
    return size;
  }

  hal::LinkState state() const noexcept { return up ? hal::LinkState::kUp : hal::LinkState::kDown; }

  /// A message of QoS 0 to the client.
  void publish(std::string_view topic, Bytes payload) {
    const std::size_t length = 2 + topic.size() + 1 + payload.size();
    put(0x30);
    if (length < 0x80) {
      put(static_cast<std::uint8_t>(length));
    } else {
      put(static_cast<std::uint8_t>(0x80 | (length & 0x7F)));
      put(static_cast<std::uint8_t>(length >> 7));
    }
    put(0);
    put(static_cast<std::uint8_t>(topic.size()));
    put_all(as_bytes(topic.data(), topic.size()));
    put(0);
    put_all(payload);
  }

  /// The consumer has stored the batch that came last, at this time.
  void acknowledge(const SealKeys& consumer, std::optional<std::int64_t> unix_ms) {
    std::array<std::byte, kMaxReplyBytes> message{};
    SealKeys own = consumer;
    const auto sealed =
        seal_ack({{opened.batch.stream, opened.batch.last, opened.batch.hash}, unix_ms, opened.run},
                 kSeal,
                 own,
                 message);
    ASSERT_TRUE(sealed.ok());
    publish(kAckTopic, *sealed);
  }

  bool up = true;
  std::uint8_t subscribe_answer = 1;
  std::uint8_t publish_answer = 0;
  std::uint32_t batches = 0;
  OpenedBatch opened;
  SealKeys keys;

 private:
  void put(std::uint8_t value) { out_[out_size_++] = std::byte{value}; }

  void put_all(Bytes bytes) {
    for (const std::byte b : bytes) {
      out_[out_size_++] = b;
    }
  }

  void read() {
    std::size_t length = 0;
    std::size_t head = 1;
    for (unsigned shift = 0;; shift += 7) {
      if (head >= size_) {
        return;
      }
      const auto digit = std::to_integer<std::size_t>(packet_[head++]);
      length |= (digit & 0x7FU) << shift;
      if (digit < 0x80) {
        break;
      }
    }
    if (size_ < head + length) {
      return;
    }
    answer(std::to_integer<std::uint8_t>(packet_[0]), Bytes(packet_).subspan(head, length));
    size_ = 0;
  }

  void answer(std::uint8_t type, Bytes body) {
    switch (type >> 4U) {
      case 1:  // CONNECT
        for (const std::uint8_t b : std::array<std::uint8_t, 5>{0x20, 3, 0, 0, 0}) {
          put(b);
        }
        break;
      case 8:  // SUBSCRIBE
        put(0x90);
        put(4);
        put_all(body.first(2));
        put(0);
        put(subscribe_answer);
        break;
      case 3: {  // PUBLISH, QoS 1
        const std::size_t topic = std::to_integer<std::size_t>(body[1]);
        put(0x40);
        put(3);
        put_all(body.subspan(2 + topic, 2));
        put(publish_answer);
        const Bytes message = body.subspan(2 + topic + 2 + 1);
        std::copy(message.begin(), message.end(), kept_.begin());
        opened = open_batch(Bytes(kept_).first(message.size()), kSeal, keys, scratch_);
        ++batches;
        break;
      }
      default:
        break;
    }
  }

  std::array<std::byte, 2048> packet_{};
  std::array<std::byte, 2048> kept_{};
  std::array<std::byte, 2048> scratch_{};
  std::array<std::byte, 2048> out_{};
  std::size_t size_ = 0;
  std::size_t out_size_ = 0;
  std::size_t out_at_ = 0;
};

struct Rig {
  void steps(int count) {
    for (int i = 0; i < count; ++i) {
      now = now + Duration::from_ms(10);
      (void)sink.step(broker, now);
    }
  }

  hal::Batch batch(Stream stream = Stream::kRoutine) {
    hal::Batch made{stream, 10, 12, {}, {}, as_bytes("abc", 3)};
    made.hash = hash_batch(made.previous, made.payload);
    return made;
  }

  Broker broker;
  SealKeys keys;
  std::array<std::byte, 512> receive{};
  std::array<std::byte, 256> transmit{};
  std::array<std::byte, 1024> outbox{};
  mqtt::Session session{{receive, transmit, outbox, {}}};
  WallClock clock{{}};
  MqttSink sink{session, keys, clock, {.seal = kSeal, .connect = {.client_id = "pump-7"}}};
  Instant now{};
};

TEST(MqttSink, ABatchIsDeliveredWhenTheConsumerSaysSo) {
  static Rig rig;
  EXPECT_EQ(rig.sink.offer(rig.batch()).error(), Error::kWouldBlock);
  rig.steps(5);
  ASSERT_TRUE(rig.sink.ready());
  const hal::Batch batch = rig.batch();
  ASSERT_TRUE(rig.sink.offer(batch).ok());
  rig.steps(3);
  ASSERT_TRUE(rig.broker.opened.ok());
  EXPECT_TRUE(rig.broker.opened.batch.hash == batch.hash);
  // The broker has said that it has it: that moves nothing.
  EXPECT_EQ(rig.sink.poll().error(), Error::kEmpty);
  rig.broker.acknowledge(rig.keys, 1'790'000'000'000);
  rig.steps(2);
  const auto ack = rig.sink.poll();
  ASSERT_TRUE(ack.ok());
  EXPECT_EQ(ack->last, 12U);
  EXPECT_TRUE(ack->hash == batch.hash);
  EXPECT_EQ(rig.sink.poll().error(), Error::kEmpty);
  EXPECT_TRUE(rig.clock.known());
}

TEST(MqttSink, APublishThatTheBrokerDeniesIsToldAndNotDelivered) {
  static Rig rig;
  rig.broker.publish_answer = 0x87;
  rig.steps(5);
  ASSERT_TRUE(rig.sink.offer(rig.batch()).ok());
  rig.steps(3);
  EXPECT_EQ(rig.sink.stats().refused, 1U);
  EXPECT_TRUE(rig.sink.refusal() == mqtt::ReasonCode::kNotAuthorised);
  EXPECT_EQ(rig.sink.poll().error(), Error::kEmpty);
}

TEST(MqttSink, WithoutTheSubscriptionNothingIsOffered) {
  static Rig rig;
  rig.broker.subscribe_answer = 0x87;
  rig.steps(5);
  EXPECT_FALSE(rig.sink.ready());
  EXPECT_TRUE(rig.sink.refusal() == mqtt::ReasonCode::kNotAuthorised);
  EXPECT_EQ(rig.sink.offer(rig.batch()).error(), Error::kWouldBlock);
}

TEST(MqttSink, TakesNoAcknowledgementOfAStranger) {
  static Rig rig;
  rig.steps(5);
  ASSERT_TRUE(rig.sink.offer(rig.batch()).ok());
  rig.steps(3);
  rig.broker.publish(kAckTopic, as_bytes("no seal", 7));
  rig.steps(2);
  EXPECT_EQ(rig.sink.stats().forged, 1U);
  EXPECT_EQ(rig.sink.poll().error(), Error::kEmpty);
}

TEST(MqttSink, GoesOnOverAnotherLink) {
  static Rig rig;
  rig.steps(5);
  ASSERT_TRUE(rig.sink.offer(rig.batch()).ok());
  rig.broker.up = false;
  rig.steps(3);
  EXPECT_FALSE(rig.sink.ready());
  EXPECT_TRUE(rig.sink.ended_by() == mqtt::DisconnectCause::kLinkLost);
  rig.broker.up = true;
  rig.steps(6);
  EXPECT_TRUE(rig.sink.ready());
  EXPECT_EQ(rig.sink.stats().connections, 2U);
  EXPECT_GE(rig.broker.batches, 1U);  // what the session kept went out again
}

TEST(MqttSink, IsNotReadyUntilThereIsRoomForTheBatchThatThereWasNoneFor) {
  static Rig rig;
  rig.steps(5);
  hal::Batch batch = rig.batch();
  Status offered;
  int taken = 0;
  for (; taken < 20 && offered.ok(); ++taken) {
    EXPECT_TRUE(rig.sink.ready());
    batch.last += 1;
    offered = rig.sink.offer(batch);
  }
  EXPECT_EQ(offered.error(), Error::kWouldBlock);
  EXPECT_GT(taken, 3);
  EXPECT_FALSE(rig.sink.ready());
  EXPECT_TRUE(rig.sink.connected());
  EXPECT_EQ(rig.sink.offer(batch).error(), Error::kWouldBlock);
  rig.steps(10);  // the broker confirms
  EXPECT_TRUE(rig.sink.ready());
  EXPECT_TRUE(rig.sink.offer(batch).ok());
}

TEST(MqttSink, TheOldestBatchOfAWindowStillTellsTheTime) {
  static Rig rig;
  rig.steps(5);
  OpenedBatch oldest;
  for (std::size_t i = 0; i < hal::kMaxBatchesInFlight; ++i) {
    hal::Batch batch = rig.batch();
    batch.first = batch.last = i;
    batch.previous[0] = static_cast<std::byte>(i);
    batch.hash = hash_batch(batch.previous, batch.payload);
    ASSERT_TRUE(rig.sink.offer(batch).ok());
    rig.steps(3);
    oldest = i == 0 ? rig.broker.opened : oldest;
  }
  rig.broker.opened = oldest;
  rig.broker.acknowledge(rig.keys, 1'790'000'000'000);
  rig.steps(2);
  EXPECT_EQ(rig.sink.poll()->last, 0U);
  EXPECT_TRUE(rig.clock.known());
}

// Somebody has held it back, and a command that has expired since would be believed. It is of a
// batch that is in flight all the same: the consumer has it.
TEST(MqttSink, AnAcknowledgementOfAnEarlierStartTellsNoTime) {
  static Rig rig;
  rig.steps(5);
  const hal::Batch batch = rig.batch();
  ASSERT_TRUE(rig.sink.offer(batch).ok());
  rig.steps(3);
  ASSERT_EQ(rig.broker.opened.run, kSeal.run);
  for (const std::uint64_t earlier : {kSeal.run - 1, std::uint64_t{0}}) {
    rig.broker.opened.run = earlier;
    rig.broker.acknowledge(rig.keys, 1'790'000'000'000);
    rig.steps(2);
    const auto ack = rig.sink.poll();
    ASSERT_TRUE(ack.ok());
    EXPECT_TRUE(ack->hash == batch.hash);
    EXPECT_FALSE(rig.clock.known());
  }
  rig.broker.opened.run = kSeal.run;
  rig.broker.acknowledge(rig.keys, 1'790'000'000'000);
  rig.steps(2);
  EXPECT_TRUE(rig.clock.known());
}

TEST(MqttSink, LearnsNoTimeWhenItDoesNotSayWhichStartItIs) {
  static Rig rig;
  MqttSink sink(rig.session,
                rig.keys,
                rig.clock,
                {.seal = {.device = "pump-7"}, .connect = {.client_id = "pump-7"}});
  const auto steps = [&sink](int count) {
    for (int i = 0; i < count; ++i) {
      rig.now = rig.now + Duration::from_ms(10);
      (void)sink.step(rig.broker, rig.now);
    }
  };
  steps(5);
  ASSERT_TRUE(sink.offer(rig.batch()).ok());
  steps(3);
  rig.broker.acknowledge(rig.keys, 1'790'000'000'000);
  steps(2);
  EXPECT_TRUE(sink.poll().ok());
  EXPECT_FALSE(rig.clock.known());
}

TEST(MqttSink, KeepsAcknowledgementsUntilTheyAreAskedFor) {
  static Rig rig;
  rig.steps(5);
  ASSERT_TRUE(rig.sink.offer(rig.batch()).ok());
  rig.steps(3);
  for (int i = 0; i < 5; ++i) {
    rig.broker.acknowledge(rig.keys, std::nullopt);
    rig.steps(2);
  }
  int acks = 0;
  for (int i = 0; i < 10; ++i) {
    acks += rig.sink.poll().ok() ? 1 : 0;
    rig.steps(2);
  }
  EXPECT_EQ(acks, 5);
}

}  // namespace
}  // namespace aiot::link
