// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The life of a connection: how it begins, what the clock asks for, how it ends.

#include "aiot/link/mqtt.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::link::mqtt {
namespace {

/// A PINGREQ goes out when three quarters of the keep-alive have passed in silence: a loop that
/// polls now and then is still in time.
constexpr Duration patience(std::uint16_t keep_alive_s) noexcept {
  return Duration::from_ms(std::int64_t{keep_alive_s} * 750);
}

constexpr bool good_will(const Will* will) noexcept {
  return will == nullptr || (is_topic_name(will->topic) && will->payload.size() <= kMaxText);
}

}  // namespace

Session::Session(const SessionMemory& memory) noexcept : memory_(memory), outbox_(memory.outbox) {
  AIOT_CHECK(memory.receive.size() >= kMinBuffer && memory.transmit.size() >= kMinBuffer);
}

Status Session::connect(const ConnectConfig& config, Instant now) noexcept {
  if (state_ != SessionState::kIdle || !idle()) {
    return Error::kWrongState;
  }
  if (!is_text(config.client_id) || !is_text(config.user) || config.password.size() > kMaxText ||
      !good_will(config.will) || config.aliased_topics.size() > kMaxAliasedTopics) {
    return Error::kInvalidArgument;
  }
  if (config.topic_alias_maximum > memory_.aliases.size() / 2) {
    return Error::kNoSpace;
  }
  const auto room =
      static_cast<std::uint32_t>(std::min<std::size_t>(memory_.receive.size(), kMaxVariable));
  link_ = {};
  link_.maximum_packet = config.maximum_packet == 0 ? room : std::min(config.maximum_packet, room);
  Writer out(memory_.transmit);
  write_connect(out, config, link_.maximum_packet);
  if (!commit(out)) {
    return Error::kNoSpace;
  }
  limits_ = {};
  limits_.session_expiry_s = config.session_expiry_s;
  limits_.keep_alive_s = config.keep_alive_s;
  link_.aliased_topics = config.aliased_topics;
  link_.answer_timeout = config.answer_timeout;
  link_.alias_maximum = config.topic_alias_maximum;
  link_.clean_start = config.clean_start;
  link_.has_client_id = !config.client_id.empty();
  link_.since = link_.last_received = link_.last_sent = now;
  std::ranges::fill(memory_.aliases, std::byte{});
  outbox_.rewind();
  state_ = SessionState::kConnecting;
  return {};
}

void Session::step(Instant now) noexcept {
  if (state_ == SessionState::kConnecting && now - link_.since >= link_.answer_timeout) {
    end({.cause = DisconnectCause::kNoAnswer});
  } else if (state_ == SessionState::kUp && limits_.keep_alive_s != 0) {
    const Instant quiet = std::min(link_.last_sent, link_.last_received);
    if (link_.ping == Ping::kNone && now - quiet >= patience(limits_.keep_alive_s)) {
      link_.ping = Ping::kDue;
      link_.since = now;
    }
    // While an event is open nothing is read: then silence says nothing.
    if (link_.ping != Ping::kNone && idle() &&
        now - std::max(link_.since, link_.last_received) >= link_.answer_timeout) {
      end({.cause = DisconnectCause::kKeepAlive});
    }
  }
  pump();
  read();
}

void Session::sent(std::size_t count, Instant now) noexcept {
  AIOT_CHECK(count <= link_.size - link_.sent);
  if (count == 0) {
    return;
  }
  link_.sent += count;
  link_.last_sent = now;
  if (link_.sent == link_.size) {
    link_.sent = link_.size = 0;
  }
  // The answer can not come before the request has gone behind all that was waiting.
  if (link_.ping == Ping::kDue || link_.ping == Ping::kWritten) {
    link_.since = now;
    link_.ping = link_.ping == Ping::kWritten && link_.size == 0 ? Ping::kAwaited : link_.ping;
  }
  pump();
  read();
}

void Session::disconnect(ReasonCode reason) noexcept {
  if (online()) {
    end({.cause = DisconnectCause::kRequested, .reason = reason});
    pump();
  }
}

void Session::lost() noexcept {
  if (online()) {
    end({.cause = DisconnectCause::kLinkLost});
  }
}

void Session::fail(ProtocolFault fault) noexcept {
  end({.cause = DisconnectCause::kProtocol, .reason = reason_of(fault), .fault = fault});
}

void Session::end(const End& end) noexcept {
  end_ = end;
  state_ = SessionState::kEnding;
  link_.farewell =
      end.cause == DisconnectCause::kRequested || end.cause == DisconnectCause::kProtocol;
  if (!link_.farewell) {
    link_.sent = link_.size = 0;
    link_.sending = false;
  }
  if (idle()) {
    open_end();
  }
}

void Session::open_end() noexcept {
  event_ = {};
  event_.kind = EventKind::kDisconnected;
  event_.cause = end_.cause;
  event_.reason = end_.reason;
  event_.fault = end_.fault;
}

void Session::done(Instant now) noexcept {
  refuse(ReasonCode::kSuccess, now);
}

void Session::refuse(ReasonCode reason, Instant now) noexcept {
  if (idle()) {
    return;
  }
  const bool over = event_.kind == EventKind::kDisconnected;
  link_.ack_id = link_.open_id;
  link_.ack_reason = reason;
  link_.open_id = 0;
  event_ = {};
  if (over) {
    state_ = SessionState::kIdle;
  } else if (state_ == SessionState::kEnding) {
    open_end();
  } else {
    link_.last_received = now;
    pump();
    read();
  }
}

Status Session::exchange(hal::TransportRef link, Instant now) noexcept {
  const Status status = move(link, now);
  if (!status.ok()) {
    lost();
  }
  return status;
}

Status Session::move(hal::TransportRef link, Instant now) noexcept {
  if (const MutableBytes space = input(); online() && !space.empty()) {
    AIOT_TRY_ASSIGN(const std::size_t arrived, link.receive(space));
    received(arrived, now);
  }
  step(now);
  while (!output().empty()) {
    AIOT_TRY_ASSIGN(const std::size_t moved, link.send(output()));
    if (moved == 0) {
      break;
    }
    sent(moved, now);
  }
  return {};
}

}  // namespace aiot::link::mqtt
