// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "aiot/toolkit/compiler/graph.hpp"

namespace aiot::toolkit::graph {

/// Makes sure of everything about `op` but arithmetic: it has the inputs and outputs that its kind
/// needs, constants where it needs constants, types that its kernels have, quantisation that can
/// be, and outputs of the shape that its inputs give. After it the functions of graph_shapes.hpp
/// succeed. Throws `Refusal`. Tensor indices must be valid.
void check_operator(const Graph& graph, const Operator& op);

/// The same but that weights and biases may still be made by other operators, and outputs without a
/// shape get the one that their inputs give.
void resolve_operator(Graph& graph, const Operator& op);

/// Inputs of `op` that the network computes with: not weights, axes, shapes.
std::vector<std::size_t> data_inputs(const Operator& op);

/// Whether `op` moves bytes and never computes with them.
bool only_moves(Kind kind);

}  // namespace aiot::toolkit::graph
