// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/nn/arm_mve/depthwise_pass.hpp"

/// The inner loops of depthwise convolutions. VMLADAV multiplies 16 pairs and adds them up, a 3x3
/// window has 9 taps: a vector of four columns x four rows of one channel holds four windows of
/// stride 1, two rows by two columns, and each takes one VMLADAV with the weights moved to its
/// place and zeros around them. So one load and four multiplications give four outputs, 36
/// multiply-accumulates. A vector by vector product over 16 channels, the obvious way, needs about
/// 80 instructions for the same 9 x 16, most of them to widen.
/// The columns of a channel lie 64 bytes apart: the load gathers four words. The core takes one
/// cycle a word for it, two more than for a vector in a row; to move the words together first would
/// cost as much.
///
/// Registers while windows are multiplied
///   r0 r2 r4 r6 and r8 r10 r12 lr  outputs of two tiles    r3  records, walks
///   r5  accumulators in the frame, walks                   r7  pairs of channels to go
///   r1  bytes of the channels that are done, for stores    q6  addresses of the four columns
/// and while four channels are requantised
///   r2 r4 r5 r6 bias, r7 r8 r9 r10 multiplier, r0 r11 r12 lr shift
namespace aiot::nn::arm_mve {

// Offsets of the frame; ACC holds 4 channels x 4 tiles x 4 outputs.
#define GROUP_END "0"
#define END "4"
#define GROUP_STEP "8"
#define ENTRY "12"
#define FINISH "16"
#define ACC_START "20"
#define ZERO_POINT "24"
#define SAVED "28"
#define LO "32"
#define HI "48"
#define TO "64"
#define ADVANCE "80"
#define COLUMNS "96"
#define ACC "112"
#define FRAME "368"

#define RECORD "116"
#define GROUP_RECORDS "464"

#define PROLOGUE                \
  "push {r4-r11, lr}\n"         \
  "vpush {d8-d15}\n"            \
  "sub sp, sp, #" FRAME         \
  "\n"                          \
  "vldrw.32 q6, [r0]\n"         \
  "vldrw.32 q0, [r0, #16]\n"    \
  "vstrw.32 q0, [sp, #" TO      \
  "]\n"                         \
  "vldrw.32 q0, [r0, #32]\n"    \
  "vstrw.32 q0, [sp, #" ADVANCE \
  "]\n"                         \
  "ldrd r3, r2, [r0, #48]\n"    \
  "add r4, r3, #" GROUP_RECORDS \
  "\n"                          \
  "cmp r4, r2\n"                \
  "it hi\n"                     \
  "movhi r4, r2\n"              \
  "strd r4, r2, [sp]\n"         \
  "ldr r2, [r0, #56]\n"         \
  "str r2, [sp, #" GROUP_STEP   \
  "]\n"                         \
  "ldr r2, [r0, #64]\n"         \
  "vctp.32 r2\n"                \
  "ldrd r2, r4, [r0, #72]\n"    \
  "str r2, [sp, #" ZERO_POINT   \
  "]\n"                         \
  "vdup.32 q0, r4\n"            \
  "vstrw.32 q0, [sp, #" LO      \
  "]\n"                         \
  "ldr r4, [r0, #80]\n"         \
  "vdup.32 q0, r4\n"            \
  "vstrw.32 q0, [sp, #" HI      \
  "]\n"                         \
  "ldr r2, [r0, #60]\n"         \
  "ldr r4, [r0, #68]\n"         \
  "mov r1, #0\n"

// What follows the multiplications of four channels.
#define LOAD_PARAMETERS                                \
  "ldmia r3!, {r0, r2, r4, r5, r6, r7, r8, r9, r10}\n" \
  "ldmia r3!, {r0, r11, r12, lr}\n"                    \
  "vldrw.32 q7, [sp, #" TO                             \
  "]\n"                                                \
  "vldrw.32 q5, [sp, #" ADVANCE                        \
  "]\n"                                                \
  "vmov.i8 q4, #0x80\n"                                \
  "ldr pc, [sp, #" FINISH "]\n"

#define NEXT_QUAD            \
  "ldr r5, [sp, #" GROUP_END \
  "]\n"                      \
  "add r1, r1, #4\n"         \
  "cmp r3, r5\n"             \
  "bne 2b\n"                 \
  "b 98f\n"

// The end: the next group of 16 channels, or out.
#define EPILOGUE                \
  "98:\n"                       \
  "ldrd r7, r9, [sp, #" END     \
  "]\n"                         \
  "cmp r3, r7\n"                \
  "beq 99f\n"                   \
  "vadd.i32 q6, q6, r9\n"       \
  "add r5, r5, #" GROUP_RECORDS \
  "\n"                          \
  "cmp r5, r7\n"                \
  "it hi\n"                     \
  "movhi r5, r7\n"              \
  "str r5, [sp, #" GROUP_END    \
  "]\n"                         \
  "b 2b\n"                      \
  "99:\n"                       \
  "add sp, sp, #" FRAME         \
  "\n"                          \
  "vpop {d8-d15}\n"             \
  "pop {r4-r11, pc}\n"

#define LOAD(at, stride)                               \
  "vldrw.32 q0, [sp, #(" ACC " + " at                  \
  ")]\n"                                               \
  "vldrw.32 q1, [sp, #(" ACC " + " at " + " stride     \
  ")]\n"                                               \
  "vldrw.32 q2, [sp, #(" ACC " + " at " + 2 * " stride \
  ")]\n"                                               \
  "vldrw.32 q3, [sp, #(" ACC " + " at " + 3 * " stride ")]\n" AIOT_MVE_ADD_BIAS(r2, r4, r5, r6)

#define STORE "vstrw.32 q0, [r1, q7]\n"
#define STORE_SOME "vpst\n vstrwt.32 q0, [r1, q7]\n"

// Four outputs of four channels by each of the rules. TILE_RELU finds 0x80 in each byte of q4 and
// the advance in q5 and leaves them; the others need both registers.
#define TILE_RELU(at, stride)        \
  LOAD(at, stride)                   \
  AIOT_MVE_MULTIPLY(r7, r8, r9, r10) \
  AIOT_MVE_SHIFT(r0, r11, r12, lr)   \
  AIOT_MVE_NARROW_WORDS              \
  AIOT_MVE_NARROW_UNSIGNED           \
  "veor q0, q0, q4\n"

#define NARROW_TILE      \
  AIOT_MVE_NARROW_WORDS  \
  "str r3, [sp, #" SAVED \
  "]\n"                  \
  "ldr r3, [sp, #" ZERO_POINT "]\n" AIOT_MVE_NARROW_ANY(r3, LO, HI) "ldr r3, [sp, #" SAVED "]\n"

#define TILE_RIGHT(at, stride)       \
  LOAD(at, stride)                   \
  AIOT_MVE_MULTIPLY(r7, r8, r9, r10) \
  AIOT_MVE_TIES_AWAY                 \
  AIOT_MVE_SHIFT(r0, r11, r12, lr)   \
  NARROW_TILE

#define TILE_ANY(at, stride)                                                                    \
  LOAD(at, stride)                                                                              \
  "str r3, [sp, #" SAVED "]\n" AIOT_MVE_SHIFT_LEFT(q0, r0, r3) AIOT_MVE_SHIFT_LEFT(q1, r11, r3) \
      AIOT_MVE_SHIFT_LEFT(q2, r12, r3) AIOT_MVE_SHIFT_LEFT(q3, lr, r3)                          \
          AIOT_MVE_MULTIPLY(r7, r8, r9, r10) AIOT_MVE_SHIFT_RIGHT(q0, r0, r3)                   \
              AIOT_MVE_SHIFT_RIGHT(q1, r11, r3) AIOT_MVE_SHIFT_RIGHT(q2, r12, r3)               \
                  AIOT_MVE_SHIFT_RIGHT(q3, lr, r3) "ldr r3, [sp, #" SAVED "]\n" NARROW_TILE

// A chain of four tiles that is entered so that the last ones are done. The last one may have
// fewer outputs.
#define CHAIN(tile, step, a, b, c, d)                                                             \
  a ":\n" tile("0", "64") STORE step b ":\n" tile("16", "64") STORE step c ":\n" tile("32", "64") \
      STORE step d ":\n" tile("48", "64") STORE_SOME

#define STEP "vadd.i32 q7, q7, q5\n"
#define LOAD_STEP "vldrw.32 q5, [sp, #" ADVANCE "]\n" STEP

// Weights of a channel for the four windows of a tile: q0 row 0 and q1 row 1 of column 0, q2 and q3
// of column 1.
#define CHANNEL              \
  "vldrw.32 q0, [r3, #4]\n"  \
  "vldrw.32 q4, [q6, #4]!\n" \
  "vmladav.s8 r0, q0, q4\n"  \
  "vldrw.32 q2, [r3], #16\n" \
  "vshl.i32 q1, q0, #8\n"    \
  "vmladav.s8 r4, q2, q4\n"  \
  "vshl.i32 q3, q2, #8\n"    \
  "vmladav.s8 r2, q1, q4\n"  \
  "vmladav.s8 r6, q3, q4\n"

#define TILE_A(at)          \
  "vldrw.32 q4, [q6, #" at  \
  "]\n"                     \
  "vmladav.s8 r0, q0, q4\n" \
  "vmladav.s8 r2, q1, q4\n" \
  "vmladav.s8 r4, q2, q4\n" \
  "vmladav.s8 r6, q3, q4\n"

#define TILE_B(at)           \
  "vldrw.32 q5, [q6, #" at   \
  "]\n"                      \
  "vmladav.s8 r8, q0, q5\n"  \
  "vmladav.s8 r10, q1, q5\n" \
  "vmladav.s8 r12, q2, q5\n" \
  "vmladav.s8 lr, q3, q5\n"

#define KEEP_2 "stmia r5!, {r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define KEEP_1 "stmia r5!, {r0, r2, r4, r6}\n"

// Each number of tiles keeps its accumulators at the end of a channel's 64 bytes.
#define CHANNEL_4 CHANNEL TILE_B("128") KEEP_2 TILE_A("256") TILE_B("384") KEEP_2
#define CHANNEL_3 CHANNEL TILE_B("128") KEEP_2 TILE_A("256") KEEP_1 "add r5, r5, #16\n"
#define CHANNEL_2 CHANNEL TILE_B("128") KEEP_2 "add r5, r5, #32\n"
#define CHANNEL_1 CHANNEL KEEP_1 "add r5, r5, #48\n"

#define CHANNELS(label, channel)            \
  ".balign 4\n" label ":\n" channel channel \
  "subs r7, r7, #1\n"                       \
  "bne " label "b\n"

[[gnu::naked]] void depthwise_dense(const DepthwisePass* /*pass*/) noexcept {
  asm volatile(PROLOGUE
               "rsb r5, r2, #4\n"
               "lsl r6, r5, #4\n"
               "add r6, r6, #" ACC
               "\n"
               "add r6, r6, sp\n"
               "str r6, [sp, #" ACC_START
               "]\n"
               "adr r6, 90f\n"
               "ldr r7, [r6, r5, lsl #2]\n"
               "add r7, r7, r6\n"
               "str r7, [sp, #" ENTRY
               "]\n"
               "add r5, r5, r4, lsl #2\n"
               "add r5, r5, #4\n"
               "ldr r7, [r6, r5, lsl #2]\n"
               "add r7, r7, r6\n"
               "str r7, [sp, #" FINISH
               "]\n"
               "2:\n"
               "ldr r5, [sp, #" ACC_START
               "]\n"
               "mov r7, #2\n"
               "ldr pc, [sp, #" ENTRY "]\n" CHANNELS("3", CHANNEL_4)
                   LOAD_PARAMETERS CHANNELS("4", CHANNEL_3) LOAD_PARAMETERS CHANNELS("5", CHANNEL_2)
                       LOAD_PARAMETERS CHANNELS("6", CHANNEL_1) LOAD_PARAMETERS
               ".balign 4\n"
               "90: .word 3b - 90b + 1, 4b - 90b + 1, 5b - 90b + 1, 6b - 90b + 1\n"
               ".word 10f - 90b + 1, 11f - 90b + 1, 12f - 90b + 1, 13f - 90b + 1\n"
               ".word 20f - 90b + 1, 21f - 90b + 1, 22f - 90b + 1, 23f - 90b + 1\n"
               ".word 30f - 90b + 1, 31f - 90b + 1, 32f - 90b + 1, 33f - 90b + 1\n" CHAIN(
                   TILE_RELU, STEP, "10", "11", "12", "13")
                   NEXT_QUAD CHAIN(TILE_RIGHT, LOAD_STEP, "20", "21", "22", "23") NEXT_QUAD CHAIN(
                       TILE_ANY, LOAD_STEP, "30", "31", "32", "33") NEXT_QUAD EPILOGUE);
}

// Two channels of stride 2: one window in each of four gathered vectors.
#define STRIDED_PAIR          \
  "vldrw.32 q0, [r3], #16\n"  \
  "vldrw.32 q4, [q6, #4]!\n"  \
  "vmladav.s8 r0, q0, q4\n"   \
  "vldrw.32 q5, [q6, #128]\n" \
  "vmladav.s8 r2, q0, q5\n"   \
  "vldrw.32 q4, [q6, #256]\n" \
  "vmladav.s8 r4, q0, q4\n"   \
  "vldrw.32 q5, [q6, #384]\n" \
  "vmladav.s8 r6, q0, q5\n"   \
  "vldrw.32 q1, [r3], #16\n"  \
  "vldrw.32 q4, [q6, #4]!\n"  \
  "vmladav.s8 r8, q1, q4\n"   \
  "vldrw.32 q5, [q6, #128]\n" \
  "vmladav.s8 r10, q1, q5\n"  \
  "vldrw.32 q4, [q6, #256]\n" \
  "vmladav.s8 r12, q1, q4\n"  \
  "vldrw.32 q5, [q6, #384]\n" \
  "vmladav.s8 lr, q1, q5\n" KEEP_2

[[gnu::naked]] void depthwise_strided(const DepthwisePass* /*pass*/) noexcept {
  asm volatile(PROLOGUE
               "adr r6, 90f\n"
               "ldr r7, [r6, r4, lsl #2]\n"
               "add r7, r7, r6\n"
               "str r7, [sp, #" FINISH
               "]\n"
               "2:\n"
               "add r5, sp, #" ACC "\n" STRIDED_PAIR STRIDED_PAIR LOAD_PARAMETERS
               ".balign 4\n"
               "90: .word 10f - 90b + 1, 20f - 90b + 1, 30f - 90b + 1\n"
               "10:\n" TILE_RELU("0", "16") STORE_SOME NEXT_QUAD "20:\n" TILE_RIGHT("0", "16")
                   STORE_SOME NEXT_QUAD "30:\n" TILE_ANY("0", "16") STORE_SOME NEXT_QUAD EPILOGUE);
}

}  // namespace aiot::nn::arm_mve
