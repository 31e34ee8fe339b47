// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace aiot {

/// A span of time in microseconds.
struct Duration {
  std::int64_t us = 0;

  static constexpr Duration from_ms(std::int64_t ms) noexcept { return {ms * 1000}; }

  static constexpr Duration from_s(std::int64_t s) noexcept { return {s * 1'000'000}; }

  // NOLINTNEXTLINE(modernize-use-nullptr): Clang 14 takes the 0 behind <=> for a pointer
  friend constexpr auto operator<=>(Duration, Duration) noexcept = default;
};

/// A moment in microseconds since boot; never steps back. Wall-clock time is an offset to it.
struct Instant {
  std::int64_t us = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): as above
  friend constexpr auto operator<=>(Instant, Instant) noexcept = default;
};

constexpr Instant operator+(Instant at, Duration by) noexcept {
  return {at.us + by.us};
}

constexpr Duration operator-(Instant to, Instant from) noexcept {
  return {to.us - from.us};
}

}  // namespace aiot
