// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/instruction.hpp"

#include <algorithm>

#include "aiot/nn/kernels.hpp"

namespace aiot::toolkit {
namespace {

using nn::OpCode;

template <class Params>
constexpr std::size_t kWords = sizeof(Params) / 4;

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
Fields weighted(std::span<const std::uint32_t> words, std::uint64_t read, std::uint64_t written) {
  const nn::Needs needs = nn::canonical_needs(params_of<Params>(words));
  return {{{0, read}},
          {1, written},
          {{kWeightsWord, needs.weights}, {kChannelsWord, needs.channels}},
          true};
}

template <class Params>
Fields weighted_images(std::span<const std::uint32_t> words) {
  const auto params = params_of<Params>(words);
  return weighted<Params>(words, input_bytes(params.images), output_bytes(params.images));
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

Fields copy(const nn::Copy& params) {
  std::uint64_t read = std::uint64_t{params.input_start} + params.element_bytes;
  for (std::size_t i = 0; i < 6; ++i) {
    const std::int64_t step = params.input_step[i];
    read += step > 0 ? static_cast<std::uint64_t>(step) * (params.extent[i] - 1U) : 0U;
  }
  const std::uint64_t written = std::uint64_t{params.output_start} +
                                reach(params.extent, params.output_step) - 1U +
                                params.element_bytes;
  return one_to_one(read, written);
}

std::uint64_t hash_of(std::span<const std::byte> bytes) {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const std::byte byte : bytes) {
    hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001B3U;
  }
  return hash;
}

}  // namespace

std::size_t param_words(OpCode code) {
  switch (code) {
    case OpCode::kFullyConnectedS8:
      return kWords<nn::FullyConnectedS8>;
    case OpCode::kConv2dS8:
      return kWords<nn::Conv2dS8>;
    case OpCode::kDepthwiseConv2dS8:
      return kWords<nn::DepthwiseConv2dS8>;
    case OpCode::kAveragePool2dS8:
    case OpCode::kMaxPool2dS8:
      return kWords<nn::Pool2dS8>;
    case OpCode::kSoftmaxS8:
      return kWords<nn::SoftmaxS8>;
    case OpCode::kAddS8:
    case OpCode::kSubS8:
      return kWords<nn::AddS8>;
    case OpCode::kMulS8:
      return kWords<nn::MulS8>;
    case OpCode::kAddBroadcastS8:
    case OpCode::kSubBroadcastS8:
      return kWords<nn::AddBroadcastS8>;
    case OpCode::kMulBroadcastS8:
      return kWords<nn::MulBroadcastS8>;
    case OpCode::kMeanS8:
      return kWords<nn::MeanS8>;
    case OpCode::kLookup8:
      return kWords<nn::Lookup8>;
    case OpCode::kCopy:
      return kWords<nn::Copy>;
    case OpCode::kFill:
      return kWords<nn::Fill>;
    case OpCode::kQuantizeF32S8:
      return kWords<nn::QuantizeF32S8>;
    case OpCode::kDequantizeS8F32:
      return kWords<nn::DequantizeS8F32>;
  }
  return 0;
}

Fields fields_of(const InstructionView& instruction) {
  const std::span<const std::uint32_t> words = instruction.params;
  switch (instruction.code) {
    case OpCode::kFullyConnectedS8: {
      const auto p = params_of<nn::FullyConnectedS8>(words);
      return weighted<nn::FullyConnectedS8>(
          words, std::uint64_t{p.batch} * p.depth, std::uint64_t{p.batch} * p.outputs);
    }
    case OpCode::kConv2dS8:
      return weighted_images<nn::Conv2dS8>(words);
    case OpCode::kDepthwiseConv2dS8:
      return weighted_images<nn::DepthwiseConv2dS8>(words);
    case OpCode::kAveragePool2dS8:
    case OpCode::kMaxPool2dS8: {
      const auto p = params_of<nn::Pool2dS8>(words);
      return one_to_one(input_bytes(p.images), output_bytes(p.images));
    }
    case OpCode::kSoftmaxS8: {
      const auto p = params_of<nn::SoftmaxS8>(words);
      const std::uint64_t elements = std::uint64_t{p.rows} * p.depth;
      return one_to_one(elements, elements);
    }
    case OpCode::kAddS8:
    case OpCode::kSubS8: {
      const std::uint64_t elements = params_of<nn::AddS8>(words).elements;
      return {{{0, elements}, {2, elements}}, {1, elements}, {}, false};
    }
    case OpCode::kMulS8: {
      const std::uint64_t elements = params_of<nn::MulS8>(words).elements;
      return {{{0, elements}, {2, elements}}, {1, elements}, {}, false};
    }
    case OpCode::kAddBroadcastS8:
    case OpCode::kSubBroadcastS8: {
      const auto p = params_of<nn::AddBroadcastS8>(words);
      return broadcast(p.op.elements, p.walk);
    }
    case OpCode::kMulBroadcastS8: {
      const auto p = params_of<nn::MulBroadcastS8>(words);
      return broadcast(p.op.elements, p.walk);
    }
    case OpCode::kMeanS8: {
      const auto p = params_of<nn::MeanS8>(words);
      const std::uint64_t written = std::uint64_t{p.outer} * p.inner;
      return one_to_one(written * p.count, written);
    }
    case OpCode::kLookup8: {
      const auto p = params_of<nn::Lookup8>(words);
      return {{{0, p.elements}}, {1, p.elements}, {{2, 256}}, false};
    }
    case OpCode::kCopy:
      return copy(params_of<nn::Copy>(words));
    case OpCode::kFill:
      return {{}, {0, params_of<nn::Fill>(words).bytes}, {}, false};
    case OpCode::kQuantizeF32S8: {
      const std::uint64_t elements = params_of<nn::QuantizeF32S8>(words).elements;
      return one_to_one(4 * elements, elements);
    }
    case OpCode::kDequantizeS8F32: {
      const std::uint64_t elements = params_of<nn::DequantizeS8F32>(words).elements;
      return one_to_one(elements, 4 * elements);
    }
  }
  return {};
}

void append_instruction(std::vector<std::uint32_t>& program,
                        OpCode code,
                        std::span<const std::uint32_t> params) {
  program.push_back(static_cast<std::uint32_t>(code) |
                    (static_cast<std::uint32_t>(params.size() + 1) << 16U));
  program.insert(program.end(), params.begin(), params.end());
}

std::uint32_t ConstantPool::add(std::span<const std::byte> bytes) {
  const std::uint64_t hash = hash_of(bytes);
  for (const Entry& entry : entries_) {
    if (entry.hash == hash && entry.size == bytes.size() &&
        std::equal(bytes.begin(), bytes.end(), bytes_.begin() + entry.offset)) {
      return entry.offset;
    }
  }
  const std::size_t offset = (bytes_.size() + nn::kAlignment - 1) / nn::kAlignment * nn::kAlignment;
  bytes_.resize(offset);
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  entries_.push_back({hash, static_cast<std::uint32_t>(offset), bytes.size()});
  return static_cast<std::uint32_t>(offset);
}

}  // namespace aiot::toolkit
