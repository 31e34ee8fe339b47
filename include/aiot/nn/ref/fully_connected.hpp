// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/quant.hpp"

namespace aiot::nn::ref {

/// Accumulator to int8 by the rules of `channel` and `out`.
constexpr std::int8_t to_s8(std::int32_t sum,
                            const Channel& channel,
                            const OutputS8& out) noexcept {
  const std::int32_t scaled = requantize(sum, {channel.multiplier, channel.shift});
  return static_cast<std::int8_t>(clamp(wrap_add(scaled, out.zero_point), out.lo, out.hi));
}

/// Int8 fully connected layer; shapes and ranges in `FullyConnectedS8`.
/// batch*outputs*depth multiply-accumulates, no scratch. `params` must have passed its check.
/// Source: TFLite 8-bit quantisation specification, FULLY_CONNECTED.
inline void fully_connected_s8(const FullyConnectedS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  const auto* channels = memory.constants<Channel>(params.channels);
  for (std::uint32_t b = 0; b < params.batch; ++b) {
    const auto* weights = memory.constants<std::int8_t>(params.weights);
    for (std::uint32_t o = 0; o < params.outputs; ++o) {
      std::int32_t sum = channels[o].bias;
      for (std::uint32_t d = 0; d < params.depth; ++d) {
        const std::int32_t weight = weights[d] + params.weight_offset;
        sum = wrap_add(sum, (in[d] + params.input_offset) * weight);
      }
      out[o] = to_s8(sum, channels[o], params.out);
      weights += params.depth;
    }
    in += params.depth;
    out += params.outputs;
  }
}

}  // namespace aiot::nn::ref
