// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"
#include "src/toolkit/compiler/lower_operators.hpp"
#include "src/toolkit/compiler/lower_walk.hpp"
#include "src/toolkit/compiler/quantisation.hpp"

namespace aiot::toolkit {
namespace {

using graph::Operator;
using graph::Tensor;

bool is_uint8(const Tensor& tensor) {
  return tensor.type == nn::ElementType::kUint8;
}

bool is_float(const Tensor& tensor) {
  return tensor.type == nn::ElementType::kFloat32;
}

/// A table from input to output, or nothing when it changes nothing.
void lower_table(Lowering& lowering, const Operator& op, const Table& table) {
  if (table == identity_table()) {
    return lowering.alias(op.outputs[0], op.inputs[0]);
  }
  lowering.emit_table(op,
                      table,
                      lowering.input_of(op, 0),
                      lowering.output_of(op, 0),
                      graph::output(lowering.graph(), op, 0).elements());
}

/// uint8 codes and their zero point are 128 above int8 ones of the same real value.
std::int32_t int8_zero_point(const Tensor& tensor) {
  return tensor.zero_point() - (is_uint8(tensor) ? 128 : 0);
}

void lower_from_float(Lowering& lowering, const Operator& op) {
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  nn::QuantizeF32S8 params;
  params.elements = narrow32(out.elements());
  params.scale = out.scale();
  params.zero_point = int8_zero_point(out);
  const std::size_t input = lowering.input_of(op, 0);
  if (!is_uint8(out)) {
    lowering.emit(op, nn::OpCode::kQuantizeF32S8, params, {input}, lowering.output_of(op, 0));
    return;
  }
  const std::size_t codes = lowering.scratch_buffer(out.name + " as int8", out.bytes());
  lowering.emit(op, nn::OpCode::kQuantizeF32S8, params, {input}, codes);
  lowering.emit_table(op, sign_flip_table(), codes, lowering.output_of(op, 0), out.elements());
}

void lower_to_float(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  nn::DequantizeS8F32 params;
  params.elements = narrow32(in.elements());
  params.scale = in.scale();
  params.zero_point = int8_zero_point(in);
  std::size_t codes = lowering.input_of(op, 0);
  if (is_uint8(in)) {
    const std::size_t flipped = lowering.scratch_buffer(in.name + " as int8", in.bytes());
    lowering.emit_table(op, sign_flip_table(), codes, flipped, in.elements());
    codes = flipped;
  }
  lowering.emit(op, nn::OpCode::kDequantizeS8F32, params, {codes}, lowering.output_of(op, 0));
}

/// Which dims of a MEAN's input belong together, size 1 left out: runs of kept and reduced ones.
struct Run {
  std::uint32_t extent = 1;
  bool reduced = false;
};

std::vector<Run> runs_of(const graph::Dims& dims, const std::vector<bool>& reduced) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1) {
      continue;
    }
    if (!runs.empty() && runs.back().reduced == reduced[i]) {
      runs.back().extent *= dims[i];
    } else {
      runs.push_back({dims[i], reduced[i]});
    }
  }
  return runs;
}

/// Kept dims first, reduced ones behind: what the kernel can not walk is copied into this order.
std::size_t reduced_last(Lowering& lowering, const Operator& op, const std::vector<Run>& runs) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  graph::Dims dims;
  for (const Run& run : runs) {
    dims.push_back(run.extent);
  }
  const std::vector<std::int64_t> from = dense_steps(dims, 1);
  CopyWalk walk;
  for (const bool reduced : {false, true}) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].reduced == reduced) {
        walk.dims.push_back({dims[i], from[i], 0});
      }
    }
  }
  std::int64_t step = 1;
  for (std::size_t i = walk.dims.size(); i-- > 0;) {
    walk.dims[i].second_step = step;
    step *= walk.dims[i].extent;
  }
  walk.simplify();
  const std::size_t buffer = lowering.scratch_buffer(in.name + " transposed", in.bytes());
  lowering.emit(op, nn::OpCode::kCopy, walk.params(), {lowering.input_of(op, 0)}, buffer);
  return buffer;
}

/// [outer][count][inner] of runs that are at most kept, reduced, kept.
bool fits_kernel(const std::vector<Run>& runs) {
  return std::count_if(runs.begin(), runs.end(), [](const Run& run) { return run.reduced; }) <= 1;
}

}  // namespace

void lower_function(Lowering& lowering, const Operator& op) {
  lower_table(lowering, op, function_table(lowering.graph(), op));
}

void lower_conversion(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  if (is_float(in)) {
    lower_from_float(lowering, op);
  } else if (is_float(out)) {
    lower_to_float(lowering, op);
  } else {
    lower_table(lowering, op, requantising_table(op, in, out));
  }
}

void lower_mean(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  const std::vector<Run> runs = runs_of(in.dims, graph::reduced_axes(lowering.graph(), op));
  nn::MeanS8 params;
  bool behind = false;  // of the reduced run
  for (const Run& run : runs) {
    (run.reduced ? params.count : behind ? params.inner : params.outer) *= run.extent;
    behind = behind || run.reduced;
  }
  std::size_t operand = 0;
  if (fits_kernel(runs)) {
    operand = lowering.input_of(op, 0);
  } else {
    operand = reduced_last(lowering, op, runs);
    params.outer *= params.inner;
    params.inner = 1;
  }
  constexpr std::uint32_t kMaxCount = 1U << 23U;  // of 255 each: the sum fits 32 bits
  if (params.count > kMaxCount) {
    graph::refuse(op, "averages more than 2^23 elements; use a pool in front of it");
  }
  const double ratio = static_cast<double>(in.scale()) / static_cast<double>(out.scale());
  params.factor = mean_factor(factor_or_refuse(op, ratio), params.count);
  params.input_offset = input_offset(in);
  params.out = output_rules(out, graph::Activation::kNone);
  lowering.emit(op, nn::OpCode::kMeanS8, params, {operand}, lowering.output_of(op, 0));
}

void lower_softmax(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  const bool fine = out.type == nn::ElementType::kInt16;
  if (out.scale() != (fine ? 1.0F / 65536.0F : 1.0F / 256.0F) ||
      out.zero_point() != (fine ? -32768 : -128)) {
    graph::refuse(
        op,
        fine ? "its int16 output must have scale 1/65536 and zero point -32768; convert it again"
             : "its output must have scale 1/256 and zero point -128; convert it again");
  }
  constexpr double kQ5Unit = 67108864.0;  // 2^26
  const double factor =
      std::min(static_cast<double>(op.options.beta) * static_cast<double>(in.scale()) * kQ5Unit,
               2147483647.0);
  if (!(factor > 1.0)) {
    graph::refuse(op, "beta times the scale of its input is too small; quantise the model again");
  }
  const nn::Multiplier multiplier = nn::to_multiplier(factor);
  const double reach = std::floor(std::ldexp(31.0 * kQ5Unit, -multiplier.shift));
  nn::SoftmaxS8 params;
  params.depth = in.dims.empty() ? 1U : in.dims.back();
  params.rows = narrow32(in.elements() / params.depth);
  params.multiplier = multiplier.multiplier;
  params.left_shift = multiplier.shift;
  params.diff_min = -static_cast<std::int32_t>(std::min(reach, 255.0));
  if (params.depth > nn::kMaxSoftmaxDepth) {
    graph::refuse(op,
                  "has " + std::to_string(params.depth) + " classes, at most " +
                      std::to_string(nn::kMaxSoftmaxDepth) +
                      " are supported; leave it out, its "
                      "input has the same order");
  }
  const auto input = lowering.input_of(op, 0);
  const auto output = lowering.output_of(op, 0);
  if (fine) {
    lowering.emit(op, nn::OpCode::kSoftmaxS8S16, nn::SoftmaxS8S16{params}, {input}, output);
  } else {
    lowering.emit(op, nn::OpCode::kSoftmaxS8, params, {input}, output);
  }
}

}  // namespace aiot::toolkit
