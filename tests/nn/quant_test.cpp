// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/quant.hpp"

#include <array>
#include <limits>

#include "tests/nn/golden_nn.hpp"
#include "tests/support/test.hpp"

namespace aiot::nn {
namespace {

TEST(Quant, RoundsHalfAwayFromZero) {
  EXPECT_EQ(round_half_away(0.5F), 1);
  EXPECT_EQ(round_half_away(-0.5F), -1);
  EXPECT_EQ(round_half_away(2.5F), 3);
  EXPECT_EQ(round_half_away(-2.5F), -3);
  EXPECT_EQ(round_half_away(0.49999997F), 0);  // 0.5 added in float32 would give 1
  EXPECT_EQ(round_half_away(-0.49999997F), 0);
  EXPECT_EQ(round_half_away(8388609.0F), 8388609);
}

TEST(Quant, RoundingSaturatesAndKnowsNan) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(round_half_away(kInfinity), 16777216);
  EXPECT_EQ(round_half_away(-kInfinity), -16777216);
  EXPECT_EQ(round_half_away(1e30F), 16777216);
  EXPECT_EQ(round_half_away(std::numeric_limits<float>::quiet_NaN()), 0);
}

TEST(Quant, QuantizeDividesAndSaturates) {
  constexpr QuantParams kParams{0.5F, 3};
  EXPECT_EQ(quantize(0.0F, kParams), 3);
  EXPECT_EQ(quantize(0.25F, kParams), 4);
  EXPECT_EQ(quantize(-0.25F, kParams), 2);
  EXPECT_EQ(quantize(62.0F, kParams), 127);
  EXPECT_EQ(quantize(62.3F, kParams), 127);
  EXPECT_EQ(quantize(-1e9F, kParams), -128);
}

TEST(Quant, SpansKeepTheirOrder) {
  const std::array<float, 3> values{-1.0F, 0.0F, 2.0F};
  std::array<std::int8_t, 3> codes{};
  quantize(values, {0.25F, -10}, codes);
  EXPECT_EQ(codes[0], -14);
  EXPECT_EQ(codes[1], -10);
  EXPECT_EQ(codes[2], -2);
  std::array<float, 3> back{};
  dequantize(codes, {0.25F, -10}, back);
  EXPECT_EQ(back[0], -1.0F);
  EXPECT_EQ(back[2], 2.0F);
}

TEST(Quant, HighMultiplyMeetsGoldenValues) {
  for (const auto& row : golden::kHighMultiply) {
    EXPECT_EQ(doubling_high_multiply(row[0], row[1]), row[2]) << row[0] << " * " << row[1];
  }
  EXPECT_EQ(doubling_high_multiply(INT32_MIN, INT32_MIN), INT32_MAX);
}

TEST(Quant, DivideByPowerMeetsGoldenValues) {
  for (const auto& row : golden::kDivide) {
    EXPECT_EQ(rounding_divide_by_power(row[0], static_cast<unsigned>(row[1])), row[2])
        << row[0] << " / 2^" << row[1];
  }
}

TEST(Quant, RequantizeRoundsTwiceAsTheReferenceDoes) {
  for (const auto& row : golden::kRequantize) {
    EXPECT_EQ(requantize(row[0], {row[1], row[2]}), row[3])
        << row[0] << " * " << row[1] << " << " << row[2];
  }
}

TEST(Quant, RequantizeIsDefinedForAnyTable) {
  constexpr std::array<std::int32_t, 7> kWords{INT32_MIN, -1000, -32, 0, 31, 32, INT32_MAX};
  std::int64_t sum = 0;
  for (const std::int32_t value : kWords) {
    for (const std::int32_t multiplier : kWords) {
      for (const std::int32_t shift : kWords) {
        sum += requantize(value, {multiplier, shift});
      }
    }
  }
  EXPECT_NE(sum, 1);  // the sanitizers are the test
}

TEST(Quant, MultiplierMeetsGoldenValues) {
  for (const golden::RealFactor& row : golden::kFactors) {
    const Multiplier factor = to_multiplier(row.real);
    EXPECT_EQ(factor.multiplier, row.expected.multiplier);
    EXPECT_EQ(factor.shift, row.expected.shift);
  }
}

}  // namespace

// For quant_linkage_test.cpp.
using Quantize = std::int8_t (*)(float, QuantParams);

Quantize quantize_of_quant_test() noexcept {
  return &quantize;
}

}  // namespace aiot::nn
