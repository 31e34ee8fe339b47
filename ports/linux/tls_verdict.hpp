// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "ports/linux/link_fault.hpp"

struct mbedtls_x509_crl;
struct mbedtls_x509_crt;

namespace aiot::linux_port {

/// Why TLS was refused: a fault, and in words what is wrong; what to do.
struct TlsVerdict {
  LinkFault fault = LinkFault::kTls;
  std::string why;
};

/// Looks at a server's certificates one by one, adds the checks that Mbed TLS does not make, and
/// keeps what a message needs.
class TlsInspection {
 public:
  /// `host` as asked for. `crls`: null when revocation is not checked.
  void start(const std::string& host, const mbedtls_x509_crl* crls);

  /// For each certificate of the chain, the root first, the server's own (depth 0) last; `flags`
  /// as Mbed TLS found them.
  void look(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags);

  /// Why the certificate is refused. `flags`: all that Mbed TLS found.
  [[nodiscard]] TlsVerdict verdict(std::uint32_t flags) const;

 private:
  std::string host_;
  const mbedtls_x509_crl* crls_ = nullptr;
  bool is_uncovered_ = false;  // by any of the CRLs
  std::string names_;          // that the certificate is for
  std::string issuer_;         // of the certificate that nobody trusts
  std::string expired_;        // which certificate, and when
  std::string not_yet_valid_;
};

/// Whether this side has a certificate, and whether the server asked for one.
struct OwnCertificate {
  bool exists = false;
  bool wanted = false;
};

/// What a fatal alert of the server during the handshake means (RFC 5246, 7.2.2).
TlsVerdict verdict_of_alert(unsigned alert, OwnCertificate own);

}  // namespace aiot::linux_port
