// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/link_fault.hpp"

namespace aiot::linux_port {

const char* to_string(LinkFault fault) noexcept {
  switch (fault) {
    case LinkFault::kNone:
      return "none";
    case LinkFault::kResolve:
      return "name not found";
    case LinkFault::kRefused:
      return "connection refused";
    case LinkFault::kUnreachable:
      return "host unreachable";
    case LinkFault::kTimeout:
      return "timeout";
    case LinkFault::kClosed:
      return "closed by the server";
    case LinkFault::kLost:
      return "connection lost";
    case LinkFault::kNotTls:
      return "not TLS";
    case LinkFault::kVersion:
      return "TLS version";
    case LinkFault::kUntrusted:
      return "unknown CA";
    case LinkFault::kExpired:
      return "certificate expired";
    case LinkFault::kNotYetValid:
      return "certificate not yet valid";
    case LinkFault::kWrongName:
      return "wrong host name";
    case LinkFault::kRevoked:
      return "certificate revoked";
    case LinkFault::kCrlMissing:
      return "no CRL of the CA";
    case LinkFault::kCrlExpired:
      return "CRL expired";
    case LinkFault::kCrlUntrusted:
      return "CRL not trusted";
    case LinkFault::kWrongPurpose:
      return "not a server certificate";
    case LinkFault::kWeak:
      return "weak certificate";
    case LinkFault::kOwnMissing:
      return "no client certificate";
    case LinkFault::kOwnRevoked:
      return "client certificate revoked";
    case LinkFault::kOwnExpired:
      return "client certificate expired";
    case LinkFault::kOwnUnknownCa:
      return "client certificate of an unknown CA";
    case LinkFault::kOwnRefused:
      return "client certificate refused";
    case LinkFault::kTls:
      return "TLS failed";
  }
  return "unknown";
}

}  // namespace aiot::linux_port
