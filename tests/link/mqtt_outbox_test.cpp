// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_outbox.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::link::mqtt {
namespace {

constexpr std::size_t kEach = Outbox::kOverhead + 1 + 4;

struct Box {
  // Room for four messages.
  std::array<std::byte, 4 * kEach> memory{};
  Outbox outbox{memory};

  Status add(std::uint16_t id) {
    const Result<MutableBytes> room = outbox.reserve({.topic = "t", .id = id}, 4);
    if (!room.ok()) {
      return room.error();
    }
    std::ranges::fill(*room, static_cast<std::byte>(id));
    EXPECT_EQ(outbox.commit(4), id);
    return {};
  }

  /// The identifier of the next message, which is sent; 0xFFFF: there is none.
  std::uint16_t send() {
    const Result<OutMessage> next = outbox.next();
    if (!next.ok()) {
      EXPECT_EQ(next.error(), Error::kEmpty);
      return 0xFFFF;
    }
    EXPECT_TRUE(next->topic == "t");
    EXPECT_EQ(next->payload.size(), 4U);
    EXPECT_EQ(next->payload[3], static_cast<std::byte>(next->id));
    const std::uint16_t id = next->id;
    dup = next->dup;
    outbox.begin();
    outbox.advance();
    return id;
  }

  bool dup = false;
};

TEST(MqttOutbox, GivesMessagesInOrderAndKeepsThemUntilTheyAreAcknowledged) {
  Box box;
  EXPECT_TRUE(box.add(1).ok());
  EXPECT_TRUE(box.add(2).ok());
  EXPECT_EQ(box.outbox.waiting(), 2U);
  EXPECT_EQ(box.outbox.in_flight(), 0U);
  EXPECT_FALSE(box.outbox.acknowledge(1));  // not sent
  EXPECT_EQ(box.send(), 1U);
  EXPECT_EQ(box.outbox.in_flight(), 1U);
  EXPECT_FALSE(box.outbox.acknowledge(2));
  EXPECT_TRUE(box.outbox.acknowledge(1));
  EXPECT_FALSE(box.outbox.acknowledge(1));  // once
  EXPECT_EQ(box.send(), 2U);
  EXPECT_EQ(box.send(), 0xFFFFU);
  EXPECT_TRUE(box.outbox.acknowledge(2));
  EXPECT_EQ(box.outbox.waiting(), 0U);
  EXPECT_EQ(box.outbox.in_flight(), 0U);
}

TEST(MqttOutbox, UsesRoomAgainWhateverTheOrderOfAcknowledgements) {
  Box box;
  for (std::uint16_t id = 1; id <= 4; ++id) {
    EXPECT_TRUE(box.add(id).ok());
  }
  EXPECT_EQ(box.add(5).error(), Error::kWouldBlock);
  for (std::uint16_t id = 1; id <= 4; ++id) {
    EXPECT_EQ(box.send(), id);
  }
  EXPECT_TRUE(box.outbox.acknowledge(2));
  EXPECT_TRUE(box.add(5).ok());
  EXPECT_EQ(box.add(6).error(), Error::kWouldBlock);
  EXPECT_TRUE(box.outbox.acknowledge(1));
  EXPECT_TRUE(box.outbox.acknowledge(4));
  EXPECT_TRUE(box.add(6).ok());
  EXPECT_EQ(box.send(), 5U);
  EXPECT_TRUE(box.add(7).ok());
  EXPECT_EQ(box.add(8).error(), Error::kWouldBlock);
  EXPECT_TRUE(box.outbox.holds(3));
  EXPECT_FALSE(box.outbox.holds(4));
  EXPECT_TRUE(box.outbox.acknowledge(3));
  EXPECT_FALSE(box.outbox.holds(3));
  EXPECT_TRUE(box.outbox.acknowledge(5));
  EXPECT_EQ(box.send(), 6U);
  EXPECT_EQ(box.send(), 7U);
}

TEST(MqttOutbox, SaysWhatCanNeverFit) {
  Box box;
  constexpr std::size_t kMost = 4 * kEach - Outbox::kOverhead;
  EXPECT_EQ(box.outbox.reserve({.topic = "t", .id = 1}, kMost).error(), Error::kNoSpace);
  EXPECT_TRUE(box.outbox.reserve({.topic = "", .id = 1}, kMost).ok());
}

TEST(MqttOutbox, KeepsOnlyAsMuchAsWasCommitted) {
  Box box;
  EXPECT_TRUE(box.outbox.reserve({.topic = "t", .id = 1}, 4 * kEach - 13).ok());
  // Thought better of.
  EXPECT_TRUE(box.add(2).ok());
  EXPECT_EQ(box.outbox.waiting(), 1U);
  const Result<MutableBytes> room = box.outbox.reserve({.topic = "u", .id = 3}, 30);
  ASSERT_TRUE(room.ok());
  EXPECT_EQ(room->size(), 30U);
  (*room)[0] = std::byte{7};
  EXPECT_EQ(box.outbox.commit(1), 3U);
  EXPECT_TRUE(box.add(4).ok());
  EXPECT_TRUE(box.add(5).ok());
  EXPECT_EQ(box.send(), 2U);
  EXPECT_TRUE(box.outbox.next()->topic == "u");
  EXPECT_TRUE(same_bytes(box.outbox.next()->payload, Hex<1>("07")));
  box.outbox.advance();
  EXPECT_EQ(box.send(), 4U);
}

TEST(MqttOutbox, SendsAllThatIsUnacknowledgedAgainAsDuplicates) {
  Box box;
  for (std::uint16_t id = 1; id <= 4; ++id) {
    EXPECT_TRUE(box.add(id).ok());
  }
  EXPECT_EQ(box.send(), 1U);
  EXPECT_EQ(box.send(), 2U);
  EXPECT_EQ(box.send(), 3U);
  EXPECT_TRUE(box.outbox.acknowledge(2));
  box.outbox.rewind();
  EXPECT_EQ(box.outbox.in_flight(), 0U);
  EXPECT_FALSE(box.outbox.acknowledge(1));  // of the last connection
  EXPECT_EQ(box.send(), 1U);
  EXPECT_TRUE(box.dup);
  EXPECT_EQ(box.send(), 3U);
  EXPECT_TRUE(box.dup);
  EXPECT_EQ(box.send(), 4U);
  EXPECT_FALSE(box.dup);
  EXPECT_TRUE(box.add(5).ok());
}

TEST(MqttOutbox, SendsAnewWhenTheSessionIsForgotten) {
  Box box;
  EXPECT_TRUE(box.add(1).ok());
  EXPECT_EQ(box.send(), 1U);
  box.outbox.rewind();
  box.outbox.forget();
  EXPECT_EQ(box.send(), 1U);
  EXPECT_FALSE(box.dup);
}

TEST(MqttOutbox, ForgetsQos0WhenItIsSentOrTheConnectionEnds) {
  Box box;
  EXPECT_TRUE(box.add(0).ok());
  EXPECT_TRUE(box.add(1).ok());
  EXPECT_TRUE(box.add(0).ok());
  EXPECT_EQ(box.outbox.waiting(), 1U);
  EXPECT_EQ(box.send(), 0U);
  box.outbox.rewind();
  EXPECT_EQ(box.send(), 1U);
  EXPECT_FALSE(box.dup);
  EXPECT_EQ(box.send(), 0xFFFFU);
}

TEST(MqttOutbox, DropsTheNextMessage) {
  Box box;
  EXPECT_TRUE(box.add(1).ok());
  EXPECT_TRUE(box.add(2).ok());
  EXPECT_TRUE(box.add(3).ok());
  EXPECT_EQ(box.send(), 1U);
  box.outbox.drop();
  EXPECT_EQ(box.outbox.waiting(), 2U);
  EXPECT_EQ(box.outbox.in_flight(), 1U);
  EXPECT_EQ(box.send(), 3U);
  EXPECT_FALSE(box.outbox.acknowledge(2));
  EXPECT_TRUE(box.outbox.acknowledge(3));
  EXPECT_TRUE(box.outbox.acknowledge(1));
}

}  // namespace
}  // namespace aiot::link::mqtt
