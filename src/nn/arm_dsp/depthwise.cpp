// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "aiot/nn/arm_dsp/kernels.hpp"
#include "src/nn/arm_dsp/depthwise_strip.hpp"
#include "src/nn/arm_dsp/dsp.hpp"

namespace aiot::nn::arm_dsp {
namespace {

// --- 3x3: lines of pairs of rows ---

/// Expands two rows of four channels into their lines: 16 instructions for 8 codes. A step of 0
/// repeats the same four codes.
void expand_rows(const std::int8_t* upper,
                 std::uint32_t upper_step,
                 const std::int8_t* lower,
                 std::uint32_t lower_step,
                 std::uint32_t* to,
                 std::uint32_t line_bytes,
                 std::uint32_t columns) noexcept {
  const std::uint32_t three_lines = 3 * line_bytes;
  std::uint32_t u;
  std::uint32_t v;
  std::uint32_t low;
  asm volatile(
      "1:\n"
      "ldr %[u], [%[upper]]\n"
      "ldr %[v], [%[lower]]\n"
      "add %[upper], %[upper], %[upper_step]\n"
      "add %[lower], %[lower], %[lower_step]\n"
      "pkhbt %[low], %[u], %[v], lsl #16\n"  // u0 u1 v0 v1
      "pkhtb %[u], %[v], %[u], asr #16\n"    // u2 u3 v2 v3
      "sxtb16 %[v], %[low], ror #8\n"
      "str %[v], [%[to], %[line]]\n"
      "sxtb16 %[v], %[u]\n"
      "str %[v], [%[to], %[line], lsl #1]\n"
      "sxtb16 %[u], %[u], ror #8\n"
      "str %[u], [%[to], %[lines]]\n"
      "sxtb16 %[low], %[low]\n"
      "str %[low], [%[to]], #8\n"
      "subs %[columns], #1\n"
      "bne 1b\n"
      : [upper] "+r"(upper),
        [lower] "+r"(lower),
        [to] "+r"(to),
        [columns] "+r"(columns),
        [u] "=&r"(u),
        [v] "=&r"(v),
        [low] "=&r"(low)
      : [upper_step] "r"(upper_step),
        [lower_step] "r"(lower_step),
        [line] "r"(line_bytes),
        [lines] "r"(three_lines)
      : "cc", "memory");
}

/// The fast kernel on channels [first, first + count) of a layer.
class Columns {
 public:
  Columns(const DepthwiseConv2dS8& params,
          const Memory& memory,
          std::uint32_t first,
          std::uint32_t count) noexcept
      : params_(params),
        lines_(
            static_cast<std::uint32_t*>(static_cast<void*>(memory.arena + params.scratch.offset))),
        line_words_(line_bytes(params) / 4U),
        first_(first),
        count_(count),
        mode_(static_cast<Mode>(*memory.constants<std::uint32_t>(params.channels) & 3U)),
        padding_(0x0101'0101U * static_cast<std::uint8_t>(-params.input_offset)) {
    const std::uint32_t channels = params.images.in_c;
    strip_.row_step = params.images.out_w * channels;
    strip_.channel_step = channels;
    strip_.line = lines_;
    strip_.channels = memory.constants<DepthwiseColumnChannel>(params.weights) + first;
    strip_.channels_end = strip_.channels + count;
    strip_.line_bytes = line_words_ * 4U;
    strip_.odd = params.images.out_w % 2U;
    strip_.span = params.images.out_w / 2U * 16U * params.window.stride_w;
  }

  void image(const std::int8_t* in, std::int8_t* out) noexcept {
    const std::uint32_t rows_of_strip = params_.window.stride_h == 1 ? 2 : 1;
    std::uint32_t row = 0;
    pad_columns();
    expand_pair(in, 0);
    for (std::uint32_t strip = 0; row < params_.images.out_h; ++strip) {
      expand_pair(in, strip + 1);
      strip_.out = out + row * params_.images.out_w * params_.images.out_c + first_;
      strip_.variant = strip % 2U + (rows_of_strip == 1 ? 2U : 0U);
      row += rows_of_strip;
      if (row > params_.images.out_h) {
        strip_.row_step = 0;
      }
      if (mode_ == Mode::kRectified || mode_ == Mode::kSigned) {
        aiot_arm_dsp_depthwise(&strip_);
      } else {
        compute_strip();
      }
    }
    strip_.row_step = params_.images.out_w * params_.images.out_c;
  }

 private:
  /// Columns of the lines that hold cells of the image.
  [[nodiscard]] std::uint32_t image_columns() const noexcept {
    const std::uint32_t columns = line_words_ / 2U;
    const std::uint32_t left = params_.window.pad_left;
    return columns > left ? std::min<std::uint32_t>(params_.images.in_w, columns - left) : 0U;
  }

  /// Columns that no row fills.
  [[gnu::noinline]] void pad_columns() noexcept {
    const std::uint32_t left = std::min<std::uint32_t>(params_.window.pad_left, line_words_ / 2U);
    const std::uint32_t right = left + image_columns();
    const auto pair = static_cast<std::uint32_t>(even_codes(padding_));
    std::uint32_t* line = lines_;
    for (std::uint32_t c = 0; c < count_; ++c, line += line_words_) {
      std::fill(line, line + 2U * left, pair);
      std::fill(line + 2U * right, line + line_words_, pair);
    }
  }

  /// Rows 2 * pair and 2 * pair + 1 of the padded image.
  void expand_pair(const std::int8_t* in, std::uint32_t pair) noexcept {
    const std::uint32_t columns = image_columns();
    if (columns == 0) {
      return;
    }
    const std::int32_t row = static_cast<std::int32_t>(2U * pair) - params_.window.pad_top;
    const std::uint32_t channels = params_.images.in_c;
    const std::uint32_t row_bytes = params_.images.in_w * channels;
    const auto* padding = reinterpret_cast<const std::int8_t*>(&padding_);
    const bool upper = row >= 0 && row < params_.images.in_h;
    const bool lower = row >= -1 && row + 1 < params_.images.in_h;
    // Used only where the row is inside of the image.
    const std::int8_t* from = in + static_cast<std::uint32_t>(row) * row_bytes + first_;
    std::uint32_t* to = lines_ + 2U * params_.window.pad_left + pair % 2U;
    for (std::uint32_t c = 0; c < count_;) {
      const std::uint32_t at = std::min(c, count_ - 4U);  // the last four may overlap
      expand_rows(upper ? from + at : padding,
                  upper ? channels : 0U,
                  lower ? from + row_bytes + at : padding,
                  lower ? channels : 0U,
                  to + at * line_words_,
                  line_words_ * 4U,
                  columns);
      c += 4;
    }
  }

  /// The strip in every mode.
  [[gnu::noinline]] void compute_strip() noexcept {
    const std::uint32_t stride = params_.window.stride_w;
    const std::uint32_t swapped = strip_.variant & 1U;
    const bool two_rows = params_.window.stride_h == 1 && strip_.row_step != 0;
    const std::uint32_t* line = lines_;
    for (std::uint32_t c = 0; c < count_; ++c, line += line_words_) {
      const DepthwiseColumnChannel& channel = strip_.channels[c];
      std::int8_t* out = strip_.out + c;
      for (std::uint32_t x = 0; x < params_.images.out_w; ++x, out += strip_.channel_step) {
        std::int32_t upper = channel.channel.bias2;
        std::int32_t lower = upper;
        const std::uint32_t* at = line + 2U * x * stride;
        for (std::uint32_t k = 0; k < 3; ++k, at += 2) {
          const auto v0 = static_cast<std::int32_t>(at[swapped]);
          const auto v1 = static_cast<std::int32_t>(at[1U - swapped]);
          const auto a = static_cast<std::int32_t>(channel.upper[k]);
          const auto b = static_cast<std::int32_t>(channel.lower[k]);
          upper = __smlatb(b, v1, __smlad(a, v0, upper));
          lower = __smlabt(a, v0, __smlad(b, v1, lower));
        }
        *out = to_code(upper, channel.channel, mode_, params_.out);
        if (two_rows) {
          out[strip_.row_step] = to_code(lower, channel.channel, mode_, params_.out);
        }
      }
    }
  }

  const DepthwiseConv2dS8& params_;
  std::uint32_t* lines_;
  std::uint32_t line_words_;
  std::uint32_t first_;
  std::uint32_t count_;
  Mode mode_;
  std::uint32_t padding_;
  DepthwiseStrip strip_;
};

void convolve_columns(const DepthwiseConv2dS8& params, const Memory& memory) noexcept {
  const Images& images = params.images;
  const std::uint32_t channels = images.in_c;
  const std::uint32_t at_once = line_channels(params, params.scratch.bytes);
  const std::uint32_t in_bytes = std::uint32_t{images.in_h} * images.in_w * channels;
  const std::uint32_t out_bytes = std::uint32_t{images.out_h} * images.out_w * channels;
  for (std::uint32_t c = 0; c < channels; c += at_once) {
    // The last channels may overlap with those before.
    Columns columns(params, memory, std::min(c, channels - at_once), at_once);
    const std::int8_t* in = memory.read_s8(params.input);
    std::int8_t* out = memory.write_s8(params.output);
    for (std::uint32_t image = 0; image < images.batch; ++image) {
      columns.image(in, out);
      in += in_bytes;
      out += out_bytes;
    }
  }
}

// --- every other window ---

/// Taps of one axis that lie inside of the image.
struct Taps {
  std::uint32_t begin;
  std::uint32_t end;
  std::int32_t first;  ///< row or column of the image below tap 0; may be negative
};

[[gnu::noinline]] Taps taps_at(std::uint32_t at,
                               std::uint32_t kernel,
                               std::uint32_t stride,
                               std::int32_t dilation,
                               std::uint32_t pad,
                               std::int32_t size) noexcept {
  Taps taps{0, kernel, static_cast<std::int32_t>(at * stride) - static_cast<std::int32_t>(pad)};
  while (taps.begin < taps.end &&
         taps.first + static_cast<std::int32_t>(taps.begin) * dilation < 0) {
    ++taps.begin;
  }
  while (taps.end > taps.begin &&
         taps.first + static_cast<std::int32_t>(taps.end - 1U) * dilation >= size) {
    --taps.end;
  }
  return taps;
}

/// One output pixel of any window.
class AnyWindow {
 public:
  AnyWindow(const DepthwiseConv2dS8& params, const Memory& memory) noexcept
      : params_(params),
        weights_(memory.constants<std::int8_t>(params.weights)),
        mode_(static_cast<Mode>(*memory.constants<std::uint32_t>(params.channels) & 3U)),
        channels_(memory.constants<PackedChannel>(params.channels + 4)),
        offsets_(both_halfwords(params.input_offset)) {}

  void pixel(const std::int8_t* in,
             const Taps& down,
             const Taps& across,
             std::int8_t* out) noexcept {
    const std::uint32_t outputs = params_.images.out_c;
    std::uint32_t o = 0;
    if (params_.multiplier == 1) {
      for (; o + 4 <= outputs; o += 4) {
        four(in + o, down, across, o, out + o);
      }
    }
    for (; o < outputs; ++o) {
      one(in + o / params_.multiplier, down, across, o, out + o);
    }
  }

 private:
  /// Calls `use(offset of the tap's input, offset of its weights)`.
  template <class Use>
  void for_each_tap(const Taps& down, const Taps& across, Use use) const noexcept {
    const std::int32_t channels = params_.images.in_c;
    for (std::uint32_t ky = down.begin; ky < down.end; ++ky) {
      const std::int32_t row =
          down.first + static_cast<std::int32_t>(ky) * params_.window.dilation_h;
      std::uint32_t tap = (ky * params_.window.kernel_w + across.begin) * params_.images.out_c;
      std::int32_t column =
          across.first + static_cast<std::int32_t>(across.begin) * params_.window.dilation_w;
      for (std::uint32_t kx = across.begin; kx < across.end; ++kx) {
        use((row * params_.images.in_w + column) * channels, tap);
        tap += params_.images.out_c;
        column += params_.window.dilation_w;
      }
    }
  }

  void four(const std::int8_t* in,
            const Taps& down,
            const Taps& across,
            std::uint32_t o,
            std::int8_t* out) noexcept {
    std::int32_t sums[4] = {};
    for_each_tap(down, across, [&](std::int32_t from, std::uint32_t tap) {
      const std::uint32_t codes = load_word(in + from);
      const std::uint32_t weights = load_word(weights_ + tap + o);
      const std::int32_t even = add_even_codes(offsets_, codes);
      const std::int32_t odd = add_odd_codes(offsets_, codes);
      const std::int32_t even_weights = even_codes(weights);
      const std::int32_t odd_weights = odd_codes(weights);
      sums[0] = __smlabb(even, even_weights, sums[0]);
      sums[1] = __smlabb(odd, odd_weights, sums[1]);
      sums[2] = __smlatt(even, even_weights, sums[2]);
      sums[3] = __smlatt(odd, odd_weights, sums[3]);
    });
    for (std::uint32_t i = 0; i < 4; ++i) {
      out[i] = code(sums[i], o + i);
    }
  }

  [[gnu::noinline]] void one(const std::int8_t* in,
                             const Taps& down,
                             const Taps& across,
                             std::uint32_t o,
                             std::int8_t* out) noexcept {
    std::int32_t sum = 0;
    for_each_tap(down, across, [&](std::int32_t from, std::uint32_t tap) {
      sum += (in[from] + params_.input_offset) * weights_[tap + o];
    });
    *out = code(sum, o);
  }

  [[nodiscard, gnu::noinline]] std::int8_t code(std::int32_t sum, std::uint32_t o) const noexcept {
    const auto doubled = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) << 1U);
    return to_code(wrap_add(doubled, channels_[o].bias2), channels_[o], mode_, params_.out);
  }

  const DepthwiseConv2dS8& params_;
  const std::int8_t* weights_;
  Mode mode_;
  const PackedChannel* channels_;
  std::int32_t offsets_;
};

[[gnu::noinline]] void convolve_any(const DepthwiseConv2dS8& params,
                                    const Memory& memory) noexcept {
  const Images& images = params.images;
  const Window2d& window = params.window;
  AnyWindow any(params, memory);
  const std::int8_t* in = memory.read_s8(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t image = 0; image < images.batch; ++image) {
    for (std::uint32_t row = 0; row < images.out_h; ++row) {
      const Taps down = taps_at(
          row, window.kernel_h, window.stride_h, window.dilation_h, window.pad_top, images.in_h);
      for (std::uint32_t column = 0; column < images.out_w; ++column) {
        const Taps across = taps_at(column,
                                    window.kernel_w,
                                    window.stride_w,
                                    window.dilation_w,
                                    window.pad_left,
                                    images.in_w);
        any.pixel(in, down, across, out);
        out += images.out_c;
      }
    }
    in += std::uint32_t{images.in_h} * images.in_w * images.in_c;
  }
}

}  // namespace

void depthwise_conv_2d_s8(const DepthwiseConv2dS8& params, const Memory& memory) noexcept {
  if (is_fast(params)) {
    convolve_columns(params, memory);
  } else {
    convolve_any(params, memory);
  }
}

}  // namespace aiot::nn::arm_dsp
