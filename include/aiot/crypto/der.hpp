// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/crypto/signature.hpp"

/// The few DER structures (X.690) of keys and signatures. Strict: one encoding for each value.
namespace aiot::crypto {

inline constexpr std::size_t kP256SpkiBytes = 91;
inline constexpr std::size_t kMaxEcdsaDerBytes = 72;  ///< ECDSA-Sig-Value of P-256
/// Zero bytes that may follow an ECDSA-Sig-Value which was padded to a fixed length.
inline constexpr std::size_t kMaxEcdsaPadding = 2;

using P256Spki = std::array<std::byte, kP256SpkiBytes>;

/// The point, 65 bytes inside of `spki`, of a SubjectPublicKeyInfo of P-256 (RFC 5480) with an
/// uncompressed point. Whether it is on the curve is not checked here.
/// Errors: `kInvalidArgument` it is anything else, also a key of another curve.
[[nodiscard]] Result<Bytes> point_of_spki(Bytes spki) noexcept;

/// The SubjectPublicKeyInfo of a P-256 key.
[[nodiscard]] P256Spki spki_of_point(const P256PublicKey& point) noexcept;

/// r and s of an ECDSA-Sig-Value (RFC 3279, 2.2.3) with at most `kMaxEcdsaPadding` zero bytes
/// behind it. Their range is not checked here.
/// Errors: `kCorrupt` anything else: lengths or integers that are not minimal, negative numbers,
/// numbers of more than 32 bytes, other bytes behind it.
[[nodiscard]] Result<P256Signature> decode_ecdsa(Bytes der) noexcept;

/// Writes `signature` as ECDSA-Sig-Value into `out`; the number of bytes.
[[nodiscard]] std::size_t encode_ecdsa(const P256Signature& signature,
                                       std::array<std::byte, kMaxEcdsaDerBytes>& out) noexcept;

/// Parts of a DER RSAPublicKey, big-endian, without the zero byte that keeps them positive.
struct RsaPublicKey {
  Bytes modulus;
  Bytes exponent;
};

/// Parts of a PKCS#1 RSAPublicKey (RFC 8017, A.1.1), inside of `der`. Their sizes are not checked.
/// Errors: `kInvalidArgument` it is anything else, also a SubjectPublicKeyInfo around one.
[[nodiscard]] Result<RsaPublicKey> decode_rsa_key(Bytes der) noexcept;

}  // namespace aiot::crypto
