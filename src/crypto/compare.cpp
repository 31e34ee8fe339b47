// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/compare.hpp"

namespace aiot::crypto {

bool equal_constant_time(Bytes a, Bytes b) noexcept {
  if (a.size() != b.size()) {
    return false;
  }
  // Volatile, so that no compiler leaves the loop early.
  volatile unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = difference | std::to_integer<unsigned>(a[i] ^ b[i]);
  }
  return difference == 0;
}

}  // namespace aiot::crypto
