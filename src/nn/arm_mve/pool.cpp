// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <arm_mve.h>

#include <cstdint>

#include "aiot/nn/arm_mve/kernels.hpp"
#include "aiot/nn/ref/windowed.hpp"

/// Pools, channels in lanes, pixel by pixel.
namespace aiot::nn::arm_mve {
namespace {

using ref::detail::Pixel;

/// The part of the image below a pool window; never empty after the check.
struct Cells {
  const std::int8_t* first;
  std::uint32_t rows;
  std::uint32_t columns;
};

struct Range {
  std::uint32_t begin;
  std::uint32_t end;
};

Range covered(std::uint32_t at,
              std::uint16_t kernel,
              std::uint16_t stride,
              std::uint16_t pad,
              std::uint16_t size) noexcept {
  const std::uint32_t padded = at * stride;
  const std::uint32_t end = padded + kernel - pad;
  return {padded > pad ? padded - pad : 0U, end < size ? end : size};
}

Cells cells_of(const Pool2dS8& params, const Pixel& pixel, const std::int8_t* in) noexcept {
  const Images& images = params.images;
  const Window2d& w = params.window;
  const Range rows = covered(pixel.row, w.kernel_h, w.stride_h, w.pad_top, images.in_h);
  const Range columns = covered(pixel.column, w.kernel_w, w.stride_w, w.pad_left, images.in_w);
  const std::uint32_t row = pixel.image * images.in_h + rows.begin;
  const std::int8_t* const first = in + (row * images.in_w + columns.begin) * images.in_c;
  if (columns.end - columns.begin == images.in_w) {
    return {first, 1, (rows.end - rows.begin) * images.in_w};  // whole rows are one long row
  }
  return {first, rows.end - rows.begin, columns.end - columns.begin};
}

/// Sums of eight channels: the even and the odd ones.
struct Sums {
  int32x4_t even;
  int32x4_t odd;
};

/// Eight channels of `count` cells, `step` apart, added in 16 bits: at most 255 cells.
int16x8_t add_cells(int16x8_t sum,
                    const std::int8_t* from,
                    std::uint32_t step,
                    std::uint32_t count,
                    std::uint32_t channels) noexcept {
  asm volatile(
      "vctp.16 %[channels]\n"
      "wls lr, %[count], 2f\n"
      "1:\n"
      "vpst\n"
      "vldrbt.s16 q0, [%[from]]\n"
      "add %[from], %[from], %[step]\n"
      "vadd.i16 %q[sum], %q[sum], q0\n"
      "le lr, 1b\n"
      "2:\n"
      : [sum] "+w"(sum), [from] "+l"(from)
      : [step] "r"(step), [count] "r"(count), [channels] "r"(channels)
      : "q0", "lr", "p0", "memory", "cc");
  return sum;
}

/// Adds in 16 bits as long as these hold.
Sums sum_cells(const Pool2dS8& params,
               const Cells& cells,
               std::uint32_t channel,
               std::uint32_t channels) noexcept {
  constexpr std::uint32_t kMost = 255;
  const std::uint32_t step = params.images.in_c;
  Sums sums{vdupq_n_s32(0), vdupq_n_s32(0)};
  int16x8_t part = vdupq_n_s16(0);
  std::uint32_t room = kMost;
  for (std::uint32_t y = 0; y < cells.rows; ++y) {
    const std::int8_t* from = cells.first + y * params.images.in_w * step + channel;
    for (std::uint32_t left = cells.columns; left != 0;) {
      const std::uint32_t count = left < room ? left : room;
      part = add_cells(part, from, step, count, channels);
      from += count * step;
      left -= count;
      room -= count;
      if (room == 0) {
        sums = {vaddq_s32(sums.even, vmovlbq_s16(part)), vaddq_s32(sums.odd, vmovltq_s16(part))};
        part = vdupq_n_s16(0);
        room = kMost;
      }
    }
  }
  return {vaddq_s32(sums.even, vmovlbq_s16(part)), vaddq_s32(sums.odd, vmovltq_s16(part))};
}

/// Sum / count, ties away from zero. `reciprocal` is 2^32 / count, rounded up; the product's upper
/// half is the quotient exactly while 129 count^2 < 2^32.
int32x4_t mean(int32x4_t sum, std::uint32_t count, std::uint32_t reciprocal) noexcept {
  const uint32x4_t magnitude = vreinterpretq_u32_s32(vabsq_s32(sum));
  const uint32x4_t quotient =
      vmulhq_u32(vaddq_n_u32(magnitude, count / 2), vdupq_n_u32(reciprocal));
  const int32x4_t positive = vreinterpretq_s32_u32(quotient);
  return vnegq_m_s32(positive, positive, vcmpltq_n_s32(sum, 0));
}

/// The same of any count.
int32x4_t divide(int32x4_t sum, std::uint32_t count) noexcept {
  std::int32_t lanes[4];
  vstrwq_s32(lanes, sum);
  const auto cells = static_cast<std::int32_t>(count);
  const std::int32_t half = cells / 2;
  for (std::int32_t& lane : lanes) {
    lane = (lane > 0 ? wrap_add(lane, half) : wrap_add(lane, -half)) / cells;
  }
  return vldrwq_s32(lanes);
}

Sums average(const Sums& sums, std::uint32_t count) noexcept {
  constexpr std::uint32_t kMostByReciprocal = 5769;
  if (count == 1) {
    return sums;
  }
  if (count > kMostByReciprocal) {
    return {divide(sums.even, count), divide(sums.odd, count)};
  }
  const std::uint32_t reciprocal = UINT32_MAX / count + 1;
  return {mean(sums.even, count, reciprocal), mean(sums.odd, count, reciprocal)};
}

int8x16_t max_cells(const Pool2dS8& params,
                    const Cells& cells,
                    std::uint32_t channel,
                    mve_pred16_t live) noexcept {
  const std::uint32_t step = params.images.in_c;
  int8x16_t best = vdupq_n_s8(-128);
  for (std::uint32_t y = 0; y < cells.rows; ++y) {
    const std::int8_t* from = cells.first + y * params.images.in_w * step + channel;
    for (std::uint32_t x = 0; x < cells.columns; ++x) {
      best = vmaxq_s8(best, vldrbq_z_s8(from, live));
      from += step;
    }
  }
  return best;
}

}  // namespace

void average_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  const int16x8_t lo = vdupq_n_s16(params.out.lo);
  const int16x8_t hi = vdupq_n_s16(params.out.hi);
  ref::detail::for_each_pixel(params.images, [&](const Pixel& pixel, std::uint32_t at) {
    const Cells cells = cells_of(params, pixel, in);
    for (std::uint32_t c = 0; c < params.images.out_c; c += 8) {
      const std::uint32_t channels = params.images.out_c - c;
      const Sums means = average(sum_cells(params, cells, c, channels), cells.rows * cells.columns);
      const int16x8_t codes = vmovntq_s32(vmovnbq_s32(vdupq_n_s16(0), means.even), means.odd);
      vstrbq_p_s16(out + at + c, vminq_s16(vmaxq_s16(codes, lo), hi), vctp16q(channels));
    }
  });
}

void max_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  const int8x16_t lo = vdupq_n_s8(static_cast<std::int8_t>(params.out.lo));
  const int8x16_t hi = vdupq_n_s8(static_cast<std::int8_t>(params.out.hi));
  ref::detail::for_each_pixel(params.images, [&](const Pixel& pixel, std::uint32_t at) {
    const Cells cells = cells_of(params, pixel, in);
    for (std::uint32_t c = 0; c < params.images.out_c; c += kVectorBytes) {
      const mve_pred16_t live = vctp8q(params.images.out_c - c);
      const int8x16_t best = max_cells(params, cells, c, live);
      vstrbq_p_s8(out + at + c, vminq_s8(vmaxq_s8(best, lo), hi), live);
    }
  });
}

}  // namespace aiot::nn::arm_mve
