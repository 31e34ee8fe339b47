// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "ports/linux/link_fault.hpp"
#include "ports/linux/tcp_connector.hpp"

namespace aiot::linux_port {

/// A TCP connection to a server. No call waits but `wait`; a connection that is being made goes on
/// with every call.
class TcpTransport {
 public:
  /// Begins to connect; what was connected is closed. It is up, or has a fault, after `limit` at
  /// the latest. `host`: a name or an address.
  /// Errors: `kInvalidArgument` no host or port 0.
  Status connect(const std::string& host, std::uint16_t port, Duration limit);

  /// Bytes moved; 0 also while connecting. After an error of `send`, `receive` still returns what
  /// had arrived before it ends.
  /// Errors: `kIo` no connection, or lost; `fault` and `message` tell why.
  Result<std::size_t> send(Bytes in);
  Result<std::size_t> receive(MutableBytes out);

  hal::LinkState state();

  /// Sleeps until something has arrived, what `send` did not take can go on, or the connection is
  /// made; at most for `limit`, and not at all when it is down.
  void wait(Duration limit);

  /// Ends the connection; no fault.
  void close() noexcept;

  /// Why it is down.
  [[nodiscard]] LinkFault fault() const noexcept { return connector_.fault(); }

  /// One line: host and port, what is wrong; what to do. Empty without a fault.
  [[nodiscard]] const std::string& message() const noexcept { return connector_.message(); }

 private:
  TcpConnector connector_;
  bool can_send_ = true;
  bool is_full_ = false;  // the last send moved less than it was given
};

static_assert(hal::Transport<TcpTransport>);

}  // namespace aiot::linux_port
