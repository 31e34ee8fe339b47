// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "aiot/core/bytes.hpp"
#include "aiot/core/check.hpp"
#include "aiot/core/error.hpp"
#include "aiot/nn/quant.hpp"

/// A network as the device runs it: instructions in execution order, with every shape, address and
/// multiplier resolved by the host. The structs below are the bytes of the package format (SPEC,
/// program): they never change; an operator that needs other parameters gets a new code.
namespace aiot::nn {

/// Weights, arena and tensors begin at multiples of this where the format says "aligned".
inline constexpr std::size_t kAlignment = 16;

/// Every address in the arena is a multiple of this.
inline constexpr std::uint32_t kOperandAlignment = 4;

/// How a kernel set wants its weights; the target of a package. Numbers are part of the format.
enum class WeightLayout : std::uint16_t {
  kCanonical = 0,  ///< as `ref` reads them; every CPU
  kArmDsp = 1,     ///< Cortex-M4, M7
  kArmMve = 2,     ///< Cortex-M55
  kArmPlain = 3,   ///< Cortex-M0, M3
};

/// What an instruction does. Numbers are part of the format; none is reused.
enum class OpCode : std::uint16_t {
  kFullyConnectedS8 = 1,   ///< `FullyConnectedS8`
  kConv2dS8 = 2,           ///< `Conv2dS8`
  kDepthwiseConv2dS8 = 3,  ///< `DepthwiseConv2dS8`
  kAveragePool2dS8 = 4,    ///< `Pool2dS8`
  kMaxPool2dS8 = 5,        ///< `Pool2dS8`
  kSoftmaxS8 = 6,          ///< `SoftmaxS8`
  kAddS8 = 7,              ///< `AddS8`
  kSubS8 = 8,              ///< `AddS8`
  kMulS8 = 9,              ///< `MulS8`
  kAddBroadcastS8 = 10,    ///< `AddBroadcastS8`
  kSubBroadcastS8 = 11,    ///< `AddBroadcastS8`
  kMulBroadcastS8 = 12,    ///< `MulBroadcastS8`
  kMeanS8 = 13,            ///< `MeanS8`
  kLookup8 = 14,           ///< `Lookup8`
  kCopy = 15,              ///< `Copy`
  kFill = 16,              ///< `Fill`
  kQuantizeF32S8 = 17,     ///< `QuantizeF32S8`
  kDequantizeS8F32 = 18,   ///< `DequantizeS8F32`
  kSoftmaxS8S16 = 19,      ///< `SoftmaxS8S16`
};

/// First word of an instruction; the parameter struct of its code follows.
struct OpHeader {
  std::uint16_t code = 0;   ///< `OpCode`
  std::uint16_t words = 0;  ///< 32-bit words of the instruction, this one included
};

/// Address of something that an operator reads: bit 31 clear, an offset into the arena; set, an
/// offset into the weights (a constant operand). Bytes, a multiple of kOperandAlignment.
struct Operand {
  std::uint32_t address = 0;
};

inline constexpr std::uint32_t kConstantOperand = 0x8000'0000U;

/// Working memory of a kernel in the arena, alive during its instruction only; usually empty.
struct Scratch {
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;
};

/// Requantisation of one output channel, as `WeightLayout::kCanonical` stores it.
struct Channel {
  std::int32_t bias = 0;
  std::int32_t multiplier = 0;  ///< 0 or [2^30, 2^31)
  std::int32_t shift = 0;       ///< [-31, 30]
};

/// From accumulator to int8: requantise, add the zero point, clamp. Fused activations are in [lo,
/// hi].
struct OutputS8 {
  std::int16_t zero_point = 0;  ///< [-128, 127]
  std::int16_t lo = -128;
  std::int16_t hi = 127;
  std::int16_t reserved = 0;
};

/// A window that slides over an image. Input row of output row o and kernel row k:
/// o * stride_h - pad_top + k * dilation_h; cells outside of the image do not take part.
struct Window2d {
  std::uint16_t kernel_h = 1;
  std::uint16_t kernel_w = 1;
  std::uint16_t stride_h = 1;
  std::uint16_t stride_w = 1;
  std::uint16_t dilation_h = 1;
  std::uint16_t dilation_w = 1;
  std::uint16_t pad_top = 0;
  std::uint16_t pad_left = 0;
};

/// input [batch][in_h][in_w][in_c] and output [batch][out_h][out_w][out_c] of a windowed operator.
struct Images {
  std::uint16_t batch = 1;
  std::uint16_t in_h = 1;
  std::uint16_t in_w = 1;
  std::uint16_t in_c = 1;
  std::uint16_t out_h = 1;
  std::uint16_t out_w = 1;
  std::uint16_t out_c = 1;
  std::uint16_t reserved = 0;
};

/// out[b][o] = sum over d of (in[b][d] + input_offset) * (weights[o][d] + weight_offset) + bias[o].
struct FullyConnectedS8 {
  Operand input{};             ///< int8 [batch][depth]
  std::uint32_t output = 0;    ///< int8 [batch][outputs], arena
  std::uint32_t weights = 0;   ///< offset into the weights; canonical: int8 [outputs][depth]
  std::uint32_t channels = 0;  ///< offset into the weights; canonical: Channel [outputs]
  Scratch scratch{};
  std::uint32_t batch = 1;
  std::uint32_t depth = 1;
  std::uint32_t outputs = 1;
  std::int16_t input_offset = 0;   ///< minus the input's zero point, [-127, 128]
  std::int16_t weight_offset = 0;  ///< minus the weights' zero point, [-127, 128]; usually 0
  OutputS8 out{};
};

/// Convolution of images, weights [out_c][kernel_h][kernel_w][in_c / groups].
struct Conv2dS8 {
  Operand input{};
  std::uint32_t output = 0;    ///< arena
  std::uint32_t weights = 0;   ///< offset into the weights; canonical: int8, as above
  std::uint32_t channels = 0;  ///< offset into the weights; canonical: Channel [out_c]
  Scratch scratch{};
  Images images{};
  Window2d window{};
  std::int16_t input_offset = 0;  ///< minus the input's zero point, [-127, 128]
  std::uint16_t groups = 1;       ///< divides in_c and out_c
  OutputS8 out{};
};

/// Convolution of each channel by itself, weights [kernel_h][kernel_w][out_c]; output channel
/// c * multiplier + m reads input channel c.
struct DepthwiseConv2dS8 {
  Operand input{};
  std::uint32_t output = 0;    ///< arena
  std::uint32_t weights = 0;   ///< offset into the weights; canonical: int8, as above
  std::uint32_t channels = 0;  ///< offset into the weights; canonical: Channel [out_c]
  Scratch scratch{};
  Images images{};
  Window2d window{};
  std::int16_t input_offset = 0;  ///< minus the input's zero point, [-127, 128]
  std::uint16_t multiplier = 1;   ///< out_c = in_c * multiplier
  OutputS8 out{};
};

/// Average (ties away from zero, of the cells inside of the image) or maximum; no dilation. Only
/// [lo, hi] of `out` is used: input and output have the same quantisation.
struct Pool2dS8 {
  Operand input{};
  std::uint32_t output = 0;  ///< arena
  Images images{};
  Window2d window{};
  OutputS8 out{};
};

/// Softmax over the last axis; output scale 1/256, zero point -128.
struct SoftmaxS8 {
  Operand input{};           ///< int8 [rows][depth]
  std::uint32_t output = 0;  ///< int8 [rows][depth], arena
  std::uint32_t rows = 1;
  std::uint32_t depth = 1;      ///< at most kMaxSoftmaxDepth
  std::int32_t multiplier = 0;  ///< of beta * input scale * 2^26
  std::int32_t left_shift = 0;  ///< [0, 31]
  std::int32_t diff_min = 0;    ///< differences to the row's maximum below this give -128
};

/// `SoftmaxS8` with finer codes: output int16 [rows][depth], scale 1/65536, zero point -32768.
struct SoftmaxS8S16 {
  SoftmaxS8 op{};
};

/// 4096 equal exponentials would overflow the 32-bit sum that the reference defines.
inline constexpr std::uint32_t kMaxSoftmaxDepth = 4095;

/// out = A(input) + B(other), or A - B: each side becomes Q(31 - left_shift) at a common scale.
///   A = requantise((input + input_offset) << left_shift, input_factor); B likewise;
///   out = requantise(A + B, output_factor) + zero point, clamped.
struct AddS8 {
  Operand input{};           ///< int8 [elements]
  std::uint32_t output = 0;  ///< int8 [elements], arena; may be either operand
  Operand other{};           ///< int8 [elements]
  std::uint32_t elements = 1;
  std::uint32_t left_shift = 20;  ///< [0, 22]
  Multiplier input_factor{};      ///< shift in [-31, 0]
  Multiplier other_factor{};      ///< shift in [-31, 0]
  Multiplier output_factor{};     ///< shift in [-31, 0]
  std::int16_t input_offset = 0;  ///< minus the zero point, [-127, 128]
  std::int16_t other_offset = 0;  ///< minus the zero point, [-127, 128]
  OutputS8 out{};
};

/// out = requantise((input + input_offset) * (other + other_offset), factor) + zero point, clamped.
struct MulS8 {
  Operand input{};           ///< int8 [elements]
  std::uint32_t output = 0;  ///< int8 [elements], arena; may be either operand
  Operand other{};           ///< int8 [elements]
  std::uint32_t elements = 1;
  Multiplier factor{};
  std::int16_t input_offset = 0;  ///< minus the zero point, [-127, 128]
  std::int16_t other_offset = 0;  ///< minus the zero point, [-127, 128]
  OutputS8 out{};
};

/// How two operands of different shape are walked: output index (i0, ..., i5) in row-major order of
/// `extent` reads input at sum(i * input_step) and other at sum(i * other_step), in elements; a
/// step of 0 repeats. Unused leading dims have extent 1.
struct Broadcast {
  std::uint32_t extent[6] = {1, 1, 1, 1, 1, 1};
  std::uint32_t input_step[6] = {0, 0, 0, 0, 0, 0};
  std::uint32_t other_step[6] = {0, 0, 0, 0, 0, 0};
};

/// `AddS8` of operands of different shape; `elements` is the product of the extents, and the output
/// lies over no operand.
struct AddBroadcastS8 {
  AddS8 op{};
  Broadcast walk{};
};

/// `MulS8` of operands of different shape; as `AddBroadcastS8`.
struct MulBroadcastS8 {
  MulS8 op{};
  Broadcast walk{};
};

/// out[o][i] = requantise(sum over n of (in[o][n][i] + input_offset), factor) + zero point,
/// clamped.
struct MeanS8 {
  Operand input{};           ///< int8 [outer][count][inner]
  std::uint32_t output = 0;  ///< int8 [outer][inner], arena
  std::uint32_t outer = 1;
  std::uint32_t count = 1;  ///< at most 2^23, so that the sum fits
  std::uint32_t inner = 1;
  Multiplier factor{};  ///< of input scale / output scale / count; multiplier in [0, 2^31)
  std::int16_t input_offset = 0;  ///< minus the zero point, [-127, 128]
  std::int16_t reserved = 0;
  OutputS8 out{};
};

/// out[i] = table[in[i]], the code read as an unsigned byte: every function of one 8-bit code.
struct Lookup8 {
  Operand input{};           ///< 8-bit codes [elements]
  std::uint32_t output = 0;  ///< 8-bit codes [elements], arena; may be the input
  std::uint32_t table = 0;   ///< offset into the weights; 256 bytes
  std::uint32_t elements = 1;
};

/// Moves bytes: for all (i0, ..., i5) below `extent`, `element_bytes` bytes from
/// input + input_start + sum(i * input_step) to output + output_start + sum(i * output_step), all
/// in bytes. Transposition, slices, concatenation, splits, padding (with `Fill`).
struct Copy {
  Operand input{};
  std::uint32_t output = 0;  ///< arena; the regions do not overlap
  std::uint32_t input_start = 0;
  std::uint32_t output_start = 0;
  std::uint32_t element_bytes = 1;  ///< contiguous bytes moved at once, any number
  std::uint32_t extent[6] = {1, 1, 1, 1, 1, 1};
  std::int32_t input_step[6] = {0, 0, 0, 0, 0, 0};  ///< may be negative
  std::uint32_t output_step[6] = {0, 0, 0, 0, 0, 0};
};

/// Sets bytes of the arena.
struct Fill {
  std::uint32_t output = 0;
  std::uint32_t bytes = 1;
  std::uint32_t value = 0;  ///< [0, 255]
};

/// out = round(in / scale) + zero point, saturated; division in float32, ties away from zero.
struct QuantizeF32S8 {
  Operand input{};           ///< float32 [elements]
  std::uint32_t output = 0;  ///< int8 [elements], arena
  std::uint32_t elements = 1;
  float scale = 1.0F;  ///< finite, above 0
  std::int32_t zero_point = 0;
};

/// out = float32(double(scale) * (in - zero point)): one rounding.
struct DequantizeS8F32 {
  Operand input{};           ///< int8 [elements]
  std::uint32_t output = 0;  ///< float32 [elements], arena
  std::uint32_t elements = 1;
  float scale = 1.0F;  ///< finite, above 0
  std::int32_t zero_point = 0;
};

static_assert(sizeof(OpHeader) == 4 && sizeof(Channel) == 12 && sizeof(OutputS8) == 8 &&
              sizeof(Window2d) == 16 && sizeof(Images) == 16);
static_assert(sizeof(FullyConnectedS8) == 48 && offsetof(FullyConnectedS8, out) == 40);
static_assert(sizeof(Conv2dS8) == 68 && offsetof(Conv2dS8, out) == 60);
static_assert(sizeof(DepthwiseConv2dS8) == 68 && offsetof(DepthwiseConv2dS8, out) == 60);
static_assert(sizeof(Pool2dS8) == 48 && offsetof(Pool2dS8, out) == 40);
static_assert(sizeof(SoftmaxS8) == 28 && sizeof(SoftmaxS8S16) == 28);
static_assert(sizeof(AddS8) == 56 && sizeof(MulS8) == 36 && sizeof(Broadcast) == 72);
static_assert(sizeof(AddBroadcastS8) == 128 && sizeof(MulBroadcastS8) == 108);
static_assert(sizeof(MeanS8) == 40 && sizeof(Lookup8) == 16 && sizeof(Copy) == 92);
static_assert(sizeof(Fill) == 12 && sizeof(QuantizeF32S8) == 20 && sizeof(DequantizeS8F32) == 20);

/// What the bytes of a tensor are. Numbers are part of the format.
enum class ElementType : std::uint8_t {
  kInt8 = 1,
  kInt16 = 2,
  kInt32 = 3,
  kFloat32 = 4,
  kUint8 = 5,
  kInt64 = 6,
  kBool = 7,
};

/// Bytes of one element, 0 for a type that this version does not know.
constexpr std::uint32_t element_bytes(ElementType type) noexcept {
  switch (type) {
    case ElementType::kInt8:
    case ElementType::kUint8:
    case ElementType::kBool:
      return 1;
    case ElementType::kInt16:
      return 2;
    case ElementType::kInt32:
    case ElementType::kFloat32:
      return 4;
    case ElementType::kInt64:
      return 8;
  }
  return 0;
}

inline constexpr std::size_t kMaxRank = 6;

/// An input or output of the network, in the arena.
struct TensorInfo {
  std::uint32_t offset = 0;  ///< bytes, a multiple of kOperandAlignment
  std::uint32_t bytes = 0;   ///< product of dims times the size of an element
  ElementType type = ElementType::kInt8;
  std::uint8_t rank = 0;  ///< at most kMaxRank; 0: one element
  std::uint16_t reserved = 0;
  std::array<std::uint32_t, kMaxRank> dims{};
  float scale = 1.0F;
  std::int32_t zero_point = 0;
};

/// State that a streaming network keeps between runs, in the arena; `Executor::reset` fills it.
struct VariableInfo {
  std::uint32_t offset = 0;  ///< bytes, a multiple of kOperandAlignment
  std::uint32_t bytes = 0;
  std::uint8_t fill = 0;  ///< value of every byte after a reset
  std::uint8_t reserved0 = 0;
  std::uint16_t reserved1 = 0;
};

static_assert(sizeof(TensorInfo) == 44 && offsetof(TensorInfo, dims) == 12 &&
              offsetof(TensorInfo, scale) == 36 && std::is_trivially_copyable_v<TensorInfo>);
static_assert(sizeof(VariableInfo) == 12 && std::is_trivially_copyable_v<VariableInfo>);

/// A network: views into a package (or into tables of the application). Trusted only after
/// `Executor::check`.
struct Network {
  std::span<const std::uint32_t> program;
  Bytes weights;  ///< begins at a multiple of kAlignment
  std::span<const TensorInfo> inputs;
  std::span<const TensorInfo> outputs;
  std::span<const VariableInfo> variables;
  std::uint32_t arena_bytes = 0;  ///< what `Executor` needs, known when the network was compiled
  WeightLayout layout = WeightLayout::kCanonical;

  /// Quantisation of input or output `index`; an index out of range ends in AIOT_CHECK.
  [[nodiscard]] QuantParams input_params(std::size_t index) const noexcept {
    AIOT_CHECK(index < inputs.size());
    return {inputs[index].scale, inputs[index].zero_point};
  }

  [[nodiscard]] QuantParams output_params(std::size_t index) const noexcept {
    AIOT_CHECK(index < outputs.size());
    return {outputs[index].scale, outputs[index].zero_point};
  }
};

/// Why a network can not run here.
enum class Problem : std::uint8_t {
  kNone = 0,
  kLayout,        ///< weights are packed for another kernel set
  kArena,         ///< the application's arena is smaller than `arena_bytes`
  kAddress,       ///< the weights do not begin at a multiple of kAlignment
  kTensor,        ///< an input, output or variable does not lie in the arena or contradicts itself
  kInstruction,   ///< the instruction stream is cut or empty
  kOperator,      ///< an operator that is not in the kernel set
  kParameter,     ///< parameters of an operator contradict each other or are out of range
  kOperandRange,  ///< an operand lies outside of arena or weights, or is not aligned
};

/// What `problem` means, for tools and logs; never null.
const char* to_string(Problem problem) noexcept;

/// The error that stands for `problem` (kNone excepted): kUnsupported, kNoSpace, kInvalidArgument
/// or kCorrupt.
Error to_error(Problem problem) noexcept;

/// A problem and where it is.
struct Diagnosis {
  Problem problem = Problem::kNone;
  std::uint16_t code = 0;         ///< operator code, where the problem is in the program
  std::uint32_t instruction = 0;  ///< its number, from 0
};

/// The instruction that begins at word `at`; {0, 0} when none fits into `program` there.
OpHeader instruction_at(std::span<const std::uint32_t> program, std::size_t at) noexcept;

/// What can be said without a kernel set: tensors and variables lie in an arena of
/// `network.arena_bytes`, the instruction stream is whole. Pure; any bytes may be in `network`.
Diagnosis diagnose_structure(const Network& network) noexcept;

/// Multiply-accumulates of one run, pools and softmax counted as their elements; of a program that
/// passed `Executor::check`.
std::uint64_t count_macs(std::span<const std::uint32_t> program) noexcept;

}  // namespace aiot::nn
