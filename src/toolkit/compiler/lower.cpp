// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "aiot/toolkit/compiler/lowered.hpp"
#include "src/toolkit/compiler/graph_check.hpp"
#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"
#include "src/toolkit/compiler/lower_context.hpp"
#include "src/toolkit/compiler/lower_operators.hpp"
#include "src/toolkit/compiler/lower_walk.hpp"

namespace aiot::toolkit {
namespace {

using graph::Graph;
using graph::Kind;
using graph::Operator;
using graph::Tensor;

void lower_operator(Lowering& lowering, const Operator& op) {
  switch (op.kind) {
    case Kind::kConv2d:
    case Kind::kDepthwiseConv2d:
    case Kind::kFullyConnected:
      return lower_weighted(lowering, op);
    case Kind::kAveragePool2d:
    case Kind::kMaxPool2d:
      return lower_pool(lowering, op);
    case Kind::kMean:
      return lower_mean(lowering, op);
    case Kind::kSoftmax:
      return lower_softmax(lowering, op);
    case Kind::kLogistic:
    case Kind::kTanh:
    case Kind::kRelu:
    case Kind::kReluN1To1:
    case Kind::kRelu6:
    case Kind::kLeakyRelu:
      return lower_function(lowering, op);
    case Kind::kQuantize:
    case Kind::kDequantize:
      return lower_conversion(lowering, op);
    case Kind::kAdd:
    case Kind::kSub:
    case Kind::kMul:
      return lower_arithmetic(lowering, op);
    case Kind::kConcatenation:
    case Kind::kPad:
    case Kind::kPadV2:
    case Kind::kReshape:
    case Kind::kSqueeze:
    case Kind::kExpandDims:
    case Kind::kTranspose:
    case Kind::kSlice:
    case Kind::kStridedSlice:
    case Kind::kSplit:
      return lower_movement(lowering, op);
  }
  graph::refuse(op, "is not known to the compiler");
}

/// `tensor` as the inputs and outputs of a package describe themselves.
nn::TensorInfo info_of(const Tensor& tensor) {
  if (tensor.dims.size() > nn::kMaxRank || tensor.bytes() == 0) {
    throw graph::Refusal("tensor '" + tensor.name + "' has shape " + graph::text_of(tensor.dims) +
                         "; an input or output has up to " + std::to_string(nn::kMaxRank) +
                         " dimensions above 0");
  }
  nn::TensorInfo info;
  info.bytes = narrow32(tensor.bytes());
  info.type = tensor.type;
  info.rank = static_cast<std::uint8_t>(tensor.dims.size());
  std::copy(tensor.dims.begin(), tensor.dims.end(), info.dims.begin());
  const bool quantised = std::isfinite(tensor.scale()) && tensor.scale() > 0.0F;
  info.scale = quantised ? tensor.scale() : 1.0F;
  info.zero_point = quantised ? tensor.zero_point() : 0;
  return info;
}

/// Inputs and outputs of the network, each with memory of its own in the arena.
class Ports {
 public:
  explicit Ports(Lowering& lowering) : lowering_(lowering) {}

  void add_input(std::int32_t tensor) {
    const std::size_t buffer = lowering_.buffer_of(tensor);
    owned_by_caller_.insert(buffer);
    lowering_.network().inputs.push_back(port(tensor, buffer));
  }

  void add_output(std::int32_t tensor) {
    const std::size_t buffer = in_arena(tensor, lowering_.buffer_of(tensor));
    lowering_.network().outputs.push_back(port(tensor, buffer));
  }

 private:
  [[nodiscard]] lowered::Port port(std::int32_t tensor, std::size_t buffer) const {
    const Tensor& source = lowering_.graph().tensors[static_cast<std::size_t>(tensor)];
    return {buffer, info_of(source), source.name};
  }

  /// An output that is a constant or an input of the network gets a copy: it must stay when the
  /// input is filled again, and be in the arena.
  std::size_t in_arena(std::int32_t tensor, std::size_t buffer) {
    const bool is_input = owned_by_caller_.count(buffer) != 0;
    if (!is_input && !lowering_.network().buffers[buffer].constant) {
      return buffer;
    }
    const auto [entry, is_new] = copies_.insert({buffer, 0});
    if (is_new) {
      const Tensor& source = lowering_.graph().tensors[static_cast<std::size_t>(tensor)];
      entry->second = lowering_.scratch_buffer(source.name + " copied", source.bytes());
      CopyWalk walk;
      walk.element_bytes = narrow32(source.bytes());
      lowering_.emit(Operator{}, nn::OpCode::kCopy, walk.params(), {buffer}, entry->second);
    }
    return entry->second;
  }

  Lowering& lowering_;
  std::set<std::size_t> owned_by_caller_;
  std::map<std::size_t, std::size_t> copies_;
};

/// Whether the output of `op` is known without it. The reader takes no file in which an operator
/// writes a constant.
bool is_folded(const Graph& graph, const Operator& op) {
  return op.outputs.size() == 1 && graph::output(graph, op, 0).constant;
}

lowered::Network lower_graph(const Graph& graph, bool keep_tensors) {
  Lowering lowering(graph);
  Ports ports(lowering);
  for (const std::uint32_t input : graph.inputs) {
    ports.add_input(static_cast<std::int32_t>(input));
  }
  for (const Operator& op : graph.operators) {
    graph::check_operator(graph, op);
    if (!is_folded(graph, op)) {
      lower_operator(lowering, op);
    }
  }
  for (const std::uint32_t output : graph.outputs) {
    ports.add_output(static_cast<std::int32_t>(output));
  }
  for (std::size_t i = 0; keep_tensors && i < graph.operators.size(); ++i) {
    for (const std::int32_t output : graph.operators[i].outputs) {
      ports.add_output(output);
    }
  }
  return std::move(lowering.network());
}

}  // namespace

Loaded<lowered::Network> lower(const Graph& graph, bool keep_tensors) {
  try {
    return lower_graph(graph, keep_tensors);
  } catch (const graph::Refusal& refusal) {
    return Problem{refusal.what()};
  }
}

}  // namespace aiot::toolkit
