// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/retained.hpp"

#include "ports/baremetal/registers.hpp"

// Of the linker script; only the address means something.
extern "C" std::uint32_t _retained[];

namespace aiot::baremetal {
namespace {

/// Two words that are each other's complement, so that what RAM holds after power-on is no mark.
constexpr std::uint32_t kRunning = 0x52554E21;
constexpr std::uint32_t kResetAskedFor = 0x53575253;

volatile std::uint32_t& mark(std::uint32_t word) noexcept {
  return reg(reinterpret_cast<std::uintptr_t>(_retained) + 4U * word);
}

void set_mark(std::uint32_t value) noexcept {
  mark(0) = value;
  mark(1) = ~value;
}

bool has_mark(std::uint32_t value) noexcept {
  return mark(0) == value && mark(1) == ~value;
}

}  // namespace

hal::ResetCause RetainedReset::begin_boot() noexcept {
  hal::ResetCause cause = hal::ResetCause::kPowerOn;
  if (has_mark(kRunning)) {
    cause = hal::ResetCause::kWatchdog;
  } else if (has_mark(kResetAskedFor)) {
    cause = hal::ResetCause::kSoftware;
  }
  mark(2) = static_cast<std::uint32_t>(cause);
  set_mark(kRunning);
  return cause;
}

hal::ResetCause RetainedReset::cause() const noexcept {
  const std::uint32_t found = mark(2);
  return has_mark(kRunning) && found <= static_cast<std::uint32_t>(hal::ResetCause::kWatchdog)
             ? static_cast<hal::ResetCause>(found)
             : hal::ResetCause::kUnknown;
}

void RetainedReset::reset() noexcept {
  constexpr std::uint32_t kKey = 0x05FA'0000;
  constexpr std::uint32_t kSystemReset = 1U << 2U;
  set_mark(kResetAskedFor);
  asm volatile("dsb" ::: "memory");
  reg(scs::kResetControl) = kKey | kSystemReset;
  for (;;) {
    asm volatile("dsb" ::: "memory");
  }
}

}  // namespace aiot::baremetal
