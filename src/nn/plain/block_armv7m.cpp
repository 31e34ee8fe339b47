// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "armv7m.hpp"
#include "block.hpp"

#if AIOT_PLAIN_ARMV7M

namespace aiot::nn::plain {
namespace {

/// What `multiply` reads; it knows the offsets.
struct Work {
  const std::int32_t* inputs;      ///< r0 at the begin of a channel
  const std::int32_t* eights_end;  ///< inputs of the first terms but for less than 8
  std::uint32_t lanes[6];          ///< how r6 to r11 begin
  std::uint32_t tail;              ///< terms behind eights_end
  const std::int8_t* weights;
  std::uint32_t more_terms;  ///< of a channel, behind the first kLaneTerms
  std::uint32_t left;        ///< of these, still to be done; begins with more_terms
  std::uint32_t partial[6];  ///< sums so far; begin with 0
  Finish finish;
};

static_assert(offsetof(Work, weights) == 36 && offsetof(Work, more_terms) == 40 &&
              offsetof(Work, partial) == 48 && offsetof(Work, finish) == 72);

// clang-format off
/// One term: a weight times words of two pixels.
#define AIOT_PLAIN_TERM_1    \
  "ldrsb r2, [r1], #1\n"     \
  "ldr r3, [r0], #4\n"       \
  "smlal r6, r7, r2, r3\n"
#define AIOT_PLAIN_TERM_2    \
  "ldrsb r2, [r1], #1\n"     \
  "ldm r0!, {r3, r4}\n"      \
  "smlal r6, r7, r2, r3\n"   \
  "smlal r8, r9, r2, r4\n"
#define AIOT_PLAIN_TERM_3    \
  "ldrsb r2, [r1], #1\n"     \
  "ldm r0!, {r3, r4, r5}\n"  \
  "smlal r6, r7, r2, r3\n"   \
  "smlal r8, r9, r2, r4\n"   \
  "smlal r10, r11, r2, r5\n"

/// From two lanes of 64 bits to two sums.
#define AIOT_PLAIN_SPLIT(low, high)             \
  "lsl " high ", " high ", #9\n"                \
  "orr " high ", " high ", " low ", lsr #23\n"  \
  "ubfx " low ", " low ", #0, #23\n"
#define AIOT_PLAIN_SPLIT_1 AIOT_PLAIN_SPLIT("r6", "r7")
#define AIOT_PLAIN_SPLIT_2 AIOT_PLAIN_SPLIT_1 AIOT_PLAIN_SPLIT("r8", "r9")
#define AIOT_PLAIN_SPLIT_3 AIOT_PLAIN_SPLIT_2 AIOT_PLAIN_SPLIT("r10", "r11")

#define AIOT_PLAIN_CODES_1 AIOT_PLAIN_CODE("r6", "r2", "r0") AIOT_PLAIN_CODE("r7", "r3", "r0")
#define AIOT_PLAIN_CODES_2 \
  AIOT_PLAIN_CODES_1 AIOT_PLAIN_CODE("r8", "r2", "r0") AIOT_PLAIN_CODE("r9", "r3", "r0")
#define AIOT_PLAIN_CODES_3 \
  AIOT_PLAIN_CODES_2 AIOT_PLAIN_CODE("r10", "r2", "r0") AIOT_PLAIN_CODE("r11", "r3", "r0")

#define AIOT_PLAIN_CLAMPS_1 AIOT_PLAIN_CLAMP("r6") AIOT_PLAIN_CLAMP("r7")
#define AIOT_PLAIN_CLAMPS_2 AIOT_PLAIN_CLAMPS_1 AIOT_PLAIN_CLAMP("r8") AIOT_PLAIN_CLAMP("r9")
#define AIOT_PLAIN_CLAMPS_3 AIOT_PLAIN_CLAMPS_2 AIOT_PLAIN_CLAMP("r10") AIOT_PLAIN_CLAMP("r11")

/// From the last pixel to the first: one too many is written where the last one comes later.
#define AIOT_PLAIN_STORES_1 \
  "ldm lr, {r0, r2}\n"      \
  "strb r7, [r0, r2]\n"     \
  "strb r6, [r0]\n"
#define AIOT_PLAIN_STORES_2     \
  "ldm lr, {r0, r2, r3, r4}\n"  \
  "strb r9, [r0, r4]\n"         \
  "strb r8, [r0, r3]\n"         \
  "strb r7, [r0, r2]\n"         \
  "strb r6, [r0]\n"
#define AIOT_PLAIN_STORES_3             \
  "ldm lr, {r0, r2, r3, r4, r5, lr}\n"  \
  "strb r11, [r0, lr]\n"                \
  "strb r10, [r0, r5]\n"                \
  "strb r9, [r0, r4]\n"                 \
  "strb r8, [r0, r3]\n"                 \
  "strb r7, [r0, r2]\n"                 \
  "strb r6, [r0]\n"

/// r5 terms behind r0.
#define AIOT_PLAIN_BEHIND_1 "add r12, r0, r5, lsl #2\n"
#define AIOT_PLAIN_BEHIND_2 "add r12, r0, r5, lsl #3\n"
#define AIOT_PLAIN_BEHIND_3     \
  "add r5, r5, r5, lsl #1\n"    \
  "add r12, r0, r5, lsl #2\n"

/// All channels of a block of `words` times two pixels; with three words 5 instructions for 6
/// multiply-accumulates. r0 inputs, r1 weights, r6 to r11 pairs of lanes, r12 and lr what is left.
#define AIOT_PLAIN_MULTIPLY(words)                                                             \
  "push {r0, r4-r11, lr}\n"                                                                    \
  "mov r12, r0\n"                                                                              \
  "ldr r1, [r0, #36]\n"                                                                        \
  "1:\n"                                                                                       \
  "ldm r12, {r0, r2, r6-r11, lr}\n"                                                            \
  "mov r12, r2\n"                                                                              \
  "2:\n"                                                                                       \
  "cmp r0, r12\n"                                                                              \
  "beq 4f\n"                                                                                   \
  "3:\n"                                                                                       \
  AIOT_PLAIN_TERM_##words AIOT_PLAIN_TERM_##words AIOT_PLAIN_TERM_##words                      \
  AIOT_PLAIN_TERM_##words AIOT_PLAIN_TERM_##words AIOT_PLAIN_TERM_##words                      \
  AIOT_PLAIN_TERM_##words AIOT_PLAIN_TERM_##words                                              \
  "cmp r0, r12\n"                                                                              \
  "bne 3b\n"                                                                                   \
  "4:\n"                                                                                       \
  "cmp lr, #0\n"                                                                               \
  "beq 6f\n"                                                                                   \
  "5:\n"                                                                                       \
  AIOT_PLAIN_TERM_##words                                                                      \
  "subs lr, lr, #1\n"                                                                          \
  "bne 5b\n"                                                                                   \
  "6:\n"                                                                                       \
  AIOT_PLAIN_SPLIT_##words                                                                     \
  "ldr r12, [sp]\n"                                                                            \
  "ldr r2, [r12, #40]\n"                                                                       \
  "cmp r2, #0\n"                                                                               \
  "bne 10f\n"                                                                                  \
  /* Sums are complete: the channel's constants. */                                            \
  "7:\n"                                                                                       \
  "ldr r0, [r12, #72]\n"                                                                       \
  "ldm r0!, {r3, r4, r5}\n"                                                                    \
  "str r0, [r12, #72]\n"                                                                       \
  "lsl r3, r3, #1\n"                                                                           \
  "mvn r2, r5\n"                                                                               \
  "cmp r2, #22\n"                                                                              \
  "bhs 11f\n"                                                                                  \
  "add r5, r2, #1\n"                                                                           \
  "ldrd r0, lr, [r12, #80]\n"                                                                  \
  "lsl r12, r0, r2\n"                                                                          \
  "sub r2, r3, lr\n"                                                                           \
  AIOT_PLAIN_CODES_##words                                                                     \
  "ldr r12, [sp]\n"                                                                            \
  "ldr r2, [r12, #112]\n"                                                                      \
  "cmp r2, #0\n"                                                                               \
  "bne 12f\n"                                                                                  \
  "8:\n"                                                                                       \
  "add lr, r12, #88\n"                                                                         \
  AIOT_PLAIN_STORES_##words                                                                    \
  "9:\n"                                                                                       \
  "add r0, r0, #1\n"                                                                           \
  "str r0, [r12, #88]\n"                                                                       \
  "ldrd r2, r3, [r12, #72]\n"                                                                  \
  "cmp r2, r3\n"                                                                               \
  "bne 1b\n"                                                                                   \
  "pop {r0, r4-r11, pc}\n"                                                                     \
  /* A part of the terms: add what there is, then the next part, or leave with the sums. */    \
  "10:\n"                                                                                      \
  "add lr, r12, #48\n"                                                                         \
  "ldm lr, {r2, r3, r4, r5}\n"                                                                 \
  "add r6, r6, r2\n"                                                                           \
  "add r7, r7, r3\n"                                                                           \
  "add r8, r8, r4\n"                                                                           \
  "add r9, r9, r5\n"                                                                           \
  "ldrd r2, r3, [lr, #16]\n"                                                                   \
  "add r10, r10, r2\n"                                                                         \
  "add r11, r11, r3\n"                                                                         \
  "ldr r4, [r12, #44]\n"                                                                       \
  "cmp r4, #0\n"                                                                               \
  "beq 13f\n"                                                                                  \
  "stm lr, {r6-r11}\n"                                                                         \
  "cmp r4, #256\n"                                                                             \
  "ite hi\n"                                                                                   \
  "movhi r5, #256\n"                                                                           \
  "movls r5, r4\n"                                                                             \
  "sub r4, r4, r5\n"                                                                           \
  "str r4, [r12, #44]\n"                                                                       \
  "and lr, r5, #7\n"                                                                           \
  "bic r5, r5, #7\n"                                                                           \
  "add r2, r12, #8\n"                                                                          \
  "ldm r2, {r6-r11}\n"                                                                         \
  AIOT_PLAIN_BEHIND_##words                                                                    \
  "b 2b\n"                                                                                     \
  "13:\n"                                                                                      \
  "ldr r2, [r12, #40]\n"                                                                       \
  "str r2, [r12, #44]\n"                                                                       \
  "mov r2, #0\n"                                                                               \
  "mov r3, #0\n"                                                                               \
  "strd r2, r3, [lr]\n"                                                                        \
  "strd r2, r3, [lr, #8]\n"                                                                    \
  "strd r2, r3, [lr, #16]\n"                                                                   \
  "b 7b\n"                                                                                     \
  /* A shift out of the usual. */                                                              \
  "11:\n"                                                                                      \
  "add r2, r12, #124\n"                                                                        \
  "stm r2, {r6-r11}\n"                                                                         \
  "push {r1, r2}\n"                                                                            \
  "add r0, r12, #72\n"                                                                         \
  "bl aiot_nn_plain_write_slowly\n"                                                            \
  "pop {r1, r2}\n"                                                                             \
  "ldr r12, [sp]\n"                                                                            \
  "ldr r0, [r12, #88]\n"                                                                       \
  "b 9b\n"                                                                                     \
  /* A range that is not all of int8. */                                                       \
  "12:\n"                                                                                      \
  "ldrd r2, r3, [r12, #116]\n"                                                                 \
  AIOT_PLAIN_CLAMPS_##words                                                                    \
  "b 8b\n"

// clang-format on

[[gnu::naked, gnu::noinline]] void multiply_1(Work& /*work, in r0*/) noexcept {
  asm(AIOT_PLAIN_MULTIPLY(1));
}

[[gnu::naked, gnu::noinline]] void multiply_2(Work& /*work*/) noexcept {
  asm(AIOT_PLAIN_MULTIPLY(2));
}

[[gnu::naked, gnu::noinline]] void multiply_3(Work& /*work*/) noexcept {
  asm(AIOT_PLAIN_MULTIPLY(3));
}

}  // namespace

template <std::uint32_t words>
void multiply_block(const Block& block) noexcept {
  const std::uint32_t first = block.depth < kLaneTerms ? block.depth : kLaneTerms;
  const std::uint32_t more = block.depth - first;
  const std::uint32_t parts = 1U + (more + kLaneTerms - 1U) / kLaneTerms;
  Work work{block.inputs,
            block.inputs + (first & ~7U) * words,
            {kLaneStart, 0, kLaneStart, 0, kLaneStart, 0},
            first % 8U,
            block.weights,
            more,
            more,
            {},
            {}};
  work.finish.channel = block.channels;
  work.finish.end = block.channels_end;
  work.finish.surplus = 2U * parts * kLaneStart;
  work.finish.out = block.out;
  work.finish.set_output(*block.rules);
  work.finish.set_pixels(block.pixels, block.out_channels);
  (words == 1 ? multiply_1 : words == 2 ? multiply_2 : multiply_3)(work);
}

template void multiply_block<1>(const Block&) noexcept;
template void multiply_block<2>(const Block&) noexcept;
template void multiply_block<3>(const Block&) noexcept;

/// Six rows of bytes as words of two: r4 to r9 rows, r1 where the first one ends.
[[gnu::naked, gnu::noinline]] std::int32_t* interleave_six(const std::int8_t* const* /*from*/,
                                                           std::uint32_t /*count*/,
                                                           std::int32_t* /*inputs*/) noexcept {
  asm("push {r4-r11, lr}\n"
      "ldm r0, {r4-r9}\n"
      "add r1, r1, r4\n"
      "1:\n"
      "ldrsb r0, [r4], #1\n"
      "ldrsb r11, [r5], #1\n"
      "ldrsb r3, [r6], #1\n"
      "ldrsb r12, [r7], #1\n"
      "ldrsb r10, [r8], #1\n"
      "ldrsb lr, [r9], #1\n"
      "add r0, r0, r11, lsl #23\n"
      "add r3, r3, r12, lsl #23\n"
      "add r10, r10, lr, lsl #23\n"
      "stm r2!, {r0, r3, r10}\n"
      "cmp r4, r1\n"
      "bne 1b\n"
      "mov r0, r2\n"
      "pop {r4-r11, pc}\n");
}

}  // namespace aiot::nn::plain

#endif
