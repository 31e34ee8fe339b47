// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/fft_q15.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "aiot/core/check.hpp"
#include "src/dsp/fft_steps.hpp"
#include AIOT_Q15_HEADER

namespace aiot::dsp {
namespace {

// The passes are those of the real transform in floats. Each computes with 32 bits and rounds once,
// to the upper 16. How far it has to scale down is known before it begins, from the largest
// magnitude among its points: a pass of four points makes it four times as large at most, whatever
// the phases are, and the separation of even and odd samples sqrt(2) times.

using q15::Point;
using q15::Wide;

/// cos(2 pi i / kMaxFftQ15) * 2^15 for the first quarter turn, the first one 2^15 - 1.
constexpr std::size_t kQuarter = kMaxFftQ15 / 4;
constexpr std::array<std::int16_t, kQuarter + 1> kCosine = [] {
  std::array<std::int16_t, kQuarter + 1> table{};
  for (std::size_t i = 0; i <= kQuarter; ++i) {
    const float cosine = fft_steps::kCosine[i * (kMaxFft / kMaxFftQ15)];
    table[i] = static_cast<std::int16_t>(std::min(cosine * 32768.0F + 0.5F, 32767.0F));
  }
  return table;
}();

/// Rounds the upper half of a sum; added to one of its terms.
constexpr std::int32_t kRound = 1 << 15U;

/// Cosine and sine of index / kMaxFftQ15 turns, up to half a turn.
[[gnu::always_inline]] inline Wide root(std::size_t index) noexcept {
  if (index <= kQuarter) {
    return {kCosine[index], kCosine[kQuarter - index]};
  }
  return {-kCosine[2 * kQuarter - index], kCosine[index - kQuarter]};
}

/// Squared magnitudes of points, or-ed: the highest bit is that of the largest.
class Largest {
 public:
  [[gnu::always_inline]] void see(Point point) noexcept {
    // What rounding and rounded twiddles add is far less than this, for points that are large
    // enough to be scaled down.
    constexpr std::uint32_t kMargin = 1U << 19U;
    seen_ |= q15::squared(point, kMargin);
  }

  /// Whether all magnitudes are safely below 2^(bits / 2).
  [[nodiscard]] bool below(unsigned bits) const noexcept { return (seen_ >> bits) == 0; }

 private:
  std::uint32_t seen_ = 0;
};

/// Stores the upper halves.
[[gnu::always_inline]] inline void store(std::int16_t* at, Wide value, Largest& largest) noexcept {
  const Point point = q15::upper(value);
  q15::save(at, point);
  largest.see(point);
}

/// Bits that samples can be shifted up by so that sums of `points` of them, taken in pairs as
/// complex numbers, fit into 32 bits.
unsigned headroom(std::span<const std::int16_t> in, unsigned points) noexcept {
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < in.size(); i += 2) {
    largest = std::max(largest, q15::squared(q15::load(&in[i]), 0));
  }
  // A part in 2^12 is more than rounding adds.
  const auto bits = static_cast<unsigned>(std::bit_width(largest + (largest >> 11U) + 1));
  return 31U - static_cast<unsigned>(std::bit_width(points - 1)) - (bits + 1) / 2;
}

/// The smallest transforms, read in bit-reversed order, written one behind another.
template <std::size_t kRadix>
Largest first_pass(std::span<const std::int16_t> in, unsigned up, std::int16_t* out) noexcept {
  const std::size_t groups = in.size() / (2 * kRadix);
  Largest largest;
  std::size_t reversed = 0;
  for (std::size_t group = 0; group < groups; ++group) {
    const std::int16_t* const from = in.data() + 2 * reversed;
    const auto point = [=](std::size_t p) {
      const std::int16_t* const at = from + 2 * p * groups;
      const std::int32_t round = p == 0 ? kRound : 0;
      return Wide{(at[0] << up) + round, (at[1] << up) + round};
    };
    const auto result = [&](std::size_t k, Wide value) { store(out + 2 * k, value, largest); };
    if constexpr (kRadix == 8) {
      fft_steps::eight_points<std::int32_t>(point, result);
    } else {
      const auto y = fft_steps::four_points<std::int32_t>({point(0), point(1), point(2), point(3)});
      result(0, y.x0);
      result(1, y.x1);
      result(2, y.x2);
      result(3, y.x3);
    }
    out += 2 * kRadix;
    reversed = fft_steps::next_reversed(reversed, groups);
  }
  return largest;
}

/// w / 2^down.
[[gnu::always_inline]] inline Point scaled(Wide w, unsigned down) noexcept {
  const std::int32_t round = (1 << down) >> 1U;
  return q15::lower({(w.re + round) >> down, (w.im + round) >> down});
}

/// Joins transforms of `length` points into such of four times as many, all over `data`, divided by
/// 2^(1 + down).
Largest join_four(std::span<std::int16_t> data, std::size_t length, unsigned down) noexcept {
  const std::size_t block = 2 * length;
  const std::size_t step = kMaxFftQ15 / (4 * length);
  const std::int32_t half = 1 << (14U - down);
  std::int16_t* const end = data.data() + data.size();
  Largest largest;
  for (std::size_t j = 0; j < length; ++j) {
    const Wide full1 = root(j * step);
    const Wide full2 = root(2 * j * step);
    const Point w3 = scaled(
        {full1.re * full2.re - full1.im * full2.im, full1.im * full2.re + full1.re * full2.im},
        15U + down);
    const Point w1 = scaled(full1, down);
    const Point w2 = scaled(full2, down);
    for (std::int16_t* at = data.data() + 2 * j; at < end; at += 4 * block) {
      const Wide x0 = q15::times(q15::load(at), half, kRound / 2);
      const auto y =
          fft_steps::four_points<std::int32_t>({{2 * x0.re, 2 * x0.im},
                                                q15::turned(q15::load(at + 2 * block), w1),
                                                q15::turned(q15::load(at + block), w2),
                                                q15::turned(q15::load(at + 3 * block), w3)});
      store(at, y.x0, largest);
      store(at + block, y.x1, largest);
      store(at + 2 * block, y.x2, largest);
      store(at + 3 * block, y.x3, largest);
    }
  }
  return largest;
}

/// From the transform of even + i odd samples to that of the samples, divided by 2^down; see
/// fft_steps::separated.
void separate(std::span<std::int16_t> data, unsigned down) noexcept {
  const std::size_t step = kMaxFftQ15 / data.size();
  std::int16_t* low = data.data();
  std::int16_t* high = low + data.size();
  const std::int32_t half = 1 << (15U - down);
  const Wide zero = q15::widened(q15::load(low));
  q15::save(low,
            q15::upper({(zero.re + zero.im) * 2 * half + kRound,
                        (zero.re - zero.im) * 2 * half + kRound}));
  for (std::size_t k = step; k < kQuarter; k += step) {
    low += 2;
    high -= 2;
    const Point below = q15::load(low);
    const Point above = q15::load(high);
    const Wide a = q15::widened(below);
    const Wide b = q15::widened(above);
    const Wide even = {(a.re + b.re) * half + kRound, (a.im - b.im) * half};
    const Wide odd =
        q15::odd_turned(below, above, scaled({kCosine[k], kCosine[kQuarter - k]}, down));
    q15::save(low, q15::upper({even.re + odd.re, odd.im + even.im + kRound}));
    q15::save(high, q15::upper({even.re - odd.re, odd.im - even.im + kRound}));
  }
  const Wide middle = q15::widened(q15::load(low + 2));
  q15::save(low + 2, q15::upper({middle.re * 2 * half + kRound, middle.im * -2 * half + kRound}));
}

}  // namespace

std::int32_t rfft_q15(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept {
  AIOT_CHECK(is_fft_q15_size(in.size()) && out.size() == in.size());
  const std::size_t points = in.size() / 2;
  const bool eights = fft_steps::starts_with_eights(points);
  std::size_t length = eights ? 8 : 4;
  const unsigned up = headroom(in, static_cast<unsigned>(length));
  std::int32_t exponent = 16 - static_cast<std::int32_t>(up);
  Largest largest = eights ? first_pass<8>(in, up, out.data()) : first_pass<4>(in, up, out.data());
  for (; length < points; length *= 4) {
    const unsigned down = largest.below(28) ? 0U : largest.below(30) ? 1U : 2U;
    largest = join_four(out, length, down);
    exponent += 1 + static_cast<std::int32_t>(down);
  }
  const unsigned down = largest.below(29) ? 0U : 1U;
  separate(out, down);
  return exponent + static_cast<std::int32_t>(down);
}

}  // namespace aiot::dsp
