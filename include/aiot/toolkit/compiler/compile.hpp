// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/toolkit/compiler/graph.hpp"
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

/// The passes of the compiler in order: fold constants, drop what only renames, fuse activations,
/// PAD into its windowed operator, chains of functions of one code, MEAN over height and width.
/// What it does is one line each in `notes`.
void simplify(graph::Graph& graph, std::vector<std::string>& notes);

/// A .tflite file as a network for one target: read, simplified, lowered, planned, packed.
Loaded<CompiledNetwork> compile_tflite(Bytes file, const CompileOptions& options);

}  // namespace aiot::toolkit
