// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <limits>

#include "aiot/core/check.hpp"
#include "aiot/nn/plain/layout.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"
#include "aiot/toolkit/compiler/target.hpp"

namespace aiot::toolkit {
namespace {

std::vector<std::byte> bytes_of(std::span<const std::int8_t> values) {
  const auto bytes = std::as_bytes(values);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> bytes_of(std::span<const nn::Channel> channels) {
  const auto bytes = std::as_bytes(channels);
  return {bytes.begin(), bytes.end()};
}

/// `channels` with input_offset * sum of the weights of each added to its bias; `weight_of(channel,
/// term)` for `terms` terms.
template <class WeightOf>
std::vector<std::byte> folded(std::span<const nn::Channel> channels,
                              std::int32_t input_offset,
                              std::size_t terms,
                              WeightOf weight_of) {
  std::vector<nn::Channel> result(channels.begin(), channels.end());
  for (std::size_t o = 0; o < result.size(); ++o) {
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < terms; ++k) {
      sum = nn::wrap_add(sum, weight_of(o, k));
    }
    result[o].bias = nn::wrap_add(result[o].bias, nn::wrap_multiply(sum, input_offset));
  }
  return bytes_of(std::span<const nn::Channel>(result));
}

/// Panels as plain/layout.hpp describes them.
PackedLayer pack(const nn::FullyConnectedS8& params,
                 std::span<const std::int8_t> weights,
                 std::span<const nn::Channel> channels) {
  constexpr std::size_t kOrder[4] = {0, 3, 2, 1};
  const std::size_t depth = params.depth;
  const auto at = [&](std::size_t o, std::size_t d) -> std::int32_t {
    return o < params.outputs ? weights[o * depth + d] : 0;
  };
  PackedLayer packed;
  packed.weights.reserve(static_cast<std::size_t>(nn::plain::panel_outputs(params)) * depth);
  for (std::size_t first = 0; first < params.outputs;) {
    const std::size_t panel = params.outputs - first > 4 ? 8 : 4;
    for (std::size_t d = 0; d < depth; ++d) {
      for (std::size_t i = 0; i < panel; ++i) {
        const std::size_t channel = i / 4 * 4 + kOrder[i % 4];
        const std::int32_t weight = at(first + channel, d) + (channel % 2 == 0 ? 128 : 0);
        packed.weights.push_back(static_cast<std::byte>(weight));
      }
    }
    first += panel;
  }
  packed.channels = folded(channels, params.input_offset, depth, [&](std::size_t o, std::size_t d) {
    return at(o, d) + params.weight_offset;
  });
  return packed;
}

PackedLayer pack(const nn::Conv2dS8& params,
                 std::span<const std::int8_t> weights,
                 std::span<const nn::Channel> channels) {
  const auto depth = static_cast<std::size_t>(nn::plain::conv_depth(params));
  return {bytes_of(weights),
          folded(channels, params.input_offset, depth, [&](std::size_t o, std::size_t k) {
            return std::int32_t{weights[o * depth + k]};
          })};
}

/// From [taps][channels] to [channels][taps].
PackedLayer pack(const nn::DepthwiseConv2dS8& params,
                 std::span<const std::int8_t> weights,
                 std::span<const nn::Channel> channels) {
  const std::size_t outputs = params.images.out_c;
  const std::size_t taps = std::size_t{params.window.kernel_h} * params.window.kernel_w;
  std::vector<std::int8_t> turned(weights.size());
  for (std::size_t tap = 0; tap < taps; ++tap) {
    for (std::size_t o = 0; o < outputs; ++o) {
      turned[o * taps + tap] = weights[tap * outputs + o];
    }
  }
  return {bytes_of(turned),
          folded(channels, params.input_offset, taps, [&](std::size_t o, std::size_t tap) {
            return std::int32_t{turned[o * taps + tap]};
          })};
}

/// Scratch in bytes; more than 32 bits hold never fits into an arena.
std::uint32_t bytes32(std::uint64_t bytes) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(bytes, std::numeric_limits<std::uint32_t>::max()));
}

std::uint32_t block_pixels(const nn::Conv2dS8& params, std::uint32_t scratch_bytes) {
  for (const std::uint32_t pixels : {nn::plain::kFastPixels, nn::plain::kMiddlePixels}) {
    if (scratch_bytes >= nn::plain::conv_scratch(params, pixels)) {
      return pixels;
    }
  }
  return nn::plain::kLeastPixels;
}

/// Rows are read into scratch when an output row needs them, then that row is written. So what has
/// been written must not reach the first row that has not been read.
std::uint32_t depthwise_lead(const nn::DepthwiseConv2dS8& params) {
  const nn::Images& images = params.images;
  const auto rows = static_cast<std::int64_t>(nn::plain::depthwise_rows(params));
  const std::int64_t in_row = std::int64_t{images.in_w} * images.in_c;
  const std::int64_t out_row = std::int64_t{images.out_w} * images.out_c;
  std::int64_t lead = 0;
  for (std::int64_t image = 0; image < images.batch; ++image) {
    for (std::int64_t y = 0; y < images.out_h; ++y) {
      const std::int64_t end = y * params.window.stride_h - params.window.pad_top + rows;
      const std::int64_t read = std::clamp<std::int64_t>(end, 0, images.in_h);
      const bool last = image + 1 == images.batch && (read == images.in_h || y + 1 == images.out_h);
      const std::int64_t written = (image * images.out_h + y + 1) * out_row;
      const std::int64_t needed = (image * images.in_h + read) * in_row;
      lead = last ? lead : std::max(lead, written - needed);
    }
  }
  return static_cast<std::uint32_t>((lead + 3) / 4 * 4);
}

class PlainTarget final : public Target {
 public:
  [[nodiscard]] std::string_view kernels() const override { return "plain"; }

  [[nodiscard]] nn::WeightLayout layout() const override { return nn::WeightLayout::kArmPlain; }

  [[nodiscard]] PackedLayer pack(const InstructionView& instruction,
                                 std::span<const std::int8_t> weights,
                                 std::span<const nn::Channel> channels) const override {
    switch (instruction.code) {
      case nn::OpCode::kFullyConnectedS8:
        return toolkit::pack(
            params_of<nn::FullyConnectedS8>(instruction.params), weights, channels);
      case nn::OpCode::kConv2dS8:
        return toolkit::pack(params_of<nn::Conv2dS8>(instruction.params), weights, channels);
      case nn::OpCode::kDepthwiseConv2dS8:
        return toolkit::pack(
            params_of<nn::DepthwiseConv2dS8>(instruction.params), weights, channels);
      default:
        AIOT_CHECK(false);
        return {};
    }
  }

  [[nodiscard]] std::vector<std::uint32_t> scratch(
      const InstructionView& instruction) const override {
    switch (instruction.code) {
      case nn::OpCode::kConv2dS8: {
        const auto params = params_of<nn::Conv2dS8>(instruction.params);
        return {bytes32(nn::plain::conv_scratch(params, nn::plain::kFastPixels)),
                bytes32(nn::plain::conv_scratch(params, nn::plain::kMiddlePixels)),
                bytes32(nn::plain::conv_scratch(params, nn::plain::kLeastPixels))};
      }
      case nn::OpCode::kDepthwiseConv2dS8:
        return {bytes32(
            nn::plain::depthwise_scratch(params_of<nn::DepthwiseConv2dS8>(instruction.params)))};
      default:
        return {0};
    }
  }

  [[nodiscard]] std::optional<std::uint32_t> lead(const InstructionView& instruction,
                                                  std::uint32_t scratch_bytes) const override {
    switch (instruction.code) {
      case nn::OpCode::kFullyConnectedS8:
        return std::nullopt;
      case nn::OpCode::kConv2dS8: {
        const auto params = params_of<nn::Conv2dS8>(instruction.params);
        if (params.groups != 1) {  // one group after the other
          return std::nullopt;
        }
        return windowed_lead(
            params.images, params.window, block_pixels(params, scratch_bytes), true);
      }
      case nn::OpCode::kDepthwiseConv2dS8:
        return depthwise_lead(params_of<nn::DepthwiseConv2dS8>(instruction.params));
      default:
        return ref_target().lead(instruction, scratch_bytes);
    }
  }
};

}  // namespace

const Target& plain_target() {
  static const PlainTarget target;
  return target;
}

}  // namespace aiot::toolkit
