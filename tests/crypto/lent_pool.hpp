// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "aiot/core/bytes.hpp"
#include "aiot/crypto/pool.hpp"

/// Memory for the signature functions, and how much of it they use. On a Cortex-M the big numbers
/// come from it; on a host nobody touches it.
namespace aiot::crypto_test {

inline constexpr std::byte kUntouched{0xA5};
inline constexpr std::size_t kLentBytes = std::max(crypto::kPoolBytes, crypto::kRsaPoolBytes);

alignas(8) inline std::array<std::byte, kLentBytes> lent_pool;

/// The first `bytes` of the pool, as if new.
inline void lend(std::size_t bytes) noexcept {
  crypto::lend_pool(MutableBytes(lent_pool).first(bytes));
  // Behind the allocator's first header; whatever it uses later loses the colour.
  std::fill(lent_pool.begin() + 64, lent_pool.end(), kUntouched);
}

/// Bytes from the start of the pool to the last one that was written.
inline std::size_t pool_used() noexcept {
  std::size_t used = lent_pool.size();
  while (used > 0 && lent_pool[used - 1U] == kUntouched) {
    --used;
  }
  return used;
}

}  // namespace aiot::crypto_test
