// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The transforms decimate in time: the smallest ones, eights or fours without twiddles, read their
// points in bit-reversed order; passes of radix four follow in place. The real transform of n
// samples is a complex one of m = n/2 points, even samples as real and odd ones as imaginary parts,
// whose last pass separates the two spectra before it writes.

#include <array>
#include <bit>
#include <cstddef>
#include <span>

#include "src/dsp/fft_backend.hpp"
#include "src/dsp/fft_steps.hpp"

namespace aiot::dsp::scalar {
namespace {

using namespace fft_steps;
using Number = Complex<float>;

/// The smallest transforms of a real one, read in bit-reversed order, written one behind another.
template <std::size_t kRadix>
void first_pass(std::span<const float> in, float offset, float* out) noexcept {
  const std::size_t groups = in.size() / (2 * kRadix);
  const std::size_t stride = 2 * groups;
  std::size_t reversed = 0;
  for (std::size_t group = 0; group < groups; ++group) {
    const float* const from = in.data() + 2 * reversed;
    const auto point = [=](std::size_t p) {
      const float* const at = from + p * stride;
      return Number{at[0] - offset, at[1] - offset};
    };
    if constexpr (kRadix == 8) {
      eight_points<float>(point, [=](std::size_t k, Number value) { store(out + 2 * k, value); });
    } else {
      const auto y = four_points<float>({point(0), point(1), point(2), point(3)});
      store(out, y.x0);
      store(out + 2, y.x1);
      store(out + 4, y.x2);
      store(out + 6, y.x3);
    }
    out += 2 * kRadix;
    reversed = next_reversed(reversed, groups);
  }
}

/// The smallest transforms of a complex one in place: each finds its points in bit-reversed order.
void first_pass(std::span<float> data) noexcept {
  float* at = data.data();
  float* const end = at + data.size();
  if (starts_with_eights(data.size() / 2)) {
    constexpr std::array<std::size_t, 8> kPlace = {0, 4, 2, 6, 1, 5, 3, 7};
    for (; at < end; at += 16) {
      eight_points<float>([=](std::size_t p) { return load(at + 2 * kPlace[p]); },
                          [=](std::size_t k, Number value) { store(at + 2 * k, value); });
    }
    return;
  }
  for (; at < end; at += 8) {
    const auto y = four_points<float>({load(at), load(at + 4), load(at + 2), load(at + 6)});
    store(at, y.x0);
    store(at + 2, y.x1);
    store(at + 4, y.x2);
    store(at + 6, y.x3);
  }
}

/// Joins transforms of `length` points into such of four times as many, all over `data`.
void join_four(std::span<float> data, std::size_t length) noexcept {
  const std::size_t block = 2 * length;
  const std::size_t step = kMaxFft / (4 * length);
  for (std::size_t j = 0; j < length; ++j) {
    const auto w = twiddles(root(j * step), root(2 * j * step));
    float* const end = data.data() + data.size();
    for (float* at = data.data() + 2 * j; at < end; at += 4 * block) {
      const auto y = butterfly(load_four(at, block), w);
      store(at, y.x0);
      store(at + block, y.x1);
      store(at + 2 * block, y.x2);
      store(at + 3 * block, y.x3);
    }
  }
}

/// Joins the last four transforms of `length` points and separates the spectra of even and odd
/// samples: the butterflies j and length - j hold each other's mirrored bins.
void join_and_separate(std::span<float> data, std::size_t length) noexcept {
  const std::size_t block = 2 * length;
  const std::size_t step =
      kMaxFft / (8 * length);  // from one bin of the real transform to the next
  float* low = data.data();
  join_and_separate_first(low, block);
  float* high = low + block;
  for (std::size_t j = step; j <= kQuarter / 4; j += step) {
    low += 2;
    high -= 2;
    const auto w = twiddles(near_root(2 * j), near_root(4 * j));
    const auto y = butterfly(load_four(low, block), w);
    const auto z = butterfly(load_four(high, block), mirrored(w));
    const auto here = half(near_root(j));
    const auto ahead = half(near_root(j + kQuarter / 2));
    const auto first = separated(y.x0, z.x3, here);
    store(low, first.low);
    store(high + 3 * block, first.high);
    const auto second = separated(z.x0, y.x3, mirrored(ahead));
    store(high, second.low);
    store(low + 3 * block, second.high);
    const auto third = separated(y.x1, z.x2, ahead);
    store(low + block, third.low);
    store(high + 2 * block, third.high);
    const auto fourth = separated(z.x1, y.x2, mirrored(here));
    store(high + block, fourth.low);
    store(low + 2 * block, fourth.high);
  }
}

/// What follows the first pass of a real transform.
void finish_real(std::span<float> data) noexcept {
  const std::size_t points = data.size() / 2;
  std::size_t length = starts_with_eights(points) ? 8 : 4;
  for (; 4 * length < points; length *= 4) {
    join_four(data, length);
  }
  join_and_separate(data, length);
}

}  // namespace

void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept {
  if (starts_with_eights(in.size() / 2)) {
    first_pass<8>(in, offset, out.data());
  } else {
    first_pass<4>(in, offset, out.data());
  }
  finish_real(out);
}

void real_transform(std::span<float> data) noexcept {
  first_pass(data);
  finish_real(data);
}

void transform(std::span<float> data) noexcept {
  const std::size_t points = data.size() / 2;
  first_pass(data);
  for (std::size_t length = starts_with_eights(points) ? 8 : 4; length < points; length *= 4) {
    join_four(data, length);
  }
}

}  // namespace aiot::dsp::scalar
