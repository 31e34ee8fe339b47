// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "aiot/nn/arm_mve/layout.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"
#include "aiot/toolkit/compiler/target.hpp"

namespace aiot::toolkit {
namespace {

namespace mve = nn::arm_mve;

using Weights = std::span<const std::int8_t>;
using Channels = std::span<const nn::Channel>;

/// Constants grow as they are read.
class Writer {
 public:
  void byte(std::int8_t value) { bytes_.push_back(static_cast<std::byte>(value)); }

  void word(std::int32_t value) {
    std::byte bytes[4];
    std::memcpy(bytes, &value, sizeof value);
    bytes_.insert(bytes_.end(), std::begin(bytes), std::end(bytes));
  }

  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

/// What VRSHL takes: as `requantize` reads the shift of a damaged channel as well. A factor of 0
/// gives 0 however it is shifted; to the right keeps its layer on the fast path.
std::int32_t vector_shift(const nn::Channel& channel) {
  const auto bits = static_cast<std::uint32_t>(channel.shift);
  if (channel.multiplier == 0) {
    return -1;
  }
  return channel.shift > 0 ? static_cast<std::int32_t>(bits & 31U)
                           : -static_cast<std::int32_t>((0U - bits) & 31U);
}

void write_header(Writer& out, Channels channels) {
  const bool right = std::all_of(
      channels.begin(), channels.end(), [](const nn::Channel& c) { return vector_shift(c) < 0; });
  out.word(right ? mve::kFactorsBelowHalf : mve::kAnyFactor);
  for (int i = 0; i < 3; ++i) {
    out.word(0);
  }
}

/// Bias, multiplier and shift of `order` of `channels` behind `first`, each in its own vector.
/// Channels that are not there are zero, with a shift that every rule knows.
void write_block(Writer& out,
                 Channels channels,
                 std::size_t first,
                 std::span<const std::uint32_t> order) {
  const auto at = [&](std::uint32_t i) {
    return first + i < channels.size() ? channels[first + i] : nn::Channel{0, 0, -1};
  };
  for (const std::uint32_t i : order) {
    out.word(at(i).bias);
  }
  for (const std::uint32_t i : order) {
    out.word(at(i).multiplier);
  }
  for (const std::uint32_t i : order) {
    out.word(vector_shift(at(i)));
  }
}

constexpr std::uint32_t kQuadOrder[mve::kQuad] = {0, 1, 2, 3};

/// `channels` with the input's zero point in the bias; the weights of channel c are every
/// `stride`th of `count` from `first(c)` on.
template <class First>
std::vector<nn::Channel> folded(Channels channels,
                                Weights weights,
                                std::int32_t offset,
                                std::size_t count,
                                std::size_t stride,
                                First first) {
  std::vector<nn::Channel> result(channels.begin(), channels.end());
  for (std::size_t c = 0; c < result.size(); ++c) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      sum += weights[first(c) + i * stride];
    }
    result[c].bias = nn::wrap_add(result[c].bias, nn::wrap_multiply(offset, sum));
  }
  return result;
}

/// 16 weights from `at` on of a filter, zeros behind its `size`.
void write_vector(Writer& out, Weights filter, std::size_t at) {
  for (std::size_t i = 0; i < mve::kVectorBytes; ++i) {
    out.byte(at + i < filter.size() ? filter[at + i] : std::int8_t{0});
  }
}

/// The filter of output channel `c`, empty when there is none.
Weights filter_of(Weights weights, std::size_t c, std::size_t end, std::size_t size) {
  return c < end ? weights.subspan(c * size, size) : Weights{};
}

void write_gathered(Writer& out, const mve::ConvShape& shape, Weights weights, std::size_t group) {
  const std::size_t begin = group * shape.outputs;
  const std::size_t end = begin + shape.outputs;
  for (std::size_t p = 0; p < 2 * shape.quads; ++p) {
    const std::size_t pair = p ^ 1U;
    for (std::size_t i = 0; i < shape.steps; ++i) {
      const std::size_t step =
          shape.steps <= mve::kStraightSteps ? (i + shape.steps - 1) % shape.steps : i;
      for (std::size_t c = begin + 2 * pair; c < begin + 2 * pair + 2; ++c) {
        write_vector(out, filter_of(weights, c, end, shape.window), step * mve::kVectorBytes);
      }
    }
  }
}

void write_sliding(Writer& out, const nn::Conv2dS8& params, Weights weights) {
  const mve::ConvShape shape = mve::shape_of(params);
  for (std::size_t p = 0; p < 2 * shape.quads; ++p) {
    const std::size_t pair = p ^ 1U;
    for (std::size_t d = 0; d < shape.depth; d += mve::kVectorBytes) {
      for (std::size_t row = 0; row < params.window.kernel_h; ++row) {
        for (std::size_t c = 2 * pair; c < 2 * pair + 2; ++c) {
          const Weights filter = filter_of(weights, c, shape.outputs, shape.window);
          for (std::size_t column = 0; column < 3; ++column) {
            write_vector(out, filter, (row * 3 + column) * shape.depth + d);
          }
        }
      }
    }
  }
}

PackedLayer pack_conv(const nn::Conv2dS8& params, Weights weights, Channels canonical) {
  const mve::ConvShape shape = mve::shape_of(params);
  const auto channels =
      folded(canonical, weights, params.input_offset, shape.window, 1, [&](std::size_t c) {
        return c * shape.window;
      });
  Writer packed;
  Writer parameters;
  write_header(parameters, channels);
  for (std::size_t group = 0; group < params.groups; ++group) {
    if (mve::slides(params)) {
      write_sliding(packed, params, weights);
    } else {
      write_gathered(packed, shape, weights, group);
    }
    const Channels own = Channels(channels).subspan(group * shape.outputs, shape.outputs);
    for (std::size_t c = 0; c < shape.outputs; c += mve::kQuad) {
      write_block(parameters, own, c, kQuadOrder);
    }
  }
  return {packed.take(), parameters.take()};
}

/// The 16 weights of one channel as four columns of four rows; layout.hpp says where.
void write_window(Writer& out,
                  const nn::DepthwiseConv2dS8& params,
                  Weights weights,
                  std::size_t channel) {
  const std::size_t left = mve::path_of(params) == mve::DepthwisePath::kDense ? 1 : 0;
  const std::size_t outputs = params.images.out_c;
  for (std::size_t column = 0; column < 4; ++column) {
    for (std::size_t row = 0; row < 4; ++row) {
      const bool there = channel < outputs && column >= left &&
                         column - left < params.window.kernel_w && row < params.window.kernel_h;
      out.byte(there ? weights[(row * params.window.kernel_w + column - left) * outputs + channel]
                     : std::int8_t{0});
    }
  }
}

PackedLayer pack_depthwise(const nn::DepthwiseConv2dS8& params,
                           Weights weights,
                           Channels canonical) {
  const std::size_t outputs = params.images.out_c;
  const std::size_t taps = std::size_t{params.window.kernel_h} * params.window.kernel_w;
  Writer packed;
  Writer parameters;
  write_header(parameters, canonical);
  if (mve::path_of(params) == mve::DepthwisePath::kGeneral) {
    for (std::size_t c = 0; c < outputs; c += mve::kQuad) {
      write_block(parameters, canonical, c, kQuadOrder);
    }
    const auto bytes = std::as_bytes(weights);
    return {{bytes.begin(), bytes.end()}, parameters.take()};
  }
  const auto channels =
      folded(canonical, weights, params.input_offset, taps, outputs, [](auto c) { return c; });
  for (std::size_t c = 0; c < outputs; c += mve::kQuad) {
    for (std::size_t i = 0; i < mve::kQuad; ++i) {
      write_window(packed, params, weights, c + i);
    }
    packed.word(0);
    write_block(packed, channels, c, kQuadOrder);
  }
  return {packed.take(), parameters.take()};
}

PackedLayer pack_fully_connected(const nn::FullyConnectedS8& params,
                                 Weights weights,
                                 Channels canonical) {
  const std::size_t depth = params.depth;
  const auto channels = folded(
      canonical, weights, params.input_offset, depth, 1, [&](std::size_t o) { return o * depth; });
  Writer packed;
  Writer parameters;
  write_header(parameters, channels);
  for (std::size_t o = 0; o < params.outputs; o += mve::kOctet) {
    for (std::size_t d = 0; d < depth; d += mve::kVectorBytes) {
      for (const std::uint32_t i : mve::kOctetOrder) {
        write_vector(packed, filter_of(weights, o + i, params.outputs, depth), d);
      }
    }
    write_block(parameters, channels, o, mve::kOctetOrder);
  }
  return {packed.take(), parameters.take()};
}

/// Of the kernels that keep input rows: the first byte that a pass over `rows` rows of outputs, or
/// one behind it, reads anew may not have been overwritten by the passes before. The first pass
/// begins with the window's first row, the others `kept` rows behind theirs.
std::uint32_t rows_lead(const nn::Images& images,
                        std::int64_t rows,
                        std::int64_t rows_down,
                        std::int64_t pad,
                        std::int64_t kept) {
  const std::int64_t in_row = std::int64_t{images.in_w} * images.in_c;
  const std::int64_t out_row = std::int64_t{images.out_w} * images.out_c;
  const std::int64_t passes = (images.out_h + rows - 1) / rows;
  std::int64_t lead = 0;
  for (std::int64_t image = 0; image < images.batch; ++image) {
    for (std::int64_t pass = 0; pass < passes; ++pass) {
      const std::int64_t first = rows_down * pass - pad + (pass == 0 ? 0 : kept);
      const std::int64_t fresh = std::clamp<std::int64_t>(first, 0, images.in_h);
      if (fresh == images.in_h && image + 1 == images.batch) {
        continue;
      }
      const std::int64_t written = (image * images.out_h + pass * rows) * out_row;
      lead = std::max(lead, written - (image * images.in_h + fresh) * in_row);
    }
  }
  return static_cast<std::uint32_t>((lead + 3) / 4 * 4);
}

class ArmMveTarget final : public Target {
 public:
  [[nodiscard]] std::string_view kernels() const override { return "arm_mve"; }

  [[nodiscard]] nn::WeightLayout layout() const override { return nn::WeightLayout::kArmMve; }

  [[nodiscard]] PackedLayer pack(const InstructionView& instruction,
                                 std::span<const std::int8_t> weights,
                                 std::span<const nn::Channel> channels) const override {
    switch (instruction.code) {
      case nn::OpCode::kConv2dS8:
        return pack_conv(params_of<nn::Conv2dS8>(instruction.params), weights, channels);
      case nn::OpCode::kDepthwiseConv2dS8:
        return pack_depthwise(
            params_of<nn::DepthwiseConv2dS8>(instruction.params), weights, channels);
      case nn::OpCode::kFullyConnectedS8:
        return pack_fully_connected(
            params_of<nn::FullyConnectedS8>(instruction.params), weights, channels);
      default:
        return {};
    }
  }

  [[nodiscard]] std::vector<std::uint32_t> scratch(
      const InstructionView& instruction) const override {
    switch (instruction.code) {
      case nn::OpCode::kConv2dS8:
        return least(mve::needs(params_of<nn::Conv2dS8>(instruction.params)));
      case nn::OpCode::kDepthwiseConv2dS8:
        return least(mve::needs(params_of<nn::DepthwiseConv2dS8>(instruction.params)));
      default:
        return {0};
    }
  }

  [[nodiscard]] std::optional<std::uint32_t> lead(const InstructionView& instruction,
                                                  std::uint32_t scratch_bytes) const override {
    switch (instruction.code) {
      case nn::OpCode::kConv2dS8: {
        const auto params = params_of<nn::Conv2dS8>(instruction.params);
        if (params.groups != 1) {
          return std::nullopt;
        }
        if (mve::slides(params)) {
          return rows_lead(params.images, 1, 1, params.window.pad_top, 2);
        }
        const auto blocks = static_cast<std::uint32_t>(mve::shape_of(params).blocks);
        return windowed_lead(
            params.images, params.window, mve::kBlockPixels * blocks, !mve::reads_in_place(params));
      }
      case nn::OpCode::kDepthwiseConv2dS8: {
        const auto params = params_of<nn::DepthwiseConv2dS8>(instruction.params);
        if (mve::path_of(params) == mve::DepthwisePath::kGeneral) {
          return windowed_lead(params.images, params.window, 1, false);
        }
        const bool dense = mve::path_of(params) == mve::DepthwisePath::kDense;
        return rows_lead(params.images, dense ? 2 : 1, 2, params.window.pad_top, 2);
      }
      default:
        return ref_target().lead(instruction, scratch_bytes);
    }
  }

 private:
  static std::vector<std::uint32_t> least(const nn::Needs& needs) {
    return {static_cast<std::uint32_t>(needs.scratch)};
  }
};

}  // namespace

const Target& arm_mve_target() {
  static const ArmMveTarget target;
  return target;
}

}  // namespace aiot::toolkit
