// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/program.hpp"

#include <algorithm>

namespace aiot::nn {
namespace {

constexpr std::uint32_t kMaxBytes = 0x7FFF'FFFFU;  // bit 31 of an address has a meaning

bool lies_in_arena(std::uint32_t offset, std::uint32_t bytes, std::uint32_t arena) noexcept {
  return offset % kOperandAlignment == 0 && bytes != 0 && offset <= arena &&
         bytes <= arena - offset;
}

/// Bytes by type and dims; 0 when the type is unknown, or dims are 0 or too many.
std::uint64_t expected_bytes(const TensorInfo& tensor) noexcept {
  if (tensor.rank > kMaxRank) {
    return 0;
  }
  std::uint64_t bytes = element_bytes(tensor.type);
  for (std::size_t i = 0; i < tensor.rank; ++i) {
    bytes *= tensor.dims[i];
    if (bytes > kMaxBytes) {  // before the next factor of 32 bits can overflow
      return 0;
    }
  }
  return bytes;
}

bool tensor_ok(const TensorInfo& tensor, std::uint32_t arena) noexcept {
  // Compared this way round, a scale that is not a number fails as well.
  const bool scale_ok = tensor.scale > 0.0F && tensor.scale <= 3.4e38F;
  const bool aligned = tensor.offset % std::max<std::uint32_t>(element_bytes(tensor.type), 1) == 0;
  const bool code_ok =
      tensor.type != ElementType::kInt8 || (tensor.zero_point >= -128 && tensor.zero_point <= 127);
  return scale_ok && aligned && code_ok && tensor.bytes == expected_bytes(tensor) &&
         lies_in_arena(tensor.offset, tensor.bytes, arena);
}

bool tensors_ok(std::span<const TensorInfo> tensors, std::uint32_t arena) noexcept {
  return !tensors.empty() && std::all_of(tensors.begin(), tensors.end(), [&](const TensorInfo& t) {
    return tensor_ok(t, arena);
  });
}

}  // namespace

OpHeader instruction_at(std::span<const std::uint32_t> program, std::size_t at) noexcept {
  if (at >= program.size()) {
    return {};
  }
  const std::uint32_t word = program[at];
  const OpHeader header{static_cast<std::uint16_t>(word & 0xFFFFU),
                        static_cast<std::uint16_t>(word >> 16U)};
  return header.words <= program.size() - at ? header : OpHeader{};
}

Diagnosis diagnose_structure(const Network& network) noexcept {
  if (network.arena_bytes > kMaxBytes || network.weights.size() > kMaxBytes ||
      !tensors_ok(network.inputs, network.arena_bytes) ||
      !tensors_ok(network.outputs, network.arena_bytes)) {
    return {Problem::kTensor, 0, 0};
  }
  for (const VariableInfo& variable : network.variables) {
    if (!lies_in_arena(variable.offset, variable.bytes, network.arena_bytes)) {
      return {Problem::kTensor, 0, 0};
    }
  }
  std::uint32_t instruction = 0;
  for (std::size_t at = 0; at < network.program.size(); ++instruction) {
    const OpHeader header = instruction_at(network.program, at);
    if (header.words == 0) {
      return {Problem::kInstruction, header.code, instruction};
    }
    at += header.words;
  }
  if (instruction == 0) {
    return {Problem::kInstruction, 0, 0};
  }
  return {};
}

const char* to_string(Problem problem) noexcept {
  switch (problem) {
    case Problem::kNone:
      return "no problem";
    case Problem::kLayout:
      return "weights are packed for other kernels";
    case Problem::kArena:
      return "arena too small";
    case Problem::kAddress:
      return "weights are not aligned in memory";
    case Problem::kTensor:
      return "an input, output or variable is damaged";
    case Problem::kInstruction:
      return "instruction stream is damaged";
    case Problem::kOperator:
      return "operator is not in this kernel set";
    case Problem::kParameter:
      return "parameters of an operator are damaged";
    case Problem::kOperandRange:
      return "an operand lies outside of its memory";
  }
  return "unknown problem";
}

Error to_error(Problem problem) noexcept {
  switch (problem) {
    case Problem::kLayout:
    case Problem::kOperator:
      return Error::kUnsupported;
    case Problem::kArena:
      return Error::kNoSpace;
    case Problem::kAddress:
      return Error::kInvalidArgument;
    default:
      return Error::kCorrupt;
  }
}

}  // namespace aiot::nn
