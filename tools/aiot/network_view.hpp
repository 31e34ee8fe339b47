// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aiot/nn/program.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/graph.hpp"

namespace aiot::cli {

/// Inputs and outputs, one line each.
void print_ports(const nn::Network& network);

/// The operators of a .tflite file: shapes, quantisation, multiply-accumulates.
void print_operators(const toolkit::graph::Graph& graph);

/// The instructions of a program; `report`, where there is one, says for which operators of the
/// file each of them is.
void print_instructions(const nn::Network& network, const toolkit::CompileReport* report);

/// Which bytes of the arena are used by what, and during which instructions.
void print_arena(const nn::Network& network, const toolkit::CompileReport* report);

nlohmann::ordered_json ports_json(std::span<const nn::TensorInfo> tensors);
nlohmann::ordered_json operators_json(const toolkit::graph::Graph& graph);
nlohmann::ordered_json instructions_json(const nn::Network& network,
                                         const toolkit::CompileReport* report);
nlohmann::ordered_json arena_json(const nn::Network& network, const toolkit::CompileReport* report);

/// "2,656,768"
std::string grouped(std::uint64_t number);

}  // namespace aiot::cli
