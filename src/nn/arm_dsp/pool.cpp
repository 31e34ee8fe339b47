// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "aiot/nn/arm_dsp/kernels.hpp"
#include "src/nn/arm_dsp/dsp.hpp"

// Four channels at a time, the cells of a window one after the other: sums in halfwords, 2 SXTAB16
// for a word of four codes; maxima with SSUB8 and SEL.
namespace aiot::nn::arm_dsp {
namespace {

/// Codes that a halfword can add.
constexpr std::uint32_t kCellsInHalfword = 255;

/// Sums of four channels.
class Sums {
 public:
  /// `cells` cells from `from` on, `step` apart.
  [[gnu::noinline]] void add(const std::int8_t* from,
                             std::uint32_t step,
                             std::uint32_t cells) noexcept {
    while (cells != 0) {
      if (room_ == 0) {
        flush();
      }
      std::uint32_t chunk = std::min(cells, room_);
      room_ -= chunk;
      cells -= chunk;
      std::int32_t even = even_;
      std::int32_t odd = odd_;
      for (; chunk >= 2; chunk -= 2) {
        const std::uint32_t codes = load_word(from);
        const std::uint32_t next = load_word(from + step);
        even = add_even_codes(add_even_codes(even, codes), next);
        odd = add_odd_codes(add_odd_codes(odd, codes), next);
        from += 2 * step;
      }
      if (chunk != 0) {
        const std::uint32_t codes = load_word(from);
        even = add_even_codes(even, codes);
        odd = add_odd_codes(odd, codes);
        from += step;
      }
      even_ = even;
      odd_ = odd;
    }
  }

  /// Of channel 0 to 3 so far.
  [[nodiscard]] const std::int32_t* values() noexcept {
    flush();
    return values_;
  }

 private:
  void flush() noexcept {
    values_[0] += static_cast<std::int16_t>(even_);
    values_[1] += static_cast<std::int16_t>(odd_);
    values_[2] += even_ >> 16;
    values_[3] += odd_ >> 16;
    even_ = odd_ = 0;
    room_ = kCellsInHalfword;
  }

  std::int32_t even_ = 0;
  std::int32_t odd_ = 0;
  std::uint32_t room_ = kCellsInHalfword;
  std::int32_t values_[4] = {};
};

/// The cells of the image below a window.
struct Cells {
  const std::int8_t* first;
  std::uint32_t rows;
  std::uint32_t columns;
  std::uint32_t row_bytes;
  std::uint32_t step;
};

template <class One>
void for_each_window(const Pool2dS8& params, const Memory& memory, One one) noexcept {
  const Images& images = params.images;
  const Window2d& window = params.window;
  const std::uint32_t row_bytes = std::uint32_t{images.in_w} * images.in_c;
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  ref::detail::for_each_pixel(images, [&](const ref::detail::Pixel& pixel, std::uint32_t at) {
    const auto rows = ref::detail::covered(
        pixel.row, window.kernel_h, window.stride_h, window.pad_top, images.in_h);
    const auto columns = ref::detail::covered(
        pixel.column, window.kernel_w, window.stride_w, window.pad_left, images.in_w);
    one(Cells{in + (pixel.image * images.in_h + rows.begin) * row_bytes +
                  columns.begin * images.in_c,
              rows.end - rows.begin,
              columns.end - columns.begin,
              row_bytes,
              images.in_c},
        out + at);
  });
}

/// Calls `use` for the cells of one channel.
template <class Use>
void for_each_cell(const Cells& cells, std::uint32_t channel, Use use) noexcept {
  const std::int8_t* row = cells.first + channel;
  for (std::uint32_t y = 0; y < cells.rows; ++y, row += cells.row_bytes) {
    for (std::uint32_t x = 0; x < cells.columns; ++x) {
      use(row[x * cells.step]);
    }
  }
}

[[gnu::noinline]] std::int8_t mean(std::int32_t sum,
                                   std::int32_t cells,
                                   const OutputS8& out) noexcept {
  const std::int32_t half = cells / 2;
  return static_cast<std::int8_t>(
      clamp((sum > 0 ? wrap_add(sum, half) : wrap_add(sum, -half)) / cells, out.lo, out.hi));
}

}  // namespace

void average_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  for_each_window(params, memory, [&](const Cells& cells, std::int8_t* out) {
    const auto count = static_cast<std::int32_t>(cells.rows * cells.columns);
    const bool whole_rows = cells.columns * cells.step == cells.row_bytes;
    std::uint32_t c = 0;
    for (; c + 4 <= params.images.out_c; c += 4) {
      Sums sums;
      const std::int8_t* row = cells.first + c;
      if (whole_rows) {
        sums.add(row, cells.step, static_cast<std::uint32_t>(count));
      } else {
        for (std::uint32_t y = 0; y < cells.rows; ++y, row += cells.row_bytes) {
          sums.add(row, cells.step, cells.columns);
        }
      }
      const std::int32_t* values = sums.values();
      for (std::uint32_t i = 0; i < 4; ++i) {
        out[c + i] = mean(values[i], count, params.out);
      }
    }
    for (; c < params.images.out_c; ++c) {
      std::int32_t sum = 0;
      for_each_cell(cells, c, [&](std::int8_t code) { sum += code; });
      out[c] = mean(sum, count, params.out);
    }
  });
}

void max_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  const std::uint32_t lo = 0x0101'0101U * static_cast<std::uint8_t>(params.out.lo);
  const std::uint32_t hi = 0x0101'0101U * static_cast<std::uint8_t>(params.out.hi);
  for_each_window(params, memory, [&](const Cells& cells, std::int8_t* out) {
    std::uint32_t c = 0;
    for (; c + 4 <= params.images.out_c; c += 4) {
      std::uint32_t best = lo;
      const std::int8_t* row = cells.first + c;
      for (std::uint32_t y = 0; y < cells.rows; ++y, row += cells.row_bytes) {
        const std::int8_t* from = row;
        for (std::uint32_t x = cells.columns; x != 0; --x, from += cells.step) {
          best = largest_codes(best, load_word(from));
        }
      }
      store_word(out + c, smallest_codes(best, hi));
    }
    for (; c < params.images.out_c; ++c) {
      std::int32_t best = params.out.lo;
      for_each_cell(cells, c, [&](std::int8_t code) { best = std::max<std::int32_t>(best, code); });
      out[c] = static_cast<std::int8_t>(std::min<std::int32_t>(best, params.out.hi));
    }
  });
}

void mean_s8(const MeanS8& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  const auto folded = static_cast<std::int32_t>(params.count) * params.input_offset;
  const auto code = [&](std::int32_t sum) {
    const std::int32_t scaled = requantize(sum + folded, params.factor);
    return static_cast<std::int8_t>(
        clamp(wrap_add(scaled, params.out.zero_point), params.out.lo, params.out.hi));
  };
  for (std::uint32_t o = 0; o < params.outer; ++o) {
    std::uint32_t i = 0;
    for (; i + 4 <= params.inner; i += 4) {
      Sums sums;
      sums.add(in + i, params.inner, params.count);
      const std::int32_t* values = sums.values();
      for (std::uint32_t c = 0; c < 4; ++c) {
        *out++ = code(values[c]);
      }
    }
    for (; i < params.inner; ++i) {
      std::int32_t sum = 0;
      for (std::uint32_t n = 0; n < params.count; ++n) {
        sum += in[n * params.inner + i];
      }
      *out++ = code(sum);
    }
    in += params.count * params.inner;
  }
}

}  // namespace aiot::nn::arm_dsp
