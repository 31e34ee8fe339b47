// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/program.hpp"

/// WeightLayout::kArmPlain: how the kernels of `plain` want their constants and how much scratch
/// they take. Shared by the kernels and by the packer on the host; numbers only.
///
/// - Channels of all weighted operators are `Channel`, the input's zero point folded into the bias:
///   bias + input_offset * sum of the weights (fully connected: weights with their offset).
/// - Convolution: weights as in the canonical layout, [out_c][kernel_h][kernel_w][in_c / groups].
/// - Depthwise: [out_c][kernel_h][kernel_w]: the taps of a channel side by side.
/// - Fully connected: channels in panels of 8, the last one of 4 when at most 4 are left; a panel
///   is [depth][8], in each four bytes the channels 0, 3, 2, 1, those of 0 and 2 plus 128. So the
///   word and the same word rotated by 16 hold two channels each, 24 bits apart.
namespace aiot::nn::plain {

/// Pixels that a convolution computes at once, two in a word: with the most and with less scratch.
inline constexpr std::uint32_t kFastPixels = 6;
inline constexpr std::uint32_t kMiddlePixels = 4;
inline constexpr std::uint32_t kLeastPixels = 2;

/// More than any arena has.
inline constexpr std::uint64_t kTooMuch = std::uint64_t{1} << 40U;

/// Bytes of a row of a window, one group.
constexpr std::uint32_t conv_row(const Conv2dS8& p) noexcept {
  const std::uint32_t groups = p.groups == 0 ? 1U : p.groups;  // refused by the check
  const std::uint32_t channels = groups == 1 ? p.images.in_c : p.images.in_c / groups;
  return p.window.kernel_w * channels;
}

/// Taps times channels that one output of a convolution adds up.
constexpr std::uint64_t conv_depth(const Conv2dS8& p) noexcept {
  return std::uint64_t{conv_row(p)} * p.window.kernel_h;
}

/// Whether the last window of an axis ends inside of the image and the first one begins there.
constexpr bool never_pads(std::uint16_t in,
                          std::uint16_t out,
                          std::uint16_t kernel,
                          std::uint16_t stride,
                          std::uint16_t dilation,
                          std::uint16_t pad) noexcept {
  // Below 2^30 each where the check passes; other values are refused whatever is said here.
  return pad == 0 && (out - 1U) * stride + (kernel - 1U) * dilation < in;
}

/// Whether each row of a window is bytes of the input side by side.
constexpr bool reads_rows_in_place(const Conv2dS8& p) noexcept {
  const Images& i = p.images;
  const Window2d& w = p.window;
  return p.groups == 1 && (w.dilation_w == 1 || w.kernel_w == 1) &&
         never_pads(i.in_h, i.out_h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top) &&
         never_pads(i.in_w, i.out_w, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left);
}

/// Scratch of a convolution that computes `pixels` (even) at once: their inputs, two in a word, and
/// where windows reach over the edge a row of each pixel and one of padding.
constexpr std::uint64_t conv_scratch(const Conv2dS8& p, std::uint32_t pixels) noexcept {
  const std::uint64_t depth = conv_depth(p);
  const std::uint64_t rows =
      reads_rows_in_place(p) ? 0 : std::uint64_t{conv_row(p)} * (pixels + 1U);
  return depth * (2U * pixels) + (rows + 3U) / 4U * 4U;
}

/// How a depthwise convolution cuts its rows: outputs that are computed together.
enum class DepthwiseBlock : std::uint8_t {
  kAny,      ///< any window, any multiplier: 4 outputs
  kStride1,  ///< 3x3, stride 1: 6, 5 or 3 outputs, at most 2 too many
  kStride2,  ///< 3x3, stride 2: 4 outputs
};

constexpr DepthwiseBlock depthwise_block(const DepthwiseConv2dS8& p) noexcept {
  const Window2d& w = p.window;
  if (p.multiplier != 1 || w.kernel_h != 3 || w.kernel_w != 3 || w.dilation_w != 1 ||
      w.stride_w > 2) {
    return DepthwiseBlock::kAny;
  }
  return w.stride_w == 1 ? DepthwiseBlock::kStride1 : DepthwiseBlock::kStride2;
}

/// Rows of the input that a depthwise convolution keeps in scratch.
constexpr std::uint32_t depthwise_rows(const DepthwiseConv2dS8& p) noexcept {
  return (p.window.kernel_h - 1U) * p.window.dilation_h + 1U;
}

/// Columns of such a row: what the outputs of whole blocks read, padding included.
constexpr std::uint32_t depthwise_columns(const DepthwiseConv2dS8& p) noexcept {
  const std::uint32_t block = depthwise_block(p) == DepthwiseBlock::kStride1 ? 3U : 4U;
  const std::uint32_t outputs = (p.images.out_w + block - 1U) / block * block;
  return (outputs - 1U) * p.window.stride_w + (p.window.kernel_w - 1U) * p.window.dilation_w + 1U;
}

constexpr std::uint64_t depthwise_scratch(const DepthwiseConv2dS8& p) noexcept {
  if (p.window.kernel_h == 0 || p.window.kernel_w == 0 || p.images.out_w == 0) {
    return kTooMuch;  // refused by the check
  }
  const std::uint64_t cells = std::uint64_t{depthwise_rows(p)} * depthwise_columns(p);
  return cells >= kTooMuch ? kTooMuch : cells * p.images.in_c;
}

/// Channels of the panels of a fully connected layer, those that only fill the last one included.
constexpr std::uint64_t panel_outputs(const FullyConnectedS8& p) noexcept {
  return (std::uint64_t{p.outputs} + 3U) / 4U * 4U;
}

constexpr Needs needs(const FullyConnectedS8& p) noexcept {
  const std::uint64_t outputs = panel_outputs(p);
  return {outputs * p.depth, std::uint64_t{p.outputs} * sizeof(Channel), 0};
}

constexpr Needs needs(const Conv2dS8& p) noexcept {
  return {conv_depth(p) * p.images.out_c,
          std::uint64_t{p.images.out_c} * sizeof(Channel),
          conv_scratch(p, kLeastPixels)};
}

constexpr Needs needs(const DepthwiseConv2dS8& p) noexcept {
  const std::uint64_t taps = std::uint64_t{p.window.kernel_h} * p.window.kernel_w;
  return {
      taps * p.images.out_c, std::uint64_t{p.images.out_c} * sizeof(Channel), depthwise_scratch(p)};
}

}  // namespace aiot::nn::plain
