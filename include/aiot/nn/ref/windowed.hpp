// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/nn/ref/fully_connected.hpp"

namespace aiot::nn::ref {

namespace detail {

/// An output pixel: its image of the batch, row and column.
struct Pixel {
  std::uint32_t image;
  std::uint32_t row;
  std::uint32_t column;
};

/// Calls `one(pixel, output index of its first channel)` for all output pixels in order.
template <class One>
void for_each_pixel(const Images& images, One one) noexcept {
  std::uint32_t at = 0;
  for (std::uint32_t image = 0; image < images.batch; ++image) {
    for (std::uint32_t row = 0; row < images.out_h; ++row) {
      for (std::uint32_t column = 0; column < images.out_w; ++column) {
        one(Pixel{image, row, column}, at);
        at += images.out_c;
      }
    }
  }
}

/// Input row or column below tap `tap` of output position `at`; negative before the image.
constexpr std::int32_t tap_position(std::uint32_t at,
                                    std::uint32_t tap,
                                    std::uint16_t stride,
                                    std::uint16_t dilation,
                                    std::uint16_t pad) noexcept {
  return static_cast<std::int32_t>(at * stride + tap * dilation) - pad;
}

/// Calls `one(input index of channel 0, number of the tap)` for the taps of `pixel` that lie inside
/// of the image.
template <class One>
void for_each_tap(const Images& images,
                  const Window2d& window,
                  const Pixel& pixel,
                  One one) noexcept {
  for (std::uint32_t ky = 0; ky < window.kernel_h; ++ky) {
    const std::int32_t y =
        tap_position(pixel.row, ky, window.stride_h, window.dilation_h, window.pad_top);
    if (y < 0 || y >= images.in_h) {
      continue;
    }
    const std::uint32_t row = pixel.image * images.in_h + static_cast<std::uint32_t>(y);
    for (std::uint32_t kx = 0; kx < window.kernel_w; ++kx) {
      const std::int32_t x =
          tap_position(pixel.column, kx, window.stride_w, window.dilation_w, window.pad_left);
      if (x < 0 || x >= images.in_w) {
        continue;
      }
      one((row * images.in_w + static_cast<std::uint32_t>(x)) * images.in_c,
          ky * window.kernel_w + kx);
    }
  }
}

}  // namespace detail

/// Int8 convolution; shapes and ranges in `Conv2dS8`.
/// out pixels * out_c * taps * in_c / groups multiply-accumulates, no scratch. `params` must have
/// passed its check. Source: TFLite 8-bit quantisation specification, CONV_2D.
inline void conv_2d_s8(const Conv2dS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  const auto* weights = memory.constants<std::int8_t>(params.weights);
  const auto* channels = memory.constants<Channel>(params.channels);
  const std::uint32_t depth = std::uint32_t{params.images.in_c} / params.groups;
  const std::uint32_t group_outputs = std::uint32_t{params.images.out_c} / params.groups;
  const std::uint32_t taps = std::uint32_t{params.window.kernel_h} * params.window.kernel_w;
  detail::for_each_pixel(params.images, [&](const detail::Pixel& pixel, std::uint32_t at) {
    for (std::uint32_t o = 0; o < params.images.out_c; ++o) {
      const std::int8_t* filter = weights + o * taps * depth;
      const std::uint32_t first = o / group_outputs * depth;
      std::int32_t sum = channels[o].bias;
      detail::for_each_tap(
          params.images, params.window, pixel, [&](std::uint32_t from, std::uint32_t tap) {
            for (std::uint32_t d = 0; d < depth; ++d) {
              const std::int32_t value = in[from + first + d] + params.input_offset;
              sum = wrap_add(sum, value * filter[tap * depth + d]);
            }
          });
      out[at + o] = to_s8(sum, channels[o], params.out);
    }
  });
}

/// Int8 convolution of each channel by itself; shapes and ranges in `DepthwiseConv2dS8`.
/// out pixels * out_c * taps multiply-accumulates, no scratch. `params` must have passed its check.
/// Source: TFLite 8-bit quantisation specification, DEPTHWISE_CONV_2D.
inline void depthwise_conv_2d_s8(const DepthwiseConv2dS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  const auto* weights = memory.constants<std::int8_t>(params.weights);
  const auto* channels = memory.constants<Channel>(params.channels);
  const std::uint32_t outputs = params.images.out_c;
  detail::for_each_pixel(params.images, [&](const detail::Pixel& pixel, std::uint32_t at) {
    for (std::uint32_t o = 0; o < outputs; ++o) {
      const std::uint32_t source = o / params.multiplier;
      std::int32_t sum = channels[o].bias;
      detail::for_each_tap(
          params.images, params.window, pixel, [&](std::uint32_t from, std::uint32_t tap) {
            const std::int32_t value = in[from + source] + params.input_offset;
            sum = wrap_add(sum, value * weights[tap * outputs + o]);
          });
      out[at + o] = to_s8(sum, channels[o], params.out);
    }
  });
}

}  // namespace aiot::nn::ref
