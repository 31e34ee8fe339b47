// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/tables.hpp"

#include <cmath>
#include <cstdlib>

#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using graph::Kind;

graph::Tensor quantised(float scale, std::int64_t zero_point) {
  graph::Tensor tensor;
  tensor.scales = {scale};
  tensor.zero_points = {zero_point};
  return tensor;
}

Table table_of(Kind kind, const graph::Tensor& in, const graph::Tensor& out, float alpha) {
  graph::Graph graph;
  graph.tensors = {in, out};
  graph::Operator op;
  op.kind = kind;
  op.inputs = {0};
  op.outputs = {1};
  op.options.alpha = alpha;
  return function_table(graph, op);
}

/// Expects every entry within one code of `function`: the last bit is the golden vectors' business.
void expect_near(const Table& table,
                 const graph::Tensor& in,
                 const graph::Tensor& out,
                 double (*function)(double)) {
  for (std::int32_t code = -128; code < 128; ++code) {
    const double real = static_cast<double>(in.scale()) * (code - in.zero_point());
    const double wanted = function(real) / static_cast<double>(out.scale()) + out.zero_point();
    const auto nearest = static_cast<std::int32_t>(std::min(std::max(wanted, -128.0), 127.0));
    const auto entry = static_cast<std::int8_t>(table[static_cast<std::uint8_t>(code)]);
    EXPECT_LE(std::abs(entry - nearest), 1) << "code " << code;
  }
}

TEST(Tables, FollowTheirFunctions) {
  for (const float scale : {0.003F, 0.05F, 0.5F, 3.0F}) {
    for (const std::int64_t zero_point : {-128, 5, 127}) {
      const graph::Tensor in = quantised(scale, zero_point);
      const graph::Tensor unit = quantised(1.0F / 256.0F, -128);
      const graph::Tensor both = quantised(1.0F / 128.0F, 0);
      const graph::Tensor out = quantised(0.07F, -3);
      expect_near(table_of(Kind::kLogistic, in, unit, 0), in, unit, [](double x) {
        return 1.0 / (1.0 + std::exp(-x));
      });
      expect_near(
          table_of(Kind::kTanh, in, both, 0), in, both, [](double x) { return std::tanh(x); });
      expect_near(
          table_of(Kind::kRelu, in, out, 0), in, out, [](double x) { return std::max(x, 0.0); });
      expect_near(table_of(Kind::kReluN1To1, in, out, 0), in, out, [](double x) {
        return std::min(std::max(x, -1.0), 1.0);
      });
      expect_near(table_of(Kind::kRelu6, in, in, 0), in, in, [](double x) {
        return std::min(std::max(x, 0.0), 6.0);
      });
      expect_near(table_of(Kind::kLeakyRelu, in, out, -0.25F), in, out, [](double x) {
        return x < 0.0 ? -0.25 * x : x;
      });
    }
  }
}

TEST(Tables, SaturateAtScalesBeyondTheirFixedPoint) {
  const Table steep =
      table_of(Kind::kLogistic, quantised(40.0F, 0), quantised(1.0F / 256.0F, -128), 0);
  EXPECT_EQ(static_cast<std::int8_t>(steep[255]), -128);
  EXPECT_EQ(static_cast<std::int8_t>(steep[1]), 127);
}

TEST(Tables, RequantiseToItself) {
  graph::Operator op;
  op.kind = Kind::kQuantize;
  const graph::Tensor tensor = quantised(0.37F, 11);
  EXPECT_TRUE(requantising_table(op, tensor, tensor) == identity_table());
  graph::Tensor as_unsigned = quantised(0.37F, 11 + 128);
  as_unsigned.type = nn::ElementType::kUint8;
  EXPECT_TRUE(requantising_table(op, tensor, as_unsigned) == sign_flip_table());
  EXPECT_TRUE(requantising_table(op, as_unsigned, tensor) == sign_flip_table());
}

}  // namespace
}  // namespace aiot::toolkit
