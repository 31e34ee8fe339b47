// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "aiot/nn/plain/kernels.hpp"

namespace aiot::nn::plain {
namespace {

/// The cells of the image below a window: `rows` times `columns` of them, the first at `first`.
struct Cells {
  const std::int8_t* first;
  std::uint32_t rows;
  std::uint32_t columns;
  std::uint32_t row_bytes;  ///< from a row of the image to the next
  std::uint32_t channels;   ///< from a cell to the next
};

/// Calls `use(codes)` for the cells, `codes` pointing at channel `channel`.
template <class Use>
inline void for_each_cell(const Cells& cells, std::uint32_t channel, Use use) noexcept {
  const std::int8_t* row = cells.first + channel;
  for (std::uint32_t y = cells.rows; y != 0; --y) {
    const std::int8_t* at = row;
    for (std::uint32_t x = cells.columns; x != 0; --x) {
      use(at);
      at += cells.channels;
    }
    row += cells.row_bytes;
  }
}

/// A pixel, some channels at a time: all that its window holds of them is read before they are
/// written. `Pool` has add(codes, value) and result(value).
template <std::uint32_t channels, class Pool>
inline void pool_channels(const Cells& cells,
                          std::uint32_t channel,
                          const Pool& pool,
                          std::int8_t* out) noexcept {
  std::int32_t values[channels];
  for (std::int32_t& value : values) {
    value = Pool::kStart;
  }
  for_each_cell(cells, channel, [&values](const std::int8_t* codes) {
#pragma GCC unroll 4
    for (std::uint32_t c = 0; c < channels; ++c) {
      values[c] = Pool::add(values[c], codes[c]);
    }
  });
  for (std::uint32_t c = 0; c < channels; ++c) {
    out[channel + c] = static_cast<std::int8_t>(pool.result(values[c]));
  }
}

template <class Pool>
void pool_pixel(const Cells& cells, const Pool& pool, std::int8_t* out) noexcept {
  std::uint32_t channel = 0;
  for (; channel + 4 <= cells.channels; channel += 4) {
    pool_channels<4>(cells, channel, pool, out);
  }
  for (; channel < cells.channels; ++channel) {
    pool_channels<1>(cells, channel, pool, out);
  }
}

/// Mean of the cells, ties away from zero.
struct Average {
  static constexpr std::int32_t kStart = 0;

  std::int32_t count;
  std::int32_t lo;
  std::int32_t hi;

  static std::int32_t add(std::int32_t sum, std::int32_t code) noexcept {
    return wrap_add(sum, code);
  }

  [[nodiscard]] std::int32_t result(std::int32_t sum) const noexcept {
    const std::int32_t half = count / 2;
    // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): all values are set
    return clamp(wrap_add(sum, sum > 0 ? half : -half) / count, lo, hi);
  }
};

struct Maximum {
  static constexpr std::int32_t kStart = -128;

  std::int32_t lo;
  std::int32_t hi;

  static std::int32_t add(std::int32_t best, std::int32_t code) noexcept {
    return code > best ? code : best;
  }

  [[nodiscard]] std::int32_t result(std::int32_t best) const noexcept {
    return clamp(best, lo, hi);
  }
};

/// Calls `write(cells, out)` for each output pixel in order.
template <class Write>
void for_each_window(const Pool2dS8& params, const Memory& memory, Write write) noexcept {
  const Images& images = params.images;
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  Cells cells{in, 0, 0, std::uint32_t{images.in_w} * images.in_c, images.in_c};
  for (std::uint32_t image = 0; image < images.batch; ++image) {
    for (std::uint32_t y = 0; y < images.out_h; ++y) {
      const ref::detail::Range rows = ref::detail::covered(
          y, params.window.kernel_h, params.window.stride_h, params.window.pad_top, images.in_h);
      cells.rows = rows.end - rows.begin;
      for (std::uint32_t x = 0; x < images.out_w; ++x) {
        const ref::detail::Range columns = ref::detail::covered(
            x, params.window.kernel_w, params.window.stride_w, params.window.pad_left, images.in_w);
        cells.columns = columns.end - columns.begin;
        cells.first = in + rows.begin * cells.row_bytes + columns.begin * cells.channels;
        write(cells, out);
        out += images.out_c;
      }
    }
    in += images.in_h * cells.row_bytes;
  }
}

}  // namespace

void average_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  for_each_window(params, memory, [&params](const Cells& cells, std::int8_t* out) {
    const auto count = static_cast<std::int32_t>(cells.rows * cells.columns);
    pool_pixel(cells, Average{count, params.out.lo, params.out.hi}, out);
  });
}

void max_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  for_each_window(params, memory, [&params](const Cells& cells, std::int8_t* out) {
    pool_pixel(cells, Maximum{params.out.lo, params.out.hi}, out);
  });
}

}  // namespace aiot::nn::plain
