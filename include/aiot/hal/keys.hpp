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

/// Non-owning reference to a key store, two words; the key store must outlive it.
class KeyStoreRef {
 public:
  // Not for a Ref itself: copying a non-const one must be a copy, not a Ref to a Ref.
  template <KeyStore K>
  constexpr KeyStoreRef(K& keys) noexcept requires(!std::same_as<K, KeyStoreRef>)
      : object_(&keys), table_(&kTable<K>) {}

  Result<Bytes> public_key(KeyId id) const noexcept { return table_->public_key(object_, id); }

  Status sign(KeyId id, Bytes digest, MutableBytes out) const noexcept {
    return table_->sign(object_, id, digest, out);
  }

  Status mac(KeyId id, Bytes in, MutableBytes out) const noexcept {
    return table_->mac(object_, id, in, out);
  }

 private:
  struct Table {
    Result<Bytes> (*public_key)(void*, KeyId);
    Status (*sign)(void*, KeyId, Bytes, MutableBytes);
    Status (*mac)(void*, KeyId, Bytes, MutableBytes);
  };

  template <class K>
  static constexpr Table kTable = {
      [](void* o, KeyId id) { return static_cast<K*>(o)->public_key(id); },
      [](void* o, KeyId id, Bytes in, MutableBytes out) {
        return static_cast<K*>(o)->sign(id, in, out);
      },
      [](void* o, KeyId id, Bytes in, MutableBytes out) {
        return static_cast<K*>(o)->mac(id, in, out);
      },
  };

  void* object_;
  const Table* table_;
};

}  // namespace aiot::hal
