// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <arm_mve.h>

#include <algorithm>
#include <cstdint>

#include "aiot/nn/arm_mve/kernels.hpp"
#include "aiot/nn/ref/windowed.hpp"
#include "src/nn/arm_mve/copy.hpp"
#include "src/nn/arm_mve/depthwise_pass.hpp"

/// Depthwise convolution. Scratch holds four rows of the input, all columns that windows see,
/// padding included: the word of a column and channel has its four rows, so that a vector of four
/// columns is what the inner loop multiplies. Each pass moves the window down by two rows: the
/// lower two rows of each word become its upper two, two new ones enter. An input row is read once,
/// before outputs of its pass are stored: the output may lie over the input.
namespace aiot::nn::arm_mve {
namespace {

constexpr std::uint32_t kWordRows = 4;
constexpr std::uint32_t kColumnBytes = kVectorBytes * kWordRows;  ///< of a group of 16 channels

struct Layer {
  const DepthwiseConv2dS8& params;
  bool dense;
  std::uint32_t rows;     ///< of outputs in a pass
  std::uint32_t columns;  ///< of the buffer
  std::uint32_t groups;
  std::uint32_t quads;
  std::int8_t* buffer;
  std::int8_t* stage;  ///< or null
  std::int8_t* dump;
  alignas(kVectorBytes) std::int8_t padding[kVectorBytes];
  DepthwisePass pass;
};

std::uint32_t address_of(const void* pointer) noexcept {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer));
}

/// Two rows of up to 16 channels move into `columns` columns of the buffer.
void roll_columns(std::int8_t* buffer,
                  const std::int8_t* first,
                  const std::int8_t* second,
                  std::uint32_t first_step,
                  std::uint32_t second_step,
                  std::uint32_t columns,
                  std::uint32_t channels) noexcept {
  asm volatile(
      "vctp.8 %[channels]\n"
      "wls lr, %[columns], 2f\n"
      "1:\n"
      "vpstt\n"
      "vldrbt.u8 q4, [%[first]]\n"
      "vldrbt.u8 q5, [%[second]]\n"
      "vld40.8 {q0, q1, q2, q3}, [%[buffer]]\n"
      "vld41.8 {q0, q1, q2, q3}, [%[buffer]]\n"
      "vld42.8 {q0, q1, q2, q3}, [%[buffer]]\n"
      "vld43.8 {q0, q1, q2, q3}, [%[buffer]]\n"
      "add %[first], %[first], %[first_step]\n"
      "add %[second], %[second], %[second_step]\n"
      "vst40.8 {q2, q3, q4, q5}, [%[buffer]]\n"
      "vst41.8 {q2, q3, q4, q5}, [%[buffer]]\n"
      "vst42.8 {q2, q3, q4, q5}, [%[buffer]]\n"
      "vst43.8 {q2, q3, q4, q5}, [%[buffer]]!\n"
      "le lr, 1b\n"
      "2:\n"
      : [buffer] "+r"(buffer), [first] "+r"(first), [second] "+r"(second)
      : [first_step] "r"(first_step),
        [second_step] "r"(second_step),
        [columns] "r"(columns),
        [channels] "r"(channels)
      : "q0", "q1", "q2", "q3", "q4", "q5", "lr", "p0", "memory", "cc");
}

/// Rows `y` and `y` + 1 of the image enter the buffer; rows outside of it are padding.
void roll(const Layer& layer, const std::int8_t* image, std::int32_t y) noexcept {
  const Images& images = layer.params.images;
  const std::uint32_t pad = std::min<std::uint32_t>(layer.params.window.pad_left, layer.columns);
  const std::uint32_t columns = std::min<std::uint32_t>(layer.columns - pad, images.in_w);
  const auto row_bytes = static_cast<std::int32_t>(images.in_w) * images.in_c;
  const bool has_first = y >= 0 && y < images.in_h;
  const bool has_second = y >= -1 && y + 1 < images.in_h;
  const std::int8_t* first = has_first ? image + y * row_bytes : layer.padding;
  const std::int8_t* second = has_second ? image + (y + 1) * row_bytes : layer.padding;
  const std::uint32_t first_step = has_first ? images.in_c : 0;
  const std::uint32_t second_step = has_second ? images.in_c : 0;
  std::int8_t* to = layer.buffer + pad * kColumnBytes;
  for (std::uint32_t channel = 0; channel < images.in_c; channel += kVectorBytes) {
    roll_columns(to, first, second, first_step, second_step, columns, images.in_c - channel);
    first += has_first ? kVectorBytes : 0;
    second += has_second ? kVectorBytes : 0;
    to += layer.columns * kColumnBytes;
  }
}

/// The outputs of `count` columns of one pass: `to` is the first, rows `row_bytes` and pixels
/// `pixel_bytes` apart, of which `rows` exist.
void compute_columns(Layer& layer,
                     std::uint32_t column,
                     std::uint32_t count,
                     std::int8_t* to,
                     std::uint32_t row_bytes,
                     std::uint32_t pixel_bytes,
                     std::uint32_t rows) noexcept {
  DepthwisePass& pass = layer.pass;
  const std::uint32_t first = layer.dense ? column : 2 * column;
  for (std::uint32_t i = 0; i < kWordRows; ++i) {
    pass.columns[i] = address_of(layer.buffer + (first + i) * kColumnBytes) - kWordRows;
  }
  if (!layer.dense) {
    for (std::uint32_t i = 0; i < kQuad; ++i) {
      pass.to[i] = address_of(to + i * pixel_bytes);
    }
    pass.last = count;
    depthwise_strided(&pass);
    return;
  }
  const std::uint32_t second = rows == 2 ? address_of(to + row_bytes) : address_of(layer.dump);
  const std::uint32_t second_step = rows == 2 ? pixel_bytes : 0;
  pass.to[0] = address_of(to);
  pass.to[1] = second;
  pass.to[2] = address_of(to + pixel_bytes);
  pass.to[3] = second + second_step;
  pass.advance[0] = pass.advance[2] = 2 * pixel_bytes;
  pass.advance[1] = pass.advance[3] = 2 * second_step;
  pass.tiles = divide_up<std::uint32_t>(count, 2);
  pass.last = count % 2 == 0 ? 4 : 2;
  depthwise_dense(&pass);
}

/// All outputs of the rows that are in the buffer; `out` is the first.
void compute_pass(Layer& layer, std::int8_t* out, std::uint32_t rows) noexcept {
  const Images& images = layer.params.images;
  const std::uint32_t chunk = layer.dense ? 8 : 4;
  const std::uint32_t pixel_bytes = layer.stage == nullptr ? images.out_c : layer.quads * kQuad;
  const std::uint32_t row_bytes = images.out_w * pixel_bytes;
  std::int8_t* const to = layer.stage == nullptr ? out : layer.stage;
  for (std::uint32_t column = 0; column < images.out_w; column += chunk) {
    compute_columns(layer,
                    column,
                    std::min(images.out_w - column, chunk),
                    to + column * pixel_bytes,
                    row_bytes,
                    pixel_bytes,
                    rows);
  }
  if (layer.stage != nullptr) {
    for (std::uint32_t i = 0; i < rows * images.out_w; ++i) {
      copy_bytes(out + i * images.out_c, layer.stage + i * pixel_bytes, images.out_c);
    }
  }
}

std::uint32_t four_times(std::int16_t code) noexcept {
  return (static_cast<std::uint32_t>(code) & 0xFFU) * 0x0101'0101U;
}

Layer layer_of(const DepthwiseConv2dS8& params, const Memory& memory) noexcept {
  const DepthwiseShape shape = shape_of(params);
  const auto* records = memory.constants<std::int8_t>(params.weights);
  const auto flags = static_cast<std::uint32_t>(*memory.constants<std::int32_t>(params.channels));
  const bool dense = path_of(params) == DepthwisePath::kDense;
  const auto quads = static_cast<std::uint32_t>(shape.quads);
  const auto columns = static_cast<std::uint32_t>(shape.columns);
  std::int8_t* const buffer = memory.write_s8(params.scratch.offset);
  std::int8_t* const stage = buffer + static_cast<std::uint32_t>(shape.buffer_bytes);
  return {params,
          dense,
          dense ? 2U : 1U,
          columns,
          static_cast<std::uint32_t>(shape.groups),
          quads,
          buffer,
          shape.stage_bytes == 0 ? nullptr : stage,
          stage + static_cast<std::uint32_t>(shape.stage_bytes),
          {},
          {{},
           {},
           {},
           records,
           records + quads * kDepthwiseRecord,
           (columns - 1U) * kColumnBytes,
           1,
           4,
           rule_of(flags, params.out),
           params.out.zero_point,
           four_times(params.out.lo),
           four_times(params.out.hi)}};
}

void run_by_rows(const DepthwiseConv2dS8& params, const Memory& memory) noexcept {
  Layer layer = layer_of(params, memory);
  const Images& images = params.images;
  const auto zero = static_cast<std::int8_t>(-params.input_offset);
  vstrbq_s8(layer.padding, vdupq_n_s8(zero));
  fill_bytes(layer.buffer, zero, layer.groups * layer.columns * kColumnBytes);
  const std::int8_t* image = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t i = 0; i < images.batch; ++i) {
    std::int32_t y = -std::int32_t{params.window.pad_top};
    roll(layer, image, y);
    for (std::uint32_t row = 0; row < images.out_h; row += layer.rows) {
      y += 2;
      roll(layer, image, y);
      const std::uint32_t rows = std::min(images.out_h - row, layer.rows);
      compute_pass(layer, out, rows);
      out += rows * images.out_w * images.out_c;
    }
    image += std::uint32_t{images.in_h} * images.in_w * images.in_c;
  }
}

/// Four channels of one output pixel, tap by tap; lanes beyond the last channel are masked.
int32x4_t sum_taps(const DepthwiseConv2dS8& params,
                   const ref::detail::Pixel& pixel,
                   const std::int8_t* in,
                   const std::int8_t* weights,
                   uint32x4_t sources,
                   mve_pred16_t live,
                   int32x4_t sum) noexcept {
  const std::uint32_t outputs = params.images.out_c;
  ref::detail::for_each_tap(
      params.images, params.window, pixel, [&](std::uint32_t from, std::uint32_t tap) {
        const int32x4_t cells = vldrbq_gather_offset_z_s32(in + from, sources, live);
        const int32x4_t filter = vldrbq_z_s32(weights + tap * outputs, live);
        sum = vaddq_s32(sum, vmulq_s32(vaddq_n_s32(cells, params.input_offset), filter));
      });
  return sum;
}

/// Every kernel, stride, dilation and multiplier, from canonical weights; about 3 instructions a
/// multiply-accumulate.
void run_general(const DepthwiseConv2dS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  const auto* weights = memory.constants<std::int8_t>(params.weights);
  const auto* quads = memory.constants<std::int32_t>(params.channels) + kHeaderBytes / 4;
  std::int8_t* out = memory.write_s8(params.output);
  const std::uint32_t outputs = params.images.out_c;
  ref::detail::for_each_pixel(
      params.images, [&](const ref::detail::Pixel& pixel, std::uint32_t at) {
        const std::int32_t* quad = quads;
        for (std::uint32_t o = 0; o < outputs; o += kQuad, quad += kQuadBytes / 4) {
          const mve_pred16_t live = vctp32q(outputs - o);
          const std::uint32_t m = params.multiplier;
          const std::uint32_t source[kQuad] = {o / m, (o + 1) / m, (o + 2) / m, (o + 3) / m};
          const int32x4_t sum =
              sum_taps(params, pixel, in, weights + o, vldrwq_u32(source), live, vldrwq_s32(quad));
          const int32x4_t codes =
              requantise(sum, vldrwq_s32(quad + 4), vldrwq_s32(quad + 8), params.out.zero_point);
          const int32x4_t low = vmaxq_s32(codes, vdupq_n_s32(params.out.lo));
          vstrbq_p_s32(out + at + o, vminq_s32(low, vdupq_n_s32(params.out.hi)), live);
        }
      });
}

}  // namespace

void depthwise_conv_2d_s8(const DepthwiseConv2dS8& params, const Memory& memory) noexcept {
  if (path_of(params) == DepthwisePath::kGeneral) {
    run_general(params, memory);
  } else {
    run_by_rows(params, memory);
  }
}

}  // namespace aiot::nn::arm_mve
