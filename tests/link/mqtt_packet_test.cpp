// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_packet.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::link::mqtt {
namespace {

using Line = Hex<160>;

ProtocolFault decode_all(Bytes packet, Packet& out) {
  const PacketHead head = read_head(packet);
  if (head.fault != ProtocolFault::kNone) {
    return head.fault;
  }
  EXPECT_EQ(head.size + head.remaining, packet.size());
  return decode(head, packet.subspan(head.size), out);
}

struct Bad {
  const char* bytes;
  ProtocolFault fault;
};

constexpr std::array kBad = {
    // CONNACK
    Bad{"20 03 02 00 00", ProtocolFault::kFlags},
    Bad{"21 03 00 00 00", ProtocolFault::kFlags},
    Bad{"20 02 00 00", ProtocolFault::kTruncated},
    Bad{"20 01 00", ProtocolFault::kTruncated},
    Bad{"20 04 00 00 00 00", ProtocolFault::kTrailing},
    Bad{"20 05 00 00 03 21 00", ProtocolFault::kTruncated},         // properties beyond the end
    Bad{"20 05 00 00 02 21 00", ProtocolFault::kTruncated},         // a property beyond its end
    Bad{"20 06 00 00 03 21 00 00", ProtocolFault::kPropertyValue},  // receive maximum 0
    Bad{"20 08 00 00 05 27 00 00 00 00", ProtocolFault::kPropertyValue},  // maximum packet 0
    Bad{"20 05 00 00 02 24 02", ProtocolFault::kPropertyValue},           // maximum QoS 2
    Bad{"20 05 00 00 02 25 02", ProtocolFault::kPropertyValue},
    Bad{"20 07 00 00 04 24 01 24 01", ProtocolFault::kPropertyTwice},
    Bad{"20 06 00 00 03 23 00 01", ProtocolFault::kNotAProperty},     // of a PUBLISH
    Bad{"20 07 00 00 04 15 00 01 61", ProtocolFault::kNotAProperty},  // authentication
    Bad{"20 05 00 00 02 7F 00", ProtocolFault::kNotAProperty},
    Bad{"20 06 00 00 03 A6 80 01", ProtocolFault::kNotAProperty},
    Bad{"20 07 00 00 04 1F 00 01 FF", ProtocolFault::kNotUtf8},
    Bad{"20 07 00 00 04 12 00 01 00", ProtocolFault::kNotUtf8},
    Bad{"20 0A 00 00 07 26 00 01 61 00 01 C0", ProtocolFault::kNotUtf8},
    Bad{"20 07 00 00 80 80 80 80 01", ProtocolFault::kRemainingLength},
    // PUBLISH
    Bad{"36 06 00 01 74 00 01 00", ProtocolFault::kFlags},  // QoS 3
    Bad{"38 04 00 01 74 00", ProtocolFault::kFlags},        // QoS 0, duplicate
    Bad{"30 04 00 01 FF 00", ProtocolFault::kNotUtf8},
    Bad{"30 04 00 01 23 00", ProtocolFault::kWildcardTopic},
    Bad{"30 06 00 03 61 2F 2B 00", ProtocolFault::kWildcardTopic},
    Bad{"30 02 00 01", ProtocolFault::kTruncated},
    Bad{"30 03 00 01 74", ProtocolFault::kTruncated},
    Bad{"32 06 00 01 74 00 00 00", ProtocolFault::kPacketIdZero},
    Bad{"32 04 00 01 74 00", ProtocolFault::kTruncated},
    Bad{"30 06 00 01 74 02 01 02", ProtocolFault::kPropertyValue},  // payload format 2
    Bad{"30 06 00 01 74 02 0B 00", ProtocolFault::kPropertyValue},  // subscription 0
    Bad{"30 0A 00 01 74 06 23 00 01 23 00 01", ProtocolFault::kPropertyTwice},
    Bad{"30 07 00 01 74 03 21 00 01", ProtocolFault::kNotAProperty},
    // PUBACK, SUBACK, UNSUBACK
    Bad{"40 02 00 00", ProtocolFault::kPacketIdZero},
    Bad{"40 01 01", ProtocolFault::kTruncated},
    Bad{"42 02 00 01", ProtocolFault::kFlags},
    Bad{"40 05 00 01 00 00 00", ProtocolFault::kTrailing},
    Bad{"40 06 00 01 00 02 24 01", ProtocolFault::kNotAProperty},
    Bad{"90 03 00 01 00", ProtocolFault::kTruncated},       // no reason
    Bad{"90 05 00 01 00 00 00", ProtocolFault::kTrailing},  // two of them
    Bad{"90 04 00 00 00 00", ProtocolFault::kPacketIdZero},
    Bad{"B0 03 00 01 00", ProtocolFault::kTruncated},
    // The rest
    Bad{"D0 01 00", ProtocolFault::kTrailing},
    Bad{"D1 00", ProtocolFault::kFlags},
    Bad{"E1 00", ProtocolFault::kFlags},
    Bad{"E0 07 00 05 11 00 00 00 01", ProtocolFault::kNotAProperty},  // session expiry
    Bad{"00 00", ProtocolFault::kUnexpectedPacket},
    Bad{"10 00", ProtocolFault::kUnexpectedPacket},
    Bad{"50 00", ProtocolFault::kUnexpectedPacket},
    Bad{"62 00", ProtocolFault::kUnexpectedPacket},
    Bad{"70 00", ProtocolFault::kUnexpectedPacket},
    Bad{"82 00", ProtocolFault::kUnexpectedPacket},
    Bad{"A2 00", ProtocolFault::kUnexpectedPacket},
    Bad{"C0 00", ProtocolFault::kUnexpectedPacket},
    Bad{"F0 00", ProtocolFault::kUnexpectedPacket},
    Bad{"40 80 80 80 80 01", ProtocolFault::kRemainingLength},
    Bad{"40 82 00 00 01", ProtocolFault::kRemainingLength},
};

TEST(MqttPacket, NamesWhatIsWrongWithAPacket) {
  for (const Bad& bad : kBad) {
    SCOPED_TRACE(bad.bytes);
    Packet packet;
    EXPECT_EQ(decode_all(Line{bad.bytes}, packet), bad.fault);
  }
}

TEST(MqttPacket, GivesEveryFaultItsReasonAndWords) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(ProtocolFault::kTooLarge); ++i) {
    const auto fault = static_cast<ProtocolFault>(i);
    EXPECT_NE(to_string(fault)[0], '\0');
    EXPECT_EQ(is_success(reason_of(fault)), fault == ProtocolFault::kNone);
  }
  EXPECT_EQ(reason_of(ProtocolFault::kNotAProperty), ReasonCode::kMalformedPacket);
  EXPECT_EQ(reason_of(ProtocolFault::kPropertyTwice), ReasonCode::kProtocolError);
  EXPECT_EQ(reason_of(ProtocolFault::kTopicAlias), ReasonCode::kTopicAliasInvalid);
  EXPECT_EQ(reason_of(ProtocolFault::kTooLarge), ReasonCode::kPacketTooLarge);
}

TEST(MqttPacket, ReadsAnyReasonBelow80AsSuccess) {
  EXPECT_TRUE(is_success(ReasonCode::kNoMatchingSubscribers));
  EXPECT_TRUE(is_success(static_cast<ReasonCode>(0x7F)));
  EXPECT_FALSE(is_success(ReasonCode::kUnspecified));
  EXPECT_STREQ(to_string(ReasonCode::kNotAuthorised), "not authorised");
  EXPECT_STREQ(to_string(static_cast<ReasonCode>(0xFE)), "refused for an unknown reason");
}

TEST(MqttPacket, WaitsForTheWholeHead) {
  EXPECT_EQ(read_head({}).size, 0U);
  EXPECT_EQ(read_head(Line("30")).size, 0U);
  EXPECT_EQ(read_head(Line("30 80 80")).size, 0U);
  const PacketHead head = read_head(Line("30 80 80 01 FF"));
  EXPECT_EQ(head.size, 4U);
  EXPECT_EQ(head.remaining, 16'384U);
  EXPECT_EQ(head.type(), PacketType::kPublish);
}

TEST(MqttPacket, ReadsWhatABrokerAllows) {
  Packet packet;
  const Line bytes(
      "20 38 01 00 35 11 00 00 00 3C 21 00 0A 24 00 25 00 27 00 00 04 00 12 00 02 69 64"
      " 22 00 05 1F 00 02 6F 6B 26 00 01 61 00 01 62 26 00 01 61 00 01 62 28 00 29 00 2A 00 13 00 "
      "1E");
  ASSERT_EQ(decode_all(bytes, packet), ProtocolFault::kNone);
  EXPECT_TRUE(packet.session_present);
  EXPECT_EQ(packet.limits.session_expiry_s, 60U);
  EXPECT_EQ(packet.limits.receive_maximum, 10U);
  EXPECT_EQ(packet.limits.maximum_qos, Qos::kAtMostOnce);
  EXPECT_FALSE(packet.limits.retain);
  EXPECT_EQ(packet.limits.maximum_packet, 1024U);
  EXPECT_TRUE(packet.client_id == "id");
  EXPECT_EQ(packet.limits.topic_alias_maximum, 5U);
  EXPECT_TRUE(packet.text == "ok");
  EXPECT_FALSE(packet.limits.wildcards);
  EXPECT_FALSE(packet.limits.shared);
  EXPECT_EQ(packet.limits.keep_alive_s, 30U);
}

TEST(MqttPacket, ReadsAMessageWithEveryProperty) {
  Packet packet;
  const Line bytes(
      "3B 2C 00 03 61 2F 62 00 07 22 01 01 02 00 00 00 05 23 00 02 08 00 01 72 09 00 01 FF"
      " 26 00 01 61 00 01 62 0B 80 01 0B 02 03 00 01 63 01 02");
  ASSERT_EQ(decode_all(bytes, packet), ProtocolFault::kNone);
  EXPECT_TRUE(packet.topic == "a/b");
  EXPECT_EQ(packet.id, 7U);
  EXPECT_EQ(packet.qos, 1U);
  EXPECT_TRUE(packet.retain);
  EXPECT_TRUE(packet.dup);
  EXPECT_TRUE(packet.has_alias);
  EXPECT_EQ(packet.alias, 2U);
  EXPECT_TRUE(same_bytes(packet.payload, Hex<2>("01 02")));
}

TEST(MqttPacket, ReadsAnswersWithAndWithoutTheirReason) {
  Packet packet;
  ASSERT_EQ(decode_all(Line("40 02 00 07"), packet), ProtocolFault::kNone);
  EXPECT_EQ(packet.id, 7U);
  EXPECT_EQ(packet.reason, ReasonCode::kSuccess);
  ASSERT_EQ(decode_all(Line("40 03 00 07 87"), packet), ProtocolFault::kNone);
  EXPECT_EQ(packet.reason, ReasonCode::kNotAuthorised);
  const Line refused("40 09 00 07 97 05 1F 00 02 6E 6F");
  ASSERT_EQ(decode_all(refused, packet), ProtocolFault::kNone);
  EXPECT_EQ(packet.reason, ReasonCode::kQuotaExceeded);
  EXPECT_TRUE(packet.text == "no");
  packet = {};
  ASSERT_EQ(decode_all(Line("E0 00"), packet), ProtocolFault::kNone);
  EXPECT_EQ(packet.reason, ReasonCode::kSuccess);
  const Line moved("E0 06 9D 04 1C 00 01 73");
  ASSERT_EQ(decode_all(moved, packet), ProtocolFault::kNone);
  EXPECT_EQ(packet.reason, ReasonCode::kServerMoved);
  EXPECT_TRUE(packet.server == "s");
  ASSERT_EQ(decode_all(Line("D0 00"), packet), ProtocolFault::kNone);
}

struct Written {
  std::array<std::byte, 160> memory{};
  Writer out{memory};

  [[nodiscard]] Bytes bytes() const { return Bytes(memory).first(out.size()); }
};

TEST(MqttPacket, WritesAShortConnect) {
  Written written;
  write_connect(written.out, {.client_id = "d", .session_expiry_s = 0}, 0);
  EXPECT_TRUE(same_bytes(written.bytes(), Line("10 0E 00 04 4D 51 54 54 05 00 00 3C 00 00 01 64")));
}

TEST(MqttPacket, WritesAConnectWithEverything) {
  Written written;
  const Hex<2> payload("FF 00");
  const Hex<2> password("70 77");
  const Will will{
      .topic = "w", .payload = payload, .qos = Qos::kAtLeastOnce, .retain = true, .delay_s = 9};
  write_connect(written.out,
                {.client_id = "dev",
                 .user = "me",
                 .password = password,
                 .clean_start = true,
                 .will = &will,
                 .keep_alive_s = 300,
                 .session_expiry_s = 0x01020304,
                 .receive_maximum = 8,
                 .topic_alias_maximum = 2},
                512);
  EXPECT_TRUE(same_bytes(
      written.bytes(),
      Line("10 35 00 04 4D 51 54 54 05 EE 01 2C 10 11 01 02 03 04 21 00 08 27 00 00 02 00"
           " 22 00 02 00 03 64 65 76 05 18 00 00 00 09 00 01 77 00 02 FF 00 00 02 6D 65 00 02 70 "
           "77")));
}

TEST(MqttPacket, WritesTheHeadOfAPublish) {
  Written written;
  const PublishHead head{
      .topic = "a/b", .payload = 2, .id = 0x0102, .alias = 3, .retain = true, .dup = true};
  write_publish_head(written.out, head);
  EXPECT_TRUE(same_bytes(written.bytes(), Line("3B 0D 00 03 61 2F 62 01 02 03 23 00 03")));
  EXPECT_EQ(publish_bytes(head), written.out.size() + 2);
  Written plain;
  write_publish_head(plain.out, {.topic = "t", .payload = 200});
  EXPECT_TRUE(same_bytes(plain.bytes(), Line("30 CC 01 00 01 74 00")));
}

TEST(MqttPacket, WritesShortPackets) {
  Written written;
  write_puback(written.out, 7, ReasonCode::kSuccess);
  write_puback(written.out, 8, ReasonCode::kQuotaExceeded);
  write_ask(written.out, PacketType::kSubscribe, 9, "a/+", Qos::kAtLeastOnce);
  write_ask(written.out, PacketType::kUnsubscribe, 10, "a", Qos::kAtMostOnce);
  write_pingreq(written.out);
  write_disconnect(written.out, ReasonCode::kSuccess);
  write_disconnect(written.out, ReasonCode::kProtocolError);
  EXPECT_TRUE(same_bytes(written.bytes(),
                         Line("40 02 00 07 40 03 00 08 97 82 09 00 09 00 00 03 61 2F 2B 01"
                              " A2 06 00 0A 00 00 01 61 C0 00 E0 00 E0 01 82")));
}

}  // namespace
}  // namespace aiot::link::mqtt
