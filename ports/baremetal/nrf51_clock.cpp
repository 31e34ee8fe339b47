// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/nrf51_clock.hpp"

#include "ports/baremetal/registers.hpp"

namespace aiot::baremetal {
namespace {

constexpr std::uintptr_t kStart = 0x000;
constexpr std::uintptr_t kClear = 0x00C;
constexpr std::uintptr_t kCapture0 = 0x040;
constexpr std::uintptr_t kBitMode = 0x508;
constexpr std::uintptr_t kPrescaler = 0x510;
constexpr std::uintptr_t kCompare0 = 0x540;

constexpr std::uint32_t k32Bits = 3;
constexpr std::uint32_t k16MHzTo1MHz = 4;

}  // namespace

Nrf51Clock::Nrf51Clock(std::uintptr_t base) noexcept : base_(base) {
  reg(base_ + kBitMode) = k32Bits;
  reg(base_ + kPrescaler) = k16MHzTo1MHz;
  reg(base_ + kClear) = 1;
  reg(base_ + kStart) = 1;
}

Instant Nrf51Clock::now() noexcept {
  reg(base_ + kCapture0) = 1;
  const std::uint32_t value = reg(base_ + kCompare0);
  if (value < last_) {
    ++wraps_;
  }
  last_ = value;
  return {static_cast<std::int64_t>((static_cast<std::uint64_t>(wraps_) << 32U) | value)};
}

}  // namespace aiot::baremetal

/// Start-up's table names it; this core's timer never asks.
extern "C" void aiot_systick() noexcept {}
