// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "ports/baremetal/cmsdk_uart.hpp"
#include "ports/baremetal/cmsdk_watchdog.hpp"
#include "ports/baremetal/retained.hpp"
#include "ports/baremetal/systick_clock.hpp"

/// The board, as its users see it: names, addresses and which driver class is behind a role.
/// What the mps2 boards with a Cortex-M3 or M4 have in common.
namespace aiot::baremetal::board {

inline constexpr std::uint32_t kCoreHz = 25'000'000;
inline constexpr std::uint32_t kInterrupts = 32;

inline constexpr std::uintptr_t kUart0 = 0x40004000;
inline constexpr std::uintptr_t kUart1 = 0x40005000;

inline constexpr std::uintptr_t kWatchdog = 0x40008000;
inline constexpr std::uint32_t kWatchdogHz = kCoreHz;

/// PSRAM in the role of memory-mapped NOR flash; QEMU can back it with a file.
inline constexpr std::uintptr_t kFlashAddress = 0x21000000;
inline constexpr std::uint32_t kFlashBytes = 16U << 20U;

inline std::span<std::uint32_t> flash() noexcept {
  return {reinterpret_cast<std::uint32_t*>(kFlashAddress), kFlashBytes / sizeof(std::uint32_t)};
}

using Clock = SysTickClock;
using Uart = CmsdkUart;
using Watchdog = CmsdkWatchdog;
using Reset = RetainedReset;

}  // namespace aiot::baremetal::board
