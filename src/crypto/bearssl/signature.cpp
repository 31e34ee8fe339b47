// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/signature.hpp"

#include <algorithm>

#include "src/crypto/bearssl/p256.h"

namespace aiot::crypto {
namespace {

constexpr std::size_t kScalarBytes = 32;

const unsigned char* chars(Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Status verify_p256(Bytes public_key, const Hash256& digest, Bytes signature) noexcept {
  if (public_key.size() != kP256PublicKeyBytes || signature.size() != kP256SignatureBytes ||
      aiot_p256_is_point(chars(public_key)) != 1) {
    return Error::kInvalidArgument;
  }
  // BearSSL leaves out that r is not 0; of s it does not.
  const bool r_is_zero = std::ranges::all_of(signature.first(kScalarBytes),
                                             [](std::byte b) { return b == std::byte{0}; });
  if (r_is_zero || aiot_p256_verify(chars(public_key), chars(digest), chars(signature)) != 1) {
    return Error::kUnauthentic;
  }
  return {};
}

}  // namespace aiot::crypto
