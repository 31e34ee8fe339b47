// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/start_image.hpp"

#include "ports/baremetal/registers.hpp"

namespace aiot::baremetal {
namespace {

/// Stack pointer and address of the first two vectors.
[[noreturn, gnu::naked]] void enter(std::uint32_t /*stack*/, std::uint32_t /*reset*/) noexcept {
  asm volatile(
#if __ARM_ARCH >= 8
      "movs r2, #0\n"
      "msr msplim, r2\n"
#endif
      "msr msp, r0\n"
      "bx r1\n");
}

}  // namespace

void start_image(std::uint32_t vectors) noexcept {
  constexpr std::uint32_t kClearSysTick = 1U << 25U;
  reg(scs::kSysTickControl) = 0;
  reg(scs::kInterruptControl) = kClearSysTick;
  reg(scs::kMpuControl) = 0;
  reg(scs::kVectorTable) = vectors;
  asm volatile("dsb\n isb" ::: "memory");
  enter(reg(vectors), reg(vectors + 4U));
}

}  // namespace aiot::baremetal
