// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/time.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/link/mqtt.hpp"
#include "aiot/link/mqtt_sink.hpp"
#include "aiot/link/wall_clock.hpp"
#include "tools/aiot/broker_options.hpp"
#include "tools/aiot/command_keys.hpp"

namespace aiot::cli {

/// A device's way to its consumer over a broker: the connection, the session on it, the seals.
class BrokerSink {
 public:
  explicit BrokerSink(linux_port::BrokerTransport::Tell tell);
  BrokerSink(const BrokerSink&) = delete;
  BrokerSink& operator=(const BrokerSink&) = delete;

  /// `device`: its name, and that of its client at the broker; `key_file`: its key, with which the
  /// consumer verifies batches and this verifies acknowledgements; `operator_key`: the public key
  /// that commands are verified with, empty: none are taken. The problem, or nothing.
  std::optional<std::string> open(const BrokerOptions& options,
                                  const std::string& device,
                                  const std::string& key_file,
                                  const std::string& operator_key);

  /// Another topic on the same connection; before the first step.
  void add(link::MqttInlet& inlet) { sink_->add(inlet); }

  /// There is an operator's key.
  [[nodiscard]] bool commanded() const noexcept { return keys_.commanded(); }

  [[nodiscard]] hal::KeyStoreRef keys() noexcept { return keys_; }

  [[nodiscard]] link::mqtt::Session& session() noexcept { return *session_; }

  [[nodiscard]] const std::string& device() const noexcept { return device_; }

  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }

  /// One round: dials, connects, sends, receives. Never waits.
  void step(Instant now);

  /// Sleeps until there is something to do, at most for `limit`.
  void wait(Duration limit) { link_.wait(limit); }

  /// Says goodbye to the broker, which then does not publish the will.
  void close(Instant now);

  // hal::Sink
  bool ready() noexcept { return sink_->ready(); }

  Status offer(const hal::Batch& batch) noexcept { return sink_->offer(batch); }

  Result<hal::BatchAck> poll() noexcept;

  [[nodiscard]] const std::string& name() const noexcept { return link_.name(); }

  /// Why nothing is delivered, in one line; empty when all is well.
  [[nodiscard]] std::string problem() const;

  [[nodiscard]] const link::MqttSinkStats& stats() const noexcept { return sink_->stats(); }

  [[nodiscard]] const link::WallClock& clock() const noexcept { return clock_; }

 private:
  void greet();
  void watch_refusals();
  [[nodiscard]] std::string end_text() const;

  linux_port::BrokerTransport::Tell tell_;
  linux_port::BrokerTransport link_;
  CommandKeys keys_;
  link::WallClock clock_{link::WallClockConfig{}};
  std::string device_;
  std::string user_;
  std::string password_;
  std::string prefix_;
  std::string state_topic_;
  std::string refusal_;
  link::mqtt::Will will_;
  std::vector<std::byte> receive_;
  std::vector<std::byte> transmit_;
  std::vector<std::byte> outbox_;
  std::unique_ptr<link::mqtt::Session> session_;
  std::unique_ptr<link::MqttSink> sink_;
  std::uint64_t connections_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t forged_ = 0;
};

static_assert(hal::Sink<BrokerSink>);

}  // namespace aiot::cli
