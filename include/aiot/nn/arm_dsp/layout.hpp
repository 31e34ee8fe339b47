// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/program.hpp"

/// WeightLayout::kArmDsp: how the kernels of `arm_dsp` want their constants and how much scratch
/// they take. Shared by the kernels and by the packer on the host; numbers only.
///
/// Four things are settled on the host. The input's zero point is folded into the bias. Biases (and
/// the weights of the fast depthwise kernel) are doubled, because the doubling high multiply of the
/// reference is the high half of a product of the doubled value. The two constants that the
/// rounding shift adds are one. And two output channels share a halfword: `c0 + 256 * c1`, which
/// costs one SXTB16 for four weights instead of two, because
///   sum(halfword * x) = sum(c0 * x) + 256 * sum(c1 * x)
/// gives the second sum as soon as the first is known.
///
/// - `channels` of a weighted operator: one word, its `Mode`; of a depthwise operator that is not
///   `is_fast`, `PackedChannel` [out_c] follow.
/// - Convolution: per group and pair of output channels [quads][2] words, then `PackedChannel` of
///   the second and of the first channel. A quad is four inputs k; its first word has k = 0 and 2,
///   the second k = 1 and 3, each a halfword of the two channels. Inputs of a window come in runs
///   (`Matmul`), each filled up to whole quads with zeros.
/// - Fully connected: per block of 4 outputs [quads][4] words: as above for outputs 0 and 1, then
///   for 2 and 3; then `PackedChannel` [4].
/// - Depthwise, `is_fast`: `DepthwiseColumnChannel` [out_c]; else weights as in the canonical
///   layout.
namespace aiot::nn::arm_dsp {

/// How the sums of a layer become codes.
enum class Mode : std::uint32_t {
  kRectified = 0,  ///< codes of [-128, 127], nothing below the zero point survives
  kSigned = 1,     ///< codes of [-128, 127], every right shift at least 1
  kGeneral = 2,    ///< everything; the addend has no zero point
  kWide = 3,       ///< kGeneral with a pair of weights that does not fit a halfword
};

/// Requantisation of one output channel.
struct PackedChannel {
  std::int32_t bias2 = 0;       ///< doubled, the input's zero point folded in where the layout says
  std::int32_t multiplier = 0;  ///< 0 or [2^30, 2^31)
  std::int32_t addend = 0;      ///< 2^(right shift - 1) + zero point * 2^(right shift)
  std::uint32_t shift = 0;      ///< bits 0-7 right, 8-15 left, 31 set when the right shift is not 0
};

/// A channel of the fast depthwise kernel: doubled weights of column k, rows (0, 1) and (1, 2), as
/// halfwords, the lower row in the low one.
struct DepthwiseColumnChannel {
  std::uint32_t upper[3] = {0, 0, 0};
  std::uint32_t lower[3] = {0, 0, 0};
  PackedChannel channel{};
};

static_assert(sizeof(PackedChannel) == 16 && sizeof(DepthwiseColumnChannel) == 40);

/// Output pixels that a convolution computes at once.
inline constexpr std::uint32_t kBlockPixels = 3;

/// Quads after which the sum of a pair's second channel must be taken out of the mixture: 512
/// products of codes are below 2^23 in magnitude.
inline constexpr std::uint32_t kChunkQuads = 124;

/// More than any arena or package has.
inline constexpr std::uint64_t kTooMuch = std::uint64_t{1} << 40U;

constexpr std::uint64_t at_most_too_much(std::uint64_t bytes) noexcept {
  return bytes < kTooMuch ? bytes : kTooMuch;
}

/// A convolution as a matrix product: the inputs of an output pixel in runs of bytes that lie side
/// by side in the image (rows of the kernel, or its taps).
struct Matmul {
  std::uint32_t runs_down = 1;    ///< rows of the kernel
  std::uint32_t runs_across = 1;  ///< runs in each
  std::uint32_t columns = 1;      ///< columns of the image in a run
  std::uint32_t run_bytes = 1;
  std::uint32_t run_quads = 1;
  std::uint64_t quads = 1;
  std::uint32_t group_outputs = 1;
  std::uint64_t pairs = 1;  ///< per group
};

constexpr Matmul matmul_of(const Conv2dS8& p) noexcept {
  Matmul m;
  const std::uint32_t groups = p.groups == 0 ? 1U : p.groups;  // before the check of parameters
  const bool rows = groups == 1 && (p.window.dilation_w == 1 || p.window.kernel_w == 1);
  m.runs_down = p.window.kernel_h;
  m.columns = rows ? p.window.kernel_w : 1U;
  m.runs_across = rows ? 1U : p.window.kernel_w;
  m.run_bytes = m.columns * (p.images.in_c / groups);
  m.run_quads = m.run_bytes / 4U + (m.run_bytes % 4U != 0 ? 1U : 0U);
  m.quads = std::uint64_t{m.runs_down} * m.runs_across * m.run_quads;
  m.group_outputs = p.images.out_c / groups;
  m.pairs = (m.group_outputs + 1U) / 2U;
  return m;
}

/// Words of a pair of output channels.
constexpr std::uint64_t pair_words(const Matmul& m) noexcept {
  return m.quads * 2U + 2U * sizeof(PackedChannel) / 4U;
}

/// The windows of one axis leave the image.
constexpr bool leaves(std::uint32_t in,
                      std::uint32_t out,
                      std::uint32_t kernel,
                      std::uint32_t stride,
                      std::uint32_t dilation,
                      std::uint32_t pad) noexcept {
  return pad != 0 || std::uint64_t{out - 1U} * stride + std::uint64_t{kernel - 1U} * dilation >= in;
}

constexpr bool leaves_image(const Images& i, const Window2d& w) noexcept {
  return leaves(i.in_h, i.out_h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top) ||
         leaves(i.in_w, i.out_w, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left);
}

/// Each window is one whole input pixel, and the next pixel's window is the next.
constexpr bool is_pointwise(const Conv2dS8& p) noexcept {
  const Images& i = p.images;
  const Window2d& w = p.window;
  return w.kernel_h == 1 && w.kernel_w == 1 && w.stride_h == 1 && w.stride_w == 1 &&
         w.pad_top == 0 && w.pad_left == 0 && i.in_h == i.out_h && i.in_w == i.out_w &&
         p.groups == 1 && i.in_c % 4 == 0;
}

/// Runs that are not whole in the image are put together in scratch: one per pixel of a block, and
/// one of padding.
constexpr bool stages(const Conv2dS8& p) noexcept {
  return leaves_image(p.images, p.window) || matmul_of(p).run_bytes % 4U != 0;
}

/// The expanded inputs of a block of pixels.
constexpr std::uint64_t gathered_bytes(const Matmul& m) noexcept {
  return at_most_too_much(m.quads * (2U * kBlockPixels * 4U));
}

constexpr Needs needs(const Conv2dS8& p) noexcept {
  const Matmul m = matmul_of(p);
  const std::uint64_t staging =
      stages(p) ? std::uint64_t{m.run_quads} * 4U * (kBlockPixels + 1U) : 0U;
  if (m.quads >= kTooMuch / 64U) {
    return {kTooMuch, 4, kTooMuch};
  }
  return {at_most_too_much(at_most_too_much(pair_words(m) * 4U) * m.pairs * p.groups),
          4,
          gathered_bytes(m) + staging};
}

/// 3x3 without multiplier and dilation: columns of pairs of rows in scratch.
constexpr bool is_fast(const DepthwiseConv2dS8& p) noexcept {
  const Window2d& w = p.window;
  return w.kernel_h == 3 && w.kernel_w == 3 && w.dilation_h == 1 && w.dilation_w == 1 &&
         w.stride_h == w.stride_w && w.stride_h <= 2 && p.multiplier == 1 && p.images.in_c >= 4 &&
         p.images.in_c == p.images.out_c;
}

/// One channel of the fast kernel in scratch: for each column of the padded image two words, the
/// pair of rows with even number and the one with odd number.
constexpr std::uint32_t line_bytes(const DepthwiseConv2dS8& p) noexcept {
  return ((p.images.out_w - 1U) * p.window.stride_w + 3U) * 8U;
}

/// Channels of the fast kernel that fit into `scratch_bytes`: all of them, or a multiple of 4.
constexpr std::uint32_t line_channels(const DepthwiseConv2dS8& p,
                                      std::uint32_t scratch_bytes) noexcept {
  const std::uint32_t lines = scratch_bytes / line_bytes(p);
  return lines >= p.images.in_c ? p.images.in_c : lines & ~3U;
}

constexpr Needs needs(const DepthwiseConv2dS8& p) noexcept {
  if (is_fast(p)) {
    return {std::uint64_t{p.images.out_c} * sizeof(DepthwiseColumnChannel),
            4,
            std::uint64_t{4} * line_bytes(p)};
  }
  return {canonical_needs(p).weights, 4 + std::uint64_t{p.images.out_c} * sizeof(PackedChannel), 0};
}

/// Words of a block of four outputs.
constexpr std::uint64_t block_words(const FullyConnectedS8& p) noexcept {
  return (std::uint64_t{p.depth} + 3U) / 4U * 4U + 4U * sizeof(PackedChannel) / 4U;
}

constexpr Needs needs(const FullyConnectedS8& p) noexcept {
  const std::uint64_t blocks = (std::uint64_t{p.outputs} + 3U) / 4U;
  return {at_most_too_much(block_words(p) * 4U * blocks), 4, 0};
}

}  // namespace aiot::nn::arm_dsp
