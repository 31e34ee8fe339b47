// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "tests/toolkit/random_lowered.hpp"
#include "tests/toolkit/run_network.hpp"

namespace aiot::toolkit {
namespace {

using Outputs = std::vector<std::vector<std::byte>>;

/// `network` with nothing over anything else: every buffer is an output, alive to the end.
lowered::Network sequential(lowered::Network network) {
  for (std::size_t buffer = 0; buffer < network.buffers.size(); ++buffer) {
    lowered::Port port;
    port.buffer = buffer;
    port.info.bytes = network.buffers[buffer].bytes;
    port.info.rank = 1;
    port.info.dims[0] = port.info.bytes;
    network.outputs.push_back(port);
  }
  return network;
}

/// The outputs of `network`, the first `count`, by the reference kernels and without any reuse of
/// memory.
Outputs truth(const lowered::Network& network, std::uint64_t seed) {
  const auto compiled = assemble(sequential(network), ref_target());
  EXPECT_TRUE(compiled.ok());
  Outputs outputs = test::run_network(compiled->network, nn::ref::kernels, seed, 1);
  outputs.resize(network.outputs.size());
  return outputs;
}

/// The back-ends that run on every machine.
const std::array kBackEnds{std::pair{&ref_target, &nn::ref::kernels},
                           std::pair{&plain_target, &nn::plain::kernels}};

TEST(Assemble, APlannedNetworkGivesTheBytesOfOneThatReusesNoMemory) {
  Random random(31, 0);
  for (std::uint32_t round = 0; round < 150; ++round) {
    const lowered::Network network = test::RandomLowered(random).make(1 + random.below(12));
    const Outputs expected = truth(network, round);
    for (const auto& [target, kernels] : kBackEnds) {
      const auto compiled = assemble(network, target());
      ASSERT_TRUE(compiled.ok());
      EXPECT_EQ(test::run_network(compiled->network, *kernels, round, 2), expected);
    }
  }
}

TEST(Assemble, AFusedNetworkGivesTheSameBytes) {
  Random random(32, 0);
  std::size_t fused = 0;
  for (std::uint32_t round = 0; round < 150; ++round) {
    lowered::Network network = test::RandomLowered(random).make(1 + random.below(12));
    const Outputs expected = truth(network, round);
    std::vector<std::string> notes;
    fuse(network, notes);
    fused += notes.size();
    for (const auto& [target, kernels] : kBackEnds) {
      const auto compiled = assemble(network, target());
      ASSERT_TRUE(compiled.ok());
      EXPECT_EQ(test::run_network(compiled->network, *kernels, round, 2), expected);
    }
  }
  EXPECT_GT(fused, 50U);
}

TEST(Assemble, EveryTargetTakesEveryNetwork) {
  Random random(33, 0);
  for (std::uint32_t round = 0; round < 40; ++round) {
    const lowered::Network network = test::RandomLowered(random).make(6);
    for (const std::string_view name : target_names()) {
      const Target& target = *find_target(name);
      const auto compiled = assemble(network, target);
      ASSERT_TRUE(compiled.ok()) << compiled.problem().text;
      EXPECT_EQ(static_cast<int>(compiled->network.layout), static_cast<int>(target.layout()));
      EXPECT_GE(compiled->network.arena_bytes, compiled->report.arena_bound);
    }
  }
}

TEST(Assemble, TheReportNamesWhatLiesWhere) {
  Random random(34, 0);
  const lowered::Network network = test::RandomLowered(random).make(5);
  const auto compiled = assemble(network, ref_target());
  ASSERT_TRUE(compiled.ok());
  const CompileReport& report = compiled->report;
  EXPECT_EQ(report.sources.size(), network.instructions.size());
  EXPECT_EQ(report.arena.size(), network.buffers.size());
  std::uint32_t end = 0;
  for (const ArenaEntry& entry : report.arena) {
    EXPECT_FALSE(entry.name.empty());
    EXPECT_LE(entry.first, entry.last);
    end = std::max(end, entry.offset + entry.bytes);
  }
  EXPECT_EQ(end, compiled->network.arena_bytes);
}

TEST(Assemble, EqualConstantsAreStoredOnce) {
  Random random(35, 0);
  lowered::Network network = test::RandomLowered(random).make(0);
  const auto once = assemble(network, ref_target());
  // The same layer again, into the same buffer: no new constants.
  network.instructions.insert(network.instructions.begin(), network.instructions.front());
  const auto twice = assemble(network, ref_target());
  ASSERT_TRUE(once.ok() && twice.ok());
  EXPECT_EQ(once->network.weights.size(), twice->network.weights.size());
}

TEST(Assemble, WhatNoKernelTakesIsRefused) {
  Random random(36, 0);
  lowered::Network network = test::RandomLowered(random).make(0);
  auto params = params_of<nn::SoftmaxS8>(network.instructions.back().params);
  params.multiplier = 0;
  network.instructions.back().params = words_of(params);
  const auto compiled = assemble(network, ref_target());
  ASSERT_FALSE(compiled.ok());
  EXPECT_NE(compiled.problem().text.find("SOFTMAX"), std::string::npos);
}

}  // namespace
}  // namespace aiot::toolkit
