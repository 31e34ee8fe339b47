// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "examples/update/broker.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "aiot/link/mqtt_reason.hpp"
#include "aiot/link/sealed.hpp"
#include "examples/update/gateway.hpp"

namespace gateway {

using namespace aiot;
using link::mqtt::DisconnectCause;
using link::mqtt::ReasonCode;
using link::mqtt::SessionState;

namespace {

constexpr Duration kDialLimit = Duration::from_s(10);
constexpr Duration kFirstPause = Duration::from_s(1);
constexpr Duration kRest = Duration::from_ms(100);

std::string reason_of(const link::MqttClient& client) {
  const std::string reason = to_string(client.refusal());
  switch (client.ended_by()) {
    case DisconnectCause::kRefused:
      return "the broker refuses the connection (" + reason +
             "); check the certificate and the broker's access rules";
    case DisconnectCause::kByServer:
      return "the broker has ended the connection (" + reason + "); look into its log";
    case DisconnectCause::kProtocol:
      return std::string("what the broker sends is not MQTT 5 (") + to_string(client.fault()) +
             "); check that it is a broker";
    default:
      return to_string(client.ended_by()) + std::string("; check the network and the broker");
  }
}

}  // namespace

bool Broker::open(const BrokerAccess& access, std::string& problem) {
  if (access.device.empty() || access.device.size() > link::kMaxDeviceBytes ||
      access.device.find_first_of("/+#") != std::string::npos) {
    problem = "the name of the device has to be 1 to " + std::to_string(link::kMaxDeviceBytes) +
              " bytes without /, + and #: it is a part of the broker's topics";
    return false;
  }
  if (!linux_port::parse_broker_url(access.url, url_, problem).ok() ||
      !link_
           .load(
               {.ca = access.ca, .certificate = access.certificate, .key = access.key, .crls = {}},
               problem)
           .ok()) {
    return false;
  }
  if (url_.scheme != linux_port::Scheme::kMqtts) {
    problem = "the broker has to be reached over TLS; give an URL that begins with mqtts://";
    return false;
  }
  name_ = linux_port::endpoint(url_.host, url_.port);
  client_.emplace(session_, link::mqtt::ConnectConfig{.client_id = access.device});
  return true;
}

void Broker::step(Instant now) {
  if (link_.state() == hal::LinkState::kDown && now >= next_) {
    if (link_.fault() != linux_port::LinkFault::kNone) {
      complain(link_.message());
    }
    (void)link_.connect(url_.host, url_.port, kDialLimit);
    // The upper half is random, so that a fleet does not come back all at once.
    pause_ = std::clamp(Duration{pause_.us * 2}, kFirstPause, kLongestPause);
    next_ = now + Duration{std::uniform_int_distribution<std::int64_t>(pause_.us / 2,
                                                                       pause_.us)(random_)};
  }
  if (!client_->step(link_, now).ok()) {
    if (link_.fault() != linux_port::LinkFault::kNone) {
      complain(link_.message());
    } else if (client_->ended_by() != DisconnectCause::kRequested) {
      complain(name_ + ": " + reason_of(*client_));
    }
    link_.close();
  }
  if (client_->connections() != connections_) {
    connections_ = client_->connections();
    pause_ = {};
    problem_.clear();
    std::printf("connected to %s\n", name_.c_str());
    (void)std::fflush(stdout);
  }
}

void Broker::drop(const std::string& reason, Instant now) {
  complain(name_ + ": " + reason);
  close(now);
  pause_ = kLongestPause;
  next_ = now + kLongestPause;
}

void Broker::wait() {
  if (link_.state() != hal::LinkState::kDown) {
    link_.wait(kRest);
    return;
  }
  const timespec rest{.tv_sec = 0, .tv_nsec = static_cast<long>(kRest.us * 1000)};
  (void)::nanosleep(&rest, nullptr);
}

void Broker::close(Instant now) {
  if (session_.state() == SessionState::kUp) {
    session_.disconnect(ReasonCode::kSuccess);
    (void)session_.exchange(link_, now);
  }
  link_.close();
}

void Broker::complain(const std::string& problem) {
  if (problem != problem_) {
    problem_ = problem;
    (void)fail(problem);
  }
}

}  // namespace gateway
