// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/tables.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "aiot/nn/quant.hpp"
#include "aiot/nn/ref/fixed_point.hpp"
#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"
#include "src/toolkit/compiler/quantisation.hpp"

namespace aiot::toolkit {
namespace {

using graph::Graph;
using graph::Operator;
using graph::Tensor;

std::int32_t lowest_code(const Tensor& tensor) {
  return tensor.type == nn::ElementType::kUint8 ? 0 : -128;
}

/// `function` of all 256 codes of `from`, as codes of `to`; saturates.
template <class Function>
Table tabulate(const Tensor& from, const Tensor& to, Function function) {
  Table table{};
  for (std::int32_t i = 0; i < 256; ++i) {
    const std::int32_t code = lowest_code(from) + i;
    const std::int32_t lo = lowest_code(to);
    const std::int32_t result = nn::clamp(function(code), lo, lo + 255);
    table[static_cast<std::uint8_t>(code)] = static_cast<std::byte>(result & 0xFF);
  }
  return table;
}

/// 1 / (1 + exp(-a)), Q4 to Q0.
std::int32_t sigmoid(std::int32_t a) {
  if (a == 0) {
    return std::int32_t{1} << 30;
  }
  const std::int32_t negative = a > 0 ? nn::wrap_multiply(a, -1) : a;
  const std::int32_t result = nn::ref::reciprocal_of_one_plus(nn::ref::exp_negative(negative, 4));
  return a > 0 ? result : nn::ref::kOneQ0 - result;
}

/// tanh(a), Q4 to Q0: the same number read as Q5 is 2a.
std::int32_t tanh_of(std::int32_t a) {
  if (a == 0) {
    return 0;
  }
  const std::int32_t negative = a > 0 ? nn::wrap_multiply(a, -1) : a;
  const std::int32_t result = nn::ref::one_minus_over_one_plus(nn::ref::exp_negative(negative, 5));
  return a > 0 ? result : -result;
}

/// How LOGISTIC and TANH bring a code into Q4: input scale * 2^27, and the difference to the zero
/// point from which on they saturate.
struct Q4Input {
  nn::Multiplier factor;
  std::int32_t radius = 0;
};

Q4Input q4_input(const Operator& op, const Tensor& in) {
  constexpr double kQ4Unit = 134217728.0;  // 2^27
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(in.scale()) * kQ4Unit, &exponent);
  const double radius = std::floor(std::ldexp(15.0 * kQ4Unit, -exponent));
  if (exponent < -31) {  // no model: such a scale makes the output constant
    graph::refuse(op, "scale " + std::to_string(in.scale()) + " is too small; quantise again");
  }
  // A float32 has 24 bits: the product is an integer.
  const auto multiplier = static_cast<std::int32_t>(fraction * 2147483648.0);
  return {{multiplier, exponent}, static_cast<std::int32_t>(std::min(radius, 256.0))};
}

void require_output(const Operator& op, const Tensor& out, double scale, std::int32_t zero_point) {
  constexpr double kTolerance = 1e-3;
  if (out.zero_point() != zero_point ||
      std::abs(static_cast<double>(out.scale()) - scale) > kTolerance * scale) {
    graph::refuse(op,
                  "its output must have scale " + std::to_string(scale) + " and zero point " +
                      std::to_string(zero_point) + "; convert the model again");
  }
}

/// `function`, Q4 to Q0, of all codes; `lo` and `hi` where the reference saturates.
template <class Function>
Table sigmoidal_table(const Operator& op,
                      const Tensor& in,
                      const Tensor& out,
                      std::int32_t lo,
                      std::int32_t hi,
                      Function function) {
  const Q4Input q4 = q4_input(op, in);
  return tabulate(in, out, [&](std::int32_t code) {
    const std::int32_t value = code - in.zero_point();
    if (value <= -q4.radius) {
      return lo;
    }
    return value >= q4.radius ? hi : function(nn::requantize(value, q4.factor));
  });
}

Table logistic_table(const Operator& op, const Tensor& in, const Tensor& out) {
  require_output(op, out, 1.0 / 256.0, -128);
  return sigmoidal_table(op, in, out, -128, 127, [](std::int32_t a) {
    return nn::rounding_divide_by_power(sigmoid(a), 23) - 128;
  });
}

Table tanh_table(const Operator& op, const Tensor& in, const Tensor& out) {
  require_output(op, out, 1.0 / 128.0, 0);
  return sigmoidal_table(op, in, out, -128, 127, [](std::int32_t a) {
    return nn::rounding_divide_by_power(tanh_of(a), 24);
  });
}

/// Rescaled in float32, then clamped to what the activation leaves of the output's codes.
Table rescaling_table(const Operator& op,
                      const Tensor& in,
                      const Tensor& out,
                      graph::Activation activation) {
  const float ratio = in.scale() / out.scale();
  const nn::Multiplier factor = factor_or_refuse(op, static_cast<double>(ratio));
  const nn::OutputS8 rules = output_rules(out, activation);
  return tabulate(in, out, [&](std::int32_t code) {
    const std::int32_t value =
        nn::wrap_add(nn::requantize(code - in.zero_point(), factor), out.zero_point());
    return nn::clamp(value, rules.lo, rules.hi);
  });
}

/// Codes are not rescaled: the reference ignores the output's quantisation.
Table relu6_table(const Tensor& in, const Tensor& out) {
  const std::int32_t lo = in.zero_point();
  const std::int32_t hi = std::min(127, lo + nn::round_half_away(6.0F / in.scale()));
  return tabulate(in, out, [&](std::int32_t code) { return nn::clamp(code, lo, hi); });
}

Table leaky_relu_table(const Operator& op, const Tensor& in, const Tensor& out) {
  const float ratio = in.scale() / out.scale();
  const float slope = in.scale() * op.options.alpha;
  const float alpha = slope / out.scale();
  const nn::Multiplier above = factor_or_refuse(op, static_cast<double>(ratio));
  const nn::Multiplier below = factor_or_refuse(op, std::abs(static_cast<double>(alpha)));
  const std::int32_t sign = alpha < 0.0F ? -1 : 1;
  return tabulate(in, out, [&](std::int32_t code) {
    const std::int32_t value = code - in.zero_point();
    const std::int32_t scaled = value >= 0 ? nn::requantize(value, above)
                                           : nn::wrap_multiply(sign, nn::requantize(value, below));
    return nn::wrap_add(scaled, out.zero_point());
  });
}

}  // namespace

Table identity_table() {
  Table table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<std::byte>(i);
  }
  return table;
}

Table sign_flip_table() {
  Table table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<std::byte>(i ^ 0x80U);
  }
  return table;
}

Table function_table(const Graph& graph, const Operator& op) {
  const Tensor& in = graph::input(graph, op, 0);
  const Tensor& out = graph::output(graph, op, 0);
  switch (op.kind) {
    case graph::Kind::kLogistic:
      return logistic_table(op, in, out);
    case graph::Kind::kTanh:
      return tanh_table(op, in, out);
    case graph::Kind::kRelu:
      return rescaling_table(op, in, out, graph::Activation::kRelu);
    case graph::Kind::kReluN1To1:
      return rescaling_table(op, in, out, graph::Activation::kReluN1To1);
    case graph::Kind::kRelu6:
      return relu6_table(in, out);
    case graph::Kind::kLeakyRelu:
      return leaky_relu_table(op, in, out);
    default:
      graph::refuse(op, "is no function of one code");
  }
}

Table requantising_table(const Operator& op, const Tensor& from, const Tensor& to) {
  const double ratio = static_cast<double>(from.scale()) / static_cast<double>(to.scale());
  const nn::Multiplier factor = factor_or_refuse(op, ratio);
  return tabulate(from, to, [&](std::int32_t code) {
    return nn::wrap_add(nn::requantize(code - from.zero_point(), factor), to.zero_point());
  });
}

}  // namespace aiot::toolkit
