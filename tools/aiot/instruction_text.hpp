// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiot/nn/program.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/graph.hpp"

namespace aiot::cli {

/// An instruction of a program, for people.
struct InstructionText {
  std::string name;                  ///< "conv_2d"
  std::string details;               ///< "10x4 /2x2": window, strides and the like
  std::vector<std::uint32_t> shape;  ///< of the output, as far as the instruction knows it
  std::uint64_t macs = 0;            ///< multiply-accumulates, 0 for what has no weights
  std::uint64_t constants = 0;       ///< bytes, canonical layout
  std::uint32_t scratch = 0;         ///< bytes
};

/// The instructions of a program, up to the first one that is damaged or of a later version.
std::vector<InstructionText> instructions_of(const nn::Network& network);

/// The sum of theirs.
std::uint64_t macs_of(const nn::Network& network);

/// Regions of the arena that the instructions of a program name, without names: what is written
/// by one instruction and read by later ones.
std::vector<toolkit::ArenaEntry> arena_of(const nn::Network& network);

/// "3x3 /2 same relu6" for an operator of a .tflite file.
std::string details_of(const toolkit::graph::Graph& graph, const toolkit::graph::Operator& op);

/// Multiply-accumulates of an operator of a .tflite file, 0 for what has no weights.
std::uint64_t macs_of(const toolkit::graph::Graph& graph, const toolkit::graph::Operator& op);

}  // namespace aiot::cli
