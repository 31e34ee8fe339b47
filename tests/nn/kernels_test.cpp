// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/ref/kernels.hpp"

#include <bit>

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

/// Two operands of these sizes at 0 and behind it, the output behind both.
template <class Params>
void place_pair(Params& params, std::uint32_t inputs, std::uint32_t others) {
  params.other = {align_up(inputs)};
  params.output = params.other.address + align_up(others);
}

/// The extremes of both operands, where there is room; as `corners` in tools/make_golden_nn.py.
void put_corners(MutableBytes input, MutableBytes other) {
  constexpr std::array<int, 4> kInput{-128, -128, 127, 127};
  constexpr std::array<int, 4> kOther{-128, 127, -128, 127};
  for (std::size_t i = 0; i < 4 && input.size() >= 4; ++i) {
    input[i] = static_cast<std::byte>(kInput[i]);
    other[i] = static_cast<std::byte>(kOther[i]);
  }
}

template <class Params>
void run_pair(const golden::Case<Params>& one, const Kernel& kernel) {
  Params params = one.params;
  const std::uint32_t elements = params.elements;
  place_pair(params, elements, elements);
  bench.clear();
  Pattern pattern(one.seed);
  const MutableBytes input = bench.arena().first(elements);
  const MutableBytes other = bench.arena().subspan(params.other.address, elements);
  pattern.fill(input);
  pattern.fill(other);
  put_corners(input, other);
  const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
  ASSERT_EQ(kernel.check(words, Bench::bounds()), Problem::kNone) << one.name;
  kernel.run(words, bench.memory());
  expect_output(one.name, params.output, one.expected);
}

std::uint32_t last_position(const Broadcast& walk, const std::uint32_t (&step)[6]) {
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    at += (walk.extent[i] - 1) * step[i];
  }
  return at;
}

template <class Params>
void run_broadcast(const golden::Case<Params>& one, const Kernel& kernel) {
  Params params = one.params;
  const std::uint32_t inputs = last_position(params.walk, params.walk.input_step) + 1;
  const std::uint32_t others = last_position(params.walk, params.walk.other_step) + 1;
  place_pair(params.op, inputs, others);
  bench.clear();
  Pattern pattern(one.seed);
  pattern.fill(bench.arena().first(inputs));
  pattern.fill(bench.arena().subspan(params.op.other.address, others));
  const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
  ASSERT_EQ(kernel.check(words, Bench::bounds()), Problem::kNone) << one.name;
  kernel.run(words, bench.memory());
  expect_output(one.name, params.op.output, one.expected);
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

TEST(Kernels, SoftmaxWithFineCodesMeetsGoldenValues) {
  for (const auto& one : golden::kSoftmax) {
    SoftmaxS8S16 params{one.params};
    const std::uint32_t elements = params.op.rows * params.op.depth;
    params.op.output = align_up(elements);
    bench.clear();
    Pattern(one.seed).fill(bench.arena().first(elements));
    const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
    ASSERT_EQ(ref::kSoftmaxS8S16.check(words, Bench::bounds()), Problem::kNone) << one.name;
    ref::kSoftmaxS8S16.run(words, bench.memory());
    for (std::size_t i = 0; i < one.fine.size(); ++i) {
      const auto code = load_le16(&bench.arena()[params.op.output + 2 * i]);
      ASSERT_EQ(static_cast<std::int16_t>(code), one.fine[i]) << one.name << " at " << i;
    }
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

TEST(Kernels, AddMeetsGoldenValues) {
  for (const auto& one : golden::kAdd) {
    run_pair(one, ref::kAddS8);
  }
}

TEST(Kernels, SubMeetsGoldenValues) {
  for (const auto& one : golden::kSub) {
    run_pair(one, ref::kSubS8);
  }
}

TEST(Kernels, MulMeetsGoldenValues) {
  for (const auto& one : golden::kMul) {
    run_pair(one, ref::kMulS8);
  }
}

TEST(Kernels, BroadcastsMeetGoldenValues) {
  for (const auto& one : golden::kAddBroadcast) {
    run_broadcast(one, ref::kAddBroadcastS8);
  }
  for (const auto& one : golden::kSubBroadcast) {
    run_broadcast(one, ref::kSubBroadcastS8);
  }
  for (const auto& one : golden::kMulBroadcast) {
    run_broadcast(one, ref::kMulBroadcastS8);
  }
}

TEST(Kernels, SumsMayOverwriteEitherOperand) {
  const auto& one = golden::kAdd[0];
  for (const bool over_other : {false, true}) {
    AddS8 params = one.params;
    params.other = {align_up(params.elements)};
    params.output = over_other ? params.other.address : 0;
    bench.clear();
    Pattern pattern(one.seed);
    const MutableBytes input = bench.arena().first(params.elements);
    const MutableBytes other = bench.arena().subspan(params.other.address, params.elements);
    pattern.fill(input);
    pattern.fill(other);
    put_corners(input, other);
    ref::add_s8(params, bench.memory());
    for (std::uint32_t i = 0; i < params.elements; ++i) {
      ASSERT_EQ(bench.at(params.output + i), one.expected[i]) << i;
    }
  }
}

TEST(Kernels, MeanMeetsGoldenValues) {
  for (const auto& one : golden::kMean) {
    run_unweighted(one, one.params.outer * one.params.count * one.params.inner, ref::kMeanS8);
  }
}

TEST(Kernels, LookupMapsEveryCode) {
  constexpr auto kCode = [](std::uint32_t i) { return static_cast<std::int8_t>(i * 7 + 3); };
  bench.clear();
  for (std::uint32_t i = 0; i < 256; ++i) {
    bench.arena()[i] = static_cast<std::byte>(i);
    bench.weights()[16 + i] = static_cast<std::byte>(kCode(i));
  }
  Lookup8 params;
  params.table = 16;
  params.elements = 255;  // in place; the last one stays
  const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
  ASSERT_EQ(ref::kLookup8.check(words, Bench::bounds()), Problem::kNone);
  ref::kLookup8.run(words, bench.memory());
  for (std::uint32_t i = 0; i < 255; ++i) {
    ASSERT_EQ(bench.at(i), kCode(i)) << i;
  }
  EXPECT_EQ(bench.at(255), -1);
}

TEST(Kernels, CopyMeetsGoldenValues) {
  for (const auto& one : golden::kCopy) {
    run_unweighted(one, 160, ref::kCopy);
  }
}

TEST(Kernels, CopyTakesConstants) {
  bench.clear();
  for (std::uint32_t i = 0; i < 12; ++i) {
    bench.weights()[8 + i] = static_cast<std::byte>(i);
  }
  Copy params;
  params.input = {kConstantOperand | 8U};
  params.output = 4;
  params.element_bytes = 12;
  ref::copy(params, bench.memory());
  EXPECT_EQ(bench.at(3), 0x55);
  EXPECT_EQ(bench.at(4), 0);
  EXPECT_EQ(bench.at(15), 11);
  EXPECT_EQ(bench.at(16), 0x55);
}

TEST(Kernels, FillSetsItsBytesOnly) {
  bench.clear();
  ref::fill({8, 5, 0xF3}, bench.memory());
  EXPECT_EQ(bench.at(7), 0x55);
  EXPECT_EQ(bench.at(8), -13);
  EXPECT_EQ(bench.at(12), -13);
  EXPECT_EQ(bench.at(13), 0x55);
}

TEST(Kernels, QuantizeMeetsGoldenValues) {
  for (const auto& one : golden::kQuantize) {
    bench.clear();
    std::memcpy(bench.arena().data() + 4, &one.value_bits, 4);
    QuantizeF32S8 params{{4}, 8, 1, std::bit_cast<float>(one.scale_bits), one.zero_point};
    const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
    ASSERT_EQ(ref::kQuantizeF32S8.check(words, Bench::bounds()), Problem::kNone);
    ref::kQuantizeF32S8.run(words, bench.memory());
    expect_output("quantize", 8, {&one.code, 1});
  }
}

TEST(Kernels, QuantizeRunsInPlace) {
  bench.clear();
  for (std::uint32_t i = 0; i < 9; ++i) {
    const float value = static_cast<float>(i) - 4.0F;
    std::memcpy(bench.arena().data() + std::size_t{4} * i, &value, 4);
  }
  ref::quantize_f32_s8({{0}, 0, 9, 0.5F, 1}, bench.memory());
  for (std::uint32_t i = 0; i < 9; ++i) {
    EXPECT_EQ(bench.at(i), static_cast<int>(2 * i) - 7);
  }
}

TEST(Kernels, DequantizeMeetsGoldenValues) {
  for (const auto& one : golden::kDequantize) {
    bench.clear();
    bench.arena()[0] = static_cast<std::byte>(one.code);
    DequantizeS8F32 params{{0}, 4, 1, std::bit_cast<float>(one.scale_bits), one.zero_point};
    const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
    ASSERT_EQ(ref::kDequantizeS8F32.check(words, Bench::bounds()), Problem::kNone);
    ref::kDequantizeS8F32.run(words, bench.memory());
    std::uint32_t value = 0;
    std::memcpy(&value, bench.arena().data() + 4, 4);
    EXPECT_EQ(value, one.value_bits);
    EXPECT_EQ(bench.at(8), 0x55);
  }
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
