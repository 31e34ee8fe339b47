// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A clock answers with an Instant, not with ticks of a timer that wraps.
// EXPECT: Clock
// EXPECT: now()

#include "aiot/hal/clock.hpp"

namespace {

class Timer {
 public:
#ifdef AIOT_MISUSE
  std::uint32_t now() {
    return 0;
  }
#else
  aiot::Instant now() {
    return {};
  }
#endif
};

}  // namespace

int main() {
  Timer timer;
  return aiot::hal::ClockRef(timer).now().us == 0 ? 0 : 1;
}
