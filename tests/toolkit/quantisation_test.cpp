// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/quantisation.hpp"

#include <limits>

#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

graph::Tensor quantised(float scale, std::int64_t zero_point) {
  graph::Tensor tensor;
  tensor.scales = {scale};
  tensor.zero_points = {zero_point};
  return tensor;
}

TEST(Quantisation, HasNoFactorForWhatNoKernelCanDo) {
  EXPECT_TRUE(factor_of(0.0).has_value());
  EXPECT_EQ(factor_of(1.0)->shift, 1);
  EXPECT_EQ(factor_of(1073741823.0)->shift, 30);
  EXPECT_FALSE(factor_of(1073741824.0).has_value());
  EXPECT_FALSE(factor_of(-0.5).has_value());
  EXPECT_FALSE(factor_of(std::numeric_limits<double>::infinity()).has_value());
  EXPECT_FALSE(factor_of(std::numeric_limits<double>::quiet_NaN()).has_value());
}

TEST(Quantisation, ClampsToTheActivation) {
  const graph::Tensor tensor = quantised(0.1F, -100);
  const auto expect_range = [&](graph::Activation activation, int lo, int hi) {
    const nn::OutputS8 rules = output_rules(tensor, activation);
    EXPECT_EQ(rules.zero_point, -100);
    EXPECT_EQ(rules.lo, lo);
    EXPECT_EQ(rules.hi, hi);
  };
  expect_range(graph::Activation::kNone, -128, 127);
  expect_range(graph::Activation::kRelu, -100, 127);
  expect_range(graph::Activation::kRelu6, -100, -40);
  expect_range(graph::Activation::kReluN1To1, -110, -90);
  EXPECT_EQ(output_rules(quantised(1e-9F, 0), graph::Activation::kRelu6).hi, 127);
}

TEST(Quantisation, AddsInDoubleAndSubtractsInFloat) {
  const SumFactors add = add_factors(0.05F, 0.021F, 0.08F, 20);
  const SumFactors sub = sub_factors(0.05F, 0.021F, 0.08F, 20);
  EXPECT_EQ(add.input, 0.5);
  EXPECT_EQ(sub.input, 0.5);
  EXPECT_EQ(sub.other, static_cast<double>(static_cast<float>(sub.other)));
  EXPECT_NE(add.other, sub.other);
  EXPECT_NE(nn::to_multiplier(add.other).multiplier, nn::to_multiplier(sub.other).multiplier);
  EXPECT_NE(nn::to_multiplier(add.output).multiplier, nn::to_multiplier(sub.output).multiplier);
}

TEST(Quantisation, DividesByTheCountInTheFactor) {
  const nn::Multiplier one{std::int32_t{1} << 30, 1};
  EXPECT_EQ(mean_factor(one, 1).multiplier, one.multiplier);
  EXPECT_EQ(mean_factor(one, 1).shift, 1);
  const nn::Multiplier third = mean_factor(one, 3);  // truncated, not normalised again
  EXPECT_EQ(third.multiplier, 715827882);
  EXPECT_EQ(third.shift, 0);
  const nn::Multiplier tiny{std::int32_t{1} << 30, -30};
  EXPECT_EQ(mean_factor(tiny, 1024).shift, -31);
}

}  // namespace
}  // namespace aiot::toolkit
