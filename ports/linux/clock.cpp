// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/clock.hpp"

#include <time.h>

namespace aiot::linux_port {

namespace {

std::int64_t monotonic_us() noexcept {
  timespec now{};
  // Fails for an unknown clock only, and this one exists since Linux 2.6.
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace

MonotonicClock::MonotonicClock() noexcept : start_us_(monotonic_us()) {}

Instant MonotonicClock::now() const noexcept {
  return {monotonic_us() - start_us_};
}

}  // namespace aiot::linux_port
