// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_packet.hpp"

#include <algorithm>
#include <iterator>

namespace aiot::link::mqtt {
namespace {

enum PropertyId : std::uint8_t {
  kPayloadFormat = 0x01,
  kMessageExpiry = 0x02,
  kContentType = 0x03,
  kResponseTopic = 0x08,
  kCorrelationData = 0x09,
  kSubscriptionId = 0x0B,
  kSessionExpiry = 0x11,
  kAssignedClientId = 0x12,
  kServerKeepAlive = 0x13,
  kWillDelay = 0x18,
  kServerReference = 0x1C,
  kReasonString = 0x1F,
  kReceiveMaximum = 0x21,
  kTopicAliasMaximum = 0x22,
  kTopicAlias = 0x23,
  kMaximumQos = 0x24,
  kRetainAvailable = 0x25,
  kUserProperty = 0x26,
  kMaximumPacket = 0x27,
  kWildcardsAvailable = 0x28,
  kSubscriptionIdsAvailable = 0x29,
  kSharedAvailable = 0x2A,
};

// What stands in a property. The values of numbers are what they may be at least.
enum class Form : std::uint8_t { kBool, kU16, kU32, kVariable, kText, kData, kTextPair };

// Packets that may hold a property, and how often.
enum In : std::uint8_t {
  kInConnAck = 1U << 0U,
  kInPublish = 1U << 1U,
  kInAnswer = 1U << 2U,  // PUBACK, SUBACK, UNSUBACK
  kInDisconnect = 1U << 3U,
  kNotZero = 1U << 6U,
  kRepeats = 1U << 7U,
};

constexpr unsigned kInAll = kInConnAck | kInPublish | kInAnswer | kInDisconnect;

struct Property {
  std::uint8_t id;
  Form form;
  std::uint8_t rules;  // of In
};

// MQTT 5.0 table 2-4, as far as a broker may send it to a client that asks for no enhanced
// authentication and no response information.
constexpr Property kProperties[] = {
    Property{kPayloadFormat, Form::kBool, kInPublish},
    Property{kMessageExpiry, Form::kU32, kInPublish},
    Property{kContentType, Form::kText, kInPublish},
    Property{kResponseTopic, Form::kText, kInPublish},
    Property{kCorrelationData, Form::kData, kInPublish},
    Property{kSubscriptionId, Form::kVariable, kInPublish | kNotZero | kRepeats},
    Property{kSessionExpiry, Form::kU32, kInConnAck},
    Property{kAssignedClientId, Form::kText, kInConnAck},
    Property{kServerKeepAlive, Form::kU16, kInConnAck},
    Property{kServerReference, Form::kText, kInConnAck | kInDisconnect},
    Property{kReasonString, Form::kText, kInConnAck | kInAnswer | kInDisconnect},
    Property{kReceiveMaximum, Form::kU16, kInConnAck | kNotZero},
    Property{kTopicAliasMaximum, Form::kU16, kInConnAck},
    Property{kTopicAlias, Form::kU16, kInPublish},
    Property{kMaximumQos, Form::kBool, kInConnAck},
    Property{kRetainAvailable, Form::kBool, kInConnAck},
    Property{kUserProperty, Form::kTextPair, kInAll | kRepeats},
    Property{kMaximumPacket, Form::kU32, kInConnAck | kNotZero},
    Property{kWildcardsAvailable, Form::kBool, kInConnAck},
    Property{kSubscriptionIdsAvailable, Form::kBool, kInConnAck},
    Property{kSharedAvailable, Form::kBool, kInConnAck},
};
static_assert(std::size(kProperties) <= 32);

struct Value {
  std::uint32_t number = 0;
  std::string_view text;
};

Value read_value(Reader& in, Form form) noexcept {
  Value value;
  switch (form) {
    case Form::kBool:
      value.number = in.u8();
      if (value.number > 1) {
        in.fail(ProtocolFault::kPropertyValue);
      }
      break;
    case Form::kU16:
      value.number = in.u16();
      break;
    case Form::kU32:
      value.number = in.u32();
      break;
    case Form::kVariable:
      value.number = in.variable();
      break;
    case Form::kData:
      in.data();
      break;
    case Form::kTextPair:
      in.text();
      [[fallthrough]];
    case Form::kText:
      value.text = in.text();
      break;
  }
  return value;
}

void keep(std::uint8_t id, const Value& value, Packet& out) noexcept {
  const auto u16 = static_cast<std::uint16_t>(value.number);
  ServerLimits& limits = out.limits;
  switch (id) {
    case kSessionExpiry:
      limits.session_expiry_s = value.number;
      break;
    case kAssignedClientId:
      out.client_id = value.text;
      break;
    case kServerKeepAlive:
      limits.keep_alive_s = u16;
      break;
    case kServerReference:
      out.server = value.text;
      break;
    case kReasonString:
      out.text = value.text;
      break;
    case kReceiveMaximum:
      limits.receive_maximum = u16;
      break;
    case kTopicAliasMaximum:
      limits.topic_alias_maximum = u16;
      break;
    case kTopicAlias:
      out.alias = u16;
      out.has_alias = true;
      break;
    case kMaximumQos:
      limits.maximum_qos = static_cast<Qos>(value.number);
      break;
    case kRetainAvailable:
      limits.retain = value.number != 0;
      break;
    case kMaximumPacket:
      limits.maximum_packet = value.number;
      break;
    case kWildcardsAvailable:
      limits.wildcards = value.number != 0;
      break;
    case kSharedAvailable:
      limits.shared = value.number != 0;
      break;
    default:
      break;  // nothing that a client has to know
  }
}

/// The properties of a packet, which stand behind their length.
void read_properties(Reader& packet, unsigned kind, Packet& out) noexcept {
  const std::uint32_t size = packet.variable();
  Reader in(packet.take(size));
  std::uint32_t seen = 0;
  while (!in.rest().empty()) {
    const std::uint32_t id = in.variable();
    const auto* const row = std::ranges::find(kProperties, id, &Property::id);
    if (row == std::end(kProperties) || (row->rules & kind) == 0) {
      in.fail(ProtocolFault::kNotAProperty);
      break;
    }
    const std::uint32_t bit = 1U << static_cast<unsigned>(row - std::begin(kProperties));
    if ((seen & bit) != 0 && (row->rules & kRepeats) == 0) {
      in.fail(ProtocolFault::kPropertyTwice);
    }
    seen |= bit;
    const Value value = read_value(in, row->form);
    if (value.number == 0 && (row->rules & kNotZero) != 0) {
      in.fail(ProtocolFault::kPropertyValue);
    }
    keep(row->id, value, out);
  }
  if (!in.ok()) {
    packet.fail(in.fault());
  }
}

/// Reason and properties, which may both be missing at the end of a packet.
void read_reason(Reader& in, unsigned kind, Packet& out) noexcept {
  if (!in.rest().empty()) {
    out.reason = static_cast<ReasonCode>(in.u8());
  }
  if (!in.rest().empty()) {
    read_properties(in, kind, out);
  }
}

void read_id(Reader& in, Packet& out) noexcept {
  out.id = in.u16();
  if (out.id == 0) {
    in.fail(ProtocolFault::kPacketIdZero);
  }
}

void read_connack(Reader& in, Packet& out) noexcept {
  const std::uint8_t flags = in.u8();
  out.session_present = flags != 0;
  if (flags > 1) {
    in.fail(ProtocolFault::kFlags);
  }
  out.reason = static_cast<ReasonCode>(in.u8());
  read_properties(in, kInConnAck, out);
}

void read_message(Reader& in, std::uint8_t flags, Packet& out) noexcept {
  out.dup = (flags & 8U) != 0;
  out.qos = flags >> 1U & 3U;
  out.retain = (flags & 1U) != 0;
  if (out.qos == 3 || (out.qos == 0 && out.dup)) {
    in.fail(ProtocolFault::kFlags);
  }
  out.topic = in.text();
  if (has_wildcard(out.topic)) {
    in.fail(ProtocolFault::kWildcardTopic);
  }
  if (out.qos != 0) {
    read_id(in, out);
  }
  read_properties(in, kInPublish, out);
  out.payload = in.take(in.rest().size());
}

void put_first(Writer& out, PacketType type, unsigned flags) noexcept {
  out.u8(static_cast<std::uint32_t>(type) << 4U | flags);
}

void put_connect_properties(Writer& out,
                            const ConnectConfig& config,
                            std::uint32_t maximum_packet) noexcept {
  const auto put = [&out](PropertyId id, std::uint32_t value, bool wide) {
    if (value == 0) {
      return;  // says the same as nothing
    }
    out.u8(id);
    wide ? out.u32(value) : out.u16(value);
  };
  put(kSessionExpiry, config.session_expiry_s, true);
  put(kReceiveMaximum, config.receive_maximum, false);
  put(kMaximumPacket, maximum_packet, true);
  put(kTopicAliasMaximum, config.topic_alias_maximum, false);
}

void put_will(Writer& out, const Will& will) noexcept {
  out.variable(will.delay_s != 0 ? 5 : 0);
  if (will.delay_s != 0) {
    out.u8(kWillDelay);
    out.u32(will.delay_s);
  }
  out.text(will.topic);
  out.data(will.payload);
}

void put_connect(Writer& out, const ConnectConfig& config, std::uint32_t maximum_packet) noexcept {
  constexpr std::uint32_t kVersion = 5;
  std::uint32_t flags = config.clean_start ? 0x02U : 0U;
  if (config.will != nullptr) {
    flags |= 0x04U | static_cast<std::uint32_t>(config.will->qos) << 3U |
             (config.will->retain ? 0x20U : 0U);
  }
  flags |= (config.password.empty() ? 0U : 0x40U) | (config.user.empty() ? 0U : 0x80U);
  out.text("MQTT");
  out.u8(kVersion);
  out.u8(flags);
  out.u16(config.keep_alive_s);
  Writer measure({});
  put_connect_properties(measure, config, maximum_packet);
  out.variable(static_cast<std::uint32_t>(measure.size()));
  put_connect_properties(out, config, maximum_packet);
  out.text(config.client_id);
  if (config.will != nullptr) {
    put_will(out, *config.will);
  }
  if (!config.user.empty()) {
    out.text(config.user);
  }
  if (!config.password.empty()) {
    out.data(config.password);
  }
}

constexpr std::size_t kAliasBytes = 3;

std::size_t publish_remaining(const PublishHead& head) noexcept {
  return 2 + head.topic.size() + (head.id != 0 ? 2U : 0U) + 1 +
         (head.alias != 0 ? kAliasBytes : 0U) + head.payload;
}

}  // namespace

ReasonCode reason_of(ProtocolFault fault) noexcept {
  switch (fault) {
    case ProtocolFault::kNone:
      return ReasonCode::kSuccess;
    case ProtocolFault::kTopicAlias:
      return ReasonCode::kTopicAliasInvalid;
    case ProtocolFault::kAliasMemory:
      return ReasonCode::kImplementationSpecific;
    case ProtocolFault::kTooLarge:
      return ReasonCode::kPacketTooLarge;
    default:
      return fault <= ProtocolFault::kNotAProperty ? ReasonCode::kMalformedPacket
                                                   : ReasonCode::kProtocolError;
  }
}

PacketHead read_head(Bytes in) noexcept {
  Reader reader(in);
  PacketHead head;
  head.first = reader.u8();
  head.remaining = reader.variable();
  head.fault = reader.fault();
  if (head.fault == ProtocolFault::kTruncated) {
    return {};  // the rest is still to come
  }
  head.size = static_cast<std::uint8_t>(in.size() - reader.rest().size());
  return head;
}

ProtocolFault decode(const PacketHead& head, Bytes body, Packet& out) noexcept {
  const std::uint8_t flags = head.first & 0x0FU;
  Reader in(body);
  const PacketType type = head.type();
  if (type == PacketType::kPublish) {
    read_message(in, flags, out);
    return in.fault();
  }
  switch (type) {
    case PacketType::kConnAck:
      read_connack(in, out);
      break;
    case PacketType::kPubAck:
      read_id(in, out);
      read_reason(in, kInAnswer, out);
      break;
    case PacketType::kSubAck:
    case PacketType::kUnsubAck:
      read_id(in, out);
      read_properties(in, kInAnswer, out);
      out.reason = static_cast<ReasonCode>(in.u8());
      break;
    case PacketType::kDisconnect:
      read_reason(in, kInDisconnect, out);
      break;
    case PacketType::kPingResp:
      break;
    default:
      in.fail(ProtocolFault::kUnexpectedPacket);
      break;
  }
  in.finish();
  // Behind the type, whose flags are other ones for a PUBREL.
  return in.ok() && flags != 0 ? ProtocolFault::kFlags : in.fault();
}

std::size_t publish_bytes(const PublishHead& head) noexcept {
  const std::size_t remaining = publish_remaining(head);
  return 1 + variable_bytes(static_cast<std::uint32_t>(remaining)) + remaining;
}

void write_connect(Writer& out,
                   const ConnectConfig& config,
                   std::uint32_t maximum_packet) noexcept {
  Writer measure({});
  put_connect(measure, config, maximum_packet);
  put_first(out, PacketType::kConnect, 0);
  out.variable(static_cast<std::uint32_t>(measure.size()));
  put_connect(out, config, maximum_packet);
}

void write_publish_head(Writer& out, const PublishHead& head) noexcept {
  put_first(out,
            PacketType::kPublish,
            (head.dup ? 8U : 0U) | (head.id != 0 ? 2U : 0U) | (head.retain ? 1U : 0U));
  out.variable(static_cast<std::uint32_t>(publish_remaining(head)));
  out.text(head.topic);
  if (head.id != 0) {
    out.u16(head.id);
  }
  out.u8(head.alias != 0 ? kAliasBytes : 0U);
  if (head.alias != 0) {
    out.u8(kTopicAlias);
    out.u16(head.alias);
  }
}

void write_puback(Writer& out, std::uint16_t id, ReasonCode reason) noexcept {
  const bool told = reason != ReasonCode::kSuccess;
  put_first(out, PacketType::kPubAck, 0);
  out.u8(told ? 3 : 2);
  out.u16(id);
  if (told) {
    out.u8(static_cast<std::uint32_t>(reason));
  }
}

void write_ask(
    Writer& out, PacketType type, std::uint16_t id, std::string_view filter, Qos qos) noexcept {
  constexpr std::size_t kBeside = 2 + 1 + 2;  // identifier, no properties, length
  const bool subscribes = type == PacketType::kSubscribe;
  put_first(out, type, 2);
  out.variable(static_cast<std::uint32_t>(kBeside + filter.size() + (subscribes ? 1U : 0U)));
  out.u16(id);
  out.u8(0);
  out.text(filter);
  if (subscribes) {
    out.u8(static_cast<std::uint32_t>(qos));
  }
}

void write_pingreq(Writer& out) noexcept {
  put_first(out, PacketType::kPingReq, 0);
  out.u8(0);
}

void write_disconnect(Writer& out, ReasonCode reason) noexcept {
  const bool told = reason != ReasonCode::kSuccess;
  put_first(out, PacketType::kDisconnect, 0);
  out.u8(told ? 1 : 0);
  if (told) {
    out.u8(static_cast<std::uint32_t>(reason));
  }
}

}  // namespace aiot::link::mqtt
