// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/nn/arm_dsp/matmul.hpp"

// The inner loop of convolutions: 3 pixels by 2 output channels, 17 instructions for a quad of
// inputs (24 multiply-accumulates, 0.71 each).
//
//   r0       gathered inputs, goes on through the quads
//   r1       weights, goes on through quads and pairs
//   r2-r4    sums of the first channel for the three pixels
//   r5-r7    mixtures of both channels: first + 256 * second
//   r8, r9   weights of the quad; the mixture takes them as they are, the first channel as SXTB16
//   r10, r11, lr  one word of each pixel's inputs
//   r12      iterations left
//
// The stack holds the block's members in their order, so that one LDM begins a pair of channels:
// inputs, zero sums, count, and the address in the unrolled loop that leaves out what is more than
// the number of quads. Behind the loop r1 is at the pair's requantisation. `after` says what comes
// then: the end of a chunk, or requantisation by the layer's mode.
//
// Requantisation of doubled sums in r5-r7 by r9 (multiplier), r10 (addend), r11 (shift); the
// mixture minus the first sum is 256 times the second, so shifting it right by 7 doubles for free.
extern "C" {

__attribute__((naked)) void aiot_arm_dsp_matmul(
    const aiot::nn::arm_dsp::MatmulBlock* /*block*/) noexcept {
  asm volatile(R"(
  .syntax unified
  .equ mm_iterations, 28
  .equ mm_out, 36
  .equ mm_step2, 44
  .equ mm_after, 52
  .equ mm_requantize, 56
  .equ mm_chunks_left, 60
  .equ mm_chunks, 64
  .equ mm_sums, 68
  .equ mm_zero_point, 80
  .equ mm_hi, 88
  .equ mm_frame, 100

  .macro mm_quad
    ldm.w r1!, {r8, r9}
    ldm.w r0!, {r10, r11, lr}
    smlad r5, r8, r10, r5
    smlad r6, r8, r11, r6
    smlad r7, r8, lr, r7
    sxtb16 r8, r8
    smlad r2, r8, r10, r2
    smlad r3, r8, r11, r3
    smlad r4, r8, lr, r4
    ldm.w r0!, {r10, r11, lr}
    smlad r5, r9, r10, r5
    smlad r6, r9, r11, r6
    smlad r7, r9, lr, r7
    sxtb16 r9, r9
    smlad r2, r9, r10, r2
    smlad r3, r9, r11, r3
    smlad r4, r9, lr, r4
  .endm

  @ Doubled sums of the second channel with their bias.
  .macro mm_second
    ldm r1!, {r8-r11}
    subs r5, r5, r2
    subs r6, r6, r3
    subs r7, r7, r4
    add r5, r8, r5, asr #7
    add r6, r8, r6, asr #7
    add r7, r8, r7, asr #7
  .endm

  .macro mm_first a, b, c
    ldm r1!, {r8-r11}
    add \a, r8, r2, lsl #1
    add \b, r8, r3, lsl #1
    add \c, r8, r4, lsl #1
  .endm

  .macro mm_rectified a, b, c
    smmlar \a, \a, r9, r10
    smmlar \b, \b, r9, r10
    smmlar \c, \c, r9, r10
    asr.w \a, \a, r11
    asr.w \b, \b, r11
    asr.w \c, \c, r11
    ssat \a, #8, \a
    ssat \b, #8, \b
    ssat \c, #8, \c
  .endm

  .macro mm_signed a
    smmlar r12, \a, r9, r10
    add \a, r12, \a, asr #31
    asr.w \a, \a, r11
    ssat \a, #8, \a
  .endm

    push {r4-r11, lr}
    sub sp, #mm_frame
    mov lr, sp
    ldm r0!, {r1-r12}
    stm lr!, {r1-r12}
    ldm r0!, {r1-r12}
    stm lr, {r1-r12}
    mov r1, r12
    ldm.w sp, {r0, r2-r7, r12, pc}

    .balign 4
  .Lmm_loop:
    mm_quad
    mm_quad
    mm_quad
    mm_quad
    subs r12, #1
    bne.w .Lmm_loop
    ldr.w pc, [sp, #mm_after]

  .Lmm_after_rectified:
    mm_second
  .Lmm_requantize_rectified:
    mm_rectified r5, r6, r7
    mm_first r2, r3, r4
    mm_rectified r2, r3, r4

  @ Codes of the second channel in r5-r7, of the first in r2-r4.
  .Lmm_store:
    ldrd r8, r9, [sp, #mm_out]
    ldrd r10, r11, [sp, #mm_step2]
    bfi r4, r7, #8, #24
    bfi r3, r6, #8, #24
    bfi r2, r5, #8, #24
    strh.w r4, [r8, r10]
    strh.w r3, [r8, r9]
    strh.w r2, [r8], #2
    cmp r8, r11
    str.w r8, [sp, #mm_out]
    beq .Lmm_done
    ldm.w sp, {r0, r2-r7, r12, pc}
  .Lmm_done:
    add sp, #mm_frame
    pop {r4-r11, pc}

  .Lmm_after_signed:
    mm_second
  .Lmm_requantize_signed:
    mm_signed r5
    mm_signed r6
    mm_signed r7
    mm_first r2, r3, r4
    mm_signed r2
    mm_signed r3
    mm_signed r4
    b .Lmm_store

  .Lmm_after_general:
    mm_second
  .Lmm_requantize_general:
    bl .Lmm_general
    strd r5, r6, [sp, #mm_sums]
    str r7, [sp, #mm_sums + 8]
    mm_first r5, r6, r7
    bl .Lmm_general
    mov r2, r5
    mov r3, r6
    mov r4, r7
    movs r7, #0
    ldrd r5, r6, [sp, #mm_sums]
    strd r7, r7, [sp, #mm_sums]
    ldr r8, [sp, #mm_sums + 8]
    str r7, [sp, #mm_sums + 8]
    mov r7, r8
    b .Lmm_store

  @ Codes of r5-r7: the doubling saturates behind the left shift, as the reference's multiply does.
  .macro mm_shifted a
    asrs \a, \a, #1
    lsl.w \a, \a, r8
    qadd \a, \a, \a
    smmlar r0, \a, r9, r10
    and \a, r12, \a, asr #31
    add \a, \a, r0
    asr.w \a, \a, r11
  .endm
  .macro mm_clamped a
    add \a, r8
    cmp \a, r9
    it lt
    movlt \a, r9
    cmp \a, r10
    it gt
    movgt \a, r10
  .endm
  .Lmm_general:
    ubfx r8, r11, #8, #8
    asr r12, r11, #31
    mm_shifted r5
    mm_shifted r6
    mm_shifted r7
    ldrd r8, r9, [sp, #mm_zero_point]
    ldr r10, [sp, #mm_hi]
    mm_clamped r5
    mm_clamped r6
    mm_clamped r7
    bx lr

  @ The second channel's sums leave the mixture before it overflows; r0 and r1 stay.
  .macro mm_taken a, b, at
    subs \a, \a, \b
    ldr r8, [sp, #mm_sums + \at]
    add r8, r8, \a, asr #8
    str r8, [sp, #mm_sums + \at]
    mov \a, \b
  .endm
  .Lmm_after_chunk:
    mm_taken r5, r2, 0
    mm_taken r6, r3, 4
    mm_taken r7, r4, 8
    ldr r8, [sp, #mm_chunks_left]
    subs r8, #1
    beq .Lmm_last_chunk
    str r8, [sp, #mm_chunks_left]
    mov r12, #31
    b .Lmm_loop
  .Lmm_last_chunk:
    ldr r8, [sp, #mm_chunks]
    str r8, [sp, #mm_chunks_left]
    ldrd r5, r6, [sp, #mm_sums]
    ldr r7, [sp, #mm_sums + 8]
    strd r12, r12, [sp, #mm_sums]
    str r12, [sp, #mm_sums + 8]
    ldm r1!, {r8-r11}
    add r5, r8, r5, lsl #1
    add r6, r8, r6, lsl #1
    add r7, r8, r7, lsl #1
    ldr.w pc, [sp, #mm_requantize]

  .global aiot_arm_dsp_matmul_prepare
  .thumb_func
  aiot_arm_dsp_matmul_prepare:
    adr.w r2, .Lmm_loop
    ldr r3, [r0, #32]
    add r2, r3
    adds r2, #1
    str r2, [r0, #32]
    adr.w r2, .Lmm_addresses
    add r2, r2, r1, lsl #2
    ldrh r3, [r2]
    ldrh r1, [r2, #2]
    adr.w r2, .Lmm_loop
    adds r2, #1
    add r3, r2
    add r1, r2
    str r1, [r0, #mm_requantize]
    ldr r1, [r0, #mm_chunks]
    cmp r1, #1
    beq 1f
    adr.w r3, .Lmm_after_chunk
    adds r3, #1
  1:
    str r3, [r0, #mm_after]
    bx lr
    .balign 4
  .Lmm_addresses:
    .short .Lmm_after_rectified - .Lmm_loop, .Lmm_requantize_rectified - .Lmm_loop
    .short .Lmm_after_signed - .Lmm_loop, .Lmm_requantize_signed - .Lmm_loop
    .short .Lmm_after_general - .Lmm_loop, .Lmm_requantize_general - .Lmm_loop
)");
}
}
