// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// The .tflite files that tests, fuzzers and benches share; the same bytes on every machine.
namespace aiot::test {

struct NamedModel {
  std::string name;
  std::vector<std::byte> file;
};

/// One small network for every operator of the compiler's list, and for its variants; names begin
/// with the operator's.
std::vector<NamedModel> one_operator_models();

/// Small networks of several operators that a compiler may rewrite: PAD before a convolution,
/// residual blocks, chains of functions, depthwise blocks, several inputs and outputs.
std::vector<NamedModel> several_operator_models();

/// A random network of a few operators of the list; any seed.
std::vector<std::byte> random_network(std::uint64_t seed);

/// MobileNetV1, width 0.25, input [1, 96, 96, 3], two classes; 7.49 M multiply-accumulates, the
/// shapes of the MLPerf Tiny visual wake words benchmark; random weights.
std::vector<std::byte> mobilenet_v1_025_96();

}  // namespace aiot::test
