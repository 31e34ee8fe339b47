// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <unordered_map>
#include <vector>

#include "aiot/nn/program.hpp"
#include "aiot/toolkit/compiler/target.hpp"

/// What the words of an instruction mean to whoever moves its memory around.
namespace aiot::toolkit {

/// Word of the parameters that holds an address, and the bytes that are touched from there on.
struct Region {
  std::size_t word = 0;
  std::uint64_t bytes = 0;
};

/// Where the addresses of an instruction are. The operand `input` is the first of `reads`.
struct Fields {
  std::vector<Region> reads;  ///< operands: in the arena, or constants (kConstantOperand)
  Region write{};
  std::vector<Region> constants;  ///< other offsets into the weights, canonical sizes
  bool weighted = false;  ///< constants are weights and channels, scratch is at kScratchWord
};

/// Words of the weighted operators, the same in all of them.
inline constexpr std::size_t kWeightsWord = 2;
inline constexpr std::size_t kChannelsWord = 3;
inline constexpr std::size_t kScratchWord = 4;

/// Word of `Lookup8` with its table.
inline constexpr std::size_t kTableWord = 2;

/// Calls `use` with a default parameter struct of the type that belongs to `code`, and returns what
/// it returns; of an unknown code `otherwise`.
template <class Result, class Use>
Result with_params(nn::OpCode code, const Result& otherwise, Use use) {
  switch (code) {
    case nn::OpCode::kFullyConnectedS8:
      return use(nn::FullyConnectedS8{});
    case nn::OpCode::kConv2dS8:
      return use(nn::Conv2dS8{});
    case nn::OpCode::kDepthwiseConv2dS8:
      return use(nn::DepthwiseConv2dS8{});
    case nn::OpCode::kAveragePool2dS8:
    case nn::OpCode::kMaxPool2dS8:
      return use(nn::Pool2dS8{});
    case nn::OpCode::kSoftmaxS8:
      return use(nn::SoftmaxS8{});
    case nn::OpCode::kSoftmaxS8S16:
      return use(nn::SoftmaxS8S16{});
    case nn::OpCode::kAddS8:
    case nn::OpCode::kSubS8:
      return use(nn::AddS8{});
    case nn::OpCode::kMulS8:
      return use(nn::MulS8{});
    case nn::OpCode::kAddBroadcastS8:
    case nn::OpCode::kSubBroadcastS8:
      return use(nn::AddBroadcastS8{});
    case nn::OpCode::kMulBroadcastS8:
      return use(nn::MulBroadcastS8{});
    case nn::OpCode::kMeanS8:
      return use(nn::MeanS8{});
    case nn::OpCode::kLookup8:
      return use(nn::Lookup8{});
    case nn::OpCode::kCopy:
      return use(nn::Copy{});
    case nn::OpCode::kFill:
      return use(nn::Fill{});
    case nn::OpCode::kQuantizeF32S8:
      return use(nn::QuantizeF32S8{});
    case nn::OpCode::kDequantizeS8F32:
      return use(nn::DequantizeS8F32{});
  }
  return otherwise;
}

/// Words of the parameter struct of `code`; 0 for a code that this version does not know.
std::size_t param_words(nn::OpCode code);

/// Addresses of `instruction`, whose params have `param_words` words; of an unknown code nothing.
Fields fields_of(const InstructionView& instruction);

/// The parameter struct of an instruction; `words` has sizeof(Params) / 4 of them.
template <class Params>
Params params_of(std::span<const std::uint32_t> words) {
  Params params;
  std::memcpy(static_cast<void*>(&params), words.data(), sizeof params);
  return params;
}

/// The words of a parameter struct.
template <class Params>
std::vector<std::uint32_t> words_of(const Params& params) {
  std::vector<std::uint32_t> words(sizeof params / 4);
  std::memcpy(words.data(), &params, sizeof params);
  return words;
}

/// Name of an operator for people: "CONV_2D"; never null.
const char* name_of(nn::OpCode code);

/// Appends an instruction: header and params.
void append_instruction(std::vector<std::uint32_t>& program,
                        nn::OpCode code,
                        std::span<const std::uint32_t> params);

/// Bytes of constants, each at a multiple of nn::kAlignment, equal ones stored once.
class ConstantPool {
 public:
  /// Offset of `bytes` in the pool.
  std::uint32_t add(std::span<const std::byte> bytes);

  /// All of them.
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  struct Entry {
    std::uint32_t offset;
    std::size_t size;
  };

  std::vector<std::byte> bytes_;
  std::unordered_multimap<std::uint64_t, Entry> entries_;  ///< by hash
};

}  // namespace aiot::toolkit
