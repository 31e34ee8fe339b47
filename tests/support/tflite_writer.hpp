// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// Writes .tflite files for tests, field by field from the description of the format and without
/// the product's schema, so that a mistake there is not made twice. It writes what it is told, also
/// what no reader should take.
namespace aiot::test {

/// TFLite's TensorType.
enum class TensorType : std::int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUint8 = 3,
  kInt64 = 4,
  kBool = 6,
  kInt16 = 7,
  kInt8 = 9,
  kInt4 = 17,
};

/// TFLite's BuiltinOperator: the list of the compiler, and a few that are not on it.
enum class TfliteOp : std::int32_t {
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
  kRelu6 = 21,
  kReshape = 22,
  kSoftmax = 25,
  kSvdf = 27,
  kTanh = 28,
  kCustom = 32,
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
  kHardSwish = 117,
  kBatchMatmul = 126,
  kCallOnce = 129,
};

/// No scales: not quantised. Several scales: one per index of dimension `axis`.
struct Quantisation {
  std::vector<float> scales;
  std::vector<std::int64_t> zero_points;
  std::int32_t axis = 0;
};

struct TensorSpec {
  std::string name{};
  TensorType type = TensorType::kInt8;
  std::vector<std::int32_t> shape{};
  Quantisation quantisation{};
  std::vector<std::byte> data{};  ///< of a constant, little endian
  bool variable = false;
};

/// A field of an options table: its id and its value; bool and int8 take one byte.
struct OptionField {
  std::uint16_t id = 0;
  std::variant<bool, std::int8_t, std::int32_t, float, std::vector<std::int32_t>> value;
};

struct OperatorSpec {
  TfliteOp code{};
  std::vector<std::int32_t> inputs{};  ///< tensor indices, -1: left out
  std::vector<std::int32_t> outputs{};
  std::uint8_t options_type = 0;  ///< member of TFLite's BuiltinOptions, 0: none
  std::vector<OptionField> options{};
  std::string custom_code{};  ///< of kCustom
};

struct ModelSpec {
  std::string description = "made for a test";
  std::vector<TensorSpec> tensors;
  std::vector<OperatorSpec> operators;
  std::vector<std::int32_t> inputs{};
  std::vector<std::int32_t> outputs{};
  std::uint32_t version = 3;
  std::uint32_t subgraphs = 1;  ///< the same one so many times
  bool old_codes = false;       ///< operator codes in the field of one byte only
  bool data_outside = false;    ///< constants behind the FlatBuffer, at offsets of the file
};

/// The file: root table, identifier TFL3, buffer 0 empty, one buffer a constant, one operator code
/// an operator kind. The same bytes for the same spec.
std::vector<std::byte> write_tflite(const ModelSpec& model);

/// The bytes of `values`, as constants want them.
template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  const auto* data = reinterpret_cast<const std::byte*>(values.data());
  return {data, data + values.size() * sizeof(T)};
}

}  // namespace aiot::test
