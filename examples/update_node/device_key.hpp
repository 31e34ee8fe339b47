// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "aiot/crypto/mac.hpp"
#include "aiot/hal/keys.hpp"

namespace update_node {

/// DEVELOPMENT ONLY: a device key that everybody can read here (32 times 0x5A). It seals the audit
/// log; a product keeps one of its own for each device where firmware can use and not read it.
class DeviceKey {
 public:
  aiot::Result<aiot::Bytes> public_key(aiot::hal::KeyId /*id*/) const noexcept {
    return aiot::Error::kEmpty;
  }

  aiot::Status sign(aiot::hal::KeyId /*id*/,
                    aiot::Bytes /*digest*/,
                    aiot::MutableBytes /*out*/) const noexcept {
    return aiot::Error::kEmpty;
  }

  aiot::Status mac(aiot::hal::KeyId id, aiot::Bytes in, aiot::MutableBytes out) const noexcept {
    if (id != aiot::hal::KeyId::kDevice) {
      return aiot::Error::kEmpty;
    }
    std::array<std::byte, 32> key{};
    key.fill(std::byte{0x5A});
    const aiot::Hash256 mac = aiot::crypto::hmac_sha256(key, in);
    if (out.size() != mac.size()) {
      return aiot::Error::kNoSpace;
    }
    std::copy(mac.begin(), mac.end(), out.begin());
    return {};
  }
};

static_assert(aiot::hal::KeyStore<DeviceKey>);

}  // namespace update_node
