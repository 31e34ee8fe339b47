// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/nn/arm_dsp/depthwise_strip.hpp"

// The inner loop of 3x3 depthwise convolutions, channel by channel.
//
// A column of a line is two words, V0 = (row 0, row 1) and V1 = (row 2, row 3) of the strip, or the
// other way round in every second strip: rows stay where they are when the strip moves on. With the
// weights A = (w0, w1) and B = (w1, w2) of a kernel column, both output rows take two instructions
// for three products:
//   upper += SMLAD(A, V0) + SMLATB(B, V1)      rows 0 to 2
//   lower += SMLAD(B, V1) + SMLABT(A, V0)      rows 1 to 3
// With stride 2 there is only the upper one. Two output pixels at a time share the columns.
//
//   r0        column, r1 output
//   r2-r4     A of the three kernel columns, r5-r7 B; then multiplier, addend, shift, row step,
//             channel step, end of the line
//   r8        bias, then upper sum of the second pixel; r11 lower sum of the second pixel
//   r9, r10   upper and lower sum of the first pixel
//   r12, lr   V0 and V1, or V1 and V0
//
// The sign is added to the product so that ties go away from zero; codes below the zero point of a
// rectified layer do not need it, but a second loop would cost more flash than it saves time.
//
// The stack begins with the channel's constants, so that one LDM brings them back for every pair of
// pixels. The lower row is written first: with a row step of 0 the upper one covers it.
extern "C" {

__attribute__((naked)) void aiot_arm_dsp_depthwise(
    const aiot::nn::arm_dsp::DepthwiseStrip* /*strip*/) noexcept {
  asm volatile(R"(
  .syntax unified
  .equ dw_rules, 28
  .equ dw_rows, 40
  .equ dw_end, 48
  .equ dw_line, 52
  .equ dw_channels, 60
  .equ dw_line_bytes, 68
  .equ dw_code, 76
  .equ dw_odd, 80
  .equ dw_frame, 84

  @ Kernel column k into sums of two rows; the first of them begins with the bias in r8.
  .macro dw_two a, b, v0, v1, upper, lower
    smlad \upper, \a, \v0, \upper
    smlad \lower, \b, \v1, \lower
    smlatb \upper, \b, \v1, \upper
    smlabt \lower, \a, \v0, \lower
  .endm
  .macro dw_two_first v0, v1, upper, lower
    smlad \lower, r5, \v1, r8
    smlad \upper, r2, \v0, r8
    smlatb \upper, r5, \v1, \upper
    smlabt \lower, r2, \v0, \lower
  .endm
  .macro dw_one a, b, v0, v1, upper, from
    smlad \upper, \a, \v0, \from
    smlatb \upper, \b, \v1, \upper
  .endm
  .macro dw_code_of a
    smmlar r12, \a, r2, r3
    add.w r12, r12, \a, asr #31
    asr.w r12, r12, r4
    ssat \a, #8, r12
  .endm
  .macro dw_load_rules
    add r2, sp, #dw_rules
    ldm r2, {r2-r7}
  .endm

  .macro dw_stride_1 name, v0, v1
  \name:
    cmp r0, r12
    beq 2f
  1:
    ldm.w sp, {r2-r8}
    ldrd r12, lr, [r0]
    dw_two_first \v0, \v1, r9, r10
    ldrd r12, lr, [r0, #8]
    dw_two_first \v0, \v1, r8, r11
    dw_two r3, r6, \v0, \v1, r9, r10
    ldrd r12, lr, [r0, #16]!
    dw_two r4, r7, \v0, \v1, r9, r10
    dw_two r3, r6, \v0, \v1, r8, r11
    ldrd r12, lr, [r0, #8]
    dw_two r4, r7, \v0, \v1, r8, r11
    dw_load_rules
    dw_code_of r10
    dw_code_of r9
    dw_code_of r11
    dw_code_of r8
    strb.w r10, [r1, r5]
    strb.w r9, [r1]
    add r1, r6
    strb.w r11, [r1, r5]
    strb.w r8, [r1]
    add r1, r6
    cmp r0, r7
    bne 1b
  2:
    ldr r2, [sp, #dw_odd]
    cmp r2, #0
    beq .Ldw_next
    ldm.w sp, {r2-r8}
    ldrd r12, lr, [r0]
    dw_two_first \v0, \v1, r9, r10
    ldrd r12, lr, [r0, #8]
    dw_two r3, r6, \v0, \v1, r9, r10
    ldrd r12, lr, [r0, #16]
    dw_two r4, r7, \v0, \v1, r9, r10
    dw_load_rules
    dw_code_of r10
    dw_code_of r9
    strb.w r10, [r1, r5]
    strb.w r9, [r1]
    b .Ldw_next
  .endm

  .macro dw_stride_2 name, v0, v1
  \name:
    cmp r0, r12
    beq 2f
  1:
    ldm.w sp, {r2-r8}
    ldrd r12, lr, [r0]
    dw_one r2, r5, \v0, \v1, r9, r8
    ldrd r12, lr, [r0, #8]
    dw_one r3, r6, \v0, \v1, r9, r9
    ldrd r12, lr, [r0, #16]
    dw_one r4, r7, \v0, \v1, r9, r9
    dw_one r2, r5, \v0, \v1, r8, r8
    ldrd r12, lr, [r0, #24]
    dw_one r3, r6, \v0, \v1, r8, r8
    ldrd r12, lr, [r0, #32]!
    dw_one r4, r7, \v0, \v1, r8, r8
    dw_load_rules
    dw_code_of r9
    dw_code_of r8
    strb.w r9, [r1]
    strb.w r8, [r1, r6]
    add r1, r1, r6, lsl #1
    cmp r0, r7
    bne 1b
  2:
    ldr r2, [sp, #dw_odd]
    cmp r2, #0
    beq .Ldw_next
    ldm.w sp, {r2-r8}
    ldrd r12, lr, [r0]
    dw_one r2, r5, \v0, \v1, r9, r8
    ldrd r12, lr, [r0, #8]
    dw_one r3, r6, \v0, \v1, r9, r9
    ldrd r12, lr, [r0, #16]
    dw_one r4, r7, \v0, \v1, r9, r9
    dw_load_rules
    dw_code_of r9
    strb.w r9, [r1]
    b .Ldw_next
  .endm

    push {r4-r11, lr}
    sub sp, #dw_frame
    ldm r0, {r2-r11}
    strd r2, r3, [sp, #dw_rows]
    strd r4, r5, [sp, #dw_line]
    strd r6, r7, [sp, #dw_channels]
    strd r8, r9, [sp, #dw_line_bytes]
    str r11, [sp, #dw_odd]
    adr.w r2, .Ldw_variants
    ldrh r2, [r2, r10, lsl #1]
    adr.w r3, .Ldw_variants
    add r2, r3
    adds r2, #1
    str r2, [sp, #dw_code]
    mov r12, r6
    b .Ldw_channel
    .balign 4
  .Ldw_variants:
    .short .Ldw_1_plain - .Ldw_variants, .Ldw_1_swapped - .Ldw_variants
    .short .Ldw_2_plain - .Ldw_variants, .Ldw_2_swapped - .Ldw_variants

  .Ldw_next:
    ldrd r12, r3, [sp, #dw_channels]
    cmp r12, r3
    beq .Ldw_done
  .Ldw_channel:
    ldm r12!, {r2-r11}
    stm sp, {r2-r11}
    str r12, [sp, #dw_channels]
    ldrd r0, r1, [sp, #dw_line]
    ldrd r4, r5, [sp, #dw_line_bytes]
    adds r2, r0, r4
    adds r3, r1, #1
    strd r2, r3, [sp, #dw_line]
    add r12, r0, r5
    str r12, [sp, #dw_end]
    ldr.w pc, [sp, #dw_code]
  .Ldw_done:
    add sp, #dw_frame
    pop {r4-r11, pc}

    dw_stride_1 .Ldw_1_plain, r12, lr
    dw_stride_1 .Ldw_1_swapped, lr, r12
    dw_stride_2 .Ldw_2_plain, r12, lr
    dw_stride_2 .Ldw_2_swapped, lr, r12
)");
}
}
