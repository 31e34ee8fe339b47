// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/hal/clock.hpp"
#include "tests/support/test.hpp"

/// What every clock promises; the tests of the ports call these with a clock of theirs.
namespace aiot::contract {

/// Boot is the origin, so no time is negative, and a later reading is never an earlier time.
template <hal::Clock C>
void clock_never_steps_back(C& clock, int readings) {
  Instant before = clock.now();
  EXPECT_GE(before.us, 0);
  for (int i = 0; i < readings; ++i) {
    const Instant now = clock.now();
    ASSERT_GE(now.us, before.us) << "at reading " << i;
    before = now;
  }
}

/// `let_pass(duration)` lets at least that time pass by other means than this clock: sleep, another
/// timer, a step of the simulation. The clock has to see it, and not more than `slack` on top.
template <hal::Clock C, class LetPass>
void clock_measures(C& clock, Duration duration, Duration slack, LetPass let_pass) {
  const Instant before = clock.now();
  let_pass(duration);
  const Duration seen = clock.now() - before;
  EXPECT_GE(seen.us, duration.us);
  EXPECT_LE(seen.us, duration.us + slack.us);
}

}  // namespace aiot::contract
