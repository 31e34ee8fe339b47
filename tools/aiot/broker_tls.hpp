// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ports/linux/tls_identity.hpp"

struct ssl_ctx_st;

namespace aiot::cli {

/// TLS of libmosquitto, which has no revocation lists and one number for all that goes wrong. It
/// takes an OpenSSL context instead: this one verifies a broker as `linux_port::TlsTransport` does,
/// and keeps in words what was wrong.
class BrokerTls {
 public:
  BrokerTls();
  BrokerTls(const BrokerTls&) = delete;
  BrokerTls& operator=(const BrokerTls&) = delete;
  ~BrokerTls();

  /// Reads the files, for connections to `host`, a name or an address. The problem, or nothing.
  std::optional<std::string> load(const linux_port::TlsFiles& files, const std::string& host);

  /// For libmosquitto.
  ssl_ctx_st* context() noexcept;

  /// A connection is made: nothing is wrong yet. `for_reason`: with TLS 1.2, where a server that
  /// refuses our certificate says so before the handshake is over. With 1.3 its words come behind
  /// it, and get lost when they cross with ours.
  void begin(bool for_reason) noexcept;

  /// What is wrong and what to do, without the host; empty: TLS has nothing to say.
  [[nodiscard]] std::string problem() const;

 private:
  struct Parts;

  std::unique_ptr<Parts> parts_;
};

}  // namespace aiot::cli
