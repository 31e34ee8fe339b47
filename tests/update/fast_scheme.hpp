// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/crypto/compare.hpp"
#include "aiot/crypto/mac.hpp"
#include "aiot/crypto/scheme.hpp"
#include "aiot/update/image.hpp"

/// A stand-in for ECDSA in tests that verify thousands of images: a signature is the HMAC-SHA256 of
/// the digest with a key that everybody knows. It takes the place of P-256 in image and policy.
namespace aiot::update_test {

inline constexpr std::string_view kFastSecret = "not a secret";

inline Bytes fast_key() noexcept {
  return as_bytes(kFastSecret.data(), kFastSecret.size());
}

inline Hash256 fast_sign(const Hash256& digest) noexcept {
  return crypto::hmac_sha256(fast_key(), digest);
}

inline Status fast_verify(Bytes key, const Hash256& digest, Bytes signature) {
  return crypto::equal_constant_time(crypto::hmac_sha256(key, digest), signature)
             ? Status{}
             : Status{Error::kUnauthentic};
}

inline constexpr crypto::SignatureScheme kFastScheme{crypto::KeyKind::kP256, &fast_verify};

/// The key as a policy names it.
inline update::TrustedKey fast_trusted_key() noexcept {
  return {crypto::KeyKind::kP256, fast_key()};
}

}  // namespace aiot::update_test
