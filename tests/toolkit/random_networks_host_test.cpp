// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Random networks: whatever the compiler fuses, rewrites and lays over each other, and whichever
// kernels run it, the bytes are those of the operators one by one. AIOT_FULL=1 tries many more.

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/random.hpp"
#include "tests/support/run_network.hpp"
#include "tests/support/test.hpp"
#include "tests/support/tflite_models.hpp"

namespace aiot::test {
namespace {

/// The graph's own outputs for a random input; fails the test when it does not compile or run.
Tensors outputs_of(std::uint64_t seed, const nn::KernelSet& kernels, bool keep_tensors) {
  const std::vector<std::byte> file = random_network(seed);
  const auto graph = toolkit::read_tflite(file);
  const auto compiled =
      toolkit::compile_tflite(file, {toolkit::find_target_by_kernels(kernels.name), keep_tensors});
  if (!graph.ok() || !compiled.ok()) {
    ADD_FAILURE() << "seed " << seed << ": " << compiled.problem().text;
    return {};
  }
  toolkit::Random random(seed, 2);
  std::vector<std::byte> input(tensor_bytes(compiled->network.inputs));
  for (std::byte& code : input) {
    code = static_cast<std::byte>(random.below(256));
  }
  auto outputs = run_network(view_of(compiled->network), kernels, input);
  if (!outputs) {
    ADD_FAILURE() << "seed " << seed << " does not run with " << kernels.name;
    return {};
  }
  outputs->resize(graph->outputs.size());
  return *outputs;
}

TEST(RandomNetworks, GiveTheSameBytesHoweverTheyAreCompiled) {
  const std::uint64_t seeds = std::getenv("AIOT_FULL") != nullptr ? 50000 : 400;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Tensors expected = outputs_of(seed, nn::ref::kernels, true);
    ASSERT_FALSE(expected.empty());
    ASSERT_TRUE(outputs_of(seed, nn::ref::kernels, false) == expected) << "ref, seed " << seed;
    ASSERT_TRUE(outputs_of(seed, nn::plain::kernels, false) == expected) << "plain, seed " << seed;
    ASSERT_TRUE(outputs_of(seed, nn::plain::kernels, true) == expected)
        << "plain, every tensor kept, seed " << seed;
  }
}

}  // namespace
}  // namespace aiot::test
