// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "aiot/crypto/mac.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/update/audit_log.hpp"

namespace aiot::update_test {

/// A device key in memory, which may be missing.
class TestKeys {
 public:
  explicit TestKeys(std::uint8_t first = 1) noexcept { key_.fill(std::byte{first}); }

  Result<Bytes> public_key(hal::KeyId) noexcept { return Error::kEmpty; }

  Status sign(hal::KeyId, Bytes, MutableBytes) noexcept { return Error::kEmpty; }

  Status mac(hal::KeyId id, Bytes in, MutableBytes out) noexcept {
    if (id != hal::KeyId::kDevice || missing) {
      return Error::kEmpty;
    }
    if (out.size() != 32) {
      return Error::kNoSpace;
    }
    std::ranges::copy(crypto::hmac_sha256(key_, in), out.begin());
    return {};
  }

  bool missing = false;

 private:
  std::array<std::byte, 32> key_{};
};

static_assert(hal::KeyStore<TestKeys>);

/// An entry that differs from that of any other number.
inline update::AuditEntry sample_entry(std::uint32_t number) noexcept {
  update::AuditEntry entry;
  entry.kind = static_cast<update::AuditKind>(1 + number % 6);
  entry.type = static_cast<std::uint8_t>(number % 2);
  entry.slot = static_cast<std::uint8_t>(number / 2 % 2);
  entry.boot = 1 + number / 10;
  entry.time_us = number * 1'000'003ULL;
  entry.code = number * 7919U;
  entry.version = {1, static_cast<std::uint8_t>(number), 3, number};
  entry.id.fill(static_cast<std::byte>(number));
  return entry;
}

inline bool equal(const update::AuditEntry& a, const update::AuditEntry& b) noexcept {
  return a.kind == b.kind && a.type == b.type && a.slot == b.slot && a.boot == b.boot &&
         a.time_us == b.time_us && a.code == b.code && a.version == b.version && a.id == b.id;
}

}  // namespace aiot::update_test
