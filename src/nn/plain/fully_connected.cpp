// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "aiot/nn/plain/kernels.hpp"
#include "panel.hpp"
#include "requantize.hpp"

namespace aiot::nn::plain {
namespace {

std::uint32_t sum_of(const std::int8_t* in, std::uint32_t depth) noexcept {
  std::int32_t sum = 0;
#pragma GCC unroll 8
  for (std::uint32_t d = 0; d < depth; ++d) {
    sum += in[d];
  }
  return as_unsigned(sum);
}

/// One row of inputs.
class Row {
 public:
  Row(const FullyConnectedS8& params, const std::int8_t* in) noexcept
      : in_(in), depth_(params.depth), rules_(params.out) {
    // The offset of all weights, and the 128 in the even ones, as often as the inputs say; where
    // the lanes of the even ones begin.
    const std::uint32_t parts = (depth_ + kPanelTerms - 1U) / kPanelTerms;
    const std::uint32_t total = sum_of(in, depth_);
    odd_ = total * static_cast<std::uint32_t>(params.weight_offset);
    even_ = odd_ - total * 128U - parts * kPanelStart;
  }

  /// A panel of 4 or 8 channels, of which `count` are written.
  template <std::uint32_t outputs>
  void multiply(const std::uint32_t* panel,
                const Channel* channels,
                std::uint32_t count,
                std::int8_t* out) const noexcept {
    std::uint32_t sums[outputs];
    for (std::uint32_t i = 0; i < outputs; i += 2) {
      sums[i] = even_;
      sums[i + 1] = odd_;
    }
    add_panel<outputs>(panel, in_, depth_, sums);
    finish_panel(sums, channels, count, rules_, out);
  }

 private:
  const std::int8_t* in_;
  std::uint32_t depth_;
  const OutputS8& rules_;
  std::uint32_t even_;
  std::uint32_t odd_;
};

}  // namespace

void fully_connected_s8(const FullyConnectedS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t b = 0; b < params.batch; ++b) {
    const Row row(params, in);
    const auto* panel = memory.constants<std::uint32_t>(params.weights);
    const auto* channels = memory.constants<Channel>(params.channels);
    std::uint32_t left = params.outputs;
    while (left > 4) {
      const std::uint32_t count = left < 8 ? left : 8;
      row.multiply<8>(panel, channels, count, out);
      panel += std::size_t{2} * params.depth;
      channels += count;
      out += count;
      left -= count;
    }
    if (left != 0) {
      row.multiply<4>(panel, channels, left, out);
      out += left;
    }
    in += params.depth;
  }
}

}  // namespace aiot::nn::plain
