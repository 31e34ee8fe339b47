// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiot/toolkit/compiler/target.hpp"
#include "tests/nn_cases/case_file.hpp"
#include "tests/nn_cases/layers.hpp"

/// Layers as networks of one instruction (two, where the output is filled first), and cases as
/// bytes.
namespace aiot::nn_cases {

/// Where the operands lie.
enum class Overlap {
  kApart,   ///< nothing over anything else
  kInPlace  ///< the output before the input by exactly the lead of the target, where it has one
};

struct Placement {
  Overlap overlap = Overlap::kApart;
  std::size_t scratch = 0;  ///< which of the target's choices, the last one when there are fewer
};

struct Assembled {
  toolkit::NetworkSpec network;
  std::vector<Region> fixed;  ///< what a run must leave alone
  bool in_place = false;
};

/// `layer` for `target`, operands at multiples of 4 that are multiples of no more, by chance.
Assembled assemble(const Layer& layer,
                   const toolkit::Target& target,
                   const Placement& placement,
                   toolkit::Random& random);

/// A case before it is bytes.
struct CaseSpec {
  std::string name;
  std::vector<std::byte> package;
  std::vector<Region> fixed;
  std::vector<std::uint32_t> checked;  ///< outputs
  std::vector<std::vector<std::byte>> inputs;
  std::vector<std::vector<std::byte>> outputs;
};

/// `network` as a package without a plan; throws std::runtime_error for what is none.
std::vector<std::byte> to_package(const std::string& name, const toolkit::NetworkSpec& network);

/// All outputs of `network`, which is canonical, concatenated, by the reference kernels.
std::vector<std::byte> reference_outputs(const toolkit::NetworkSpec& network,
                                         const std::vector<std::byte>& inputs);

/// A file of cases; see case_file.hpp.
std::vector<std::byte> to_bytes(const std::vector<CaseSpec>& cases);

}  // namespace aiot::nn_cases
