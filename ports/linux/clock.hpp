// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/time.hpp"
#include "aiot/hal/clock.hpp"

namespace aiot::linux_port {

/// Microseconds since the clock was made, by CLOCK_MONOTONIC: never steps back, whatever happens to
/// the wall clock.
class MonotonicClock {
 public:
  MonotonicClock() noexcept;

  Instant now() const noexcept;

 private:
  std::int64_t start_us_;
};

static_assert(hal::Clock<MonotonicClock>);

}  // namespace aiot::linux_port
