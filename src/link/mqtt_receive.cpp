// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Packets of the broker, and the events that they are.

#include <algorithm>
#include <cstring>

#include "aiot/link/mqtt.hpp"

namespace aiot::link::mqtt {

/// Room for bytes of the link. While an event is open its spans stay where they are.
MutableBytes Session::input() noexcept {
  if (idle() && link_.at != 0) {
    std::memmove(
        memory_.receive.data(), memory_.receive.data() + link_.at, link_.filled - link_.at);
    link_.filled -= link_.at;
    link_.at = 0;
  }
  return memory_.receive.subspan(link_.filled);
}

void Session::received(std::size_t count, Instant now) noexcept {
  if (count != 0) {
    link_.filled += count;
    link_.last_received = now;
    read();
    pump();
  }
}

std::size_t Session::take(Bytes in, Instant now) noexcept {
  std::size_t taken = 0;
  while (taken < in.size() && online()) {
    const MutableBytes space = input();
    const Bytes part = in.subspan(taken, std::min(space.size(), in.size() - taken));
    if (part.empty()) {
      return taken;
    }
    std::ranges::copy(part, space.begin());
    taken += part.size();
    received(part.size(), now);
  }
  return in.size();
}

void Session::read() noexcept {
  while (online() && idle() && link_.ack_id == 0 && read_packet()) {
    pump();
  }
}

/// False: there is no whole packet, or a wrong one.
bool Session::read_packet() noexcept {
  const Bytes in = Bytes(memory_.receive).subspan(link_.at, link_.filled - link_.at);
  const PacketHead head = read_head(in);
  ProtocolFault fault = head.fault;
  if (fault == ProtocolFault::kNone) {
    if (head.size == 0) {
      return false;
    }
    // Said before the rest of it has come: who speaks another protocol may send no more.
    if ((state_ == SessionState::kConnecting) != (head.type() == PacketType::kConnAck)) {
      fault = ProtocolFault::kUnexpectedPacket;
    } else if (head.remaining > link_.maximum_packet ||
               head.size + head.remaining > link_.maximum_packet) {
      fault = ProtocolFault::kTooLarge;
    } else if (in.size() - head.size < head.remaining) {
      return false;
    } else {
      link_.at += head.size + head.remaining;
      Packet packet;
      packet.limits = limits_;
      fault = decode(head, in.subspan(head.size, head.remaining), packet);
      if (fault == ProtocolFault::kNone) {
        fault = handle(head.type(), packet);
      }
    }
  }
  if (fault != ProtocolFault::kNone) {
    fail(fault);
  }
  return fault == ProtocolFault::kNone;
}

ProtocolFault Session::handle(PacketType type, Packet& packet) noexcept {
  switch (type) {
    case PacketType::kConnAck:
      return handle_connack(packet);
    case PacketType::kPublish:
      return handle_message(packet);
    case PacketType::kPingResp:
      if (link_.ping != Ping::kWritten && link_.ping != Ping::kAwaited) {
        return ProtocolFault::kUnexpectedPacket;
      }
      link_.ping = Ping::kNone;
      return ProtocolFault::kNone;
    case PacketType::kDisconnect:
      end({.cause = DisconnectCause::kByServer});
      open(EventKind::kDisconnected, packet);
      return ProtocolFault::kNone;
    default:
      return handle_answer(type, packet);
  }
}

ProtocolFault Session::handle_connack(const Packet& packet) noexcept {
  const bool refused = !is_success(packet.reason);
  if (packet.session_present && (refused || link_.clean_start)) {
    return ProtocolFault::kSessionPresent;
  }
  if (refused) {
    end({.cause = DisconnectCause::kRefused});
    open(EventKind::kDisconnected, packet);
    return ProtocolFault::kNone;
  }
  if (!link_.has_client_id && packet.client_id.empty()) {
    return ProtocolFault::kNoClientId;
  }
  limits_ = packet.limits;
  if (!packet.session_present) {
    outbox_.forget();
  }
  state_ = SessionState::kUp;
  open(EventKind::kConnected, packet);
  return ProtocolFault::kNone;
}

MutableBytes Session::alias_slot(std::uint16_t alias) noexcept {
  const std::size_t size = memory_.aliases.size() / link_.alias_maximum;
  return memory_.aliases.subspan((alias - 1U) * size, size);
}

/// Remembers the topic of an alias, or recalls it.
ProtocolFault Session::resolve_alias(Packet& packet) noexcept {
  if (packet.alias == 0 || packet.alias > link_.alias_maximum) {
    return ProtocolFault::kTopicAlias;
  }
  const MutableBytes slot = alias_slot(packet.alias);
  const MutableBytes text = slot.subspan(2);
  const std::size_t size = packet.topic.size();
  if (size == 0) {
    packet.topic = {reinterpret_cast<const char*>(text.data()), load_le16(slot.data())};
    return ProtocolFault::kNone;
  }
  if (size > text.size()) {
    return ProtocolFault::kAliasMemory;
  }
  std::ranges::copy(as_bytes(packet.topic.data(), size), text.begin());
  store_le16(slot.data(), static_cast<std::uint16_t>(size));
  return ProtocolFault::kNone;
}

ProtocolFault Session::handle_message(Packet& packet) noexcept {
  if (packet.qos > static_cast<std::uint8_t>(Qos::kAtLeastOnce)) {
    return ProtocolFault::kQos2;
  }
  if (packet.has_alias) {
    const ProtocolFault fault = resolve_alias(packet);
    if (fault != ProtocolFault::kNone) {
      return fault;
    }
  }
  if (packet.topic.empty()) {
    return ProtocolFault::kNoTopic;
  }
  open(EventKind::kMessage, packet);
  link_.open_id = packet.id;
  return ProtocolFault::kNone;
}

/// PUBACK, SUBACK, UNSUBACK.
ProtocolFault Session::handle_answer(PacketType type, const Packet& packet) noexcept {
  if (type == PacketType::kPubAck) {
    if (!outbox_.acknowledge(packet.id)) {
      return ProtocolFault::kUnknownPacketId;
    }
    open(EventKind::kPublished, packet);
    return ProtocolFault::kNone;
  }
  for (Pending& pending : link_.pending) {
    if (pending.id == packet.id && pending.answer == type) {
      if (type == PacketType::kSubAck && is_success(packet.reason) &&
          static_cast<std::uint8_t>(packet.reason) > pending.granted) {
        return ProtocolFault::kGrantedQos;
      }
      pending.id = 0;
      open(type == PacketType::kSubAck ? EventKind::kSubscribed : EventKind::kUnsubscribed, packet);
      return ProtocolFault::kNone;
    }
  }
  return ProtocolFault::kUnknownPacketId;
}

void Session::open(EventKind kind, const Packet& packet) noexcept {
  event_ = {.kind = kind,
            .cause = end_.cause,
            .reason = packet.reason,
            .qos = static_cast<Qos>(packet.qos),
            .retain = packet.retain,
            .dup = packet.dup,
            .session_present = packet.session_present,
            .id = packet.id,
            .topic = packet.topic,
            .payload = packet.payload,
            .text = packet.text,
            .client_id = packet.client_id,
            .server = packet.server};
}

}  // namespace aiot::link::mqtt
