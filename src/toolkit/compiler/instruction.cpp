// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/instruction.hpp"

#include <algorithm>
#include <type_traits>

#include "aiot/nn/kernels.hpp"

namespace aiot::toolkit {
namespace {

std::uint64_t input_bytes(const nn::Images& images) {
  return std::uint64_t{images.batch} * images.in_h * images.in_w * images.in_c;
}

std::uint64_t output_bytes(const nn::Images& images) {
  return std::uint64_t{images.batch} * images.out_h * images.out_w * images.out_c;
}

Fields one_to_one(std::uint64_t read, std::uint64_t written) {
  return {{{0, read}}, {1, written}, {}, false};
}

template <class Params>
Fields weighted(const Params& params, std::uint64_t read, std::uint64_t written) {
  const nn::Needs needs = nn::canonical_needs(params);
  return {{{0, read}},
          {1, written},
          {{kWeightsWord, needs.weights}, {kChannelsWord, needs.channels}},
          true};
}

/// Elements from the first to the last that a walk touches.
std::uint64_t reach(const std::uint32_t (&extent)[6], const std::uint32_t (&step)[6]) {
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    last += std::uint64_t{extent[i] - 1U} * step[i];
  }
  return last + 1;
}

Fields broadcast(std::uint64_t elements, const nn::Broadcast& walk) {
  return {{{0, reach(walk.extent, walk.input_step)}, {2, reach(walk.extent, walk.other_step)}},
          {1, elements},
          {},
          false};
}

Fields elementwise(std::uint64_t elements) {
  return {{{0, elements}, {2, elements}}, {1, elements}, {}, false};
}

Fields fields(const nn::FullyConnectedS8& p) {
  return weighted(p, std::uint64_t{p.batch} * p.depth, std::uint64_t{p.batch} * p.outputs);
}

Fields fields(const nn::Conv2dS8& p) {
  return weighted(p, input_bytes(p.images), output_bytes(p.images));
}

Fields fields(const nn::DepthwiseConv2dS8& p) {
  return weighted(p, input_bytes(p.images), output_bytes(p.images));
}

Fields fields(const nn::Pool2dS8& p) {
  return one_to_one(input_bytes(p.images), output_bytes(p.images));
}

Fields fields(const nn::SoftmaxS8& p) {
  const std::uint64_t elements = std::uint64_t{p.rows} * p.depth;
  return one_to_one(elements, elements);
}

Fields fields(const nn::SoftmaxS8S16& p) {
  const std::uint64_t elements = std::uint64_t{p.op.rows} * p.op.depth;
  return one_to_one(elements, elements * 2U);
}

Fields fields(const nn::AddS8& p) {
  return elementwise(p.elements);
}

Fields fields(const nn::MulS8& p) {
  return elementwise(p.elements);
}

Fields fields(const nn::AddBroadcastS8& p) {
  return broadcast(p.op.elements, p.walk);
}

Fields fields(const nn::MulBroadcastS8& p) {
  return broadcast(p.op.elements, p.walk);
}

Fields fields(const nn::MeanS8& p) {
  const std::uint64_t written = std::uint64_t{p.outer} * p.inner;
  return one_to_one(written * p.count, written);
}

Fields fields(const nn::Lookup8& p) {
  return {{{0, p.elements}}, {1, p.elements}, {{kTableWord, 256}}, false};
}

Fields fields(const nn::Copy& p) {
  std::uint64_t read = std::uint64_t{p.input_start} + p.element_bytes;
  for (std::size_t i = 0; i < 6; ++i) {
    const std::int64_t step = p.input_step[i];
    read += step > 0 ? static_cast<std::uint64_t>(step) * (p.extent[i] - 1U) : 0U;
  }
  const std::uint64_t last = std::uint64_t{p.output_start} + reach(p.extent, p.output_step) - 1U;
  return one_to_one(read, last + p.element_bytes);
}

Fields fields(const nn::Fill& p) {
  return {{}, {0, p.bytes}, {}, false};
}

Fields fields(const nn::QuantizeF32S8& p) {
  return one_to_one(std::uint64_t{4} * p.elements, p.elements);
}

Fields fields(const nn::DequantizeS8F32& p) {
  return one_to_one(p.elements, std::uint64_t{4} * p.elements);
}

std::uint64_t hash_of(std::span<const std::byte> bytes) {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const std::byte byte : bytes) {
    hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001B3U;
  }
  return hash;
}

}  // namespace

std::size_t param_words(nn::OpCode code) {
  return with_params(code, std::size_t{0}, [](const auto& params) { return sizeof params / 4; });
}

Fields fields_of(const InstructionView& instruction) {
  return with_params(instruction.code, Fields{}, [&](const auto& none) {
    return fields(params_of<std::decay_t<decltype(none)>>(instruction.params));
  });
}

const char* name_of(nn::OpCode code) {
  switch (code) {
    case nn::OpCode::kFullyConnectedS8:
      return "FULLY_CONNECTED";
    case nn::OpCode::kConv2dS8:
      return "CONV_2D";
    case nn::OpCode::kDepthwiseConv2dS8:
      return "DEPTHWISE_CONV_2D";
    case nn::OpCode::kAveragePool2dS8:
      return "AVERAGE_POOL_2D";
    case nn::OpCode::kMaxPool2dS8:
      return "MAX_POOL_2D";
    case nn::OpCode::kSoftmaxS8:
    case nn::OpCode::kSoftmaxS8S16:
      return "SOFTMAX";
    case nn::OpCode::kAddS8:
    case nn::OpCode::kAddBroadcastS8:
      return "ADD";
    case nn::OpCode::kSubS8:
    case nn::OpCode::kSubBroadcastS8:
      return "SUB";
    case nn::OpCode::kMulS8:
    case nn::OpCode::kMulBroadcastS8:
      return "MUL";
    case nn::OpCode::kMeanS8:
      return "MEAN";
    case nn::OpCode::kLookup8:
      return "LOOKUP";
    case nn::OpCode::kCopy:
      return "COPY";
    case nn::OpCode::kFill:
      return "FILL";
    case nn::OpCode::kQuantizeF32S8:
      return "QUANTIZE";
    case nn::OpCode::kDequantizeS8F32:
      return "DEQUANTIZE";
  }
  return "unknown";
}

void append_instruction(std::vector<std::uint32_t>& program,
                        nn::OpCode code,
                        std::span<const std::uint32_t> params) {
  program.push_back(static_cast<std::uint32_t>(code) |
                    (static_cast<std::uint32_t>(params.size() + 1) << 16U));
  program.insert(program.end(), params.begin(), params.end());
}

std::uint32_t ConstantPool::add(std::span<const std::byte> bytes) {
  const std::uint64_t hash = hash_of(bytes);
  const auto [begin, end] = entries_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    const Entry& entry = it->second;
    if (entry.size == bytes.size() &&
        std::equal(bytes.begin(), bytes.end(), bytes_.begin() + entry.offset)) {
      return entry.offset;
    }
  }
  const std::size_t offset = (bytes_.size() + nn::kAlignment - 1) / nn::kAlignment * nn::kAlignment;
  bytes_.resize(offset);
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  entries_.emplace(hash, Entry{static_cast<std::uint32_t>(offset), bytes.size()});
  return static_cast<std::uint32_t>(offset);
}

}  // namespace aiot::toolkit
