// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::baremetal {

/// A memory-mapped 32-bit register: each access in the source is one access of the bus.
inline volatile std::uint32_t& reg(std::uintptr_t address) noexcept {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

/// Registers of every Cortex-M (Armv6-M and Armv7-M architecture reference manuals, chapter B3).
namespace scs {
inline constexpr std::uintptr_t kSysTickControl = 0xE000E010;
inline constexpr std::uintptr_t kSysTickReload = 0xE000E014;
inline constexpr std::uintptr_t kSysTickValue = 0xE000E018;
inline constexpr std::uintptr_t kInterruptControl = 0xE000ED04;  // ICSR
inline constexpr std::uintptr_t kVectorTable = 0xE000ED08;       // VTOR, not on Armv6-M
inline constexpr std::uintptr_t kResetControl = 0xE000ED0C;      // AIRCR
inline constexpr std::uintptr_t kHandlerControl = 0xE000ED24;    // SHCSR, not on Armv6-M
inline constexpr std::uintptr_t kFaultStatus = 0xE000ED28;       // CFSR, not on Armv6-M
inline constexpr std::uintptr_t kMemoryFaultAddress = 0xE000ED34;
inline constexpr std::uintptr_t kBusFaultAddress = 0xE000ED38;    // BFAR, not on Armv6-M
inline constexpr std::uintptr_t kCoprocessorAccess = 0xE000ED88;  // CPACR: FPU and MVE
inline constexpr std::uintptr_t kMpuControl = 0xE000ED94;
inline constexpr std::uintptr_t kMpuRegion = 0xE000ED98;
inline constexpr std::uintptr_t kMpuBase = 0xE000ED9C;
inline constexpr std::uintptr_t kMpuAttributes = 0xE000EDA0;
}  // namespace scs

}  // namespace aiot::baremetal
