// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "aiot/crypto/mac.hpp"
#include "aiot/crypto/signature.hpp"
#include "aiot/hal/keys.hpp"
#include "tests/support/hex.hpp"

namespace aiot::link_test {

// Key "11" of the examples of the COSE working group.
inline constexpr Hex<32> kPrivate(
    "57c92077664146e876760c9520d054aa93c3afb04e306705db6090308507b4d3");
inline constexpr Hex<65> kPublic(
    "04 bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
    "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e");
// Key "our-secret".
inline constexpr Hex<32> kSecret(
    "849b57219dae48de646d07dbb533566e976686457c1491be3a76dcea6c427188");

/// A key store in memory with one secret and one pair of P-256, behind every number that `has`
/// says.
class SealKeys {
 public:
  SealKeys() noexcept = default;

  /// Another secret, and no pair.
  explicit SealKeys(std::uint8_t fill) noexcept : has_pair(false) { secret_.fill(std::byte{fill}); }

  Result<Bytes> public_key(hal::KeyId id) noexcept {
    if (id == missing || !has_pair) {
      return Error::kEmpty;
    }
    return public_;
  }

  Status sign(hal::KeyId id, Bytes digest, MutableBytes out) noexcept {
    if (id == missing || !has_pair) {
      return Error::kEmpty;
    }
    Hash256 hash{};
    if (digest.size() != hash.size() || out.size() != crypto::kP256SignatureBytes) {
      return Error::kNoSpace;
    }
    std::ranges::copy(digest, hash.begin());
    AIOT_TRY_ASSIGN(const crypto::P256Signature signature, crypto::sign_p256(kPrivate, hash));
    std::ranges::copy(signature, out.begin());
    return {};
  }

  Status mac(hal::KeyId id, Bytes in, MutableBytes out) noexcept {
    if (id == missing) {
      return Error::kEmpty;
    }
    if (out.size() != 32) {
      return Error::kNoSpace;
    }
    std::ranges::copy(crypto::hmac_sha256(secret_, in), out.begin());
    return {};
  }

  /// The public key from now on, in whatever form.
  void set_public(Bytes key) noexcept { public_ = key; }

  hal::KeyId missing = hal::KeyId::kImage;
  bool has_pair = true;

 private:
  static std::array<std::byte, 32> secret() noexcept {
    std::array<std::byte, 32> key{};
    std::ranges::copy(Bytes(kSecret), key.begin());
    return key;
  }

  std::array<std::byte, 32> secret_ = secret();
  Bytes public_ = kPublic;
};

static_assert(hal::KeyStore<SealKeys>);

}  // namespace aiot::link_test
