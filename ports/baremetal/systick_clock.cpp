// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/systick_clock.hpp"

#include "ports/baremetal/registers.hpp"

namespace aiot::baremetal {
namespace {

constexpr std::uint32_t kReload = 0x00FF'FFFF;
constexpr std::uint32_t kEnableWithInterruptOnCoreClock = 7;
constexpr std::uint32_t kSysTickPending = 1U << 26U;

/// Written by the interrupt only; it wraps after 91 years at 25 MHz.
constinit volatile std::uint32_t wraps = 0;

/// The timer counts down from the reload value. 0 lasts one tick, in which a core may have taken
/// the interrupt or not yet (QEMU: not yet); that tick is waited out, so the value alone says the
/// time.
std::uint32_t running_value() noexcept {
  std::uint32_t value = 0;
  while (value == 0) {
    value = reg(scs::kSysTickValue);
  }
  return value;
}

}  // namespace

SysTickClock::SysTickClock(std::uint32_t core_hz) noexcept : core_hz_(core_hz) {
  reg(scs::kSysTickControl) = 0;
  wraps = 0;
  reg(scs::kSysTickReload) = kReload;
  reg(scs::kSysTickValue) = 0;
  reg(scs::kSysTickControl) = kEnableWithInterruptOnCoreClock;
}

std::uint64_t SysTickClock::ticks() const noexcept {
  for (;;) {
    const std::uint32_t before = wraps;
    std::uint32_t value = running_value();
    std::uint32_t high = before;
    if ((reg(scs::kInterruptControl) & kSysTickPending) != 0) {
      // The timer wrapped and its interrupt has to wait for us: count the wrap here, and read the
      // timer again, because the first read may be from before.
      value = running_value();
      ++high;
    }
    if (wraps == before) {
      return (static_cast<std::uint64_t>(high) << 24U) + (kReload + 1U - value);
    }
  }
}

Instant SysTickClock::now() const noexcept {
  const std::uint64_t count = ticks();
  const std::uint64_t seconds = count / core_hz_;
  const std::uint64_t rest = count % core_hz_;
  return {static_cast<std::int64_t>(seconds * 1'000'000U + rest * 1'000'000U / core_hz_)};
}

}  // namespace aiot::baremetal

extern "C" void aiot_systick() noexcept {
  aiot::baremetal::wraps = aiot::baremetal::wraps + 1U;
}
