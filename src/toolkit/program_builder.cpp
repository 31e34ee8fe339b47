// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/program_builder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>

#include "aiot/core/math.hpp"

namespace aiot::toolkit {
namespace {

/// Marks an address in the second buffer until `finish` knows where that begins.
constexpr std::uint32_t kUpperBuffer = 0x4000'0000U;

constexpr std::uint32_t align(std::uint32_t bytes) {
  constexpr auto kStep = static_cast<std::uint32_t>(nn::kAlignment);
  return (bytes + kStep - 1U) / kStep * kStep;
}

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument(what);
}

/// Code of a real value: zero point + round(value / scale), in float32.
std::int32_t code_of(float value, nn::QuantParams params) {
  return params.zero_point + nn::round_half_away(value / params.scale);
}

nn::OutputS8 output_rules(nn::QuantParams params, Activation activation) {
  std::int32_t lo = -128;
  std::int32_t hi = 127;
  if (activation == Activation::kRelu || activation == Activation::kRelu6) {
    lo = std::max(lo, code_of(0.0F, params));
  }
  if (activation == Activation::kRelu6) {
    hi = std::min(hi, code_of(6.0F, params));
  }
  if (activation == Activation::kReluN1To1) {
    lo = std::max(lo, code_of(-1.0F, params));
    hi = std::min(hi, code_of(1.0F, params));
  }
  return {static_cast<std::int16_t>(params.zero_point),
          static_cast<std::int16_t>(lo),
          static_cast<std::int16_t>(hi),
          0};
}

/// Output size and padding of one axis by TFLite's rules.
struct Axis {
  std::uint32_t out;
  std::uint32_t pad;
};

Axis slide(std::uint32_t in,
           std::uint32_t kernel,
           std::uint32_t stride,
           std::uint32_t dilation,
           Padding padding) {
  if (in == 0 || kernel == 0 || stride == 0 || dilation == 0) {
    refuse("a window or image of size 0");
  }
  const std::uint32_t reach = (kernel - 1U) * dilation + 1U;
  if (padding == Padding::kSame) {
    const std::uint32_t out = (in + stride - 1U) / stride;
    const std::uint32_t covered = (out - 1U) * stride + reach;
    return {out, covered > in ? (covered - in) / 2U : 0U};
  }
  if (reach > in) {
    refuse("the window is larger than the image");
  }
  return {(in - reach) / stride + 1U, 0U};
}

nn::Window2d placed(const SlidingWindow& window, Axis rows, Axis columns) {
  return {window.kernel_h,
          window.kernel_w,
          window.stride_h,
          window.stride_w,
          window.dilation_h,
          window.dilation_w,
          static_cast<std::uint16_t>(rows.pad),
          static_cast<std::uint16_t>(columns.pad)};
}

std::uint16_t narrow(std::uint32_t value) {
  if (value > 0xFFFFU) {
    refuse("a dimension is larger than 65535");
  }
  return static_cast<std::uint16_t>(value);
}

}  // namespace

nn::Network view_of(const NetworkSpec& spec) noexcept {
  return {.program = spec.program,
          .weights = spec.weights,
          .inputs = spec.inputs,
          .outputs = spec.outputs,
          .variables = spec.variables,
          .arena_bytes = spec.arena_bytes,
          .layout = spec.layout};
}

std::uint32_t ProgramBuilder::Tensor::elements() const {
  return std::accumulate(dims.begin(), dims.end(), 1U, std::multiplies<>());
}

ProgramBuilder::ProgramBuilder(std::uint32_t batch, std::uint32_t depth, nn::QuantParams input)
    : input_{{batch, depth}, input}, current_(input_) {
  sizes_[0] = input_.elements();
}

ProgramBuilder::ProgramBuilder(std::uint16_t batch,
                               std::uint16_t height,
                               std::uint16_t width,
                               std::uint16_t channels,
                               nn::QuantParams input)
    : input_{{batch, height, width, channels}, input}, current_(input_) {
  sizes_[0] = input_.elements();
}

template <class Params>
void ProgramBuilder::append(nn::OpCode code, const Params& params) {
  constexpr std::size_t kWords = sizeof(Params) / 4;
  network_.program.push_back(static_cast<std::uint32_t>(code) |
                             static_cast<std::uint32_t>((kWords + 1) << 16U));
  const std::size_t at = network_.program.size();
  network_.program.resize(at + kWords);
  std::memcpy(&network_.program[at], &params, sizeof params);
}

/// The other buffer becomes the place of `tensor`; returns its address.
std::uint32_t ProgramBuilder::place(const Tensor& tensor) {
  upper_ = !upper_;
  sizes_[upper_ ? 1 : 0] = std::max(sizes_[upper_ ? 1 : 0], tensor.elements());
  current_ = tensor;
  current_offset_ = upper_ ? kUpperBuffer : 0U;
  return current_offset_;
}

std::uint32_t ProgramBuilder::add_weights(const std::vector<std::int8_t>& values) {
  const auto offset = align(static_cast<std::uint32_t>(network_.weights.size()));
  network_.weights.resize(offset + values.size());
  if (!values.empty()) {
    std::memcpy(&network_.weights[offset], values.data(), values.size());
  }
  return offset;
}

std::uint32_t ProgramBuilder::add_channels(const LayerWeights& weights,
                                           std::uint32_t outputs,
                                           double input_scale,
                                           double output_scale,
                                           bool per_tensor_float) {
  if ((weights.scales.size() != 1 && weights.scales.size() != outputs) ||
      (!weights.bias.empty() && weights.bias.size() != outputs)) {
    refuse("scales or bias of a layer do not fit its outputs");
  }
  const auto offset = align(static_cast<std::uint32_t>(network_.weights.size()));
  network_.weights.resize(offset + outputs * sizeof(nn::Channel));
  for (std::uint32_t o = 0; o < outputs; ++o) {
    const double scale = static_cast<double>(weights.scales[weights.scales.size() == 1 ? 0 : o]);
    // One scale for all outputs of a fully connected layer: the converters multiply in float32.
    const double product = per_tensor_float && weights.scales.size() == 1
                               ? static_cast<double>(static_cast<float>(input_scale * scale))
                               : input_scale * scale;
    const nn::Multiplier factor = nn::to_multiplier(product / output_scale);
    const nn::Channel channel{
        weights.bias.empty() ? 0 : weights.bias[o], factor.multiplier, factor.shift};
    std::memcpy(&network_.weights[offset + o * sizeof channel], &channel, sizeof channel);
  }
  return offset;
}

nn::Images ProgramBuilder::images(std::uint32_t out_h,
                                  std::uint32_t out_w,
                                  std::uint32_t out_c) const {
  return {narrow(current_.dims[0]),
          narrow(current_.dims[1]),
          narrow(current_.dims[2]),
          narrow(current_.dims[3]),
          narrow(out_h),
          narrow(out_w),
          narrow(out_c),
          0};
}

ProgramBuilder& ProgramBuilder::fully_connected(std::uint32_t outputs,
                                                const LayerWeights& weights,
                                                nn::QuantParams output,
                                                Activation activation) {
  nn::FullyConnectedS8 params;
  params.batch = current_.dims[0];
  params.depth = current_.elements() / params.batch;
  params.outputs = outputs;
  if (weights.values.size() != std::size_t{outputs} * params.depth) {
    refuse("weights of a fully connected layer are not [outputs][depth]");
  }
  params.input = {current_offset_};
  params.weights = add_weights(weights.values);
  params.channels = add_channels(weights,
                                 outputs,
                                 static_cast<double>(current_.params.scale),
                                 static_cast<double>(output.scale),
                                 true);
  params.input_offset = static_cast<std::int16_t>(-current_.params.zero_point);
  params.out = output_rules(output, activation);
  params.output = place({{params.batch, outputs}, output});
  append(nn::OpCode::kFullyConnectedS8, params);
  return *this;
}

// What the two convolutions share; `params` has the field in which they differ.
template <class Params>
void ProgramBuilder::convolve(nn::OpCode code,
                              Params params,
                              std::uint32_t outputs,
                              const SlidingWindow& window,
                              const LayerWeights& weights,
                              nn::QuantParams output,
                              Activation activation) {
  const Axis rows =
      slide(image_dim(1), window.kernel_h, window.stride_h, window.dilation_h, window.padding);
  const Axis columns =
      slide(image_dim(2), window.kernel_w, window.stride_w, window.dilation_w, window.padding);
  params.input = {current_offset_};
  params.weights = add_weights(weights.values);
  params.channels = add_channels(weights,
                                 outputs,
                                 static_cast<double>(current_.params.scale),
                                 static_cast<double>(output.scale),
                                 false);
  params.images = images(rows.out, columns.out, outputs);
  params.window = placed(window, rows, columns);
  params.input_offset = static_cast<std::int16_t>(-current_.params.zero_point);
  params.out = output_rules(output, activation);
  params.output = place({{current_.dims[0], rows.out, columns.out, outputs}, output});
  append(code, params);
}

ProgramBuilder& ProgramBuilder::conv_2d(std::uint16_t outputs,
                                        std::uint16_t groups,
                                        const SlidingWindow& window,
                                        const LayerWeights& weights,
                                        nn::QuantParams output,
                                        Activation activation) {
  const std::size_t taps = std::size_t{window.kernel_h} * window.kernel_w;
  if (groups == 0 || image_dim(3) % groups != 0 || outputs % groups != 0 ||
      weights.values.size() != outputs * taps * (image_dim(3) / groups)) {
    refuse("weights of a convolution are not [outputs][kernel_h][kernel_w][channels / groups]");
  }
  nn::Conv2dS8 params;
  params.groups = groups;
  convolve(nn::OpCode::kConv2dS8, params, outputs, window, weights, output, activation);
  return *this;
}

ProgramBuilder& ProgramBuilder::depthwise_conv_2d(std::uint16_t multiplier,
                                                  const SlidingWindow& window,
                                                  const LayerWeights& weights,
                                                  nn::QuantParams output,
                                                  Activation activation) {
  const std::uint32_t outputs = image_dim(3) * multiplier;
  const std::size_t taps = std::size_t{window.kernel_h} * window.kernel_w;
  if (weights.values.size() != taps * outputs) {
    refuse(
        "weights of a depthwise convolution are not [kernel_h][kernel_w][channels * multiplier]");
  }
  nn::DepthwiseConv2dS8 params;
  params.multiplier = multiplier;
  convolve(nn::OpCode::kDepthwiseConv2dS8, params, outputs, window, weights, output, activation);
  return *this;
}

void ProgramBuilder::pool(nn::OpCode code, const SlidingWindow& window, Activation activation) {
  if (window.dilation_h != 1 || window.dilation_w != 1) {
    refuse("a pool has no dilation");
  }
  const Axis rows = slide(image_dim(1), window.kernel_h, window.stride_h, 1, window.padding);
  const Axis columns = slide(image_dim(2), window.kernel_w, window.stride_w, 1, window.padding);
  const nn::QuantParams quantisation = current_.params;
  const std::uint32_t channels = image_dim(3);
  nn::Pool2dS8 params;
  params.input = {current_offset_};
  params.images = images(rows.out, columns.out, channels);
  params.window = placed(window, rows, columns);
  params.out = output_rules(quantisation, activation);
  params.output = place({{current_.dims[0], rows.out, columns.out, channels}, quantisation});
  append(code, params);
}

ProgramBuilder& ProgramBuilder::average_pool_2d(const SlidingWindow& window,
                                                Activation activation) {
  pool(nn::OpCode::kAveragePool2dS8, window, activation);
  return *this;
}

ProgramBuilder& ProgramBuilder::max_pool_2d(const SlidingWindow& window, Activation activation) {
  pool(nn::OpCode::kMaxPool2dS8, window, activation);
  return *this;
}

ProgramBuilder& ProgramBuilder::softmax(float beta) {
  constexpr double kQ5Unit = 67108864.0;  // 2^26
  const double factor =
      std::min(static_cast<double>(beta) * static_cast<double>(current_.params.scale) * kQ5Unit,
               2147483647.0);
  const nn::Multiplier multiplier = nn::to_multiplier(factor);
  if (!(factor > 1.0) || multiplier.shift < 0) {
    refuse("the input scale of a softmax is too small");
  }
  const double reach = std::floor(31.0 * kQ5Unit / std::ldexp(1.0, multiplier.shift));
  nn::SoftmaxS8 params;
  params.input = {current_offset_};
  params.output = current_offset_;  // in place
  params.depth = current_.dims.back();
  params.rows = current_.elements() / params.depth;
  params.multiplier = multiplier.multiplier;
  params.left_shift = multiplier.shift;
  params.diff_min = -static_cast<std::int32_t>(std::min(reach, 255.0));
  current_.params = {1.0F / 256.0F, -128};
  append(nn::OpCode::kSoftmaxS8, params);
  return *this;
}

ProgramBuilder& ProgramBuilder::logistic() {
  std::vector<std::int8_t> table(256);
  for (std::int32_t code = -128; code < 128; ++code) {
    const float x = current_.params.scale * static_cast<float>(code - current_.params.zero_point);
    const float e = math::exp(x < 0.0F ? x : -x);  // at most 1
    const float y = x < 0.0F ? e / (1.0F + e) : 1.0F / (1.0F + e);
    const std::int32_t value = std::min(nn::round_half_away(y * 256.0F) - 128, 127);
    table[static_cast<std::uint8_t>(code)] = static_cast<std::int8_t>(value);
  }
  nn::Lookup8 params;
  params.input = {current_offset_};
  params.output = current_offset_;  // in place
  params.table = add_weights(table);
  params.elements = current_.elements();
  current_.params = {1.0F / 256.0F, -128};
  append(nn::OpCode::kLookup8, params);
  return *this;
}

std::uint32_t ProgramBuilder::image_dim(std::size_t index) const {
  if (current_.dims.size() != 4) {
    refuse("this layer wants an image [batch][height][width][channels]");
  }
  return current_.dims[index];
}

NetworkSpec ProgramBuilder::finish() const {
  NetworkSpec network = network_;
  const std::uint32_t upper = align(sizes_[0]);
  const auto resolve = [&](std::uint32_t address) {
    return address == kUpperBuffer ? upper : address;
  };
  for (std::size_t at = 0; at < network.program.size(); at += network.program[at] >> 16U) {
    // Every parameter struct begins with the addresses of input and output.
    network.program[at + 1] = resolve(network.program[at + 1]);
    network.program[at + 2] = resolve(network.program[at + 2]);
  }
  const auto info = [](const Tensor& tensor, std::uint32_t offset) {
    nn::TensorInfo result;
    result.offset = offset;
    result.bytes = tensor.elements();
    result.rank = static_cast<std::uint8_t>(tensor.dims.size());
    std::copy(tensor.dims.begin(), tensor.dims.end(), result.dims.begin());
    result.scale = tensor.params.scale;
    result.zero_point = tensor.params.zero_point;
    return result;
  };
  network.inputs = {info(input_, 0)};
  network.outputs = {info(current_, resolve(current_offset_))};
  network.arena_bytes = upper + align(sizes_[1]);
  return network;
}

}  // namespace aiot::toolkit
