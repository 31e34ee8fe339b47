// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/graph_shapes.hpp"

#include <algorithm>
#include <string>

#include "aiot/core/bytes.hpp"
#include "src/toolkit/compiler/graph_refusal.hpp"

namespace aiot::toolkit::graph {
namespace {

/// More than any padding, kernel or dim of an image: products of two stay far inside of 64 bits.
constexpr std::int64_t kMaxExtent = 0x7FFF'FFFF;

std::uint32_t extent(const Operator& op, std::int64_t value, const char* what) {
  if (value < 1 || value > kMaxExtent) {
    refuse(op, std::string(what) + " is " + std::to_string(value) + "; the file is damaged");
  }
  return static_cast<std::uint32_t>(value);
}

void require_rank(const Operator& op, const Tensor& tensor, std::size_t rank) {
  if (tensor.dims.size() != rank) {
    refuse(op,
           "tensor '" + tensor.name + "' has shape " + text_of(tensor.dims) + ", not " +
               std::to_string(rank) + " dimensions; the file is damaged");
  }
}

Slide slide(const Operator& op,
            std::uint32_t in,
            std::uint32_t kernel,
            std::uint32_t stride,
            std::uint32_t dilation,
            AxisPadding pad) {
  if (kernel == 0 || stride == 0 || dilation == 0) {
    refuse(op, "a kernel, stride or dilation is 0; the file is damaged");
  }
  const std::int64_t covers = (std::int64_t{kernel} - 1) * dilation + 1;
  if (op.options.padding == Padding::kSame) {
    const std::int64_t out = (std::int64_t{in} + stride - 1) / stride;
    const std::int64_t missing = (out - 1) * stride + covers - in;
    return {extent(op, out, "the height or width of its output"),
            static_cast<std::uint32_t>(std::clamp<std::int64_t>(missing / 2, 0, kMaxExtent))};
  }
  const bool valid = op.options.padding == Padding::kValid;
  const std::int64_t padded = valid ? std::int64_t{in} : std::int64_t{in} + pad.before + pad.after;
  if (covers > padded) {
    refuse(op, "its window is larger than its image; use padding SAME or a larger image");
  }
  return {extent(op, (padded - covers) / stride + 1, "the height or width of its output"),
          valid ? 0U : pad.before};
}

Window placed(const Operator& op,
              const Tensor& image,
              std::uint32_t kernel_h,
              std::uint32_t kernel_w) {
  const Options& o = op.options;
  require_rank(op, image, 4);
  return {kernel_h,
          kernel_w,
          slide(op, image.dims[1], kernel_h, o.stride_h, o.dilation_h, {o.pad_top, o.pad_bottom}),
          slide(op, image.dims[2], kernel_w, o.stride_w, o.dilation_w, {o.pad_left, o.pad_right})};
}

Dims windowed(const Graph& graph, const Operator& op, std::uint32_t channels) {
  const Window window = window_of(graph, op);  // the image has four dims
  return {input(graph, op, 0).dims[0], window.rows.out, window.columns.out, channels};
}

Dims conv_dims(const Graph& graph, const Operator& op) {
  require_rank(op, input(graph, op, 1), 4);
  const Dims& weights = input(graph, op, 1).dims;
  Dims dims = windowed(graph, op, weights[0]);
  const std::uint32_t in_c = input(graph, op, 0).dims[3];
  if (in_c % weights[3] != 0 || weights[0] % (in_c / weights[3]) != 0) {
    refuse(op,
           "weights " + text_of(weights) + " do not divide " + std::to_string(in_c) +
               " input channels into groups; the file is damaged");
  }
  return dims;
}

Dims depthwise_dims(const Graph& graph, const Operator& op) {
  require_rank(op, input(graph, op, 1), 4);
  const Dims& weights = input(graph, op, 1).dims;
  Dims dims = windowed(graph, op, weights[3]);
  const std::uint32_t in_c = input(graph, op, 0).dims[3];
  const std::uint32_t multiplier = op.options.depth_multiplier;
  if (weights[0] != 1 || weights[3] % in_c != 0 ||
      (multiplier != 0 && multiplier != weights[3] / in_c)) {
    refuse(op,
           "weights " + text_of(weights) + " do not fit " + std::to_string(in_c) +
               " input channels and depth multiplier " + std::to_string(multiplier) +
               "; the file is damaged");
  }
  return dims;
}

Dims fully_connected_dims(const Graph& graph, const Operator& op) {
  const Tensor& in = input(graph, op, 0);
  const Tensor& weights = input(graph, op, 1);
  require_rank(op, weights, 2);
  const std::uint32_t depth = weights.dims[1];
  if (depth == 0 || in.elements() % depth != 0) {
    refuse(op,
           "input " + text_of(in.dims) + " does not divide into rows of " + std::to_string(depth) +
               "; the file is damaged");
  }
  Dims dims = {static_cast<std::uint32_t>(in.elements() / depth)};
  if (op.options.keep_num_dims && !in.dims.empty() && in.dims.back() == depth) {
    dims = in.dims;
    dims.pop_back();
  }
  dims.push_back(weights.dims[0]);
  return dims;
}

Dims pool_dims(const Graph& graph, const Operator& op) {
  require_rank(op, input(graph, op, 0), 4);
  return windowed(graph, op, input(graph, op, 0).dims[3]);
}

Dims mean_dims(const Graph& graph, const Operator& op) {
  const Dims& in = input(graph, op, 0).dims;
  const std::vector<bool> reduced = reduced_axes(graph, op);
  Dims dims;
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    if (!reduced[axis]) {
      dims.push_back(in[axis]);
    } else if (op.options.keep_dims) {
      dims.push_back(1);
    }
  }
  return dims;
}

Dims broadcast_dims(const Graph& graph, const Operator& op) {
  Dims a = input(graph, op, 0).dims;
  Dims b = input(graph, op, 1).dims;
  const std::size_t rank = std::max(a.size(), b.size());
  a.insert(a.begin(), rank - a.size(), 1);
  b.insert(b.begin(), rank - b.size(), 1);
  for (std::size_t i = 0; i < rank; ++i) {
    if (a[i] != b[i] && a[i] != 1 && b[i] != 1) {
      refuse(op,
             "shapes " + text_of(input(graph, op, 0).dims) + " and " +
                 text_of(input(graph, op, 1).dims) + " do not broadcast; the file is damaged");
    }
    a[i] = std::max(a[i], b[i]);
  }
  return a;
}

Dims concatenation_dims(const Graph& graph, const Operator& op) {
  const std::size_t axis = axis_of(graph, op);
  Dims dims = input(graph, op, 0).dims;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    Dims other = input(graph, op, i).dims;
    if (other.size() == dims.size()) {
      total += other[axis];
      other[axis] = dims[axis];
    }
    if (other != dims) {
      refuse(op,
             "its inputs have shapes " + text_of(dims) + " and " +
                 text_of(input(graph, op, i).dims) + "; the file is damaged");
    }
  }
  dims[axis] = extent(op, total, "its length");
  return dims;
}

Dims padded_dims(const Graph& graph, const Operator& op) {
  Dims dims = input(graph, op, 0).dims;
  const std::vector<AxisPadding> paddings = paddings_of(graph, op);
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    dims[axis] = extent(op,
                        std::int64_t{dims[axis]} + paddings[axis].before + paddings[axis].after,
                        "a dimension of its output");
  }
  return dims;
}

/// A new shape with at most one -1, which takes what is left of `elements`.
Dims reshaped(const Operator& op, const std::vector<std::int64_t>& shape, std::uint64_t elements) {
  Dims dims;
  std::uint64_t known = 1;
  std::size_t open = shape.size();
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool left_open = shape[i] == -1 && open == shape.size();
    open = left_open ? i : open;
    dims.push_back(left_open ? 1U : extent(op, shape[i], "a dimension of its new shape"));
    known = std::min<std::uint64_t>(known * dims.back(), std::uint64_t{1} << 32U);
  }
  if (open < shape.size() && elements % known == 0) {
    dims[open] = static_cast<std::uint32_t>(elements / known);
  }
  return dims;
}

/// TFLite has written the result into the shape of the output; without one, the request counts.
Dims reshape_dims(const Graph& graph, const Operator& op) {
  const Tensor& out = output(graph, op, 0);
  const std::uint64_t elements = input(graph, op, 0).elements();
  if (out.elements() == elements) {
    return out.dims;
  }
  std::vector<std::int64_t> shape(op.options.shape.begin(), op.options.shape.end());
  if (has_input(op, 1) && input(graph, op, 1).constant) {
    shape = constant_ints(graph, op, 1, "shape");
  }
  return reshaped(op, shape, elements);
}

Dims squeezed_dims(const Graph& graph, const Operator& op) {
  const Dims& in = input(graph, op, 0).dims;
  std::vector<bool> drop(in.size(), op.options.shape.empty());
  for (const std::int32_t axis : op.options.shape) {
    drop[resolve_axis(op, axis, in.size())] = true;
  }
  Dims dims;
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    if (!drop[axis] || in[axis] != 1) {
      dims.push_back(in[axis]);
    }
  }
  return dims;
}

Dims expanded_dims(const Graph& graph, const Operator& op) {
  Dims dims = input(graph, op, 0).dims;
  const std::vector<std::int64_t> axis = constant_ints(graph, op, 1, "axis");
  if (axis.size() != 1) {
    refuse(op, "its axis is not one number; the file is damaged");
  }
  const std::size_t at = resolve_axis(op, axis[0], dims.size() + 1);
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(at), 1);
  return dims;
}

Dims transposed_dims(const Graph& graph, const Operator& op) {
  const Dims& in = input(graph, op, 0).dims;
  Dims dims;
  for (const std::size_t axis : permutation_of(graph, op)) {
    dims.push_back(in[axis]);
  }
  return dims;
}

Dims sliced_dims(const Graph& graph, const Operator& op) {
  Dims dims;
  for (const SliceRange& range : slice_ranges(graph, op)) {
    if (!range.shrink) {
      dims.push_back(range.count);
    }
  }
  return dims;
}

std::vector<Dims> split_dims(const Graph& graph, const Operator& op) {
  Dims dims = input(graph, op, 1).dims;
  const std::size_t axis = axis_of(graph, op);
  const std::size_t parts = op.outputs.size();
  if (dims[axis] % parts != 0) {
    refuse(op,
           "shape " + text_of(dims) + " does not split into " + std::to_string(parts) +
               " equal parts; the file is damaged");
  }
  dims[axis] /= static_cast<std::uint32_t>(parts);
  return std::vector<Dims>(parts, dims);
}

SliceRange plain_range(const Operator& op,
                       std::int64_t begin,
                       std::int64_t size,
                       std::int64_t dim) {
  const std::int64_t count = size == -1 ? dim - begin : size;
  if (begin < 0 || begin > dim || count < 1 || count > dim - begin) {
    refuse(op, "a slice leaves its input; the file is damaged");
  }
  return {begin, 1, static_cast<std::uint32_t>(count), false};
}

/// One axis of STRIDED_SLICE. Source: the TFLite reference kernel.
SliceRange strided_range(const Operator& op,
                         std::size_t axis,
                         std::int64_t begin,
                         std::int64_t end,
                         std::int64_t step,
                         std::int64_t dim) {
  const auto masked = [axis](std::uint32_t mask) { return ((mask >> axis) & 1U) != 0; };
  const bool forward = step > 0;
  const std::int64_t lowest = forward ? 0 : -1;
  const std::int64_t highest = forward ? dim : dim - 1;
  std::int64_t start = std::clamp(begin < 0 ? begin + dim : begin, lowest, highest);
  if (masked(op.options.begin_mask)) {
    start = forward ? 0 : dim - 1;
  }
  if (masked(op.options.shrink_axis_mask)) {
    if (start < 0 || start >= dim) {
      refuse(op, "a slice leaves its input; the file is damaged");
    }
    return {start, 1, 1, true};
  }
  std::int64_t stop = op.options.end_is_distance ? end + start : end;
  stop = std::clamp(stop < 0 ? stop + dim : stop, lowest, highest);
  if (masked(op.options.end_mask)) {
    stop = forward ? dim : -1;
  }
  const std::int64_t span = forward ? stop - start : start - stop;
  const std::int64_t stride = forward ? step : -step;
  const std::int64_t count = span > 0 ? (span - 1) / stride + 1 : 0;
  return {start, step, extent(op, count, "the length of a slice"), false};
}

std::vector<SliceRange> strided_ranges(const Graph& graph, const Operator& op) {
  const Dims& dims = input(graph, op, 0).dims;
  const std::vector<std::int64_t> begin = constant_ints(graph, op, 1, "begin");
  const std::vector<std::int64_t> end = constant_ints(graph, op, 2, "end");
  const std::vector<std::int64_t> step = constant_ints(graph, op, 3, "strides");
  if (op.options.ellipsis_mask != 0 || op.options.new_axis_mask != 0) {
    refuse(op, "ellipsis and new axes are not supported; name every axis in begin and end");
  }
  if (begin.size() > dims.size() || end.size() != begin.size() || step.size() != begin.size()) {
    refuse(op, "begin, end and strides do not fit its input; the file is damaged");
  }
  std::vector<SliceRange> ranges;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (axis >= begin.size()) {
      ranges.push_back({0, 1, dims[axis], false});
      continue;
    }
    if (step[axis] == 0) {
      refuse(op, "a stride is 0; the file is damaged");
    }
    ranges.push_back(strided_range(op, axis, begin[axis], end[axis], step[axis], dims[axis]));
  }
  return ranges;
}

}  // namespace

const Tensor& input(const Graph& graph, const Operator& op, std::size_t index) {
  return graph.tensors.at(static_cast<std::size_t>(op.inputs.at(index)));
}

const Tensor& output(const Graph& graph, const Operator& op, std::size_t index) {
  return graph.tensors.at(static_cast<std::size_t>(op.outputs.at(index)));
}

bool has_input(const Operator& op, std::size_t index) {
  return index < op.inputs.size() && op.inputs[index] != kAbsent;
}

std::vector<std::int64_t> constant_ints(const Graph& graph,
                                        const Operator& op,
                                        std::size_t index,
                                        const char* role) {
  constexpr std::size_t kMaxValues = 64;  // far more than two per axis
  const Tensor& tensor = input(graph, op, index);
  const bool wide = tensor.type == nn::ElementType::kInt64;
  const std::size_t size = wide ? 8 : 4;
  if (!tensor.constant) {
    refuse(op,
           std::string("its ") + role +
               " is computed while the model runs; make it a constant and convert again");
  }
  if ((!wide && tensor.type != nn::ElementType::kInt32) || tensor.data.size() > kMaxValues * size ||
      tensor.data.size() != tensor.bytes()) {
    refuse(op,
           std::string("its ") + role + " is not a short list of integers; the file is damaged");
  }
  std::vector<std::int64_t> values;
  for (std::size_t at = 0; at < tensor.data.size(); at += size) {
    const std::byte* from = &tensor.data[at];
    const std::int64_t value = wide ? static_cast<std::int64_t>(load_le64(from))
                                    : static_cast<std::int32_t>(load_le32(from));
    // What does not fit 32 bits stands for "to the end"; sums of these can not overflow.
    values.push_back(std::clamp<std::int64_t>(value, INT32_MIN, INT32_MAX));
  }
  return values;
}

std::size_t resolve_axis(const Operator& op, std::int64_t axis, std::size_t rank) {
  const auto dims = static_cast<std::int64_t>(rank);
  const std::int64_t index = axis < 0 ? axis + dims : axis;
  if (index < 0 || index >= dims) {
    refuse(op,
           "axis " + std::to_string(axis) + " of " + std::to_string(rank) +
               " dimensions; the file is damaged");
  }
  return static_cast<std::size_t>(index);
}

Window window_of(const Graph& graph, const Operator& op) {
  const Tensor& image = input(graph, op, 0);
  if (op.kind == Kind::kAveragePool2d || op.kind == Kind::kMaxPool2d) {
    return placed(op, image, op.options.filter_h, op.options.filter_w);
  }
  const Tensor& weights = input(graph, op, 1);
  require_rank(op, weights, 4);
  return placed(op, image, weights.dims[1], weights.dims[2]);
}

std::vector<bool> reduced_axes(const Graph& graph, const Operator& op) {
  std::vector<bool> reduced(input(graph, op, 0).dims.size(), false);
  for (const std::int64_t axis : constant_ints(graph, op, 1, "axes")) {
    reduced[resolve_axis(op, axis, reduced.size())] = true;
  }
  return reduced;
}

std::vector<SliceRange> slice_ranges(const Graph& graph, const Operator& op) {
  if (op.kind == Kind::kStridedSlice) {
    return strided_ranges(graph, op);
  }
  const Dims& dims = input(graph, op, 0).dims;
  const std::vector<std::int64_t> begin = constant_ints(graph, op, 1, "begin");
  const std::vector<std::int64_t> size = constant_ints(graph, op, 2, "size");
  if (begin.size() != dims.size() || size.size() != dims.size()) {
    refuse(op, "begin and size do not fit its input; the file is damaged");
  }
  std::vector<SliceRange> ranges;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    ranges.push_back(plain_range(op, begin[axis], size[axis], dims[axis]));
  }
  return ranges;
}

std::size_t axis_of(const Graph& graph, const Operator& op) {
  if (op.kind == Kind::kConcatenation) {
    return resolve_axis(op, op.options.axis, input(graph, op, 0).dims.size());
  }
  const std::vector<std::int64_t> axis = constant_ints(graph, op, 0, "axis");
  if (axis.size() != 1) {
    refuse(op, "its axis is not one number; the file is damaged");
  }
  return resolve_axis(op, axis[0], input(graph, op, 1).dims.size());
}

std::vector<AxisPadding> paddings_of(const Graph& graph, const Operator& op) {
  const std::vector<std::int64_t> values = constant_ints(graph, op, 1, "paddings");
  const std::size_t rank = input(graph, op, 0).dims.size();
  if (values.size() != 2 * rank ||
      std::any_of(values.begin(), values.end(), [](std::int64_t v) { return v < 0; })) {
    refuse(op, "its paddings do not fit its input; the file is damaged");
  }
  std::vector<AxisPadding> paddings;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    paddings.push_back({static_cast<std::uint32_t>(values[2 * axis]),
                        static_cast<std::uint32_t>(values[2 * axis + 1])});
  }
  return paddings;
}

std::vector<std::size_t> permutation_of(const Graph& graph, const Operator& op) {
  const std::size_t rank = input(graph, op, 0).dims.size();
  std::vector<std::size_t> permutation;
  std::vector<bool> seen(rank, false);
  for (const std::int64_t axis : constant_ints(graph, op, 1, "permutation")) {
    permutation.push_back(resolve_axis(op, axis, rank));
    seen[permutation.back()] = true;
  }
  if (permutation.size() != rank || std::count(seen.begin(), seen.end(), false) != 0) {
    refuse(op, "its permutation does not name every axis once; the file is damaged");
  }
  return permutation;
}

std::vector<Dims> output_dims(const Graph& graph, const Operator& op) {
  switch (op.kind) {
    case Kind::kConv2d:
      return {conv_dims(graph, op)};
    case Kind::kDepthwiseConv2d:
      return {depthwise_dims(graph, op)};
    case Kind::kAveragePool2d:
    case Kind::kMaxPool2d:
      return {pool_dims(graph, op)};
    case Kind::kFullyConnected:
      return {fully_connected_dims(graph, op)};
    case Kind::kMean:
      return {mean_dims(graph, op)};
    case Kind::kAdd:
    case Kind::kSub:
    case Kind::kMul:
      return {broadcast_dims(graph, op)};
    case Kind::kConcatenation:
      return {concatenation_dims(graph, op)};
    case Kind::kPad:
    case Kind::kPadV2:
      return {padded_dims(graph, op)};
    case Kind::kReshape:
      return {reshape_dims(graph, op)};
    case Kind::kSqueeze:
      return {squeezed_dims(graph, op)};
    case Kind::kExpandDims:
      return {expanded_dims(graph, op)};
    case Kind::kTranspose:
      return {transposed_dims(graph, op)};
    case Kind::kSlice:
    case Kind::kStridedSlice:
      return {sliced_dims(graph, op)};
    case Kind::kSplit:
      return split_dims(graph, op);
    case Kind::kDequantize:
    case Kind::kLogistic:
    case Kind::kRelu:
    case Kind::kReluN1To1:
    case Kind::kRelu6:
    case Kind::kSoftmax:
    case Kind::kTanh:
    case Kind::kLeakyRelu:
    case Kind::kQuantize:
      return {input(graph, op, 0).dims};
  }
  refuse(op, "is not known to the compiler");
}

}  // namespace aiot::toolkit::graph
