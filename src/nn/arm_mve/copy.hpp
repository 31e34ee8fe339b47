// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arm_mve.h>

#include <cstdint>

namespace aiot::nn::arm_mve {

/// Copies and fills with loops whose last round the hardware masks: three instructions for 16
/// bytes. The small C library's memcpy moves single bytes.
inline void copy_bytes(std::int8_t* to, const std::int8_t* from, std::uint32_t bytes) noexcept {
  asm volatile(
      "wlstp.8 lr, %2, 2f\n"
      "1:\n"
      "vldrb.u8 q0, [%1], #16\n"
      "vstrb.8 q0, [%0], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : "+r"(to), "+r"(from)
      : "r"(bytes)
      : "q0", "lr", "memory", "cc");
}

inline void fill_bytes(std::int8_t* to, std::int8_t value, std::uint32_t bytes) noexcept {
  asm volatile(
      "vdup.8 q0, %2\n"
      "wlstp.8 lr, %1, 2f\n"
      "1:\n"
      "vstrb.8 q0, [%0], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : "+r"(to)
      : "r"(bytes), "r"(value)
      : "q0", "lr", "memory", "cc");
}

}  // namespace aiot::nn::arm_mve
