// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A call that may fail can not be written as if it could not.
// EXPECT: nodiscard

#include "aiot/core/result.hpp"

aiot::Status erase();

int main() {
#ifdef AIOT_MISUSE
  erase();
#endif
  return erase().ok() ? 0 : 1;
}
