// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"
#include "aiot/toolkit/compiler/lowered.hpp"
#include "tests/support/run_network.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {

/// A lowered network with the reference kernels and without any plan: every buffer in a place of
/// its own, constants in the order in which they come. What planners and back-ends must agree with.
class LoweredRunner {
 public:
  explicit LoweredRunner(const toolkit::lowered::Network& network) : network_(network) {
    for (const toolkit::lowered::Buffer& buffer : network.buffers) {
      addresses_.push_back(buffer.constant ? constant(buffer.data) | nn::kConstantOperand
                                           : reserve(buffer.bytes));
    }
    for (toolkit::lowered::Instruction& instruction : network_.instructions) {
      resolve(instruction);
    }
  }

  /// Outputs for `inputs`, one after the other; fails the test when a kernel refuses its
  /// parameters.
  Tensors run(const Tensors& inputs) {
    ExactMemory weights{Bytes(weights_)};
    ExactMemory arena(arena_bytes_);
    const nn::Memory memory{arena.bytes().data(), weights.bytes().data()};
    for (std::size_t i = 0; i < network_.inputs.size(); ++i) {
      EXPECT_EQ(inputs.at(i).size(), network_.inputs[i].info.bytes);
      std::memcpy(memory.arena + addresses_[network_.inputs[i].buffer],
                  inputs[i].data(),
                  network_.inputs[i].info.bytes);
    }
    for (const toolkit::lowered::Instruction& instruction : network_.instructions) {
      step(instruction, memory);
    }
    Tensors outputs;
    for (const toolkit::lowered::Port& port : network_.outputs) {
      const std::byte* from = memory.arena + addresses_[port.buffer];
      outputs.emplace_back(from, from + port.info.bytes);
    }
    return outputs;
  }

 private:
  std::uint32_t reserve(std::uint32_t bytes) {
    const std::uint32_t at = arena_bytes_;
    arena_bytes_ += (bytes + 15U) / 16U * 16U;
    return at;
  }

  std::uint32_t constant(Bytes bytes) {
    const std::size_t at = (weights_.size() + 15U) / 16U * 16U;
    weights_.resize(at);
    weights_.insert(weights_.end(), bytes.begin(), bytes.end());
    return static_cast<std::uint32_t>(at);
  }

  void resolve(toolkit::lowered::Instruction& instruction) {
    for (const toolkit::lowered::Use& use : instruction.reads) {
      instruction.params.at(use.word) = addresses_.at(use.buffer);
    }
    EXPECT_FALSE(network_.buffers.at(instruction.write.buffer).constant);
    instruction.params.at(instruction.write.word) = addresses_[instruction.write.buffer];
    if (!instruction.channels.empty()) {
      instruction.params[toolkit::kWeightsWord] =
          constant(std::as_bytes(std::span(instruction.weights)));
      instruction.params[toolkit::kChannelsWord] =
          constant(std::as_bytes(std::span(instruction.channels)));
    }
    if (!instruction.table.empty()) {
      instruction.params[toolkit::kTableWord] = constant(instruction.table);
    }
  }

  void step(const toolkit::lowered::Instruction& instruction, const nn::Memory& memory) const {
    const nn::Kernel* kernel = nn::ref::kernels.find(static_cast<std::uint16_t>(instruction.code));
    ASSERT_TRUE(kernel != nullptr);
    const nn::Bounds bounds{arena_bytes_, static_cast<std::uint32_t>(weights_.size())};
    ASSERT_EQ(kernel->check(instruction.params.data(), bounds), nn::Problem::kNone);
    kernel->run(instruction.params.data(), memory);
  }

  toolkit::lowered::Network network_;
  std::vector<std::uint32_t> addresses_;  ///< by buffer
  std::uint32_t arena_bytes_ = 0;
  std::vector<std::byte> weights_;
};

}  // namespace aiot::test
