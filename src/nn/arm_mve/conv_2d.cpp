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
  const std::int8_t* in = nullptr;
  std::int8_t* out = nullptr;
  std::int8_t* patch = nullptr;
  std::int8_t* tile = nullptr;  ///< staged outputs, where channels are not whole quads
  std::uint32_t depth = 0;
  std::uint32_t outputs = 0;  ///< of a group
  std::uint32_t quads = 0;
  std::uint32_t steps = 0;
  std::uint32_t group_bytes = 0;  ///< weights of a group
  std::int8_t zero = 0;           ///< code of the input's zero point: padding
  const std::int32_t* channels = nullptr;
  const std::int8_t* weights = nullptr;
  ConvKernel kernel = nullptr;
  ConvBlock block{};
};

std::uint32_t address_of(const void* pointer) noexcept {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer));
}

/// The vectors of a block that never change.
void set_limits(ConvBlock& block, const OutputS8& out) noexcept {
  const auto at = [](std::uint32_t* words) {
    return static_cast<std::int8_t*>(static_cast<void*>(words));
  };
  vstrbq_s8(at(block.lo), vdupq_n_s8(static_cast<std::int8_t>(out.lo)));
  vstrbq_s8(at(block.hi), vdupq_n_s8(static_cast<std::int8_t>(out.hi)));
}

/// Weights, parameters and outputs of group `group`; `to` are the outputs of the first pixel.
void aim(Layer& layer, std::uint32_t group, std::int8_t* to) noexcept {
  ConvBlock& block = layer.block;
  constexpr std::uint32_t kQuadWords = kQuadBytes / 4;
  const std::uint32_t step =
      layer.tile == nullptr ? layer.params.images.out_c : layer.quads * kQuad;
  const uint32x4_t pixels = vidupq_n_u32(0, 1);
  vstrwq_u32(block.to,
             vaddq_n_u32(vmulq_n_u32(pixels, step),
                         address_of(layer.tile == nullptr ? to : layer.tile) - 4U));
  block.weights = layer.weights + group * layer.group_bytes;
  block.quads = layer.channels + group * layer.quads * kQuadWords;
  block.quads_end = block.quads + layer.quads * kQuadWords;
}

void prepare(Layer& layer, const Memory& memory) noexcept {
  const Conv2dS8& params = layer.params;
  const ConvShape shape = shape_of(params);
  const auto* channels = memory.constants<std::int32_t>(params.channels);
  const auto patch_bytes = static_cast<std::uint32_t>(shape.patch_bytes) + kVectorBytes;
  layer.in = memory.read_s8(params.input);
  layer.out = memory.write_s8(params.output);
  layer.patch = memory.write_s8(params.scratch.offset);
  layer.tile = shape.tile_bytes == 0 ? nullptr : layer.patch + patch_bytes;
  layer.depth = static_cast<std::uint32_t>(shape.depth);
  layer.outputs = static_cast<std::uint32_t>(shape.outputs);
  layer.quads = static_cast<std::uint32_t>(shape.quads);
  layer.steps = static_cast<std::uint32_t>(shape.steps);
  layer.group_bytes = layer.quads * layer.steps * kQuad * kVectorBytes * (slides(params) ? 3U : 1U);
  layer.zero = static_cast<std::int8_t>(-params.input_offset);
  layer.channels = channels + kHeaderBytes / 4;
  layer.weights = memory.constants<std::int8_t>(params.weights);
  layer.block.more_steps = layer.steps - 1U;
  layer.block.blocks = 1;
  layer.block.rule = rule_of(static_cast<std::uint32_t>(channels[0]), params.out);
  layer.block.zero_point = params.out.zero_point;
  set_limits(layer.block, params.out);
  aim(layer, 0, layer.out);
}

/// Computes and stores the block whose input is gathered, outputs at `to`, and aims at the next
/// one of the same group.
void finish_block(Layer& layer, std::int8_t* to) noexcept {
  ConvBlock& block = layer.block;
  layer.kernel(&block, ConvCall::kRun);
  const std::uint32_t pixel_bytes = layer.params.images.out_c;
  if (layer.tile == nullptr) {
    const std::uint32_t pixels = block.blocks * block.valid;
    vstrwq_u32(block.to, vaddq_n_u32(vldrwq_u32(block.to), pixels * pixel_bytes));
    return;
  }
  for (std::uint32_t i = 0; i < block.valid; ++i) {
    copy_bytes(to + i * pixel_bytes, layer.tile + i * layer.quads * kQuad, layer.outputs);
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

/// Kernel rows of up to 16 bytes, `bytes` apart in the patch: `above` of padding, `rows` of which
/// the bytes in `inside` come from the image, `below` of padding. Each row stores 16 bytes; what is
/// too many the next one, or the next pixel, overwrites.
void gather_short_rows(std::int8_t* to,
                       const std::int8_t* from,
                       std::uint32_t row_bytes,
                       std::uint32_t bytes,
                       std::uint32_t inside,
                       std::uint32_t above,
                       std::uint32_t rows,
                       std::uint32_t below,
                       std::int8_t padding) noexcept {
  asm volatile(
      "vdup.8 q1, %[padding]\n"
      "vmsr p0, %[inside]\n"
      "wls lr, %[above], 2f\n"
      "1:\n"
      "vstrb.8 q1, [%[to]]\n"
      "add %[to], %[to], %[bytes]\n"
      "le lr, 1b\n"
      "2:\n"
      "wls lr, %[rows], 4f\n"
      "3:\n"
      "vpst\n"
      "vldrbt.u8 q0, [%[from]]\n"
      "vpsel q0, q0, q1\n"
      "add %[from], %[from], %[row_bytes]\n"
      "vstrb.8 q0, [%[to]]\n"
      "add %[to], %[to], %[bytes]\n"
      "le lr, 3b\n"
      "4:\n"
      "wls lr, %[below], 6f\n"
      "5:\n"
      "vstrb.8 q1, [%[to]]\n"
      "add %[to], %[to], %[bytes]\n"
      "le lr, 5b\n"
      "6:\n"
      : [to] "+r"(to), [from] "+r"(from)
      : [row_bytes] "r"(row_bytes),
        [bytes] "r"(bytes),
        [inside] "r"(inside),
        [above] "r"(above),
        [rows] "r"(rows),
        [below] "r"(below),
        [padding] "r"(padding)
      : "q0", "q1", "lr", "p0", "memory", "cc");
}

/// What the windows of one row of outputs share, where they have no dilation.
struct SmallRow {
  const std::int8_t* from;  ///< column 0 of the first row inside of the image
  Inside rows;
};

SmallRow small_row(const Layer& layer, const std::int8_t* image, std::uint32_t row) noexcept {
  const Images& images = layer.params.images;
  const Window2d& window = layer.params.window;
  const std::int32_t y = origin(row, window.stride_h, window.pad_top);
  const Inside rows = inside(y, window.kernel_h, images.in_h);
  const std::int32_t first = y + static_cast<std::int32_t>(rows.begin);
  return {image + first * static_cast<std::int32_t>(images.in_w * layer.depth), rows};
}

/// The window of one pixel.
inline void gather_small_window(const Layer& layer,
                                const SmallRow& row,
                                std::uint32_t column,
                                std::int8_t* to) noexcept {
  const Images& images = layer.params.images;
  const Window2d& window = layer.params.window;
  const std::int32_t x = origin(column, window.stride_w, window.pad_left);
  const std::uint32_t taps = window.kernel_w;
  const std::uint32_t bytes = taps * layer.depth;
  std::uint32_t mask = (1U << bytes) - 1U;
  if (x < 0 || x + static_cast<std::int32_t>(taps) > images.in_w) {
    const Inside columns = inside(x, taps, images.in_w);
    mask = (1U << (columns.end * layer.depth)) - (1U << (columns.begin * layer.depth));
  }
  gather_short_rows(to,
                    row.from + x * static_cast<std::int32_t>(layer.depth),
                    images.in_w * layer.depth,
                    bytes,
                    mask,
                    row.rows.begin,
                    row.rows.end - row.rows.begin,
                    window.kernel_h - row.rows.end,
                    layer.zero);
}

/// Cells of `bytes` that lie side by side move to the pixels of the patch.
void gather_cells(std::int8_t* to,
                  const std::int8_t* from,
                  std::uint32_t bytes,
                  std::uint32_t pixels) noexcept {
  asm volatile(
      "vctp.8 %[bytes]\n"
      "wls lr, %[pixels], 2f\n"
      "1:\n"
      "vpst\n"
      "vldrbt.u8 q0, [%[from]]\n"
      "add %[from], %[from], %[bytes]\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "le lr, 1b\n"
      "2:\n"
      : [to] "+r"(to), [from] "+r"(from)
      : [bytes] "r"(bytes), [pixels] "r"(pixels)
      : "q0", "lr", "p0", "memory", "cc");
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

/// How the input of a block is gathered.
enum class Gather {
  kCells,    ///< every output sees one cell, at its own place, of up to 16 bytes
  kVectors,  ///< the same of whole vectors
  kRows,     ///< kernel rows of up to 16 bytes or of whole vectors
  kAny,
};

Gather gather_of(const Layer& layer) noexcept {
  const Window2d& w = layer.params.window;
  const Images& images = layer.params.images;
  if (layer.params.groups != 1 || w.dilation_w != 1 || w.dilation_h != 1) {
    return Gather::kAny;
  }
  const bool in_place = w.kernel_h == 1 && w.kernel_w == 1 && w.stride_h == 1 && w.stride_w == 1 &&
                        w.pad_top == 0 && w.pad_left == 0 && images.in_h == images.out_h &&
                        images.in_w == images.out_w;
  if (in_place && layer.depth % kVectorBytes == 0) {
    return Gather::kVectors;
  }
  const std::uint32_t bytes = w.kernel_w * layer.depth;
  if (bytes > kVectorBytes && bytes % kVectorBytes != 0) {
    return Gather::kAny;
  }
  return in_place ? Gather::kCells : Gather::kRows;
}

void gather_block(const Layer& layer, Cursor& at, std::uint32_t group) noexcept {
  const std::uint32_t pixel_bytes = layer.steps * kVectorBytes;
  std::int8_t* to = layer.patch;
  for (std::uint32_t i = 0; i < layer.block.valid; ++i) {
    gather_window(layer, at.image + group * layer.depth, at.row, at.column, to);
    to += pixel_bytes;
    at.next(layer.params.images);
  }
}

/// `pixels` windows side by side that lie inside of the image, rows of up to 16 bytes.
void gather_short_windows(std::int8_t* to,
                          const std::int8_t* from,
                          std::uint32_t row_bytes,
                          std::uint32_t bytes,
                          std::uint32_t rows,
                          std::uint32_t from_step,
                          std::uint32_t to_step,
                          std::uint32_t pixels) noexcept {
  const std::int8_t* row = nullptr;
  std::int8_t* row_to = nullptr;
  asm volatile(
      "vctp.8 %[bytes]\n"
      "1:\n"
      "mov %[row], %[from]\n"
      "mov %[row_to], %[to]\n"
      "dls lr, %[rows]\n"
      "2:\n"
      "vpst\n"
      "vldrbt.u8 q0, [%[row]]\n"
      "add %[row], %[row], %[row_bytes]\n"
      "vstrb.8 q0, [%[row_to]]\n"
      "add %[row_to], %[row_to], %[bytes]\n"
      "le lr, 2b\n"
      "add %[from], %[from], %[from_step]\n"
      "add %[to], %[to], %[to_step]\n"
      "subs %[pixels], %[pixels], #1\n"
      "bne 1b\n"
      : [to] "+r"(to),
        [from] "+r"(from),
        [row] "+r"(row),
        [row_to] "+r"(row_to),
        [pixels] "+r"(pixels)
      : [row_bytes] "r"(row_bytes),
        [bytes] "r"(bytes),
        [rows] "r"(rows),
        [from_step] "r"(from_step),
        [to_step] "r"(to_step)
      : "q0", "lr", "p0", "memory", "cc");
}

/// The same of windows of 3 rows of 9 bytes, for first layers of images in colour: nothing but the
/// loads and stores. `step` is the way from pixel to pixel.
#define AIOT_MVE_GATHER_3X9(step)                                                      \
  asm volatile(                                                                        \
      "vctp.8 %[bytes]\n"                                                              \
      "dls lr, %[pixels]\n"                                                            \
      "1:\n"                                                                           \
      "vpsttt\n"                                                                       \
      "vldrbt.u8 q0, [%[first]], #" step                                               \
      "\n"                                                                             \
      "vldrbt.u8 q1, [%[second]], #" step                                              \
      "\n"                                                                             \
      "vldrbt.u8 q2, [%[third]], #" step                                               \
      "\n"                                                                             \
      "vstrb.8 q0, [%[to]], #9\n"                                                      \
      "vstrb.8 q1, [%[to]], #9\n"                                                      \
      "vstrb.8 q2, [%[to]], #14\n"                                                     \
      "le lr, 1b\n"                                                                    \
      : [to] "+r"(to), [first] "+r"(first), [second] "+r"(second), [third] "+r"(third) \
      : [bytes] "r"(9), [pixels] "r"(pixels)                                           \
      : "q0", "q1", "q2", "lr", "p0", "memory", "cc")

void gather_3x9(std::int8_t* to,
                const std::int8_t* from,
                std::uint32_t row_bytes,
                std::uint32_t from_step,
                std::uint32_t pixels) noexcept {
  const std::int8_t* first = from;
  const std::int8_t* second = from + row_bytes;
  const std::int8_t* third = second + row_bytes;
  if (from_step == 3) {
    AIOT_MVE_GATHER_3X9("3");
  } else {
    AIOT_MVE_GATHER_3X9("6");
  }
}

/// The same of rows of whole vectors: windows follow each other without a gap.
void gather_vector_windows(std::int8_t* to,
                           const std::int8_t* from,
                           std::uint32_t row_bytes,
                           std::uint32_t bytes,
                           std::uint32_t rows,
                           std::uint32_t from_step,
                           std::uint32_t pixels) noexcept {
  const std::int8_t* row = nullptr;
  std::uint32_t left = 0;
  asm volatile(
      "1:\n"
      "mov %[row], %[from]\n"
      "mov %[left], %[rows]\n"
      "2:\n"
      "dls lr, %[vectors]\n"
      "3:\n"
      "vldrb.u8 q0, [%[row]], #16\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "le lr, 3b\n"
      "add %[row], %[row], %[skip]\n"
      "subs %[left], %[left], #1\n"
      "bne 2b\n"
      "add %[from], %[from], %[from_step]\n"
      "subs %[pixels], %[pixels], #1\n"
      "bne 1b\n"
      : [to] "+l"(to), [from] "+r"(from), [row] "+l"(row), [left] "+r"(left), [pixels] "+r"(pixels)
      : [skip] "r"(row_bytes - bytes),
        [vectors] "r"(bytes / kVectorBytes),
        [rows] "r"(rows),
        [from_step] "r"(from_step)
      : "q0", "lr", "memory", "cc");
}

/// `count` windows from `at` on that lie inside of the image; `row` is the one below `at`.
void gather_whole(const Layer& layer,
                  const Cursor& at,
                  const SmallRow& row,
                  std::uint32_t count,
                  std::int8_t* to) noexcept {
  const Window2d& window = layer.params.window;
  const std::uint32_t row_bytes = layer.params.images.in_w * layer.depth;
  const std::uint32_t bytes = window.kernel_w * layer.depth;
  const std::uint32_t step = window.stride_w * layer.depth;
  const std::int32_t x = origin(at.column, window.stride_w, window.pad_left);
  const std::int8_t* const from = row.from + x * static_cast<std::int32_t>(layer.depth);
  if (bytes % kVectorBytes == 0) {
    gather_vector_windows(to, from, row_bytes, bytes, window.kernel_h, step, count);
  } else if (bytes == 9 && window.kernel_h == 3 && (step == 3 || step == 6)) {
    gather_3x9(to, from, row_bytes, step, count);
  } else {
    const std::uint32_t pixel_bytes = layer.steps * kVectorBytes;
    gather_short_windows(to, from, row_bytes, bytes, window.kernel_h, step, pixel_bytes, count);
  }
}

/// The same as `gather_block` of windows whose kernel rows have up to 16 bytes or whole vectors;
/// `row` is the one below `at`. Columns in `whole` see no padding to the left and right.
void gather_row_block(const Layer& layer, Cursor& at, SmallRow& row, const Inside& whole) noexcept {
  const Images& images = layer.params.images;
  const Window2d& window = layer.params.window;
  const std::uint32_t pixel_bytes = layer.steps * kVectorBytes;
  std::int8_t* to = layer.patch;
  std::uint32_t left = layer.block.valid;
  while (left != 0) {
    std::uint32_t count = 1;
    if (row.rows.end - row.rows.begin == window.kernel_h && at.column >= whole.begin &&
        at.column < whole.end) {
      count = std::min(left, whole.end - at.column);
      gather_whole(layer, at, row, count, to);
    } else if (window.kernel_w * layer.depth > kVectorBytes) {
      gather_window(layer, at.image, at.row, at.column, to);
    } else {
      gather_small_window(layer, row, at.column, to);
    }
    to += count * pixel_bytes;
    left -= count;
    at.column += count - 1U;
    at.next(images);
    if (at.column == 0) {
      row = small_row(layer, at.image, at.row);
    }
  }
}

/// Output columns whose windows lie inside of the image, without dilation.
Inside whole_columns(const Layer& layer) noexcept {
  const Images& images = layer.params.images;
  const Window2d& window = layer.params.window;
  const std::uint32_t stride = window.stride_w;
  const std::uint32_t begin = divide_up<std::uint32_t>(window.pad_left, stride);
  const std::uint32_t reach = std::uint32_t{images.in_w} + window.pad_left;
  const std::uint32_t end = reach < window.kernel_w ? 0U : (reach - window.kernel_w) / stride + 1U;
  return {begin, std::min<std::uint32_t>(end, images.out_w)};
}

/// Outputs of `pixels` pixels whose last vectors of input are `step` apart from `last` on: whole
/// blocks with one call, then the rest. `out` are the first outputs.
void run_pixels(Layer& layer,
                const std::int8_t* last,
                std::uint32_t step,
                std::uint32_t pixels,
                std::int8_t* out) noexcept {
  ConvBlock& block = layer.block;
  while (pixels != 0) {
    block.valid = std::min(pixels, kBlockPixels);
    block.blocks = pixels < kBlockPixels || layer.tile != nullptr ? 1U : pixels / kBlockPixels;
    const std::uint32_t count = block.blocks * block.valid;
    for (std::uint32_t i = 0; i < kBlockPixels; ++i) {
      block.pixels[i] = last + std::min(i, block.valid - 1U) * step;
    }
    finish_block(layer, out);
    last += count * step;
    out += count * layer.params.images.out_c;
    pixels -= count;
  }
}

/// Blocks of a layer with one group.
void run_blocks(Layer& layer, Gather how, std::uint32_t pixels) noexcept {
  Cursor at{layer.in};
  SmallRow row = small_row(layer, layer.in, 0);
  const Inside whole = whole_columns(layer);
  const std::uint32_t pixel_bytes = layer.steps * kVectorBytes;
  const std::int8_t* const last = layer.block.pixels[0];
  const std::int8_t* from = layer.in;
  std::int8_t* out = layer.out;
  const std::uint32_t chunk =
      kBlockPixels * static_cast<std::uint32_t>(shape_of(layer.params).blocks);
  for (std::uint32_t pixel = 0; pixel < pixels; pixel += chunk) {
    const std::uint32_t count = std::min(pixels - pixel, chunk);
    layer.block.valid = count;
    if (how == Gather::kVectors) {
      copy_bytes(layer.patch, from, count * layer.depth);
      from += count * layer.depth;
    } else if (how == Gather::kCells) {
      gather_cells(layer.patch, from, layer.depth, count);
      from += count * layer.depth;
    } else if (how == Gather::kRows) {
      gather_row_block(layer, at, row, whole);
    } else {
      gather_block(layer, at, 0);
    }
    if (chunk == kBlockPixels) {
      finish_block(layer, out);
    } else {
      run_pixels(layer, last, pixel_bytes, count, out);
    }
    out += count * layer.params.images.out_c;
  }
}

void run_groups(Layer& layer, std::uint32_t pixels) noexcept {
  Cursor at{layer.in};
  for (std::uint32_t pixel = 0; pixel < pixels; pixel += kBlockPixels) {
    layer.block.valid = std::min(pixels - pixel, kBlockPixels);
    Cursor next = at;
    for (std::uint32_t group = 0; group < layer.params.groups; ++group) {
      next = at;
      gather_block(layer, next, group);
      std::int8_t* const to = layer.out + pixel * layer.params.images.out_c + group * layer.outputs;
      aim(layer, group, to);
      finish_block(layer, to);
    }
    at = next;
  }
}

void run_gathered(Layer& layer) noexcept {
  const Images& images = layer.params.images;
  const bool straight = layer.steps <= kStraightSteps;
  const std::uint32_t pixel_bytes = layer.steps * kVectorBytes;
  for (std::uint32_t i = 0; i < kBlockPixels; ++i) {
    layer.block.pixels[i] =
        layer.patch + i * pixel_bytes + (straight ? pixel_bytes - kVectorBytes : 0);
  }
  layer.block.in_step = kBlockPixels * pixel_bytes;
  layer.block.out_step = (kBlockPixels - 1U) * images.out_c;
  layer.kernel = straight ? conv_straight : conv_long;
  layer.kernel(&layer.block, ConvCall::kPrepare);
  const std::uint32_t pixels = std::uint32_t{images.batch} * images.out_h * images.out_w;
  if (reads_in_place(layer.params)) {
    run_pixels(layer, layer.in + layer.depth - kVectorBytes, layer.depth, pixels, layer.out);
  } else if (layer.params.groups == 1) {
    run_blocks(layer, gather_of(layer), pixels);
  } else {
    run_groups(layer, pixels);
  }
}

/// Row `y` of the image, or padding, enters a row of the scratch of sliding windows.
void enter_row(const Layer& layer,
               const std::int8_t* image,
               std::int32_t y,
               std::uint32_t columns,
               std::int8_t* to) noexcept {
  const Images& images = layer.params.images;
  const std::uint32_t pad = std::min<std::uint32_t>(layer.params.window.pad_left, columns);
  const std::uint32_t bytes = std::min<std::uint32_t>(columns - pad, images.in_w) * images.in_c;
  to += pad * images.in_c;
  if (y >= 0 && y < images.in_h) {
    copy_bytes(to, image + static_cast<std::uint32_t>(y) * images.in_w * images.in_c, bytes);
  } else {
    fill_bytes(to, layer.zero, bytes);
  }
}

ConvKernel sliding_kernel(std::uint32_t channels) noexcept {
  if (channels == 16) {
    return conv_sliding_16;
  }
  return channels == 32 ? conv_sliding_32 : conv_sliding_64;
}

/// Aims at as many of the `left` pixels of a row as one call can do, and returns how many.
std::uint32_t slide_blocks(Layer& layer, std::uint32_t left) noexcept {
  layer.block.valid = std::min(left, kBlockPixels);
  layer.block.blocks = 1;
  if (left >= kBlockPixels && layer.tile == nullptr) {
    layer.block.blocks = left / kBlockPixels;
  }
  return layer.block.blocks * layer.block.valid;
}

/// Three input rows turn in scratch, every one is read once: the output may lie over the input.
void run_sliding(Layer& layer) noexcept {
  const Images& images = layer.params.images;
  const auto all_bytes = static_cast<std::uint32_t>(slide_bytes(layer.params));
  const std::uint32_t row_bytes = all_bytes / 3;
  const std::uint32_t columns = row_bytes / images.in_c;
  layer.block.in_step = kBlockPixels * images.in_c;
  layer.block.out_step = (kBlockPixels - 1U) * images.out_c;
  layer.kernel = sliding_kernel(images.in_c);
  layer.kernel(&layer.block, ConvCall::kPrepare);
  fill_bytes(layer.patch, layer.zero, all_bytes);
  std::int8_t* rows[] = {layer.patch, layer.patch + row_bytes, layer.patch + 2 * row_bytes};
  const std::int8_t* image = layer.in;
  std::int8_t* out = layer.out;
  for (std::uint32_t i = 0; i < images.batch; ++i) {
    std::int32_t y = -std::int32_t{layer.params.window.pad_top};
    enter_row(layer, image, y, columns, rows[0]);
    enter_row(layer, image, y + 1, columns, rows[1]);
    for (std::uint32_t row = 0; row < images.out_h; ++row, ++y) {
      enter_row(layer, image, y + 2, columns, rows[2]);
      std::copy(rows, rows + 3, layer.block.pixels);
      for (std::uint32_t column = 0; column < images.out_w;) {
        const std::uint32_t count = slide_blocks(layer, images.out_w - column);
        finish_block(layer, out);
        out += count * images.out_c;
        column += count;
        for (std::uint32_t k = 0; k < 3; ++k) {
          layer.block.pixels[k] += count * images.in_c;
        }
      }
      std::rotate(rows, rows + 1, rows + 3);
    }
    image += std::uint32_t{images.in_h} * images.in_w * images.in_c;
  }
}

}  // namespace

void conv_2d_s8(const Conv2dS8& params, const Memory& memory) noexcept {
  Layer layer{params};
  prepare(layer, memory);
  if (slides(params)) {
    run_sliding(layer);
  } else {
    run_gathered(layer);
  }
}

}  // namespace aiot::nn::arm_mve
