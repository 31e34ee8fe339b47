// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"

namespace aiot::crypto {

inline constexpr std::size_t kP256PrivateKeyBytes = 32;
inline constexpr std::size_t kP256PublicKeyBytes = 65;  ///< uncompressed: 0x04, x, y
inline constexpr std::size_t kP256SignatureBytes = 64;  ///< r, s; big-endian, 32 bytes each

using P256PublicKey = std::array<std::byte, kP256PublicKeyBytes>;
using P256Signature = std::array<std::byte, kP256SignatureBytes>;

/// Checks an ECDSA P-256 signature over a SHA-256 `digest`.
/// Errors: `kInvalidArgument` a size is wrong or `public_key` is no point of the curve;
/// `kUnauthentic` the signature does not match; `kNoSpace` the pool is too small.
Status verify_p256(Bytes public_key, const Hash256& digest, Bytes signature) noexcept;

/// Signs a SHA-256 `digest`; deterministic (RFC 6979, HMAC-SHA256): the same input gives the same
/// signature on every machine, and no entropy is needed.
/// Errors: `kInvalidArgument` `private_key` is not 32 bytes or not in range; `kNoSpace` the pool is
/// too small.
Result<P256Signature> sign_p256(Bytes private_key, const Hash256& digest) noexcept;

/// The public key of a private one. Errors as for `sign_p256`.
Result<P256PublicKey> public_key_p256(Bytes private_key) noexcept;

}  // namespace aiot::crypto
