// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/nn/arm_mve/conv_block.hpp"

#include "aiot/nn/arm_mve/layout.hpp"

/// The inner loops of convolutions: 2 channels x 4 pixels of dot products in the eight registers
/// that VMLADAVA can add to. A step of 16 products is 2 loads of weights, 4 of input and 8
/// multiplications: 14 instructions for 128 multiply-accumulates, loads and multiplications in
/// turn, as the two pipelines of the core want them. The other shapes that fit (1 x 8, 8 x 1)
/// load 9 vectors for the same work. Written by hand: the compiler has no register allocation in
/// which eight even registers are accumulators.
///
/// Registers of all three kernels
///   r0 r2 r4 r6    accumulators of the pair's first channel, pixels 0 to 3
///   r8 r10 r12 lr  of its second
///   r3             weights, walks      r9  parameters of the channels, walks
///   r1 r5 r7 r11   input
///   q7             addresses of the outputs, 4 before the next one; p0: pixels that are stored
/// Frame, from sp on: as below. Accumulators are stored 8 words at once, channel by channel, so
/// that a vector load has four pixels of one channel.
namespace aiot::nn::arm_mve {

// Offsets of the frame, which begins as the second half of the block.
#define END "0"
#define ENTRY_A "4"
#define ENTRY_B "8"
#define FINISH "12"
#define ZERO_POINT "16"
#define STEPS "24"
#define BLOCKS "24"
#define LO "32"
#define HI "48"
#define PIXELS "64"
#define ACC "80"
#define FRAME "144"

// Saves what the procedure call standard wants saved and reads what the kernels share; r0 is the
// block and stays.
#define PROLOGUE             \
  "cbnz r1, 95f\n"           \
  "push {r4-r11, lr}\n"      \
  "vpush {d8-d15}\n"         \
  "sub sp, sp, #" FRAME      \
  "\n"                       \
  "vldrw.32 q0, [r0, #48]\n" \
  "vldrw.32 q1, [r0, #64]\n" \
  "vstrw.32 q0, [sp]\n"      \
  "vldrw.32 q2, [r0, #80]\n" \
  "vstrw.32 q1, [sp, #16]\n" \
  "vldrw.32 q3, [r0, #96]\n" \
  "vstrw.32 q2, [sp, #" LO   \
  "]\n"                      \
  "vldrw.32 q7, [r0, #32]\n" \
  "vstrw.32 q3, [sp, #" HI   \
  "]\n"                      \
  "ldr r2, [r0, #24]\n"      \
  "ldrd r3, r9, [r0, #16]\n" \
  "vctp.32 r2\n"             \
  "b 1f\n"                   \
  "95:\n"

// Preparing: the code of the layer's rule; r2 and r3 are free.
#define PREPARE_FINISH         \
  "ldr r3, [r0, #68]\n"        \
  "adr r2, 90f\n"              \
  "ldr r3, [r2, r3, lsl #2]\n" \
  "add r2, r2, r3\n"           \
  "str r2, [r0, #60]\n"        \
  "bx lr\n"                    \
  ".balign 4\n"                \
  "1:\n"

// What becomes of 4 x 4 accumulators, by the rule of the layer; `top` is where the next four
// channels begin.
#define NEXT_QUAD(top) \
  "ldr r0, [sp, #" END \
  "]\n"                \
  "cmp r9, r0\n"       \
  "bne " top           \
  "\n"                 \
  "b 99f\n"

// Accumulators that two pushes left, the second pair below the first: the weights have the third
// and fourth channel first.
#define LOAD_PUSHED "vpop {d0-d7}\n" SUM_UP

#define LOAD_QUAD(at)       \
  "vldrw.32 q2, [sp, #" at  \
  "]\n"                     \
  "vldrw.32 q3, [sp, #(" at \
  " + 16)]\n"               \
  "vldrw.32 q0, [sp, #(" at \
  " + 32)]\n"               \
  "vldrw.32 q1, [sp, #(" at " + 48)]\n" SUM_UP

#define SUM_UP \
  "ldmia r9!, {r0, r2, r4, r6, r8, r10, r12, lr}\n"    \
  AIOT_MVE_ADD_BIAS(r0, r2, r4, r6)                    \
  "ldmia r9!, {r0, r2, r4, r6}\n"                      \
  "ldr pc, [sp, #" FINISH "]\n"

#define FINISHES(top) FINISHES_AND(top, "")

// `more` is what comes behind the last channels.
#define FINISHES_AND(top, more) \
  "91:\n"                                                           \
  AIOT_MVE_MULTIPLY(r8, r10, r12, lr)                               \
  AIOT_MVE_SHIFT(r0, r2, r4, r6)                                    \
  AIOT_MVE_NARROW_WORDS                                             \
  "mov r0, #128\n"                                                  \
  AIOT_MVE_NARROW_UNSIGNED \
  "vadd.i8 q0, q0, r0\n"                                            \
  "vpst\n"                                                          \
  "vstrwt.32 q0, [q7, #4]!\n"                                       \
  NEXT_QUAD(top)                                                    \
  "92:\n"                                                           \
  AIOT_MVE_MULTIPLY(r8, r10, r12, lr)                               \
  AIOT_MVE_TIES_AWAY                                                \
  AIOT_MVE_SHIFT(r0, r2, r4, r6)                                    \
  "94:\n"                                                           \
  AIOT_MVE_NARROW_WORDS                                             \
  "ldr r0, [sp, #" ZERO_POINT "]\n"                                 \
  AIOT_MVE_NARROW_ANY(r0, LO, HI)                                   \
  "vpst\n"                                                          \
  "vstrwt.32 q0, [q7, #4]!\n"                                       \
  NEXT_QUAD(top)                                                    \
  "93:\n"                                                           \
  "push {r1}\n"                                                     \
  AIOT_MVE_SHIFT_LEFT(q0, r0, r1)                                   \
  AIOT_MVE_SHIFT_LEFT(q1, r2, r1)                                   \
  AIOT_MVE_SHIFT_LEFT(q2, r4, r1)                                   \
  AIOT_MVE_SHIFT_LEFT(q3, r6, r1)                                   \
  AIOT_MVE_MULTIPLY(r8, r10, r12, lr)                               \
  AIOT_MVE_SHIFT_RIGHT(q0, r0, r1)                                  \
  AIOT_MVE_SHIFT_RIGHT(q1, r2, r1)                                  \
  AIOT_MVE_SHIFT_RIGHT(q2, r4, r1)                                  \
  AIOT_MVE_SHIFT_RIGHT(q3, r6, r1)                                  \
  "pop {r1}\n"                                                      \
  "b 94b\n"                                                         \
  ".balign 4\n"                                                     \
  "90: .word 91b - 90b + 1, 92b - 90b + 1, 93b - 90b + 1\n"         \
  "99:\n" more \
  "add sp, sp, #" FRAME "\n"                                        \
  "vpop {d8-d15}\n"                                                 \
  "pop {r4-r11, pc}\n"

// The next block, if there is one; `self` is where the frame has the address of this one.
#define NEXT_BLOCK(self)      \
  "ldr r0, [sp, #" self       \
  "]\n"                       \
  "ldr r2, [sp, #" BLOCKS     \
  "]\n"                       \
  "ldrd r4, r6, [r0, #112]\n" \
  "subs r2, r2, #1\n"         \
  "beq 98f\n"                 \
  "str r2, [sp, #" BLOCKS     \
  "]\n"                       \
  "ldrd r3, r9, [r0, #16]\n"  \
  "add r1, r1, r4\n"          \
  "add r5, r5, r4\n"          \
  "add r7, r7, r4\n"          \
  "add r11, r11, r4\n"        \
  "vadd.i32 q7, q7, r6\n"     \
  "b 2b\n"                    \
  "98:\n"

// One step. `a` is "a" to add to the accumulators and "" to set them, `x` what follows each
// pixel's register.
#define STEP(a, x)           \
  "vldrw.32 q0, [r3], #16\n" \
  "vldrw.32 q2, [r1" x       \
  "\n"                       \
  "vmladav" a                \
  ".s8 r0, q0, q2\n"         \
  "vldrw.32 q1, [r3], #16\n" \
  "vmladav" a                \
  ".s8 r8, q1, q2\n"         \
  "vldrw.32 q3, [r5" x       \
  "\n"                       \
  "vmladav" a                \
  ".s8 r2, q0, q3\n"         \
  "vldrw.32 q2, [r7" x       \
  "\n"                       \
  "vmladav" a                \
  ".s8 r10, q1, q3\n"        \
  "vldrw.32 q3, [r11" x      \
  "\n"                       \
  "vmladav" a                \
  ".s8 r4, q0, q2\n"         \
  "vmladav" a                \
  ".s8 r12, q1, q2\n"        \
  "vmladav" a                \
  ".s8 r6, q0, q3\n"         \
  "vmladav" a ".s8 lr, q1, q3\n"

#define STRAIGHT_STEPS  \
  STEP("a", ", #-128]") \
  STEP("a", ", #-112]") \
  STEP("a", ", #-96]")  \
  STEP("a", ", #-80]")  \
  STEP("a", ", #-64]")  \
  STEP("a", ", #-48]")  \
  STEP("a", ", #-32]")  \
  STEP("a", ", #-16]")

// Eight steps in a row, entered so that the last ones are done: no loop, no pointer that moves.
[[gnu::naked]] void conv_straight(ConvBlock* /*block*/, ConvCall /*call*/) noexcept {
  asm volatile(
      PROLOGUE
      "ldr r3, [r0, #28]\n"
      "mov r2, #56\n"  // bytes of a step
      "mul r3, r3, r2\n"
      "adr r2, 3f\n"
      "sub r2, r2, r3\n"
      "orr r2, r2, #1\n"
      "str r2, [r0, #52]\n"
      "adr r2, 4f\n"
      "sub r2, r2, r3\n"
      "orr r2, r2, #1\n"
      "str r2, [r0, #56]\n" PREPARE_FINISH "str r0, [sp, #" PIXELS
      "]\n"
      "ldrd r1, r5, [r0]\n"
      "ldrd r7, r11, [r0, #8]\n"
      "2:\n" STEP(
          "", "]") "ldr pc, [sp, #" ENTRY_A
                   "]\n"
                   ".balign 4\n" STRAIGHT_STEPS
                   "3:\n"
                   "push {r0, r2, r4, r6, r8, r10, r12, lr}\n" STEP(
                       "",
                       "]") "ldr pc, [sp, #(" ENTRY_B
                            " + 32)]\n"
                            ".balign 4\n" STRAIGHT_STEPS
                            "4:\n"
                            "push {r0, r2, r4, r6, r8, r10, r12, lr}\n" LOAD_PUSHED FINISHES_AND(
                                "2b", NEXT_BLOCK(PIXELS)));
}

// Two steps in each round of a loop; the counter borrows r9, the accumulators go through ACC.
[[gnu::naked]] void conv_long(ConvBlock* /*block*/, ConvCall /*call*/) noexcept {
  asm volatile(
      PROLOGUE
      PREPARE_FINISH
      "vldrw.32 q0, [r0]\n"
      "vstrw.32 q0, [sp, #" PIXELS "]\n"
      "ldr r2, [r0, #28]\n"
      "str r2, [sp, #" STEPS "]\n"
      "2:\n"
      "str r9, [sp, #" ENTRY_A "]\n"
      "add r1, sp, #" ACC "\n"
      "3:\n"
      "str r1, [sp, #" ENTRY_B "]\n"
      "ldr r9, [sp, #" STEPS "]\n"
      "add r1, sp, #" PIXELS "\n"
      "ldmia r1, {r1, r5, r7, r11}\n"
      STEP("", "], #16")
      "lsrs r9, r9, #1\n"
      "bcc 4f\n"
      STEP("a", "], #16")
      "4:\n"
      STEP("a", "], #16")
      STEP("a", "], #16")
      "subs r9, r9, #1\n"
      "bne 4b\n"
      "ldr r1, [sp, #" ENTRY_B "]\n"
      "stmia r1!, {r0, r2, r4, r6, r8, r10, r12, lr}\n"
      "add r5, sp, #(" ACC " + 64)\n"
      "cmp r1, r5\n"
      "bne 3b\n"
      "ldr r9, [sp, #" ENTRY_A "]\n"
      LOAD_QUAD(ACC)
      FINISHES("2b"));
}

// A step of sliding windows, one kernel row of 16 channels: the weights of 3 kernel columns of both
// channels in q0 to q5, then each input column against all the pixels that see it. 12 loads and 24
// multiplications. `s` sets an accumulator in the first step, "a" adds; c0 to c5 are the columns.
#define SLIDE(s, c0, c1, c2, c3, c4, c5) \
  "vldrw.32 q6, " c0                     \
  "\n"                                   \
  "vldrw.32 q0, [r3], #16\n"             \
  "vmladav" s                            \
  ".s8 r0, q0, q6\n"                     \
  "vldrw.32 q1, [r3], #16\n"             \
  "vldrw.32 q2, [r3], #16\n"             \
  "vldrw.32 q3, [r3], #16\n"             \
  "vmladav" s                            \
  ".s8 r8, q3, q6\n"                     \
  "vldrw.32 q7, " c1                     \
  "\n"                                   \
  "vmladava.s8 r0, q1, q7\n"             \
  "vldrw.32 q4, [r3], #16\n"             \
  "vmladav" s                            \
  ".s8 r2, q0, q7\n"                     \
  "vldrw.32 q5, [r3], #16\n"             \
  "vmladava.s8 r8, q4, q7\n"             \
  "vldrw.32 q6, " c2                     \
  "\n"                                   \
  "vmladav" s                            \
  ".s8 r10, q3, q7\n"                    \
  "vmladava.s8 r0, q2, q6\n"             \
  "vmladava.s8 r2, q1, q6\n"             \
  "vldrw.32 q7, " c3                     \
  "\n"                                   \
  "vmladav" s                            \
  ".s8 r4, q0, q6\n"                     \
  "vmladava.s8 r8, q5, q6\n"             \
  "vmladava.s8 r10, q4, q6\n"            \
  "vmladav" s                            \
  ".s8 r12, q3, q6\n"                    \
  "vmladava.s8 r2, q2, q7\n"             \
  "vldrw.32 q6, " c4                     \
  "\n"                                   \
  "vmladava.s8 r4, q1, q7\n"             \
  "vmladav" s                            \
  ".s8 r6, q0, q7\n"                     \
  "vmladava.s8 r10, q5, q7\n"            \
  "vmladava.s8 r12, q4, q7\n"            \
  "vmladav" s                            \
  ".s8 lr, q3, q7\n"                     \
  "vmladava.s8 r4, q2, q6\n"             \
  "vldrw.32 q7, " c5                     \
  "\n"                                   \
  "vmladava.s8 r6, q1, q6\n"             \
  "vmladava.s8 r12, q5, q6\n"            \
  "vmladava.s8 lr, q4, q6\n"             \
  "vmladava.s8 r6, q2, q7\n"             \
  "vmladava.s8 lr, q5, q7\n"

// A kernel row of 16 channels in all, and 16 of more: the first load moves on to the next 16.
#define SLIDE_ONE(s, row) \
  SLIDE(s,                \
        "[" row "]",      \
        "[" row ", #16]", \
        "[" row ", #32]", \
        "[" row ", #48]", \
        "[" row ", #64]", \
        "[" row ", #80]")
#define SLIDE_SOME(s, row, channels)       \
  SLIDE(s,                                 \
        "[" row "], #16",                  \
        "[" row ", #(1*" channels "-16)]", \
        "[" row ", #(2*" channels "-16)]", \
        "[" row ", #(3*" channels "-16)]", \
        "[" row ", #(4*" channels "-16)]", \
        "[" row ", #(5*" channels "-16)]")

#define SLIDE_ROWS(s, channels)   \
  SLIDE_SOME(s, "r5", channels)   \
  SLIDE_SOME("a", "r7", channels) \
  SLIDE_SOME("a", "r11", channels)

#define KEEP "push {r0, r2, r4, r6, r8, r10, r12, lr}\n"

// Back to the first 16 channels.
#define REWIND(channels)   \
  "sub r5, r5, #" channels \
  "\n"                     \
  "sub r7, r7, #" channels \
  "\n"                     \
  "sub r11, r11, #" channels "\n"

// Around the steps, which need all vectors: the addresses of the outputs wait in the frame.
#define SLIDE_BEGIN     \
  "str r0, [sp, #" ACC  \
  "]\n"                 \
  "ldrd r5, r7, [r0]\n" \
  "ldr r11, [r0, #8]\n" \
  "2:\n"                \
  "vstrw.32 q7, [sp, #" PIXELS "]\n"
#define SLIDE_END \
  "vldrw.32 q7, [sp, #(" PIXELS " + 64)]\n" LOAD_PUSHED FINISHES_AND("2b", NEXT_BLOCK(ACC))

#define SLIDE_PAIR_16 SLIDE_ONE("", "r5") SLIDE_ONE("a", "r7") SLIDE_ONE("a", "r11") KEEP

[[gnu::naked]] void conv_sliding_16(ConvBlock* /*block*/, ConvCall /*call*/) noexcept {
  asm volatile(PROLOGUE PREPARE_FINISH SLIDE_BEGIN SLIDE_PAIR_16 SLIDE_PAIR_16 SLIDE_END);
}

[[gnu::naked]] void conv_sliding_32(ConvBlock* /*block*/, ConvCall /*call*/) noexcept {
  asm volatile(PROLOGUE PREPARE_FINISH SLIDE_BEGIN
               "mov r1, #2\n"
               "3:\n" SLIDE_ROWS("", "32") SLIDE_ROWS("a", "32") KEEP REWIND("32")
               "subs r1, r1, #1\n"
               "bne 3b\n" SLIDE_END);
}

// r1 counts 4 vectors of each of 2 pairs.
[[gnu::naked]] void conv_sliding_64(ConvBlock* /*block*/, ConvCall /*call*/) noexcept {
  asm volatile(PROLOGUE PREPARE_FINISH SLIDE_BEGIN
               "mov r1, #8\n"
               "3:\n" SLIDE_ROWS("", "64")
               "subs r1, r1, #1\n"
               "4:\n" SLIDE_ROWS("a", "64")
               "subs r1, r1, #1\n"
               "tst r1, #3\n"
               "bne 4b\n" KEEP REWIND("64")
               "cmp r1, #0\n"
               "bne 3b\n" SLIDE_END);
}

}  // namespace aiot::nn::arm_mve
