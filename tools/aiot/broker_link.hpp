// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/mqtt_config.hpp"
#include "aiot/link/mqtt_sink.hpp"
#include "ports/linux/broker_url.hpp"
#include "ports/linux/link_fault.hpp"
#include "ports/linux/tcp_transport.hpp"
#include "ports/linux/tls_transport.hpp"

namespace aiot::cli {

/// Which broker, and who we are to it.
struct BrokerOptions {
  std::string url;  ///< empty: no broker
  std::string ca;
  std::string certificate;
  std::string key;
  std::vector<std::string> crls;
  std::string user;
  std::string password_file;
  std::string prefix = std::string(link::kTopicPrefix);
};

void add_broker_options(CLI::App& verb, BrokerOptions& options);

/// What is wrong with the combination of options, or nothing.
std::optional<std::string> usage_problem(const BrokerOptions& options);

/// The first line of the password file, or nothing when there is none. The problem, or nothing.
std::optional<std::string> read_password(const BrokerOptions& options, std::string& password);

/// A connection to a broker, TCP or TLS, that is made again whenever it breaks: later and later, up
/// to a minute, at moments that differ between devices. Why it is down is told once, and once more
/// when the reason changes.
class BrokerLink {
 public:
  using Tell = std::function<void(const std::string&)>;

  static constexpr Duration kDialLimit = Duration::from_s(10);
  static constexpr Duration kFirstPause = Duration::from_ms(250);
  static constexpr Duration kLongestPause = Duration::from_s(60);
  /// A connection that lasts so long was a good one: the next pause is short again.
  static constexpr Duration kProof = Duration::from_s(10);

  explicit BrokerLink(Tell tell);

  /// Reads the URL and the files. The problem, or nothing.
  std::optional<std::string> open(const BrokerOptions& options);

  /// Dials when it is time to. Never waits.
  void step(Instant now);

  // hal::Transport
  Result<std::size_t> send(Bytes in);
  Result<std::size_t> receive(MutableBytes out);
  hal::LinkState state();

  /// Sleeps until something has arrived or can be sent on, at most for `limit`.
  void wait(Duration limit);

  /// Something came of the connection: the next pause is short again, and what went wrong before is
  /// told again when it comes back.
  void proved();

  /// What is behind the connection gave up for `reason`: it is closed, and dialled again later.
  void drop(const std::string& reason, Instant now);

  /// Closes it for good.
  void close() noexcept;

  /// "host:port"
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Why it is down, in one line; empty while nothing is wrong.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  /// For `ConnectConfig`; valid as long as this.
  [[nodiscard]] const std::string& user() const noexcept { return user_; }

  [[nodiscard]] Bytes password() const noexcept { return as_bytes(password_); }

 private:
  static Bytes as_bytes(const std::string& text) noexcept;

  [[nodiscard]] linux_port::LinkFault fault() const noexcept;
  [[nodiscard]] const std::string& message() const noexcept;
  Status dial();
  void pause(Instant now);
  void complain(const std::string& problem);

  Tell tell_;
  linux_port::BrokerUrl url_;
  std::string name_;
  std::string user_;
  std::string password_;
  std::string problem_;
  linux_port::TcpTransport tcp_;
  linux_port::TlsTransport tls_;
  std::uint64_t random_;
  Instant next_{};
  Instant dialled_at_{};
  std::uint32_t failures_ = 0;
  bool dialled_ = false;
};

static_assert(hal::Transport<BrokerLink>);

}  // namespace aiot::cli
