// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/hal/system.hpp"

namespace aiot::baremetal {

/// Watchdog of Arm's Cortex-M System Design Kit (DDI 0479, chapter 4.4): counts down twice, raises
/// its interrupt after the first time and resets after the second. The interrupt is the core's NMI
/// on our boards, where start-up resets at once; the second time is for a core that can not take
/// it. QEMU's resets the whole machine; RAM keeps its content.
class CmsdkWatchdog {
 public:
  /// `base` of the registers, `hz` of the clock that it counts.
  constexpr CmsdkWatchdog(std::uintptr_t base, std::uint32_t hz) noexcept : base_(base), hz_(hz) {}

  /// Errors: `kOutOfRange` not above 0, or longer than the counter (of 32 bits) takes: 171 s at
  /// 25 MHz.
  // Inline, so that a constant costs no division.
  Status start(Duration timeout) noexcept {
    constexpr std::int64_t kLongest = std::int64_t{3600} * 1'000'000;
    if (timeout.us <= 0 || timeout.us > kLongest) {
      return Error::kOutOfRange;
    }
    constexpr std::uint64_t kSecond = 1'000'000;
    return start_count(static_cast<std::uint64_t>(timeout.us) * hz_ / kSecond);
  }

  void feed() noexcept;

 private:
  Status start_count(std::uint64_t count) noexcept;

  std::uintptr_t base_;
  std::uint32_t hz_;
};

static_assert(hal::Watchdog<CmsdkWatchdog>);

}  // namespace aiot::baremetal
