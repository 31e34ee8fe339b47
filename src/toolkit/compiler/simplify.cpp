// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <optional>

#include "aiot/nn/quant.hpp"
#include "aiot/toolkit/compiler/compile.hpp"

namespace aiot::toolkit {
namespace {

using graph::Graph;
using graph::Kind;
using graph::Operator;
using graph::Tensor;

/// Padding is a 16-bit number in the parameters of a window.
constexpr std::uint64_t kMostPadding = 0xFFFF;

std::string describe(const Operator& op) {
  std::string text = graph::name_of(op.kind);
  for (std::size_t i = 0; i < op.sources.size(); ++i) {
    text += (i == 0 ? " (operator " : ", ") + std::to_string(op.sources[i]);
  }
  return text + (op.sources.empty() ? "" : ")");
}

bool is_output(const Graph& graph, std::int32_t tensor) {
  return std::find(graph.outputs.begin(),
                   graph.outputs.end(),
                   static_cast<std::uint32_t>(tensor)) != graph.outputs.end();
}

const Tensor& tensor_of(const Graph& graph, std::int32_t index) {
  return graph.tensors[static_cast<std::size_t>(index)];
}

/// Integers of a constant of type int32 or int64.
std::optional<std::vector<std::int64_t>> integers(const Tensor& tensor) {
  if (!tensor.constant ||
      (tensor.type != nn::ElementType::kInt32 && tensor.type != nn::ElementType::kInt64)) {
    return std::nullopt;
  }
  const std::size_t size = nn::element_bytes(tensor.type);
  std::vector<std::int64_t> values;
  for (std::size_t at = 0; at + size <= tensor.data.size(); at += size) {
    const std::byte* from = &tensor.data[at];
    values.push_back(size == 4 ? static_cast<std::int32_t>(load_le32(from))
                               : static_cast<std::int64_t>(load_le64(from)));
  }
  return values;
}

bool same_quantisation(const Tensor& a, const Tensor& b) {
  return a.type == b.type && a.scales.size() == 1 && b.scales.size() == 1 &&
         a.scale() == b.scale() && a.zero_point() == b.zero_point();
}

/// The bytes of `from` in the order of its axes `permutation`.
std::optional<std::vector<std::byte>> transposed(const Tensor& from,
                                                 const std::vector<std::int64_t>& permutation) {
  const std::size_t rank = from.dims.size();
  const std::size_t size = nn::element_bytes(from.type);
  std::vector<std::size_t> steps(rank, size);
  for (std::size_t i = rank; i-- > 1;) {
    steps[i - 1] = steps[i] * from.dims[i];
  }
  std::vector<bool> seen(rank, false);
  for (const std::int64_t axis : permutation) {
    if (axis < 0 || static_cast<std::size_t>(axis) >= rank ||
        seen[static_cast<std::size_t>(axis)]) {
      return std::nullopt;
    }
    seen[static_cast<std::size_t>(axis)] = true;
  }
  if (permutation.size() != rank) {
    return std::nullopt;
  }
  std::vector<std::byte> out;
  out.reserve(from.data.size());
  std::vector<std::uint32_t> index(rank, 0);
  for (std::size_t done = 0; done < from.data.size(); done += size) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < rank; ++i) {
      at += index[i] * steps[static_cast<std::size_t>(permutation[i])];
    }
    out.insert(out.end(),
               from.data.begin() + static_cast<std::ptrdiff_t>(at),
               from.data.begin() + static_cast<std::ptrdiff_t>(at + size));
    for (std::size_t i = rank; i-- > 0;) {
      if (++index[i] < from.dims[static_cast<std::size_t>(permutation[i])]) {
        break;
      }
      index[i] = 0;
    }
  }
  return out;
}

/// Floats as int8 by the rules of QUANTIZE.
std::vector<std::byte> quantized(const Tensor& from, const Tensor& to) {
  std::vector<std::byte> out;
  for (std::size_t at = 0; at + 4 <= from.data.size(); at += 4) {
    const auto value = std::bit_cast<float>(load_le32(&from.data[at]));
    out.push_back(static_cast<std::byte>(nn::quantize(value, {to.scale(), to.zero_point()})));
  }
  return out;
}

/// The bytes of the output of `op`, whose inputs are constants; nothing where it is left to run.
std::optional<std::vector<std::byte>> folded(const Graph& graph, const Operator& op) {
  const Tensor& from = tensor_of(graph, op.inputs[0]);
  const Tensor& to = tensor_of(graph, op.outputs[0]);
  switch (op.kind) {
    case Kind::kReshape:
    case Kind::kSqueeze:
    case Kind::kExpandDims:
      return from.data;
    case Kind::kTranspose: {
      const auto permutation = integers(tensor_of(graph, op.inputs[1]));
      return permutation.has_value() ? transposed(from, *permutation) : std::nullopt;
    }
    case Kind::kQuantize:
      if (from.type == nn::ElementType::kFloat32 && to.type == nn::ElementType::kInt8 &&
          to.scales.size() == 1) {
        return quantized(from, to);
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

bool fold(Graph& graph, const Operator& op, std::vector<std::string>& notes) {
  const bool constant = std::all_of(op.inputs.begin(), op.inputs.end(), [&](std::int32_t input) {
    return input == graph::kAbsent || tensor_of(graph, input).constant;
  });
  if (!constant || op.inputs.empty() || op.outputs.size() != 1 || is_output(graph, op.outputs[0])) {
    return false;
  }
  std::optional<std::vector<std::byte>> data = folded(graph, op);
  Tensor& output = graph.tensors[static_cast<std::size_t>(op.outputs[0])];
  if (!data.has_value() || data->size() != output.bytes()) {
    return false;
  }
  output.constant = true;
  output.data = std::move(*data);
  notes.push_back(describe(op) + " is a constant");
  return true;
}

struct Amount {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
};

struct Margins {
  Amount rows;
  Amount columns;
};

/// What `op` puts around height and width; nothing when it is not a PAD with the zero point of
/// these two axes only.
std::optional<Margins> margins_of(const Graph& graph, const Operator& op) {
  if ((op.kind != Kind::kPad && op.kind != Kind::kPadV2) || op.outputs.size() != 1 ||
      is_output(graph, op.outputs[0])) {
    return std::nullopt;
  }
  const Tensor& from = tensor_of(graph, op.inputs[0]);
  const Tensor& to = tensor_of(graph, op.outputs[0]);
  const auto amounts = integers(tensor_of(graph, op.inputs[1]));
  if (!amounts.has_value() || amounts->size() != 8 || from.dims.size() != 4 || from.constant ||
      from.type != nn::ElementType::kInt8 || !same_quantisation(from, to)) {
    return std::nullopt;
  }
  if (op.kind == Kind::kPadV2) {
    const Tensor& value = tensor_of(graph, op.inputs[2]);
    if (!value.constant || value.data.size() != 1 ||
        static_cast<std::int8_t>(value.data[0]) != to.zero_point()) {
      return std::nullopt;
    }
  }
  const std::vector<std::int64_t>& a = *amounts;
  const bool inside = std::all_of(a.begin(), a.end(), [](std::int64_t amount) {
    return amount >= 0 && amount <= static_cast<std::int64_t>(kMostPadding);
  });
  if (!inside || a[0] != 0 || a[1] != 0 || a[6] != 0 || a[7] != 0) {
    return std::nullopt;
  }
  const auto at = [&](std::size_t i) { return static_cast<std::uint64_t>(a[i]); };
  return Margins{{at(2), at(3)}, {at(4), at(5)}};
}

/// TFLite's SAME padding of one axis.
Amount same_padding(std::uint64_t in,
                    std::uint64_t kernel,
                    std::uint64_t stride,
                    std::uint64_t dilation) {
  const std::uint64_t out = (in + stride - 1) / stride;
  const std::uint64_t covered = (out - 1) * stride + (kernel - 1) * dilation + 1;
  const std::uint64_t total = covered > in ? covered - in : 0;
  return {total / 2, total - total / 2};
}

bool is_convolution(const Operator& op) {
  return op.kind == Kind::kConv2d || op.kind == Kind::kDepthwiseConv2d;
}

/// Padding of a convolution that reads an image with `margins` from one without them.
Margins padding_behind(const Graph& graph, const Operator& convolution, const Margins& margins) {
  const graph::Options& options = convolution.options;
  const std::vector<std::uint32_t>& image = tensor_of(graph, convolution.inputs[0]).dims;
  const std::vector<std::uint32_t>& kernel = tensor_of(graph, convolution.inputs[1]).dims;
  Amount rows{options.pad_top, options.pad_bottom};
  Amount columns{options.pad_left, options.pad_right};
  if (options.padding == graph::Padding::kSame) {
    rows = same_padding(image[1], kernel[1], options.stride_h, options.dilation_h);
    columns = same_padding(image[2], kernel[2], options.stride_w, options.dilation_w);
  } else if (options.padding == graph::Padding::kValid) {
    rows = {};
    columns = {};
  }
  return {{rows.before + margins.rows.before, rows.after + margins.rows.after},
          {columns.before + margins.columns.before, columns.after + margins.columns.after}};
}

bool fits(const Margins& margins) {
  return margins.rows.before <= kMostPadding && margins.rows.after <= kMostPadding &&
         margins.columns.before <= kMostPadding && margins.columns.after <= kMostPadding;
}

void set_padding(Operator& convolution, const Margins& margins) {
  graph::Options& options = convolution.options;
  options.padding = graph::Padding::kExplicit;
  options.pad_top = static_cast<std::uint32_t>(margins.rows.before);
  options.pad_bottom = static_cast<std::uint32_t>(margins.rows.after);
  options.pad_left = static_cast<std::uint32_t>(margins.columns.before);
  options.pad_right = static_cast<std::uint32_t>(margins.columns.after);
}

// The convolutions skip cells outside of the image, which is what a cell with the zero point adds.
// Pools count their cells, so they keep the PAD.
bool fuse_padding(Graph& graph, const Operator& pad, std::vector<std::string>& notes) {
  const std::optional<Margins> margins = margins_of(graph, pad);
  if (!margins.has_value()) {
    return false;
  }
  std::vector<Operator*> readers;
  for (Operator& op : graph.operators) {
    const auto reads = std::count(op.inputs.begin(), op.inputs.end(), pad.outputs[0]);
    if (reads == 0) {
      continue;
    }
    if (!is_convolution(op) || reads != 1 || op.inputs[0] != pad.outputs[0] ||
        tensor_of(graph, op.inputs[1]).dims.size() != 4 ||
        !fits(padding_behind(graph, op, *margins))) {
      return false;
    }
    readers.push_back(&op);
  }
  for (Operator* reader : readers) {
    set_padding(*reader, padding_behind(graph, *reader, *margins));
    notes.push_back(describe(pad) + " became the padding of " + describe(*reader));
    reader->inputs[0] = pad.inputs[0];
    reader->sources.insert(reader->sources.end(), pad.sources.begin(), pad.sources.end());
    std::sort(reader->sources.begin(), reader->sources.end());
  }
  return !readers.empty();
}

}  // namespace

void fold_constants(Graph& graph, std::vector<std::string>& notes) {
  for (const Operator& op : graph.operators) {
    fold(graph, op, notes);
  }
}

void simplify(Graph& graph, std::vector<std::string>& notes) {
  for (std::size_t at = 0; at < graph.operators.size();) {
    const Operator op = graph.operators[at];  // a copy: the list changes
    if (fold(graph, op, notes) || fuse_padding(graph, op, notes)) {
      graph.operators.erase(graph.operators.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      ++at;
    }
  }
}

}  // namespace aiot::toolkit
