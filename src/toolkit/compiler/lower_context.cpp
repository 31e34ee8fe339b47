// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/lower_context.hpp"

#include "aiot/core/check.hpp"
#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::uint64_t kMaxArena = 0x7FFF'FFFF;

/// More flash than any microcontroller has, less than what a compiler should work with.
constexpr std::uint64_t kMaxConstants = std::uint64_t{256} << 20U;

// Where the parameter structs have their addresses.
constexpr std::size_t kInputWord = 0;
constexpr std::size_t kOutputWord = 1;
constexpr std::size_t kOtherWord = 2;
static_assert(offsetof(nn::AddS8, input) == 4 * kInputWord &&
              offsetof(nn::AddS8, output) == 4 * kOutputWord &&
              offsetof(nn::AddS8, other) == 4 * kOtherWord &&
              offsetof(nn::MulS8, other) == 4 * kOtherWord &&
              offsetof(nn::AddBroadcastS8, op) == 0 && offsetof(nn::MulBroadcastS8, op) == 0);
static_assert(offsetof(nn::Fill, output) == 0);

}  // namespace

std::uint32_t narrow32(std::uint64_t value) {
  AIOT_CHECK(value <= UINT32_MAX);
  return static_cast<std::uint32_t>(value);
}

Lowering::Lowering(const graph::Graph& graph) : graph_(graph), buffers_(graph.tensors.size()) {}

std::size_t Lowering::add_buffer(lowered::Buffer buffer) {
  if (buffer.constant) {
    add_constants(buffer.bytes);
  } else {
    arena_bytes_ += buffer.bytes;
  }
  if (arena_bytes_ > kMaxArena) {
    throw graph::Refusal(
        "the tensors of the model have more than 2^31 - 1 bytes; use a smaller model");
  }
  network_.buffers.push_back(std::move(buffer));
  return network_.buffers.size() - 1;
}

std::size_t Lowering::buffer_of(std::int32_t index) {
  const auto tensor_index = static_cast<std::size_t>(index);
  std::optional<std::size_t>& known = buffers_.at(tensor_index);
  if (!known) {
    const graph::Tensor& tensor = graph_.tensors[tensor_index];
    if (tensor.bytes() > kMaxArena) {
      throw graph::Refusal("tensor '" + tensor.name +
                           "' has more than 2^31 bytes; use a smaller model");
    }
    known = add_buffer({tensor.name, narrow32(tensor.bytes()), tensor.constant, tensor.data});
  }
  return *known;
}

std::size_t Lowering::input_of(const graph::Operator& op, std::size_t index) {
  return buffer_of(op.inputs.at(index));
}

std::size_t Lowering::output_of(const graph::Operator& op, std::size_t index) {
  return buffer_of(op.outputs.at(index));
}

std::size_t Lowering::scratch_buffer(std::string name, std::uint64_t bytes) {
  return add_buffer({std::move(name), narrow32(bytes), false, {}});
}

void Lowering::alias(std::int32_t to, std::int32_t from) {
  const std::size_t buffer = buffer_of(from);
  buffers_.at(static_cast<std::size_t>(to)) = buffer;
}

void Lowering::add_constants(std::uint64_t bytes) {
  constant_bytes_ += bytes;
  if (constant_bytes_ > kMaxConstants) {
    throw graph::Refusal("the constants of the model have more than 256 MiB; use a smaller model");
  }
}

lowered::Instruction& Lowering::append(const graph::Operator& op,
                                       nn::OpCode code,
                                       std::vector<std::uint32_t> params,
                                       const std::vector<std::size_t>& operands,
                                       std::size_t output) {
  lowered::Instruction instruction;
  instruction.code = code;
  instruction.params = std::move(params);
  for (const std::size_t buffer : operands) {
    instruction.reads.push_back({instruction.reads.empty() ? kInputWord : kOtherWord, buffer});
  }
  instruction.write = {operands.empty() ? 0 : kOutputWord, output};
  instruction.sources = op.sources;
  network_.instructions.push_back(std::move(instruction));
  return network_.instructions.back();
}

void Lowering::emit_table(const graph::Operator& op,
                          const Table& table,
                          std::size_t input,
                          std::size_t output,
                          std::uint64_t elements) {
  add_constants(table.size());
  nn::Lookup8 params;
  params.elements = narrow32(elements);
  emit(op, nn::OpCode::kLookup8, params, {input}, output).table.assign(table.begin(), table.end());
}

}  // namespace aiot::toolkit
