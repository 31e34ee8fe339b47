// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "aiot/nn/arm_dsp/kernels.hpp"
#include "src/nn/arm_dsp/dsp.hpp"
#include "src/nn/arm_dsp/fully_connected_row.hpp"

namespace aiot::nn::arm_dsp {
namespace {

/// The layer, row by row of the batch.
class Layer {
 public:
  Layer(const FullyConnectedS8& params, const Memory& memory) noexcept
      : params_(params),
        mode_(static_cast<Mode>(*memory.constants<std::uint32_t>(params.channels) & 3U)),
        weights_(memory.constants<std::uint32_t>(params.weights)) {
    const std::uint32_t quads = params.depth / 4U;
    const std::uint32_t iterations = (quads + 3U) / 4U;
    const bool last = params.depth % 4U != 0;
    blocks_.chunks = quads <= kChunkQuads ? 1U : (quads + kChunkQuads - 1U) / kChunkQuads;
    blocks_.chunks_left = blocks_.chunks;
    blocks_.iterations = iterations - (blocks_.chunks - 1U) * (kChunkQuads / 4U);
    blocks_.entry = (iterations * 4U - quads) * kFcQuadCode;
    blocks_.requantize = mode_ < Mode::kGeneral ? FcBlocks::kCodes : FcBlocks::kSums;
    blocks_.final = last ? FcBlocks::kLast : blocks_.requantize;
    blocks_.after = blocks_.chunks > 1 ? FcBlocks::kChunk : blocks_.final;
    aiot_arm_dsp_fully_connected_prepare(&blocks_);
  }

  void row(const std::int8_t* in, std::int8_t* out) noexcept {
    begin(in);
    const std::uint32_t whole = params_.outputs & ~3U;
    blocks_.weights = weights_;
    if (mode_ >= Mode::kGeneral) {
      general(out);
      return;
    }
    if (whole != 0) {
      blocks_.out = out;
      blocks_.end = out + whole;
      aiot_arm_dsp_fully_connected(&blocks_);
    }
    if (whole != params_.outputs) {
      std::int8_t codes[4];
      blocks_.weights = weights_ + whole / 4U * block_words();
      blocks_.out = codes;
      blocks_.end = codes + 4;
      aiot_arm_dsp_fully_connected(&blocks_);
      for (std::uint32_t i = whole; i < params_.outputs; ++i) {
        out[i] = codes[i - whole];
      }
    }
  }

 private:
  [[nodiscard]] std::uint32_t block_words() const noexcept {
    return static_cast<std::uint32_t>(arm_dsp::block_words(params_));
  }

  /// What all outputs of the row share: the last codes of an incomplete quad, and what the weights'
  /// zero point adds.
  void begin(const std::int8_t* in) noexcept {
    blocks_.in = in;
    blocks_.last = 0;
    for (std::uint32_t i = params_.depth; i-- > (params_.depth & ~3U);) {
      blocks_.last = (blocks_.last << 8U) | static_cast<std::uint8_t>(in[i]);
    }
    if (params_.weight_offset != 0) {
      std::uint32_t sum = 0;
      for (std::uint32_t d = 0; d < params_.depth; ++d) {
        sum += static_cast<std::uint32_t>(in[d]);
      }
      const auto offset = static_cast<std::uint32_t>(std::int32_t{params_.weight_offset});
      blocks_.shared2 = static_cast<std::int32_t>(sum * offset * 2U);
    }
  }

  /// Any requantisation, output by output.
  [[gnu::cold]] void general(std::int8_t* out) noexcept {
    for (std::uint32_t o = 0; o < params_.outputs; o += 4) {
      std::int32_t sums[4];  // of outputs 0, 2, 1, 3, as the assembly has them
      if (mode_ == Mode::kWide) {
        wide_sums(sums);
      } else {
        blocks_.out = reinterpret_cast<std::int8_t*>(sums);
        aiot_arm_dsp_fully_connected(&blocks_);
      }
      const std::uint32_t* rules = blocks_.weights + block_words() - 16U;
      const auto* channels = static_cast<const PackedChannel*>(static_cast<const void*>(rules));
      for (std::uint32_t i = 0; i < 4 && o + i < params_.outputs; ++i) {
        const std::int32_t sum = sums[i == 1 || i == 2 ? 3U - i : i];
        out[o + i] = to_code(wrap_add(sum, channels[i].bias2), channels[i], mode_, params_.out);
      }
      blocks_.weights += block_words();
    }
  }

  /// Weights of -128 beside a negative one: rare, and not worth being fast.
  [[gnu::cold]] void wide_sums(std::int32_t (&sums)[4]) const noexcept {
    const std::uint32_t* weights = blocks_.weights;
    const std::uint32_t last = params_.depth / 4U;
    std::fill_n(sums, 4, blocks_.shared2);
    for (std::uint32_t quad = 0; quad * 4U < params_.depth; ++quad, weights += 4) {
      const std::uint32_t codes = quad < last ? load_word(blocks_.in + quad * 4U) : blocks_.last;
      for (std::uint32_t i = 0; i < 4; ++i) {
        const std::uint32_t word = weights[(i % 2U) * 2U];
        const std::uint32_t next = weights[(i % 2U) * 2U + 1U];
        std::int32_t sum =
            __smlad(i < 2 ? even_codes(word) : second_codes(word), even_codes(codes), 0);
        sum = __smlad(i < 2 ? even_codes(next) : second_codes(next), odd_codes(codes), sum);
        sums[i] += 2 * sum;
      }
    }
  }

  const FullyConnectedS8& params_;
  Mode mode_;
  const std::uint32_t* weights_;
  FcBlocks blocks_;
};

}  // namespace

void fully_connected_s8(const FullyConnectedS8& params, const Memory& memory) noexcept {
  Layer layer(params, memory);
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t b = 0; b < params.batch; ++b) {
    layer.row(in, out);
    in += params.depth;
    out += params.outputs;
  }
}

}  // namespace aiot::nn::arm_dsp
