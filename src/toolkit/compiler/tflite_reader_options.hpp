// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/toolkit/compiler/graph.hpp"

namespace aiot::tflite {
struct Operator;
}

namespace aiot::toolkit {

/// Fills the options of `op`, whose kind is known, from its table in the file, which the verifier
/// has seen. Throws `graph::Refusal` for values that can not be.
void read_options(const tflite::Operator& table, graph::Operator& op);

}  // namespace aiot::toolkit
