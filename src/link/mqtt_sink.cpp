// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_sink.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/check.hpp"

namespace aiot::link {

using mqtt::EventKind;
using mqtt::Qos;
using mqtt::Retain;

namespace {

constexpr bool is_refusal(mqtt::ReasonCode reason) noexcept {
  return static_cast<std::uint8_t>(reason) >= 0x80;
}

}  // namespace

MqttSink::Topic::Topic(std::string_view prefix,
                       std::string_view device,
                       std::string_view leaf) noexcept {
  AIOT_CHECK(!prefix.empty() && prefix.size() <= kMaxPrefixBytes);
  AIOT_CHECK(!device.empty() && device.size() <= kMaxDeviceBytes);
  append(prefix);
  append("/");
  append(device);
  append("/");
  append(leaf);
}

void MqttSink::Topic::append(std::string_view text) noexcept {
  std::copy(text.begin(), text.end(), text_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += text.size();
}

MqttSink::MqttSink(mqtt::Session& session,
                   hal::KeyStoreRef keys,
                   WallClock& clock,
                   const MqttSinkConfig& config) noexcept
    : session_(session),
      keys_(keys),
      clock_(clock),
      config_(config),
      batch_topic_(config.prefix, config.seal.device, "batch"),
      ack_topic_(config.prefix, config.seal.device, "ack") {}

Status MqttSink::step(hal::TransportRef link, Instant now) noexcept {
  now_ = now;
  if (session_.state() == mqtt::SessionState::kIdle) {
    if (link.state() != hal::LinkState::kUp) {
      return {};
    }
    AIOT_TRY(session_.connect(config_.connect, now));
  }
  const Status moved = session_.exchange(link, now);
  while (session_.event().kind != EventKind::kNone && handle(session_.event(), now)) {
    session_.done(now);
  }
  return moved;
}

/// False: the event has to wait.
bool MqttSink::handle(const mqtt::Event& event, Instant now) noexcept {
  switch (event.kind) {
    case EventKind::kConnected:
      ++stats_.connections;
      // Also where the broker has the session: its subscription may be older than our rights.
      if (!session_.subscribe(ack_topic_.view(), Qos::kAtLeastOnce).ok()) {
        session_.disconnect(mqtt::ReasonCode::kSuccess);
      }
      return true;
    case EventKind::kSubscribed:
      ready_ = !is_refusal(event.reason);
      if (!ready_) {
        // Nothing could ever be acknowledged: another connection may have other rights.
        refusal_ = event.reason;
        session_.disconnect(mqtt::ReasonCode::kSuccess);
      }
      return true;
    case EventKind::kPublished:
      if (is_refusal(event.reason)) {
        ++stats_.refused;
        refusal_ = event.reason;
      }
      return true;
    case EventKind::kMessage:
      return event.topic != ack_topic_.view() || take_ack(event.payload, now);
    case EventKind::kDisconnected:
      ready_ = false;
      ended_by_ = event.cause;
      fault_ = event.fault;
      refusal_ = is_refusal(event.reason) ? event.reason : refusal_;
      return true;
    default:
      return true;
  }
}

bool MqttSink::take_ack(Bytes message, Instant now) noexcept {
  if (acks_.full()) {
    return false;  // the uplink has not asked for the ones before
  }
  const OpenedAck opened = open_ack(message, config_.seal, keys_);
  if (!opened.ok()) {
    ++stats_.forged;
    return true;
  }
  const Result<Instant> sent = times_.of(opened.value.ack);
  if (sent.ok() && opened.value.unix_ms) {
    (void)clock_.sight(*sent, now, *opened.value.unix_ms);
  }
  (void)acks_.push_back(opened.value.ack);
  return true;
}

Status MqttSink::offer(const hal::Batch& batch) noexcept {
  if (!ready_) {
    return Error::kWouldBlock;
  }
  const Result<MutableBytes> room = session_.compose(
      batch_topic_.view(), batch.payload.size() + kBatchSealBytes, Qos::kAtLeastOnce, Retain::kNo);
  if (!room.ok()) {
    const bool later = room.error() == Error::kWouldBlock || room.error() == Error::kWrongState;
    return later ? Error::kWouldBlock : Error::kIo;
  }
  const Result<Bytes> sealed = seal_batch(batch, config_.seal, keys_, *room);
  if (!sealed.ok()) {
    return Error::kIo;
  }
  std::memmove(room->data(), sealed->data(), sealed->size());
  (void)session_.finish(sealed->size());
  times_.offered(batch, now_);
  ++stats_.published;
  return {};
}

Result<hal::BatchAck> MqttSink::poll() noexcept {
  if (acks_.empty()) {
    return Error::kEmpty;
  }
  const hal::BatchAck ack = acks_[0];
  StaticVector<hal::BatchAck, kStreams> rest;
  for (std::size_t i = 1; i < acks_.size(); ++i) {
    (void)rest.push_back(acks_[i]);
  }
  acks_ = rest;
  return ack;
}

}  // namespace aiot::link
