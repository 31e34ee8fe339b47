// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Two moments can be subtracted, not added.
// EXPECT: operator+

#include "aiot/core/time.hpp"

int main() {
  const aiot::Instant start{5};
#ifdef AIOT_MISUSE
  const aiot::Instant end = start + start;
#else
  const aiot::Instant end = start + aiot::Duration{5};
#endif
  return end > start ? 0 : 1;
}
