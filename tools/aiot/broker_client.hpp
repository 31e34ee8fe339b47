// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "ports/linux/broker_url.hpp"
#include "tools/aiot/broker_options.hpp"
#include "tools/aiot/broker_tls.hpp"

struct mosquitto;
struct mosquitto_message;

namespace aiot::cli {

/// The consumer's way to a broker, on libmosquitto: MQTT 5, one subscription, messages and their
/// acknowledgements with QoS 1. It connects again whenever the connection breaks, later and later
/// up to a minute; why it is down is told once, and again when the reason changes.
///
/// The session is kept by the broker for a week, so that what devices send meanwhile is there when
/// the consumer comes back, as far as the broker keeps it. Nothing depends on that.
class BrokerClient {
 public:
  using Clock = std::chrono::steady_clock;
  using Tell = std::function<void(const std::string&)>;
  using Receive = std::function<void(std::string_view topic, Bytes message)>;

  static constexpr std::uint32_t kSessionExpiryS = 7U * 24 * 3600;
  static constexpr std::chrono::milliseconds kFirstPause{250};
  static constexpr std::chrono::milliseconds kLongestPause{60'000};

  /// `receive` is called for each message, in order; while it works nothing more is read, which is
  /// back-pressure on the broker.
  BrokerClient(Tell tell, Receive receive);
  BrokerClient(const BrokerClient&) = delete;
  BrokerClient& operator=(const BrokerClient&) = delete;
  ~BrokerClient();

  /// Reads URL and files. `name`: at the broker; only one client may have it. The problem, or
  /// nothing.
  std::optional<std::string> open(const BrokerOptions& options,
                                  const std::string& name,
                                  const std::string& filter);

  /// One round, of at most a fifth of a second. False: there is no use in going on, and it was
  /// told why: the broker refuses this client at the first connection, or another one has its name.
  bool step();

  /// Publishes with QoS 1. What can not be sent now is sent when the connection is there again.
  void publish(const std::string& topic, Bytes message);

  /// Says goodbye to the broker.
  void close();

  [[nodiscard]] bool was_connected() const noexcept { return was_connected_; }

  /// When it was heard of last: a message, a connection.
  [[nodiscard]] Clock::time_point heard() const noexcept { return heard_; }

 private:
  struct Free {
    void operator()(mosquitto* client) const noexcept;
  };

  static BrokerClient& self(void* object) { return *static_cast<BrokerClient*>(object); }

  void set_callbacks();
  bool connect();
  void connected(int reason);
  void subscribed(int granted);
  void published(int reason);
  void received(const mosquitto_message& message);
  void disconnected(int reason);
  void lost(int code);
  void complain(const std::string& problem);
  void give_up(const std::string& problem);

  Tell tell_;
  Receive receive_;
  linux_port::BrokerUrl url_;
  std::string place_;  // "host:port"
  std::string name_;
  std::string filter_;
  std::string problem_;  // as it was told last
  std::string why_;      // the broker's own reason for the end of a connection
  BrokerTls tls_;        // before the client, which uses its context
  std::unique_ptr<mosquitto, Free> client_;
  Clock::time_point heard_ = Clock::now();
  Clock::time_point next_ = Clock::now();
  Clock::time_point since_;  // the connection is up
  std::uint32_t short_connections_ = 0;
  std::uint32_t failures_ = 0;
  bool dialled_ = false;
  bool is_up_ = false;
  bool for_reason_ = false;  // the next connection is to say why the one before ended
  bool was_connected_ = false;
  bool given_up_ = false;
};

}  // namespace aiot::cli
