// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/executor.hpp"

#include <algorithm>
#include <cstdint>

#include "aiot/core/check.hpp"

namespace aiot::nn {
namespace {

bool is_aligned(const void* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address) % kAlignment == 0;
}

Diagnosis diagnose_program(const Network& network, const KernelSet& kernels) noexcept {
  const Bounds bounds{network.arena_bytes, static_cast<std::uint32_t>(network.weights.size())};
  std::uint32_t instruction = 0;
  for (std::size_t at = 0; at < network.program.size(); ++instruction) {
    const OpHeader header = instruction_at(network.program, at);
    const Kernel* kernel = kernels.find(header.code);
    if (kernel == nullptr) {
      return {Problem::kOperator, header.code, instruction};
    }
    if (kernel->words != header.words) {
      return {Problem::kInstruction, header.code, instruction};
    }
    const Problem problem = kernel->check(&network.program[at + 1], bounds);
    if (problem != Problem::kNone) {
      return {problem, header.code, instruction};
    }
    at += header.words;
  }
  return {};
}

}  // namespace

Diagnosis Executor::diagnose(const Network& network,
                             const KernelSet& kernels,
                             std::size_t arena_bytes) noexcept {
  const Diagnosis structure = diagnose_structure(network);
  if (structure.problem != Problem::kNone) {
    return structure;
  }
  if (network.layout != kernels.layout) {
    return {Problem::kLayout, 0, 0};
  }
  if (arena_bytes < network.arena_bytes) {
    return {Problem::kArena, 0, 0};
  }
  if (!is_aligned(network.weights.data())) {
    return {Problem::kAddress, 0, 0};
  }
  return diagnose_program(network, kernels);
}

Status Executor::check(const Network& network,
                       const KernelSet& kernels,
                       std::size_t arena_bytes) noexcept {
  const Problem problem = diagnose(network, kernels, arena_bytes).problem;
  return problem == Problem::kNone ? Status{} : Status{to_error(problem)};
}

Executor::Executor(const Network& network, const KernelSet& kernels, MutableBytes arena) noexcept
    : network_(network), kernels_(kernels), arena_(arena) {
  AIOT_CHECK(arena.size() >= network.arena_bytes && is_aligned(arena.data()));
  reset();
}

MutableBytes Executor::input(std::size_t index) noexcept {
  AIOT_CHECK(index < network_.inputs.size());
  const TensorInfo& tensor = network_.inputs[index];
  return arena_.subspan(tensor.offset, tensor.bytes);
}

std::span<std::int8_t> Executor::input_s8(std::size_t index) noexcept {
  const MutableBytes bytes = input(index);
  return {reinterpret_cast<std::int8_t*>(bytes.data()), bytes.size()};
}

Bytes Executor::output(std::size_t index) const noexcept {
  AIOT_CHECK(index < network_.outputs.size());
  const TensorInfo& tensor = network_.outputs[index];
  return arena_.subspan(tensor.offset, tensor.bytes);
}

std::span<const std::int8_t> Executor::output_s8(std::size_t index) const noexcept {
  const Bytes bytes = output(index);
  return {reinterpret_cast<const std::int8_t*>(bytes.data()), bytes.size()};
}

Status Executor::run() noexcept {
  const Memory memory{arena_.data(), network_.weights.data()};
  const std::uint32_t* at = network_.program.data();
  for (std::size_t left = network_.program.size(); left != 0;) {
    const std::uint32_t header = *at;
    const Kernel* kernel = kernels_.find(static_cast<std::uint16_t>(header & 0xFFFFU));
    if (kernel == nullptr || kernel->words != header >> 16U || kernel->words > left) {
      return Error::kUnsupported;
    }
    kernel->run(at + 1, memory);
    at += kernel->words;
    left -= kernel->words;
  }
  return {};
}

void Executor::reset() noexcept {
  for (const VariableInfo& variable : network_.variables) {
    const MutableBytes bytes = arena_.subspan(variable.offset, variable.bytes);
    std::fill(bytes.begin(), bytes.end(), std::byte{variable.fill});
  }
}

}  // namespace aiot::nn
