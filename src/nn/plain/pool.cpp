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

/// Calls `use(code)` for the cells of one channel.
template <class Use>
inline void for_each_code(const Cells& cells, std::uint32_t channel, Use use) noexcept {
  const std::int8_t* row = cells.first + channel;
  for (std::uint32_t y = cells.rows; y != 0; --y) {
    const std::int8_t* at = row;
    for (std::uint32_t x = cells.columns; x != 0; --x) {
      use(std::int32_t{*at});
      at += cells.channels;
    }
    row += cells.row_bytes;
  }
}

/// Calls `write(cells, out)` for each output pixel in order.
template <class Write>
void for_each_window(const Pool2dS8& params, const Memory& memory, Write write) noexcept {
  const Images& images = params.images;
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  const ref::detail::Range whole{0, 0};
  Cells cells{in, whole.begin, whole.end, std::uint32_t{images.in_w} * images.in_c, images.in_c};
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
    const std::int32_t half = count / 2;
    for (std::uint32_t c = 0; c < cells.channels; ++c) {
      std::int32_t sum = 0;
      for_each_code(cells, c, [&sum](std::int32_t code) { sum = wrap_add(sum, code); });
      const std::int32_t mean = wrap_add(sum, sum > 0 ? half : -half) / count;
      out[c] = static_cast<std::int8_t>(clamp(mean, params.out.lo, params.out.hi));
    }
  });
}

void max_pool_2d_s8(const Pool2dS8& params, const Memory& memory) noexcept {
  for_each_window(params, memory, [&params](const Cells& cells, std::int8_t* out) {
    for (std::uint32_t c = 0; c < cells.channels; ++c) {
      std::int32_t best = -128;
      for_each_code(cells, c, [&best](std::int32_t code) { best = code > best ? code : best; });
      out[c] = static_cast<std::int8_t>(clamp(best, params.out.lo, params.out.hi));
    }
  });
}

}  // namespace aiot::nn::plain
