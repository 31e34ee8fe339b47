// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/time.hpp"
#include "aiot/hal/clock.hpp"

namespace aiot::baremetal {

/// The 24-bit system timer of the core, extended by its interrupt to 64 bits: one interrupt in 2^24
/// core cycles (0.67 s at 25 MHz). There is one such timer, so make one of these.
///
/// Reads are right in the loop and in interrupts of any priority, as long as none keeps interrupts
/// off for longer than one wrap.
class SysTickClock {
 public:
  /// Starts the timer from 0. `core_hz` is the frequency of the core clock.
  explicit SysTickClock(std::uint32_t core_hz) noexcept;

  Instant now() const noexcept;

  /// Core clock cycles since the clock was made. Under `qemu -icount` this counts instructions, in
  /// units that run_qemu.sh documents; they are not the cycles of a real core.
  std::uint64_t ticks() const noexcept;

 private:
  std::uint32_t core_hz_;
};

static_assert(hal::Clock<SysTickClock>);

}  // namespace aiot::baremetal
