// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/broker_client.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "aiot/link/mqtt_reason.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {
namespace {

constexpr int kKeepAliveS = 30;
constexpr int kLoopMs = 200;
constexpr std::uint32_t kSuspicious = 3;  // short connections in a row
constexpr std::chrono::seconds kShort{2};
constexpr int kReceiveMaximum = 100;
constexpr std::uint32_t kMaxPacket = 1U << 20U;  // bytes; a batch has some kilobytes

const char* reason_text(int reason) {
  return link::mqtt::to_string(static_cast<link::mqtt::ReasonCode>(reason));
}

constexpr bool is_refusal(int reason) {
  return reason >= 0x80;
}

}  // namespace

void BrokerClient::Free::operator()(mosquitto* client) const noexcept {
  mosquitto_destroy(client);
}

BrokerClient::BrokerClient(Tell tell, Receive receive)
    : tell_(std::move(tell)), receive_(std::move(receive)) {
  mosquitto_lib_init();
}

BrokerClient::~BrokerClient() {
  client_.reset();
  mosquitto_lib_cleanup();
}

std::optional<std::string> BrokerClient::open(const BrokerOptions& options,
                                              const std::string& name,
                                              const std::string& filter) {
  std::string message;
  if (!linux_port::parse_broker_url(options.url, url_, message).ok()) {
    return message;
  }
  const bool secure = url_.scheme == linux_port::Scheme::kMqtts;
  if (secure && options.ca.empty()) {
    return "mqtts:// wants --ca FILE, the certificates that the broker's is verified with";
  }
  if (!secure && (!options.ca.empty() || !options.certificate.empty() || !options.crls.empty())) {
    return "--ca, --cert and --crl want mqtts://, mqtt:// is not encrypted; use mqtts://";
  }
  place_ = linux_port::endpoint(url_.host, url_.port);
  name_ = name;
  filter_ = filter;
  client_.reset(mosquitto_new(name.c_str(), false, this));
  if (client_ == nullptr) {
    return "'" + printable(name) + "' is no name for a client; name another one with --client";
  }
  mosquitto_int_option(client_.get(), MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_int_option(client_.get(), MOSQ_OPT_RECEIVE_MAXIMUM, kReceiveMaximum);
  mosquitto_int_option(client_.get(), MOSQ_OPT_TCP_NODELAY, 1);
  if (secure) {
    if (auto problem = tls_.load({.ca = options.ca,
                                  .certificate = options.certificate,
                                  .key = options.key,
                                  .crls = options.crls},
                                 url_.host)) {
      return problem;
    }
    mosquitto_int_option(client_.get(), MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
    mosquitto_void_option(client_.get(), MOSQ_OPT_SSL_CTX, tls_.context());
  }
  if (!options.user.empty()) {
    std::string password;
    if (auto problem = read_password(options, password)) {
      return problem;
    }
    mosquitto_username_pw_set(
        client_.get(), options.user.c_str(), password.empty() ? nullptr : password.c_str());
  }
  set_callbacks();
  return std::nullopt;
}

void BrokerClient::set_callbacks() {
  mosquitto* const client = client_.get();
  mosquitto_connect_v5_callback_set(
      client, [](mosquitto*, void* object, int reason, int, const mosquitto_property*) {
        self(object).connected(reason);
      });
  mosquitto_disconnect_v5_callback_set(
      client, [](mosquitto*, void* object, int reason, const mosquitto_property*) {
        self(object).disconnected(reason);
      });
  mosquitto_subscribe_v5_callback_set(
      client,
      [](mosquitto*, void* object, int, int, const int* granted, const mosquitto_property*) {
        self(object).subscribed(granted[0]);
      });
  mosquitto_publish_v5_callback_set(
      client, [](mosquitto*, void* object, int, int reason, const mosquitto_property*) {
        self(object).published(reason);
      });
  mosquitto_message_v5_callback_set(
      client,
      [](mosquitto*, void* object, const mosquitto_message* message, const mosquitto_property*) {
        self(object).received(*message);
      });
}

bool BrokerClient::connect() {
  tls_.begin(for_reason_);
  why_.clear();
  mosquitto_property* properties = nullptr;
  mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, kSessionExpiryS);
  mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, kMaxPacket);
  // mosquitto_reconnect would leave the properties out.
  errno = 0;
  const int code = mosquitto_connect_bind_v5(
      client_.get(), url_.host.c_str(), url_.port, kKeepAliveS, nullptr, properties);
  mosquitto_property_free_all(&properties);
  if (code != MOSQ_ERR_SUCCESS) {
    lost(code);
    return false;
  }
  return true;
}

bool BrokerClient::step() {
  if (given_up_) {
    return false;
  }
  if (!dialled_) {
    const auto now = Clock::now();
    if (now < next_) {
      std::this_thread::sleep_for(
          std::min<Clock::duration>(next_ - now, std::chrono::milliseconds(kLoopMs)));
      return true;
    }
    dialled_ = connect();
    return !given_up_;
  }
  errno = 0;
  const int code = mosquitto_loop(client_.get(), kLoopMs, 1);
  if (code != MOSQ_ERR_SUCCESS && !given_up_) {
    lost(code);
  }
  return !given_up_;
}

void BrokerClient::publish(const std::string& topic, Bytes message) {
  (void)mosquitto_publish_v5(client_.get(),
                             nullptr,
                             topic.c_str(),
                             static_cast<int>(message.size()),
                             message.data(),
                             1,
                             false,
                             nullptr);
}

void BrokerClient::close() {
  constexpr int kRounds = 10;
  if (client_ == nullptr || !dialled_) {
    return;
  }
  dialled_ = false;
  given_up_ = true;
  // Acknowledgements that are on their way out.
  for (int i = 0; i < kRounds && mosquitto_want_write(client_.get()); ++i) {
    (void)mosquitto_loop(client_.get(), kLoopMs, 1);
  }
  (void)mosquitto_disconnect_v5(client_.get(), 0, nullptr);
}

void BrokerClient::connected(int reason) {
  if (reason != 0) {
    why_ = std::string("the broker refuses the connection: ") + reason_text(reason) +
           "; check certificate and access rules";
    if (!was_connected_) {
      give_up(place_ + ": " + why_);
    }
    return;
  }
  (void)mosquitto_subscribe_v5(client_.get(), nullptr, filter_.c_str(), 1, 0, nullptr);
}

void BrokerClient::subscribed(int granted) {
  if (is_refusal(granted)) {
    give_up(place_ + ": the broker does not let us read " + filter_ + ": " + reason_text(granted) +
            "; check its access rules");
    return;
  }
  heard_ = Clock::now();
  is_up_ = true;
  for_reason_ = false;
  since_ = Clock::now();
  if (!was_connected_ || (!problem_.empty() && short_connections_ < kSuspicious)) {
    tell_(place_ + (was_connected_ ? ": connected again" : ": connected"));
  }
  if (short_connections_ < kSuspicious) {
    problem_.clear();
  }
  was_connected_ = true;
}

void BrokerClient::published(int reason) {
  if (is_refusal(reason)) {
    complain(place_ + ": the broker does not take an acknowledgement: " + reason_text(reason) +
             "; check its access rules");
  }
}

void BrokerClient::received(const mosquitto_message& message) {
  heard_ = Clock::now();
  receive_(message.topic,
           {static_cast<const std::byte*>(message.payload),
            static_cast<std::size_t>(message.payloadlen)});
}

/// The broker says why it ends the connection; a number below 0x80 is libmosquitto's.
void BrokerClient::disconnected(int reason) {
  if (static_cast<link::mqtt::ReasonCode>(reason) == link::mqtt::ReasonCode::kSessionTakenOver) {
    give_up(place_ + ": another client is connected as '" + printable(name_) +
            "'; end it, or name another one with --client");
  } else if (is_refusal(reason)) {
    why_ = std::string("the broker has ended the connection: ") + reason_text(reason) +
           "; look at its log";
  }
}

void BrokerClient::lost(int code) {
  const int error = errno;
  const bool was_up = std::exchange(is_up_, false);
  const bool was_for_reason = std::exchange(for_reason_, false);
  dialled_ = false;
  if (was_up && Clock::now() - since_ < kShort) {
    ++short_connections_;
  } else if (was_up) {
    short_connections_ = 0;
  }
  if (was_up && short_connections_ < kSuspicious) {
    failures_ = 0;
  }
  const std::string tls = tls_.problem();
  std::string why;
  if (!tls.empty()) {
    why = tls;
  } else if (!why_.empty()) {
    why = why_;
  } else if (code == MOSQ_ERR_EAI || code == MOSQ_ERR_LOOKUP) {
    why = "the name has no address; check it and the network";
  } else if (code == MOSQ_ERR_TLS || code == MOSQ_ERR_TLS_HANDSHAKE ||
             (error == EPROTO && !was_up)) {
    why = "TLS failed; check that the port is the broker's for TLS, and its log";
  } else if (code == MOSQ_ERR_ERRNO && error != 0 && !was_up) {
    why = std::system_category().message(error) + "; check that the broker runs there";
  } else if (short_connections_ >= kSuspicious) {
    why =
        "the broker ends each connection soon after it began; another client may have the name '" +
        printable(name_) + "': end it, or name another one with --client";
  } else if (was_up || code == MOSQ_ERR_CONN_LOST || code == MOSQ_ERR_NO_CONN) {
    why = "the connection is lost; check that the broker runs there";
  } else {
    why = std::string(mosquitto_strerror(code)) + "; check that an MQTT broker runs there";
  }
  const std::string text = place_ + ": " + why;
  if (tls.empty() && error == EPROTO && !was_up && !was_for_reason) {
    for_reason_ = true;
    next_ = Clock::now();
    return;
  }
  if (!tls.empty() && !was_connected_) {
    give_up(text);
    return;
  }
  complain(text);
  constexpr std::uint32_t kDoublings = 8;
  next_ =
      Clock::now() + std::min(kFirstPause * (1U << std::min(failures_, kDoublings)), kLongestPause);
  ++failures_;
}

void BrokerClient::complain(const std::string& problem) {
  if (problem != problem_) {
    problem_ = problem;
    tell_(problem + (dialled_ ? "" : "; trying again"));
  }
}

void BrokerClient::give_up(const std::string& problem) {
  given_up_ = true;
  tell_(problem);
}

}  // namespace aiot::cli
