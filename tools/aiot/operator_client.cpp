// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/operator_client.hpp"

#include <random>

#include "aiot/link/mqtt_reason.hpp"
#include "aiot/toolkit/session_text.hpp"

namespace aiot::cli {

namespace {

constexpr std::size_t kBufferBytes = 16 * 1024;

}  // namespace

std::optional<std::string> OperatorClient::open(const BrokerOptions& options,
                                                const std::string& device,
                                                hal::KeyStoreRef keys) {
  if (auto problem = open_broker(options, link_, password_)) {
    return problem;
  }
  device_ = device;
  user_ = options.user;
  prefix_ = options.prefix;
  // Two operators at once must not end each other's connection.
  name_ = "aiot-operator-" + std::to_string(std::random_device{}());
  seal_.device = device_;
  keys_ = keys;
  receive_.resize(kBufferBytes);
  transmit_.resize(kBufferBytes);
  outbox_.resize(kBufferBytes);
  session_ = std::make_unique<link::mqtt::Session>(link::mqtt::SessionMemory{
      .receive = receive_, .transmit = transmit_, .outbox = outbox_, .aliases = {}});
  link::mqtt::ConnectConfig connect;
  connect.client_id = name_;
  connect.user = user_;
  connect.password = aiot::as_bytes(password_.data(), password_.size());
  connect.clean_start = true;
  connect.session_expiry_s = 0;
  connect.keep_alive_s = 20;
  client_ = std::make_unique<link::MqttClient>(*session_, connect);
  answers_ = std::make_unique<link::MqttInlet>(prefix_, device_, link::leaf::kAnswer);
  pipe_ = std::make_unique<link::MqttPipe>(
      *session_, prefix_, device_, link::leaf::kImageOut, link::leaf::kImageIn);
  commands_ = std::make_unique<link::DeviceTopic>(prefix_, device_, link::leaf::kCommand);
  client_->add(*answers_);
  client_->add(pipe_->inlet());
  return std::nullopt;
}

void OperatorClient::step(Instant now) {
  link_.step(now);
  if (!client_->step(link_, now).ok()) {
    link_.drop(to_string(toolkit::session_end(*client_)), now);
  }
}

void OperatorClient::close(Instant now) {
  if (session_->state() == link::mqtt::SessionState::kUp) {
    session_->disconnect(link::mqtt::ReasonCode::kSuccess);
    (void)session_->exchange(link_, now);
  }
  link_.close();
}

bool OperatorClient::say(Bytes command) {
  return ready() &&
         session_
             ->publish(
                 commands_->view(), command, link::mqtt::Qos::kAtLeastOnce, link::mqtt::Retain::kNo)
             .ok();
}

std::optional<link::CommandAnswer> OperatorClient::take_answer() {
  if (!answers_->waiting()) {
    return std::nullopt;
  }
  const link::OpenedAnswer opened = link::open_answer(answers_->message(), seal_, *keys_);
  answers_->done();
  forged_ = forged_ || !opened.ok();
  return opened.ok() ? std::optional(opened.answer) : std::nullopt;
}

std::optional<std::string> OperatorClient::hopeless() const {
  const std::string reason = to_string(client_->refusal());
  if (answers_->refused() || pipe_->refused()) {
    return link_.name() + ": the broker does not let us hear the answers of " + device_ + " (" +
           reason + "); check its access rules";
  }
  if (client_->refused() != 0) {
    return link_.name() + ": the broker does not take commands to " + device_ + " (" + reason +
           "); check its access rules";
  }
  if (client_->connections() == 0 && !link_.problem().empty()) {
    return link_.problem();
  }
  return std::nullopt;
}

std::string OperatorClient::problem() const {
  if (forged_) {
    return "an answer is not sealed with the key of " + device_ + "; check --device-key";
  }
  return ready() ? std::string() : link_.problem();
}

}  // namespace aiot::cli
