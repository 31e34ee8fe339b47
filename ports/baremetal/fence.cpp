// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "ports/baremetal/fence.hpp"

#include "ports/baremetal/registers.hpp"

namespace aiot::baremetal {
namespace {

[[maybe_unused]] constexpr std::uint32_t kEnable = 1;
[[maybe_unused]] constexpr std::uint32_t kDefaultMapElsewhere = 1U << 2U;
[[maybe_unused]] constexpr std::uint32_t kRegion = 6;  // start-up has taken the first ones

[[maybe_unused]] void set_region(std::uint32_t region,
                                 std::uint32_t base,
                                 std::uint32_t attributes) noexcept {
  reg(scs::kMpuRegion) = region;
  reg(scs::kMpuBase) = base;
  reg(scs::kMpuAttributes) = attributes;
}

}  // namespace

#if __ARM_ARCH == 7

bool raise_fence(const std::byte* begin) noexcept {
  constexpr std::uint32_t kNoAccess = 1U << 28U;  // nor execution
  constexpr std::uint32_t k1KiB = 9U << 1U;
  const auto base = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(begin));
  set_region(kRegion, base, kNoAccess | k1KiB | kEnable);
  reg(scs::kMpuControl) = kDefaultMapElsewhere | kEnable;
  asm volatile("dsb\n isb" ::: "memory");
  return true;
}

void lower_fence() noexcept {
  set_region(kRegion, 0, 0);
  asm volatile("dsb\n isb" ::: "memory");
}

#elif __ARM_ARCH == 8

// Armv8-M can not forbid everything to privileged code, but what lies in two regions is a fault.
bool raise_fence(const std::byte* begin) noexcept {
  const auto base = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(begin));
  const std::uint32_t last = base + static_cast<std::uint32_t>(kFenceBytes) - 32U;
  set_region(kRegion, base, last | kEnable);
  set_region(kRegion + 1, base, last | kEnable);
  reg(scs::kMpuControl) = kDefaultMapElsewhere | kEnable;
  asm volatile("dsb\n isb" ::: "memory");
  return true;
}

void lower_fence() noexcept {
  set_region(kRegion, 0, 0);
  set_region(kRegion + 1, 0, 0);
  asm volatile("dsb\n isb" ::: "memory");
}

#else

bool raise_fence(const std::byte* /*begin*/) noexcept {
  return false;
}

void lower_fence() noexcept {}

#endif

}  // namespace aiot::baremetal
