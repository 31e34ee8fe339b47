// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/toolkit/compiler/graph.hpp"
#include "aiot/toolkit/compiler/lowered.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/program_builder.hpp"

namespace aiot::toolkit {

/// A region of the planned arena: buffer or scratch, alive in [first, last] (instruction numbers).
struct ArenaEntry {
  std::string name;
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// What the compiler did, for people.
struct CompileReport {
  std::vector<std::vector<std::uint32_t>> sources;  ///< per instruction: operators of the file
  std::vector<ArenaEntry> arena;
  std::uint32_t arena_bound = 0;   ///< no plan of these buffers and scratches has fewer bytes
  std::vector<std::string> notes;  ///< fusions and rewrites, one line each
};

struct CompiledNetwork {
  NetworkSpec network;
  CompileReport report;
};

struct CompileOptions {
  const Target* target = nullptr;  ///< null: host
  bool keep_tensors = false;       ///< no fusion, every intermediate tensor an output
};

/// Operators whose inputs are constants: their outputs become constants, which `lower` does not
/// compute again. The list of operators stays.
void fold_constants(graph::Graph& graph, std::vector<std::string>& notes);

/// The passes on the graph, in order: operators whose inputs are constants are folded, operators
/// that only rename are dropped, PAD becomes the padding of the convolution behind it. What it does
/// is one line each in `notes`; the bytes of the graph's outputs stay what they are.
void simplify(graph::Graph& graph, std::vector<std::string>& notes);

/// The passes on instructions, in order: DEQUANTIZE with QUANTIZE behind it becomes a table, tables
/// that follow each other become one, a table that only clamps becomes the clamp of the operator
/// before it (every activation and every requantisation that is none ends there). All are decided
/// by looking at every code that can occur, so bytes stay what they are.
void fuse(lowered::Network& network, std::vector<std::string>& notes);

/// Plans the arena, packs the constants for `target`, gives every address its value. The result
/// has passed what can be checked without the target's kernels.
/// Problems: a network that does not fit into addresses of 31 bits.
Loaded<CompiledNetwork> assemble(const lowered::Network& network, const Target& target);

/// A .tflite file as a network for one target: read, simplified, lowered, planned, packed.
Loaded<CompiledNetwork> compile_tflite(Bytes file, const CompileOptions& options);

}  // namespace aiot::toolkit
