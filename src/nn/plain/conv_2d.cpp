// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>

#include "aiot/nn/plain/kernels.hpp"
#include "block.hpp"

namespace aiot::nn::plain {
namespace {

/// Window of an output pixel: where its first row begins, and whether it lies inside of the image
/// from left to right, so that its rows can be read where they are.
struct Pixel {
  const std::int8_t* image;
  std::int32_t row;
  std::int32_t column;
  bool inside;
};

/// Where the next output pixel is.
struct Cursor {
  std::uint32_t image;
  std::uint32_t row;
  std::uint32_t column;
};

/// Copies what blocks of pixels read into scratch, two pixels in a word.
template <std::uint32_t words>
class Gather {
 public:
  static constexpr std::uint32_t kPixels = 2 * words;

  Gather(const Conv2dS8& params, const Memory& memory) noexcept
      : params_(params),
        in_(memory.read_s8(params.input)),
        scratch_(memory.arena + params.scratch.offset),
        depth_(std::uint32_t{params.images.in_c} / params.groups),
        row_bytes_(depth_ * params.window.kernel_w),
        columns_side_by_side_(params.groups == 1 &&
                              (params.window.dilation_w == 1 || params.window.kernel_w == 1)) {
    if (!reads_rows_in_place(params)) {
      std::memset(padding_row(), -params.input_offset, row_bytes_);
    }
  }

  [[nodiscard]] std::uint32_t terms() const noexcept {
    return row_bytes_ * params_.window.kernel_h;
  }

  [[nodiscard]] std::int32_t* words_begin() const noexcept {
    // Through void*: scratch begins at a multiple of 4.
    return static_cast<std::int32_t*>(static_cast<void*>(scratch_));
  }

  /// The windows of the `count` pixels from `cursor` on, channels of `group`. What a block has more
  /// repeats the last pixel.
  void read(Cursor& cursor, std::uint32_t count, std::uint32_t group) const noexcept {
    Pixel pixels[kPixels];
    for (std::uint32_t i = 0; i < kPixels; ++i) {
      pixels[i] = i < count ? next(cursor) : pixels[i - 1];
    }
    std::int32_t* to = words_begin();
    for (std::uint32_t ky = 0; ky < params_.window.kernel_h; ++ky) {
      const std::int8_t* rows[kPixels];
      for (std::uint32_t i = 0; i < kPixels; ++i) {
        rows[i] = i < count ? row_of(pixels[i], ky, group, i) : rows[i - 1];
      }
      to = interleave<words>(rows, row_bytes_, to);
    }
  }

 private:
  [[nodiscard]] std::int8_t* padding_row() const noexcept {
    return reinterpret_cast<std::int8_t*>(words_begin() + std::size_t{words} * terms());
  }

  Pixel next(Cursor& cursor) const noexcept {
    const Images& images = params_.images;
    const Window2d& window = params_.window;
    const std::int32_t column =
        static_cast<std::int32_t>(cursor.column * window.stride_w) - window.pad_left;
    const Pixel pixel{in_ + cursor.image * (std::uint32_t{images.in_h} * images.in_w * images.in_c),
                      static_cast<std::int32_t>(cursor.row * window.stride_h) - window.pad_top,
                      column,
                      columns_side_by_side_ && column >= 0 &&
                          column + window.kernel_w <= images.in_w};
    if (++cursor.column == images.out_w) {
      cursor.column = 0;
      if (++cursor.row == images.out_h) {
        cursor.row = 0;
        ++cursor.image;
      }
    }
    return pixel;
  }

  /// Row `ky` of a window: in the input, or put together in row `slot` of scratch.
  const std::int8_t* row_of(const Pixel& pixel,
                            std::uint32_t ky,
                            std::uint32_t group,
                            std::uint32_t slot) const noexcept {
    const Images& images = params_.images;
    const std::int32_t y =
        pixel.row + static_cast<std::int32_t>(ky * params_.window.dilation_h);
    if (y < 0 || y >= images.in_h) {
      return padding_row();
    }
    const std::int8_t* row = pixel.image + static_cast<std::uint32_t>(y) *
                                               (std::uint32_t{images.in_w} * images.in_c);
    if (pixel.inside) {
      return row + static_cast<std::uint32_t>(pixel.column) * images.in_c;
    }
    return put_together(row + group * depth_, pixel.column, slot);
  }

  const std::int8_t* put_together(const std::int8_t* row,
                                  std::int32_t column,
                                  std::uint32_t slot) const noexcept {
    std::int8_t* begin = padding_row() + (slot + 1U) * row_bytes_;
    std::int8_t* to = begin;
    for (std::uint32_t kx = 0; kx < params_.window.kernel_w; ++kx) {
      if (column >= 0 && column < params_.images.in_w) {
        const std::int8_t* from = row + static_cast<std::uint32_t>(column) * params_.images.in_c;
        for (std::uint32_t c = 0; c < depth_; ++c) {
          to[c] = from[c];
        }
      } else {
        std::memset(to, -params_.input_offset, depth_);
      }
      to += depth_;
      column += params_.window.dilation_w;
    }
    return begin;
  }

  const Conv2dS8& params_;
  const std::int8_t* in_;
  std::byte* scratch_;
  std::uint32_t depth_;
  std::uint32_t row_bytes_;
  bool columns_side_by_side_;
};

template <std::uint32_t words>
void convolve(const Conv2dS8& params, const Memory& memory) noexcept {
  const Images& images = params.images;
  const Gather<words> gather(params, memory);
  const std::uint32_t pixels = std::uint32_t{images.batch} * images.out_h * images.out_w;
  const std::uint32_t group_outputs = std::uint32_t{images.out_c} / params.groups;
  Block block;
  block.inputs = gather.words_begin();
  block.depth = gather.terms();
  block.weights = memory.constants<std::int8_t>(params.weights);
  block.channels = memory.constants<Channel>(params.channels);
  block.rules = &params.out;
  block.out_channels = images.out_c;
  for (std::uint32_t group = 0; group < params.groups; ++group) {
    Cursor cursor{0, 0, 0};
    block.channels_end = block.channels + group_outputs;
    block.out = memory.write_s8(params.output) + group * group_outputs;
    for (std::uint32_t left = pixels; left != 0; left -= block.pixels) {
      block.pixels = left < 2 * words ? left : 2 * words;
      gather.read(cursor, block.pixels, group);
      multiply_block<words>(block);
      block.out += block.pixels * images.out_c;
    }
    block.channels = block.channels_end;
    block.weights += group_outputs * block.depth;
  }
}

}  // namespace

void conv_2d_s8(const Conv2dS8& params, const Memory& memory) noexcept {
  if (params.scratch.bytes >= conv_scratch(params, kFastPixels)) {
    convolve<kFastPixels / 2>(params, memory);
  } else {
    convolve<kLeastPixels / 2>(params, memory);
  }
}

}  // namespace aiot::nn::plain
