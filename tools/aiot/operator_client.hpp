// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/link/commands.hpp"
#include "aiot/link/mqtt.hpp"
#include "aiot/link/mqtt_client.hpp"
#include "aiot/link/mqtt_pipe.hpp"
#include "tools/aiot/broker_options.hpp"

namespace aiot::cli {

/// An operator's way to one device over a broker: commands out, answers in, and the stream that
/// images are sent on. The broker keeps nothing for it: an answer that is missed is asked for again
/// by the same command.
class OperatorClient {
 public:
  explicit OperatorClient(linux_port::BrokerTransport::Tell tell) : link_(std::move(tell)) {}

  OperatorClient(const OperatorClient&) = delete;
  OperatorClient& operator=(const OperatorClient&) = delete;

  /// `keys` has the device's key, and outlives this. The problem, or nothing.
  std::optional<std::string> open(const BrokerOptions& options,
                                  const std::string& device,
                                  hal::KeyStoreRef keys);

  /// One round: dials, connects, sends, receives. Never waits.
  void step(Instant now);

  /// Sleeps until there is something to do, at most for `limit`.
  void wait(Duration limit) { link_.wait(limit); }

  void close(Instant now);

  /// Connected, and answers will be heard.
  [[nodiscard]] bool ready() const noexcept {
    return client_->session().state() == link::mqtt::SessionState::kUp && answers_->granted() &&
           pipe_->state() == hal::LinkState::kUp;
  }

  /// False: not now.
  bool say(Bytes command);

  /// The answer that has come, if any; each once.
  std::optional<link::CommandAnswer> take_answer();

  [[nodiscard]] link::MqttPipe& images() noexcept { return *pipe_; }

  [[nodiscard]] std::uint64_t connections() const noexcept { return client_->connections(); }

  /// Why there is no use in going on, in one line, or nothing: the broker refuses what is needed,
  /// or can not be reached and never was.
  [[nodiscard]] std::optional<std::string> hopeless() const;

  /// Why nothing is heard, in one line; empty when all seems well.
  [[nodiscard]] std::string problem() const;

 private:
  linux_port::BrokerTransport link_;
  std::string device_;
  std::string user_;
  std::string password_;
  std::string prefix_;
  std::string name_;
  link::SealConfig seal_;
  std::optional<hal::KeyStoreRef> keys_;
  std::vector<std::byte> receive_;
  std::vector<std::byte> transmit_;
  std::vector<std::byte> outbox_;
  std::unique_ptr<link::mqtt::Session> session_;
  std::unique_ptr<link::MqttClient> client_;
  std::unique_ptr<link::MqttInlet> answers_;
  std::unique_ptr<link::MqttPipe> pipe_;
  std::unique_ptr<link::DeviceTopic> commands_;
  bool forged_ = false;
};

}  // namespace aiot::cli
