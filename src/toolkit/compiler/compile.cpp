// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/compile.hpp"

namespace aiot::toolkit {

Loaded<CompiledNetwork> compile_tflite(Bytes file, const CompileOptions& options) {
  Loaded<graph::Graph> graph = read_tflite(file);
  if (!graph.ok()) {
    return graph.problem();
  }
  std::vector<std::string> notes;
  if (options.keep_tensors) {
    fold_constants(*graph, notes);
  } else {
    simplify(*graph, notes);
  }
  Loaded<lowered::Network> network = lower(*graph, options.keep_tensors);
  if (!network.ok()) {
    return network.problem();
  }
  if (!options.keep_tensors) {
    fuse(*network, notes);
  }
  const Target& target = options.target == nullptr ? ref_target() : *options.target;
  Loaded<CompiledNetwork> compiled = assemble(*network, target);
  if (compiled.ok()) {
    compiled->report.notes = std::move(notes);
  }
  return compiled;
}

}  // namespace aiot::toolkit
