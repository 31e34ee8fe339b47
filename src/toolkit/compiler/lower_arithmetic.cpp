// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <string>

#include "aiot/nn/ref/elementwise.hpp"
#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"
#include "src/toolkit/compiler/lower_operators.hpp"
#include "src/toolkit/compiler/lower_walk.hpp"
#include "src/toolkit/compiler/quantisation.hpp"

namespace aiot::toolkit {
namespace {

using graph::Kind;
using graph::Operator;
using graph::Tensor;

/// Codes of ADD and SUB are shifted left by this before they are scaled.
constexpr std::uint32_t kSumShift = 20;

/// Scales of both sides and the output, below 1 as the reference wants them.
nn::Multiplier below_one(const Operator& op, double factor) {
  const nn::Multiplier result = factor_or_refuse(op, factor);
  if (result.shift > 0) {
    graph::refuse(op,
                  "the scale of its output is too small beside those of its inputs; quantise the "
                  "model again");
  }
  return result;
}

nn::AddS8 sum_params(const Lowering& lowering, const Operator& op) {
  const Tensor& input = graph::input(lowering.graph(), op, 0);
  const Tensor& other = graph::input(lowering.graph(), op, 1);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  const SumFactors factors =
      op.kind == Kind::kAdd ? add_factors(input.scale(), other.scale(), out.scale(), kSumShift)
                            : sub_factors(input.scale(), other.scale(), out.scale(), kSumShift);
  nn::AddS8 params;
  params.elements = narrow32(out.elements());
  params.left_shift = kSumShift;
  params.input_factor = below_one(op, factors.input);
  params.other_factor = below_one(op, factors.other);
  params.output_factor = below_one(op, factors.output);
  params.input_offset = input_offset(input);
  params.other_offset = input_offset(other);
  params.out = output_rules(out, op.options.activation);
  return params;
}

nn::MulS8 product_params(const Lowering& lowering, const Operator& op) {
  const Tensor& input = graph::input(lowering.graph(), op, 0);
  const Tensor& other = graph::input(lowering.graph(), op, 1);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  nn::MulS8 params;
  params.elements = narrow32(out.elements());
  params.factor =
      factor_or_refuse(op,
                       static_cast<double>(input.scale()) * static_cast<double>(other.scale()) /
                           static_cast<double>(out.scale()));
  params.input_offset = input_offset(input);
  params.other_offset = input_offset(other);
  params.out = output_rules(out, op.options.activation);
  return params;
}

/// Whether `tensor` is a constant that has one code everywhere.
bool is_uniform(const Tensor& tensor) {
  return tensor.constant && std::all_of(tensor.data.begin(),
                                        tensor.data.end(),
                                        [&](std::byte code) { return code == tensor.data[0]; });
}

void run(Kind kind, const nn::AddS8& params, const nn::Memory& memory) {
  kind == Kind::kAdd ? nn::ref::add_s8(params, memory) : nn::ref::sub_s8(params, memory);
}

void run(Kind /*kind*/, const nn::MulS8& params, const nn::Memory& memory) {
  nn::ref::mul_s8(params, memory);
}

/// With one side the same everywhere the operator is a function of the other side's code: the
/// reference kernel over all codes.
template <class Params>
Table table_of(Kind kind, Params params, std::byte code, bool code_is_input) {
  constexpr std::uint32_t kCodes = 256;

  struct {
    alignas(nn::kAlignment) std::byte bytes[3 * kCodes];
  } arena{};

  for (std::uint32_t i = 0; i < kCodes; ++i) {
    arena.bytes[i] = static_cast<std::byte>(i);
    arena.bytes[kCodes + i] = code;
  }
  params.input = {code_is_input ? kCodes : 0U};
  params.other = {code_is_input ? 0U : kCodes};
  params.output = 2 * kCodes;
  params.elements = kCodes;
  run(kind, params, {arena.bytes, nullptr});
  Table table{};
  std::memcpy(table.data(), &arena.bytes[2 * std::size_t{kCodes}], table.size());
  return table;
}

struct Codes {
  nn::OpCode flat;
  nn::OpCode broadcast;
};

Codes codes_of(Kind kind) {
  switch (kind) {
    case Kind::kAdd:
      return {nn::OpCode::kAddS8, nn::OpCode::kAddBroadcastS8};
    case Kind::kSub:
      return {nn::OpCode::kSubS8, nn::OpCode::kSubBroadcastS8};
    default:
      return {nn::OpCode::kMulS8, nn::OpCode::kMulBroadcastS8};
  }
}

template <class BroadcastParams, class Params>
void lower_pair(Lowering& lowering, const Operator& op, const Params& params) {
  const Tensor& input = graph::input(lowering.graph(), op, 0);
  const Tensor& other = graph::input(lowering.graph(), op, 1);
  const std::uint64_t elements = params.elements;
  for (const bool code_is_input : {false, true}) {
    const Tensor& constant = code_is_input ? input : other;
    const Tensor& variable = code_is_input ? other : input;
    if (is_uniform(constant) && variable.elements() == elements) {
      return lowering.emit_table(op,
                                 table_of(op.kind, params, constant.data[0], code_is_input),
                                 lowering.input_of(op, code_is_input ? 1 : 0),
                                 lowering.output_of(op, 0),
                                 elements);
    }
  }
  const std::vector<std::size_t> operands = {lowering.input_of(op, 0), lowering.input_of(op, 1)};
  const std::size_t output = lowering.output_of(op, 0);
  if (input.elements() == elements && other.elements() == elements) {
    lowering.emit(op, codes_of(op.kind).flat, params, operands, output);
    return;
  }
  const graph::Dims dims = graph::output_dims(lowering.graph(), op)[0];
  lowering.emit(op,
                codes_of(op.kind).broadcast,
                BroadcastParams{params, broadcast_walk(dims, input.dims, other.dims)},
                operands,
                output);
}

}  // namespace

void lower_arithmetic(Lowering& lowering, const Operator& op) {
  if (op.kind == Kind::kMul) {
    return lower_pair<nn::MulBroadcastS8>(lowering, op, product_params(lowering, op));
  }
  lower_pair<nn::AddBroadcastS8>(lowering, op, sum_params(lowering, op));
}

}  // namespace aiot::toolkit
