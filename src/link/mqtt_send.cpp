// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What the application asks for, and how it gets into the transmit buffer: packet behind packet,
// the payload of a message in as many pieces as it takes.

#include <algorithm>

#include "aiot/link/mqtt.hpp"

namespace aiot::link::mqtt {
namespace {

constexpr std::string_view kShared = "$share/";

// With those of subscriptions fewer than there are packet identifiers.
constexpr std::size_t kMaxWaiting = 65'000;

}  // namespace

/// Takes what was written into `room`; false when it did not fit, and nothing happened.
bool Session::commit(const Writer& writer) noexcept {
  if (!writer.ok()) {
    return false;
  }
  link_.size += writer.size();
  return true;
}

bool Session::id_in_use(std::uint16_t id) const noexcept {
  return outbox_.holds(id) ||
         std::ranges::find(link_.pending, id, &Pending::id) != link_.pending.end();
}

/// Not 0, and not in use.
std::uint16_t Session::new_id() noexcept {
  do {
    ++last_id_;
  } while (last_id_ == 0 || id_in_use(last_id_));
  return last_id_;
}

/// Number of the alias of `topic` on this connection; 0: none.
std::uint16_t Session::alias_of(std::string_view topic) const noexcept {
  const std::size_t known =
      std::min<std::size_t>(link_.aliased_topics.size(), limits_.topic_alias_maximum);
  for (std::size_t i = 0; i < known; ++i) {
    if (link_.aliased_topics[i] == topic) {
      return static_cast<std::uint16_t>(i + 1);
    }
  }
  return 0;
}

PublishHead Session::head_of(const OutMessage& message, std::size_t payload) const noexcept {
  return {.topic = message.topic,
          .payload = payload,
          .id = message.id,
          .alias = alias_of(message.topic),
          .retain = message.retain,
          .dup = message.dup};
}

/// Why the broker would not take this message.
ReasonCode Session::check(const PublishHead& head, std::size_t bytes) const noexcept {
  if (head.id != 0 && limits_.maximum_qos == Qos::kAtMostOnce) {
    return ReasonCode::kQosNotSupported;
  }
  if (head.retain && !limits_.retain) {
    return ReasonCode::kRetainNotSupported;
  }
  return bytes > std::min(limits_.maximum_packet, kMaxVariable) ? ReasonCode::kPacketTooLarge
                                                                : ReasonCode::kSuccess;
}

Result<MutableBytes> Session::compose(std::string_view topic,
                                      std::size_t room,
                                      Qos qos,
                                      Retain retain) noexcept {
  if (state_ != SessionState::kUp) {
    return Error::kWrongState;
  }
  if (!is_topic_name(topic)) {
    return Error::kInvalidArgument;
  }
  const bool acknowledged = qos == Qos::kAtLeastOnce;
  OutMessage message{.topic = topic,
                     .id = acknowledged ? std::uint16_t{1} : std::uint16_t{0},
                     .retain = retain == Retain::kYes};
  const PublishHead head = head_of(message, room);
  const std::size_t bytes = publish_bytes(head);
  const ReasonCode reason = check(head, bytes);
  if (reason != ReasonCode::kSuccess) {
    return reason == ReasonCode::kPacketTooLarge ? Error::kOutOfRange : Error::kUnsupported;
  }
  if (bytes - room > memory_.transmit.size()) {
    return Error::kNoSpace;
  }
  if (acknowledged) {
    if (outbox_.waiting() >= std::min<std::size_t>(limits_.receive_maximum, kMaxWaiting)) {
      return Error::kWouldBlock;
    }
    message.id = new_id();
  }
  return outbox_.reserve(message, room);
}

std::uint16_t Session::finish(std::size_t size) noexcept {
  const std::uint16_t id = outbox_.commit(size);
  pump();
  return id;
}

Result<std::uint16_t> Session::publish(std::string_view topic,
                                       Bytes payload,
                                       Qos qos,
                                       Retain retain) noexcept {
  AIOT_TRY_ASSIGN(const MutableBytes out, compose(topic, payload.size(), qos, retain));
  std::ranges::copy(payload, out.begin());
  return finish(payload.size());
}

Result<std::uint16_t> Session::subscribe(std::string_view filter, Qos qos) noexcept {
  return ask(PacketType::kSubscribe, filter, qos);
}

Result<std::uint16_t> Session::unsubscribe(std::string_view filter) noexcept {
  return ask(PacketType::kUnsubscribe, filter, Qos::kAtMostOnce);
}

Result<std::uint16_t> Session::ask(PacketType type, std::string_view filter, Qos qos) noexcept {
  if (state_ != SessionState::kUp) {
    return Error::kWrongState;
  }
  if (!is_topic_filter(filter)) {
    return Error::kInvalidArgument;
  }
  if ((!limits_.wildcards && has_wildcard(filter)) ||
      (!limits_.shared && filter.starts_with(kShared))) {
    return Error::kUnsupported;
  }
  auto* const slot = std::ranges::find(link_.pending, 0, &Pending::id);
  if (slot == link_.pending.end()) {
    return Error::kWouldBlock;
  }
  const std::uint16_t id = new_id();
  // Nothing gets between the pieces of a message: while there are more of them, there is no room.
  Writer out(room());
  write_ask(out, type, id, filter, qos);
  if (out.size() > std::min<std::size_t>(memory_.transmit.size(), limits_.maximum_packet)) {
    return Error::kNoSpace;
  }
  if (!commit(out)) {
    return Error::kWouldBlock;
  }
  // The answer's number follows that of the question.
  *slot = {.id = id,
           .answer = static_cast<PacketType>(static_cast<std::uint8_t>(type) + 1U),
           .granted = static_cast<std::uint8_t>(qos)};
  return id;
}

/// Fills the transmit buffer: what was begun, then answers and the like, then messages.
void Session::pump() noexcept {
  while (link_.sending || pump_control()) {
    if (!pump_message()) {
      return;
    }
  }
}

/// False: nothing may follow now.
bool Session::pump_control() noexcept {
  Writer out(room());
  if (link_.farewell) {
    write_disconnect(out, end_.reason);
    link_.farewell = !commit(out);
    return false;
  }
  if (state_ != SessionState::kUp) {
    return false;
  }
  if (link_.ack_id != 0) {
    write_puback(out, link_.ack_id, link_.ack_reason);
    if (!commit(out)) {
      return false;
    }
    link_.ack_id = 0;
    out = Writer(room());
  }
  if (link_.ping == Ping::kDue) {
    write_pingreq(out);
    if (!commit(out)) {
      return false;
    }
    link_.ping = Ping::kWritten;
  }
  return true;
}

/// A message, or a piece of it. False: there is none, or no room.
bool Session::pump_message() noexcept {
  const Result<OutMessage> next = outbox_.next();
  if (!next.ok()) {
    return false;
  }
  if (!link_.sending) {
    if (next->id != 0 && outbox_.in_flight() >= limits_.receive_maximum) {
      return false;
    }
    PublishHead head = head_of(*next, next->payload.size());
    const ReasonCode reason = check(head, publish_bytes(head));
    if (reason != ReasonCode::kSuccess) {
      // Only a broker that allows less than on the last connection comes here.
      if (!idle()) {
        return false;
      }
      Packet answer;
      answer.reason = reason;
      answer.id = next->id;
      outbox_.drop();
      open(EventKind::kPublished, answer);
      return true;
    }
    const std::uint32_t bit = head.alias != 0 ? 1U << (head.alias - 1U) : 0U;
    if ((link_.aliases_sent & bit) != 0) {
      head.topic = {};
    }
    Writer out(room());
    write_publish_head(out, head);
    if (!commit(out)) {
      return false;
    }
    link_.aliases_sent = static_cast<std::uint16_t>(link_.aliases_sent | bit);
    outbox_.begin();
    link_.sending = true;
    link_.payload_left = next->payload.size();
  }
  const Bytes rest = next->payload.last(link_.payload_left);
  const MutableBytes space = room();
  const std::size_t piece = std::min(rest.size(), space.size());
  std::ranges::copy(rest.first(piece), space.begin());
  link_.size += piece;
  link_.payload_left -= piece;
  if (link_.payload_left != 0) {
    return false;
  }
  outbox_.advance();
  link_.sending = false;
  return true;
}

}  // namespace aiot::link::mqtt
