// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aiot/core/result.hpp"

struct mbedtls_pk_context;
struct mbedtls_x509_crl;
struct mbedtls_x509_crt;

namespace aiot::linux_port {

/// Paths of PEM or DER files. Other certificates behind the first in `certificate` are those of
/// its CAs, up to but without the root.
struct TlsFiles {
  std::string ca;                 ///< CAs that a server's certificate may be of
  std::string certificate;        ///< own certificate; empty: none
  std::string key;                ///< its private key; empty when there is no certificate
  std::vector<std::string> crls;  ///< revocation lists; empty: revocation is not checked
};

/// What one side of a TLS connection knows: whom it trusts, who it is, who is revoked.
class TlsIdentity {
 public:
  TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;
  ~TlsIdentity();

  /// Reads the files once; an object takes one set. Nothing in them may be left out: one
  /// certificate of many that does not parse is an error.
  ///
  /// The key must not be readable by anybody but its owner. Where permissions are none (a pipe),
  /// they are not looked at.
  /// Errors: `kInvalidArgument` no CA, or a certificate without a key; `kEmpty` no such file;
  /// `kUnauthentic` others can read the key, or it does not fit the certificate; `kCorrupt` a file
  /// does not parse; `kUnsupported` the key is encrypted; `kIo`. `message`: one line, what is
  /// wrong; what to do.
  Status load(const TlsFiles& files, std::string& message);

  // What was loaded. Without const, because Mbed TLS takes it so; it only reads.
  mbedtls_x509_crt* ca() const noexcept;
  mbedtls_x509_crt* certificate() const noexcept;  ///< null: none
  mbedtls_pk_context* key() const noexcept;        ///< null: none
  mbedtls_x509_crl* crls() const noexcept;         ///< null: none

 private:
  struct Parts;

  std::unique_ptr<Parts> parts_;
};

}  // namespace aiot::linux_port
