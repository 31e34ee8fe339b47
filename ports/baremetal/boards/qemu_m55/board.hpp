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
/// QEMU mps3-an547: Cortex-M55 with FPU and MVE, in the secure state.
namespace aiot::baremetal::board {

inline constexpr const char* kName = "qemu_m55";
inline constexpr std::uint32_t kCoreHz = 32'000'000;
inline constexpr std::uint32_t kInterrupts = 96;

inline constexpr std::uintptr_t kUart0 = 0x59303000;
inline constexpr std::uintptr_t kUart1 = 0x59304000;

inline constexpr std::uintptr_t kWatchdog = 0x5802E000;
inline constexpr std::uint32_t kWatchdogHz = 32'768;  // the slow clock

/// The start of the DDR memory in the role of memory-mapped NOR flash.
inline constexpr std::uintptr_t kFlashAddress = 0x60000000;
inline constexpr std::uint32_t kFlashBytes = 16U << 20U;

inline std::span<std::uint32_t> flash() noexcept {
  return {reinterpret_cast<std::uint32_t*>(kFlashAddress), kFlashBytes / sizeof(std::uint32_t)};
}

using Clock = SysTickClock;
using Uart = CmsdkUart;
using Watchdog = CmsdkWatchdog;
using Reset = RetainedReset;

}  // namespace aiot::baremetal::board
