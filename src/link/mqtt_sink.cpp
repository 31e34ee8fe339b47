// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_sink.hpp"

#include <cstring>

namespace aiot::link {

using mqtt::Qos;
using mqtt::Retain;

MqttSink::MqttSink(mqtt::Session& session,
                   hal::KeyStoreRef keys,
                   WallClock& clock,
                   const MqttSinkConfig& config) noexcept
    : client_(session, config.connect),
      keys_(keys),
      clock_(clock),
      seal_(config.seal),
      batch_topic_(config.prefix, config.seal.device, leaf::kBatch),
      acks_inlet_(config.prefix, config.seal.device, leaf::kAck) {
  client_.add(acks_inlet_);
}

Status MqttSink::step(hal::TransportRef link, Instant now) noexcept {
  now_ = now;
  const Status moved = client_.step(link, now);
  while (acks_inlet_.waiting() && take_ack(acks_inlet_.message(), now)) {
    acks_inlet_.done();
    client_.go_on(now);
  }
  if (acks_inlet_.refused()) {
    // Nothing could ever be acknowledged: another connection may have other rights.
    client_.session().disconnect(mqtt::ReasonCode::kSuccess);
    client_.go_on(now);
  }
  stats_.connections = client_.connections();
  stats_.refused = client_.refused();
  return moved;
}

/// False: it has to wait, because the uplink has not asked for the ones before.
bool MqttSink::take_ack(Bytes message, Instant now) noexcept {
  if (acks_.full()) {
    return false;
  }
  const OpenedAck opened = open_ack(message, seal_, keys_);
  if (!opened.ok()) {
    ++stats_.forged;
    return true;
  }
  const Result<Instant> sent = times_.of(opened.value.ack);
  // A batch can have the same bytes, and hash, as one of an earlier start had.
  const bool of_this_start = seal_.run != 0 && opened.value.run == seal_.run;
  if (sent.ok() && opened.value.unix_ms && of_this_start) {
    (void)clock_.sight(*sent, now, *opened.value.unix_ms);
  }
  (void)acks_.push_back(opened.value.ack);
  return true;
}

bool MqttSink::ready() noexcept {
  // What is composed and not finished leaves no trace.
  if (wanted_ != 0 && connected() && compose(wanted_).error() != Error::kWouldBlock) {
    wanted_ = 0;
  }
  return wanted_ == 0 && connected();
}

Result<MutableBytes> MqttSink::compose(std::size_t size) noexcept {
  return client_.session().compose(batch_topic_.view(), size, Qos::kAtLeastOnce, Retain::kNo);
}

Status MqttSink::offer(const hal::Batch& batch) noexcept {
  if (!connected()) {
    return Error::kWouldBlock;
  }
  const std::size_t size = batch.payload.size() + kBatchSealBytes;
  const Result<MutableBytes> room = compose(size);
  if (!room.ok()) {
    const bool later = room.error() == Error::kWouldBlock || room.error() == Error::kWrongState;
    wanted_ = later ? size : 0;
    return later ? Error::kWouldBlock : Error::kIo;
  }
  const Result<Bytes> sealed = seal_batch(batch, seal_, keys_, *room);
  if (!sealed.ok()) {
    return Error::kIo;
  }
  std::memmove(room->data(), sealed->data(), sealed->size());
  (void)client_.session().finish(sealed->size());
  times_.offered(batch, now_);
  ++stats_.published;
  return {};
}

Result<hal::BatchAck> MqttSink::poll() noexcept {
  if (acks_.empty()) {
    return Error::kEmpty;
  }
  const hal::BatchAck ack = acks_[0];
  auto rest = acks_;
  rest.clear();
  for (std::size_t i = 1; i < acks_.size(); ++i) {
    (void)rest.push_back(acks_[i]);
  }
  acks_ = rest;
  return ack;
}

}  // namespace aiot::link
