// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "aiot/nn/arm_dsp/layout.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"
#include "aiot/toolkit/compiler/target.hpp"

namespace aiot::toolkit {
namespace {

namespace arm_dsp = nn::arm_dsp;
using arm_dsp::Mode;
using arm_dsp::PackedChannel;

/// Larger right shifts leave no room for the zero point in the addend.
constexpr std::int32_t kMostRight = 22;

/// The shift to the right of a channel; one whose factor is 0 may have any.
std::int32_t right_shift(const nn::Channel& channel) {
  return channel.multiplier == 0 ? 1 : std::max(-channel.shift, 0);
}

std::int32_t left_shift(const nn::Channel& channel) {
  return channel.multiplier == 0 ? 0 : std::max(channel.shift, 0);
}

/// The fastest mode that is exact for all channels.
Mode mode_for(std::span<const nn::Channel> channels, const nn::OutputS8& out) {
  const bool every_code = out.lo == -128 && out.hi == 127;
  const bool rectified = out.lo >= out.zero_point;
  for (const nn::Channel& channel : channels) {
    if (left_shift(channel) != 0 || right_shift(channel) > kMostRight ||
        (right_shift(channel) == 0 && !rectified)) {
      return Mode::kGeneral;
    }
  }
  if (!every_code) {
    return Mode::kGeneral;
  }
  return rectified ? Mode::kRectified : Mode::kSigned;
}

/// `channel` with `folded` added to its bias, modulo 2^32.
PackedChannel pack_channel(const nn::Channel& channel,
                           std::int64_t folded,
                           const nn::OutputS8& out,
                           Mode mode) {
  const std::int32_t right = right_shift(channel);
  PackedChannel packed;
  packed.bias2 = static_cast<std::int32_t>((channel.bias + folded) * 2);
  packed.multiplier = channel.multiplier;
  std::int64_t addend = right == 0 ? 0 : std::int64_t{1} << (right - 1);
  if (mode == Mode::kRectified || mode == Mode::kSigned) {
    addend += std::int64_t{out.zero_point} * (std::int64_t{1} << right);
  }
  packed.addend = static_cast<std::int32_t>(addend);
  packed.shift = static_cast<std::uint32_t>(right) |
                 (static_cast<std::uint32_t>(left_shift(channel)) << 8U) |
                 (right == 0 ? 0U : 0x8000'0000U);
  return packed;
}

/// Words in the order in which a kernel reads them.
class WordWriter {
 public:
  void add(std::uint32_t word) {
    for (unsigned i = 0; i < 4; ++i) {
      bytes_.push_back(static_cast<std::byte>(word >> (8 * i)));
    }
  }

  void add(const PackedChannel& channel) {
    add(static_cast<std::uint32_t>(channel.bias2));
    add(static_cast<std::uint32_t>(channel.multiplier));
    add(static_cast<std::uint32_t>(channel.addend));
    add(channel.shift);
  }

  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

/// A halfword of two weights: their codes as `first + 256 * second`, modulo 2^16; `wide` is set
/// where that does not fit.
std::uint32_t halfword(std::int8_t first, std::int8_t second, bool& wide) {
  const int value = first + 256 * second;
  wide = wide || value < -32768;
  return static_cast<std::uint32_t>(value) & 0xFFFFU;
}

/// The weights of one output channel by input of the matrix product; 0 behind the end.
using Row = std::vector<std::int8_t>;

std::int8_t at(const Row& row, std::size_t k) {
  return k < row.size() ? row[k] : std::int8_t{0};
}

/// The two words of quad `quad` for a pair of channels.
void add_quad(
    WordWriter& words, const Row& first, const Row& second, std::size_t quad, bool& wide) {
  const std::size_t k = quad * 4;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::uint32_t low = halfword(at(first, k + i), at(second, k + i), wide);
    const std::uint32_t high = halfword(at(first, k + i + 2), at(second, k + i + 2), wide);
    words.add(low | (high << 16U));
  }
}

std::int64_t sum_of(std::span<const std::int8_t> weights) {
  std::int64_t sum = 0;
  for (const std::int8_t weight : weights) {
    sum += weight;
  }
  return sum;
}

std::vector<std::byte> mode_word(Mode mode) {
  WordWriter words;
  words.add(static_cast<std::uint32_t>(mode));
  return words.take();
}

/// Weights of output channel `o` with each run filled up to whole quads.
Row padded_row(std::span<const std::int8_t> weights, const arm_dsp::Matmul& matmul, std::size_t o) {
  const std::size_t runs = std::size_t{matmul.runs_down} * matmul.runs_across;
  const auto filter = weights.subspan(o * runs * matmul.run_bytes, runs * matmul.run_bytes);
  Row row(runs * matmul.run_quads * 4U);
  for (std::size_t run = 0; run < runs; ++run) {
    std::copy_n(filter.begin() + static_cast<std::ptrdiff_t>(run * matmul.run_bytes),
                matmul.run_bytes,
                row.begin() + static_cast<std::ptrdiff_t>(run * matmul.run_quads * 4U));
  }
  return row;
}

/// `wide` becomes true when a pair of weights is no halfword.
std::vector<std::byte> conv_words(const nn::Conv2dS8& params,
                                  std::span<const std::int8_t> weights,
                                  std::span<const nn::Channel> channels,
                                  Mode mode,
                                  bool& wide) {
  const arm_dsp::Matmul matmul = arm_dsp::matmul_of(params);
  WordWriter words;
  for (std::size_t o = 0; o < params.images.out_c; ++o) {
    if (o % matmul.group_outputs % 2 != 0) {
      continue;  // with the one before
    }
    const bool pair = o % matmul.group_outputs + 1 < matmul.group_outputs;
    const Row first = padded_row(weights, matmul, o);
    const Row second = pair ? padded_row(weights, matmul, o + 1) : Row{};
    for (std::size_t quad = 0; quad < matmul.quads; ++quad) {
      add_quad(words, first, second, quad, wide);
    }
    words.add(
        pair ? pack_channel(channels[o + 1], params.input_offset * sum_of(second), params.out, mode)
             : PackedChannel{});
    words.add(pack_channel(channels[o], params.input_offset * sum_of(first), params.out, mode));
  }
  return words.take();
}

PackedLayer pack_conv(const nn::Conv2dS8& params,
                      std::span<const std::int8_t> weights,
                      std::span<const nn::Channel> channels,
                      Mode mode) {
  bool wide = false;
  std::vector<std::byte> words = conv_words(params, weights, channels, mode, wide);
  if (wide && mode < Mode::kGeneral) {
    words = conv_words(params, weights, channels, Mode::kWide, wide);
  }
  return {std::move(words), mode_word(wide ? Mode::kWide : mode)};
}

PackedLayer pack_columns(const nn::DepthwiseConv2dS8& params,
                         std::span<const std::int8_t> weights,
                         std::span<const nn::Channel> channels) {
  const std::size_t outputs = params.images.out_c;
  const Mode mode = mode_for(channels, params.out);
  WordWriter words;
  for (std::size_t o = 0; o < outputs; ++o) {
    std::int64_t sum = 0;
    const auto doubled = [&](std::size_t row, std::size_t column) {
      return static_cast<std::uint32_t>(2 * weights[(row * 3 + column) * outputs + o]) & 0xFFFFU;
    };
    for (std::size_t row = 0; row < 2; ++row) {
      for (std::size_t column = 0; column < 3; ++column) {
        words.add(doubled(row, column) | (doubled(row + 1, column) << 16U));
      }
    }
    for (std::size_t tap = 0; tap < 9; ++tap) {
      sum += weights[tap * outputs + o];
    }
    words.add(pack_channel(channels[o], params.input_offset * sum, params.out, mode));
  }
  return {words.take(), mode_word(mode)};
}

PackedLayer pack_depthwise(const nn::DepthwiseConv2dS8& params,
                           std::span<const std::int8_t> weights,
                           std::span<const nn::Channel> channels) {
  if (arm_dsp::is_fast(params)) {
    return pack_columns(params, weights, channels);
  }
  const auto values = std::as_bytes(weights);
  const Mode mode = mode_for(channels, params.out);
  WordWriter words;
  words.add(static_cast<std::uint32_t>(mode));
  for (const nn::Channel& channel : channels) {
    words.add(pack_channel(channel, 0, params.out, mode));
  }
  return {{values.begin(), values.end()}, words.take()};
}

/// `wide` becomes true when a pair of weights is no halfword.
std::vector<std::byte> fully_connected_words(const nn::FullyConnectedS8& params,
                                             std::span<const std::int8_t> weights,
                                             std::span<const nn::Channel> channels,
                                             Mode mode,
                                             bool& wide) {
  const std::size_t depth = params.depth;
  WordWriter words;
  for (std::size_t block = 0; block < params.outputs; block += 4) {
    Row rows[4];
    for (std::size_t i = 0; i < 4 && block + i < params.outputs; ++i) {
      const auto row = weights.subspan((block + i) * depth, depth);
      rows[i].assign(row.begin(), row.end());
    }
    for (std::size_t quad = 0; quad < (depth + 3) / 4; ++quad) {
      add_quad(words, rows[0], rows[1], quad, wide);
      add_quad(words, rows[2], rows[3], quad, wide);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const std::int64_t folded =
          params.input_offset *
          (sum_of(rows[i]) + std::int64_t{params.weight_offset} * static_cast<std::int64_t>(depth));
      words.add(block + i < params.outputs
                    ? pack_channel(channels[block + i], folded, params.out, mode)
                    : PackedChannel{});
    }
  }
  return words.take();
}

PackedLayer pack_fully_connected(const nn::FullyConnectedS8& params,
                                 std::span<const std::int8_t> weights,
                                 std::span<const nn::Channel> channels,
                                 Mode mode) {
  bool wide = false;
  std::vector<std::byte> words = fully_connected_words(params, weights, channels, mode, wide);
  if (wide && mode < Mode::kGeneral) {
    words = fully_connected_words(params, weights, channels, Mode::kWide, wide);
  }
  return {std::move(words), mode_word(wide ? Mode::kWide : mode)};
}

/// Rows are written when all that they and the rows before them read is in scratch: pairs of input
/// rows, up to the one that the last of the output rows ends in.
std::optional<std::uint32_t> depthwise_lead(const nn::DepthwiseConv2dS8& params,
                                            std::uint32_t scratch_bytes) {
  const nn::Images& images = params.images;
  if (!arm_dsp::is_fast(params) || arm_dsp::line_channels(params, scratch_bytes) < images.in_c) {
    return std::nullopt;
  }
  const std::uint64_t in_row = std::uint64_t{images.in_w} * images.in_c;
  const std::uint64_t out_row = std::uint64_t{images.out_w} * images.out_c;
  const std::uint64_t rows_of_strip = params.window.stride_h == 1 ? 2 : 1;
  std::uint64_t lead = 0;
  for (std::uint64_t image = 0; image < images.batch; ++image) {
    for (std::uint64_t row = 0; row < images.out_h; row += rows_of_strip) {
      const std::uint64_t rows = std::min<std::uint64_t>(row + rows_of_strip, images.out_h);
      // Pairs up to row / rows_of_strip + 1 are in scratch.
      const std::uint64_t copied = (row / rows_of_strip + 2) * 2;
      const std::uint64_t unread = std::min<std::uint64_t>(
          copied > params.window.pad_top ? copied - params.window.pad_top : 0U, images.in_h);
      const std::uint64_t needed = (image * images.in_h + unread) * in_row;
      const std::uint64_t written = (image * images.out_h + rows) * out_row;
      const bool rest = unread < images.in_h || image + 1U < images.batch;
      if (rest && written > needed) {
        lead = std::max(lead, written - needed);
      }
    }
  }
  return static_cast<std::uint32_t>((lead + 3U) / 4U * 4U);
}

class ArmDspTarget final : public Target {
 public:
  [[nodiscard]] std::string_view kernels() const override { return "arm_dsp"; }

  [[nodiscard]] nn::WeightLayout layout() const override { return nn::WeightLayout::kArmDsp; }

  [[nodiscard]] PackedLayer pack(const InstructionView& instruction,
                                 std::span<const std::int8_t> weights,
                                 std::span<const nn::Channel> channels) const override {
    switch (instruction.code) {
      case nn::OpCode::kConv2dS8: {
        const auto params = params_of<nn::Conv2dS8>(instruction.params);
        return pack_conv(params, weights, channels, mode_for(channels, params.out));
      }
      case nn::OpCode::kDepthwiseConv2dS8:
        return pack_depthwise(
            params_of<nn::DepthwiseConv2dS8>(instruction.params), weights, channels);
      default: {
        const auto params = params_of<nn::FullyConnectedS8>(instruction.params);
        return pack_fully_connected(params, weights, channels, mode_for(channels, params.out));
      }
    }
  }

  [[nodiscard]] std::vector<std::uint32_t> scratch(
      const InstructionView& instruction) const override {
    if (instruction.code == nn::OpCode::kConv2dS8) {
      const auto params = params_of<nn::Conv2dS8>(instruction.params);
      return {static_cast<std::uint32_t>(arm_dsp::needs(params).scratch)};
    }
    if (instruction.code == nn::OpCode::kDepthwiseConv2dS8) {
      const auto params = params_of<nn::DepthwiseConv2dS8>(instruction.params);
      if (arm_dsp::is_fast(params)) {
        const std::uint32_t all = arm_dsp::line_bytes(params) * params.images.in_c;
        const std::uint32_t least = arm_dsp::line_bytes(params) * 4U;
        return all == least ? std::vector{all} : std::vector{all, least};
      }
    }
    return {0};
  }

  [[nodiscard]] std::optional<std::uint32_t> lead(const InstructionView& instruction,
                                                  std::uint32_t scratch_bytes) const override {
    switch (instruction.code) {
      case nn::OpCode::kConv2dS8: {
        const auto params = params_of<nn::Conv2dS8>(instruction.params);
        if (params.groups != 1) {
          return std::nullopt;
        }
        return windowed_lead(params.images, params.window, arm_dsp::kBlockPixels, true);
      }
      case nn::OpCode::kDepthwiseConv2dS8:
        return depthwise_lead(params_of<nn::DepthwiseConv2dS8>(instruction.params), scratch_bytes);
      default:
        return ref_target().lead(instruction, scratch_bytes);
    }
  }
};

}  // namespace

const Target& arm_dsp_target() {
  static const ArmDspTarget target;
  return target;
}

}  // namespace aiot::toolkit
