// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/program.hpp"

#include <array>
#include <limits>

#include "aiot/nn/kernels.hpp"
#include "tests/support/test.hpp"

namespace aiot::nn {
namespace {

constexpr Bounds kBounds{256, 512};

FullyConnectedS8 good_fully_connected() {
  FullyConnectedS8 params;
  params.output = 16;
  params.depth = 8;
  params.outputs = 4;
  params.channels = 32;
  return params;
}

Conv2dS8 good_conv() {
  Conv2dS8 params;
  params.output = 64;
  params.channels = 128;
  params.images = {1, 4, 4, 2, 4, 4, 6, 0};
  params.window = {3, 3, 1, 1, 1, 1, 1, 1};
  return params;
}

DepthwiseConv2dS8 good_depthwise() {
  DepthwiseConv2dS8 params;
  params.output = 64;
  params.channels = 128;
  params.images = {1, 4, 4, 2, 4, 4, 4, 0};
  params.window = {3, 3, 1, 1, 1, 1, 1, 1};
  params.multiplier = 2;
  return params;
}

Pool2dS8 good_pool() {
  Pool2dS8 params;
  params.output = 64;
  params.images = {1, 4, 4, 2, 2, 2, 2, 0};
  params.window = {2, 2, 2, 2, 1, 1, 0, 0};
  return params;
}

SoftmaxS8 good_softmax() {
  return {{0}, 64, 2, 10, 1 << 30, 22, -248};
}

AddS8 good_add() {
  AddS8 params;
  params.output = 128;
  params.other = {64};
  params.elements = 60;
  params.input_factor = params.other_factor = params.output_factor = {1 << 30, -1};
  return params;
}

MulS8 good_mul() {
  MulS8 params;
  params.output = 128;
  params.other = {64};
  params.elements = 60;
  params.factor = {1 << 30, 2};
  return params;
}

constexpr Broadcast kWalk{{1, 1, 2, 1, 5, 6}, {0, 0, 30, 0, 6, 1}, {0, 0, 0, 0, 2, 0}};

AddBroadcastS8 good_add_broadcast() {
  return {good_add(), kWalk};
}

MulBroadcastS8 good_mul_broadcast() {
  return {good_mul(), kWalk};
}

MeanS8 good_mean() {
  MeanS8 params;
  params.output = 128;
  params.outer = 2;
  params.count = 8;
  params.inner = 5;
  params.factor = {1 << 28, 0};
  return params;
}

Lookup8 good_lookup() {
  return {{0}, 0, 256, 200};
}

/// 3 rows of 4 elements of 2 bytes, backwards into columns.
Copy good_copy() {
  Copy params;
  params.output = 100;
  params.input_start = 22;
  params.output_start = 1;
  params.element_bytes = 2;
  params.extent[4] = 3;
  params.extent[5] = 4;
  params.input_step[4] = -8;
  params.input_step[5] = -2;
  params.output_step[4] = 2;
  params.output_step[5] = 6;
  return params;
}

template <class Params>
Problem checked(const Params& params) {
  return check(params, canonical_needs(params), kBounds);
}

/// Expects that `spoil` turns good parameters into ones that are refused with `problem`.
template <class Params, class Spoil>
void expect_refused(Params params, Problem problem, Spoil spoil) {
  EXPECT_EQ(checked(params), Problem::kNone);
  spoil(params);
  EXPECT_EQ(checked(params), problem);
}

TEST(Program, FullyConnectedParametersAreChecked) {
  using P = FullyConnectedS8;
  const P good = good_fully_connected();
  expect_refused(good, Problem::kParameter, [](P& p) { p.batch = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.depth = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.outputs = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.input_offset = 129; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.input_offset = -128; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.weight_offset = 200; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.out.lo = -129; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.out.hi = 128; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.out.hi = -128, p.out.lo = -127; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.out.zero_point = 128; });
}

TEST(Program, FullyConnectedOperandsStayInside) {
  using P = FullyConnectedS8;
  const P good = good_fully_connected();
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input = {252}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input = {2}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input = {kConstantOperand | 508U}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 256; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 0xFFFF'FFFCU; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.weights = 484; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.channels = 468; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.batch = 33; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.batch = p.depth = 0xFFFF'FFFFU; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.outputs = p.depth = 0xFFFF'FFFFU; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.scratch = {0, 257}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.scratch = {0xFFFF'FFF0U, 32}; });
}

TEST(Program, OperandsMayEndWithTheirMemory) {
  FullyConnectedS8 params = good_fully_connected();
  params.input = {248};
  params.output = 252;
  params.weights = 480;
  params.channels = 464;
  EXPECT_EQ(checked(params), Problem::kNone);
  params.input = {kConstantOperand | 504U};
  EXPECT_EQ(checked(params), Problem::kNone);
}

TEST(Program, ScratchMustBeWhatTheKernelNeeds) {
  FullyConnectedS8 params = good_fully_connected();
  Needs needs = canonical_needs(params);
  needs.scratch = 20;
  EXPECT_EQ(check(params, needs, kBounds), Problem::kOperandRange);
  params.scratch = {236, 20};
  EXPECT_EQ(check(params, needs, kBounds), Problem::kNone);
}

TEST(Program, ScratchOverlapsNeitherInputNorOutput) {
  using P = FullyConnectedS8;
  P good = good_fully_connected();
  good.input = {100};  // 100 to 107
  good.scratch = {108, 20};
  expect_refused(good, Problem::kParameter, [](P& p) { p.scratch.offset = 104; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.scratch.offset = 88; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.output = 124; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.output = 108; });
  good.scratch = {80, 20};
  EXPECT_EQ(checked(good), Problem::kNone);
  good.scratch = {100, 0};
  EXPECT_EQ(checked(good), Problem::kNone);
  good.input.address |= kConstantOperand;
  good.scratch = {100, 20};
  EXPECT_EQ(checked(good), Problem::kNone);
}

TEST(Program, ConvolutionParametersAreChecked) {
  using P = Conv2dS8;
  const P good = good_conv();
  expect_refused(good, Problem::kParameter, [](P& p) { p.groups = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.groups = 3; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.images.batch = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.images.in_c = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.images.out_w = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.window.kernel_h = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.window.stride_w = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.window.dilation_h = 0; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.images.out_h = 9; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.images.in_w = 33; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.window.kernel_w = 40; });
  expect_refused(good, Problem::kOperandRange, [](P& p) {
    p.images = {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 1, 1, 0xFFFF, 0};
  });
}

TEST(Program, PositionsInAnImageDoNotOverflow) {
  Conv2dS8 params = good_conv();
  params.images.out_h = 0xFFFF;
  params.window.stride_h = 0xFFFF;
  EXPECT_EQ(checked(params), Problem::kParameter);
  params = good_conv();
  params.window.kernel_w = 0xFFFF;
  params.window.dilation_w = 0xFFFF;
  EXPECT_EQ(checked(params), Problem::kParameter);
}

TEST(Program, DepthwiseParametersAreChecked) {
  using P = DepthwiseConv2dS8;
  const P good = good_depthwise();
  expect_refused(good, Problem::kParameter, [](P& p) { p.multiplier = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.multiplier = 3; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.images.out_c = 5; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.weights = 480; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 196; });
}

TEST(Program, EveryPoolWindowMeetsTheImage) {
  using P = Pool2dS8;
  const P good = good_pool();
  expect_refused(good, Problem::kParameter, [](P& p) { p.window.pad_top = 2; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.images.out_h = 3; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.window.stride_w = 4; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.window.dilation_h = 2; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.images.out_c = 1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.out.lo = 5, p.out.hi = 4; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 252; });
}

TEST(Program, SoftmaxParametersAreChecked) {
  using P = SoftmaxS8;
  const P good = good_softmax();
  expect_refused(good, Problem::kParameter, [](P& p) { p.rows = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.depth = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.depth = kMaxSoftmaxDepth + 1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.multiplier = (1 << 30) - 1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.multiplier = INT32_MIN; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.left_shift = 32; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.left_shift = -1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.left_shift = 24; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.diff_min = 1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.diff_min = INT32_MIN; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.rows = 26; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.rows = 0xFFFF'FFFFU; });
}

TEST(Program, SoftmaxWithFineCodesNeedsTwoBytesForEach) {
  using P = SoftmaxS8S16;
  P good{good_softmax()};
  good.op.depth = 1;
  good.op.rows = 96;  // 192 bytes from 64 to the end of the arena
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.op.rows = 97; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.op.depth = 0; });
}

/// What every operator with two operands refuses; `op` finds its parameters in P.
template <class P, class Op>
void expect_pair_checked(const P& good, Op op) {
  constexpr auto kParameter = Problem::kParameter;
  constexpr auto kOperandRange = Problem::kOperandRange;
  expect_refused(good, kParameter, [&](P& p) { op(p).elements = 0; });
  expect_refused(good, kParameter, [&](P& p) { op(p).input_offset = 129; });
  expect_refused(good, kParameter, [&](P& p) { op(p).other_offset = -128; });
  expect_refused(good, kParameter, [&](P& p) { op(p).out.zero_point = -129; });
  expect_refused(good, kParameter, [&](P& p) { op(p).out.lo = 3, op(p).out.hi = 2; });
  expect_refused(good, kOperandRange, [&](P& p) { op(p).input = {252}; });
  expect_refused(good, kOperandRange, [&](P& p) { op(p).other = {kConstantOperand | 508U}; });
  expect_refused(good, kOperandRange, [&](P& p) { op(p).other = {3}; });
  expect_refused(good, kOperandRange, [&](P& p) { op(p).output = 200; });
  expect_refused(good, kOperandRange, [&](P& p) { op(p).output = 0xFFFF'FFFCU; });
}

/// What every walk refuses.
template <class P, class Op>
void expect_walk_checked(const P& good, Op op) {
  constexpr auto kParameter = Problem::kParameter;
  constexpr auto kOperandRange = Problem::kOperandRange;
  constexpr std::uint32_t kMost = 0xFFFF'FFFFU;
  expect_pair_checked(good, op);
  expect_refused(good, kParameter, [&](P& p) { op(p).elements = 59; });
  expect_refused(good, kParameter, [&](P& p) { p.walk.extent[0] = 0; });
  expect_refused(good, kParameter, [&](P& p) { p.walk.extent[0] = 2; });
  expect_refused(good, kParameter, [&](P& p) {
    p.walk = {{kMost, kMost, kMost, kMost, kMost, kMost}, {}, {}};
  });
  expect_refused(good, kParameter, [&](P& p) {  // 2^32 * 15 * 4: the product modulo 2^32 fits
    p.walk = {{0x1'0000, 0x1'0000, 15, 4, 1, 1}, {}, {}};
  });
  expect_refused(good, kOperandRange, [&](P& p) { p.walk.input_step[5] = 50; });
  expect_refused(good, kOperandRange, [&](P& p) { p.walk.other_step[4] = kMost; });
  expect_refused(good, kOperandRange, [&](P& p) { p.walk.input_step[5] = kMost; });
  expect_refused(good, kOperandRange, [&](P& p) {
    op(p).elements = kMost - 1;
    p.walk = {{kMost - 1, 1, 1, 1, 1, 1}, {}, {}};
  });
}

TEST(Program, SumParametersAreChecked) {
  using P = AddS8;
  const P good = good_add();
  expect_pair_checked(good, [](P& p) -> AddS8& { return p; });
  expect_walk_checked(good_add_broadcast(), [](AddBroadcastS8& p) -> AddS8& { return p.op; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.left_shift = 23; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.left_shift = 0xFFFF'FFFFU; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.input_factor.shift = 1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.other_factor.shift = -32; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.output_factor.shift = INT32_MIN; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.output_factor.multiplier = -1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.input_factor.multiplier = INT32_MIN; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.other_factor.multiplier = -2; });
}

TEST(Program, ProductParametersAreChecked) {
  using P = MulS8;
  const P good = good_mul();
  expect_pair_checked(good, [](P& p) -> MulS8& { return p; });
  expect_walk_checked(good_mul_broadcast(), [](MulBroadcastS8& p) -> MulS8& { return p.op; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.factor.shift = 31; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.factor.shift = -32; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.factor.multiplier = -1; });
}

TEST(Program, MeanParametersAreChecked) {
  using P = MeanS8;
  const P good = good_mean();
  expect_refused(good, Problem::kParameter, [](P& p) { p.outer = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.count = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.inner = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.count = (1U << 23U) + 1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.factor.multiplier = -1; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.factor.shift = 31; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.factor.shift = -32; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.input_offset = 129; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.out.hi = 128; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input = {180}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 248; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.count = 1U << 23U; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.inner = 0x8000'0000U; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.outer = p.inner = 0xFFFF'FFFFU; });
}

TEST(Program, LookupParametersAreChecked) {
  using P = Lookup8;
  const P good = good_lookup();
  expect_refused(good, Problem::kParameter, [](P& p) { p.elements = 0; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.elements = 257; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.elements = 0xFFFF'FFFFU; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input = {60}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 60; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.table = 260; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.table = 255; });
}

TEST(Program, CopiesStayInside) {
  using P = Copy;
  constexpr std::uint32_t kMost = 0xFFFF'FFFFU;
  const P good = good_copy();
  expect_refused(good, Problem::kParameter, [](P& p) { p.element_bytes = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.extent[0] = 0; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input_start = 21; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input_start = 255; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input_start = kMost; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input = {236}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input = {1}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input_step[5] = -3; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input_step[5] = 100; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input_step[5] = INT32_MIN; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 232; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 102; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output_start = 133; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output_start = kMost; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output_step[4] = kMost; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.element_bytes = 200; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.element_bytes = kMost; });
}

TEST(Program, ACopyEndsWithTheArena) {
  Copy params = good_copy();
  params.output_start = 132;  // 100 + 132 + 2 * 2 + 3 * 6 + 2 = 256
  EXPECT_EQ(checked(params), Problem::kNone);
  params.input = {232};
  EXPECT_EQ(checked(params), Problem::kNone);
  params.input = {kConstantOperand | 488U};
  EXPECT_EQ(checked(params), Problem::kNone);
}

TEST(Program, ACopyWithoutStepsDoesNotTakeForEver) {
  Copy params;
  params.output = 100;
  params.extent[0] = 256;
  EXPECT_EQ(checked(params), Problem::kNone);
  params.extent[0] = 257;
  EXPECT_EQ(checked(params), Problem::kOperandRange);
  params.extent[0] = 0xFFFF'FFFFU;
  EXPECT_EQ(checked(params), Problem::kOperandRange);
  params.extent[0] = params.extent[1] = 0x1'0000;  // 2^32
  EXPECT_EQ(checked(params), Problem::kOperandRange);
  params.extent[2] = params.extent[3] = 0x1'0000;  // 2^64
  EXPECT_EQ(checked(params), Problem::kOperandRange);
}

TEST(Program, FillsStayInside) {
  using P = Fill;
  const P good{252, 4, 255};
  expect_refused(good, Problem::kParameter, [](P& p) { p.bytes = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.value = 256; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.bytes = 5; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.bytes = 0xFFFF'FFFFU; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 250; });
}

template <class P>
void expect_float_edge_checked(const P& good) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  expect_refused(good, Problem::kParameter, [](P& p) { p.elements = 0; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.scale = 0.0F; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.scale = -1.0F; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.scale = kNan; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.scale = kInfinity; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.zero_point = 128; });
  expect_refused(good, Problem::kParameter, [](P& p) { p.zero_point = INT32_MIN; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.elements = 65; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.elements = 0x4000'0000U; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.input = {2}; });
  expect_refused(good, Problem::kOperandRange, [](P& p) { p.output = 254; });
}

TEST(Program, FloatEdgesAreChecked) {
  expect_float_edge_checked(QuantizeF32S8{{0}, 200, 50, 0.1F, 3});
  expect_float_edge_checked(DequantizeS8F32{{200}, 0, 50, 0.1F, 3});
  expect_refused(QuantizeF32S8{{0}, 200, 50, 0.1F, 3},
                 Problem::kOperandRange,
                 [](QuantizeF32S8& p) { p.input = {60}; });
  expect_refused(DequantizeS8F32{{200}, 0, 50, 0.1F, 3},
                 Problem::kOperandRange,
                 [](DequantizeS8F32& p) { p.output = 60; });
}

constexpr std::array<std::uint32_t, 3> kTwoInstructions{0x0002'0001U, 7U, 0x0001'0002U};

TensorInfo good_tensor() {
  TensorInfo tensor;
  tensor.bytes = 12;
  tensor.rank = 2;
  tensor.dims = {3, 4, 0, 0, 0, 0};
  return tensor;
}

template <class Spoil>
Problem with_tensor(Spoil spoil) {
  TensorInfo tensor = good_tensor();
  spoil(tensor);
  Network network;
  network.program = kTwoInstructions;
  network.inputs = {&tensor, 1};
  network.outputs = {&tensor, 1};
  network.arena_bytes = 64;
  return diagnose_structure(network).problem;
}

TEST(Program, TensorsLieInTheArena) {
  using T = TensorInfo;
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(with_tensor([](T&) {}), Problem::kNone);
  EXPECT_EQ(with_tensor([](T& t) { t.offset = 52; }), Problem::kNone);
  EXPECT_EQ(with_tensor([](T& t) { t.offset = 56; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.offset = 2; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.offset = 0xFFFF'FFFCU; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.bytes = 11; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.dims[0] = 0, t.bytes = 0; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.rank = 7; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.type = ElementType{99}; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.type = ElementType{0}, t.bytes = 0; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.scale = 0.0F; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.scale = -1.0F; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.scale = kNan; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.scale = kInfinity; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) { t.zero_point = 128; }), Problem::kTensor);
  EXPECT_EQ(with_tensor([](T& t) {
              t.rank = 6;
              t.dims = {0xFFFF'FFFFU, 0xFFFF'FFFFU, 0xFFFF'FFFFU, 0xFFFF'FFFFU, 4, 4};
            }),
            Problem::kTensor);
}

TEST(Program, AScalarHasOneElement) {
  const auto scalar = [](TensorInfo& tensor) { tensor.rank = 0, tensor.bytes = 1; };
  EXPECT_EQ(with_tensor(scalar), Problem::kNone);
}

TEST(Program, AnEightByteTensorIsAligned) {
  const auto at = [](std::uint32_t offset) {
    return with_tensor([=](TensorInfo& tensor) {
      tensor.type = ElementType::kInt64;
      tensor.rank = 1;
      tensor.dims[0] = 1;
      tensor.bytes = 8;
      tensor.offset = offset;
    });
  };
  EXPECT_EQ(at(8), Problem::kNone);
  EXPECT_EQ(at(4), Problem::kTensor);
}

Diagnosis with_program(std::span<const std::uint32_t> program) {
  const TensorInfo tensor = good_tensor();
  Network network;
  network.program = program;
  network.inputs = {&tensor, 1};
  network.outputs = {&tensor, 1};
  network.arena_bytes = 64;
  return diagnose_structure(network);
}

TEST(Program, ACutInstructionStreamIsRefused) {
  EXPECT_EQ(with_program(kTwoInstructions).problem, Problem::kNone);
  EXPECT_EQ(with_program({}).problem, Problem::kInstruction);
  EXPECT_EQ(with_program(std::span(kTwoInstructions).first(1)).problem, Problem::kInstruction);
  constexpr std::array<std::uint32_t, 2> kNoLength{0x0001'0001U, 0x0000'0001U};
  EXPECT_EQ(with_program(kNoLength).problem, Problem::kInstruction);
  EXPECT_EQ(with_program(kNoLength).instruction, 1U);
  constexpr std::array<std::uint32_t, 2> kTooLong{0x0001'0001U, 0x0002'0001U};
  EXPECT_EQ(with_program(kTooLong).problem, Problem::kInstruction);
}

TEST(Program, VariablesLieInTheArena) {
  const TensorInfo tensor = good_tensor();
  VariableInfo variable;
  variable.offset = 48;
  variable.bytes = 16;
  Network network;
  network.program = kTwoInstructions;
  network.inputs = {&tensor, 1};
  network.outputs = {&tensor, 1};
  network.variables = {&variable, 1};
  network.arena_bytes = 64;
  EXPECT_EQ(diagnose_structure(network).problem, Problem::kNone);
  variable.bytes = 17;
  EXPECT_EQ(diagnose_structure(network).problem, Problem::kTensor);
}

TEST(Program, WithoutInputOrOutputThereIsNoNetwork) {
  const TensorInfo tensor = good_tensor();
  Network network;
  network.program = kTwoInstructions;
  network.inputs = {&tensor, 1};
  network.arena_bytes = 64;
  EXPECT_EQ(diagnose_structure(network).problem, Problem::kTensor);
}

TEST(Program, EveryProblemHasItsText) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(Problem::kOperandRange); ++i) {
    EXPECT_TRUE(to_string(static_cast<Problem>(i)) != to_string(static_cast<Problem>(200)));
  }
}

}  // namespace
}  // namespace aiot::nn
