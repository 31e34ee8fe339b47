// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/mac.hpp"

#include <mbedtls/platform_util.h>

#include <algorithm>
#include <array>

namespace aiot::crypto {
namespace {

constexpr std::size_t kBlockBytes = 64;

}  // namespace

// Mbed TLS's own HMAC takes its state from the heap; on top of SHA-256 it is these lines.
HmacSha256::HmacSha256(Bytes key) noexcept {
  std::array<std::byte, kBlockBytes> block{};
  if (key.size() > block.size()) {
    std::ranges::copy(sha256(key), block.begin());
  } else {
    std::ranges::copy(key, block.begin());
  }
  for (std::byte& b : block) {
    b ^= std::byte{0x36};
  }
  inner_.update(block);
  for (std::byte& b : block) {
    b ^= std::byte{0x36} ^ std::byte{0x5C};
  }
  outer_.update(block);
  mbedtls_platform_zeroize(block.data(), block.size());
}

void HmacSha256::update(Bytes data) noexcept {
  inner_.update(data);
}

Hash256 HmacSha256::finish() noexcept {
  outer_.update(inner_.finish());
  return outer_.finish();
}

Hash256 hmac_sha256(Bytes key, Bytes data) noexcept {
  HmacSha256 mac(key);
  mac.update(data);
  return mac.finish();
}

}  // namespace aiot::crypto
