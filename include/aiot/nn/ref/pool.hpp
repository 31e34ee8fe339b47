// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/nn/ref/windowed.hpp"

namespace aiot::nn::ref {

namespace detail {

/// Part of one axis of the image below a pool window: [begin, end), never empty after the check.
struct Range {
  std::uint32_t begin;
  std::uint32_t end;
};

constexpr Range covered(std::uint32_t at,
                        std::uint16_t kernel,
                        std::uint16_t stride,
                        std::uint16_t pad,
                        std::uint16_t size) noexcept {
  const std::uint32_t padded_begin = at * stride;
  const std::uint32_t padded_end = padded_begin + kernel;
  const std::uint32_t begin = padded_begin > pad ? padded_begin - pad : 0U;
  const std::uint32_t end = padded_end - pad;
  return {begin, end < size ? end : size};
}

/// Calls `one(input index)` for the cells of one channel below the window of `pixel`; returns how
/// many there are.
template <class One>
std::int32_t for_each_cell(const Pool2dS8& params,
                           const Pixel& pixel,
                           std::uint32_t channel,
                           One one) noexcept {
  const Images& images = params.images;
  const Window2d& window = params.window;
  const Range rows =
      covered(pixel.row, window.kernel_h, window.stride_h, window.pad_top, images.in_h);
  const Range columns =
      covered(pixel.column, window.kernel_w, window.stride_w, window.pad_left, images.in_w);
  for (std::uint32_t y = rows.begin; y < rows.end; ++y) {
    const std::uint32_t row = (pixel.image * images.in_h + y) * images.in_w;
    for (std::uint32_t x = columns.begin; x < columns.end; ++x) {
      one((row + x) * images.in_c + channel);
    }
  }
  return static_cast<std::int32_t>((rows.end - rows.begin) * (columns.end - columns.begin));
}

}  // namespace detail

/// Int8 average of the cells inside of the image, ties away from zero; shapes in `Pool2dS8`.
/// `params` must have passed its check.
inline void average_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  detail::for_each_pixel(params.images, [&](const detail::Pixel& pixel, std::uint32_t at) {
    for (std::uint32_t c = 0; c < params.images.out_c; ++c) {
      std::int32_t sum = 0;
      const std::int32_t cells = detail::for_each_cell(
          params, pixel, c, [&](std::uint32_t from) { sum = wrap_add(sum, in[from]); });
      const std::int32_t half = cells / 2;
      const std::int32_t mean = (sum > 0 ? wrap_add(sum, half) : wrap_add(sum, -half)) / cells;
      out[at + c] = static_cast<std::int8_t>(clamp(mean, params.out.lo, params.out.hi));
    }
  });
}

/// Int8 maximum of the cells inside of the image; shapes in `Pool2dS8`. `params` must have passed
/// its check.
inline void max_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  detail::for_each_pixel(params.images, [&](const detail::Pixel& pixel, std::uint32_t at) {
    for (std::uint32_t c = 0; c < params.images.out_c; ++c) {
      std::int32_t best = -128;
      detail::for_each_cell(
          params, pixel, c, [&](std::uint32_t from) { best = in[from] > best ? in[from] : best; });
      out[at + c] = static_cast<std::int8_t>(clamp(best, params.out.lo, params.out.hi));
    }
  });
}

}  // namespace aiot::nn::ref
