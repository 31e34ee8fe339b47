// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/crypto/compare.hpp"
#include "aiot/crypto/sha256.hpp"

namespace aiot::crypto {

/// HMAC-SHA256 (RFC 2104) over data that arrives in pieces. Keys of any length.
class HmacSha256 {
 public:
  explicit HmacSha256(Bytes key) noexcept;

  void update(Bytes data) noexcept;

  /// The code of all updates; call it once.
  [[nodiscard]] Hash256 finish() noexcept;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

/// HMAC-SHA256 of `data` with `key`.
[[nodiscard]] Hash256 hmac_sha256(Bytes key, Bytes data) noexcept;

}  // namespace aiot::crypto
