// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include "aiot/toolkit/compiler/graph.hpp"

namespace aiot::toolkit::graph {

/// How the passes of the compiler give up: `read_tflite` and `lower` catch it and return its text
/// as a `Problem`.
class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How people find `op` in their model: "operator 3 (CONV_2D)".
std::string label_of(const Operator& op);

/// Ends the pass: "operator 3 (CONV_2D): `what`".
[[noreturn]] void refuse(const Operator& op, const std::string& what);

}  // namespace aiot::toolkit::graph
