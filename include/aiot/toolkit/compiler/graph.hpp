// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/nn/program.hpp"
#include "aiot/toolkit/loaded.hpp"

/// A network as its author sees it: tensors with quantisation and the operators of a .tflite file,
/// before any decision about a device. The passes rewrite it, the lowering reads it.
namespace aiot::toolkit::graph {

/// Index of a tensor that is not there (an absent optional input).
inline constexpr std::int32_t kAbsent = -1;

struct Tensor {
  std::string name;
  nn::ElementType type = nn::ElementType::kInt8;
  std::vector<std::uint32_t> dims;        ///< empty: one element
  std::vector<float> scales;              ///< empty: not quantised; one, or one per channel
  std::vector<std::int64_t> zero_points;  ///< as many as scales, or one
  std::uint32_t channel_axis = 0;         ///< of several scales
  bool constant = false;
  std::vector<std::byte> data;  ///< of a constant: its bytes, little endian

  [[nodiscard]] std::uint64_t elements() const;
  [[nodiscard]] std::uint64_t bytes() const;

  [[nodiscard]] float scale() const { return scales.empty() ? 0.0F : scales.front(); }

  [[nodiscard]] std::int32_t zero_point() const {
    return zero_points.empty() ? 0 : static_cast<std::int32_t>(zero_points.front());
  }
};

/// Codes of TFLite's BuiltinOperator, the ones that the compiler knows.
enum class Kind : std::int32_t {
  kAdd = 0,
  kAveragePool2d = 1,
  kConcatenation = 2,
  kConv2d = 3,
  kDepthwiseConv2d = 4,
  kDequantize = 6,
  kFullyConnected = 9,
  kLogistic = 14,
  kMaxPool2d = 17,
  kMul = 18,
  kRelu = 19,
  kReluN1To1 = 20,
  kRelu6 = 21,
  kReshape = 22,
  kSoftmax = 25,
  kTanh = 28,
  kPad = 34,
  kTranspose = 39,
  kMean = 40,
  kSub = 41,
  kSqueeze = 43,
  kStridedSlice = 45,
  kSplit = 49,
  kPadV2 = 60,
  kSlice = 65,
  kExpandDims = 70,
  kLeakyRelu = 98,
  kQuantize = 114,
};

enum class Padding : std::uint8_t { kSame, kValid, kExplicit };

/// TFLite's ActivationFunctionType where it fuses; TANH and SIGN_BIT count as kNone.
enum class Activation : std::uint8_t { kNone, kRelu, kReluN1To1, kRelu6 };

/// Options of all operators, the defaults where one does not have them.
struct Options {
  Padding padding = Padding::kValid;
  std::uint32_t pad_top = 0;  ///< of kExplicit, as pad_bottom, pad_left, pad_right
  std::uint32_t pad_bottom = 0;
  std::uint32_t pad_left = 0;
  std::uint32_t pad_right = 0;
  std::uint32_t stride_h = 1;
  std::uint32_t stride_w = 1;
  std::uint32_t dilation_h = 1;
  std::uint32_t dilation_w = 1;
  std::uint32_t filter_h = 1;  ///< of pools
  std::uint32_t filter_w = 1;
  std::uint32_t depth_multiplier = 0;
  Activation activation = Activation::kNone;
  bool keep_num_dims = false;
  bool keep_dims = false;
  std::int32_t axis = 0;
  float beta = 1.0F;                ///< SOFTMAX
  float alpha = 0.0F;               ///< LEAKY_RELU
  std::vector<std::int32_t> shape;  ///< RESHAPE new_shape, SQUEEZE squeeze_dims
  std::uint32_t begin_mask = 0;     ///< STRIDED_SLICE, as end_mask, ...
  std::uint32_t end_mask = 0;
  std::uint32_t ellipsis_mask = 0;
  std::uint32_t new_axis_mask = 0;
  std::uint32_t shrink_axis_mask = 0;
  bool end_is_distance = false;  ///< STRIDED_SLICE: `end` counts from `begin`
};

struct Operator {
  Kind kind{};
  std::vector<std::int32_t> inputs;  ///< tensor indices, kAbsent where left out
  std::vector<std::int32_t> outputs;
  Options options;
  std::vector<std::uint32_t> sources;  ///< indices of the file's operators that it stands for
};

struct Graph {
  std::string description;
  std::vector<Tensor> tensors;
  std::vector<Operator> operators;  ///< in execution order
  std::vector<std::uint32_t> inputs;
  std::vector<std::uint32_t> outputs;
};

/// TFLite's name of an operator: "CONV_2D".
const char* name_of(Kind kind);

/// "int8"
const char* name_of(nn::ElementType type);

/// "[1, 25, 5, 64]"
std::string text_of(const std::vector<std::uint32_t>& dims);

}  // namespace aiot::toolkit::graph

namespace aiot::toolkit {

/// Reads a .tflite file: verifies the FlatBuffer, then every index, shape, buffer and option of its
/// first subgraph, so that a graph that is returned is consistent: tensors have the bytes that
/// their shapes say, operators the inputs and outputs that they need, in an order in which they can
/// run. Problems name the operator, its index and what to do: an operator that is not supported, a
/// float or hybrid model, a file that is cut or damaged. Source: TFLite schema version 3.
Loaded<graph::Graph> read_tflite(Bytes file);

}  // namespace aiot::toolkit
