// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <arm_mve.h>

#include <cstdint>
#include <utility>

#include "aiot/nn/arm_mve/kernels.hpp"
#include "src/nn/arm_mve/requantise.hpp"

/// Operators that treat every element alike, eight at a time: the even ones and the odd ones of
/// eight 16-bit lanes become two vectors of four 32-bit lanes, and go back in the same way.
namespace aiot::nn::arm_mve {
namespace {

struct Eight {
  int32x4_t even;
  int32x4_t odd;
};

/// Whether a shift is 0 or to the right, so that the left one can be left out.
enum class Shifts { kRight, kAny };

/// As `aiot::nn::requantize`, the shift of all lanes in `factor`.
template <Shifts shifts>
Eight scale(Eight value, Multiplier factor) noexcept {
  if constexpr (shifts == Shifts::kAny) {
    const std::int32_t left = factor.shift > 0 ? factor.shift & 31 : 0;
    value = {vshlq_r_s32(value.even, left), vshlq_r_s32(value.odd, left)};
  }
  value = {vqrdmulhq_n_s32(value.even, factor.multiplier),
           vqrdmulhq_n_s32(value.odd, factor.multiplier)};
  if (factor.shift >= 0) {
    return value;
  }
  const std::int32_t right = -(-factor.shift & 31);
  return {vrshlq_n_s32(vaddq_s32(value.even, vshrq_n_s32(value.even, 31)), right),
          vrshlq_n_s32(vaddq_s32(value.odd, vshrq_n_s32(value.odd, 31)), right)};
}

/// To 16 bits, plus the zero point, clamped.
int16x8_t to_codes(Eight value, const OutputS8& out) noexcept {
  const int16x8_t narrow = vqmovntq_s32(vqmovnbq_s32(vdupq_n_s16(0), value.even), value.odd);
  const int16x8_t moved = vqaddq_n_s16(narrow, out.zero_point);
  return vminq_s16(vmaxq_s16(moved, vdupq_n_s16(out.lo)), vdupq_n_s16(out.hi));
}

/// Eight codes plus offset, times 2^left_shift.
Eight spread(int16x8_t codes, std::int16_t offset, std::uint32_t left_shift) noexcept {
  const int16x8_t moved = vaddq_n_s16(codes, offset);
  const auto left = static_cast<std::int32_t>(left_shift);
  return {vshlq_r_s32(vmovlbq_s16(moved), left), vshlq_r_s32(vmovltq_s16(moved), left)};
}

/// Calls `eight(input codes, other codes)` for all elements, the last ones with lanes of zeros.
template <class Params, class One>
void for_each_eight(const Params& params, const Memory& memory, One eight) noexcept {
  const std::int8_t* input = memory.read_s8(params.input);
  const std::int8_t* other = memory.read_s8(params.other);
  std::int8_t* out = memory.write_s8(params.output);
  std::uint32_t left = params.elements;
  for (; left >= 8; left -= 8, input += 8, other += 8, out += 8) {
    vstrbq_s16(out, eight(vldrbq_s16(input), vldrbq_s16(other)));
  }
  if (left != 0) {
    const mve_pred16_t live = vctp16q(left);
    vstrbq_p_s16(out, eight(vldrbq_z_s16(input, live), vldrbq_z_s16(other, live)), live);
  }
}

enum class Sum { kAdd, kSubtract };

template <Sum sum>
void add_or_subtract(const AddS8& params, const Memory& memory) noexcept {
  for_each_eight(params, memory, [&](int16x8_t input, int16x8_t other) {
    const Eight a = scale<Shifts::kRight>(spread(input, params.input_offset, params.left_shift),
                                          params.input_factor);
    const Eight b = scale<Shifts::kRight>(spread(other, params.other_offset, params.left_shift),
                                          params.other_factor);
    const Eight total = sum == Sum::kAdd
                            ? Eight{vaddq_s32(a.even, b.even), vaddq_s32(a.odd, b.odd)}
                            : Eight{vsubq_s32(a.even, b.even), vsubq_s32(a.odd, b.odd)};
    return to_codes(scale<Shifts::kRight>(total, params.output_factor), params.out);
  });
}

/// The usual sum: at left_shift 20 the side with the larger scale is exactly (code + offset) << 19,
/// because its factor is 1/2; everything else is shifted to the right, and codes end at 127.
bool is_usual(const AddS8& p) noexcept {
  constexpr std::int32_t kHalf = 1 << 30;
  return p.left_shift == 20 && p.input_factor.multiplier == kHalf && p.input_factor.shift == 0 &&
         p.other_factor.shift < 0 && p.output_factor.shift < 0 && p.out.hi == 127;
}

#define AIOT_MVE_TIES_OF_SUM \
  "vshr.s32 q4, q0, #31\n"   \
  "vshr.s32 q5, q1, #31\n"   \
  "vadd.i32 q0, q0, q4\n"    \
  "vadd.i32 q1, q1, q5\n"

// q0, q1 the side of factor 1/2: even and odd elements; q2, q3 the other side; q6 16 in each half.
// 33 instructions for eight elements.
#define AIOT_MVE_ADD_LOOP(ties)                                                       \
  asm volatile(                                                                       \
      "vmov.i16 q6, #16\n"                                                            \
      "wls lr, lr, 2f\n"                                                              \
      "1:\n"                                                                          \
      "vldrb.s16 q0, [%[half]], #8\n"                                                 \
      "vldrb.s16 q2, [%[other]], #8\n"                                                \
      "vmlas.s16 q0, q6, %[half_offset]\n"                                            \
      "vmlas.s16 q2, q6, %[other_offset]\n"                                           \
      "vshllt.s16 q1, q0, #15\n"                                                      \
      "vshllt.s16 q3, q2, #16\n"                                                      \
      "vshllb.s16 q0, q0, #15\n"                                                      \
      "vshllb.s16 q2, q2, #16\n"                                                      \
      "vqrdmulh.s32 q3, q3, %[other_factor]\n"                                        \
      "vqrdmulh.s32 q2, q2, %[other_factor]\n"                                        \
      "vshr.s32 q5, q3, #31\n"                                                        \
      "vshr.s32 q4, q2, #31\n"                                                        \
      "vadd.i32 q3, q3, q5\n"                                                         \
      "vadd.i32 q2, q2, q4\n"                                                         \
      "vrshl.s32 q3, %[other_shift]\n"                                                \
      "vrshl.s32 q2, %[other_shift]\n"                                                \
      "vadd.i32 q1, q1, q3\n"                                                         \
      "vadd.i32 q0, q0, q2\n"                                                         \
      "vqrdmulh.s32 q1, q1, %[factor]\n"                                              \
      "vqrdmulh.s32 q0, q0, %[factor]\n" ties                                         \
      "vrshl.s32 q1, %[shift]\n"                                                      \
      "vrshl.s32 q0, %[shift]\n"                                                      \
      "vqmovnb.s32 q0, q0\n"                                                          \
      "vqmovnt.s32 q0, q1\n"                                                          \
      "vqadd.s16 q0, q0, %[zero_point]\n"                                             \
      "vmax.s16 q0, q0, %q[lo]\n"                                                     \
      "vqmovnb.s16 q0, q0\n"                                                          \
      "vstrb.16 q0, [%[out]], #8\n"                                                   \
      "le lr, 1b\n"                                                                   \
      "2:\n"                                                                          \
      : [half] "+l"(half), [other] "+l"(other), [out] "+l"(out), [rounds] "+r"(count) \
      : [lo] "w"(lo),                                                                 \
        [half_offset] "r"(16 * params.input_offset),                                  \
        [other_offset] "r"(16 * params.other_offset),                                 \
        [other_factor] "r"(params.other_factor.multiplier),                           \
        [other_shift] "r"(right_of(params.other_factor)),                             \
        [factor] "r"(params.output_factor.multiplier),                                \
        [shift] "r"(right_of(params.output_factor)),                                  \
        [zero_point] "r"(params.out.zero_point)                                       \
      : "q0", "q1", "q2", "q3", "q4", "q5", "q6", "memory", "cc")

/// What VRSHL takes for a shift to the right.
constexpr std::int32_t right_of(Multiplier factor) noexcept {
  return -(-factor.shift & 31);
}

/// Whole rounds of eight of the usual sum.
void add_usual(const AddS8& params, const Memory& memory, std::uint32_t rounds) noexcept {
  const std::int8_t* half = memory.read_s8(params.input);
  const std::int8_t* other = memory.read_s8(params.other);
  std::int8_t* out = memory.write_s8(params.output);
  const int16x8_t lo = vdupq_n_s16(params.out.lo);
  register std::uint32_t count asm("lr") = rounds;
  if (params.out.lo >= params.out.zero_point) {
    AIOT_MVE_ADD_LOOP("");  // negative sums end at lo, however they are rounded
  } else {
    AIOT_MVE_ADD_LOOP(AIOT_MVE_TIES_OF_SUM);
  }
}

/// The elements behind the first `done`.
AddS8 behind(const AddS8& params, std::uint32_t done) noexcept {
  AddS8 rest = params;
  rest.input.address += done;
  rest.other.address += done;
  rest.output += done;
  rest.elements -= done;
  return rest;
}

}  // namespace

void add_s8(const AddS8& params, const Memory& memory) noexcept {
  AddS8 rest = params;
  // The sum does not mind which side is which.
  if (params.other_factor.shift == 0) {
    std::swap(rest.input, rest.other);
    std::swap(rest.input_factor, rest.other_factor);
    std::swap(rest.input_offset, rest.other_offset);
  }
  if (is_usual(rest)) {
    add_usual(rest, memory, rest.elements / 8);
    rest = behind(rest, rest.elements / 8 * 8);
  }
  if (rest.elements != 0) {
    add_or_subtract<Sum::kAdd>(rest, memory);
  }
}

void sub_s8(const AddS8& params, const Memory& memory) noexcept {
  add_or_subtract<Sum::kSubtract>(params, memory);
}

void mul_s8(const MulS8& params, const Memory& memory) noexcept {
  for_each_eight(params, memory, [&](int16x8_t input, int16x8_t other) {
    const int16x8_t a = vaddq_n_s16(input, params.input_offset);
    const int16x8_t b = vaddq_n_s16(other, params.other_offset);
    const Eight product{vmullbq_int_s16(a, b), vmulltq_int_s16(a, b)};
    return to_codes(scale<Shifts::kAny>(product, params.factor), params.out);
  });
}

// A load per element: the core fetches the 16 bytes of a gathered vector one by one, which is what
// single loads cost as well, without the stores and the loop.
void lookup_8(const Lookup8& params, const Memory& memory) noexcept {
  const auto* table = memory.constants<std::uint8_t>(params.table);
  const auto* in = reinterpret_cast<const std::uint8_t*>(memory.read_s8(params.input));
  auto* out = reinterpret_cast<std::uint8_t*>(memory.write_s8(params.output));
  for (std::uint32_t i = 0; i < params.elements; i += kVectorBytes) {
    const mve_pred16_t live = vctp8q(params.elements - i);
    const uint8x16_t codes = vldrbq_z_u8(in + i, live);
    vstrbq_p_u8(out + i, vldrbq_gather_offset_z_u8(table, codes, live), live);
  }
}

}  // namespace aiot::nn::arm_mve
