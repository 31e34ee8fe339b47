// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The transforms of fft_scalar.cpp, four butterflies at a time: each lane does what the scalar
// code does, in its order. Between the passes real and imaginary parts lie in blocks of four, so
// that only the ends shuffle. Twiddles come from tables in the order of the butterflies, which are
// too large for the flash of a device.

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

#include "src/dsp/fft_backend.hpp"
#include "src/dsp/fft_steps.hpp"

namespace aiot::dsp::lanes {
namespace {

using namespace fft_steps;

constexpr std::size_t kLanes = 4;
using Lanes [[gnu::vector_size(kLanes * sizeof(float))]] = float;
using Numbers = Complex<Lanes>;

/// For every length of 4 to kLongest points: cosine and sine of the angle of each butterfly, of
/// twice the angle.
constexpr std::size_t kLongest = kMaxFft / 4;
constexpr std::array<float, 8 * kLongest - 16> kTwiddles = [] {
  std::array<float, 8 * kLongest - 16> table{};
  std::size_t at = 0;
  for (std::size_t length = 4; length <= kLongest; length *= 2) {
    const std::size_t step = kMaxFft / (4 * length);
    for (std::size_t j = 0; j < length; ++j) {
      const Complex<float> once = root(j * step);
      const Complex<float> twice = root(2 * j * step);
      table[at + j] = once.re;
      table[at + length + j] = once.im;
      table[at + 2 * length + j] = twice.re;
      table[at + 3 * length + j] = twice.im;
    }
    at += 4 * length;
  }
  return table;
}();

/// Where the tables of `length` begin.
constexpr const float* twiddles_of(std::size_t length) noexcept {
  return &kTwiddles[4 * (length - 4)];
}

[[gnu::always_inline]] inline Lanes load_lanes(const float* at) noexcept {
  Lanes lanes;
  std::memcpy(&lanes, at, sizeof lanes);
  return lanes;
}

[[gnu::always_inline]] inline void store_lanes(float* at, Lanes lanes) noexcept {
  std::memcpy(at, &lanes, sizeof lanes);
}

/// Four complex numbers that lie one behind another.
[[gnu::always_inline]] inline Numbers apart(Lanes first, Lanes second) noexcept {
  return {__builtin_shufflevector(first, second, 0, 2, 4, 6),
          __builtin_shufflevector(first, second, 1, 3, 5, 7)};
}

[[gnu::always_inline]] inline Numbers load_points(const float* at) noexcept {
  return apart(load_lanes(at), load_lanes(at + kLanes));
}

/// The same in the opposite order.
[[gnu::always_inline]] inline Numbers load_backwards(const float* at) noexcept {
  const Lanes first = load_lanes(at);
  const Lanes second = load_lanes(at + kLanes);
  return {__builtin_shufflevector(second, first, 2, 0, 6, 4),
          __builtin_shufflevector(second, first, 3, 1, 7, 5)};
}

[[gnu::always_inline]] inline void store_points(float* at, Numbers value) noexcept {
  store_lanes(at, __builtin_shufflevector(value.re, value.im, 0, 4, 1, 5));
  store_lanes(at + kLanes, __builtin_shufflevector(value.re, value.im, 2, 6, 3, 7));
}

[[gnu::always_inline]] inline void store_backwards(float* at, Numbers value) noexcept {
  store_lanes(at, __builtin_shufflevector(value.re, value.im, 3, 7, 2, 6));
  store_lanes(at + kLanes, __builtin_shufflevector(value.re, value.im, 1, 5, 0, 4));
}

/// Four complex numbers as a block: real parts, imaginary parts.
[[gnu::always_inline]] inline Numbers load_block(const float* at) noexcept {
  return {load_lanes(at), load_lanes(at + kLanes)};
}

[[gnu::always_inline]] inline void store_block(float* at, Numbers value) noexcept {
  store_lanes(at, value.re);
  store_lanes(at + kLanes, value.im);
}

/// Rows become columns.
[[gnu::always_inline]] inline std::array<Lanes, 4> transposed(Lanes a,
                                                              Lanes b,
                                                              Lanes c,
                                                              Lanes d) noexcept {
  const Lanes ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Lanes ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Lanes cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Lanes cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return {__builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5),
          __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7),
          __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5),
          __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7)};
}

/// Stores bins k to k + 3 of four transforms, lane by lane, as a block each, `to` apart.
[[gnu::always_inline]] inline void store_columns(const std::array<float*, kLanes>& to,
                                                 std::size_t offset,
                                                 const Four<Lanes>& y) noexcept {
  const auto re = transposed(y.x0.re, y.x1.re, y.x2.re, y.x3.re);
  const auto im = transposed(y.x0.im, y.x1.im, y.x2.im, y.x3.im);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    store_block(to[lane] + offset, {re[lane], im[lane]});
  }
}

/// The smallest transforms: four that read neighbours, and write where their bit-reversed number
/// says.
template <std::size_t kRadix>
void first_pass(std::span<const float> in, float offset, float* out) noexcept {
  const std::size_t groups = in.size() / (2 * kRadix);
  const std::size_t stride = 2 * groups;
  const std::size_t size = 2 * kRadix;
  std::size_t reversed = 0;
  for (std::size_t group = 0; group < groups; group += kLanes) {
    const float* const from = in.data() + 2 * group;
    const auto point = [=](std::size_t p) {
      const float* const at = from + p * stride;
      return apart(load_lanes(at) - offset, load_lanes(at + kLanes) - offset);
    };
    float* const to = out + size * reversed;
    const std::array<float*, kLanes> rows = {
        to, to + size * (groups / 2), to + size * (groups / 4), to + size * (groups / 4 * 3)};
    if constexpr (kRadix == 8) {
      std::array<Numbers, 8> y{};
      eight_points<Lanes>(point, [&](std::size_t k, Numbers value) { y[k] = value; });
      store_columns(rows, 0, {y[0], y[1], y[2], y[3]});
      store_columns(rows, 2 * kLanes, {y[4], y[5], y[6], y[7]});
    } else {
      store_columns(rows, 0, four_points<Lanes>({point(0), point(1), point(2), point(3)}));
    }
    reversed = next_reversed(reversed, groups / kLanes);
  }
}

/// Four points of each of four transforms, `size` floats apart, as what the lanes hold at each
/// place.
[[gnu::always_inline]] inline std::array<Numbers, 4> load_columns(const float* at,
                                                                  std::size_t size) noexcept {
  const Numbers a = load_points(at);
  const Numbers b = load_points(at + size);
  const Numbers c = load_points(at + 2 * size);
  const Numbers d = load_points(at + 3 * size);
  const auto re = transposed(a.re, b.re, c.re, d.re);
  const auto im = transposed(a.im, b.im, c.im, d.im);
  return {Numbers{re[0], im[0]}, {re[1], im[1]}, {re[2], im[2]}, {re[3], im[3]}};
}

/// The smallest transforms of a complex one in place: each finds its points in bit-reversed order.
template <std::size_t kRadix>
void first_pass(std::span<float> data) noexcept {
  constexpr std::size_t kSize = 2 * kRadix;
  float* const end = data.data() + data.size();
  for (float* at = data.data(); at < end; at += kLanes * kSize) {
    const std::array<float*, kLanes> rows = {at, at + kSize, at + 2 * kSize, at + 3 * kSize};
    const auto x = load_columns(at, kSize);
    if constexpr (kRadix == 8) {
      const auto odd = load_columns(at + 2 * kLanes, kSize);
      const std::array<Numbers, 8> points = {
          x[0], odd[0], x[2], odd[2], x[1], odd[1], x[3], odd[3]};
      std::array<Numbers, 8> y{};
      eight_points<Lanes>([&](std::size_t p) { return points[p]; },
                          [&](std::size_t k, Numbers value) { y[k] = value; });
      store_columns(rows, 0, {y[0], y[1], y[2], y[3]});
      store_columns(rows, 2 * kLanes, {y[4], y[5], y[6], y[7]});
    } else {
      store_columns(rows, 0, four_points<Lanes>({x[0], x[2], x[1], x[3]}));
    }
  }
}

enum class Layout { kBlocks, kPoints };

/// Joins transforms of `length` points into such of four times as many; from blocks to `kLayout`.
template <Layout kLayout>
void join_four(std::span<float> data, std::size_t length) noexcept {
  const std::size_t block = 2 * length;
  const float* const table = twiddles_of(length);
  float* const end = data.data() + data.size();
  for (std::size_t j = 0; j < length; j += kLanes) {
    const auto w =
        twiddles<Lanes>({load_lanes(table + j), load_lanes(table + length + j)},
                        {load_lanes(table + 2 * length + j), load_lanes(table + 3 * length + j)});
    for (float* at = data.data() + 2 * j; at < end; at += 4 * block) {
      const auto y = butterfly<Lanes>({load_block(at),
                                       load_block(at + 2 * block),
                                       load_block(at + block),
                                       load_block(at + 3 * block)},
                                      w);
      constexpr auto kStore = kLayout == Layout::kBlocks ? store_block : store_points;
      kStore(at, y.x0);
      kStore(at + block, y.x1);
      kStore(at + 2 * block, y.x2);
      kStore(at + 3 * block, y.x3);
    }
  }
}

/// Joins the last four transforms and separates the spectra of even and odd samples.
void join_and_separate(std::span<float> data, std::size_t length) noexcept {
  const std::size_t block = 2 * length;
  const float* const table = twiddles_of(length);
  const float* const fine = twiddles_of(2 * length);
  join_and_separate_first(data.data(), block);
  float* low = data.data() + 2;
  float* high = data.data() + block - 2 * kLanes;  // the last of its four is the first one's mirror
  for (std::size_t j = 1; j <= length / 2; j += kLanes) {
    const auto w =
        twiddles<Lanes>({load_lanes(table + j), load_lanes(table + length + j)},
                        {load_lanes(table + 2 * length + j), load_lanes(table + 3 * length + j)});
    const auto y = butterfly<Lanes>({load_points(low),
                                     load_points(low + 2 * block),
                                     load_points(low + block),
                                     load_points(low + 3 * block)},
                                    w);
    const auto z = butterfly<Lanes>({load_backwards(high),
                                     load_backwards(high + 2 * block),
                                     load_backwards(high + block),
                                     load_backwards(high + 3 * block)},
                                    mirrored(w));
    const Numbers here = half<Lanes>({load_lanes(fine + j), load_lanes(fine + 2 * length + j)});
    const Numbers ahead =
        half<Lanes>({load_lanes(fine + length + j), load_lanes(fine + 3 * length + j)});
    const auto first = separated(y.x0, z.x3, here);
    store_points(low, first.low);
    store_backwards(high + 3 * block, first.high);
    const auto second = separated(z.x0, y.x3, mirrored(ahead));
    store_backwards(high, second.low);
    store_points(low + 3 * block, second.high);
    const auto third = separated(y.x1, z.x2, ahead);
    store_points(low + block, third.low);
    store_backwards(high + 2 * block, third.high);
    const auto fourth = separated(z.x1, y.x2, mirrored(here));
    store_backwards(high + block, fourth.low);
    store_points(low + 2 * block, fourth.high);
    low += 2 * kLanes;
    high -= 2 * kLanes;
  }
}

/// Without a pass between the first one and the last there is nothing to do side by side.
bool is_short(std::size_t points) noexcept {
  return 16U * (starts_with_eights(points) ? 8U : 4U) > points;
}

/// What follows the first pass of a real transform that is not short.
void finish_real(std::span<float> data) noexcept {
  const std::size_t points = data.size() / 2;
  std::size_t length = starts_with_eights(points) ? 8 : 4;
  for (; 16 * length < points; length *= 4) {
    join_four<Layout::kBlocks>(data, length);
  }
  join_four<Layout::kPoints>(data, length);
  join_and_separate(data, 4 * length);
}

}  // namespace

void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept {
  const std::size_t points = in.size() / 2;
  if (is_short(points)) {
    scalar::rfft(in, offset, out);
    return;
  }
  if (starts_with_eights(points)) {
    first_pass<8>(in, offset, out.data());
  } else {
    first_pass<4>(in, offset, out.data());
  }
  finish_real(out);
}

void real_transform(std::span<float> data) noexcept {
  const std::size_t points = data.size() / 2;
  if (is_short(points)) {
    scalar::real_transform(data);
    return;
  }
  if (starts_with_eights(points)) {
    first_pass<8>(data);
  } else {
    first_pass<4>(data);
  }
  finish_real(data);
}

void transform(std::span<float> data) noexcept {
  const std::size_t points = data.size() / 2;
  std::size_t length = 8;
  if (starts_with_eights(points)) {
    first_pass<8>(data);
  } else {
    first_pass<4>(data);
    length = 4;
  }
  for (; 4 * length < points; length *= 4) {
    join_four<Layout::kBlocks>(data, length);
  }
  join_four<Layout::kPoints>(data, length);
}

}  // namespace aiot::dsp::lanes
