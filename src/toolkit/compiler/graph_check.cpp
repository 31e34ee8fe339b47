// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/graph_check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"

namespace aiot::toolkit::graph {
namespace {

using nn::ElementType;

constexpr const char* kHowToQuantise =
    "; a full-integer int8 model is wanted: convert with post-training full-integer quantisation "
    "(a representative data set, supported_ops TFLITE_BUILTINS_INT8, inference_input_type and "
    "inference_output_type int8)";

struct Count {
  std::size_t least;
  std::size_t most;
};

constexpr std::size_t kMany = 1024;

Count input_count(Kind kind) {
  switch (kind) {
    case Kind::kConv2d:
    case Kind::kDepthwiseConv2d:
    case Kind::kFullyConnected:
      return {2, 3};
    case Kind::kConcatenation:
      return {1, kMany};
    case Kind::kReshape:
      return {1, 2};
    case Kind::kAdd:
    case Kind::kSub:
    case Kind::kMul:
    case Kind::kMean:
    case Kind::kPad:
    case Kind::kExpandDims:
    case Kind::kTranspose:
    case Kind::kSplit:
      return {2, 2};
    case Kind::kPadV2:
    case Kind::kSlice:
      return {3, 3};
    case Kind::kStridedSlice:
      return {4, 4};
    default:
      return {1, 1};
  }
}

bool is_weighted(Kind kind) {
  return kind == Kind::kConv2d || kind == Kind::kDepthwiseConv2d || kind == Kind::kFullyConnected;
}

bool may_be_absent(Kind kind, std::size_t input) {
  return (is_weighted(kind) && input == 2) || (kind == Kind::kReshape && input == 1);
}

void check_count(const Operator& op, std::size_t size, Count count, const char* what) {
  if (size < count.least || size > count.most) {
    refuse(op,
           "has " + std::to_string(size) + " " + what + ", not " + std::to_string(count.least) +
               (count.most == count.least ? "" : " to " + std::to_string(count.most)) +
               "; the file is damaged");
  }
}

void check_operands(const Operator& op) {
  check_count(op, op.inputs.size(), input_count(op.kind), "inputs");
  check_count(op, op.outputs.size(), {1, op.kind == Kind::kSplit ? kMany : 1}, "outputs");
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    if (op.inputs[i] == kAbsent && !may_be_absent(op.kind, i)) {
      refuse(op, "its input " + std::to_string(i) + " is missing; the file is damaged");
    }
  }
  if (std::find(op.outputs.begin(), op.outputs.end(), kAbsent) != op.outputs.end()) {
    refuse(op, "an output is missing; the file is damaged");
  }
}

bool is_float(const Tensor& tensor) {
  return tensor.type == ElementType::kFloat32;
}

bool is_8_bit(const Tensor& tensor) {
  return tensor.type == ElementType::kInt8 || tensor.type == ElementType::kUint8;
}

/// Says what the model is instead of an int8 one.
[[noreturn]] void refuse_type(const Operator& op, const Tensor& tensor) {
  const std::string where = "tensor '" + tensor.name + "' is " + name_of(tensor.type);
  switch (tensor.type) {
    case ElementType::kFloat32:
      refuse(op, "computes with floats (" + where + ")" + kHowToQuantise);
    case ElementType::kInt16:
      refuse(op, where + "; int16 activations are not supported yet, convert to int8");
    case ElementType::kUint8:
      refuse(op, where + "; the uint8 scheme of old converters is not supported" + kHowToQuantise);
    default:
      refuse(op, where + ", which this operator does not compute with; use int8");
  }
}

void require_int8(const Operator& op, const Tensor& tensor) {
  if (tensor.type != ElementType::kInt8) {
    refuse_type(op, tensor);
  }
}

/// One scale above 0 and a zero point among the codes.
void require_quantised(const Operator& op, const Tensor& tensor) {
  std::int64_t lowest = tensor.type == ElementType::kUint8 ? 0 : -128;
  std::int64_t highest = lowest + 255;
  if (tensor.type == ElementType::kInt16) {
    lowest = -32768;
    highest = 32767;
  }
  if (tensor.scales.size() != 1 || !std::isfinite(tensor.scale()) || !(tensor.scale() > 0.0F)) {
    refuse(op,
           "tensor '" + tensor.name +
               "' has no scale of its own; convert the model with full-integer quantisation");
  }
  if (tensor.zero_point() < lowest || tensor.zero_point() > highest) {
    refuse(op,
           "zero point " + std::to_string(tensor.zero_point()) + " of tensor '" + tensor.name +
               "' is no code of its type; the file is damaged");
  }
}

void check_computing(const Graph& graph, const Operator& op) {
  for (const std::size_t i : data_inputs(op)) {
    require_int8(op, input(graph, op, i));
    require_quantised(op, input(graph, op, i));
  }
  // The one operator whose result may be finer than its input.
  if (op.kind != Kind::kSoftmax || output(graph, op, 0).type != ElementType::kInt16) {
    require_int8(op, output(graph, op, 0));
  }
  require_quantised(op, output(graph, op, 0));
}

/// int8 <-> uint8 <-> float32, at the edges of a network.
void check_converting(const Graph& graph, const Operator& op) {
  const Tensor& in = input(graph, op, 0);
  const Tensor& out = output(graph, op, 0);
  const bool to_codes = op.kind == Kind::kQuantize;
  const bool ok =
      to_codes ? (is_float(in) || is_8_bit(in)) && is_8_bit(out) : is_8_bit(in) && is_float(out);
  if (!ok) {
    refuse(op,
           std::string("from ") + name_of(in.type) + " to " + name_of(out.type) +
               " is not supported; float32, int8 and uint8 are");
  }
  if (!is_float(in)) {
    require_quantised(op, in);
  }
  if (!is_float(out)) {
    require_quantised(op, out);
  }
}

void check_moving(const Graph& graph, const Operator& op) {
  const Tensor& first = input(graph, op, data_inputs(op).front());
  const auto same = [&](const Tensor& other) {
    if (other.type != first.type) {
      refuse(op,
             "tensors '" + first.name + "' and '" + other.name + "' are of different types (" +
                 name_of(first.type) + ", " + name_of(other.type) + "); the file is damaged");
    }
  };
  for (const std::size_t i : data_inputs(op)) {
    same(input(graph, op, i));
  }
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    same(output(graph, op, i));
  }
}

/// Weights are int8; a float operator with int8 weights is a hybrid one.
void check_weights(const Graph& graph, const Operator& op) {
  const Tensor& in = input(graph, op, 0);
  const Tensor& weights = input(graph, op, 1);
  if (is_float(in) && !is_float(weights)) {
    refuse(op,
           std::string("has ") + name_of(weights.type) + " weights and float32 activations" +
               kHowToQuantise);
  }
  require_int8(op, in);
  require_int8(op, weights);
  if (has_input(op, 2) && input(graph, op, 2).type != ElementType::kInt32) {
    refuse(op,
           "its bias '" + input(graph, op, 2).name + "' is not int32; convert the model to int8");
  }
}

/// Weights and bias are packed by the compiler. The reader does not ask for it: an operator on
/// constants may make them, which is folded.
void check_constant(const Graph& graph, const Operator& op) {
  for (std::size_t i = 1; is_weighted(op.kind) && has_input(op, i); ++i) {
    if (!input(graph, op, i).constant) {
      refuse(op,
             std::string(i == 1 ? "its weights '" : "its bias '") + input(graph, op, i).name +
                 "' are computed while the model runs; make them constants");
    }
  }
}

/// One scale, or one per output channel on the axis that TFLite names for `op`.
void check_weight_scales(const Graph& graph, const Operator& op) {
  const Tensor& weights = input(graph, op, 1);
  const std::size_t axis = op.kind == Kind::kDepthwiseConv2d ? 3 : 0;
  const bool per_channel = weights.scales.size() > 1;
  const bool fits =
      per_channel ? weights.scales.size() == weights.dims.at(axis) && weights.channel_axis == axis
                  : weights.scales.size() == 1;
  const bool possible = std::all_of(weights.scales.begin(), weights.scales.end(), [](float scale) {
    return std::isfinite(scale) && scale >= 0.0F;
  });
  if (!fits || !possible) {
    refuse(op,
           "weights '" + weights.name +
               "' have neither one scale nor one per output channel; convert the model with "
               "full-integer quantisation");
  }
  const bool with_offset = op.kind == Kind::kFullyConnected && !per_channel;
  for (const std::int64_t zero_point : weights.zero_points) {
    if (with_offset ? zero_point < -128 || zero_point > 127 : zero_point != 0) {
      refuse(op,
             "zero point " + std::to_string(zero_point) + " of weights '" + weights.name +
                 "'; weights are symmetric in int8 models, convert it again");
    }
  }
}

void check_bias(const Graph& graph, const Operator& op) {
  if (!has_input(op, 2)) {
    return;
  }
  const Tensor& weights = input(graph, op, 1);
  const Tensor& bias = input(graph, op, 2);
  const std::uint32_t channels = weights.dims.at(op.kind == Kind::kDepthwiseConv2d ? 3 : 0);
  if (bias.elements() != channels) {
    refuse(op,
           "bias " + text_of(bias.dims) + " for " + std::to_string(channels) +
               " outputs; the file is damaged");
  }
}

void check_types(const Graph& graph, const Operator& op) {
  if (is_weighted(op.kind)) {
    check_weights(graph, op);
  }
  if (only_moves(op.kind)) {
    check_moving(graph, op);
  } else if (op.kind == Kind::kQuantize || op.kind == Kind::kDequantize) {
    check_converting(graph, op);
  } else {
    check_computing(graph, op);
  }
}

/// Neither empty nor of more dims than the package format has.
void check_dims(const Operator& op, const Tensor& tensor) {
  if (tensor.dims.size() > nn::kMaxRank) {
    refuse(op,
           "tensor '" + tensor.name + "' has " + std::to_string(tensor.dims.size()) +
               " dimensions; at most " + std::to_string(nn::kMaxRank) + " are supported");
  }
  if (tensor.elements() == 0) {
    refuse(op, "tensor '" + tensor.name + "' is empty; the file is damaged");
  }
  if (tensor.constant && tensor.data.size() != tensor.bytes()) {
    refuse(op, "constant '" + tensor.name + "' has not the bytes of its shape");
  }
}

void check_all_dims(const Graph& graph, const Operator& op) {
  for (const std::size_t i : data_inputs(op)) {
    check_dims(op, input(graph, op, i));
  }
  for (std::size_t i = 1; is_weighted(op.kind) && has_input(op, i); ++i) {
    check_dims(op, input(graph, op, i));
  }
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    check_dims(op, output(graph, op, i));
  }
}

/// Without dims of 1, which change no byte.
Dims essential(Dims dims) {
  dims.erase(std::remove(dims.begin(), dims.end(), 1U), dims.end());
  return dims;
}

std::uint64_t product(const Dims& dims) {
  return std::accumulate(
      dims.begin(), dims.end(), std::uint64_t{1}, [](std::uint64_t total, std::uint32_t dim) {
        return std::min(total * dim, std::uint64_t{1} << 32U);
      });
}

/// Whether an output of shape `stored` has the bytes, and the rows, of one of shape `expected`.
bool same_layout(Kind kind, const Dims& stored, const Dims& expected) {
  switch (kind) {
    case Kind::kReshape:
    case Kind::kSqueeze:
    case Kind::kExpandDims:
      return product(stored) == product(expected);
    case Kind::kFullyConnected:
      return product(stored) == product(expected) &&
             (stored.empty() ? 1U : stored.back()) == expected.back();
    default:
      return essential(stored) == essential(expected);
  }
}

void check_shapes(const Graph& graph, const Operator& op) {
  const std::vector<Dims> expected = output_dims(graph, op);
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    const Dims& stored = output(graph, op, i).dims;
    if (!same_layout(op.kind, stored, expected[i])) {
      refuse(op,
             "its output has shape " + text_of(stored) + ", its inputs give " +
                 text_of(expected[i]) + "; the file is damaged, or has shapes that change");
    }
  }
}

void check_all_but_shapes(const Graph& graph, const Operator& op) {
  check_operands(op);
  check_types(graph, op);
  check_all_dims(graph, op);
  if (is_weighted(op.kind)) {
    check_weight_scales(graph, op);
    check_bias(graph, op);
  }
}

}  // namespace

bool only_moves(Kind kind) {
  switch (kind) {
    case Kind::kConcatenation:
    case Kind::kReshape:
    case Kind::kPad:
    case Kind::kTranspose:
    case Kind::kSqueeze:
    case Kind::kStridedSlice:
    case Kind::kSplit:
    case Kind::kPadV2:
    case Kind::kSlice:
    case Kind::kExpandDims:
      return true;
    default:
      return false;
  }
}

std::vector<std::size_t> data_inputs(const Operator& op) {
  switch (op.kind) {
    case Kind::kAdd:
    case Kind::kSub:
    case Kind::kMul:
      return {0, 1};
    case Kind::kPadV2:
      return {0, 2};
    case Kind::kSplit:
      return {1};
    case Kind::kConcatenation: {
      std::vector<std::size_t> all(op.inputs.size());
      std::iota(all.begin(), all.end(), std::size_t{0});
      return all;
    }
    default:
      return {0};
  }
}

void check_operator(const Graph& graph, const Operator& op) {
  check_all_but_shapes(graph, op);
  check_constant(graph, op);
  check_shapes(graph, op);
}

void resolve_operator(Graph& graph, const Operator& op) {
  check_all_but_shapes(graph, op);
  const std::vector<Dims> expected = output_dims(graph, op);
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    Tensor& out = graph.tensors.at(static_cast<std::size_t>(op.outputs[i]));
    if (out.dims.empty()) {
      out.dims = expected[i];
    }
    constexpr std::uint64_t kMaxBytes = 0x7FFF'FFFF;
    if (product(out.dims) * nn::element_bytes(out.type) > kMaxBytes) {
      refuse(op, "its output has more than 2^31 bytes; use a smaller model");
    }
  }
  check_shapes(graph, op);
}

}  // namespace aiot::toolkit::graph
