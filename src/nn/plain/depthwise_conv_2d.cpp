// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>

#include "aiot/nn/plain/kernels.hpp"
#include "depthwise_taps.hpp"
#include "requantize.hpp"

namespace aiot::nn::plain {
namespace {

/// The rows of the input that an output row reads, and those in between, in scratch: row y in slot
/// y modulo their number, with the padding of its left and right. Output rows may then be written
/// over the input.
class Ring {
 public:
  Ring(const DepthwiseConv2dS8& params, const Memory& memory) noexcept
      : params_(params),
        slots_(reinterpret_cast<std::int8_t*>(memory.arena + params.scratch.offset)),
        rows_(depthwise_rows(params)),
        row_bytes_(depthwise_columns(params) * params.images.in_c) {}

  /// The next image begins at `in`.
  void begin(const std::int8_t* in) noexcept {
    in_ = in;
    filled_ = -static_cast<std::int32_t>(params_.window.pad_top);
  }

  /// Fills the slots of the rows [from, from + rows) that are not there yet.
  void fill(std::int32_t from) noexcept {
    const std::int32_t end = from + static_cast<std::int32_t>(rows_);
    for (std::int32_t y = filled_ > from ? filled_ : from; y < end; ++y) {
      fill_row(y);
    }
    filled_ = end;
  }

  [[nodiscard]] const std::int8_t* row(std::int32_t y) const noexcept { return slot(y); }

 private:
  [[nodiscard]] std::int8_t* slot(std::int32_t y) const noexcept {
    const std::uint32_t index = static_cast<std::uint32_t>(y + params_.window.pad_top) % rows_;
    return slots_ + index * row_bytes_;
  }

  void fill_row(std::int32_t y) const noexcept {
    const Images& images = params_.images;
    std::int8_t* to = slot(y);
    const std::uint32_t image_bytes = std::uint32_t{images.in_w} * images.in_c;
    if (y < 0 || y >= images.in_h) {
      std::memset(to, -params_.input_offset, row_bytes_);
      return;
    }
    const std::uint32_t wanted_left = std::uint32_t{params_.window.pad_left} * images.in_c;
    const std::uint32_t left = wanted_left < row_bytes_ ? wanted_left : row_bytes_;
    const std::uint32_t room = row_bytes_ - left;
    const std::uint32_t middle = image_bytes < room ? image_bytes : room;
    std::memset(to, -params_.input_offset, left);
    std::memcpy(to + left, in_ + static_cast<std::uint32_t>(y) * image_bytes, middle);
    std::memset(to + left + middle, -params_.input_offset, room - middle);
  }

  const DepthwiseConv2dS8& params_;
  std::int8_t* slots_;
  std::uint32_t rows_;
  std::uint32_t row_bytes_;
  const std::int8_t* in_ = nullptr;
  std::int32_t filled_ = 0;
};

/// An output row in the making.
struct Row {
  const DepthwiseConv2dS8& params;
  const Ring& ring;
  const std::int8_t* weights;
  const Channel* channels;
  std::int32_t top;  ///< row of the input below the first row of the kernel
  std::int8_t* out;
};

/// `count` outputs of all channels, of a 3x3 kernel; `outputs` are computed.
template <std::uint32_t outputs, std::uint32_t stride>
void block_3x3(const Row& row, std::uint32_t column, std::uint32_t count) noexcept {
  const Images& images = row.params.images;
  const std::int32_t dilation = row.params.window.dilation_h;
  const std::int8_t* first = row.ring.row(row.top);
  const std::int8_t* second = row.ring.row(row.top + dilation);
  const std::int8_t* third = row.ring.row(row.top + 2 * dilation);
  multiply_taps<outputs, stride>({first + column * stride * images.in_c,
                                  second - first,
                                  third - second,
                                  images.in_c,
                                  row.weights,
                                  row.channels,
                                  &row.params.out,
                                  row.out + column * images.out_c,
                                  count});
}

/// `count` outputs of all channels, at most 4, of any kernel.
void block_any(const Row& row, std::uint32_t column, std::uint32_t count) noexcept {
  constexpr std::uint32_t kOutputs = 4;
  const Images& images = row.params.images;
  const Window2d& window = row.params.window;
  const std::uint32_t step = std::uint32_t{window.stride_w} * images.in_c;
  const std::uint32_t tap_step = std::uint32_t{window.dilation_w} * images.in_c;
  const std::int8_t* weights = row.weights;
  std::uint32_t skip = column * step;
  std::uint32_t repeats = row.params.multiplier;
  for (std::uint32_t c = 0; c < images.out_c; ++c) {
    std::int32_t sums[kOutputs] = {0, 0, 0, 0};
    std::int32_t y = row.top;
    for (std::uint32_t ky = 0; ky < window.kernel_h; ++ky, y += window.dilation_h) {
      const std::int8_t* from = row.ring.row(y) + skip;
      for (std::uint32_t kx = 0; kx < window.kernel_w; ++kx, from += tap_step) {
        const std::int32_t weight{*weights++};
        sums[0] = wrap_add(sums[0], weight * from[0]);
        sums[1] = wrap_add(sums[1], weight * from[step]);
        sums[2] = wrap_add(sums[2], weight * from[2 * step]);
        sums[3] = wrap_add(sums[3], weight * from[3 * step]);
      }
    }
    write_codes(
        row.channels[c],
        row.params.out,
        count,
        [&sums](std::uint32_t i) { return as_unsigned(sums[i]); },
        row.out + column * images.out_c + c,
        images.out_c);
    if (--repeats == 0) {
      repeats = row.params.multiplier;
      ++skip;
    }
  }
}

/// Next block of an output row of which `left` columns are left, with a kernel of 3x3 and stride 1:
/// 6, 5 or 3 columns, so that few are computed in vain.
constexpr std::uint32_t next_block(std::uint32_t left) noexcept {
  if (left <= 3) {
    return 3;
  }
  return left < 6 || left == 7 || left == 8 ? 5 : 6;
}

void write_row(const Row& row) noexcept {
  const std::uint32_t width = row.params.images.out_w;
  const DepthwiseBlock kind = depthwise_block(row.params);
  std::uint32_t block = 4;
  for (std::uint32_t column = 0; column < width; column += block) {
    const std::uint32_t left = width - column;
    block = kind == DepthwiseBlock::kStride1 ? next_block(left) : 4;
    const std::uint32_t count = left < block ? left : block;
    if (kind == DepthwiseBlock::kAny) {
      block_any(row, column, count);
    } else if (kind == DepthwiseBlock::kStride2) {
      block_3x3<4, 2>(row, column, count);
    } else if (block == 6) {
      block_3x3<6, 1>(row, column, count);
    } else if (block == 5) {
      block_3x3<5, 1>(row, column, count);
    } else {
      block_3x3<3, 1>(row, column, count);
    }
  }
}

}  // namespace

void depthwise_conv_2d_s8(const DepthwiseConv2dS8& params, const Memory& memory) noexcept {
  const Images& images = params.images;
  Ring ring(params, memory);
  const std::int8_t* in = memory.read_s8(params.input);
  Row row{params,
          ring,
          memory.constants<std::int8_t>(params.weights),
          memory.constants<Channel>(params.channels),
          0,
          memory.write_s8(params.output)};
  for (std::uint32_t image = 0; image < images.batch; ++image) {
    ring.begin(in);
    row.top = -static_cast<std::int32_t>(params.window.pad_top);
    for (std::uint32_t y = 0; y < images.out_h; ++y) {
      ring.fill(row.top);
      write_row(row);
      row.top += params.window.stride_h;
      row.out += std::uint32_t{images.out_w} * images.out_c;
    }
    in += std::uint32_t{images.in_h} * images.in_w * images.in_c;
  }
}

}  // namespace aiot::nn::plain
