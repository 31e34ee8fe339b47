// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/broker_sink.hpp"

#include <array>
#include <random>
#include <string_view>
#include <utility>

#include "aiot/link/mqtt_reason.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/toolkit/session_text.hpp"

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

BrokerSink::BrokerSink(linux_port::BrokerTransport::Tell tell)
    : tell_(tell), link_(std::move(tell)) {}

std::optional<std::string> BrokerSink::open(const BrokerOptions& options,
                                            const std::string& device,
                                            const std::string& key_file,
                                            const std::string& operator_key) {
  if (!link::is_device_name(device)) {
    return "--device has to be " + device_name_rule();
  }
  if (auto problem = keys_.load_device(key_file)) {
    return problem;
  }
  if (!operator_key.empty()) {
    if (auto problem = keys_.load_public(operator_key)) {
      return problem;
    }
  }
  if (auto problem = open_broker(options, link_, password_)) {
    return problem;
  }
  device_ = device;
  user_ = options.user;
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
  config.connect.user = user_;
  config.connect.password = bytes_of(password_);
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
  if (sink_->ended_by() != DisconnectCause::kRequested) {
    return to_string(toolkit::session_end(*sink_));
  }
  return sink_->stalled()
             ? "the broker takes messages and does not answer them; look into its log"
             : "the broker does not grant the subscription (" +
                   std::string(to_string(sink_->refusal())) + "); check its access rules";
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
