// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <arm_mve.h>

#include <cstdint>

#include "aiot/nn/arm_mve/kernels.hpp"
#include "src/nn/arm_mve/requantise.hpp"

/// Fully connected layers: eight outputs share each load of 16 inputs, 17 instructions for 128
/// multiply-accumulates; every weight is used once, so that 16 of the 17 can not be saved.
namespace aiot::nn::arm_mve {
namespace {

/// One row of the batch; read by the assembly below by its offsets.
struct Row {
  const std::int8_t* first_round;  ///< input behind the steps of the first round
  const std::int8_t* weights;
  const std::int32_t* octets;
  std::int8_t* out;
  std::uint32_t rounds;       ///< of eight steps, the first maybe shorter
  std::uint32_t first_steps;  ///< of the first round
  std::uint32_t tail;         ///< inputs behind the last full step
  std::uint32_t outputs;
  Rule rule;
  std::int32_t zero_point;
  std::int32_t lo;
  std::int32_t hi;
  std::int32_t addend;  ///< to every accumulator; Rule::kAny only
};

// Eight times 16 weights against q0; the loads alternate between registers so that none waits.
#define OCTET_STEP            \
  "vldrw.32 q1, [r3], #16\n"  \
  "vldrw.32 q2, [r3], #16\n"  \
  "vmladava.s8 r0, q0, q1\n"  \
  "vldrw.32 q3, [r3], #16\n"  \
  "vmladava.s8 r2, q0, q2\n"  \
  "vldrw.32 q1, [r3], #16\n"  \
  "vmladava.s8 r4, q0, q3\n"  \
  "vldrw.32 q2, [r3], #16\n"  \
  "vmladava.s8 r6, q0, q1\n"  \
  "vldrw.32 q3, [r3], #16\n"  \
  "vmladava.s8 r8, q0, q2\n"  \
  "vldrw.32 q1, [r3], #16\n"  \
  "vmladava.s8 r10, q0, q3\n" \
  "vldrw.32 q2, [r3], #16\n"  \
  "vmladava.s8 r12, q0, q1\n" \
  "vmladava.s8 lr, q0, q2\n"

#define STEP(at) "vldrw.32 q0, [r1, #-" #at "]\n" OCTET_STEP

// Registers: r0 r2 r4 r6 r8 r10 r12 lr the accumulators, which begin as the biases; r1 input and r3
// weights, both walk; r5 zero point; r11 rounds to go; r9 parameters and r7 outputs, both walk;
// q6, q7 limits as 16 bits. Frame: 0 where r1 begins, 4 rounds, 8 entry of the first round, 12 code
// behind the last round, 16 tail, 20 outputs to go, 24 code of the rule, 28 addend.
[[gnu::naked]] void run_row(const Row* /*row*/) noexcept {
  asm volatile(
      "push {r4-r11, lr}\n"
      "vpush {d8-d15}\n"
      "sub sp, sp, #32\n"
      "ldrd r1, r3, [r0]\n"
      "ldrd r9, r7, [r0, #8]\n"
      "ldrd r2, r4, [r0, #16]\n"
      "strd r1, r2, [sp]\n"
      "mov r6, #68\n"  // bytes of a step
      "mul r4, r4, r6\n"
      "adr r6, 3f\n"
      "cmp r2, #0\n"
      "ite ne\n"
      "subne r6, r6, r4\n"
      "addeq r6, r6, #(4f - 3f)\n"
      "orr r6, r6, #1\n"
      "ldrd r2, r4, [r0, #24]\n"
      "strd r2, r4, [sp, #16]\n"
      "adr r4, 4f\n"
      "cmp r2, #0\n"
      "it eq\n"
      "addeq r4, r4, #(5f - 4f)\n"
      "orr r4, r4, #1\n"
      "strd r6, r4, [sp, #8]\n"
      "ldrd r2, r5, [r0, #32]\n"
      "adr r4, 7f\n"
      "cmp r2, #2\n"
      "it eq\n"
      "addeq r4, r4, #(8f - 7f)\n"
      "orr r4, r4, #1\n"
      "ldr r2, [r0, #48]\n"
      "strd r4, r2, [sp, #24]\n"
      "ldrd r2, r4, [r0, #40]\n"
      "vdup.16 q6, r2\n"
      "vdup.16 q7, r4\n"
      "1:\n"
      "ldrd r1, r11, [sp]\n"
      "ldmia r9!, {r0, r2, r4, r6, r8, r10, r12, lr}\n"
      "ldr pc, [sp, #8]\n"
      ".balign 4\n"
      "2:\n"
      STEP(128) STEP(112) STEP(96) STEP(80) STEP(64) STEP(48) STEP(32) STEP(16)
      "3:\n"
      "add r1, r1, #128\n"
      "subs r11, r11, #1\n"
      "bne 2b\n"
      "ldr pc, [sp, #12]\n"
      ".balign 4\n"
      "4:\n"
      "ldr r11, [sp, #16]\n"
      "vctp.8 r11\n"
      "sub r1, r1, #128\n"
      "vpst\n"
      "vldrbt.u8 q0, [r1]\n"
      OCTET_STEP
      ".balign 4\n"
      "5:\n"
      "push {r0, r2, r4, r6, r8, r10, r12, lr}\n"
      "vldrw.32 q0, [sp]\n"
      "vldrw.32 q1, [sp, #16]\n"
      "add sp, sp, #32\n"
      "ldr pc, [sp, #24]\n"
      ".balign 4\n"
      "7:\n"
      "vldrw.32 q2, [r9], #16\n"
      "vqrdmulh.s32 q0, q0, q2\n"
      "vldrw.32 q3, [r9], #16\n"
      "vqrdmulh.s32 q1, q1, q3\n"
      "vshr.s32 q2, q0, #31\n"
      "vshr.s32 q3, q1, #31\n"
      "vadd.i32 q0, q0, q2\n"
      "vldrw.32 q4, [r9], #16\n"
      "vadd.i32 q1, q1, q3\n"
      "vrshl.s32 q0, q0, q4\n"
      "vldrw.32 q5, [r9], #16\n"
      "vrshl.s32 q1, q1, q5\n"
      "6:\n"
      "vqmovnb.s32 q0, q0\n"
      "vqmovnt.s32 q0, q1\n"
      "ldr r11, [sp, #20]\n"
      "vqadd.s16 q0, q0, r5\n"
      "vctp.16 r11\n"
      "vmax.s16 q0, q0, q6\n"
      "subs r11, r11, #8\n"
      "vmin.s16 q0, q0, q7\n"
      "str r11, [sp, #20]\n"
      "vpst\n"
      "vstrbt.16 q0, [r7], #8\n"
      "bgt 1b\n"
      "add sp, sp, #32\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n"
      // Shifts of either sign, and the addend: q4, q5 shifts, q3 zero or a mask.
      ".balign 4\n"
      "8:\n"
      "ldr r0, [sp, #28]\n"
      "vldrw.32 q4, [r9, #32]\n"
      "vldrw.32 q5, [r9, #48]\n"
      "vmov.i32 q3, #0\n"
      "vadd.i32 q0, q0, r0\n"
      "vadd.i32 q1, q1, r0\n"
      "vmax.s32 q2, q4, q3\n"
      "vshl.s32 q0, q0, q2\n"
      "vmax.s32 q2, q5, q3\n"
      "vshl.s32 q1, q1, q2\n"
      "vldrw.32 q2, [r9]\n"
      "vqrdmulh.s32 q0, q0, q2\n"
      "vldrw.32 q2, [r9, #16]\n"
      "vqrdmulh.s32 q1, q1, q2\n"
      "add r9, r9, #64\n"
      "vshr.s32 q2, q0, #31\n"
      "vshr.s32 q3, q4, #31\n"
      "vand q2, q2, q3\n"
      "vadd.i32 q0, q0, q2\n"
      "vshr.s32 q2, q1, #31\n"
      "vshr.s32 q3, q5, #31\n"
      "vand q2, q2, q3\n"
      "vadd.i32 q1, q1, q2\n"
      "vmov.i32 q3, #0\n"
      "vmin.s32 q4, q4, q3\n"
      "vmin.s32 q5, q5, q3\n"
      "vrshl.s32 q0, q0, q4\n"
      "vrshl.s32 q1, q1, q5\n"
      "b 6b\n");
}

/// Sum of the codes of one row.
std::int32_t sum_of(const std::int8_t* in, std::uint32_t depth) noexcept {
  std::int32_t sum = 0;
  for (std::uint32_t d = 0; d < depth; d += kVectorBytes) {
    const mve_pred16_t live = vctp8q(depth - d);
    sum = vaddvaq_p_s8(sum, vldrbq_z_s8(in + d, live), live);
  }
  return sum;
}

}  // namespace

void fully_connected_s8(const FullyConnectedS8& params, const Memory& memory) noexcept {
  constexpr std::uint32_t kRound = 8;
  const auto* channels = memory.constants<std::int32_t>(params.channels);
  const std::uint32_t steps = params.depth / kVectorBytes;
  const std::uint32_t first_steps = steps == 0 ? 0 : (steps - 1) % kRound + 1;
  const Rule rule = channels[0] != 0 || params.weight_offset != 0 ? Rule::kAny : Rule::kRight;
  // Where the tail is read 128 bytes before the pointer, also when there is no round.
  const std::uint32_t behind = steps == 0 ? kRound * kVectorBytes : first_steps * kVectorBytes;
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t b = 0; b < params.batch; ++b) {
    std::int32_t addend = 0;
    if (params.weight_offset != 0) {
      const auto depth = static_cast<std::int32_t>(params.depth);
      addend = wrap_multiply(
          params.weight_offset,
          wrap_add(sum_of(in, params.depth), wrap_multiply(depth, params.input_offset)));
    }
    const Row row{in + behind,
                  memory.constants<std::int8_t>(params.weights),
                  channels + kHeaderBytes / 4,
                  out,
                  divide_up(steps, kRound),
                  first_steps,
                  params.depth % kVectorBytes,
                  params.outputs,
                  rule,
                  params.out.zero_point,
                  params.out.lo,
                  params.out.hi,
                  addend};
    run_row(&row);
    in += params.depth;
    out += params.outputs;
  }
}

}  // namespace aiot::nn::arm_mve
