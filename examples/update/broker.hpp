// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "aiot/core/time.hpp"
#include "aiot/link/mqtt.hpp"
#include "aiot/link/mqtt_client.hpp"
#include "ports/linux/broker_transport.hpp"

namespace gateway {

/// Which broker, and who the gateway is to it.
struct BrokerAccess {
  std::string url;  ///< mqtts://host[:port]
  std::string ca;
  std::string certificate;
  std::string key;
  std::string device;  ///< name of the client and of the topics
};

/// A session over TLS with a broker, made again whenever it breaks. The broker keeps what is for
/// the gateway while it is away, for a week. Why there is no connection is said on standard error,
/// once for each reason.
class Broker {
 public:
  Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  /// Reads URL and files; `access` outlives this. False: `problem`, one line.
  bool open(const BrokerAccess& access, std::string& problem);

  /// One round: dials, connects, subscribes, sends, receives. Never waits.
  void step(aiot::Instant now);

  /// What is on it can not go on for `reason`: closes it, and dials again later.
  void drop(const std::string& reason, aiot::Instant now);

  /// Sleeps until something has arrived, or for a while.
  void wait();

  /// Says goodbye.
  void close(aiot::Instant now);

  [[nodiscard]] aiot::link::mqtt::Session& session() noexcept { return session_; }

  [[nodiscard]] aiot::link::MqttClient& client() noexcept { return *client_; }

 private:
  void say_goodbye(aiot::Instant now);

  aiot::linux_port::BrokerTransport link_;
  std::array<std::byte, 2048> receive_{};
  std::array<std::byte, 2048> transmit_{};
  std::array<std::byte, 4096> outbox_{};
  aiot::link::mqtt::Session session_{
      {.receive = receive_, .transmit = transmit_, .outbox = outbox_, .aliases = {}}};
  std::optional<aiot::link::MqttClient> client_;
  std::uint64_t connections_ = 0;
};

}  // namespace gateway
