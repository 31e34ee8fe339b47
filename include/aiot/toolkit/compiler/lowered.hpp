// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiot/nn/program.hpp"
#include "aiot/toolkit/compiler/graph.hpp"
#include "aiot/toolkit/loaded.hpp"

/// A network as instructions, every number resolved but the addresses; constants in the canonical
/// layout. The planner gives the addresses, the target packs the constants.
namespace aiot::toolkit::lowered {

/// Where bytes come from before the plan: a whole buffer of the arena, or a constant.
struct Buffer {
  std::string name;
  std::uint32_t bytes = 0;
  bool constant = false;
  std::vector<std::byte> data;  ///< of a constant
};

/// Word `word` of the parameters is the address of buffer `buffer`.
struct Use {
  std::size_t word = 0;
  std::size_t buffer = 0;
};

struct Instruction {
  nn::OpCode code{};
  std::vector<std::uint32_t> params;  ///< the parameter struct of `code`, addresses 0
  std::vector<Use> reads;             ///< the first is the operand `input`
  Use write{};
  std::vector<std::int8_t> weights;    ///< of the weighted operators, in the order of `ref`
  std::vector<nn::Channel> channels;   ///< of the weighted operators
  std::vector<std::byte> table;        ///< of kLookup8
  std::vector<std::uint32_t> sources;  ///< operators of the file that it does
};

/// What the network's inputs and outputs are called and mean; offsets are given by the plan.
struct Port {
  std::size_t buffer = 0;
  nn::TensorInfo info;  ///< offset 0
  std::string name;
};

struct Network {
  std::vector<Buffer> buffers;
  std::vector<Instruction> instructions;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};

}  // namespace aiot::toolkit::lowered

namespace aiot::toolkit {

/// `graph` as instructions. Operators that only rename (RESHAPE, SQUEEZE, EXPAND_DIMS) become
/// nothing: their output is the buffer of their input. Every function of one 8-bit code becomes a
/// table. With `keep_tensors` the outputs are those of the graph and behind them every output of
/// every operator of the file, in order, each in a buffer that nothing overwrites.
/// Problems: an operator whose types, shapes or quantisation the kernels do not have; they name the
/// operator, its index and what to do.
Loaded<lowered::Network> lower(const graph::Graph& graph, bool keep_tensors);

}  // namespace aiot::toolkit
