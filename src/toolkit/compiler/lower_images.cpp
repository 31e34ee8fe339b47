// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/lower_images.hpp"

#include <algorithm>
#include <string>

#include "src/toolkit/compiler/graph_refusal.hpp"
#include "src/toolkit/compiler/lower_operators.hpp"
#include "src/toolkit/compiler/quantisation.hpp"

namespace aiot::toolkit {
namespace {

using graph::Operator;
using graph::Tensor;

std::uint16_t narrow16(const Operator& op, std::uint32_t value, const char* what) {
  constexpr std::uint32_t kMost = 0xFFFF;
  if (value > kMost) {
    graph::refuse(op,
                  std::string(what) + " is " + std::to_string(value) +
                      ", more than 65535; use smaller images");
  }
  return static_cast<std::uint16_t>(value);
}

/// Pools average or compare codes: both sides must mean the same by them.
void require_same_quantisation(const Operator& op, const Tensor& in, const Tensor& out) {
  constexpr float kTolerance = 1e-6F;
  if (in.zero_point() != out.zero_point() ||
      std::max(in.scale(), out.scale()) - std::min(in.scale(), out.scale()) > kTolerance) {
    graph::refuse(op,
                  "its input and output have different scales or zero points; quantise the model "
                  "again with a current converter");
  }
}

}  // namespace

WindowedShapes windowed_shapes(const Lowering& lowering,
                               const Operator& op,
                               std::uint32_t channels) {
  const graph::Dims& in = graph::input(lowering.graph(), op, 0).dims;
  const graph::Window window = graph::window_of(lowering.graph(), op);
  const graph::Options& o = op.options;
  return {{narrow16(op, in[0], "its batch"),
           narrow16(op, in[1], "the height of its input"),
           narrow16(op, in[2], "the width of its input"),
           narrow16(op, in[3], "the number of its input's channels"),
           narrow16(op, window.rows.out, "the height of its output"),
           narrow16(op, window.columns.out, "the width of its output"),
           narrow16(op, channels, "the number of its output's channels"),
           0},
          {narrow16(op, window.kernel_h, "the height of its window"),
           narrow16(op, window.kernel_w, "the width of its window"),
           narrow16(op, o.stride_h, "its stride"),
           narrow16(op, o.stride_w, "its stride"),
           narrow16(op, o.dilation_h, "its dilation"),
           narrow16(op, o.dilation_w, "its dilation"),
           narrow16(op, window.rows.pad, "its padding"),
           narrow16(op, window.columns.pad, "its padding")}};
}

void lower_pool(Lowering& lowering, const Operator& op) {
  const Tensor& in = graph::input(lowering.graph(), op, 0);
  const Tensor& out = graph::output(lowering.graph(), op, 0);
  require_same_quantisation(op, in, out);
  if (op.options.padding == graph::Padding::kExplicit) {
    graph::refuse(op, "pools have no explicit padding; keep the PAD in front of it");
  }
  const WindowedShapes shapes = windowed_shapes(lowering, op, in.dims[3]);
  constexpr std::uint64_t kMaxCells = std::uint64_t{1} << 23U;  // of 128 each: the sum fits
  const std::uint64_t cells = std::uint64_t{shapes.window.kernel_h} * shapes.window.kernel_w;
  if (cells > kMaxCells) {
    graph::refuse(op, "its window has more than 2^23 cells; the file is damaged");
  }
  nn::Pool2dS8 params;
  params.images = shapes.images;
  params.window = shapes.window;
  params.out = output_rules(out, op.options.activation);
  const bool average = op.kind == graph::Kind::kAveragePool2d;
  lowering.emit(op,
                average ? nn::OpCode::kAveragePool2dS8 : nn::OpCode::kMaxPool2dS8,
                params,
                {lowering.input_of(op, 0)},
                lowering.output_of(op, 0));
}

}  // namespace aiot::toolkit
