// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/time.hpp"
#include "aiot/hal/clock.hpp"

namespace aiot::baremetal {

/// A 32-bit TIMER of the nRF51 series (reference manual 3.0, chapter 18) at 1 MHz; its cores have
/// no SysTick. Extended without an interrupt: somebody must ask for the time once in 71 minutes,
/// which the loop of a device does all the time.
class Nrf51Clock {
 public:
  /// `base` of a TIMER that is 32 bits wide (TIMER0). Starts it from 0.
  explicit Nrf51Clock(std::uintptr_t base) noexcept;

  /// Not for interrupts: it remembers the last value.
  Instant now() noexcept;

 private:
  std::uintptr_t base_;
  std::uint32_t last_ = 0;
  std::uint32_t wraps_ = 0;
};

static_assert(hal::Clock<Nrf51Clock>);

}  // namespace aiot::baremetal
