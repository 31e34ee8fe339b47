// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ports/baremetal/nrf51_clock.hpp"
#include "ports/baremetal/nrf51_uart.hpp"

/// The board, as its users see it: names, addresses and which driver class is behind a role.
/// QEMU microbit: nRF51822 with Cortex-M0; too small for the pipeline, it runs core and kernels.
namespace aiot::baremetal::board {

inline constexpr const char* kName = "qemu_m0";
inline constexpr std::uint32_t kCoreHz = 16'000'000;
inline constexpr std::uint32_t kInterrupts = 32;

inline constexpr std::uintptr_t kUart0 = 0x40002000;
inline constexpr std::uintptr_t kTimer0 = 0x40008000;

using Clock = Nrf51Clock;
using Uart = Nrf51Uart;

}  // namespace aiot::baremetal::board
