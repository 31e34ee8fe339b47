// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <arm_mve.h>

#include <algorithm>
#include <cstdint>

#include "aiot/nn/arm_mve/kernels.hpp"
#include "src/nn/arm_mve/conv_block.hpp"
#include "src/nn/arm_mve/copy.hpp"

/// Convolution in blocks of four pixels, in row-major order: all that a block reads is gathered
/// into scratch, then all its output channels are computed and stored. So the output may lie over
/// the input as far as blocks behind have not read.
namespace aiot::nn::arm_mve {
namespace {

/// What all blocks of a layer share.
struct Layer {
  const Conv2dS8& params;
  const std::int8_t* in;
  std::int8_t* out;
  std::int8_t* patch;
  std::int8_t* tile;  ///< staged outputs, where channels are not whole quads
  std::uint32_t depth;
  std::uint32_t outputs;  ///< of a group
  std::uint32_t quads;
  std::uint32_t steps;
  std::uint32_t group_bytes;  ///< weights of a group
  std::int8_t zero;           ///< code of the input's zero point: padding
  const std::int32_t* channels;
  const std::int8_t* weights;
  ConvBlock block;
};

std::uint32_t four_times(std::int16_t code) noexcept {
  return (static_cast<std::uint32_t>(code) & 0xFFU) * 0x0101'0101U;
}

Layer layer_of(const Conv2dS8& params, const Memory& memory) noexcept {
  const ConvShape shape = shape_of(params);
  const auto* channels = memory.constants<std::int32_t>(params.channels);
  std::int8_t* const patch = memory.write_s8(params.scratch.offset);
  const auto patch_bytes = static_cast<std::uint32_t>(shape.patch_bytes) + kVectorBytes;
  const Rule rule = rule_of(static_cast<std::uint32_t>(channels[0]), params.out);
  const auto quads = static_cast<std::uint32_t>(shape.quads);
  const auto weights_bytes = static_cast<std::uint32_t>(needs(params).weights);
  return {params,
          memory.read_s8(params.input),
          memory.write_s8(params.output),
          patch,
          shape.tile_bytes == 0 ? nullptr : patch + patch_bytes,
          static_cast<std::uint32_t>(shape.depth),
          static_cast<std::uint32_t>(shape.outputs),
          quads,
          static_cast<std::uint32_t>(shape.steps),
          weights_bytes / params.groups,
          static_cast<std::int8_t>(-params.input_offset),
          channels + kHeaderBytes / 4,
          memory.constants<std::int8_t>(params.weights),
          {{},
           nullptr,
           nullptr,
           nullptr,
           static_cast<std::uint32_t>(shape.steps) - 1U,
           {},
           0,
           rule,
           params.out.zero_point,
           four_times(params.out.lo),
           four_times(params.out.hi)}};
}

std::uint32_t address_of(const void* pointer) noexcept {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer));
}

/// Computes group `group` of the block whose input is gathered and stores it to `to`, the outputs
/// of its first pixel.
void finish_block(Layer& layer,
                  void (*kernel)(const ConvBlock*) noexcept,
                  std::uint32_t group,
                  std::int8_t* to) noexcept {
  ConvBlock& block = layer.block;
  const std::uint32_t pixel_bytes = layer.params.images.out_c;
  const std::uint32_t step = layer.tile == nullptr ? pixel_bytes : layer.quads * kQuad;
  std::int8_t* const first = layer.tile == nullptr ? to : layer.tile;
  for (std::uint32_t i = 0; i < kBlockPixels; ++i) {
    block.to[i] = address_of(first + i * step) - 4U;
  }
  constexpr std::uint32_t kQuadWords = kQuadBytes / 4;
  block.weights = layer.weights + group * layer.group_bytes;
  block.quads = layer.channels + group * layer.quads * kQuadWords;
  block.quads_end = block.quads + layer.quads * kQuadWords;
  kernel(&block);
  if (layer.tile != nullptr) {
    for (std::uint32_t i = 0; i < block.valid; ++i) {
      copy_bytes(to + i * pixel_bytes, layer.tile + i * step, layer.outputs);
    }
  }
}

/// Cells [begin, end) of `count` taps from cell `from` on that lie inside of an axis of `size`.
struct Inside {
  std::uint32_t begin;
  std::uint32_t end;
};

Inside inside(std::int32_t from, std::uint32_t count, std::uint32_t size) noexcept {
  const std::uint32_t begin = from < 0 ? static_cast<std::uint32_t>(-from) : 0U;
  const std::int32_t left = static_cast<std::int32_t>(size) - from;
  const std::uint32_t end = left < 0 ? 0U : std::min(static_cast<std::uint32_t>(left), count);
  return {std::min(begin, end), end};
}

std::int32_t origin(std::uint32_t at, std::uint16_t stride, std::uint16_t pad) noexcept {
  return static_cast<std::int32_t>(at * stride) - pad;
}

/// One kernel row whose taps are side by side in memory: padding, cells, padding.
std::int8_t* gather_row(const Layer& layer,
                        const std::int8_t* row,
                        std::int32_t x,
                        std::int8_t* to) noexcept {
  const std::uint32_t taps = layer.params.window.kernel_w;
  const Inside part = inside(x, taps, layer.params.images.in_w);
  if (part.begin != 0) {
    fill_bytes(to, layer.zero, part.begin * layer.depth);
  }
  const auto first = static_cast<std::uint32_t>(x + static_cast<std::int32_t>(part.begin));
  if (part.end != part.begin) {
    copy_bytes(to + part.begin * layer.depth,
               row + first * layer.depth,
               (part.end - part.begin) * layer.depth);
  }
  if (part.end != taps) {
    fill_bytes(to + part.end * layer.depth, layer.zero, (taps - part.end) * layer.depth);
  }
  return to + taps * layer.depth;
}

/// One kernel row with dilation or of one group of several: tap by tap.
std::int8_t* gather_taps(const Layer& layer,
                         const std::int8_t* row,
                         std::int32_t x,
                         std::int8_t* to) noexcept {
  const Images& images = layer.params.images;
  for (std::uint32_t tap = 0; tap < layer.params.window.kernel_w; ++tap) {
    if (x >= 0 && x < images.in_w) {
      copy_bytes(to, row + static_cast<std::uint32_t>(x) * images.in_c, layer.depth);
    } else {
      fill_bytes(to, layer.zero, layer.depth);
    }
    x += layer.params.window.dilation_w;
    to += layer.depth;
  }
  return to;
}

/// The window of one output pixel.
void gather_window(const Layer& layer,
                   const std::int8_t* image,
                   std::uint32_t row,
                   std::uint32_t column,
                   std::int8_t* to) noexcept {
  const Images& images = layer.params.images;
  const Window2d& window = layer.params.window;
  const bool contiguous = window.dilation_w == 1 && layer.params.groups == 1;
  const std::int32_t x = origin(column, window.stride_w, window.pad_left);
  std::int32_t y = origin(row, window.stride_h, window.pad_top);
  const std::uint32_t row_bytes = std::uint32_t{images.in_w} * images.in_c;
  for (std::uint32_t tap = 0; tap < window.kernel_h; ++tap, y += window.dilation_h) {
    if (y < 0 || y >= images.in_h) {
      fill_bytes(to, layer.zero, window.kernel_w * layer.depth);
      to += window.kernel_w * layer.depth;
      continue;
    }
    const std::int8_t* const cells = image + static_cast<std::uint32_t>(y) * row_bytes;
    to = contiguous ? gather_row(layer, cells, x, to) : gather_taps(layer, cells, x, to);
  }
}

/// An output pixel and the image that it sees.
struct Cursor {
  const std::int8_t* image;
  std::uint32_t row = 0;
  std::uint32_t column = 0;

  void next(const Images& images) noexcept {
    if (++column == images.out_w) {
      column = 0;
      if (++row == images.out_h) {
        row = 0;
        image += std::uint32_t{images.in_h} * images.in_w * images.in_c;
      }
    }
  }
};

/// Every output sees one cell, and four pixels' cells are side by side.
bool is_pointwise(const Layer& layer) noexcept {
  const Window2d& w = layer.params.window;
  return w.kernel_h == 1 && w.kernel_w == 1 && w.stride_h == 1 && w.stride_w == 1 &&
         w.pad_top == 0 && w.pad_left == 0 && layer.params.groups == 1 &&
         layer.depth % kVectorBytes == 0 && layer.params.images.in_h == layer.params.images.out_h &&
         layer.params.images.in_w == layer.params.images.out_w;
}

void gather_block(const Layer& layer, Cursor at, std::uint32_t group) noexcept {
  const std::uint32_t pixel_bytes = layer.steps * kVectorBytes;
  for (std::uint32_t i = 0; i < layer.block.valid; ++i) {
    gather_window(
        layer, at.image + group * layer.depth, at.row, at.column, layer.patch + i * pixel_bytes);
    at.next(layer.params.images);
  }
}

void run_gathered(Layer& layer) noexcept {
  const Images& images = layer.params.images;
  const std::uint32_t pixels = std::uint32_t{images.batch} * images.out_h * images.out_w;
  const bool straight = layer.steps <= kStraightSteps;
  const auto kernel = straight ? conv_straight : conv_long;
  const std::uint32_t pixel_bytes = layer.steps * kVectorBytes;
  for (std::uint32_t i = 0; i < kBlockPixels; ++i) {
    layer.block.pixels[i] =
        layer.patch + i * pixel_bytes + (straight ? pixel_bytes - kVectorBytes : 0);
  }
  const bool pointwise = is_pointwise(layer);
  Cursor at{layer.in};
  for (std::uint32_t pixel = 0; pixel < pixels; pixel += kBlockPixels) {
    layer.block.valid = std::min(pixels - pixel, kBlockPixels);
    for (std::uint32_t group = 0; group < layer.params.groups; ++group) {
      if (pointwise) {
        copy_bytes(layer.patch, layer.in + pixel * pixel_bytes, layer.block.valid * pixel_bytes);
      } else {
        gather_block(layer, at, group);
      }
      finish_block(layer, kernel, group, layer.out + pixel * images.out_c + group * layer.outputs);
    }
    for (std::uint32_t i = 0; i < kBlockPixels; ++i) {
      at.next(images);
    }
  }
}

/// The six columns below four pixels from `column` on: [kernel rows][vectors of channels][columns].
void gather_columns(const Layer& layer,
                    const std::int8_t* image,
                    std::uint32_t row,
                    std::uint32_t column) noexcept {
  const Images& images = layer.params.images;
  const Window2d& window = layer.params.window;
  const std::int32_t x = origin(column, 1, window.pad_left);
  const Inside part = inside(x, kSlideColumns, images.in_w);
  const int8x16_t padding = vdupq_n_s8(layer.zero);
  const std::uint32_t vectors = images.in_c / kVectorBytes;
  std::int8_t* to = layer.patch;
  std::int32_t y = origin(row, window.stride_h, window.pad_top);
  for (std::uint32_t tap = 0; tap < window.kernel_h; ++tap, y += window.dilation_h) {
    const bool outside = y < 0 || y >= images.in_h;
    const std::int8_t* const cells =
        image + (y * images.in_w + x) * static_cast<std::int32_t>(images.in_c);
    for (std::uint32_t c = 0; c < kSlideColumns; ++c) {
      const bool pads = outside || c < part.begin || c >= part.end;
      const std::int8_t* from = cells + c * images.in_c;
      std::int8_t* cell = to + c * kVectorBytes;
      for (std::uint32_t v = 0; v < vectors; ++v) {
        vstrbq_s8(cell, pads ? padding : vldrbq_s8(from));
        from += kVectorBytes;
        cell += kSlideColumns * kVectorBytes;
      }
    }
    to += vectors * kSlideColumns * kVectorBytes;
  }
}

void run_sliding(Layer& layer) noexcept {
  const Images& images = layer.params.images;
  layer.block.pixels[0] = layer.patch;
  const std::int8_t* image = layer.in;
  std::int8_t* out = layer.out;
  for (std::uint32_t i = 0; i < images.batch; ++i) {
    for (std::uint32_t row = 0; row < images.out_h; ++row) {
      for (std::uint32_t column = 0; column < images.out_w; column += kBlockPixels) {
        layer.block.valid = std::min(images.out_w - column, kBlockPixels);
        gather_columns(layer, image, row, column);
        finish_block(layer, conv_sliding, 0, out);
        out += layer.block.valid * images.out_c;
      }
    }
    image += std::uint32_t{images.in_h} * images.in_w * images.in_c;
  }
}

}  // namespace

void conv_2d_s8(const Conv2dS8& params, const Memory& memory) noexcept {
  Layer layer = layer_of(params, memory);
  if (slides(params)) {
    run_sliding(layer);
  } else {
    run_gathered(layer);
  }
}

}  // namespace aiot::nn::arm_mve
