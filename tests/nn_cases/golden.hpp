// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "aiot/toolkit/compiler/target.hpp"
#include "tests/nn_cases/assemble.hpp"

namespace aiot::nn_cases {

/// Cases from models with golden outputs.
struct GoldenCases {
  std::vector<CaseSpec> cases;
  std::vector<std::string> waiting;   ///< operator and type whose models wait for it, with counts
  std::vector<std::string> problems;  ///< what should have compiled, and why it did not
};

/// Each folder below `models` that has a model.tflite, compiled for `target`: once as it would be
/// shipped, with every input_<i>.bin and output_<i>.bin, and once with all tensors kept, with those
/// inputs whose intermediate tensors are in layers_<i> (or, where there are none, the outputs).
GoldenCases make_golden(const std::filesystem::path& models, const toolkit::Target& target);

}  // namespace aiot::nn_cases
