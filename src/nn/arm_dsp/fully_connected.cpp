// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "aiot/nn/arm_dsp/kernels.hpp"
#include "src/nn/arm_dsp/dsp.hpp"

namespace aiot::nn::arm_dsp {
namespace {

/// Sums of four outputs: of 0 and 2, and the mixtures of 0 with 1 and of 2 with 3.
struct Sums {
  std::int32_t first[2] = {};
  std::int32_t mixed[2] = {};
};

}  // namespace

// Four outputs at a time: a quad of inputs takes one LDM of 16 weights, 4 SXTB16 for those of
// outputs 0 and 2, 3 instructions for the inputs and 8 SMLAD: 16 for 16 multiply-accumulates.
//
//   r0       sums in memory
//   r1, r2   inputs, at any address; weights
//   r3       iterations of four quads; the first begins where the number of quads says
//   r4, r5   sums of outputs 0 and 2; r6, r7 mixtures of 0 with 1, of 2 with 3
//   r8-r11   weights: inputs k = 0 and 2 of the two mixtures, then k = 1 and 3
//   r12, lr  inputs k = 0 and 2, k = 1 and 3
//
// Goes through `quads` (1 to kChunkQuads + 1) quads.
extern "C" __attribute__((naked)) void aiot_arm_dsp_accumulate(Sums* /*sums*/,
                                                               const std::int8_t* /*in*/,
                                                               const std::uint32_t* /*weights*/,
                                                               std::uint32_t /*quads*/) noexcept {
  asm volatile(R"(
  .syntax unified
  .macro fc_quad
    ldr.w r12, [r1], #4
    ldm.w r2!, {r8-r11}
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
    push {r4-r11, lr}
    ldm r0, {r4-r7}
    rsb r12, r3, #0
    and r12, r12, #3
    adds r3, #3
    lsrs r3, r3, #2
    adr.w lr, fc_loop
    add r12, lr, r12, lsl #6
    mov pc, r12
    .balign 4
  fc_loop:
    fc_quad
    fc_quad
    fc_quad
    fc_quad
    subs r3, #1
    bne.w fc_loop
    stm r0, {r4-r7}
    pop {r4-r11, pc}
)");
}

namespace {

/// One row of the batch.
class Row {
 public:
  Row(const FullyConnectedS8& params, const Memory& memory) noexcept
      : params_(params),
        quads_(params.depth / 4U),
        mode_(static_cast<Mode>(*memory.constants<std::uint32_t>(params.channels) & 3U)),
        weights_(memory.constants<std::uint32_t>(params.weights)) {}

  void operator()(const std::int8_t* in, std::int8_t* out) noexcept {
    begin(in);
    const std::uint32_t* block = weights_;
    for (std::uint32_t left = params_.outputs;;) {
      const auto* channels = static_cast<const PackedChannel*>(
          static_cast<const void*>(block + (quads_ + (rest_ != 0 ? 1U : 0U)) * 4U));
      const std::uint32_t codes =
          mode_ == Mode::kWide ? wide_codes(block, channels) : mixed_codes(block, channels);
      if (left < 4) {
        for (std::uint32_t i = 0; i < left; ++i) {
          out[i] = static_cast<std::int8_t>(codes >> (8U * i));
        }
        return;
      }
      store_word(out, codes);
      out += 4;
      left -= 4;
      if (left == 0) {
        return;
      }
      block = static_cast<const std::uint32_t*>(static_cast<const void*>(channels + 4));
    }
  }

 private:
  /// What all outputs of the row share: the last codes of an incomplete quad, and what the weights'
  /// zero point adds.
  void begin(const std::int8_t* in) noexcept {
    in_ = in;
    rest_ = params_.depth % 4U;
    last_ = 0;
    for (std::uint32_t i = rest_; i-- != 0;) {
      last_ = (last_ << 8U) | static_cast<std::uint8_t>(in[quads_ * 4U + i]);
    }
    shared2_ = 0;
    if (params_.weight_offset != 0) {
      std::uint32_t sum = 0;
      for (std::uint32_t d = 0; d < params_.depth; ++d) {
        sum += static_cast<std::uint32_t>(in[d]);
      }
      const auto offset = static_cast<std::uint32_t>(std::int32_t{params_.weight_offset});
      shared2_ = static_cast<std::int32_t>(sum * offset * 2U);
    }
  }

  /// Four sums as they are, output by output.
  std::uint32_t codes_of(const std::int32_t (&sums)[4], const PackedChannel* channels) noexcept {
    std::uint32_t codes = 0;
    for (std::uint32_t i = 4; i-- != 0;) {
      const auto doubled = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[i]) << 1U);
      const std::int32_t code = to_code(wrap_add(wrap_add(doubled, shared2_), channels[i].bias2),
                                        channels[i],
                                        mode_,
                                        params_.out);
      codes = (codes << 8U) | (static_cast<std::uint32_t>(code) & 0xFFU);
    }
    return codes;
  }

  std::uint32_t mixed_codes(const std::uint32_t* weights, const PackedChannel* channels) noexcept {
    Sums sums;
    std::int32_t second[2] = {};
    const std::int8_t* in = in_;
    for (std::uint32_t left = quads_; left != 0;) {
      const std::uint32_t chunk = std::min(left, kChunkQuads);
      aiot_arm_dsp_accumulate(&sums, in, weights, chunk);
      in += chunk * 4U;
      weights += chunk * 4U;
      left -= chunk;
      if (left != 0) {
        take(sums, second);
      }
    }
    if (rest_ != 0) {
      aiot_arm_dsp_accumulate(&sums, reinterpret_cast<const std::int8_t*>(&last_), weights, 1);
    }
    take(sums, second);
    return codes_of({sums.first[0], second[0], sums.first[1], second[1]}, channels);
  }

  /// The sums of outputs 1 and 3 leave the mixtures.
  static void take(Sums& sums, std::int32_t (&second)[2]) noexcept {
    for (std::uint32_t i = 0; i < 2; ++i) {
      second[i] += wrap_add(sums.mixed[i], wrap_multiply(sums.first[i], -1)) >> 8;
      sums.mixed[i] = sums.first[i];
    }
  }

  /// Weights of -128 beside a negative one: rare, and not worth being fast.
  std::uint32_t wide_codes(const std::uint32_t* weights, const PackedChannel* channels) noexcept {
    std::int32_t sums[4] = {};
    for (std::uint32_t quad = 0; quad < quads_ + (rest_ != 0 ? 1U : 0U); ++quad, weights += 4) {
      const std::uint32_t codes = quad < quads_ ? load_word(in_ + quad * 4U) : last_;
      const std::int32_t even = even_codes(codes);
      const std::int32_t odd = odd_codes(codes);
      for (std::uint32_t i = 0; i < 4; ++i) {
        const std::uint32_t* words = weights + i / 2U * 2U;
        const auto half = [&](std::uint32_t word) {
          return i % 2U == 0 ? even_codes(word) : second_codes(word);
        };
        sums[i] = __smlad(half(words[1]), odd, __smlad(half(words[0]), even, sums[i]));
      }
    }
    return codes_of(sums, channels);
  }

  const FullyConnectedS8& params_;
  std::uint32_t quads_;  ///< complete ones
  std::uint32_t rest_ = 0;
  Mode mode_;
  const std::uint32_t* weights_;
  const std::int8_t* in_ = nullptr;
  std::uint32_t last_ = 0;
  std::int32_t shared2_ = 0;
};

}  // namespace

void fully_connected_s8(const FullyConnectedS8& params, const Memory& memory) noexcept {
  Row row(params, memory);
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t b = 0; b < params.batch; ++b) {
    row(in, out);
    in += params.depth;
    out += params.outputs;
  }
}

}  // namespace aiot::nn::arm_dsp
