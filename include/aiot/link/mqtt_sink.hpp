// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/result.hpp"
#include "aiot/core/static_vector.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/mqtt.hpp"
#include "aiot/link/mqtt_client.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/link/wall_clock.hpp"

namespace aiot::link {

struct MqttSinkConfig {
  std::string_view prefix = kTopicPrefix;  ///< 1 to `kMaxPrefixBytes` bytes, no wildcard
  SealConfig seal{};                       ///< no time is learnt without a `run`
  mqtt::ConnectConfig connect{};
};

struct MqttSinkStats {
  std::uint64_t connections = 0;
  std::uint64_t published = 0;  ///< batches that went to the session
  std::uint64_t refused = 0;    ///< messages that the broker did not take; see `refusal`
  std::uint64_t forged = 0;     ///< acknowledgements that were not for us, or not from the consumer
};

/// The way out over a broker: seals each batch, publishes it, and takes the consumer's
/// acknowledgements from a subscription. That the broker has a batch (PUBACK) is no delivery and
/// moves nothing; that it does not want it is told.
class MqttSink {
 public:
  /// All must outlive this, texts of the configuration included. `clock` learns the time from the
  /// acknowledgements.
  MqttSink(mqtt::Session& session,
           hal::KeyStoreRef keys,
           WallClock& clock,
           const MqttSinkConfig& config) noexcept;

  MqttSink(const MqttSink&) = delete;
  MqttSink& operator=(const MqttSink&) = delete;

  /// Another topic on the same connection; see `MqttClient::add`.
  void add(MqttInlet& inlet) noexcept { client_.add(inlet); }

  /// One round over a link: connects the session when the link is up and it is not, subscribes,
  /// sends, receives. Errors: as `MqttClient::step`; a connection on which acknowledgements can not
  /// be had is given up.
  Status step(hal::TransportRef link, Instant now) noexcept;

  /// Errors: `kWouldBlock` not connected and subscribed, or the session takes no more now, see
  /// `ready`; `kIo` the batch can not be sealed, or is larger than the broker or the outbox takes.
  Status offer(const hal::Batch& batch) noexcept;

  /// Errors: `kEmpty`.
  Result<hal::BatchAck> poll() noexcept;

  /// Connected, and the subscription was granted.
  [[nodiscard]] bool connected() const noexcept { return acks_inlet_.granted(); }

  /// Batches are taken: connected, and there is room for the batch that there was none for.
  bool ready() noexcept;

  [[nodiscard]] const MqttSinkStats& stats() const noexcept { return stats_; }

  /// Why the broker refused what it refused last: a batch, the subscription, the connection.
  [[nodiscard]] mqtt::ReasonCode refusal() const noexcept { return client_.refusal(); }

  /// How the last connection ended.
  [[nodiscard]] mqtt::DisconnectCause ended_by() const noexcept { return client_.ended_by(); }

  /// What the broker did wrong, if it ended by that.
  [[nodiscard]] mqtt::ProtocolFault fault() const noexcept { return client_.fault(); }

  /// The last connection was given up because the broker answered nothing.
  [[nodiscard]] bool stalled() const noexcept { return client_.stalled(); }

 private:
  bool take_ack(Bytes message, Instant now) noexcept;
  Result<MutableBytes> compose(std::size_t size) noexcept;

  MqttClient client_;
  hal::KeyStoreRef keys_;
  WallClock& clock_;
  SealConfig seal_;
  DeviceTopic batch_topic_;
  MqttInlet acks_inlet_;
  OfferTimes times_;
  StaticVector<hal::BatchAck, kStreams * hal::kMaxBatchesInFlight> acks_;
  Instant now_{};
  MqttSinkStats stats_{};
  std::size_t wanted_ = 0;  // bytes of the batch that there was no room for; 0: none
};

static_assert(hal::Sink<MqttSink>);

}  // namespace aiot::link
