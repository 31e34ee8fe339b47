// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>

#include "aiot/nn/plain/kernels.hpp"
#include "block.hpp"

namespace aiot::nn::plain {
namespace {

/// Window of an output pixel: its first cell, as row and column of the image and as bytes behind
/// the input, all of which may be negative; and whether it lies inside from left to right, so that
/// its rows can be read where they are.
struct Pixel {
  std::int32_t row;
  std::int32_t column;
  std::uint32_t at;  ///< modulo 2^32 where the row is outside of the image, and not used then
  bool inside;
};

/// The next output pixel.
struct Cursor {
  std::uint32_t column;  ///< output columns and rows that are left, this one included
  std::uint32_t row;
  Pixel pixel;
};

/// Copies what blocks of pixels read into scratch, two pixels in a word.
class Gather {
 public:
  /// Blocks of `pixels`, an even number up to kFastPixels.
  Gather(const Conv2dS8& params, const Memory& memory, std::uint32_t pixels) noexcept
      : params_(params),
        pixels_(pixels),
        in_(memory.read_s8(params.input)),
        scratch_(memory.arena + params.scratch.offset),
        depth_(std::uint32_t{params.images.in_c} / params.groups),
        row_bytes_(depth_ * params.window.kernel_w),
        columns_side_by_side_(params.groups == 1 &&
                              (params.window.dilation_w == 1 || params.window.kernel_w == 1)),
        flat_(is_flat(params)) {
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

  /// The first pixel is next, channels of `group`.
  void begin(std::uint32_t group) noexcept {
    image_ = in_ + group * depth_;
    begin_image();
  }

  /// The windows of the next `count` pixels. What a block has more repeats the last one.
  void read(std::uint32_t count) noexcept {
    if (flat_) {
      read_flat(count);
      return;
    }
    Pixel pixels[kFastPixels];
    const std::int8_t* images[kFastPixels];
    for (std::uint32_t i = 0; i < count; ++i) {
      images[i] = image_;
      pixels[i] = cursor_.pixel;
      advance();
    }
    const std::int32_t dilation = params_.window.dilation_h;
    const std::uint32_t pitch = static_cast<std::uint32_t>(dilation) * row_pitch();
    const std::uint32_t in_h = params_.images.in_h;
    std::int32_t* to = words_begin();
    for (std::uint32_t ky = params_.window.kernel_h; ky != 0; --ky) {
      const std::int8_t* rows[kFastPixels];
      for (std::uint32_t i = 0; i < count; ++i) {
        Pixel& pixel = pixels[i];
        const auto row = static_cast<std::uint32_t>(pixel.row);
        if (row >= in_h) {
          rows[i] = padding_row();
        } else if (pixel.inside) {
          rows[i] = images[i] + pixel.at;
        } else {
          rows[i] = put_together(images[i] + row * row_pitch(), pixel.column, i);
        }
        pixel.row += dilation;
        pixel.at += pitch;
      }
      to = write(rows, count, to);
    }
  }

 private:
  static bool is_flat(const Conv2dS8& params) noexcept {
    const Window2d& window = params.window;
    return window.kernel_h == 1 && window.kernel_w == 1 && window.stride_h == 1 &&
           window.stride_w == 1 && window.pad_top == 0 && window.pad_left == 0 &&
           params.images.in_h == params.images.out_h && params.images.in_w == params.images.out_w;
  }

  [[nodiscard]] std::int8_t* padding_row() const noexcept {
    return reinterpret_cast<std::int8_t*>(words_begin() + std::size_t{pixels_ / 2U} * terms());
  }

  /// Bytes from a row of the image to the next.
  [[nodiscard]] std::uint32_t row_pitch() const noexcept {
    return std::uint32_t{params_.images.in_w} * params_.images.in_c;
  }

  void begin_image() noexcept {
    cursor_.row = params_.images.out_h;
    begin_row(-static_cast<std::int32_t>(params_.window.pad_top));
  }

  void begin_row(std::int32_t row) noexcept {
    const std::int32_t column = -static_cast<std::int32_t>(params_.window.pad_left);
    cursor_.column = params_.images.out_w;
    const auto at = static_cast<std::uint32_t>(row) * row_pitch() +
                    static_cast<std::uint32_t>(column) * params_.images.in_c;
    cursor_.pixel = {row, column, at, is_inside(column)};
  }

  [[nodiscard]] bool is_inside(std::int32_t column) const noexcept {
    return columns_side_by_side_ && column >= 0 &&
           column + params_.window.kernel_w <= params_.images.in_w;
  }

  void advance() noexcept {
    Pixel& pixel = cursor_.pixel;
    if (--cursor_.column != 0) {
      pixel.column += params_.window.stride_w;
      pixel.at += std::uint32_t{params_.window.stride_w} * params_.images.in_c;
      pixel.inside = is_inside(pixel.column);
    } else if (--cursor_.row != 0) {
      begin_row(pixel.row + params_.window.stride_h);
    } else {
      image_ += params_.images.in_h * row_pitch();
      begin_image();
    }
  }

  /// The words of one row of each pixel; returns the end of what it wrote.
  std::int32_t* write(const std::int8_t** rows,
                      std::uint32_t count,
                      std::int32_t* to) const noexcept {
    for (std::uint32_t i = count; i < pixels_; ++i) {
      // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): a block has at least one pixel
      rows[i] = rows[count - 1];
    }
    return interleave(rows, pixels_, row_bytes_, to);
  }

  /// A kernel of one cell and a stride of 1: pixels are side by side.
  void read_flat(std::uint32_t count) noexcept {
    const std::int8_t* rows[kFastPixels];
    const std::int8_t* from = image_;
    const std::uint32_t step = params_.images.in_c;
    for (std::uint32_t i = 0; i < count; ++i) {
      rows[i] = from;
      from += step;
    }
    image_ = from;
    write(rows, count, words_begin());
  }

  /// One row of a window that reaches over the left or right edge, or whose cells are not side by
  /// side, in row `slot` of scratch.
  const std::int8_t* put_together(const std::int8_t* row,
                                  std::int32_t column,
                                  std::uint32_t slot) const noexcept {
    std::int8_t* begin = padding_row() + (slot + 1U) * row_bytes_;
    const auto code = static_cast<std::int8_t>(-params_.input_offset);
    const std::uint32_t step = params_.window.dilation_w * std::uint32_t{params_.images.in_c};
    std::uint32_t from = static_cast<std::uint32_t>(column) * params_.images.in_c;
    std::int8_t* to = begin;
    for (std::uint32_t kx = params_.window.kernel_w; kx != 0; --kx) {
      const std::int8_t* end = to + depth_;
      if (static_cast<std::uint32_t>(column) < params_.images.in_w) {
        const std::int8_t* cell = row + from;
        do {
          *to++ = *cell++;
        } while (to != end);
      } else {
        do {
          *to++ = code;
        } while (to != end);
      }
      column += params_.window.dilation_w;
      from += step;
    }
    return begin;
  }

  const Conv2dS8& params_;
  std::uint32_t pixels_;
  const std::int8_t* in_;
  std::byte* scratch_;
  std::uint32_t depth_;
  std::uint32_t row_bytes_;
  bool columns_side_by_side_;
  bool flat_;
  const std::int8_t* image_ = nullptr;
  Cursor cursor_{};
};

/// The most pixels at once for which there is scratch.
std::uint32_t block_pixels(const Conv2dS8& params) noexcept {
  if (params.scratch.bytes >= conv_scratch(params, kFastPixels)) {
    return kFastPixels;
  }
  return params.scratch.bytes >= conv_scratch(params, kMiddlePixels) ? kMiddlePixels : kLeastPixels;
}

}  // namespace

void conv_2d_s8(const Conv2dS8& params, const Memory& memory) noexcept {
  const Images& images = params.images;
  const std::uint32_t most = block_pixels(params);
  Gather gather(params, memory, most);
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
    gather.begin(group);
    block.channels_end = block.channels + group_outputs;
    block.out = memory.write_s8(params.output) + group * group_outputs;
    for (std::uint32_t left = pixels; left != 0; left -= block.pixels) {
      block.pixels = left < most ? left : most;
      gather.read(block.pixels);
      if (most == kFastPixels) {
        multiply_block<kFastPixels / 2>(block);
      } else if (most == kMiddlePixels) {
        multiply_block<kMiddlePixels / 2>(block);
      } else {
        multiply_block<kLeastPixels / 2>(block);
      }
      block.out += block.pixels * images.out_c;
    }
    block.channels = block.channels_end;
    block.weights += group_outputs * block.depth;
  }
}

}  // namespace aiot::nn::plain
