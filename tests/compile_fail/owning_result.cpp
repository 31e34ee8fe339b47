// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A Result holds values; what owns memory lives elsewhere.
// EXPECT: T must be trivially copyable

#include "aiot/core/result.hpp"

struct Owner {
  Owner() = default;

  Owner(const Owner&) {}

  ~Owner() {}
};

int main() {
#ifdef AIOT_MISUSE
  const aiot::Result<Owner> result{Owner{}};
#else
  const aiot::Result<int> result{0};
#endif
  return result.ok() ? 0 : 1;
}
