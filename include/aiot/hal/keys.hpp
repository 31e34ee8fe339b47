// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

namespace aiot::hal {

/// Which of a device's keys; what is behind a number is the port's business.
enum class KeyId : std::uint8_t { kDevice = 0, kImage = 1, kCommand = 2, kLink = 3 };

/// Keys that do not leave their store: private and symmetric keys are used, never read.
/// Errors: `kEmpty` no such key; `kUnsupported` the key is of another kind; `kNoSpace`.
template <class K>
concept KeyStore = requires(K& keys, KeyId id, Bytes in, MutableBytes out) {
  { keys.public_key(id) } -> std::same_as<Result<Bytes>>;
  { keys.sign(id, in, out) } -> std::same_as<Status>;  // ECDSA-P256 of a SHA-256 digest, r || s
  { keys.mac(id, in, out) } -> std::same_as<Status>;   // HMAC-SHA256
};

}  // namespace aiot::hal
