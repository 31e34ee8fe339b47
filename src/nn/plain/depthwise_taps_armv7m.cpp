// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "armv7m.hpp"
#include "depthwise_taps.hpp"

#if AIOT_PLAIN_ARMV7M

namespace aiot::nn::plain {
namespace {

/// What the loops read; they know the offsets.
struct Work {
  std::int32_t to_second;  ///< pointer steps behind the three rows, column walk taken back
  std::int32_t to_third;
  std::int32_t to_next;         ///< to the first row of the next channel
  std::uint32_t column;         ///< bytes from a column to the next
  std::uint32_t three_columns;  ///< 3 * column
  const std::int8_t* first;
  const std::int8_t* weights;
  Finish finish;
};

static_assert(offsetof(Work, column) == 12 && offsetof(Work, first) == 20 &&
              offsetof(Work, finish) == 28);

// clang-format off
/// Columns relative to r0, from which the multiples 1, 2, 3, 4, 6, 8 of r12 are one load away.
#define AIOT_PLAIN_COLUMN_0 "ldrsb r5, [r0]\n"
#define AIOT_PLAIN_COLUMN_1 "ldrsb r5, [r0, r12]\n"
#define AIOT_PLAIN_COLUMN_2 "ldrsb r5, [r0, r12, lsl #1]\n"
#define AIOT_PLAIN_COLUMN_3 "ldrsb r5, [r0, lr]\n"
#define AIOT_PLAIN_COLUMN_4 "ldrsb r5, [r0, r12, lsl #2]\n"
#define AIOT_PLAIN_COLUMN_6 "ldrsb r5, [r0, lr, lsl #1]\n"
#define AIOT_PLAIN_COLUMN_8 "ldrsb r5, [r0, r12, lsl #3]\n"

#define AIOT_PLAIN_WEIGHTS    \
  "ldrsb r2, [r1], #1\n"      \
  "ldrsb r3, [r1], #1\n"      \
  "ldrsb r4, [r1], #1\n"

#define AIOT_PLAIN_MUL(sum, weight) "mul " sum ", r5, " weight "\n"
#define AIOT_PLAIN_MLA(sum, weight) "mla " sum ", r5, " weight ", " sum "\n"

/// One row of a window: r2, r3, r4 weights, r6 on the sums. FIRST(sum, weight) is the first product
/// of a sum in this row.
#define AIOT_PLAIN_ROW_6(FIRST, step)                                                        \
  AIOT_PLAIN_WEIGHTS                                                                         \
  AIOT_PLAIN_COLUMN_0 FIRST("r6", "r2")                                                      \
  AIOT_PLAIN_COLUMN_1 AIOT_PLAIN_MLA("r6", "r3") FIRST("r7", "r2")                           \
  AIOT_PLAIN_COLUMN_2 AIOT_PLAIN_MLA("r6", "r4") AIOT_PLAIN_MLA("r7", "r3") FIRST("r8", "r2") \
  AIOT_PLAIN_COLUMN_3 AIOT_PLAIN_MLA("r7", "r4") AIOT_PLAIN_MLA("r8", "r3") FIRST("r9", "r2") \
  AIOT_PLAIN_COLUMN_4 AIOT_PLAIN_MLA("r8", "r4") AIOT_PLAIN_MLA("r9", "r3") FIRST("r10", "r2") \
  AIOT_PLAIN_COLUMN_6 AIOT_PLAIN_MLA("r10", "r4") FIRST("r11", "r3")                         \
  "add r0, r0, r12\n"                                                                        \
  AIOT_PLAIN_COLUMN_4 AIOT_PLAIN_MLA("r9", "r4") AIOT_PLAIN_MLA("r10", "r3")                 \
      AIOT_PLAIN_MLA("r11", "r2")                                                            \
  AIOT_PLAIN_COLUMN_6 AIOT_PLAIN_MLA("r11", "r4")                                            \
  "ldr r5, [sp, #" step "]\n"                                                                \
  "add r0, r0, r5\n"

#define AIOT_PLAIN_ROW_5(FIRST, step)                                                        \
  AIOT_PLAIN_WEIGHTS                                                                         \
  AIOT_PLAIN_COLUMN_0 FIRST("r6", "r2")                                                      \
  AIOT_PLAIN_COLUMN_1 AIOT_PLAIN_MLA("r6", "r3") FIRST("r7", "r2")                           \
  AIOT_PLAIN_COLUMN_2 AIOT_PLAIN_MLA("r6", "r4") AIOT_PLAIN_MLA("r7", "r3") FIRST("r8", "r2") \
  AIOT_PLAIN_COLUMN_3 AIOT_PLAIN_MLA("r7", "r4") AIOT_PLAIN_MLA("r8", "r3") FIRST("r9", "r2") \
  AIOT_PLAIN_COLUMN_4 AIOT_PLAIN_MLA("r8", "r4") AIOT_PLAIN_MLA("r9", "r3") FIRST("r10", "r2") \
  AIOT_PLAIN_COLUMN_6 AIOT_PLAIN_MLA("r10", "r4")                                            \
  "add r0, r0, r12\n"                                                                        \
  AIOT_PLAIN_COLUMN_4 AIOT_PLAIN_MLA("r9", "r4") AIOT_PLAIN_MLA("r10", "r3")                 \
  "ldr r5, [sp, #" step "]\n"                                                                \
  "add r0, r0, r5\n"

#define AIOT_PLAIN_ROW_3(FIRST, step)                                                        \
  AIOT_PLAIN_WEIGHTS                                                                         \
  AIOT_PLAIN_COLUMN_0 FIRST("r6", "r2")                                                      \
  AIOT_PLAIN_COLUMN_1 AIOT_PLAIN_MLA("r6", "r3") FIRST("r7", "r2")                           \
  AIOT_PLAIN_COLUMN_2 AIOT_PLAIN_MLA("r6", "r4") AIOT_PLAIN_MLA("r7", "r3") FIRST("r8", "r2") \
  AIOT_PLAIN_COLUMN_3 AIOT_PLAIN_MLA("r7", "r4") AIOT_PLAIN_MLA("r8", "r3")                  \
  AIOT_PLAIN_COLUMN_4 AIOT_PLAIN_MLA("r8", "r4")                                             \
  "ldr r5, [sp, #" step "]\n"                                                                \
  "add r0, r0, r5\n"

/// Stride 2: output i from the columns 2i, 2i + 1, 2i + 2.
#define AIOT_PLAIN_ROW_4_STRIDE_2(FIRST, step)                                               \
  AIOT_PLAIN_WEIGHTS                                                                         \
  AIOT_PLAIN_COLUMN_0 FIRST("r6", "r2")                                                      \
  AIOT_PLAIN_COLUMN_1 AIOT_PLAIN_MLA("r6", "r3")                                             \
  AIOT_PLAIN_COLUMN_2 AIOT_PLAIN_MLA("r6", "r4") FIRST("r7", "r2")                           \
  AIOT_PLAIN_COLUMN_3 AIOT_PLAIN_MLA("r7", "r3")                                             \
  AIOT_PLAIN_COLUMN_4 AIOT_PLAIN_MLA("r7", "r4") FIRST("r8", "r2")                           \
  AIOT_PLAIN_COLUMN_6 AIOT_PLAIN_MLA("r8", "r4") FIRST("r9", "r2")                           \
  AIOT_PLAIN_COLUMN_8 AIOT_PLAIN_MLA("r9", "r4")                                             \
  "add r0, r0, r12\n"                                                                        \
  AIOT_PLAIN_COLUMN_4 AIOT_PLAIN_MLA("r8", "r3")                                             \
  AIOT_PLAIN_COLUMN_6 AIOT_PLAIN_MLA("r9", "r3")                                             \
  "ldr r5, [sp, #" step "]\n"                                                                \
  "add r0, r0, r5\n"

/// All channels: r0 input, r1 weights, r12 and lr one and three columns. The three steps are on the
/// stack, `work` above them.
#define AIOT_PLAIN_CHANNELS(ROW, CODES, CLAMPS, STORES) \
  "push {r0, r4-r11, lr}\n"                             \
  "ldm r0, {r2, r3, r4}\n"                              \
  "push {r1, r2, r3, r4}\n"                             \
  "ldrd r2, r1, [r0, #20]\n"                            \
  "mov r12, r0\n"                                       \
  "mov r0, r2\n"                                        \
  "1:\n"                                                \
  "ldrd r12, lr, [r12, #12]\n"                          \
  ROW(AIOT_PLAIN_MUL, "4")                              \
  ROW(AIOT_PLAIN_MLA, "8")                              \
  ROW(AIOT_PLAIN_MLA, "12")                             \
  "ldr r12, [sp, #16]\n"                                \
  "ldr r2, [r12, #28]\n"                                \
  "ldm r2!, {r3, r4, r5}\n"                             \
  "str r2, [r12, #28]\n"                                \
  "lsl r3, r3, #1\n"                                    \
  "mvn r5, r5\n"                                        \
  "cmp r5, #22\n"                                       \
  "bhs 4f\n"                                            \
  "ldr r2, [r12, #36]\n"                                \
  "lsl r12, r2, r5\n"                                   \
  "add r5, r5, #1\n"                                    \
  CODES                                                 \
  "ldr r12, [sp, #16]\n"                                \
  "ldr r2, [r12, #68]\n"                                \
  "cmp r2, #0\n"                                        \
  "bne 5f\n"                                            \
  "2:\n"                                                \
  STORES                                                \
  "3:\n"                                                \
  "add r2, r2, #1\n"                                    \
  "str r2, [r12, #44]\n"                                \
  "ldrd r2, r3, [r12, #28]\n"                           \
  "cmp r2, r3\n"                                        \
  "bne 1b\n"                                            \
  "add sp, sp, #16\n"                                   \
  "pop {r0, r4-r11, pc}\n"                              \
  "4:\n"                                                \
  "add r2, r12, #80\n"                                  \
  "stm r2, {r6-r11}\n"                                  \
  "push {r0, r1}\n"                                     \
  "add r0, r12, #28\n"                                  \
  "bl aiot_nn_plain_write_slowly\n"                     \
  "pop {r0, r1}\n"                                      \
  "ldr r12, [sp, #16]\n"                                \
  "ldr r2, [r12, #44]\n"                                \
  "b 3b\n"                                              \
  "5:\n"                                                \
  "ldrd r2, r3, [r12, #72]\n"                           \
  CLAMPS                                                \
  "b 2b\n"

#define AIOT_PLAIN_CODE_OF(sum) AIOT_PLAIN_CODE(sum, "r3", "r2")

#define AIOT_PLAIN_CODES_3 \
  AIOT_PLAIN_CODE_OF("r6") AIOT_PLAIN_CODE_OF("r7") AIOT_PLAIN_CODE_OF("r8")
#define AIOT_PLAIN_CODES_4 AIOT_PLAIN_CODES_3 AIOT_PLAIN_CODE_OF("r9")
#define AIOT_PLAIN_CODES_5 AIOT_PLAIN_CODES_4 AIOT_PLAIN_CODE_OF("r10")
#define AIOT_PLAIN_CODES_6 AIOT_PLAIN_CODES_5 AIOT_PLAIN_CODE_OF("r11")

#define AIOT_PLAIN_CLAMPS_3 \
  AIOT_PLAIN_CLAMP("r6") AIOT_PLAIN_CLAMP("r7") AIOT_PLAIN_CLAMP("r8")
#define AIOT_PLAIN_CLAMPS_4 AIOT_PLAIN_CLAMPS_3 AIOT_PLAIN_CLAMP("r9")
#define AIOT_PLAIN_CLAMPS_5 AIOT_PLAIN_CLAMPS_4 AIOT_PLAIN_CLAMP("r10")
#define AIOT_PLAIN_CLAMPS_6 AIOT_PLAIN_CLAMPS_5 AIOT_PLAIN_CLAMP("r11")

/// From the last output to the first: one too many is written where the last one comes later.
#define AIOT_PLAIN_STORES_3     \
  "add r3, r12, #44\n"          \
  "ldm r3, {r2, r3, r4}\n"      \
  "strb r8, [r2, r4]\n"         \
  "strb r7, [r2, r3]\n"         \
  "strb r6, [r2]\n"
#define AIOT_PLAIN_STORES_4     \
  "add r3, r12, #44\n"          \
  "ldm r3, {r2, r3, r4, r5}\n"  \
  "strb r9, [r2, r5]\n"         \
  "strb r8, [r2, r4]\n"         \
  "strb r7, [r2, r3]\n"         \
  "strb r6, [r2]\n"
#define AIOT_PLAIN_STORES_5         \
  "add r3, r12, #44\n"              \
  "ldm r3, {r2, r3, r4, r5, lr}\n"  \
  "strb r10, [r2, lr]\n"            \
  "strb r9, [r2, r5]\n"             \
  "strb r8, [r2, r4]\n"             \
  "strb r7, [r2, r3]\n"             \
  "strb r6, [r2]\n"
#define AIOT_PLAIN_STORES_6              \
  "add r3, r12, #44\n"                   \
  "ldm r3, {r2, r3, r4, r5, r12, lr}\n"  \
  "strb r11, [r2, lr]\n"                 \
  "strb r10, [r2, r12]\n"                \
  "strb r9, [r2, r5]\n"                  \
  "strb r8, [r2, r4]\n"                  \
  "strb r7, [r2, r3]\n"                  \
  "strb r6, [r2]\n"                      \
  "ldr r12, [sp, #16]\n"

// clang-format on

[[gnu::naked, gnu::noinline]] void multiply_6(Work& /*work*/) noexcept {
  asm(AIOT_PLAIN_CHANNELS(
      AIOT_PLAIN_ROW_6, AIOT_PLAIN_CODES_6, AIOT_PLAIN_CLAMPS_6, AIOT_PLAIN_STORES_6));
}

[[gnu::naked, gnu::noinline]] void multiply_5(Work& /*work*/) noexcept {
  asm(AIOT_PLAIN_CHANNELS(
      AIOT_PLAIN_ROW_5, AIOT_PLAIN_CODES_5, AIOT_PLAIN_CLAMPS_5, AIOT_PLAIN_STORES_5));
}

[[gnu::naked, gnu::noinline]] void multiply_3(Work& /*work*/) noexcept {
  asm(AIOT_PLAIN_CHANNELS(
      AIOT_PLAIN_ROW_3, AIOT_PLAIN_CODES_3, AIOT_PLAIN_CLAMPS_3, AIOT_PLAIN_STORES_3));
}

[[gnu::naked, gnu::noinline]] void multiply_4_stride_2(Work& /*work*/) noexcept {
  asm(AIOT_PLAIN_CHANNELS(
      AIOT_PLAIN_ROW_4_STRIDE_2, AIOT_PLAIN_CODES_4, AIOT_PLAIN_CLAMPS_4, AIOT_PLAIN_STORES_4));
}

/// `walked`: columns by which a row has moved its pointer.
Work work_of(const Taps& taps, std::int32_t walked) noexcept {
  const std::int32_t back = walked * static_cast<std::int32_t>(taps.channels);
  Work work{taps.to_second - back,
            taps.to_third - back,
            1 - taps.to_second - taps.to_third - back,
            taps.channels,
            3U * taps.channels,
            taps.first,
            taps.weights,
            {}};
  work.finish.channel = taps.rules;
  work.finish.end = taps.rules + taps.channels;
  work.finish.out = taps.out;
  work.finish.set_output(*taps.output);
  work.finish.set_pixels(taps.count, taps.channels);
  return work;
}

}  // namespace

template <>
void multiply_taps<6, 1>(const Taps& taps) noexcept {
  Work work = work_of(taps, 1);
  multiply_6(work);
}

template <>
void multiply_taps<5, 1>(const Taps& taps) noexcept {
  Work work = work_of(taps, 1);
  multiply_5(work);
}

template <>
void multiply_taps<3, 1>(const Taps& taps) noexcept {
  Work work = work_of(taps, 0);
  multiply_3(work);
}

template <>
void multiply_taps<4, 2>(const Taps& taps) noexcept {
  Work work = work_of(taps, 1);
  multiply_4_stride_2(work);
}

}  // namespace aiot::nn::plain

#endif
