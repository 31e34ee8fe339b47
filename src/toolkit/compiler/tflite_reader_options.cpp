// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/tflite_reader_options.hpp"

#include <string>
#include <vector>

#include "aiot_schema/tflite_generated.h"
#include "src/toolkit/compiler/graph_refusal.hpp"

namespace aiot::toolkit {
namespace {

using graph::Activation;
using graph::Kind;
using graph::Operator;

[[noreturn]] void refuse_option(const Operator& op, const char* name, std::int32_t value) {
  graph::refuse(
      op, std::string("option ") + name + " is " + std::to_string(value) + "; the file is damaged");
}

std::uint32_t positive(const Operator& op, const char* name, std::int32_t value) {
  if (value < 1) {
    refuse_option(op, name, value);
  }
  return static_cast<std::uint32_t>(value);
}

graph::Padding padding(const Operator& op, std::int8_t value) {
  if (value != 0 && value != 1) {
    refuse_option(op, "padding", value);
  }
  return value == 0 ? graph::Padding::kSame : graph::Padding::kValid;
}

Activation activation(const Operator& op, std::int8_t value) {
  switch (value) {
    case 0:
    case 4:  // TANH and SIGN_BIT: integer kernels ignore them
    case 5:
      return Activation::kNone;
    case 1:
      return Activation::kRelu;
    case 2:
      return Activation::kReluN1To1;
    case 3:
      return Activation::kRelu6;
    default:
      refuse_option(op, "fused_activation_function", value);
  }
}

std::vector<std::int32_t> short_list(const Operator& op,
                                     const char* name,
                                     const flatbuffers::Vector<std::int32_t>* values) {
  constexpr std::uint32_t kMost = 64;
  if (values != nullptr && values->size() > kMost) {
    refuse_option(op, name, static_cast<std::int32_t>(kMost) + 1);
  }
  return values == nullptr ? std::vector<std::int32_t>{}
                           : std::vector<std::int32_t>(values->begin(), values->end());
}

template <class Table>
void read_strides(const Table& table, Operator& op) {
  op.options.padding = padding(op, table.padding());
  op.options.stride_h = positive(op, "stride_h", table.stride_h());
  op.options.stride_w = positive(op, "stride_w", table.stride_w());
  op.options.activation = activation(op, table.activation());
}

template <class Table>
void read_dilations(const Table& table, Operator& op) {
  op.options.dilation_h = positive(op, "dilation_h_factor", table.dilation_h());
  op.options.dilation_w = positive(op, "dilation_w_factor", table.dilation_w());
}

void read(const tflite::Conv2DOptions& table, Operator& op) {
  read_strides(table, op);
  read_dilations(table, op);
}

void read(const tflite::DepthwiseConv2DOptions& table, Operator& op) {
  read_strides(table, op);
  read_dilations(table, op);
  if (table.depth_multiplier() < 0) {
    refuse_option(op, "depth_multiplier", table.depth_multiplier());
  }
  op.options.depth_multiplier = static_cast<std::uint32_t>(table.depth_multiplier());
}

void read(const tflite::Pool2DOptions& table, Operator& op) {
  read_strides(table, op);
  op.options.filter_h = positive(op, "filter_height", table.filter_h());
  op.options.filter_w = positive(op, "filter_width", table.filter_w());
}

void read(const tflite::FullyConnectedOptions& table, Operator& op) {
  if (table.weights_format() != 0) {
    graph::refuse(op, "its weights are shuffled for one CPU; convert with the default format");
  }
  op.options.keep_num_dims = table.keep_num_dims();
  op.options.activation = activation(op, table.activation());
}

void read(const tflite::SoftmaxOptions& table, Operator& op) {
  op.options.beta = table.beta();
}

void read(const tflite::ConcatenationOptions& table, Operator& op) {
  op.options.axis = table.axis();
  op.options.activation = activation(op, table.activation());
}

void read(const tflite::ArithmeticOptions& table, Operator& op) {
  op.options.activation = activation(op, table.activation());
}

void read(const tflite::ReshapeOptions& table, Operator& op) {
  op.options.shape = short_list(op, "new_shape", table.new_shape());
}

void read(const tflite::SqueezeOptions& table, Operator& op) {
  op.options.shape = short_list(op, "squeeze_dims", table.squeeze_dims());
}

void read(const tflite::ReducerOptions& table, Operator& op) {
  op.options.keep_dims = table.keep_dims();
}

void read(const tflite::StridedSliceOptions& table, Operator& op) {
  op.options.begin_mask = static_cast<std::uint32_t>(table.begin_mask());
  op.options.end_mask = static_cast<std::uint32_t>(table.end_mask());
  op.options.ellipsis_mask = static_cast<std::uint32_t>(table.ellipsis_mask());
  op.options.new_axis_mask = static_cast<std::uint32_t>(table.new_axis_mask());
  op.options.shrink_axis_mask = static_cast<std::uint32_t>(table.shrink_axis_mask());
  op.options.end_is_distance = table.offset();
}

void read(const tflite::SplitOptions& table, Operator& op) {
  if (table.num_splits() != static_cast<std::int64_t>(op.outputs.size())) {
    refuse_option(op, "num_splits", table.num_splits());
  }
}

void read(const tflite::LeakyReluOptions& table, Operator& op) {
  op.options.alpha = table.alpha();
}

enum class Needed { kNo, kYes };

/// Reads the table when it is there and of the right kind; some operators mean nothing without.
template <class Table>
void read_table(const Table* options, Needed needed, const tflite::Operator& table, Operator& op) {
  if (options != nullptr) {
    read(*options, op);
  } else if (needed == Needed::kYes || table.options_type() != tflite::OperatorOptions::NONE) {
    graph::refuse(op, "has options of another operator, or none; the file is damaged");
  }
}

}  // namespace

void read_options(const tflite::Operator& table, Operator& op) {
  switch (op.kind) {
    case Kind::kConv2d:
      return read_table(table.options_as_Conv2D(), Needed::kYes, table, op);
    case Kind::kDepthwiseConv2d:
      return read_table(table.options_as_DepthwiseConv2D(), Needed::kYes, table, op);
    case Kind::kAveragePool2d:
    case Kind::kMaxPool2d:
      return read_table(table.options_as_Pool2D(), Needed::kYes, table, op);
    case Kind::kFullyConnected:
      return read_table(table.options_as_FullyConnected(), Needed::kNo, table, op);
    case Kind::kSoftmax:
      return read_table(table.options_as_Softmax(), Needed::kNo, table, op);
    case Kind::kConcatenation:
      return read_table(table.options_as_Concatenation(), Needed::kYes, table, op);
    case Kind::kAdd:
      return read_table(table.options_as_Add(), Needed::kNo, table, op);
    case Kind::kSub:
      return read_table(table.options_as_Sub(), Needed::kNo, table, op);
    case Kind::kMul:
      return read_table(table.options_as_Mul(), Needed::kNo, table, op);
    case Kind::kReshape:
      return read_table(table.options_as_Reshape(), Needed::kNo, table, op);
    case Kind::kSqueeze:
      return read_table(table.options_as_Squeeze(), Needed::kNo, table, op);
    case Kind::kMean:
      return read_table(table.options_as_Reducer(), Needed::kNo, table, op);
    case Kind::kStridedSlice:
      return read_table(table.options_as_StridedSlice(), Needed::kNo, table, op);
    case Kind::kSplit:
      return read_table(table.options_as_Split(), Needed::kNo, table, op);
    case Kind::kLeakyRelu:
      return read_table(table.options_as_LeakyRelu(), Needed::kYes, table, op);
    default:
      return;  // the others have none, or an empty table
  }
}

}  // namespace aiot::toolkit
