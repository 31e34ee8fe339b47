// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>

#include "aiot/core/check.hpp"
#include "aiot/nn/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"
#include "src/toolkit/compiler/arena.hpp"

namespace aiot::toolkit {
namespace {

/// Bit 31 of an address has a meaning.
constexpr std::uint64_t kMostBytes = 0x7FFF'FFFFU;

/// Puts the parts of a compiled network together.
class Assembler {
 public:
  Assembler(const lowered::Network& network, const Target& target)
      : network_(network),
        target_(target),
        arena_(plan_arena(network, target)),
        constants_(network.buffers.size()) {}

  Loaded<CompiledNetwork> run() {
    if (arena_.plan.bytes > kMostBytes) {
      return Problem{"the network needs an arena of " + std::to_string(arena_.plan.bytes) +
                     " bytes, more than 2 GiB; make its tensors smaller"};
    }
    if (network_.instructions.empty()) {
      return Problem{"the network does nothing; its outputs are its inputs"};
    }
    for (std::size_t at = 0; at < network_.instructions.size(); ++at) {
      append(at);
    }
    if (pool_.bytes().size() > kMostBytes) {
      return Problem{"the network has more than 2 GiB of constants; make its layers smaller"};
    }
    NetworkSpec& spec = result_.network;
    spec.weights = pool_.bytes();
    spec.arena_bytes = static_cast<std::uint32_t>(arena_.plan.bytes);
    spec.layout = target_.layout();
    spec.inputs = ports(network_.inputs);
    spec.outputs = ports(network_.outputs);
    report_arena();
    return check();
  }

 private:
  [[nodiscard]] std::uint32_t offset_of(std::size_t block) const {
    return static_cast<std::uint32_t>(arena_.plan.offsets[block]);
  }

  [[nodiscard]] std::size_t scratch_block(std::size_t instruction) const {
    return network_.buffers.size() + instruction;
  }

  std::uint32_t address(const lowered::Use& use) {
    const lowered::Buffer& buffer = network_.buffers[use.buffer];
    if (!buffer.constant) {
      return offset_of(use.buffer);
    }
    std::optional<std::uint32_t>& offset = constants_[use.buffer];
    if (!offset.has_value()) {
      offset = pool_.add(buffer.data);
    }
    return *offset | nn::kConstantOperand;
  }

  void append(std::size_t at) {
    const lowered::Instruction& instruction = network_.instructions[at];
    AIOT_CHECK(instruction.params.size() == param_words(instruction.code));
    std::vector<std::uint32_t> params = instruction.params;
    for (const lowered::Use& read : instruction.reads) {
      params[read.word] = address(read);
    }
    params[instruction.write.word] = offset_of(instruction.write.buffer);
    nn::Needs needs;
    if (fields_of({instruction.code, params}).weighted) {
      needs = pack(at, params);
    } else if (instruction.code == nn::OpCode::kLookup8) {
      AIOT_CHECK(instruction.table.size() == 256);
      params[kTableWord] = pool_.add(instruction.table);
    }
    append_instruction(result_.network.program, instruction.code, params);
    result_.report.sources.push_back(instruction.sources);
    needs_.push_back(needs);
  }

  nn::Needs pack(std::size_t at, std::vector<std::uint32_t>& params) {
    const lowered::Instruction& instruction = network_.instructions[at];
    const InstructionView view{instruction.code, params};
    const PackedLayer packed = target_.pack(view, instruction.weights, instruction.channels);
    const std::uint32_t scratch = arena_.task.blocks[scratch_block(at)].bytes;
    const nn::Needs needs{
        packed.weights.size(), packed.channels.size(), target_.scratch(view).back()};
    params[kWeightsWord] = pool_.add(packed.weights);
    params[kChannelsWord] = pool_.add(packed.channels);
    params[kScratchWord] = scratch == 0 ? 0 : offset_of(scratch_block(at));
    params[kScratchWord + 1] = scratch;
    return needs;
  }

  [[nodiscard]] std::vector<nn::TensorInfo> ports(const std::vector<lowered::Port>& ports) const {
    std::vector<nn::TensorInfo> infos;
    for (const lowered::Port& port : ports) {
      AIOT_CHECK(!network_.buffers[port.buffer].constant);
      infos.push_back(port.info);
      infos.back().offset = offset_of(port.buffer);
    }
    return infos;
  }

  void report_arena() {
    const auto add = [&](const std::string& name, std::size_t block) {
      const plan::Block& life = arena_.task.blocks[block];
      if (life.bytes != 0) {
        result_.report.arena.push_back({name, offset_of(block), life.bytes, life.first, life.last});
      }
    };
    for (std::size_t i = 0; i < network_.buffers.size(); ++i) {
      add(network_.buffers[i].name, i);
    }
    for (std::size_t at = 0; at < network_.instructions.size(); ++at) {
      add(std::string("scratch of ") + name_of(network_.instructions[at].code), scratch_block(at));
    }
    auto& entries = result_.report.arena;
    std::stable_sort(entries.begin(), entries.end(), [](const ArenaEntry& a, const ArenaEntry& b) {
      return a.first < b.first;
    });
    result_.report.arena_bound = static_cast<std::uint32_t>(arena_.bound);
  }

  /// The check of a device, with what the target packed in place of what its kernels say.
  Loaded<CompiledNetwork> check() {
    const NetworkSpec& spec = result_.network;
    const nn::Network network{spec.program,
                              spec.weights,
                              spec.inputs,
                              spec.outputs,
                              spec.variables,
                              spec.arena_bytes,
                              spec.layout};
    nn::Diagnosis diagnosis = nn::diagnose_structure(network);
    const nn::Bounds bounds{spec.arena_bytes, static_cast<std::uint32_t>(spec.weights.size())};
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < needs_.size() && diagnosis.problem == nn::Problem::kNone; ++i) {
      const auto code = static_cast<nn::OpCode>(nn::instruction_at(spec.program, at).code);
      const auto params = std::span(spec.program).subspan(at + 1, param_words(code));
      const nn::Problem problem = with_params(code, nn::Problem::kOperator, [&](const auto& none) {
        return nn::check(params_of<std::decay_t<decltype(none)>>(params), needs_[i], bounds);
      });
      diagnosis = {problem, static_cast<std::uint16_t>(code), i};
      at += params.size() + 1;
    }
    if (diagnosis.problem != nn::Problem::kNone) {
      return refuse(diagnosis);
    }
    return std::move(result_);
  }

  [[nodiscard]] Problem refuse(const nn::Diagnosis& diagnosis) const {
    std::string where = "the network";
    if (diagnosis.code != 0 && diagnosis.instruction < network_.instructions.size()) {
      where = std::string("instruction ") + std::to_string(diagnosis.instruction) + " (" +
              name_of(static_cast<nn::OpCode>(diagnosis.code)) + ")";
      for (const std::uint32_t source : network_.instructions[diagnosis.instruction].sources) {
        where += ", operator " + std::to_string(source);
      }
    }
    return Problem{where +
                   " is nothing that the kernels can run: " + nn::to_string(diagnosis.problem) +
                   "; its sizes or quantisation are outside of what they take"};
  }

  const lowered::Network& network_;
  const Target& target_;
  Arena arena_;
  ConstantPool pool_;
  std::vector<std::optional<std::uint32_t>> constants_;  ///< offsets in the pool, by buffer
  std::vector<nn::Needs> needs_;                         ///< by instruction
  CompiledNetwork result_;
};

}  // namespace

Loaded<CompiledNetwork> assemble(const lowered::Network& network, const Target& target) {
  return Assembler(network, target).run();
}

}  // namespace aiot::toolkit
