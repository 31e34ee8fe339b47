// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "aiot/core/time.hpp"
#include "ports/linux/link_fault.hpp"

namespace aiot::linux_port {

/// Makes a TCP connection without ever waiting: finds the addresses of a name in a thread of its
/// own, then tries one after the other, each for its share of the time that is left.
///
/// What TcpTransport and TlsTransport have in common; they own the connected socket through it.
class TcpConnector {
 public:
  enum class Phase : std::uint8_t { kIdle, kResolving, kConnecting, kConnected, kFailed };

  TcpConnector() noexcept = default;
  TcpConnector(const TcpConnector&) = delete;
  TcpConnector& operator=(const TcpConnector&) = delete;
  ~TcpConnector();

  /// Begins anew; an old connection is closed. Until `limit` has passed `step` goes on.
  void start(const std::string& host, std::uint16_t port, Duration limit);

  /// Does what can be done now.
  Phase step();

  /// Sleeps until `step` may have something to do, at most for `limit`.
  void wait(Duration limit);

  /// Closes the socket; idle again.
  void close() noexcept;

  /// The connection is over for this reason; closes the socket.
  void fail(LinkFault fault, const std::string& why);

  [[nodiscard]] Phase phase() const noexcept { return phase_; }

  /// The socket while connected, non-blocking; else -1.
  [[nodiscard]] int descriptor() const noexcept {
    return phase_ == Phase::kConnected ? descriptor_ : -1;
  }

  /// What is left of the limit of `start`; not above 0 when it has passed.
  [[nodiscard]] Duration left() const noexcept;

  /// Host and port of `start`, as a message names them.
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

  [[nodiscard]] LinkFault fault() const noexcept { return fault_; }

  /// One line, what is wrong; what to do. Empty without a fault.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  using Clock = std::chrono::steady_clock;

  struct Lookup;

  void resolve(const std::string& host, std::uint16_t port);
  void take_addresses();
  void try_next();
  void check_connection();
  void refuse(int error);

  std::shared_ptr<Lookup> lookup_;  // shared with the thread, which may outlive this object
  bool is_taken_ = false;           // its answer
  std::size_t next_ = 0;            // of the addresses found
  int descriptor_ = -1;
  Phase phase_ = Phase::kIdle;
  LinkFault fault_ = LinkFault::kNone;
  Clock::time_point deadline_;
  Clock::time_point share_;  // of the address that is being tried
  Duration limit_;
  std::string endpoint_;
  std::string message_;
  LinkFault refusal_ = LinkFault::kNone;  // of the addresses tried so far
  std::string why_;
};

/// poll() of one descriptor: true when something happened within `limit`.
bool wait_for(int descriptor, short events, Duration limit) noexcept;

}  // namespace aiot::linux_port
