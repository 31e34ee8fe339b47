// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/broker_sink.hpp"

#include <array>
#include <random>
#include <string_view>
#include <utility>

#include "aiot/link/mqtt_reason.hpp"
#include "aiot/link/sealed.hpp"

namespace aiot::cli {

using link::mqtt::DisconnectCause;
using link::mqtt::Qos;
using link::mqtt::ReasonCode;
using link::mqtt::Retain;
using link::mqtt::SessionState;

namespace {

constexpr std::size_t kReceiveBytes = 16 * 1024;
constexpr std::size_t kTransmitBytes = 16 * 1024;
constexpr std::size_t kOutboxBytes = 1024 * 1024;

Bytes bytes_of(std::string_view text) noexcept {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// Which start this is: a number that nobody can guess.
std::uint64_t random_run() {
  std::random_device source;
  return (std::uint64_t{source()} << 32U) | source() | 1U;
}

}  // namespace

BrokerSink::BrokerSink(BrokerLink::Tell tell) : tell_(tell), link_(std::move(tell)) {}

std::optional<std::string> BrokerSink::open(const BrokerOptions& options,
                                            const std::string& device,
                                            const std::string& key_file,
                                            const std::string& operator_key) {
  if (device.empty() || device.size() > link::kMaxDeviceBytes ||
      device.find_first_of("/+#") != std::string::npos) {
    return "--device has to be 1 to " + std::to_string(link::kMaxDeviceBytes) +
           " bytes without /, + and #: it is a part of the broker's topics";
  }
  if (key_file.empty()) {
    return "--broker wants --device-key FILE, the device's key, with which batches are sealed; "
           "make one with aiot keys new";
  }
  if (auto problem = keys_.load_device(key_file)) {
    return problem;
  }
  if (!operator_key.empty()) {
    if (auto problem = keys_.load_public(operator_key)) {
      return problem;
    }
  }
  if (auto problem = link_.open(options)) {
    return problem;
  }
  device_ = device;
  prefix_ = options.prefix;
  state_topic_ = prefix_ + "/" + device_ + "/state";
  will_ = {.topic = state_topic_, .payload = bytes_of("offline"), .retain = true};
  receive_.resize(kReceiveBytes);
  transmit_.resize(kTransmitBytes);
  outbox_.resize(kOutboxBytes);
  session_ = std::make_unique<link::mqtt::Session>(link::mqtt::SessionMemory{
      .receive = receive_, .transmit = transmit_, .outbox = outbox_, .aliases = {}});
  link::MqttSinkConfig config;
  config.prefix = prefix_;
  config.seal.device = device_;
  config.seal.run = random_run();
  config.connect.client_id = device_;
  config.connect.user = link_.user();
  config.connect.password = link_.password();
  config.connect.will = &will_;
  sink_ = std::make_unique<link::MqttSink>(*session_, keys_, clock_, config);
  return std::nullopt;
}

void BrokerSink::step(Instant now) {
  link_.step(now);
  const Status moved = sink_->step(link_, now);
  if (sink_->stats().connections != connections_) {
    connections_ = sink_->stats().connections;
    greet();
  }
  watch_refusals();
  if (!moved.ok()) {
    link_.drop(end_text(), now);
  }
}

/// Tells whoever watches that the device is there; the will takes it back.
void BrokerSink::greet() {
  (void)session_->publish(state_topic_, bytes_of("online"), Qos::kAtMostOnce, Retain::kYes);
}

void BrokerSink::watch_refusals() {
  const link::MqttSinkStats& stats = sink_->stats();
  if (stats.refused != refused_) {
    refused_ = stats.refused;
    const std::string refusal = name() + ": the broker does not take what " + device_ +
                                " publishes (" + to_string(sink_->refusal()) +
                                "); nothing is lost, allow it in the broker's access rules";
    if (refusal != refusal_) {
      refusal_ = refusal;
      tell_(refusal_);
    }
  }
  if (stats.forged != forged_) {
    if (forged_ == 0) {
      tell_(name() +
            ": an acknowledgement is not sealed with this device's key, and does not "
            "count; give consumer and device the same key");
    }
    forged_ = stats.forged;
  }
}

std::string BrokerSink::end_text() const {
  const std::string reason = to_string(sink_->refusal());
  switch (sink_->ended_by()) {
    case DisconnectCause::kRefused:
      return "the broker refuses the connection (" + reason +
             "); check certificate, --user and the broker's access rules";
    case DisconnectCause::kByServer:
      return "the broker has ended the connection (" + reason + "); look into its log";
    case DisconnectCause::kProtocol:
      return std::string("what the broker sends is not MQTT 5 (") + to_string(sink_->fault()) +
             "); check that it is a broker, and look into its log";
    case DisconnectCause::kRequested:
      if (sink_->stalled()) {
        return "the broker takes messages and does not answer them; look into its log";
      }
      return "the broker does not grant the subscription (" + reason + "); check its access rules";
    default:
      return to_string(sink_->ended_by()) + std::string("; check the network and the broker");
  }
}

Result<hal::BatchAck> BrokerSink::poll() noexcept {
  const Result<hal::BatchAck> ack = sink_->poll();
  if (ack.ok()) {
    link_.proved();
    refusal_.clear();
  }
  return ack;
}

std::string BrokerSink::problem() const {
  return sink_->connected() ? refusal_ : link_.problem();
}

void BrokerSink::close(Instant now) {
  if (session_->state() == SessionState::kUp) {
    (void)session_->publish(state_topic_, bytes_of("offline"), Qos::kAtMostOnce, Retain::kYes);
    (void)session_->exchange(link_, now);
    session_->disconnect(ReasonCode::kSuccess);
    (void)session_->exchange(link_, now);
  }
  link_.close();
}

}  // namespace aiot::cli
