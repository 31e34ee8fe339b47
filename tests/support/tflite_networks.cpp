// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tflite_networks.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace aiot::test {
namespace {

using Shape = std::vector<std::int32_t>;

constexpr double kUniformRms = 74.0;  ///< of codes that are equally likely

std::int32_t product(const Shape& shape) {
  std::int32_t elements = 1;
  for (const std::int32_t dim : shape) {
    elements *= dim;
  }
  return elements;
}

std::int32_t windowed_size(
    std::int32_t in, std::int32_t kernel, std::int32_t stride, std::int32_t dilation, Pads pads) {
  const std::int32_t size = (kernel - 1) * dilation + 1;
  return pads == Pads::kSame ? (in + stride - 1) / stride : (in - size) / stride + 1;
}

Shape windowed_shape(const Value& x, const WindowSpec& spec, std::int32_t channels) {
  return {
      x.shape[0],
      windowed_size(x.shape[1], spec.kernel_h, spec.stride_h, spec.dilation_h, spec.pads),
      windowed_size(x.shape[2], spec.kernel_w, spec.stride_w, spec.dilation_w, spec.pads),
      channels,
  };
}

Shape broadcast_shape(const Shape& a, const Shape& b) {
  Shape shape(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int32_t of_a = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int32_t of_b = i < b.size() ? b[b.size() - 1 - i] : 1;
    shape[shape.size() - 1 - i] = std::max(of_a, of_b);
  }
  return shape;
}

OptionField int8_field(std::uint16_t id, std::int8_t value) {
  return {id, value};
}

double rms_of_sum(const Value& a, const Value& b) {
  const double of_a = static_cast<double>(a.scale) * a.rms;
  const double of_b = static_cast<double>(b.scale) * b.rms;
  return std::sqrt(of_a * of_a + of_b * of_b);
}

/// Standard deviation that sums should have in output codes, before the activation.
double wanted_deviation(Fused activation) {
  switch (activation) {
    case Fused::kRelu:
      return 85.0;
    case Fused::kRelu6:
      return 106.0;
    default:
      return 42.0;
  }
}

}  // namespace

std::int32_t Value::elements() const {
  return product(shape);
}

std::uint64_t NetworkWriter::next() {
  // SplitMix64
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

std::int32_t NetworkWriter::between(std::int32_t low, std::int32_t high) {
  const auto count = static_cast<std::uint64_t>(high - low) + 1;
  return low + static_cast<std::int32_t>((next() >> 32U) % count);
}

float NetworkWriter::factor(float low, float high) {
  const auto step = static_cast<float>(between(0, 4096)) / 4096.0F;
  return low + (high - low) * step;
}

std::int32_t NetworkWriter::add_tensor(TensorSpec tensor) {
  tensor.name = (tensor.data.empty() ? "t" : "c") + std::to_string(model_.tensors.size());
  model_.tensors.push_back(std::move(tensor));
  return static_cast<std::int32_t>(model_.tensors.size()) - 1;
}

std::int32_t NetworkWriter::add_ints(const std::vector<std::int32_t>& values) {
  return add_tensor({.name = {},
                     .type = TensorType::kInt32,
                     .shape = {static_cast<std::int32_t>(values.size())},
                     .quantisation = {},
                     .data = bytes_of(values)});
}

Value NetworkWriter::activation(Shape shape, float scale, std::int32_t zero_point) {
  Value value;
  value.index = add_tensor({.name = {},
                            .type = TensorType::kInt8,
                            .shape = shape,
                            .quantisation = {{scale}, {zero_point}, 0},
                            .data = {}});
  value.shape = std::move(shape);
  value.scale = scale;
  value.zero_point = zero_point;
  return value;
}

Value NetworkWriter::like(const Value& x, Shape shape) {
  Value value = activation(std::move(shape), x.scale, x.zero_point);
  value.rms = x.rms;
  return value;
}

Value NetworkWriter::input(Shape shape, float scale, std::int32_t zero_point) {
  Value value = activation(std::move(shape), scale, zero_point);
  value.rms = std::sqrt(kUniformRms * kUniformRms + zero_point * zero_point);
  model_.inputs.push_back(value.index);
  return value;
}

Value NetworkWriter::float_input(Shape shape) {
  Value value;
  value.type = TensorType::kFloat32;
  value.index = add_tensor(
      {.name = {}, .type = TensorType::kFloat32, .shape = shape, .quantisation = {}, .data = {}});
  value.shape = std::move(shape);
  model_.inputs.push_back(value.index);
  return value;
}

Value NetworkWriter::constant(Shape shape, float scale, std::int32_t zero_point) {
  Value value;
  std::vector<std::int8_t> codes(static_cast<std::size_t>(product(shape)));
  for (std::int8_t& code : codes) {
    code = static_cast<std::int8_t>(between(-128, 127));
  }
  value.index = add_tensor({.name = {},
                            .type = TensorType::kInt8,
                            .shape = shape,
                            .quantisation = {{scale}, {zero_point}, 0},
                            .data = bytes_of(codes)});
  value.shape = std::move(shape);
  value.scale = scale;
  value.zero_point = zero_point;
  value.rms = std::sqrt(kUniformRms * kUniformRms + zero_point * zero_point);
  return value;
}

void NetworkWriter::add_operator(TfliteOp code,
                                 std::vector<std::int32_t> inputs,
                                 const Value& output,
                                 std::uint8_t options_type,
                                 std::vector<OptionField> options) {
  model_.operators.push_back(
      {code, std::move(inputs), {output.index}, options_type, std::move(options), {}});
}

Value NetworkWriter::fused_output(Shape shape, Fused activation) {
  Value out;
  switch (activation) {
    case Fused::kRelu:
      out = this->activation(std::move(shape), factor(0.02F, 0.1F), -128);
      break;
    case Fused::kRelu6:
      out = this->activation(std::move(shape), 6.0F / 255.0F, -128);
      break;
    default:
      out = this->activation(std::move(shape), factor(0.02F, 0.1F), between(-20, 20));
      break;
  }
  const double deviation = wanted_deviation(activation);
  const bool positive = activation == Fused::kRelu || activation == Fused::kRelu6;
  out.rms = positive ? deviation * 0.65 : deviation;
  return out;
}

NetworkWriter::Weights NetworkWriter::weights(const Value& x,
                                              const Value& out,
                                              Fused activation,
                                              const WeightsSpec& spec) {
  std::vector<std::int8_t> codes(static_cast<std::size_t>(product(spec.shape)));
  for (std::int8_t& code : codes) {
    code = static_cast<std::int8_t>(between(-127, 127));
  }
  const double sum_rms = x.rms * kUniformRms * std::sqrt(static_cast<double>(spec.depth));
  const double rescale = wanted_deviation(activation) / sum_rms;
  const auto scale = static_cast<float>(rescale * static_cast<double>(out.scale / x.scale));
  const std::int32_t channels = spec.shape[static_cast<std::size_t>(spec.axis)];
  Quantisation quantisation{{scale}, {spec.zero_point}, 0};
  Quantisation of_bias{{x.scale * scale}, {0}, 0};
  if (spec.scales == Scales::kPerChannel) {
    quantisation = {{}, {}, spec.axis};
    of_bias = {};
    for (std::int32_t i = 0; i < channels; ++i) {
      quantisation.scales.push_back(scale * factor(0.5F, 1.5F));
      quantisation.zero_points.push_back(0);
      of_bias.scales.push_back(x.scale * quantisation.scales.back());
      of_bias.zero_points.push_back(0);
    }
  }
  std::vector<std::int32_t> bias(static_cast<std::size_t>(channels));
  const auto reach = static_cast<std::int32_t>(sum_rms);
  for (std::int32_t& value : bias) {
    value = between(-reach, reach);
  }
  Weights indices;
  indices.values = add_tensor({.name = {},
                               .type = TensorType::kInt8,
                               .shape = spec.shape,
                               .quantisation = quantisation,
                               .data = bytes_of(codes)});
  if (spec.bias == Bias::kRandom) {
    indices.bias = add_tensor({.name = {},
                               .type = TensorType::kInt32,
                               .shape = {channels},
                               .quantisation = of_bias,
                               .data = bytes_of(bias)});
  }
  return indices;
}

Value NetworkWriter::conv_2d(const Value& x, const WindowSpec& spec) {
  constexpr std::uint8_t kConv2dOptions = 1;
  const Value out = fused_output(windowed_shape(x, spec, spec.outputs), spec.activation);
  const std::int32_t depth = x.shape[3] / spec.groups;
  const Weights constants = weights(x,
                                    out,
                                    spec.activation,
                                    {.shape = {spec.outputs, spec.kernel_h, spec.kernel_w, depth},
                                     .axis = 0,
                                     .depth = spec.kernel_h * spec.kernel_w * depth,
                                     .scales = spec.scales,
                                     .bias = spec.bias});
  add_operator(TfliteOp::kConv2d,
               {x.index, constants.values, constants.bias},
               out,
               kConv2dOptions,
               {int8_field(0, static_cast<std::int8_t>(spec.pads)),
                {1, spec.stride_w},
                {2, spec.stride_h},
                int8_field(3, static_cast<std::int8_t>(spec.activation)),
                {4, spec.dilation_w},
                {5, spec.dilation_h}});
  return out;
}

Value NetworkWriter::depthwise_conv_2d(const Value& x, const WindowSpec& spec) {
  constexpr std::uint8_t kDepthwiseConv2dOptions = 2;
  const std::int32_t channels = x.shape[3] * spec.outputs;
  const Value out = fused_output(windowed_shape(x, spec, channels), spec.activation);
  const Weights constants = weights(x,
                                    out,
                                    spec.activation,
                                    {.shape = {1, spec.kernel_h, spec.kernel_w, channels},
                                     .axis = 3,
                                     .depth = spec.kernel_h * spec.kernel_w,
                                     .scales = spec.scales,
                                     .bias = spec.bias});
  add_operator(TfliteOp::kDepthwiseConv2d,
               {x.index, constants.values, constants.bias},
               out,
               kDepthwiseConv2dOptions,
               {int8_field(0, static_cast<std::int8_t>(spec.pads)),
                {1, spec.stride_w},
                {2, spec.stride_h},
                {3, spec.outputs},
                int8_field(4, static_cast<std::int8_t>(spec.activation)),
                {5, spec.dilation_w},
                {6, spec.dilation_h}});
  return out;
}

Value NetworkWriter::pool(TfliteOp code, const Value& x, const WindowSpec& spec) {
  constexpr std::uint8_t kPool2dOptions = 5;
  const Value out = like(x, windowed_shape(x, spec, x.shape[3]));
  add_operator(code,
               {x.index},
               out,
               kPool2dOptions,
               {int8_field(0, static_cast<std::int8_t>(spec.pads)),
                {1, spec.stride_w},
                {2, spec.stride_h},
                {3, spec.kernel_w},
                {4, spec.kernel_h},
                int8_field(5, static_cast<std::int8_t>(spec.activation))});
  return out;
}

Value NetworkWriter::average_pool_2d(const Value& x, const WindowSpec& spec) {
  return pool(TfliteOp::kAveragePool2d, x, spec);
}

Value NetworkWriter::max_pool_2d(const Value& x, const WindowSpec& spec) {
  return pool(TfliteOp::kMaxPool2d, x, spec);
}

Value NetworkWriter::fully_connected(const Value& x, const FullyConnectedSpec& spec) {
  constexpr std::uint8_t kFullyConnectedOptions = 8;
  const std::int32_t depth = x.shape.back();
  const Value out = fused_output({x.elements() / depth, spec.outputs}, spec.activation);
  const Weights constants = weights(x,
                                    out,
                                    spec.activation,
                                    {.shape = {spec.outputs, depth},
                                     .axis = 0,
                                     .depth = depth,
                                     .scales = spec.scales,
                                     .bias = spec.bias,
                                     .zero_point = spec.weight_zero_point});
  add_operator(TfliteOp::kFullyConnected,
               {x.index, constants.values, constants.bias},
               out,
               kFullyConnectedOptions,
               {int8_field(0, static_cast<std::int8_t>(spec.activation))});
  return out;
}

Value NetworkWriter::binary(TfliteOp code,
                            const Value& a,
                            const Value& b,
                            double out_rms,
                            std::uint8_t options_type,
                            Fused activation) {
  const auto scale = static_cast<float>(out_rms / wanted_deviation(activation));
  const bool positive = activation == Fused::kRelu || activation == Fused::kRelu6;
  Value out = this->activation(
      broadcast_shape(a.shape, b.shape), scale, positive ? -128 : between(-20, 20));
  out.rms = positive ? wanted_deviation(activation) * 0.65 : wanted_deviation(activation);
  add_operator(code,
               {a.index, b.index},
               out,
               options_type,
               {int8_field(0, static_cast<std::int8_t>(activation))});
  return out;
}

Value NetworkWriter::add(const Value& a, const Value& b, Fused activation) {
  constexpr std::uint8_t kAddOptions = 11;
  const double rms = rms_of_sum(a, b);
  return binary(TfliteOp::kAdd, a, b, rms, kAddOptions, activation);
}

Value NetworkWriter::sub(const Value& a, const Value& b, Fused activation) {
  constexpr std::uint8_t kSubOptions = 28;
  const double rms = rms_of_sum(a, b);
  return binary(TfliteOp::kSub, a, b, rms, kSubOptions, activation);
}

Value NetworkWriter::mul(const Value& a, const Value& b, Fused activation) {
  constexpr std::uint8_t kMulOptions = 21;
  const double rms = static_cast<double>(a.scale) * a.rms * static_cast<double>(b.scale) * b.rms;
  return binary(TfliteOp::kMul, a, b, rms, kMulOptions, activation);
}

Value NetworkWriter::softmax(const Value& x, float beta) {
  constexpr std::uint8_t kSoftmaxOptions = 9;
  Value out = activation(x.shape, 1.0F / 256.0F, -128);
  add_operator(TfliteOp::kSoftmax, {x.index}, out, kSoftmaxOptions, {{0, beta}});
  return out;
}

Value NetworkWriter::softmax_int16(const Value& x, float beta) {
  Value out = softmax(x, beta);
  TensorSpec& tensor = model_.tensors.at(static_cast<std::size_t>(out.index));
  tensor.type = TensorType::kInt16;
  tensor.quantisation = {{1.0F / 65536.0F}, {-32768}, 0};
  return out;
}

Value NetworkWriter::logistic(const Value& x) {
  Value out = activation(x.shape, 1.0F / 256.0F, -128);
  add_operator(TfliteOp::kLogistic, {x.index}, out, 0, {});
  return out;
}

Value NetworkWriter::tanh(const Value& x) {
  Value out = activation(x.shape, 1.0F / 128.0F, 0);
  add_operator(TfliteOp::kTanh, {x.index}, out, 0, {});
  return out;
}

Value NetworkWriter::relu(const Value& x, float scale, std::int32_t zero_point) {
  Value out = activation(x.shape, scale, zero_point);
  add_operator(TfliteOp::kRelu, {x.index}, out, 0, {});
  return out;
}

Value NetworkWriter::relu6(const Value& x) {
  Value out = like(x, x.shape);
  add_operator(TfliteOp::kRelu6, {x.index}, out, 0, {});
  return out;
}

Value NetworkWriter::leaky_relu(const Value& x, float alpha) {
  constexpr std::uint8_t kLeakyReluOptions = 75;
  Value out = activation(x.shape, x.scale * factor(0.7F, 1.3F), between(-30, 30));
  add_operator(TfliteOp::kLeakyRelu, {x.index}, out, kLeakyReluOptions, {{0, alpha}});
  return out;
}

Value NetworkWriter::mean(const Value& x, const std::vector<std::int32_t>& axes, bool keep_dims) {
  constexpr std::uint8_t kReducerOptions = 27;
  const auto rank = static_cast<std::int32_t>(x.shape.size());
  Shape shape;
  std::int32_t count = 1;
  for (std::int32_t dim = 0; dim < rank; ++dim) {
    const bool reduced = std::any_of(axes.begin(), axes.end(), [dim, rank](std::int32_t axis) {
      return (axis + rank) % rank == dim;
    });
    const std::int32_t size = x.shape[static_cast<std::size_t>(dim)];
    count *= reduced ? size : 1;
    if (!reduced || keep_dims) {
      shape.push_back(reduced ? 1 : size);
    }
  }
  const auto narrower = static_cast<float>(1.0 / std::sqrt(static_cast<double>(count)));
  Value out = activation(std::move(shape), x.scale * std::max(narrower, 0.1F), x.zero_point / 2);
  add_operator(TfliteOp::kMean, {x.index, add_ints(axes)}, out, kReducerOptions, {{0, keep_dims}});
  return out;
}

Value NetworkWriter::concatenation(const std::vector<Value>& values, std::int32_t axis) {
  constexpr std::uint8_t kConcatenationOptions = 10;
  Shape shape = values.front().shape;
  const auto rank = static_cast<std::int32_t>(shape.size());
  const auto dim = static_cast<std::size_t>((axis + rank) % rank);
  shape[dim] = 0;
  std::vector<std::int32_t> inputs;
  for (const Value& value : values) {
    shape[dim] += value.shape[dim];
    inputs.push_back(value.index);
  }
  Value out = like(values.front(), std::move(shape));
  add_operator(
      TfliteOp::kConcatenation, inputs, out, kConcatenationOptions, {{0, axis}, int8_field(1, 0)});
  return out;
}

std::vector<Value> NetworkWriter::split(const Value& x, std::int32_t axis, std::int32_t count) {
  constexpr std::uint8_t kSplitOptions = 35;
  const auto rank = static_cast<std::int32_t>(x.shape.size());
  Shape shape = x.shape;
  shape[static_cast<std::size_t>((axis + rank) % rank)] /= count;
  const std::int32_t of_axis = add_tensor({.name = {},
                                           .type = TensorType::kInt32,
                                           .shape = {},
                                           .quantisation = {},
                                           .data = bytes_of(std::vector<std::int32_t>{axis})});
  std::vector<Value> parts;
  std::vector<std::int32_t> outputs;
  for (std::int32_t i = 0; i < count; ++i) {
    parts.push_back(like(x, shape));
    outputs.push_back(parts.back().index);
  }
  model_.operators.push_back(
      {TfliteOp::kSplit, {of_axis, x.index}, outputs, kSplitOptions, {{0, count}}, {}});
  return parts;
}

Value NetworkWriter::pad(const Value& x, const std::vector<std::int32_t>& paddings) {
  constexpr std::uint8_t kPadOptions = 22;
  Shape shape = x.shape;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    shape[i] += paddings[2 * i] + paddings[2 * i + 1];
  }
  Value out = like(x, std::move(shape));
  const std::int32_t amounts = add_ints(paddings);
  model_.tensors.back().shape = {static_cast<std::int32_t>(x.shape.size()), 2};
  add_operator(TfliteOp::kPad, {x.index, amounts}, out, kPadOptions, {});
  return out;
}

Value NetworkWriter::pad_v2(const Value& x,
                            const std::vector<std::int32_t>& paddings,
                            std::int8_t code) {
  constexpr std::uint8_t kPadV2Options = 43;
  Value out = pad(x, paddings);
  OperatorSpec& op = model_.operators.back();
  op.code = TfliteOp::kPadV2;
  op.options_type = kPadV2Options;
  op.inputs.push_back(add_tensor({.name = {},
                                  .type = TensorType::kInt8,
                                  .shape = {},
                                  .quantisation = {{x.scale}, {x.zero_point}, 0},
                                  .data = bytes_of(std::vector<std::int8_t>{code})}));
  return out;
}

Value NetworkWriter::reshape(const Value& x, Shape shape) {
  constexpr std::uint8_t kReshapeOptions = 17;
  const std::int32_t wanted = add_ints(shape);
  Value out = like(x, shape);
  add_operator(
      TfliteOp::kReshape, {x.index, wanted}, out, kReshapeOptions, {{0, std::move(shape)}});
  return out;
}

Value NetworkWriter::squeeze(const Value& x, const std::vector<std::int32_t>& dims) {
  constexpr std::uint8_t kSqueezeOptions = 30;
  const auto rank = static_cast<std::int32_t>(x.shape.size());
  Shape shape;
  for (std::int32_t dim = 0; dim < rank; ++dim) {
    const std::int32_t size = x.shape[static_cast<std::size_t>(dim)];
    const bool named = std::any_of(dims.begin(), dims.end(), [dim, rank](std::int32_t wanted) {
      return (wanted + rank) % rank == dim;
    });
    if (size != 1 || !(named || dims.empty())) {
      shape.push_back(size);
    }
  }
  Value out = like(x, std::move(shape));
  add_operator(TfliteOp::kSqueeze, {x.index}, out, kSqueezeOptions, {{0, dims}});
  return out;
}

Value NetworkWriter::expand_dims(const Value& x, std::int32_t axis) {
  constexpr std::uint8_t kExpandDimsOptions = 52;
  Shape shape = x.shape;
  const auto rank = static_cast<std::int32_t>(shape.size());
  shape.insert(shape.begin() + (axis < 0 ? axis + rank + 1 : axis), 1);
  const std::int32_t where = add_ints({axis});
  Value out = like(x, std::move(shape));
  add_operator(TfliteOp::kExpandDims, {x.index, where}, out, kExpandDimsOptions, {});
  return out;
}

Value NetworkWriter::transpose(const Value& x, const std::vector<std::int32_t>& permutation) {
  constexpr std::uint8_t kTransposeOptions = 26;
  Shape shape;
  for (const std::int32_t from : permutation) {
    shape.push_back(x.shape[static_cast<std::size_t>(from)]);
  }
  const std::int32_t order = add_ints(permutation);
  Value out = like(x, std::move(shape));
  add_operator(TfliteOp::kTranspose, {x.index, order}, out, kTransposeOptions, {});
  return out;
}

Value NetworkWriter::slice(const Value& x,
                           const std::vector<std::int32_t>& begin,
                           const std::vector<std::int32_t>& size) {
  constexpr std::uint8_t kSliceOptions = 48;
  Shape shape = size;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    shape[i] = size[i] == -1 ? x.shape[i] - begin[i] : size[i];
  }
  const std::int32_t first = add_ints(begin);
  const std::int32_t count = add_ints(size);
  Value out = like(x, std::move(shape));
  add_operator(TfliteOp::kSlice, {x.index, first, count}, out, kSliceOptions, {});
  return out;
}

Value NetworkWriter::strided_slice(const Value& x, const StridedSliceSpec& spec) {
  constexpr std::uint8_t kStridedSliceOptions = 32;
  Shape shape;
  for (std::size_t i = 0; i < x.shape.size(); ++i) {
    const std::int32_t size = x.shape[i];
    const bool forward = spec.strides[i] > 0;
    const auto clamped = [size, forward](std::int32_t at) {
      const std::int32_t positive = at < 0 ? at + size : at;
      return std::clamp(positive, forward ? 0 : -1, forward ? size : size - 1);
    };
    const bool shrinks = ((spec.shrink_axis_mask >> i) & 1) != 0;
    const std::int32_t first =
        ((spec.begin_mask >> i) & 1) != 0 ? (forward ? 0 : size - 1) : clamped(spec.begin[i]);
    const std::int32_t last =
        ((spec.end_mask >> i) & 1) != 0 ? (forward ? size : -1) : clamped(spec.end[i]);
    if (!shrinks) {
      const std::int32_t step = std::abs(spec.strides[i]);
      const std::int32_t distance = forward ? last - first : first - last;
      shape.push_back(std::max(0, (distance + step - 1) / step));
    }
  }
  const std::int32_t begin = add_ints(spec.begin);
  const std::int32_t end = add_ints(spec.end);
  const std::int32_t strides = add_ints(spec.strides);
  Value out = like(x, std::move(shape));
  add_operator(TfliteOp::kStridedSlice,
               {x.index, begin, end, strides},
               out,
               kStridedSliceOptions,
               {{0, spec.begin_mask},
                {1, spec.end_mask},
                {2, std::int32_t{0}},
                {3, std::int32_t{0}},
                {4, spec.shrink_axis_mask}});
  return out;
}

Value NetworkWriter::quantize(const Value& x,
                              TensorType type,
                              float scale,
                              std::int32_t zero_point) {
  constexpr std::uint8_t kQuantizeOptions = 89;
  Value out = activation(x.shape, scale, zero_point);
  out.type = type;
  model_.tensors.back().type = type;
  add_operator(TfliteOp::kQuantize, {x.index}, out, kQuantizeOptions, {});
  return out;
}

Value NetworkWriter::dequantize(const Value& x) {
  constexpr std::uint8_t kDequantizeOptions = 38;
  Value out = activation(x.shape, 1.0F, 0);
  out.type = TensorType::kFloat32;
  model_.tensors.back().type = TensorType::kFloat32;
  model_.tensors.back().quantisation = {};
  add_operator(TfliteOp::kDequantize, {x.index}, out, kDequantizeOptions, {});
  return out;
}

Value NetworkWriter::raw(OperatorSpec op, Shape shape, const Value& like) {
  Value out = this->like(like, std::move(shape));
  op.outputs = {out.index};
  model_.operators.push_back(std::move(op));
  return out;
}

std::vector<std::byte> NetworkWriter::finish(const std::vector<Value>& outputs) {
  ModelSpec model = model_;
  for (const Value& output : outputs) {
    model.outputs.push_back(output.index);
  }
  return write_tflite(model);
}

}  // namespace aiot::test
