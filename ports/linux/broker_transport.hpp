// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "ports/linux/broker_url.hpp"
#include "ports/linux/link_fault.hpp"
#include "ports/linux/tcp_transport.hpp"
#include "ports/linux/tls_transport.hpp"

namespace aiot::linux_port {

/// A connection to a broker, TCP or TLS by its URL, that is made again whenever it breaks: later
/// and later, up to a minute, at moments that differ between devices. Why it is down is told once,
/// and again when the reason changes. No call waits but `wait`.
class BrokerTransport {
 public:
  /// One line: what is wrong; what to do.
  using Tell = std::function<void(const std::string&)>;

  static constexpr Duration kDialLimit = Duration::from_s(10);
  static constexpr Duration kFirstPause = Duration::from_ms(250);
  static constexpr Duration kLongestPause = Duration::from_s(60);
  /// A connection that lasts so long was a good one: the next pause is short again.
  static constexpr Duration kProof = Duration::from_s(10);

  explicit BrokerTransport(Tell tell);

  /// Reads the files, which count with `mqtts://` only, for all connections to come.
  /// Errors: those of `parse_broker_url` and `TlsTransport::load`. `message`: one line.
  Status open(const std::string& url, const TlsFiles& files, std::string& message);

  /// Dials when it is time to. Once `open` returned OK.
  void step(Instant now);

  /// As `TcpTransport` and `TlsTransport`.
  Result<std::size_t> send(Bytes in);
  Result<std::size_t> receive(MutableBytes out);
  hal::LinkState state();

  /// Sleeps until something has arrived or can be sent on, at most for `limit`; all of it while
  /// there is no connection.
  void wait(Duration limit);

  /// Something came of the connection: the next pause is short again, and what went wrong before is
  /// told again when it comes back.
  void proved();

  /// What is on the connection gave up for `reason`: it is closed, and dialled again later. Where
  /// the connection itself broke, that is the reason.
  void drop(const std::string& reason, Instant now);

  /// The same, without a try before the longest pause: what only a person can change.
  void give_up(const std::string& reason, Instant now);

  /// Closes it until the next step.
  void close() noexcept;

  /// "host:port"
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// It is encrypted, and the broker is verified.
  [[nodiscard]] bool is_secure() const noexcept { return url_.scheme == Scheme::kMqtts; }

  /// Why it is down, in one line; empty while nothing is wrong.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

 private:
  [[nodiscard]] LinkFault fault() const noexcept;
  [[nodiscard]] const std::string& message() const noexcept;
  Status dial();
  void pause(Instant now);
  void complain(const std::string& problem);

  Tell tell_;
  BrokerUrl url_;
  std::string name_;
  std::string problem_;
  TcpTransport tcp_;
  TlsTransport tls_;
  std::uint64_t random_;
  Instant next_{};
  Instant dialled_at_{};
  std::uint32_t failures_ = 0;
  bool dialled_ = false;
};

static_assert(hal::Transport<BrokerTransport>);

}  // namespace aiot::linux_port
