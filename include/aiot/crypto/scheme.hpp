// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"

namespace aiot::crypto {

/// What a public key is for. The numbers are kept in key files and records: never reused.
enum class KeyKind : std::uint8_t { kP256 = 1, kRsa2048 = 2, kEd25519 = 3 };

/// A signature algorithm as images use it. A scheme is a value that the application names in its
/// policy: what it does not name is not linked.
struct SignatureScheme {
  KeyKind kind = KeyKind::kP256;
  /// Checks a signature over a SHA-256 `digest`. `key` is the public key in the encoding whose
  /// SHA-256 names it: DER SubjectPublicKeyInfo for P-256 and Ed25519, DER PKCS#1 RSAPublicKey for
  /// RSA. `signature` is as an image carries it: DER ECDSA-Sig-Value for P-256.
  /// Errors: `kInvalidArgument` the key is none of this kind; `kCorrupt` the signature does not
  /// have the form of one; `kUnauthentic` it does not match; `kNoSpace` the pool is too small;
  /// `kUnsupported` this build can not do it.
  Status (*verify)(Bytes key, const Hash256& digest, Bytes signature) = nullptr;
};

/// ECDSA P-256: `key` is SubjectPublicKeyInfo with an uncompressed point (91 bytes). The signature
/// is strict DER; old tools pad it to a fixed length, so up to two zero bytes may follow it.
/// r or s of zero or not below the order do not match; both values of s do (the larger one, n - s,
/// is accepted as other verifiers accept it). Errors as for `SignatureScheme::verify`.
Status verify_p256_image(Bytes key, const Hash256& digest, Bytes signature) noexcept;

/// RSASSA-PSS (RFC 8017, 8.1) with SHA-256, MGF1 with SHA-256 and a salt of exactly 32 bytes:
/// `key` is RSAPublicKey with a modulus of exactly 2048 bits and an odd exponent of 3 to 2^32 - 1,
/// the signature 256 bytes. Needs `kRsaPoolBytes` of pool on a Cortex-M. Errors as for
/// `SignatureScheme::verify`.
Status verify_rsa2048_image(Bytes key, const Hash256& digest, Bytes signature) noexcept;

inline constexpr SignatureScheme kP256Scheme{KeyKind::kP256, &verify_p256_image};
inline constexpr SignatureScheme kRsa2048Scheme{KeyKind::kRsa2048, &verify_rsa2048_image};

}  // namespace aiot::crypto
