// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/program.hpp"

/// Where the packed constants of the Cortex-M55 kernels lie (`WeightLayout::kArmMve`), and how much
/// scratch the kernels take: what packer and kernels must agree on. No instructions of any CPU.
///
/// Common to all operators:
///  - the input's zero point is folded into the bias: bias' = bias + input_offset * sum(weights);
///    cells of padding are fed as the code of the zero point, so that they add nothing;
///  - packed channels begin with 16 bytes, of which the first word says whether one of the layer's
///    factors is 1/2 or more (`kAnyFactor`); such layers take a slower path;
///  - shifts are what VRSHL takes: negative to the right, in [-31, 31];
///  - channels that only fill a block have weights and parameters of 0.
namespace aiot::nn::arm_mve {

inline constexpr std::uint32_t kVectorBytes = 16;
inline constexpr std::uint32_t kHeaderBytes = 16;
inline constexpr std::uint32_t kFactorsBelowHalf = 0;  ///< every shift is negative
inline constexpr std::uint32_t kAnyFactor = 1;

/// Pixels whose outputs a convolution computes at once, and output channels that share a record.
inline constexpr std::uint32_t kBlockPixels = 4;
inline constexpr std::uint32_t kQuad = 4;

/// Parameters of four output channels: bias[4], multiplier[4], shift[4].
inline constexpr std::uint32_t kQuadBytes = 48;

/// Outputs of a fully connected layer that share the loads of its input, and their parameters:
/// bias[8], multiplier[8], shift[8], each in the order 0 2 4 6 1 3 5 7 (the order in which two
/// vectors of four are narrowed into one of eight).
inline constexpr std::uint32_t kOctet = 8;
inline constexpr std::uint32_t kOctetBytes = 96;
inline constexpr std::uint32_t kOctetOrder[kOctet] = {0, 2, 4, 6, 1, 3, 5, 7};

template <class T>
constexpr T divide_up(T value, T by) noexcept {
  return (value + by - 1) / by;
}

/// Bytes of the three input rows that a sliding convolution holds: the columns of whole blocks and
/// the two that the last window reaches beyond.
constexpr std::uint64_t slide_bytes(const Conv2dS8& p) noexcept {
  const std::uint64_t columns =
      divide_up<std::uint64_t>(p.images.out_w, kBlockPixels) * kBlockPixels + 2;
  return 3 * columns * p.images.in_c;
}

/// A convolution whose windows overlap from pixel to pixel: kernel 3x3, stride 1, 16, 32 or 64
/// channels. It loads the six columns below four pixels once instead of gathering each window, from
/// three rows in scratch. Worth it where the blocks of four pixels fill the rows.
constexpr bool slides(const Conv2dS8& p) noexcept {
  constexpr std::uint64_t kMostBytes = 4096;
  const std::uint32_t width = p.images.out_w;
  const std::uint32_t channels = p.images.in_c;
  const Window2d& w = p.window;
  return p.groups == 1 && w.kernel_w == 3 && w.kernel_h == 3 && w.stride_w == 1 &&
         w.stride_h == 1 && w.dilation_w == 1 && w.dilation_h == 1 &&
         (channels == 16 || channels == 32 || channels == 64) &&
         divide_up(width, kBlockPixels) * kBlockPixels * 6 <= width * 7 &&
         slide_bytes(p) <= kMostBytes;
}

/// Up to this many steps run as straight code, which reads the last one first: the weights are
/// packed in the order last, 0, 1, ... Longer dot products are read in order.
inline constexpr std::uint64_t kStraightSteps = 9;

/// A convolution that sees one cell of whole vectors at the place of its output needs no gathering:
/// its blocks of four pixels read the input where it is.
constexpr bool reads_in_place(const Conv2dS8& p) noexcept {
  const Window2d& w = p.window;
  return p.groups == 1 && w.kernel_h == 1 && w.kernel_w == 1 && w.stride_h == 1 &&
         w.stride_w == 1 && w.pad_top == 0 && w.pad_left == 0 && p.images.in_h == p.images.out_h &&
         p.images.in_w == p.images.out_w && p.images.in_c % kVectorBytes == 0 &&
         p.images.in_c <= kStraightSteps * kVectorBytes && p.images.out_c % kQuad == 0;
}

/// Blocks of four pixels that are gathered before the first is computed: several small ones, so
/// that they share the way there and back.
constexpr std::uint64_t blocks_at_once(const Conv2dS8& p, std::uint64_t steps) noexcept {
  constexpr std::uint64_t kBytes = 512;
  constexpr std::uint64_t kMost = 8;
  if (p.groups != 1 || p.images.out_c % kQuad != 0 || reads_in_place(p)) {
    return 1;
  }
  const std::uint64_t block_bytes = steps * kBlockPixels * kVectorBytes;
  const std::uint64_t blocks = block_bytes == 0 ? 1 : kBytes / block_bytes;
  return blocks == 0 ? 1 : (blocks > kMost ? kMost : blocks);
}

/// Sizes of a convolution. `steps` of 16 products each make one dot product. Sliding: a step is one
/// kernel row of one vector of channels, 6 input columns against 3 kernel columns.
struct ConvShape {
  std::uint64_t depth = 0;    ///< input channels of a group
  std::uint64_t window = 0;   ///< products of one output
  std::uint64_t outputs = 0;  ///< output channels of a group
  std::uint64_t quads = 0;    ///< blocks of four output channels of a group
  std::uint64_t steps = 0;
  std::uint64_t blocks = 1;       ///< gathered at once
  std::uint64_t patch_bytes = 0;  ///< gathered input; three input rows when it slides
  std::uint64_t tile_bytes = 0;   ///< staged outputs of a block; 0 when they are stored directly
};

constexpr ConvShape shape_of(const Conv2dS8& p) noexcept {
  ConvShape s;
  if (p.groups == 0) {
    return s;
  }
  s.depth = std::uint64_t{p.images.in_c} / p.groups;
  s.window = std::uint64_t{p.window.kernel_h} * p.window.kernel_w * s.depth;
  s.outputs = std::uint64_t{p.images.out_c} / p.groups;
  s.quads = divide_up<std::uint64_t>(s.outputs, kQuad);
  s.tile_bytes = s.outputs % kQuad == 0 ? 0 : s.quads * kQuad * kBlockPixels;
  if (slides(p)) {
    s.steps = std::uint64_t{p.window.kernel_h} * (s.depth / kVectorBytes);
    s.patch_bytes = slide_bytes(p);
  } else {
    s.steps = divide_up<std::uint64_t>(s.window, kVectorBytes);
    s.blocks = blocks_at_once(p, s.steps);
    s.patch_bytes = s.blocks * s.steps * kBlockPixels * kVectorBytes;
  }
  return s;
}

/// Weights, not sliding: for each group, pair of output channels and step, 16 weights of the one
/// channel and 16 of the other. Sliding: for each pair, vector of input channels and kernel row,
/// 3 kernel columns of the one channel and 3 of the other, 16 weights each. Of four channels the
/// second pair comes first: the stack, where its sums are left, turns the order around.
constexpr Needs needs(const Conv2dS8& p) noexcept {
  const ConvShape s = shape_of(p);
  const std::uint64_t step_bytes = (slides(p) ? 3U : 1U) * std::uint64_t{kQuad} * kVectorBytes;
  const std::uint64_t quads = s.quads * p.groups;
  // Copies of up to 16 bytes may write behind the patch.
  return {quads * s.steps * step_bytes,
          kHeaderBytes + quads * kQuadBytes,
          s.patch_bytes + kVectorBytes + s.tile_bytes};
}

/// How a depthwise convolution is computed.
enum class DepthwisePath : std::uint8_t {
  kDense,    ///< stride 1, kernel up to 3x3: two rows by two columns of outputs from one vector
  kStrided,  ///< stride 2, kernel up to 4x4: one output from one vector
  kGeneral,  ///< the rest: products of eight channels at a time
};

constexpr DepthwisePath path_of(const DepthwiseConv2dS8& p) noexcept {
  const Window2d& w = p.window;
  if (p.multiplier != 1 || w.dilation_h != 1 || w.dilation_w != 1) {
    return DepthwisePath::kGeneral;
  }
  if (w.stride_h == 1 && w.stride_w == 1 && w.kernel_h <= 3 && w.kernel_w <= 3) {
    return DepthwisePath::kDense;
  }
  if (w.stride_h == 2 && w.stride_w == 2 && w.kernel_h <= 4 && w.kernel_w <= 4) {
    return DepthwisePath::kStrided;
  }
  return DepthwisePath::kGeneral;
}

/// Weights of kDense and kStrided: for each four channels a record of 4 * 16 bytes of weights, one
/// word of 0, and bias[4], multiplier[4], shift[4]. The 16 bytes of a channel are four columns of
/// four rows (rows fastest): kDense 0, column 0, 1, 2, with row 3 always 0; kStrided column 0 to 3.
/// The packed channels are their first 16 bytes only.
inline constexpr std::uint32_t kDepthwiseRecord = kQuad * kVectorBytes + 4 + kQuadBytes;

/// The rows under work of kDense and kStrided: [groups of 16 channels][columns][16 channels][4
/// rows].
struct DepthwiseShape {
  std::uint64_t groups = 0;
  std::uint64_t quads = 0;
  std::uint64_t columns = 0;
  std::uint64_t buffer_bytes = 0;
  std::uint64_t stage_bytes = 0;  ///< staged outputs of a pass, where channels are not whole quads
  std::uint64_t dump_bytes = 0;   ///< outputs of a second row that is not there
};

constexpr DepthwiseShape shape_of(const DepthwiseConv2dS8& p) noexcept {
  const bool dense = path_of(p) == DepthwisePath::kDense;
  const std::uint64_t width = p.images.out_w;
  DepthwiseShape s;
  s.groups = divide_up<std::uint64_t>(p.images.out_c, kVectorBytes);
  s.quads = divide_up<std::uint64_t>(p.images.out_c, kQuad);
  s.columns = dense ? divide_up<std::uint64_t>(width, 2) * 2 + 2
                    : divide_up<std::uint64_t>(width, 4) * 8 + 2;
  s.buffer_bytes = s.groups * s.columns * 4 * kVectorBytes;
  const std::uint64_t rows = dense ? 2 : 1;
  s.stage_bytes = p.images.out_c % kQuad == 0 ? 0 : rows * width * s.quads * kQuad;
  s.dump_bytes = dense ? s.quads * kQuad : 0;
  return s;
}

/// kGeneral reads canonical weights; its channels are those of a convolution.
constexpr Needs needs(const DepthwiseConv2dS8& p) noexcept {
  const DepthwiseShape s = shape_of(p);
  if (path_of(p) == DepthwisePath::kGeneral) {
    const std::uint64_t taps = std::uint64_t{p.window.kernel_h} * p.window.kernel_w;
    return {taps * p.images.out_c, kHeaderBytes + s.quads * kQuadBytes, 0};
  }
  return {s.quads * kDepthwiseRecord, kHeaderBytes, s.buffer_bytes + s.stage_bytes + s.dump_bytes};
}

/// Weights of a fully connected layer: for each eight outputs and 16 inputs, 8 * 16 weights.
constexpr Needs needs(const FullyConnectedS8& p) noexcept {
  const std::uint64_t octets = divide_up<std::uint64_t>(p.outputs, kOctet);
  const std::uint64_t steps = divide_up<std::uint64_t>(p.depth, kVectorBytes);
  return {octets * steps * kOctet * kVectorBytes, kHeaderBytes + octets * kOctetBytes, 0};
}

}  // namespace aiot::nn::arm_mve
