// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/tflite_reader_names.hpp"

#include <algorithm>
#include <array>

namespace aiot::toolkit {
namespace {

using graph::Kind;

constexpr std::array kKnown = {
    Kind::kAdd,           Kind::kAveragePool2d,
    Kind::kConcatenation, Kind::kConv2d,
    Kind::kDequantize,    Kind::kDepthwiseConv2d,
    Kind::kExpandDims,    Kind::kFullyConnected,
    Kind::kLeakyRelu,     Kind::kLogistic,
    Kind::kMaxPool2d,     Kind::kMean,
    Kind::kMul,           Kind::kPad,
    Kind::kPadV2,         Kind::kQuantize,
    Kind::kRelu,          Kind::kRelu6,
    Kind::kReluN1To1,     Kind::kReshape,
    Kind::kSlice,         Kind::kSoftmax,
    Kind::kSplit,         Kind::kSqueeze,
    Kind::kStridedSlice,  Kind::kSub,
    Kind::kTanh,          Kind::kTranspose,
};

struct Name {
  std::int32_t number;
  const char* text;
};

constexpr std::array kOtherBuiltins = {
    Name{5, "DEPTH_TO_SPACE"},
    Name{8, "FLOOR"},
    Name{11, "L2_NORMALIZATION"},
    Name{23, "RESIZE_BILINEAR"},
    Name{26, "SPACE_TO_DEPTH"},
    Name{27, "SVDF"},
    Name{32, "CUSTOM"},
    Name{36, "GATHER"},
    Name{37, "BATCH_TO_SPACE_ND"},
    Name{38, "SPACE_TO_BATCH_ND"},
    Name{42, "DIV"},
    Name{44, "UNIDIRECTIONAL_SEQUENCE_LSTM"},
    Name{47, "EXP"},
    Name{50, "LOG_SOFTMAX"},
    Name{53, "CAST"},
    Name{54, "PRELU"},
    Name{55, "MAXIMUM"},
    Name{56, "ARG_MAX"},
    Name{57, "MINIMUM"},
    Name{59, "NEG"},
    Name{67, "TRANSPOSE_CONV"},
    Name{74, "SUM"},
    Name{75, "SQRT"},
    Name{76, "RSQRT"},
    Name{77, "SHAPE"},
    Name{79, "ARG_MIN"},
    Name{82, "REDUCE_MAX"},
    Name{83, "PACK"},
    Name{88, "UNPACK"},
    Name{89, "REDUCE_MIN"},
    Name{92, "SQUARE"},
    Name{97, "RESIZE_NEAREST_NEIGHBOR"},
    Name{99, "SQUARED_DIFFERENCE"},
    Name{100, "MIRROR_PAD"},
    Name{101, "ABS"},
    Name{102, "SPLIT_V"},
    Name{111, "ELU"},
    Name{117, "HARD_SWISH"},
    Name{126, "BATCH_MATMUL"},
    Name{129, "CALL_ONCE"},
    Name{130, "BROADCAST_TO"},
    Name{142, "VAR_HANDLE"},
    Name{143, "READ_VARIABLE"},
    Name{144, "ASSIGN_VARIABLE"},
    Name{150, "GELU"},
};

constexpr std::array kTensorTypes = {
    Name{0, "float32"},   Name{1, "float16"}, Name{2, "int32"},    Name{3, "uint8"},
    Name{4, "int64"},     Name{5, "string"},  Name{6, "bool"},     Name{7, "int16"},
    Name{8, "complex64"}, Name{9, "int8"},    Name{10, "float64"}, Name{12, "uint64"},
    Name{13, "resource"}, Name{15, "uint32"}, Name{16, "uint16"},  Name{17, "int4"},
    Name{18, "bfloat16"}, Name{19, "int2"},   Name{20, "uint4"},
};

template <std::size_t size>
const char* find(const std::array<Name, size>& names, std::int32_t number) {
  const auto* found = std::find_if(
      names.begin(), names.end(), [&](const Name& name) { return name.number == number; });
  return found == names.end() ? nullptr : found->text;
}

}  // namespace

std::optional<Kind> kind_of(std::int32_t code) {
  const auto* found = std::find(kKnown.begin(), kKnown.end(), static_cast<Kind>(code));
  return found == kKnown.end() ? std::nullopt : std::optional<Kind>(*found);
}

std::string builtin_name(std::int32_t code) {
  if (const std::optional<Kind> kind = kind_of(code)) {
    return graph::name_of(*kind);
  }
  const char* name = find(kOtherBuiltins, code);
  return name != nullptr ? name : "builtin operator " + std::to_string(code);
}

std::optional<nn::ElementType> element_type_of(std::int32_t type) {
  switch (type) {
    case 0:
      return nn::ElementType::kFloat32;
    case 2:
      return nn::ElementType::kInt32;
    case 3:
      return nn::ElementType::kUint8;
    case 4:
      return nn::ElementType::kInt64;
    case 6:
      return nn::ElementType::kBool;
    case 7:
      return nn::ElementType::kInt16;
    case 9:
      return nn::ElementType::kInt8;
    default:
      return std::nullopt;
  }
}

std::string tensor_type_name(std::int32_t type) {
  const char* name = find(kTensorTypes, type);
  return name != nullptr ? name : "type " + std::to_string(type);
}

}  // namespace aiot::toolkit
