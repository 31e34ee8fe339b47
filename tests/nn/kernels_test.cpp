// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/ref/kernels.hpp"

#include "tests/nn/golden_nn.hpp"
#include "tests/nn/pattern.hpp"
#include "tests/support/test.hpp"

namespace aiot::nn {
namespace {

constexpr std::uint32_t kGuard = 16;  // bytes after the output that must stay as they are

constexpr std::array kFew{ref::kSoftmaxS8};
constexpr KernelSet kSet{"few", WeightLayout::kCanonical, kFew};

Bench bench;

std::uint32_t elements(const Images& images) {
  return std::uint32_t{images.batch} * images.in_h * images.in_w * images.in_c;
}

void expect_output(const char* name, std::uint32_t at, std::span<const std::int8_t> expected) {
  for (std::uint32_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(bench.at(at + i), expected[i]) << name << ", element " << i;
  }
  for (std::uint32_t i = 0; i < kGuard; ++i) {
    const auto after = static_cast<std::uint32_t>(at + expected.size() + i);
    ASSERT_EQ(bench.at(after), 0x55) << name << " wrote behind its output";
  }
}

/// Runs one golden case: input at 0, output behind it, weights at 0, channels behind them.
template <class Case>
void run_weighted(const Case& one, std::uint32_t inputs, const Kernel& kernel) {
  auto params = one.params;
  const auto weights = static_cast<std::uint32_t>(canonical_needs(params).weights);
  params.output = align_up(inputs);
  params.channels = align_up(weights);
  bench.clear();
  Pattern pattern(one.seed);
  pattern.fill(bench.arena().first(inputs));
  pattern.fill(bench.weights().first(weights));
  bench.put_channels(params.channels, one.channels);
  const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
  ASSERT_EQ(kernel.check(words, Bench::bounds()), Problem::kNone) << one.name;
  kernel.run(words, bench.memory());
  expect_output(one.name, params.output, one.expected);
}

template <class Case>
void run_unweighted(const Case& one, std::uint32_t inputs, const Kernel& kernel) {
  auto params = one.params;
  params.output = align_up(inputs);
  bench.clear();
  Pattern(one.seed).fill(bench.arena().first(inputs));
  const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
  ASSERT_EQ(kernel.check(words, Bench::bounds()), Problem::kNone) << one.name;
  kernel.run(words, bench.memory());
  expect_output(one.name, params.output, one.expected);
}

TEST(Kernels, FullyConnectedMeetsGoldenValues) {
  for (const auto& one : golden::kFullyConnected) {
    run_weighted(one, one.params.batch * one.params.depth, ref::kFullyConnectedS8);
  }
}

TEST(Kernels, Conv2dMeetsGoldenValues) {
  for (const auto& one : golden::kConv2d) {
    run_weighted(one, elements(one.params.images), ref::kConv2dS8);
  }
}

TEST(Kernels, DepthwiseConv2dMeetsGoldenValues) {
  for (const auto& one : golden::kDepthwiseConv2d) {
    run_weighted(one, elements(one.params.images), ref::kDepthwiseConv2dS8);
  }
}

TEST(Kernels, AveragePool2dMeetsGoldenValues) {
  for (const auto& one : golden::kAveragePool2d) {
    run_unweighted(one, elements(one.params.images), ref::kAveragePool2dS8);
  }
}

TEST(Kernels, MaxPool2dMeetsGoldenValues) {
  for (const auto& one : golden::kMaxPool2d) {
    run_unweighted(one, elements(one.params.images), ref::kMaxPool2dS8);
  }
}

TEST(Kernels, SoftmaxMeetsGoldenValues) {
  for (const auto& one : golden::kSoftmax) {
    run_unweighted(one, one.params.rows * one.params.depth, ref::kSoftmaxS8);
  }
}

TEST(Kernels, SoftmaxRunsInPlace) {
  const auto& one = golden::kSoftmax[3];
  SoftmaxS8 params = one.params;
  bench.clear();
  Pattern(one.seed).fill(bench.arena().first(params.rows * params.depth));
  params.output = 0;
  ref::softmax_s8(params, bench.memory());
  expect_output(one.name, 0, one.expected);
}

TEST(Kernels, SoftmaxOfEqualScoresIsEven) {
  SoftmaxS8 params = golden::kSoftmax[2].params;
  params.rows = 1;
  params.depth = 256;
  params.output = 512;
  bench.clear();
  ref::softmax_s8(params, bench.memory());
  EXPECT_EQ(bench.at(512), -127);
  params.depth = 4;
  ref::softmax_s8(params, bench.memory());
  EXPECT_EQ(bench.at(512), -64);
  EXPECT_EQ(bench.at(515), -64);
}

TEST(Kernels, AConstantCanBeTheInput) {
  FullyConnectedS8 params;
  params.input = {kConstantOperand | 16U};
  params.channels = 32;
  bench.clear();
  bench.weights()[0] = std::byte{3};
  bench.weights()[16] = std::byte{5};
  const Channel channel{1, 1 << 30, 1};
  bench.put_channels(32, {&channel, 1});
  ref::fully_connected_s8(params, bench.memory());
  EXPECT_EQ(bench.at(0), 16);
}

TEST(Kernels, FindsWhatIsInTheSetOnly) {
  EXPECT_EQ(kSet.find(static_cast<std::uint16_t>(OpCode::kSoftmaxS8)), &kFew[0]);
  EXPECT_TRUE(kSet.find(static_cast<std::uint16_t>(OpCode::kConv2dS8)) == nullptr);
  EXPECT_TRUE(ref::kernels.find(0) == nullptr);
  EXPECT_TRUE(ref::kernels.find(0xFFFF) == nullptr);
}

}  // namespace
}  // namespace aiot::nn
