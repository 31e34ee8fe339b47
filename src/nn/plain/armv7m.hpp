// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/nn/program.hpp"

/// Inner loops in assembly for cores with Thumb-2 (Cortex-M3), where a compiler's choice of
/// registers costs a third of the instructions. Everywhere else the C++ beside them runs.
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 2
#define AIOT_PLAIN_ARMV7M 1
#else
#define AIOT_PLAIN_ARMV7M 0
#endif

/// A core without a long multiply.
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
#define AIOT_PLAIN_ARMV6M 1
#else
#define AIOT_PLAIN_ARMV6M 0
#endif

namespace aiot::nn::plain {

/// What the end of a channel needs, in both assembly loops; they know the offsets.
struct Finish {
  const Channel* channel = nullptr;  ///< moves on
  const Channel* end = nullptr;
  std::int32_t rounding = 1;      ///< 2 * zero point + 1
  std::uint32_t surplus = 0;      ///< twice what the sums of even pixels have too much
  std::int8_t* out = nullptr;     ///< first pixel; moves on
  std::uint32_t offsets[5] = {};  ///< of the other pixels; written from the last to the first
  std::int32_t clamps = 0;        ///< 0: [lo, hi] is all of int8
  std::int32_t lo = -128;
  std::int32_t hi = 127;
  std::uint32_t sums[6] = {};  ///< of a channel that needs the long way
  const OutputS8* rules = nullptr;

  void set_output(const OutputS8& output) noexcept {
    rules = &output;
    rounding = 2 * output.zero_point + 1;
    lo = output.lo;
    hi = output.hi;
    clamps = lo != -128 || hi != 127 ? 1 : 0;
  }

  /// Pixels that are not there are written where the last one comes after them.
  void set_pixels(std::uint32_t pixels, std::uint32_t step) noexcept {
    for (std::uint32_t i = 1; i < 6; ++i) {
      offsets[i - 1] = (i < pixels ? i : pixels - 1U) * step;
    }
  }
};

static_assert(sizeof(void*) != 4 ||
              (offsetof(Finish, rounding) == 8 && offsetof(Finish, out) == 16 &&
               offsetof(Finish, clamps) == 40 && offsetof(Finish, sums) == 52));

#if AIOT_PLAIN_ARMV7M

// clang-format off
/// Code of the sum in register `sum`, from -128 to 127: r4 multiplier, r5 exponent, r12 addend;
/// `bias` holds twice the bias. Uses lr and `spare`.
#define AIOT_PLAIN_CODE(sum, bias, spare)           \
  "add " sum ", " bias ", " sum ", lsl #1\n"        \
  "mov lr, #0x80000000\n"                           \
  "mov " spare ", r12\n"                            \
  "smlal lr, " spare ", " sum ", r4\n"              \
  "add " spare ", " spare ", " sum ", asr #31\n"    \
  "asr " spare ", " spare ", r5\n"                  \
  "ssat " sum ", #8, " spare "\n"

/// The code in register `code` moved into [r2, r3].
#define AIOT_PLAIN_CLAMP(code)          \
  "cmp " code ", r2\n"                  \
  "it lt\n"                             \
  "movlt " code ", r2\n"                \
  "cmp " code ", r3\n"                  \
  "it gt\n"                             \
  "movgt " code ", r3\n"
// clang-format on

#endif

}  // namespace aiot::nn::plain
