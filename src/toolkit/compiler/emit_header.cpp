// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/emit_header.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/check.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::size_t kWordsPerLine = 8;

// What may not be the name of a namespace: C++'s keywords, and macros of compilers and C.
constexpr std::array<std::string_view, 98> kReserved{
    "alignas",       "alignof",     "and",
    "and_eq",        "asm",         "auto",
    "bitand",        "bitor",       "bool",
    "break",         "case",        "catch",
    "char",          "char16_t",    "char32_t",
    "char8_t",       "class",       "co_await",
    "co_return",     "co_yield",    "compl",
    "concept",       "const",       "const_cast",
    "consteval",     "constexpr",   "constinit",
    "continue",      "decltype",    "default",
    "delete",        "do",          "double",
    "dynamic_cast",  "else",        "enum",
    "explicit",      "export",      "extern",
    "false",         "float",       "for",
    "friend",        "goto",        "if",
    "inline",        "int",         "long",
    "mutable",       "namespace",   "new",
    "noexcept",      "not",         "not_eq",
    "nullptr",       "operator",    "or",
    "or_eq",         "private",     "protected",
    "public",        "register",    "reinterpret_cast",
    "requires",      "return",      "short",
    "signed",        "sizeof",      "static",
    "static_assert", "static_cast", "struct",
    "switch",        "template",    "this",
    "thread_local",  "throw",       "true",
    "try",           "typedef",     "typeid",
    "typename",      "union",       "unsigned",
    "using",         "virtual",     "void",
    "volatile",      "wchar_t",     "while",
    "xor",           "xor_eq",      "linux",
    "unix",          "i386",        "arm",
    "errno",         "assert"};

const char* constant_of(nn::OpCode code) {
  switch (code) {
    case nn::OpCode::kFullyConnectedS8:
      return "kFullyConnectedS8";
    case nn::OpCode::kConv2dS8:
      return "kConv2dS8";
    case nn::OpCode::kDepthwiseConv2dS8:
      return "kDepthwiseConv2dS8";
    case nn::OpCode::kAveragePool2dS8:
      return "kAveragePool2dS8";
    case nn::OpCode::kMaxPool2dS8:
      return "kMaxPool2dS8";
    case nn::OpCode::kSoftmaxS8:
      return "kSoftmaxS8";
    case nn::OpCode::kSoftmaxS8S16:
      return "kSoftmaxS8S16";
    case nn::OpCode::kAddS8:
      return "kAddS8";
    case nn::OpCode::kSubS8:
      return "kSubS8";
    case nn::OpCode::kMulS8:
      return "kMulS8";
    case nn::OpCode::kAddBroadcastS8:
      return "kAddBroadcastS8";
    case nn::OpCode::kSubBroadcastS8:
      return "kSubBroadcastS8";
    case nn::OpCode::kMulBroadcastS8:
      return "kMulBroadcastS8";
    case nn::OpCode::kMeanS8:
      return "kMeanS8";
    case nn::OpCode::kLookup8:
      return "kLookup8";
    case nn::OpCode::kCopy:
      return "kCopy";
    case nn::OpCode::kFill:
      return "kFill";
    case nn::OpCode::kQuantizeF32S8:
      return "kQuantizeF32S8";
    case nn::OpCode::kDequantizeS8F32:
      return "kDequantizeS8F32";
  }
  return "";
}

const char* constant_of(nn::WeightLayout layout) {
  switch (layout) {
    case nn::WeightLayout::kCanonical:
      return "kCanonical";
    case nn::WeightLayout::kArmDsp:
      return "kArmDsp";
    case nn::WeightLayout::kArmMve:
      return "kArmMve";
    case nn::WeightLayout::kArmPlain:
      return "kArmPlain";
  }
  return "";
}

const char* constant_of(nn::ElementType type) {
  switch (type) {
    case nn::ElementType::kInt8:
      return "kInt8";
    case nn::ElementType::kInt16:
      return "kInt16";
    case nn::ElementType::kInt32:
      return "kInt32";
    case nn::ElementType::kFloat32:
      return "kFloat32";
    case nn::ElementType::kUint8:
      return "kUint8";
    case nn::ElementType::kInt64:
      return "kInt64";
    case nn::ElementType::kBool:
      return "kBool";
  }
  return "";
}

/// A constant array of 32-bit words; at least one, because C++ has no empty arrays.
void emit_words(std::string& out,
                const char* declaration,
                const std::vector<std::uint32_t>& words) {
  out += declaration;
  out += " = {";
  char text[16];
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::snprintf(text, sizeof text, "0x%08x,", static_cast<unsigned>(words[i]));
    out += i % kWordsPerLine == 0 ? "\n    " : " ";
    out += text;
  }
  out += words.empty() ? "0};\n\n" : "};\n\n";
}

/// Bytes as words, zeros behind them.
std::vector<std::uint32_t> words_of_bytes(const std::vector<std::byte>& bytes) {
  std::vector<std::byte> padded = bytes;
  padded.resize((bytes.size() + 3) / 4 * 4);
  std::vector<std::uint32_t> words;
  for (std::size_t at = 0; at < padded.size(); at += 4) {
    words.push_back(load_le32(&padded[at]));
  }
  return words;
}

std::string number(std::int64_t value) {
  return std::to_string(value);
}

std::string exact(float value) {
  char text[40];
  std::snprintf(text, sizeof text, "%aF", static_cast<double>(value));
  return text;
}

void emit_tensors(std::string& out, const char* name, const std::vector<nn::TensorInfo>& tensors) {
  out += std::string("inline constexpr aiot::nn::TensorInfo ") + name + "[] = {\n";
  for (const nn::TensorInfo& tensor : tensors) {
    out += "    {" + number(tensor.offset) + "U, " + number(tensor.bytes) +
           "U, aiot::nn::ElementType::" + constant_of(tensor.type) + ", " + number(tensor.rank) +
           ", 0, {{";
    for (std::size_t i = 0; i < nn::kMaxRank; ++i) {
      out += (i == 0 ? "" : ", ") + number(tensor.dims[i]) + "U";
    }
    out += "}}, " + exact(tensor.scale) + ", " + number(tensor.zero_point) + "},\n";
  }
  out += "};\n\n";
}

void emit_variables(std::string& out, const std::vector<nn::VariableInfo>& variables) {
  if (variables.empty()) {
    return;
  }
  out += "inline constexpr aiot::nn::VariableInfo kVariables[] = {\n";
  for (const nn::VariableInfo& variable : variables) {
    out += "    {" + number(variable.offset) + "U, " + number(variable.bytes) + "U, " +
           number(variable.fill) + ", 0, 0},\n";
  }
  out += "};\n\n";
}

/// The kernels of the program, in the order in which it first uses them.
std::vector<nn::OpCode> codes_of(const NetworkSpec& network) {
  std::vector<nn::OpCode> codes;
  for (std::size_t at = 0; at < network.program.size();) {
    const nn::OpHeader header = nn::instruction_at(network.program, at);
    AIOT_CHECK(header.words != 0);
    const auto code = static_cast<nn::OpCode>(header.code);
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) {
      codes.push_back(code);
    }
    at += header.words;
  }
  return codes;
}

// The size is spelt out: gcc puts an inline array whose type it deduces into RAM.
void emit_kernels(std::string& out, const NetworkSpec& network, std::string_view kernels) {
  const std::vector<nn::OpCode> codes = codes_of(network);
  out += "inline constexpr std::array<aiot::nn::Kernel, " + std::to_string(codes.size()) +
         "> kKernels{";
  for (std::size_t i = 0; i < codes.size(); ++i) {
    out += i == 0 ? "\n    aiot::nn::" : ",\n    aiot::nn::";
    out += std::string(kernels) + "::" + constant_of(codes[i]);
  }
  out += std::string("};\n\ninline constexpr aiot::nn::KernelSet kernels{\"") +
         std::string(kernels) + "\", aiot::nn::WeightLayout::" + constant_of(network.layout) +
         ", kKernels};\n\n";
}

}  // namespace

std::string identifier(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto code = static_cast<unsigned char>(c);
    const bool plain = code < 0x80 && std::isalnum(code) != 0;
    if (plain || (!out.empty() && out.back() != '_')) {  // two underscores are reserved
      out += plain ? c : '_';
    }
  }
  while (!out.empty() && out.back() == '_') {
    out.pop_back();
  }
  if (out.empty()) {
    return "network";
  }
  if (std::isdigit(static_cast<unsigned char>(out.front())) != 0) {
    out = "network_" + out;
  }
  const bool reserved = std::find(kReserved.begin(), kReserved.end(), out) != kReserved.end();
  return reserved ? out + "_network" : out;
}

std::string emit_header(const NetworkSpec& network, const Target& target, std::string_view name) {
  AIOT_CHECK(network.layout == target.layout());
  const std::string space = "networks::" + identifier(name);
  const std::string kernels(target.kernels());
  std::string out;
  out.reserve(network.weights.size() * 3 + network.program.size() * 12 + 4096);
  out += "// Made by the network compiler of aiot: a network for the kernels \"" + kernels +
         "\". Not to be edited.\n"
         "//\n"
         "//   #include \"aiot/nn/executor.hpp\"\n"
         "//   namespace net = " +
         space +
         ";\n"
         "//   alignas(aiot::nn::kAlignment) std::byte arena[net::kArenaBytes];\n"
         "//   aiot::nn::Executor executor(net::network(), net::kernels, arena);\n"
         "#pragma once\n\n"
         "#include <array>\n#include <bit>\n#include <cstddef>\n#include <cstdint>\n"
         "#include <span>\n\n"
         "#include \"aiot/nn/kernels.hpp\"\n"
         "#include \"aiot/nn/" +
         kernels +
         "/kernels.hpp\"\n"
         "#include \"aiot/nn/program.hpp\"\n\n"
         "namespace " +
         space +
         " {\n\n"
         "static_assert(std::endian::native == std::endian::little);\n\n"
         "inline constexpr std::uint32_t kArenaBytes = " +
         number(network.arena_bytes) +
         "U;\n"
         "inline constexpr std::size_t kWeightsBytes = " +
         std::to_string(network.weights.size()) + "U;\n\n";
  emit_words(out, "inline constexpr std::uint32_t kProgram[]", network.program);
  emit_words(out,
             "alignas(aiot::nn::kAlignment) inline constexpr std::uint32_t kWeights[]",
             words_of_bytes(network.weights));
  emit_tensors(out, "kInputs", network.inputs);
  emit_tensors(out, "kOutputs", network.outputs);
  emit_variables(out, network.variables);
  emit_kernels(out, network, kernels);
  out += std::string("inline aiot::nn::Network network() noexcept {\n  return {kProgram,\n") +
         "          std::as_bytes(std::span(kWeights)).first(kWeightsBytes),\n" +
         "          kInputs,\n          kOutputs,\n          " +
         (network.variables.empty() ? "{}" : "kVariables") +
         ",\n          kArenaBytes,\n          aiot::nn::WeightLayout::" +
         constant_of(network.layout) + "};\n}\n\n}  // namespace " + space + "\n";
  return out;
}

}  // namespace aiot::toolkit
