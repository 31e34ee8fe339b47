// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::linux_port {

/// Why a connection was not made, or has ended. "Own" is the certificate of this side.
enum class LinkFault : std::uint8_t {
  kNone,          ///< connected, connecting, or closed by this side
  kResolve,       ///< the name has no address, or the name server does not answer
  kRefused,       ///< nobody listens at the port
  kUnreachable,   ///< no way to the host
  kTimeout,       ///< not connected within the limit
  kClosed,        ///< the other side has closed
  kLost,          ///< the connection broke
  kNotTls,        ///< the other side does not speak TLS
  kVersion,       ///< it speaks an older TLS than 1.2
  kUntrusted,     ///< its certificate is of no CA that is trusted here
  kExpired,       ///< its certificate, or that of its CA, has expired
  kNotYetValid,   ///< ... is not valid yet
  kWrongName,     ///< its certificate is for another host
  kRevoked,       ///< its certificate is on the CA's revocation list (CRL)
  kCrlMissing,    ///< CRLs are given, but none of the CA that issued its certificate
  kCrlExpired,    ///< the CRL should have been replaced by a newer one
  kCrlUntrusted,  ///< the CRL is not signed by the CA, is not valid yet, or weakly signed
  kWrongPurpose,  ///< its certificate is not for a server
  kWeak,          ///< key or signature of its certificate are too weak
  kOwnMissing,    ///< it asks for a certificate, and there is none
  kOwnRevoked,    ///< it says that the own certificate is revoked
  kOwnExpired,    ///< ... has expired, or that its CRL has
  kOwnUnknownCa,  ///< ... is of a CA that it does not know, or has no CRL of
  kOwnRefused,    ///< ... is not accepted, for another reason
  kTls,           ///< anything else that TLS complains about
};

/// Short English words for `fault`; never null.
const char* to_string(LinkFault fault) noexcept;

}  // namespace aiot::linux_port
