// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "aiot/nn/arm_dsp/kernels.hpp"
#include "src/nn/arm_dsp/dsp.hpp"
#include "src/nn/arm_dsp/matmul.hpp"

// A convolution is the product of weights and windows. Three output pixels at a time: their windows
// are expanded to halfwords in scratch, per quad of inputs k the words of k = 0 and 2 of the three
// pixels, then those of k = 1 and 3; then all output channels of the block are computed and
// written. A block reads its inputs before it writes.
namespace aiot::nn::arm_dsp {
namespace {

/// Words of the gathered inputs of a quad.
constexpr std::uint32_t kQuadWords = 2 * kBlockPixels;

/// Expands `quads` words of each of the three sources; returns the end of what was written.
/// One iteration: 3 LDR, 6 SXTB16, 1 STM for 12 codes. r8 to r12 must be as they are: STM writes
/// registers in ascending order.
[[gnu::noinline]] std::uint32_t* expand(const std::int8_t* a,
                                        const std::int8_t* b,
                                        const std::int8_t* c,
                                        std::uint32_t* to,
                                        std::uint32_t quads) noexcept {
  asm volatile(
      "1:\n"
      "ldr r8, [%[a]], #4\n"
      "ldr r9, [%[b]], #4\n"
      "ldr r10, [%[c]], #4\n"
      "sxtb16 r4, r8\n"
      "sxtb16 r5, r9\n"
      "sxtb16 r6, r10\n"
      "sxtb16 r8, r8, ror #8\n"
      "sxtb16 r9, r9, ror #8\n"
      "sxtb16 r10, r10, ror #8\n"
      "stm %[to]!, {r4-r6, r8-r10}\n"
      "subs %[quads], #1\n"
      "bne 1b\n"
      : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [to] "+r"(to), [quads] "+r"(quads)
      :
      : "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
  return to;
}

[[gnu::noinline]] void copy_codes(std::int8_t* to,
                                  const std::int8_t* from,
                                  std::uint32_t codes) noexcept {
  for (; codes >= 4; codes -= 4, to += 4, from += 4) {
    store_word(to, load_word(from));
  }
  for (; codes != 0; --codes) {
    *to++ = *from++;
  }
}

/// Where the window of an output pixel begins; may lie outside of the image.
struct Corner {
  const std::int8_t* image;
  std::int32_t row;
  std::int32_t column;
};

/// Puts the windows of a block of pixels into scratch, pixel after pixel through the batch.
class Gatherer {
 public:
  Gatherer(const Conv2dS8& params, const Matmul& matmul, const Memory& memory) noexcept
      : params_(params),
        matmul_(matmul),
        image_(memory.read_s8(params.input)),
        end_(image_ + params.images.batch * image_bytes()),
        gathered_(
            static_cast<std::uint32_t*>(static_cast<void*>(memory.arena + params.scratch.offset))),
        padding_(reinterpret_cast<std::int8_t*>(gathered_ + matmul.quads * kQuadWords)),
        row_(-params.window.pad_top),
        column_(-params.window.pad_left),
        columns_left_(params.images.out_w),
        rows_left_(params.images.out_h),
        rows_are_runs_(matmul.runs_across == 1 && params.groups == 1),
        last_column_(std::int32_t{params.images.in_w} - static_cast<std::int32_t>(matmul.columns) -
                     overread_columns()) {
    if (stages(params)) {
      std::fill_n(padding_, matmul.run_quads * 4U, static_cast<std::int8_t>(-params.input_offset));
    }
  }

  [[nodiscard]] std::uint32_t* gathered() const noexcept { return gathered_; }

  /// Goes on to the next `pixels` (1 to 3) output pixels; what is missing to three is the last one.
  void next(std::uint32_t pixels) noexcept {
    for (Corner& corner : corners_) {
      corner = Corner{image_, row_, column_};
      if (pixels > 1) {
        --pixels;
        advance();
      }
    }
    advance();
  }

  /// The windows of these pixels in the channels from `first` on.
  void gather(std::uint32_t first) noexcept {
    if (rows_are_runs_ && columns_inside(corners_[0]) && columns_inside(corners_[1]) &&
        columns_inside(corners_[2])) {
      gather_rows();
    } else {
      gather_runs(first);
    }
  }

 private:
  [[nodiscard]] std::uint32_t image_bytes() const noexcept {
    return std::uint32_t{params_.images.in_h} * params_.images.in_w * params_.images.in_c;
  }

  /// Columns behind a run in which what a whole word reads more surely lies.
  [[nodiscard]] std::int32_t overread_columns() const noexcept {
    const std::int32_t more = static_cast<std::int32_t>(matmul_.run_quads * 4U - matmul_.run_bytes);
    return (more + params_.images.in_c - 1) / params_.images.in_c;
  }

  /// Every row of the window is one run inside of the image, or padding.
  [[nodiscard]] bool columns_inside(const Corner& corner) const noexcept {
    return corner.column >= 0 && corner.column <= last_column_;
  }

  void gather_rows() noexcept {
    const std::uint32_t step =
        std::uint32_t{params_.window.dilation_h} * params_.images.in_w * params_.images.in_c;
    const std::int8_t* a = begin_of(corners_[0]);
    const std::int8_t* b = begin_of(corners_[1]);
    const std::int8_t* c = begin_of(corners_[2]);
    std::uint32_t* to = gathered_;
    std::int32_t down = 0;
    for (std::uint32_t ky = 0; ky < matmul_.runs_down; ++ky, down += params_.window.dilation_h) {
      to = expand(row_inside(corners_[0].row + down) ? a : padding_,
                  row_inside(corners_[1].row + down) ? b : padding_,
                  row_inside(corners_[2].row + down) ? c : padding_,
                  to,
                  matmul_.run_quads);
      a += step;
      b += step;
      c += step;
    }
  }

  [[nodiscard]] bool row_inside(std::int32_t row) const noexcept {
    return static_cast<std::uint32_t>(row) < params_.images.in_h;
  }

  [[nodiscard]] const std::int8_t* begin_of(const Corner& corner) const noexcept {
    return corner.image + offset_of(corner.row, corner.column);
  }

  /// Modulo 2^32: read from only where the position is inside of the image.
  [[nodiscard]] std::uint32_t offset_of(std::int32_t row, std::int32_t column) const noexcept {
    return (static_cast<std::uint32_t>(row) * params_.images.in_w +
            static_cast<std::uint32_t>(column)) *
           params_.images.in_c;
  }

  [[gnu::noinline]] void gather_runs(std::uint32_t first) noexcept {
    const Window2d& window = params_.window;
    std::uint32_t* to = gathered_;
    std::int32_t down = 0;
    for (std::uint32_t ky = 0; ky < matmul_.runs_down; ++ky, down += window.dilation_h) {
      std::int32_t across = 0;
      for (std::uint32_t kx = 0; kx < matmul_.runs_across; ++kx, across += window.dilation_w) {
        const std::int8_t* from[kBlockPixels];
        for (std::uint32_t p = 0; p < kBlockPixels; ++p) {
          from[p] = run(corners_[p], down, across, first, p);
        }
        to = expand(from[0], from[1], from[2], to, matmul_.run_quads);
      }
    }
  }

  [[gnu::noinline]] void advance() noexcept {
    column_ += params_.window.stride_w;
    if (--columns_left_ == 0) {
      columns_left_ = params_.images.out_w;
      column_ = -params_.window.pad_left;
      row_ += params_.window.stride_h;
      if (--rows_left_ == 0) {
        rows_left_ = params_.images.out_h;
        row_ = -params_.window.pad_top;
        image_ += image_bytes();
      }
    }
  }

  /// One run of a window: in the image where all of it, and what a whole word reads more, is there;
  /// else put together in slot `slot` of the staging area; or padding.
  [[gnu::noinline]] const std::int8_t* run(const Corner& corner,
                                           std::int32_t down,
                                           std::int32_t across,
                                           std::uint32_t first,
                                           std::uint32_t slot) noexcept {
    const Images& images = params_.images;
    const std::int32_t row = corner.row + down;
    const std::int32_t column = corner.column + across;
    if (row < 0 || row >= images.in_h) {
      return padding_;
    }
    const auto columns = static_cast<std::int32_t>(matmul_.columns);
    const std::int8_t* from = corner.image + offset_of(row, column) + first;
    if (column >= 0 && column + columns <= images.in_w) {
      const std::uint32_t bytes = matmul_.run_quads * 4U;
      if (bytes <= static_cast<std::uint32_t>(end_ - from)) {
        return from;
      }
      std::int8_t* staged = padding_ + (slot + 1U) * bytes;
      copy_codes(staged, from, matmul_.run_bytes);
      return staged;
    }
    return staged_edge(corner, row, column, slot);
  }

  const std::int8_t* staged_edge(const Corner& corner,
                                 std::int32_t row,
                                 std::int32_t column,
                                 std::uint32_t slot) noexcept {
    const Images& images = params_.images;
    const std::int32_t begin = std::max<std::int32_t>(column, 0);
    const std::int32_t end =
        std::min<std::int32_t>(column + static_cast<std::int32_t>(matmul_.columns), images.in_w);
    if (begin >= end) {
      return padding_;
    }
    // Rows of several columns have no groups: a column is in_c codes.
    const std::uint32_t bytes = matmul_.run_quads * 4U;
    std::int8_t* staged = padding_ + (slot + 1U) * bytes;
    copy_codes(staged, padding_, bytes);
    copy_codes(staged + (begin - column) * images.in_c,
               corner.image + offset_of(row, begin),
               static_cast<std::uint32_t>((end - begin) * images.in_c));
    return staged;
  }

  const Conv2dS8& params_;
  const Matmul& matmul_;
  const std::int8_t* image_;
  const std::int8_t* end_;
  std::uint32_t* gathered_;
  std::int8_t* padding_;
  std::int32_t row_;
  std::int32_t column_;
  std::uint32_t columns_left_;
  std::uint32_t rows_left_;
  bool rows_are_runs_;
  std::int32_t last_column_;  ///< at which a window may begin so that its rows are read in place
  Corner corners_[kBlockPixels] = {};
};

/// The products of a block of gathered pixels with all weights of a group, and their codes.
class Multiplier3 {
 public:
  Multiplier3(const Conv2dS8& params, const Matmul& matmul, const Memory& memory) noexcept
      : params_(params),
        quads_(static_cast<std::uint32_t>(matmul.quads)),
        outputs_(matmul.group_outputs),
        mode_(static_cast<Mode>(*memory.constants<std::uint32_t>(params.channels) & 3U)) {
    const std::uint32_t iterations = (quads_ + kUnroll - 1U) / kUnroll;
    block_.chunks = (quads_ + kChunkQuads - 1U) / kChunkQuads;
    block_.chunks_left = block_.chunks;
    block_.iterations = iterations - (block_.chunks - 1U) * (kChunkQuads / kUnroll);
    block_.entry = (iterations * kUnroll - quads_) * kQuadCode;
    block_.zero_point = params.out.zero_point;
    block_.lo = params.out.lo;
    block_.hi = params.out.hi;
    aiot_arm_dsp_matmul_prepare(&block_,
                                static_cast<std::uint32_t>(std::min(mode_, Mode::kGeneral)));
  }

  /// `pixels` (1 to 3) of them are wanted, `pixel_bytes` apart.
  [[gnu::noinline]] void operator()(const std::uint32_t* gathered,
                                    const std::uint32_t* weights,
                                    std::int8_t* out,
                                    std::uint32_t pixels,
                                    std::uint32_t pixel_bytes) noexcept {
    block_.gathered = gathered;
    if (mode_ == Mode::kWide) {
      multiply_wide(weights, out, pixels, pixel_bytes);
      return;
    }
    if (outputs_ >= 2) {
      block_.weights = weights;
      block_.out = out;
      block_.end = out + (outputs_ & ~1U);
      block_.step1 = pixels > 1 ? pixel_bytes : 0;
      block_.step2 = pixels > 2 ? 2 * pixel_bytes : block_.step1;
      aiot_arm_dsp_matmul(&block_);
    }
    if (outputs_ % 2U != 0) {
      multiply_last(
          weights + outputs_ / 2U * pair_words(), out + outputs_ - 1U, pixels, pixel_bytes);
    }
  }

 private:
  [[nodiscard]] std::uint32_t pair_words() const noexcept { return quads_ * 2U + 8U; }

  /// The last channel of an odd number: the second one of its pair is not there.
  [[gnu::noinline]] void multiply_last(const std::uint32_t* weights,
                                       std::int8_t* out,
                                       std::uint32_t pixels,
                                       std::uint32_t pixel_bytes) noexcept {
    std::int8_t pair[2 * kBlockPixels];
    block_.weights = weights;
    block_.out = pair;
    block_.end = pair + 2;
    block_.step1 = 2;
    block_.step2 = 4;
    aiot_arm_dsp_matmul(&block_);
    for (std::uint32_t p = 0; p < pixels; ++p) {
      out[p * pixel_bytes] = pair[2 * p];
    }
  }

  /// Weights of -128 beside a negative one: rare, and not worth being fast.
  [[gnu::cold]] void multiply_wide(const std::uint32_t* weights,
                                   std::int8_t* out,
                                   std::uint32_t pixels,
                                   std::uint32_t pixel_bytes) noexcept {
    for (std::uint32_t o = 0; o < outputs_; ++o) {
      const std::uint32_t* pair = weights + o / 2U * pair_words();
      const auto* channel = static_cast<const PackedChannel*>(
          static_cast<const void*>(pair + quads_ * 2U + (o % 2U != 0 ? 0U : 4U)));
      for (std::uint32_t p = 0; p < pixels; ++p) {
        const std::int32_t sum = wide_sum(pair, block_.gathered + p, o % 2U != 0);
        const auto doubled = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) << 1U);
        out[p * pixel_bytes + o] =
            to_code(wrap_add(doubled, channel->bias2), *channel, Mode::kGeneral, params_.out);
      }
    }
  }

  [[nodiscard]] std::int32_t wide_sum(const std::uint32_t* weights,
                                      const std::uint32_t* gathered,
                                      bool second) const noexcept {
    std::int32_t sum = 0;
    for (std::uint32_t i = 0; i < quads_ * 2U; ++i, ++weights, gathered += kBlockPixels) {
      const std::int32_t codes = second ? second_codes(*weights) : even_codes(*weights);
      sum = __smlad(codes, static_cast<std::int32_t>(*gathered), sum);
    }
    return sum;
  }

  const Conv2dS8& params_;
  std::uint32_t quads_;
  std::uint32_t outputs_;
  Mode mode_;
  MatmulBlock block_;
};

/// Windows of one pixel that follow each other: nothing to look for.
void convolve_pointwise(const Conv2dS8& params,
                        const Memory& memory,
                        std::uint32_t pixels,
                        Multiplier3& multiply) noexcept {
  const std::uint32_t depth = params.images.in_c;
  const auto* weights = memory.constants<std::uint32_t>(params.weights);
  auto* gathered =
      static_cast<std::uint32_t*>(static_cast<void*>(memory.arena + params.scratch.offset));
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  while (pixels != 0) {
    const std::uint32_t block = std::min(pixels, kBlockPixels);
    const std::int8_t* second = block > 1 ? in + depth : in;
    expand(in, second, block > 2 ? second + depth : second, gathered, depth / 4U);
    multiply(gathered, weights, out, block, params.images.out_c);
    in += block * depth;
    out += block * params.images.out_c;
    pixels -= block;
  }
}

[[gnu::noinline]] void convolve_windows(const Conv2dS8& params,
                                        const Memory& memory,
                                        const Matmul& matmul,
                                        std::uint32_t pixels,
                                        Multiplier3& multiply) noexcept {
  const std::uint32_t depth = std::uint32_t{params.images.in_c} / params.groups;
  const auto group_words = static_cast<std::uint32_t>(pair_words(matmul) * matmul.pairs);
  std::int8_t* out = memory.write_s8(params.output);
  Gatherer gatherer(params, matmul, memory);
  while (pixels != 0) {
    const std::uint32_t block = std::min(pixels, kBlockPixels);
    const auto* weights = memory.constants<std::uint32_t>(params.weights);
    gatherer.next(block);
    for (std::uint32_t group = 0; group < params.groups; ++group) {
      gatherer.gather(group * depth);
      multiply(gatherer.gathered(),
               weights,
               out + group * matmul.group_outputs,
               block,
               params.images.out_c);
      weights += group_words;
    }
    out += block * params.images.out_c;
    pixels -= block;
  }
}

}  // namespace

void conv_2d_s8(const Conv2dS8& params, const Memory& memory) noexcept {
  const Matmul matmul = matmul_of(params);
  Multiplier3 multiply(params, matmul, memory);
  const std::uint32_t pixels =
      std::uint32_t{params.images.batch} * params.images.out_h * params.images.out_w;
  if (is_pointwise(params)) {
    convolve_pointwise(params, memory, pixels, multiply);
  } else {
    convolve_windows(params, memory, matmul, pixels, multiply);
  }
}

}  // namespace aiot::nn::arm_dsp
