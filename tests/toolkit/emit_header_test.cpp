// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/emit_header.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "small_network.hpp"  // made by the build
#include "tests/support/test.hpp"
#include "tests/toolkit/header_network.hpp"

namespace aiot::toolkit {
namespace {

namespace small = networks::Small_network_8_bit;

alignas(nn::kAlignment) std::array<std::byte, small::kArenaBytes> arena;

/// Outputs for an input that counts up, code by code.
std::vector<std::int8_t> run(const nn::Network& network, const nn::KernelSet& kernels) {
  EXPECT_TRUE(nn::Executor::check(network, kernels, arena.size()).ok());
  nn::Executor executor(network, kernels, arena);
  std::int8_t code = -128;
  for (std::int8_t& value : executor.input_s8(0)) {
    value = code++;
  }
  EXPECT_TRUE(executor.run().ok());
  const auto output = executor.output_s8(0);
  return {output.begin(), output.end()};
}

TEST(EmitHeader, TheHeaderIsTheNetwork) {
  const NetworkSpec spec = test::header_network();
  const nn::Network header = small::network();
  EXPECT_TRUE(std::equal(
      header.program.begin(), header.program.end(), spec.program.begin(), spec.program.end()));
  EXPECT_TRUE(std::equal(
      header.weights.begin(), header.weights.end(), spec.weights.begin(), spec.weights.end()));
  EXPECT_EQ(header.arena_bytes, spec.arena_bytes);
  EXPECT_EQ(header.inputs[0].bytes, spec.inputs[0].bytes);
  EXPECT_EQ(header.input_params(0).scale, spec.inputs[0].scale);
  EXPECT_EQ(header.output_params(0).zero_point, spec.outputs[0].zero_point);
}

TEST(EmitHeader, TheHeaderRunsAsTheNetworkDoes) {
  const NetworkSpec spec = test::header_network();
  const AlignedBytes weights(spec.weights);
  const nn::Network network{spec.program,
                            weights.view(),
                            spec.inputs,
                            spec.outputs,
                            spec.variables,
                            spec.arena_bytes,
                            spec.layout};
  EXPECT_EQ(run(small::network(), small::kernels), run(network, nn::ref::kernels));
}

TEST(EmitHeader, NamesOnlyTheKernelsThatTheNetworkUses) {
  EXPECT_EQ(small::kKernels.size(), 4U);
  const std::string text = emit_header(test::header_network(), ref_target(), "x");
  EXPECT_NE(text.find("aiot::nn::ref::kDepthwiseConv2dS8"), std::string::npos);
  EXPECT_EQ(text.find("kMaxPool2dS8"), std::string::npos);
}

TEST(EmitHeader, NamesAreIdentifiers) {
  EXPECT_EQ(identifier("kws"), "kws");
  EXPECT_EQ(identifier("models/kws-v2.tflite"), "models_kws_v2_tflite");
  EXPECT_EQ(identifier("__a__b__"), "a_b");
  EXPECT_EQ(identifier("3d"), "network_3d");
  EXPECT_EQ(identifier("int"), "int_network");
  EXPECT_EQ(identifier("\xC3\xA4"), "network");
  EXPECT_EQ(identifier(""), "network");
}

}  // namespace
}  // namespace aiot::toolkit
