// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "ports/linux/link_fault.hpp"
#include "ports/linux/tls_identity.hpp"

namespace aiot::linux_port {

/// A TLS connection (1.2, of Mbed TLS) to a server whose certificate is verified: its CA, its
/// dates, its host name and, with CRLs, that it is not revoked. No call waits but `wait`; a
/// connection that is being made goes on with every call.
///
/// A host that is a name must be one of the certificate's DNS names (wildcards count for one
/// label), or, when it has no subject alternative names, its common name. A host that is an address
/// must be one of its IP addresses. With CRLs, one of them must be of the CA that issued the
/// server's certificate, and none may have expired.
class TlsTransport {
 public:
  TlsTransport();
  TlsTransport(const TlsTransport&) = delete;
  TlsTransport& operator=(const TlsTransport&) = delete;
  ~TlsTransport();

  /// Reads the files for the connections to come; again before a `connect` to take renewed ones.
  /// After an error the ones before it are kept.
  /// Errors: those of TlsIdentity::load; `kIo` also no random numbers. `message`: one line.
  Status load(const TlsFiles& files, std::string& message);

  /// Begins to connect; what was connected is closed. It is up, with TLS, or has a fault, after
  /// `limit` at the latest. `host`: a name or an address.
  /// Errors: `kInvalidArgument` no host or port 0; `kWrongState` nothing is loaded.
  Status connect(const std::string& host, std::uint16_t port, Duration limit);

  /// Bytes moved; 0 also while connecting. What `send` took goes out with it and the calls after
  /// it. After an error of `send`, `receive` still returns what had arrived before it ends.
  /// Errors: `kIo` no connection, or lost; `fault` and `message` tell why.
  Result<std::size_t> send(Bytes in);
  Result<std::size_t> receive(MutableBytes out);

  hal::LinkState state();

  /// Sleeps until something has arrived, what is to be sent can go on, or the connection is being
  /// made; at most for `limit`, and not at all when it is down.
  void wait(Duration limit);

  /// Ends the connection, politely if that can be done at once; no fault.
  void close() noexcept;

  /// Why it is down.
  [[nodiscard]] LinkFault fault() const noexcept;

  /// One line: host and port, what is wrong; what to do. Empty without a fault.
  [[nodiscard]] const std::string& message() const noexcept;

 private:
  class Session;

  std::unique_ptr<Session> session_;
};

static_assert(hal::Transport<TlsTransport>);

}  // namespace aiot::linux_port
