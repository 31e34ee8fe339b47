// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "examples/update/broker.hpp"

#include <cstdio>

#include "aiot/link/mqtt_reason.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/toolkit/session_text.hpp"
#include "examples/update/gateway.hpp"

namespace gateway {

using namespace aiot;
using link::mqtt::ReasonCode;
using link::mqtt::SessionState;

namespace {

constexpr Duration kRest = Duration::from_ms(100);

}  // namespace

Broker::Broker() : link_([](const std::string& problem) { (void)fail(problem); }) {}

bool Broker::open(const BrokerAccess& access, std::string& problem) {
  if (!link::is_device_name(access.device)) {
    problem = "the name of the device has to be 1 to " + std::to_string(link::kMaxDeviceBytes) +
              " bytes without /, + and #: it is a part of the broker's topics";
    return false;
  }
  const linux_port::TlsFiles files{
      .ca = access.ca, .certificate = access.certificate, .key = access.key, .crls = {}};
  if (!link_.open(access.url, files, problem).ok()) {
    return false;
  }
  if (!link_.is_secure()) {
    problem = "the broker has to be reached over TLS; give an URL that begins with mqtts://";
    return false;
  }
  client_.emplace(session_, link::mqtt::ConnectConfig{.client_id = access.device});
  return true;
}

void Broker::step(Instant now) {
  link_.step(now);
  if (!client_->step(link_, now).ok()) {
    link_.drop(to_string(toolkit::session_end(*client_)), now);
  }
  if (client_->connections() != connections_) {
    connections_ = client_->connections();
    std::printf("connected to %s\n", link_.name().c_str());
    (void)std::fflush(stdout);
  }
}

void Broker::drop(const std::string& reason, Instant now) {
  say_goodbye(now);
  link_.give_up(reason, now);
}

void Broker::wait() {
  link_.wait(kRest);
}

void Broker::close(Instant now) {
  say_goodbye(now);
  link_.close();
}

void Broker::say_goodbye(Instant now) {
  if (session_.state() == SessionState::kUp) {
    session_.disconnect(ReasonCode::kSuccess);
    (void)session_.exchange(link_, now);
  }
}

}  // namespace gateway
