// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"
#include "src/toolkit/compiler/lower_images.hpp"
#include "src/toolkit/compiler/lower_operators.hpp"
#include "src/toolkit/compiler/quantisation.hpp"

namespace aiot::toolkit {
namespace {

using graph::Operator;
using graph::Tensor;

/// Back-ends double an accumulator before they multiply: below this all of them are exact.
constexpr std::int64_t kExactBelow = std::int64_t{1} << 30U;

/// Weights and channels of a layer, with what decides how large its sums can get.
struct Layer {
  std::vector<std::int8_t> weights;
  std::vector<nn::Channel> channels;
  bool channels_last = false;  ///< [taps][channels] instead of [channels][taps]
  std::int32_t weight_offset = 0;
  std::int32_t input_offset = 0;

  [[nodiscard]] std::size_t taps() const { return weights.size() / channels.size(); }

  [[nodiscard]] std::int8_t& weight(std::size_t channel, std::size_t tap) {
    return weights[channels_last ? tap * channels.size() + channel : channel * taps() + tap];
  }
};

std::vector<std::int8_t> int8_values(const Tensor& tensor) {
  std::vector<std::int8_t> values(tensor.data.size());
  std::transform(tensor.data.begin(), tensor.data.end(), values.begin(), [](std::byte byte) {
    return static_cast<std::int8_t>(byte);
  });
  return values;
}

/// [rows][columns] as [columns][rows]
std::vector<std::int8_t> transposed(const std::vector<std::int8_t>& from,
                                    std::size_t rows,
                                    std::size_t columns) {
  std::vector<std::int8_t> to(from.size());
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      to[c * rows + r] = from[r * columns + c];
    }
  }
  return to;
}

/// Scale of the products over the output's, in the precision of the reference kernel.
double rescale(const Operator& op,
               const Tensor& in,
               const Tensor& weights,
               const Tensor& out,
               std::size_t channel) {
  const bool per_channel = weights.scales.size() > 1;
  const float scale = weights.scales[per_channel ? channel : 0];
  if (op.kind == graph::Kind::kFullyConnected && !per_channel) {
    const float product = in.scale() * scale;
    return static_cast<double>(product) / static_cast<double>(out.scale());
  }
  return static_cast<double>(in.scale()) * static_cast<double>(scale) /
         static_cast<double>(out.scale());
}

std::vector<nn::Channel> channels_of(const Lowering& lowering,
                                     const Operator& op,
                                     std::size_t count) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& weights = graph::input(lowering.graph(), op, 1);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  std::vector<nn::Channel> channels(count);
  for (std::size_t i = 0; i < count; ++i) {
    const nn::Multiplier factor = factor_or_refuse(op, rescale(op, in, weights, out, i));
    channels[i] = {0, factor.multiplier, factor.shift};
    if (graph::has_input(op, 2)) {
      const Tensor& bias = graph::input(lowering.graph(), op, 2);
      channels[i].bias = static_cast<std::int32_t>(load_le32(&bias.data[4 * i]));
    }
  }
  return channels;
}

/// The reference refuses a fully connected layer whose bias is in another scale than its products.
void check_bias_scale(const Lowering& lowering, const Operator& op) {
  if (!graph::has_input(op, 2)) {
    return;
  }
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& weights = graph::input(lowering.graph(), op, 1);
  const Tensor& bias = graph::input(lowering.graph(), op, 2);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  if (weights.scales.size() != 1 || bias.scales.size() != 1) {
    return;
  }
  constexpr double kTolerance = 0.02;
  const float product = in.scale() * weights.scale();
  const double difference = static_cast<double>(product) - static_cast<double>(bias.scale());
  if (!(std::max(difference, -difference) / static_cast<double>(out.scale()) <= kTolerance)) {
    graph::refuse(op,
                  "the scale of bias '" + bias.name +
                      "' is not that of input times weights; convert the model again");
  }
}

struct Range {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
};

/// What the sum of `channel` can be, padding (which adds 0) included.
Range sums_of(Layer& layer, std::size_t channel) {
  const std::int64_t lowest = -128 + layer.input_offset;
  const std::int64_t highest = 127 + layer.input_offset;
  Range range{layer.channels[channel].bias, layer.channels[channel].bias};
  for (std::size_t tap = 0; tap < layer.taps(); ++tap) {
    const std::int64_t weight = layer.weight(channel, tap) + layer.weight_offset;
    range.lo += weight * (weight > 0 ? lowest : highest);
    range.hi += weight * (weight > 0 ? highest : lowest);
  }
  return range;
}

/// The code of the extremes of `range` when it is the same, and with it of all between.
bool constant_code(const Range& range,
                   const nn::Channel& channel,
                   const nn::OutputS8& out,
                   std::int32_t& code) {
  const std::int64_t limit = std::int64_t{1} << (channel.shift > 0 ? 31 - channel.shift : 31);
  if (range.lo < -limit || range.hi >= limit) {
    return false;  // wraps
  }
  const auto code_of = [&](std::int64_t sum) {
    const std::int32_t value =
        nn::requantize(static_cast<std::int32_t>(sum), {channel.multiplier, channel.shift});
    return nn::clamp(nn::wrap_add(value, out.zero_point), out.lo, out.hi);
  };
  code = code_of(range.lo);
  return code == code_of(range.hi);
}

/// Sums near the ends of 32 bits are not exact in every back-end. Converters make them for dead
/// channels only, whose weights are next to nothing beside the bias: they are constants.
void tame_channel(const Operator& op, Layer& layer, const nn::OutputS8& out, std::size_t channel) {
  const Range range = sums_of(layer, channel);
  if (range.lo > -kExactBelow && range.hi < kExactBelow) {
    return;
  }
  std::int32_t code = 0;
  if (!constant_code(range, layer.channels[channel], out, code)) {
    graph::refuse(op,
                  "the sum of output channel " + std::to_string(channel) + " can be from " +
                      std::to_string(range.lo) + " to " + std::to_string(range.hi) +
                      ", and is exact below 2^30 only; quantise again with smaller biases or fewer "
                      "inputs");
  }
  for (std::size_t tap = 0; tap < layer.taps(); ++tap) {
    layer.weight(channel, tap) = static_cast<std::int8_t>(-layer.weight_offset);
  }
  // (code - zero point) * 2^8 * 2^-8, exactly.
  layer.channels[channel] = {(code - out.zero_point) * 256, std::int32_t{1} << 30, -7};
}

template <class Params>
void finish(Lowering& lowering, const Operator& op, nn::OpCode code, Params params, Layer layer) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  params.input_offset = input_offset(in);
  params.out = output_rules(out, op.options.activation);
  layer.input_offset = params.input_offset;
  for (std::size_t channel = 0; channel < layer.channels.size(); ++channel) {
    tame_channel(op, layer, params.out, channel);
  }
  lowering.add_constants(layer.weights.size() + layer.channels.size() * sizeof(nn::Channel));
  lowered::Instruction& instruction =
      lowering.emit(op, code, params, {lowering.input_of(op, 0)}, lowering.output_of(op, 0));
  instruction.weights = std::move(layer.weights);
  instruction.channels = std::move(layer.channels);
}

void lower_fully_connected(Lowering& lowering, const Operator& op) {
  check_bias_scale(lowering, op);
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& weights = graph::input(lowering.graph(), op, 1);
  nn::FullyConnectedS8 params;
  params.outputs = weights.dims[0];
  params.depth = weights.dims[1];
  params.batch = narrow32(in.elements() / params.depth);
  params.weight_offset = weights.scales.size() > 1 ? std::int16_t{0} : input_offset(weights);
  Layer layer;
  layer.weights = int8_values(weights);
  layer.channels = channels_of(lowering, op, params.outputs);
  layer.weight_offset = params.weight_offset;
  finish(lowering, op, nn::OpCode::kFullyConnectedS8, params, std::move(layer));
}

void emit_conv(Lowering& lowering,
               const Operator& op,
               const WindowedShapes& shapes,
               std::uint32_t groups,
               Layer layer) {
  nn::Conv2dS8 params;
  params.images = shapes.images;
  params.window = shapes.window;
  params.groups = static_cast<std::uint16_t>(groups);
  finish(lowering, op, nn::OpCode::kConv2dS8, params, std::move(layer));
}

void emit_depthwise(Lowering& lowering,
                    const Operator& op,
                    const WindowedShapes& shapes,
                    Layer layer) {
  nn::DepthwiseConv2dS8 params;
  params.images = shapes.images;
  params.window = shapes.window;
  params.multiplier = static_cast<std::uint16_t>(shapes.images.out_c / shapes.images.in_c);
  layer.channels_last = true;
  finish(lowering, op, nn::OpCode::kDepthwiseConv2dS8, params, std::move(layer));
}

/// As many groups as input channels: what DEPTHWISE_CONV_2D does, with its kernels.
void lower_conv(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& weights = graph::input(lowering.graph(), op, 1);
  const std::uint32_t outputs = weights.dims[0];
  const WindowedShapes shapes = windowed_shapes(lowering, op, outputs);
  const std::uint32_t groups = in.dims[3] / weights.dims[3];
  Layer layer;
  layer.weights = int8_values(weights);
  layer.channels = channels_of(lowering, op, outputs);
  if (groups > 1 && weights.dims[3] == 1) {
    layer.weights = transposed(layer.weights, outputs, layer.taps());
    return emit_depthwise(lowering, op, shapes, std::move(layer));
  }
  emit_conv(lowering, op, shapes, groups, std::move(layer));
}

/// One input channel: what CONV_2D does, with its kernels, which reuse what they have read.
void lower_depthwise(Lowering& lowering, const Operator& op) {
  const Tensor& weights = graph::input(lowering.graph(), op, 1);
  const std::uint32_t outputs = weights.dims[3];
  const WindowedShapes shapes = windowed_shapes(lowering, op, outputs);
  Layer layer;
  layer.weights = int8_values(weights);
  layer.channels = channels_of(lowering, op, outputs);
  if (shapes.images.in_c == 1) {
    layer.weights = transposed(layer.weights, layer.taps(), outputs);
    return emit_conv(lowering, op, shapes, 1, std::move(layer));
  }
  emit_depthwise(lowering, op, shapes, std::move(layer));
}

}  // namespace

void lower_weighted(Lowering& lowering, const Operator& op) {
  switch (op.kind) {
    case graph::Kind::kFullyConnected:
      return lower_fully_connected(lowering, op);
    case graph::Kind::kDepthwiseConv2d:
      return lower_depthwise(lowering, op);
    default:
      return lower_conv(lowering, op);
  }
}

}  // namespace aiot::toolkit
