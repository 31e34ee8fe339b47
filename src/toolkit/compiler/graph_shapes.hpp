// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiot/toolkit/compiler/graph.hpp"

/// Shapes that operators give their outputs, by TFLite's rules. Everything throws `Refusal` for
/// shapes and parameters that do not fit each other; arity and types have been checked before.
namespace aiot::toolkit::graph {

using Dims = std::vector<std::uint32_t>;

/// Tensor `index` of the operator's inputs.
const Tensor& input(const Graph& graph, const Operator& op, std::size_t index);

/// Tensor `index` of the operator's outputs.
const Tensor& output(const Graph& graph, const Operator& op, std::size_t index);

/// Whether optional input `index` is there.
bool has_input(const Operator& op, std::size_t index);

/// Input `index`, a constant of integers such as axes or paddings; `role` names it in a message.
std::vector<std::int64_t> constant_ints(const Graph& graph,
                                        const Operator& op,
                                        std::size_t index,
                                        const char* role);

/// `axis`, counted from the end when negative, as an index below `rank`.
std::size_t resolve_axis(const Operator& op, std::int64_t axis, std::size_t rank);

/// One direction of a sliding window: cells of the output, and of padding in front of the image.
struct Slide {
  std::uint32_t out = 0;
  std::uint32_t pad = 0;
};

struct Window {
  std::uint32_t kernel_h = 0;
  std::uint32_t kernel_w = 0;
  Slide rows;
  Slide columns;
};

/// Window of a convolution or pool over its input 0.
Window window_of(const Graph& graph, const Operator& op);

/// Which axes of its input a MEAN reduces.
std::vector<bool> reduced_axes(const Graph& graph, const Operator& op);

/// What SLICE and STRIDED_SLICE take along one axis: start, start + step, ..., `count` of them.
struct SliceRange {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::uint32_t count = 0;
  bool shrink = false;  ///< the axis is not in the output
};

std::vector<SliceRange> slice_ranges(const Graph& graph, const Operator& op);

/// Axis of CONCATENATION or SPLIT.
std::size_t axis_of(const Graph& graph, const Operator& op);

/// Cells that PAD and PADV2 put around each axis.
struct AxisPadding {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
};

std::vector<AxisPadding> paddings_of(const Graph& graph, const Operator& op);

/// For each axis of TRANSPOSE's output, the axis of its input.
std::vector<std::size_t> permutation_of(const Graph& graph, const Operator& op);

/// Shape of every output of `op`.
std::vector<Dims> output_dims(const Graph& graph, const Operator& op);

}  // namespace aiot::toolkit::graph
