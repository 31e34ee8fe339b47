// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arm_mve.h>

#include <cstdint>

#include "aiot/nn/program.hpp"

/// From accumulators to int8. VQRDMULH is the reference's doubling high multiply exactly; VRSHL by
/// a negative amount is its division by a power of two, but for ties of negative numbers, which it
/// rounds up: one less before the shift makes them go away from zero.
///
/// The strings below are the steps for 4 channels x 4 pixels, one channel in each of q0 to q3, one
/// pixel in each lane. They are separate from the loops so that these can interleave them; q4 and
/// q5 are free for use in them, q6 and q7 stay.

/// Each takes the registers with the parameters of the four channels.
#define AIOT_MVE_ADD_BIAS(b0, b1, b2, b3) \
  "vadd.i32 q0, q0, " #b0                 \
  "\n"                                    \
  "vadd.i32 q1, q1, " #b1                 \
  "\n"                                    \
  "vadd.i32 q2, q2, " #b2                 \
  "\n"                                    \
  "vadd.i32 q3, q3, " #b3 "\n"

#define AIOT_MVE_MULTIPLY(m0, m1, m2, m3) \
  "vqrdmulh.s32 q0, q0, " #m0             \
  "\n"                                    \
  "vqrdmulh.s32 q1, q1, " #m1             \
  "\n"                                    \
  "vqrdmulh.s32 q2, q2, " #m2             \
  "\n"                                    \
  "vqrdmulh.s32 q3, q3, " #m3 "\n"

#define AIOT_MVE_SHIFT(s0, s1, s2, s3) \
  "vrshl.s32 q0, " #s0                 \
  "\n"                                 \
  "vrshl.s32 q1, " #s1                 \
  "\n"                                 \
  "vrshl.s32 q2, " #s2                 \
  "\n"                                 \
  "vrshl.s32 q3, " #s3 "\n"

/// Before AIOT_MVE_SHIFT, where every shift is negative.
#define AIOT_MVE_TIES_AWAY \
  "vshr.s32 q4, q0, #31\n" \
  "vshr.s32 q5, q1, #31\n" \
  "vadd.i32 q0, q0, q4\n"  \
  "vshr.s32 q4, q2, #31\n" \
  "vadd.i32 q1, q1, q5\n"  \
  "vshr.s32 q5, q3, #31\n" \
  "vadd.i32 q2, q2, q4\n"  \
  "vadd.i32 q3, q3, q5\n"

/// One channel with a shift of either sign: q *= 2^max(s, 0) before the multiplication.
#define AIOT_MVE_SHIFT_LEFT(q, s, t) \
  "bic " #t ", " #s ", " #s          \
  ", asr #31\n"                      \
  "vshl.s32 " #q ", " #t "\n"

/// The rest of it: ties only where there is a shift to the right.
#define AIOT_MVE_SHIFT_RIGHT(q, s, t) \
  "vshr.s32 q4, " #q                  \
  ", #31\n"                           \
  "lsr " #t ", " #s                   \
  ", #31\n"                           \
  "vmla.s32 " #q ", q4, " #t          \
  "\n"                                \
  "and " #t ", " #s ", " #s           \
  ", asr #31\n"                       \
  "vrshl.s32 " #q ", " #t "\n"

/// 4 x 4 words to bytes, q0 to q3 to q0: the four channels of a pixel become one word, in order.
/// First to 16 bits, saturating: q0 holds channels 0 and 2, q1 1 and 3.
#define AIOT_MVE_NARROW_WORDS \
  "vqmovnb.s32 q0, q0\n"      \
  "vqmovnb.s32 q1, q1\n"      \
  "vqmovnt.s32 q0, q2\n"      \
  "vqmovnt.s32 q1, q3\n"

/// Then to codes in [-128, 127] of a zero point of -128 that is also the lowest: saturation to
/// [0, 255] clamps, and what is left to do is to subtract 128, that is to change the top bits.
#define AIOT_MVE_NARROW_UNSIGNED \
  "vqmovunb.s16 q0, q0\n"        \
  "vqmovunt.s16 q0, q1\n"

/// Or with the zero point in `z` and the limits, 16 bytes each, at [sp, lo] and [sp, hi].
#define AIOT_MVE_NARROW_ANY(z, lo, hi) \
  "vqadd.s16 q0, q0, " #z              \
  "\n"                                 \
  "vqadd.s16 q1, q1, " #z              \
  "\n"                                 \
  "vqmovnb.s16 q0, q0\n"               \
  "vqmovnt.s16 q0, q1\n"               \
  "vldrw.32 q4, [sp, #" lo             \
  "]\n"                                \
  "vldrw.32 q5, [sp, #" hi             \
  "]\n"                                \
  "vmax.s8 q0, q0, q4\n"               \
  "vmin.s8 q0, q0, q5\n"

namespace aiot::nn::arm_mve {

/// Which of the ways from accumulators to codes a layer takes.
enum class Rule : std::uint32_t {
  kRelu,   ///< all shifts to the right, codes [-128, 127], zero point -128: nothing negative counts
  kRight,  ///< all shifts to the right
  kAny,
};

inline Rule rule_of(std::uint32_t flags, const OutputS8& out) noexcept {
  if (flags != 0) {
    return Rule::kAny;
  }
  return out.zero_point == -128 && out.lo == -128 && out.hi == 127 ? Rule::kRelu : Rule::kRight;
}

/// Four accumulators by the rules of their channels (lanes), as int32 that have the zero point but
/// are not clamped.
inline int32x4_t requantise(int32x4_t sum,
                            int32x4_t multiplier,
                            int32x4_t shift,
                            std::int32_t zero_point) noexcept {
  const int32x4_t zero = vdupq_n_s32(0);
  const int32x4_t left = vshlq_s32(sum, vmaxq_s32(shift, zero));
  const int32x4_t scaled = vqrdmulhq_s32(left, multiplier);
  const int32x4_t down = vandq_s32(vshrq_n_s32(scaled, 31), vshrq_n_s32(shift, 31));
  const int32x4_t rounded = vrshlq_s32(vaddq_s32(scaled, down), vminq_s32(shift, zero));
  return vqaddq_n_s32(rounded, zero_point);
}

}  // namespace aiot::nn::arm_mve
