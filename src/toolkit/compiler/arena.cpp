// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/arena.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace aiot::toolkit {
namespace {

/// Pairs of blocks that one search may look at: a fraction of a second, and for few blocks about
/// as many as all their orders have.
std::uint64_t effort_for(const plan::Task& task) {
  constexpr std::uint64_t kMost = 1'500'000;
  constexpr std::uint64_t kEach = 200;
  const std::uint64_t pairs = std::uint64_t{task.blocks.size()} * task.blocks.size();
  return pairs * pairs < kMost / kEach ? pairs * pairs * kEach : kMost;
}

/// Blocks begin at multiples of the first where that costs nothing (vector loads of some cores are
/// faster), of the second otherwise (what kernels ask for).
constexpr std::uint32_t kWideAlignment = 16;
constexpr std::uint32_t kNarrowAlignment = nn::kOperandAlignment;

/// A scratch that an instruction may have, and how far its output may then lie over its input.
struct Option {
  std::uint32_t scratch = 0;
  std::optional<std::uint32_t> lead;
};

/// Which option each instruction takes.
using Choice = std::vector<std::size_t>;

/// What a network takes when kernels are given more than the least scratch: an eighth above the
/// smallest arena, and for small networks 256 bytes, are worth faster kernels.
std::uint64_t allowance(std::uint64_t smallest) {
  return std::max(smallest + smallest / 8, smallest + 256);
}

InstructionView view(const lowered::Instruction& instruction) {
  return {instruction.code, instruction.params};
}

/// Lifetimes of the buffers: from the first instruction that writes them (inputs: from the
/// beginning) to the last that reads them (outputs: beyond the last).
std::vector<plan::Block> lifetimes(const lowered::Network& network) {
  constexpr std::uint32_t kUnused = std::numeric_limits<std::uint32_t>::max();
  std::vector<plan::Block> blocks(network.buffers.size(), {0, kUnused, 0});
  const auto touch = [&](std::size_t buffer, std::uint32_t at) {
    plan::Block& block = blocks[buffer];
    block.bytes = network.buffers[buffer].constant ? 0 : network.buffers[buffer].bytes;
    block.first = std::min(block.first, at);
    block.last = std::max(block.last, at);
  };
  for (std::uint32_t at = 0; at < network.instructions.size(); ++at) {
    const lowered::Instruction& instruction = network.instructions[at];
    touch(instruction.write.buffer, at);
    for (const lowered::Use& read : instruction.reads) {
      touch(read.buffer, at);
    }
  }
  for (const lowered::Port& port : network.inputs) {
    touch(port.buffer, 0);
  }
  for (const lowered::Port& port : network.outputs) {
    touch(port.buffer, static_cast<std::uint32_t>(network.instructions.size()));
  }
  for (plan::Block& block : blocks) {
    block.first = block.first == kUnused ? 0 : block.first;
  }
  return blocks;
}

bool is_elementwise(nn::OpCode code) {
  return code == nn::OpCode::kAddS8 || code == nn::OpCode::kSubS8 || code == nn::OpCode::kMulS8;
}

/// Plans one network for one target.
class ArenaPlanner {
 public:
  ArenaPlanner(const lowered::Network& network, const Target& target)
      : network_(network), lifetimes_(lifetimes(network)) {
    for (std::uint32_t at = 0; at < network.instructions.size(); ++at) {
      const InstructionView instruction = view(network.instructions[at]);
      const bool may_overlap = !dying_operands(at).empty();
      options_.emplace_back();
      for (const std::uint32_t scratch : target.scratch(instruction)) {
        options_.back().push_back(
            {scratch, may_overlap ? target.lead(instruction, scratch) : std::nullopt});
      }
    }
    measure();
  }

  // The fast choice first; when packing does not reach what its lower bound promises, the choices
  // with less scratch show what is possible.
  Arena run() {
    const std::uint64_t goal = allowance(floor_);
    Arena best = plan(choice_below(goal));
    if (best.plan.bytes <= goal) {
      return best;
    }
    std::vector<Arena> arenas{std::move(best)};
    arenas.push_back(plan(choice_below(floor_)));
    arenas.push_back(plan(choice_below(0)));
    std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
    for (const Arena& arena : arenas) {
      smallest = std::min(smallest, arena.plan.bytes);
    }
    return std::move(*std::find_if(arenas.begin(), arenas.end(), [&](const Arena& arena) {
      return arena.plan.bytes <= allowance(smallest);
    }));
  }

 private:
  /// Lower bounds by option, and the smallest arena that any choice could have.
  void measure() {
    std::size_t most = 1;
    for (const auto& options : options_) {
      most = std::max(most, options.size());
    }
    for (std::size_t option = 0; option < most; ++option) {
      Choice choice;
      for (const auto& options : options_) {
        choice.push_back(std::min(option, options.size() - 1));
      }
      bounds_.push_back(plan::lower_bounds(task(choice), kNarrowAlignment));
    }
    for (std::size_t at = 0; at < bounds_.front().size(); ++at) {
      std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
      for (const auto& bounds : bounds_) {
        least = std::min(least, bounds[at]);
      }
      floor_ = std::max(floor_, least);
    }
  }

  /// The fastest scratch with which every instruction can stay below `bytes`, else the least.
  [[nodiscard]] Choice choice_below(std::uint64_t bytes) const {
    Choice choice;
    for (std::size_t at = 0; at < options_.size(); ++at) {
      std::size_t option = 0;
      while (option + 1 < options_[at].size() && bounds_[option][at] > bytes) {
        ++option;
      }
      choice.push_back(option);
    }
    return choice;
  }

  [[nodiscard]] Arena plan(const Choice& choice) const {
    Arena arena{task(choice), {}, 0};
    const std::uint64_t effort = effort_for(arena.task);
    arena.plan = plan::place(arena.task, kWideAlignment, effort);
    for (const std::uint64_t bound : plan::lower_bounds(arena.task, kNarrowAlignment)) {
      arena.bound = std::max(arena.bound, bound);
    }
    if (arena.plan.bytes > arena.bound) {
      plan::Plan narrow = plan::place(arena.task, kNarrowAlignment, effort);
      if (narrow.bytes < arena.plan.bytes) {
        arena.plan = std::move(narrow);
      }
    }
    return arena;
  }

  [[nodiscard]] plan::Task task(const Choice& choice) const {
    plan::Task task{lifetimes_, {}};
    for (std::uint32_t at = 0; at < network_.instructions.size(); ++at) {
      const Option& option = options_[at][choice[at]];
      task.blocks.push_back({option.scratch, at, at});
      if (option.lead.has_value()) {
        for (const std::size_t input : dying_operands(at)) {
          task.overlaps.push_back({network_.instructions[at].write.buffer, input, *option.lead});
        }
      }
    }
    return task;
  }

  /// Operands over which the output of instruction `at` may lie as far as lifetimes are concerned:
  /// nobody reads them later, and nobody wrote into the output before.
  [[nodiscard]] std::vector<std::size_t> dying_operands(std::uint32_t at) const {
    const lowered::Instruction& instruction = network_.instructions[at];
    const std::size_t output = instruction.write.buffer;
    std::vector<std::size_t> operands;
    if (lifetimes_[output].first != at || instruction.reads.empty()) {
      return operands;
    }
    const std::size_t most = is_elementwise(instruction.code) ? instruction.reads.size() : 1;
    for (std::size_t i = 0; i < most; ++i) {
      const std::size_t input = instruction.reads[i].buffer;
      const bool twice = i > 0 && instruction.reads[0].buffer == input;
      if (lifetimes_[input].bytes != 0 && lifetimes_[input].last == at && input != output &&
          !twice) {
        operands.push_back(input);
      }
    }
    return operands;
  }

  const lowered::Network& network_;
  std::vector<plan::Block> lifetimes_;
  std::vector<std::vector<Option>> options_;        ///< by instruction, fastest first
  std::vector<std::vector<std::uint64_t>> bounds_;  ///< by option, then by instruction
  std::uint64_t floor_ = 0;
};

}  // namespace

Arena plan_arena(const lowered::Network& network, const Target& target) {
  return ArenaPlanner(network, target).run();
}

}  // namespace aiot::toolkit
