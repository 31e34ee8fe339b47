// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/nn/arm_dsp/fully_connected_row.hpp"

// Four outputs at a time: a quad of inputs takes one LDM of 16 weights, 4 SXTB16 for those of
// outputs 0 and 2, 3 instructions for the inputs and 8 SMLAD: 16 for 16 multiply-accumulates.
//
//   r1, r2   inputs, at any address; weights, then the block's requantisation
//   r3       iterations of four quads
//   r4, r5   sums of outputs 0 and 2; r6, r7 mixtures of 0 with 1, of 2 with 3
//   r8-r11   weights: inputs k = 0 and 2 of the two mixtures, then k = 1 and 3
//   r12, lr  inputs k = 0 and 2, k = 1 and 3
//
// The stack holds the members of FcBlocks in their order, so that one LDM begins a block.
extern "C" {

__attribute__((naked)) void aiot_arm_dsp_fully_connected(
    const aiot::nn::arm_dsp::FcBlocks* /*blocks*/) noexcept {
  asm volatile(R"(
  .syntax unified
  .equ fc_entry, 24
  .equ fc_after, 28
  .equ fc_final, 32
  .equ fc_requantize, 36
  .equ fc_last, 40
  .equ fc_shared, 44
  .equ fc_chunks_left, 48
  .equ fc_chunks, 52
  .equ fc_second, 56
  .equ fc_out, 64
  .equ fc_frame, 84

  @ Weights in r8-r11, inputs in r12.
  .macro fc_products
    sxtb16 lr, r12
    sxtb16 r12, r12, ror #8
    smlad r6, r8, lr, r6
    sxtb16 r8, r8
    smlad r7, r10, lr, r7
    sxtb16 r10, r10
    smlad r6, r9, r12, r6
    sxtb16 r9, r9
    smlad r7, r11, r12, r7
    sxtb16 r11, r11
    smlad r4, r8, lr, r4
    smlad r5, r10, lr, r5
    smlad r4, r9, r12, r4
    smlad r5, r11, r12, r5
  .endm
  .macro fc_quad
    ldr.w r12, [r1], #4
    ldm.w r2!, {r8-r11}
    fc_products
  .endm

    push {r4-r11, lr}
    sub sp, #fc_frame
    mov lr, sp
    ldm r0!, {r1-r10}
    stm lr!, {r1-r10}
    ldm r0!, {r1-r9}
    stm lr, {r1-r9}
    mov r2, r9
    ldm.w sp, {r1, r3-r7, pc}

    .balign 4
  .Lfc_loop:
    fc_quad
    fc_quad
    fc_quad
    fc_quad
    subs r3, #1
    bne.w .Lfc_loop
  .Lfc_behind_loop:
    ldr.w pc, [sp, #fc_after]

  @ Doubled sums of outputs 1 and 3 from the mixtures.
  .macro fc_second_sums
    subs r6, r6, r4
    subs r7, r7, r5
    asrs r6, r6, #7
    asrs r7, r7, #7
  .endm

  .macro fc_code a
    ldm r2!, {r8-r11}
    add r8, r3
    add \a, r8
    smmlar r8, \a, r9, r10
    add \a, r8, \a, asr #31
    asr.w \a, \a, r11
    ssat \a, #8, \a
  .endm
  .Lfc_codes:
    ldrd r8, r9, [sp, #fc_second]
    fc_second_sums
    add r6, r8
    add r7, r9
    lsls r4, r4, #1
    lsls r5, r5, #1
    ldr r3, [sp, #fc_shared]
    fc_code r4
    fc_code r6
    fc_code r5
    fc_code r7
    ldrd r0, r1, [sp, #fc_out]
    bfi r4, r6, #8, #8
    bfi r4, r5, #16, #8
    bfi r4, r7, #24, #8
    str r4, [r0], #4
    str r0, [sp, #fc_out]
    cmp r0, r1
    beq 1f
    @ Only a layer of several chunks has anything there, and counts again.
    ldr r3, [sp, #fc_chunks]
    str r3, [sp, #fc_chunks_left]
    movs r3, #0
    strd r3, r3, [sp, #fc_second]
    ldm.w sp, {r1, r3-r7, pc}
  1:
    add sp, #fc_frame
    pop {r4-r11, pc}

  .Lfc_sums:
    ldrd r8, r9, [sp, #fc_second]
    fc_second_sums
    add r6, r8
    add r7, r9
    lsls r4, r4, #1
    lsls r5, r5, #1
    ldr r3, [sp, #fc_shared]
    add r4, r3
    add r5, r3
    add r6, r3
    add r7, r3
    ldr r0, [sp, #fc_out]
    stm r0, {r4-r7}
    b 1b

  .Lfc_last_quad:
    ldr r12, [sp, #fc_last]
    ldm.w r2!, {r8-r11}
    fc_products
    ldr.w pc, [sp, #fc_requantize]

  @ The sums of outputs 1 and 3 leave the mixtures before they overflow.
  .Lfc_chunk:
    fc_second_sums
    ldrd r8, r9, [sp, #fc_second]
    add r8, r6
    add r9, r7
    strd r8, r9, [sp, #fc_second]
    mov r6, r4
    mov r7, r5
    ldr r3, [sp, #fc_chunks_left]
    subs r3, #1
    str r3, [sp, #fc_chunks_left]
    mov r3, #31
    bne.w .Lfc_loop
    ldr.w pc, [sp, #fc_final]

  .global aiot_arm_dsp_fully_connected_prepare
  .thumb_func
  aiot_arm_dsp_fully_connected_prepare:
    adr.w r1, .Lfc_loop
    adds r1, #1
    ldr r2, [r0, #fc_entry]
    add r2, r1
    ldr r3, [r0, #4]
    cmp r3, #0
    it eq
    addeq r2, r1, #(.Lfc_behind_loop - .Lfc_loop)
    str r2, [r0, #fc_entry]
    adr.w r2, .Lfc_steps
    ldr r3, [r0, #fc_after]
    ldrh r3, [r2, r3, lsl #1]
    add r3, r1
    str r3, [r0, #fc_after]
    ldr r3, [r0, #fc_final]
    ldrh r3, [r2, r3, lsl #1]
    add r3, r1
    str r3, [r0, #fc_final]
    ldr r3, [r0, #fc_requantize]
    ldrh r3, [r2, r3, lsl #1]
    add r3, r1
    str r3, [r0, #fc_requantize]
    bx lr
    .balign 4
  .Lfc_steps:
    .short .Lfc_codes - .Lfc_loop, .Lfc_sums - .Lfc_loop, .Lfc_last_quad - .Lfc_loop, .Lfc_chunk - .Lfc_loop
)");
}
}
