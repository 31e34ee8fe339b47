// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/instruction_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "aiot/nn/kernels.hpp"
#include "aiot/toolkit/compiler/instruction.hpp"

namespace aiot::cli {

namespace {

using nn::OpCode;
using toolkit::params_of;
using Words = std::span<const std::uint32_t>;

constexpr std::array<const char*, 19> kNames{"unknown",
                                             "fully_connected",
                                             "conv_2d",
                                             "depthwise_conv_2d",
                                             "average_pool_2d",
                                             "max_pool_2d",
                                             "softmax",
                                             "add",
                                             "sub",
                                             "mul",
                                             "add_broadcast",
                                             "sub_broadcast",
                                             "mul_broadcast",
                                             "mean",
                                             "lookup",
                                             "copy",
                                             "fill",
                                             "quantize",
                                             "dequantize"};

std::string name_of(OpCode code) {
  const auto index = static_cast<std::size_t>(code);
  return index < kNames.size() ? kNames[index] : "operator " + std::to_string(index);
}

/// "3x3", or "3" when both are the same and `brief`.
std::string pair_text(std::uint32_t height, std::uint32_t width, const char* brief) {
  return height == width && brief[0] != '\0' ? brief + std::to_string(height)
                                             : std::to_string(height) + "x" + std::to_string(width);
}

/// "3x3 /2 dilated 2"
std::string window_text(std::uint32_t kernel_h,
                        std::uint32_t kernel_w,
                        std::uint32_t stride_h,
                        std::uint32_t stride_w) {
  std::string text = std::to_string(kernel_h) + "x" + std::to_string(kernel_w);
  if (stride_h != 1 || stride_w != 1) {
    text += stride_h == stride_w ? " /" + std::to_string(stride_h)
                                 : " /" + pair_text(stride_h, stride_w, "");
  }
  return text;
}

std::string dilation_text(std::uint32_t height, std::uint32_t width) {
  return height == 1 && width == 1 ? "" : " dilated " + pair_text(height, width, "");
}

std::string window_text(const nn::Window2d& window) {
  return window_text(window.kernel_h, window.kernel_w, window.stride_h, window.stride_w) +
         dilation_text(window.dilation_h, window.dilation_w);
}

std::vector<std::uint32_t> shape_of(const nn::Images& images) {
  return {images.batch, images.out_h, images.out_w, images.out_c};
}

void describe_weighted(OpCode code, Words words, InstructionText& text) {
  if (code == OpCode::kFullyConnectedS8) {
    const auto p = params_of<nn::FullyConnectedS8>(words);
    text.shape = {p.batch, p.outputs};
    text.details = std::to_string(p.depth) + " to " + std::to_string(p.outputs);
    text.scratch = p.scratch.bytes;
  } else if (code == OpCode::kConv2dS8) {
    const auto p = params_of<nn::Conv2dS8>(words);
    text.shape = shape_of(p.images);
    text.details =
        window_text(p.window) + (p.groups == 1 ? "" : " groups " + std::to_string(p.groups));
    text.scratch = p.scratch.bytes;
  } else {
    const auto p = params_of<nn::DepthwiseConv2dS8>(words);
    text.shape = shape_of(p.images);
    text.details =
        window_text(p.window) + (p.multiplier == 1 ? "" : " times " + std::to_string(p.multiplier));
    text.scratch = p.scratch.bytes;
  }
}

std::vector<std::uint32_t> without_ones(std::span<const std::uint32_t> extent) {
  const auto first =
      std::find_if(extent.begin(), extent.end(), [](std::uint32_t size) { return size != 1; });
  return {first, extent.end()};
}

void describe_copy(const nn::Copy& p, InstructionText& text) {
  text.shape = without_ones(p.extent);
  text.details = "of " + std::to_string(p.element_bytes) + " bytes each";
}

void describe(OpCode code, Words words, InstructionText& text) {
  switch (code) {
    case OpCode::kFullyConnectedS8:
    case OpCode::kConv2dS8:
    case OpCode::kDepthwiseConv2dS8:
      describe_weighted(code, words, text);
      break;
    case OpCode::kAveragePool2dS8:
    case OpCode::kMaxPool2dS8:
      text.shape = shape_of(params_of<nn::Pool2dS8>(words).images);
      text.details = window_text(params_of<nn::Pool2dS8>(words).window);
      break;
    case OpCode::kSoftmaxS8:
    case OpCode::kSoftmaxS8S16:  // begins with the other one's parameters
      text.shape = {params_of<nn::SoftmaxS8>(words).rows, params_of<nn::SoftmaxS8>(words).depth};
      break;
    case OpCode::kAddBroadcastS8:
    case OpCode::kSubBroadcastS8:
      text.shape = without_ones(params_of<nn::AddBroadcastS8>(words).walk.extent);
      break;
    case OpCode::kMulBroadcastS8:
      text.shape = without_ones(params_of<nn::MulBroadcastS8>(words).walk.extent);
      break;
    case OpCode::kMeanS8: {
      const auto p = params_of<nn::MeanS8>(words);
      text.shape = {p.outer, p.inner};
      text.details = "of " + std::to_string(p.count);
      break;
    }
    case OpCode::kCopy:
      describe_copy(params_of<nn::Copy>(words), text);
      break;
    default:
      break;
  }
}

/// Packages are shown that no executor has checked: a damaged one may have no groups.
bool is_countable(OpCode code, Words params) {
  return code != OpCode::kConv2dS8 || params_of<nn::Conv2dS8>(params).groups != 0;
}

InstructionText text_of(OpCode code, Words params, Words instruction) {
  InstructionText text;
  text.name = name_of(code);
  const toolkit::Fields fields = toolkit::fields_of({code, params});
  text.macs = fields.weighted && is_countable(code, params) ? nn::count_macs(instruction) : 0;
  for (const toolkit::Region& region : fields.constants) {
    text.constants += region.bytes;
  }
  for (const toolkit::Region& region : fields.reads) {
    text.constants += (params[region.word] & nn::kConstantOperand) != 0 ? region.bytes : 0U;
  }
  describe(code, params, text);
  if (text.shape.empty()) {
    const std::uint64_t width = code == OpCode::kDequantizeS8F32 ? 4 : 1;
    text.shape = {static_cast<std::uint32_t>(fields.write.bytes / width)};
  }
  return text;
}

/// Calls `visit(number, code, params, instruction)` for the instructions that this version knows.
template <class Visit>
void for_each_instruction(Words program, Visit visit) {
  std::uint32_t number = 0;
  for (std::size_t at = 0; at < program.size(); ++number) {
    const nn::OpHeader header = nn::instruction_at(program, at);
    const auto code = static_cast<OpCode>(header.code);
    if (header.words == 0 || header.words != 1 + toolkit::param_words(code)) {
      return;
    }
    visit(number,
          code,
          program.subspan(at + 1, header.words - 1U),
          program.subspan(at, header.words));
    at += header.words;
  }
}

}  // namespace

std::vector<InstructionText> instructions_of(const nn::Network& network) {
  std::vector<InstructionText> texts;
  for_each_instruction(network.program,
                       [&texts](std::uint32_t, OpCode code, Words params, Words instruction) {
                         texts.push_back(text_of(code, params, instruction));
                       });
  return texts;
}

std::uint64_t macs_of(const nn::Network& network) {
  std::uint64_t macs = 0;
  for (const InstructionText& text : instructions_of(network)) {
    macs += text.macs;
  }
  return macs;
}

std::vector<toolkit::ArenaEntry> arena_of(const nn::Network& network) {
  std::vector<toolkit::ArenaEntry> entries;
  std::map<std::uint32_t, std::size_t> newest;  // of what begins at an offset
  const auto begin =
      [&](const char* what, std::uint32_t offset, std::uint64_t bytes, std::uint32_t at) {
        newest[offset] = entries.size();
        entries.push_back({what, offset, static_cast<std::uint32_t>(bytes), at, at});
      };
  for (const nn::TensorInfo& input : network.inputs) {
    begin("input", input.offset, input.bytes, 0);
  }
  std::uint32_t last = 0;
  for_each_instruction(network.program,
                       [&](std::uint32_t number, OpCode code, Words params, Words) {
                         const toolkit::Fields fields = toolkit::fields_of({code, params});
                         for (const toolkit::Region& region : fields.reads) {
                           const auto read = newest.find(params[region.word]);
                           if (read != newest.end()) {
                             entries[read->second].last = number;
                           }
                         }
                         if (fields.weighted && params[toolkit::kScratchWord + 1] != 0) {
                           entries.push_back({"working memory",
                                              params[toolkit::kScratchWord],
                                              params[toolkit::kScratchWord + 1],
                                              number,
                                              number});
                         }
                         begin(kNames[static_cast<std::size_t>(code)],
                               params[fields.write.word],
                               fields.write.bytes,
                               number);
                         last = number;
                       });
  for (const nn::TensorInfo& output : network.outputs) {
    const auto written = newest.find(output.offset);
    if (written != newest.end()) {
      entries[written->second].last = last;
    }
  }
  return entries;
}

std::string details_of(const toolkit::graph::Graph& graph, const toolkit::graph::Operator& op) {
  using toolkit::graph::Activation;
  using toolkit::graph::Kind;
  using toolkit::graph::Padding;
  const toolkit::graph::Options& o = op.options;
  std::string text;
  const bool pool = op.kind == Kind::kAveragePool2d || op.kind == Kind::kMaxPool2d;
  const bool convolution = op.kind == Kind::kConv2d || op.kind == Kind::kDepthwiseConv2d;
  if (pool) {
    text = window_text(o.filter_h, o.filter_w, o.stride_h, o.stride_w);
  } else if (convolution) {
    const auto& weights = graph.tensors[static_cast<std::size_t>(op.inputs[1])];
    text = window_text(weights.dims[1], weights.dims[2], o.stride_h, o.stride_w) +
           dilation_text(o.dilation_h, o.dilation_w);
  }
  if (pool || convolution) {
    text += o.padding == Padding::kSame ? " same" : "";
  }
  constexpr std::array<const char*, 4> kActivations{"", "relu", "relu -1 to 1", "relu6"};
  const char* const activation = kActivations[static_cast<std::size_t>(o.activation)];
  if (o.activation != Activation::kNone) {
    text += (text.empty() ? "" : " ") + std::string(activation);
  }
  return text;
}

std::uint64_t macs_of(const toolkit::graph::Graph& graph, const toolkit::graph::Operator& op) {
  using toolkit::graph::Kind;
  const auto tensor = [&graph](std::int32_t index) -> const toolkit::graph::Tensor& {
    return graph.tensors[static_cast<std::size_t>(index)];
  };
  const std::uint64_t elements = tensor(op.outputs[0]).elements();
  switch (op.kind) {
    case Kind::kConv2d: {
      const auto& dims = tensor(op.inputs[1]).dims;
      return elements * dims[1] * dims[2] * dims[3];
    }
    case Kind::kDepthwiseConv2d: {
      const auto& dims = tensor(op.inputs[1]).dims;
      return elements * dims[1] * dims[2];
    }
    case Kind::kFullyConnected:
      return elements * tensor(op.inputs[1]).dims.back();
    default:
      return 0;
  }
}

}  // namespace aiot::cli
