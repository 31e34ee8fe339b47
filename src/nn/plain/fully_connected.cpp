// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "aiot/nn/plain/kernels.hpp"
#include "panel.hpp"
#include "requantize.hpp"

namespace aiot::nn::plain {
namespace {

/// Sum of the inputs of a row: what the 128 that is in every second weight adds, times 128.
std::uint32_t sum_of(const std::int8_t* in, std::uint32_t depth) noexcept {
  std::int32_t sum = 0;
#pragma GCC unroll 8
  for (std::uint32_t d = 0; d < depth; ++d) {
    sum += in[d];
  }
  return as_unsigned(sum);
}

/// One panel of 4 or 8 channels times one row of inputs, of which `count` channels are written.
template <std::uint32_t outputs>
void multiply_panel(const FullyConnectedS8& params,
                    const std::int8_t* in,
                    std::uint32_t total,
                    const std::byte* weights,
                    const Channel* channels,
                    std::uint32_t count,
                    std::int8_t* out) noexcept {
  std::uint32_t sums[outputs];
  add_panel<outputs>(weights, in, params.depth, sums);
  const std::uint32_t high = total * static_cast<std::uint32_t>(params.weight_offset);
  const std::uint32_t low = high - total * 128U;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t sum = sums[i] + (i % 2 == 0 ? low : high);
    write_codes(
        channels[i], params.out, 1, [sum](std::uint32_t) { return sum; }, out + i, 0);
  }
}

}  // namespace

void fully_connected_s8(const FullyConnectedS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t b = 0; b < params.batch; ++b) {
    const std::uint32_t total = sum_of(in, params.depth);
    const std::byte* weights = memory.weights + params.weights;
    const auto* channels = memory.constants<Channel>(params.channels);
    std::uint32_t left = params.outputs;
    while (left > 4) {
      const std::uint32_t count = left < 8 ? left : 8;
      multiply_panel<8>(params, in, total, weights, channels, count, out);
      weights += std::size_t{8} * params.depth;
      channels += count;
      out += count;
      left -= count;
    }
    if (left != 0) {
      multiply_panel<4>(params, in, total, weights, channels, left, out);
      out += left;
    }
    in += params.depth;
  }
}

}  // namespace aiot::nn::plain
