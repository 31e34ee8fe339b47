// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "aiot/nn/executor.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "aiot/toolkit/program_builder.hpp"
#include "aiot/toolkit/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {

/// All outputs of `spec`, one after the other, for random inputs from `seed`. The arena is full of
/// other random bytes before, so that what nobody wrote gives other outputs for another `dirt`.
inline std::vector<std::vector<std::byte>> run_network(const toolkit::NetworkSpec& spec,
                                                       const nn::KernelSet& kernels,
                                                       std::uint64_t seed,
                                                       std::uint64_t dirt) {
  const toolkit::AlignedBytes weights(spec.weights);
  const nn::Network network{spec.program,
                            weights.view(),
                            spec.inputs,
                            spec.outputs,
                            spec.variables,
                            spec.arena_bytes,
                            spec.layout};
  std::vector<std::byte> bytes(spec.arena_bytes);
  toolkit::Random noise(dirt, 1);
  std::generate(bytes.begin(), bytes.end(), [&] { return std::byte(noise.below(256)); });
  const toolkit::AlignedBytes memory(bytes);
  const MutableBytes arena{const_cast<std::byte*>(memory.view().data()), memory.view().size()};
  const nn::Diagnosis diagnosis = nn::Executor::diagnose(network, kernels, arena.size());
  EXPECT_EQ(static_cast<int>(diagnosis.problem), 0) << "instruction " << diagnosis.instruction;
  if (diagnosis.problem != nn::Problem::kNone) {
    return {};
  }
  nn::Executor executor(network, kernels, arena);
  toolkit::Random values(seed, 0);
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    for (std::byte& byte : executor.input(i)) {
      byte = std::byte(values.below(256));
    }
  }
  EXPECT_TRUE(executor.run().ok());
  std::vector<std::vector<std::byte>> outputs;
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    const Bytes output = executor.output(i);
    outputs.emplace_back(output.begin(), output.end());
  }
  return outputs;
}

}  // namespace aiot::test
