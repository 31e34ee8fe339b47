// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/executor.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "aiot/nn/ref/kernels.hpp"
#include "tests/support/test.hpp"

namespace aiot::nn {
namespace {

constexpr std::uint32_t kArenaBytes = 48;

constexpr std::array kFew{ref::kFullyConnectedS8};
constexpr KernelSet kSet{"few", WeightLayout::kCanonical, kFew};

/// 2 features -> fully connected -> 3 scores -> softmax in place, written by hand.
class Small {
 public:
  Small() {
    constexpr std::array<std::int8_t, 6> kWeights{1, 0, 0, 1, -1, -1};  // [3][2]
    std::memcpy(weights_, kWeights.data(), kWeights.size());
    const Channel channel{0, 1 << 30, 1};  // factor 1
    for (std::size_t i = 0; i < 3; ++i) {
      std::memcpy(&weights_[16 + i * sizeof channel], &channel, sizeof channel);
    }
    FullyConnectedS8 connected;
    connected.output = 16;
    connected.channels = 16;
    connected.depth = 2;
    connected.outputs = 3;
    put(0, OpCode::kFullyConnectedS8, connected);
    // Input scale 0.1: 0.1 * 2^26 = 1717986918 / 2^31 * 2^23
    put(13, OpCode::kSoftmaxS8, SoftmaxS8{{16}, 16, 1, 3, 1717986918, 23, -248});
    input_.bytes = 2;
    input_.rank = 2;
    input_.dims = {1, 2, 0, 0, 0, 0};
    input_.scale = 0.5F;
    input_.zero_point = 1;
    output_.offset = 16;
    output_.bytes = 3;
    output_.rank = 2;
    output_.dims = {1, 3, 0, 0, 0, 0};
    output_.scale = 1.0F / 256.0F;
    output_.zero_point = -128;
    state_.offset = 32;
    state_.bytes = 8;
    state_.fill = 0xA5;
  }

  [[nodiscard]] Network network() const {
    return {words, weights_, {&input_, 1}, {&output_, 1}, {&state_, 1}, kArenaBytes, {}};
  }

  template <class Params>
  void put(std::size_t at, OpCode code, const Params& params) {
    words[at] = static_cast<std::uint32_t>(code) |
                static_cast<std::uint32_t>((1 + sizeof(Params) / 4) << 16U);
    std::memcpy(&words[at + 1], &params, sizeof params);
  }

  std::array<std::uint32_t, 21> words{};

 private:
  alignas(kAlignment) std::byte weights_[64]{};
  TensorInfo input_;
  TensorInfo output_;
  VariableInfo state_;
};

class Arena {
 public:
  [[nodiscard]] MutableBytes bytes() { return bytes_; }

 private:
  alignas(kAlignment) std::byte bytes_[kArenaBytes]{};
};

TEST(Executor, RunsASmallNetwork) {
  const Small small;
  Arena arena;
  ASSERT_TRUE(Executor::check(small.network(), ref::kernels, kArenaBytes).ok());
  Executor executor(small.network(), ref::kernels, arena.bytes());
  ASSERT_EQ(executor.input_s8(0).size(), 2U);
  executor.input_s8(0)[0] = 20;
  executor.input_s8(0)[1] = 0;
  ASSERT_TRUE(executor.run().ok());
  const auto scores = executor.output_s8(0);
  ASSERT_EQ(scores.size(), 3U);
  // exp(0.1 * {20, 0, -20}) = {7.389, 1, 0.135} of 8.524, in 1/256 from -128
  EXPECT_EQ(scores[0], 94);
  EXPECT_EQ(scores[1], -98);
  EXPECT_EQ(scores[2], -124);
}

/// Floats -> int8 -> a table that negates -> floats.
TEST(Executor, RunsBetweenFloats) {
  alignas(kAlignment) std::array<std::byte, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<std::byte>(256 - i);
  }
  Small builder;
  builder.put(0, OpCode::kQuantizeF32S8, QuantizeF32S8{{0}, 12, 3, 0.5F, 0});
  builder.put(6, OpCode::kLookup8, Lookup8{{12}, 12, 0, 3});
  builder.put(11, OpCode::kDequantizeS8F32, DequantizeS8F32{{12}, 16, 3, 0.5F, 0});
  TensorInfo floats;
  floats.bytes = 12;
  floats.type = ElementType::kFloat32;
  floats.rank = 1;
  floats.dims[0] = 3;
  TensorInfo result = floats;
  result.offset = 16;
  const Network network{
      std::span(builder.words).first(17), table, {&floats, 1}, {&result, 1}, {}, kArenaBytes, {}};
  Arena arena;
  ASSERT_TRUE(Executor::check(network, ref::kernels, kArenaBytes).ok());
  Executor executor(network, ref::kernels, arena.bytes());
  constexpr std::array<float, 3> kValues{1.5F, -20.0F, 0.2F};
  std::memcpy(executor.input(0).data(), kValues.data(), 12);
  ASSERT_TRUE(executor.run().ok());
  std::array<float, 3> values{};
  std::memcpy(values.data(), executor.output(0).data(), 12);
  EXPECT_EQ(values[0], -1.5F);
  EXPECT_EQ(values[1], 20.0F);
  EXPECT_EQ(values[2], 0.0F);
}

TEST(Executor, GivesTheSameAgain) {
  const Small small;
  Arena arena;
  Executor executor(small.network(), ref::kernels, arena.bytes());
  for (int round = 0; round < 3; ++round) {
    executor.input_s8(0)[0] = 5;
    executor.input_s8(0)[1] = -5;
    ASSERT_TRUE(executor.run().ok());
    EXPECT_EQ(executor.output_s8(0)[0], 2);  // 1.649 of 3.255
  }
}

TEST(Executor, KnowsTheQuantisationOfItsTensors) {
  const Small small;
  EXPECT_EQ(small.network().input_params(0).scale, 0.5F);
  EXPECT_EQ(small.network().input_params(0).zero_point, 1);
  EXPECT_EQ(small.network().output_params(0).zero_point, -128);
}

TEST(Executor, ResetFillsVariables) {
  const Small small;
  Arena arena;
  Executor executor(small.network(), ref::kernels, arena.bytes());
  EXPECT_EQ(arena.bytes()[31], std::byte{0});
  EXPECT_EQ(arena.bytes()[32], std::byte{0xA5});
  EXPECT_EQ(arena.bytes()[39], std::byte{0xA5});
  EXPECT_EQ(arena.bytes()[40], std::byte{0});
  arena.bytes()[32] = std::byte{1};
  executor.reset();
  EXPECT_EQ(arena.bytes()[32], std::byte{0xA5});
}

TEST(Executor, AnOperatorThatIsNotLinkedIsUnsupported) {
  const Small small;
  EXPECT_EQ(Executor::check(small.network(), kSet, kArenaBytes).error(), Error::kUnsupported);
  const Diagnosis diagnosis = Executor::diagnose(small.network(), kSet, kArenaBytes);
  EXPECT_EQ(diagnosis.problem, Problem::kOperator);
  EXPECT_EQ(diagnosis.code, static_cast<std::uint16_t>(OpCode::kSoftmaxS8));
  EXPECT_EQ(diagnosis.instruction, 1U);
}

TEST(Executor, RunWithoutCheckStopsAtAnUnknownOperator) {
  const Small small;
  Arena arena;
  Executor executor(small.network(), kSet, arena.bytes());
  EXPECT_EQ(executor.run().error(), Error::kUnsupported);
}

TEST(Executor, WeightsForAnotherTargetAreUnsupported) {
  const Small small;
  Network network = small.network();
  network.layout = WeightLayout::kArmMve;
  EXPECT_EQ(Executor::check(network, ref::kernels, kArenaBytes).error(), Error::kUnsupported);
  EXPECT_EQ(Executor::diagnose(network, ref::kernels, kArenaBytes).problem, Problem::kLayout);
}

TEST(Executor, ASmallerArenaHasNoSpace) {
  const Small small;
  EXPECT_EQ(Executor::check(small.network(), ref::kernels, kArenaBytes - 1).error(),
            Error::kNoSpace);
}

TEST(Executor, UnalignedWeightsAreRefused) {
  const Small small;
  Network network = small.network();
  network.weights = network.weights.subspan(4);
  EXPECT_EQ(Executor::check(network, ref::kernels, kArenaBytes).error(), Error::kInvalidArgument);
}

TEST(Executor, AnInstructionOfAnotherLengthIsCorrupt) {
  Small small;
  small.words[0] += 0x0001'0000U;
  EXPECT_EQ(Executor::check(small.network(), ref::kernels, kArenaBytes).error(), Error::kCorrupt);
}

TEST(Executor, ACutProgramIsCorrupt) {
  const Small small;
  Network network = small.network();
  for (std::size_t words = 0; words < network.program.size(); ++words) {
    Network cut = network;
    cut.program = network.program.first(words);
    const Diagnosis diagnosis = Executor::diagnose(cut, ref::kernels, kArenaBytes);
    // Cut between two instructions it is a shorter program.
    EXPECT_EQ(diagnosis.problem, words == 13 ? Problem::kNone : Problem::kInstruction) << words;
  }
}

TEST(Executor, SurvivesEveryFlippedBitOfTheProgram) {
  for (std::size_t bit = 0; bit < 21 * 32; ++bit) {
    Small small;
    small.words[bit / 32] ^= 1U << (bit % 32);
    if (!Executor::check(small.network(), ref::kernels, kArenaBytes).ok()) {
      continue;
    }
    Arena arena;
    Executor executor(small.network(), ref::kernels, arena.bytes());
    EXPECT_TRUE(executor.run().ok());
  }
}

TEST(Executor, CountsMultiplyAccumulates) {
  const Small small;
  EXPECT_EQ(count_macs(small.words), 9U);
}

}  // namespace
}  // namespace aiot::nn
