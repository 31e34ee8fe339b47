// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/graph_shapes.hpp"
#include "src/toolkit/compiler/lower_operators.hpp"
#include "src/toolkit/compiler/lower_walk.hpp"

namespace aiot::toolkit {
namespace {

using graph::Dims;
using graph::Operator;
using graph::Tensor;

std::uint32_t unit_of(const Tensor& tensor) {
  return nn::element_bytes(tensor.type);
}

/// Copies between the buffers, or nothing when the output is all of the input.
void move(
    Lowering& lowering, const Operator& op, CopyWalk walk, std::size_t input, std::size_t output) {
  const Tensor& from = graph::input(lowering.graph(), op, input);
  const Tensor& to = graph::output(lowering.graph(), op, output);
  walk.simplify();
  if (from.bytes() == to.bytes() && walk.is_whole(to.bytes())) {
    lowering.alias(op.outputs[output], op.inputs[input]);
    return;
  }
  lowering.emit(op,
                nn::OpCode::kCopy,
                walk.params(),
                {lowering.input_of(op, input)},
                lowering.output_of(op, output));
}

void lower_transpose(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const std::vector<std::size_t> permutation = graph::permutation_of(lowering.graph(), op);
  const std::vector<std::int64_t> from = dense_steps(in.dims, unit_of(in));
  Dims dims;
  for (const std::size_t axis : permutation) {
    dims.push_back(in.dims[axis]);
  }
  const std::vector<std::int64_t> to = dense_steps(dims, unit_of(in));
  CopyWalk walk;
  walk.element_bytes = unit_of(in);
  for (std::size_t i = 0; i < dims.size(); ++i) {
    walk.dims.push_back({dims[i], from[permutation[i]], to[i]});
  }
  move(lowering, op, walk, 0, 0);
}

void lower_slice(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const std::vector<graph::SliceRange> ranges = graph::slice_ranges(lowering.graph(), op);
  const std::vector<std::int64_t> from = dense_steps(in.dims, unit_of(in));
  Dims dims;
  for (const graph::SliceRange& range : ranges) {
    dims.push_back(range.count);
  }
  const std::vector<std::int64_t> to = dense_steps(dims, unit_of(in));
  CopyWalk walk;
  walk.element_bytes = unit_of(in);
  for (std::size_t i = 0; i < dims.size(); ++i) {
    walk.input_start += static_cast<std::uint64_t>(ranges[i].start * from[i]);
    walk.dims.push_back({dims[i], ranges[i].step * from[i], to[i]});
  }
  move(lowering, op, walk, 0, 0);
}

/// A tensor around one of its axes: `outer` rows, of which one step along the axis has `bytes`.
struct Around {
  std::uint32_t outer = 1;
  std::uint64_t bytes = 1;
};

Around around(const Tensor& tensor, std::size_t axis) {
  Around result{1, unit_of(tensor)};
  for (std::size_t i = 0; i < tensor.dims.size(); ++i) {
    if (i < axis) {
      result.outer *= tensor.dims[i];
    } else if (i > axis) {
      result.bytes *= tensor.dims[i];
    }
  }
  return result;
}

/// `length` cells along the axis, from and to these cells of rows of that many cells.
CopyWalk rows_of(const Around& around,
                 std::uint32_t length,
                 std::uint64_t from,
                 std::uint64_t from_row,
                 std::uint64_t to,
                 std::uint64_t to_row) {
  CopyWalk walk;
  walk.input_start = from * around.bytes;
  walk.output_start = to * around.bytes;
  walk.element_bytes = narrow32(length * around.bytes);
  walk.dims = {{around.outer,
                static_cast<std::int64_t>(from_row * around.bytes),
                static_cast<std::int64_t>(to_row * around.bytes)}};
  return walk;
}

void lower_split(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 1);
  const std::size_t axis = graph::axis_of(lowering.graph(), op);
  const std::uint32_t total = in.dims[axis];
  const std::uint32_t part = total / static_cast<std::uint32_t>(op.outputs.size());
  for (std::size_t i = 0; i < op.outputs.size(); ++i) {
    move(lowering, op, rows_of(around(in, axis), part, i * part, total, 0, part), 1, i);
  }
}

/// Whether codes of `from` mean something else as codes of `to`.
bool must_requantise(const Tensor& from, const Tensor& to) {
  const bool codes = from.type == nn::ElementType::kInt8 || from.type == nn::ElementType::kUint8;
  return codes && from.scales.size() == 1 && to.scales.size() == 1 &&
         (from.scale() != to.scale() || from.zero_point() != to.zero_point());
}

/// Input `index` of a CONCATENATION as a buffer in the quantisation of its output.
std::size_t operand_of(Lowering& lowering, const Operator& op, std::size_t index) {
  const Tensor& in = graph::input(lowering.graph(), op, index);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  const std::size_t buffer = lowering.input_of(op, index);
  if (!must_requantise(in, out)) {
    return buffer;
  }
  const std::size_t requantised = lowering.scratch_buffer(in.name + " requantised", in.bytes());
  lowering.emit_table(op, requantising_table(op, in, out), buffer, requantised, in.elements());
  return requantised;
}

void lower_concatenation(Lowering& lowering, const Operator& op) {
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  if (op.options.activation != graph::Activation::kNone) {
    graph::refuse(op,
                  "has an activation, which no kernel does there; put it behind as an operator");
  }
  const std::size_t axis = graph::axis_of(lowering.graph(), op);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    total += graph::input(lowering.graph(), op, i).dims[axis];
  }
  if (op.inputs.size() == 1 && !must_requantise(graph::input(lowering.graph(), op, 0), out)) {
    lowering.alias(op.outputs[0], op.inputs[0]);
    return;
  }
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const Tensor& in = graph::input(lowering.graph(), op, i);
    CopyWalk walk = rows_of(around(in, axis), in.dims[axis], 0, in.dims[axis], at, total);
    walk.simplify();
    const std::size_t operand = operand_of(lowering, op, i);
    lowering.emit(op, nn::OpCode::kCopy, walk.params(), {operand}, lowering.output_of(op, 0));
    at += in.dims[axis];
  }
}

/// All of the input into the middle of the output.
CopyWalk into_middle(const Tensor& in,
                     const Dims& out,
                     const std::vector<graph::AxisPadding>& paddings) {
  const std::vector<std::int64_t> from = dense_steps(in.dims, unit_of(in));
  const std::vector<std::int64_t> to = dense_steps(out, unit_of(in));
  CopyWalk walk;
  walk.element_bytes = unit_of(in);
  for (std::size_t i = 0; i < in.dims.size(); ++i) {
    walk.output_start += static_cast<std::uint64_t>(paddings[i].before * to[i]);
    walk.dims.push_back({in.dims[i], from[i], to[i]});
  }
  return walk;
}

/// The bytes of one element that PAD or PADV2 puts around its input.
std::vector<std::byte> padding_element(const Lowering& lowering, const Operator& op) {
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  if (op.kind == graph::Kind::kPadV2) {
    const Tensor& value = graph::input(lowering.graph(), op, 2);
    if (!value.constant || value.elements() != 1) {
      graph::refuse(op, "its value is no constant of one element; make it one and convert again");
    }
    return value.data;
  }
  std::vector<std::byte> element(unit_of(out), std::byte{0});
  if (element.size() == 1 && out.type != nn::ElementType::kBool) {
    element[0] = static_cast<std::byte>(out.zero_point() & 0xFF);
  }
  return element;
}

void fill(Lowering& lowering, const Operator& op) {
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  const std::vector<std::byte> element = padding_element(lowering, op);
  const std::size_t output = lowering.output_of(op, 0);
  const bool one_byte = std::all_of(
      element.begin(), element.end(), [&](std::byte byte) { return byte == element[0]; });
  if (one_byte) {
    nn::Fill params;
    params.bytes = narrow32(out.bytes());
    params.value = std::to_integer<std::uint32_t>(element[0]);
    lowering.emit(op, nn::OpCode::kFill, params, {}, output);
    return;
  }
  CopyWalk walk;  // the same element again and again
  walk.element_bytes = unit_of(out);
  walk.dims = {{narrow32(out.elements()), 0, unit_of(out)}};
  lowering.emit(op, nn::OpCode::kCopy, walk.params(), {lowering.input_of(op, 2)}, output);
}

void lower_pad(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const std::vector<graph::AxisPadding> paddings = graph::paddings_of(lowering.graph(), op);
  Dims padded = in.dims;
  for (std::size_t i = 0; i < padded.size(); ++i) {
    padded[i] += paddings[i].before + paddings[i].after;
  }
  if (padded != in.dims) {
    fill(lowering, op);
  }
  move(lowering, op, into_middle(in, padded, paddings), 0, 0);
}

}  // namespace

void lower_movement(Lowering& lowering, const Operator& op) {
  switch (op.kind) {
    case graph::Kind::kTranspose:
      return lower_transpose(lowering, op);
    case graph::Kind::kSlice:
    case graph::Kind::kStridedSlice:
      return lower_slice(lowering, op);
    case graph::Kind::kSplit:
      return lower_split(lowering, op);
    case graph::Kind::kConcatenation:
      return lower_concatenation(lowering, op);
    case graph::Kind::kPad:
    case graph::Kind::kPadV2:
      return lower_pad(lowering, op);
    default:  // RESHAPE, SQUEEZE, EXPAND_DIMS
      return lowering.alias(op.outputs[0], op.inputs[0]);
  }
}

}  // namespace aiot::toolkit
