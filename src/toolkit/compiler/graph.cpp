// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/graph.hpp"

#include "src/toolkit/compiler/graph_refusal.hpp"

namespace aiot::toolkit::graph {

std::uint64_t Tensor::elements() const {
  std::uint64_t product = 1;
  for (const std::uint32_t dim : dims) {
    product *= dim;
  }
  return product;
}

std::uint64_t Tensor::bytes() const {
  return elements() * nn::element_bytes(type);
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::kAdd:
      return "ADD";
    case Kind::kAveragePool2d:
      return "AVERAGE_POOL_2D";
    case Kind::kConcatenation:
      return "CONCATENATION";
    case Kind::kConv2d:
      return "CONV_2D";
    case Kind::kDepthwiseConv2d:
      return "DEPTHWISE_CONV_2D";
    case Kind::kDequantize:
      return "DEQUANTIZE";
    case Kind::kFullyConnected:
      return "FULLY_CONNECTED";
    case Kind::kLogistic:
      return "LOGISTIC";
    case Kind::kMaxPool2d:
      return "MAX_POOL_2D";
    case Kind::kMul:
      return "MUL";
    case Kind::kRelu:
      return "RELU";
    case Kind::kReluN1To1:
      return "RELU_N1_TO_1";
    case Kind::kRelu6:
      return "RELU6";
    case Kind::kReshape:
      return "RESHAPE";
    case Kind::kSoftmax:
      return "SOFTMAX";
    case Kind::kTanh:
      return "TANH";
    case Kind::kPad:
      return "PAD";
    case Kind::kTranspose:
      return "TRANSPOSE";
    case Kind::kMean:
      return "MEAN";
    case Kind::kSub:
      return "SUB";
    case Kind::kSqueeze:
      return "SQUEEZE";
    case Kind::kStridedSlice:
      return "STRIDED_SLICE";
    case Kind::kSplit:
      return "SPLIT";
    case Kind::kPadV2:
      return "PADV2";
    case Kind::kSlice:
      return "SLICE";
    case Kind::kExpandDims:
      return "EXPAND_DIMS";
    case Kind::kLeakyRelu:
      return "LEAKY_RELU";
    case Kind::kQuantize:
      return "QUANTIZE";
  }
  return "unknown";
}

std::string label_of(const Operator& op) {
  std::string text = op.sources.size() > 1 ? "operators " : "operator ";
  for (std::size_t i = 0; i < op.sources.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(op.sources[i]);
  }
  return text + (op.sources.empty() ? "(" : " (") + name_of(op.kind) + ")";
}

void refuse(const Operator& op, const std::string& what) {
  throw Refusal(label_of(op) + ": " + what);
}

std::string text_of(const std::vector<std::uint32_t>& dims) {
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
  }
  return text + "]";
}

const char* name_of(nn::ElementType type) {
  switch (type) {
    case nn::ElementType::kInt8:
      return "int8";
    case nn::ElementType::kInt16:
      return "int16";
    case nn::ElementType::kInt32:
      return "int32";
    case nn::ElementType::kFloat32:
      return "float32";
    case nn::ElementType::kUint8:
      return "uint8";
    case nn::ElementType::kInt64:
      return "int64";
    case nn::ElementType::kBool:
      return "bool";
  }
  return "an unknown type";
}

}  // namespace aiot::toolkit::graph
