// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/fft.hpp"

#include <array>
#include <cstddef>

#include "aiot/core/check.hpp"

namespace aiot::dsp {
namespace {

// The real transform of n samples is a complex one of m = n/2 points, even samples as real and odd
// ones as imaginary parts, and a step that separates the two spectra. The complex transform
// decimates in time: the first pass reads the input in bit-reversed order and does eights or fours
// without twiddles; passes of radix four follow in place. Nothing is permuted on its own.

/// cos(2 pi i / kMaxFft) for the first quarter turn; sines are read from the other end.
constexpr std::size_t kQuarter = kMaxFft / 4;

/// Series in double at compile time, exact to the last bit of the float it becomes.
constexpr float table_cosine(std::size_t index) {
  constexpr double kHalfTurn = 3.14159265358979323846;
  // Beyond an eighth of a turn the sine of the rest converges faster.
  const bool far = index > kQuarter / 2;
  const double angle =
      static_cast<double>(far ? kQuarter - index : index) * (kHalfTurn / (2.0 * kQuarter));
  const double square = angle * angle;
  double term = far ? angle : 1.0;
  double sum = 0.0;
  for (int k = far ? 1 : 0; k < 20; k += 2) {
    sum += term;
    term *= -square / ((k + 1.0) * (k + 2.0));
  }
  return static_cast<float>(sum);
}

constexpr std::array<float, kQuarter + 1> kCosine = [] {
  std::array<float, kQuarter + 1> table{};
  for (std::size_t i = 0; i <= kQuarter; ++i) {
    table[i] = table_cosine(i);
  }
  return table;
}();

struct Complex {
  float re;
  float im;
};

constexpr Complex operator+(Complex a, Complex b) noexcept {
  return {a.re + b.re, a.im + b.im};
}

constexpr Complex operator-(Complex a, Complex b) noexcept {
  return {a.re - b.re, a.im - b.im};
}

/// a + i b and a - i b.
constexpr Complex plus_i(Complex a, Complex b) noexcept {
  return {a.re - b.im, a.im + b.re};
}

constexpr Complex minus_i(Complex a, Complex b) noexcept {
  return {a.re + b.im, a.im - b.re};
}

/// a * (c - i s): a turned back by the angle of w = (c, s).
constexpr Complex turn(Complex a, Complex w) noexcept {
  return {a.re * w.re + a.im * w.im, a.im * w.re - a.re * w.im};
}

/// Cosine and sine of index / kMaxFft turns, up to half a turn.
[[gnu::always_inline]] inline Complex root(std::size_t index) noexcept {
  if (index <= kQuarter) {
    return {kCosine[index], kCosine[kQuarter - index]};
  }
  return {-kCosine[2 * kQuarter - index], kCosine[index - kQuarter]};
}

/// Where the first pass reads: pairs of samples as complex numbers, less an offset.
struct Input {
  const float* data;
  float offset;
  std::size_t stride;  // floats between the points of one small transform

  [[gnu::always_inline]] Complex operator()(const float* group, std::size_t point) const noexcept {
    const float* const at = group + point * stride;
    return {at[0] - offset, at[1] - offset};
  }
};

void store(float* at, Complex value) noexcept {
  at[0] = value.re;
  at[1] = value.im;
}

Complex load(const float* at) noexcept {
  return {at[0], at[1]};
}

void four_points(const Input& input, const float* group, float* out) noexcept {
  const Complex x0 = input(group, 0);
  const Complex x2 = input(group, 2);
  const Complex x1 = input(group, 1);
  const Complex x3 = input(group, 3);
  const Complex a = x0 + x2;
  const Complex b = x0 - x2;
  const Complex c = x1 + x3;
  const Complex d = x1 - x3;
  store(out, a + c);
  store(out + 2, minus_i(b, d));
  store(out + 4, a - c);
  store(out + 6, plus_i(b, d));
}

void eight_points(const Input& input, const float* group, float* out) noexcept {
  constexpr float kHalfRoot = 0.707106781F;
  // The odd points first: what they become stays in registers.
  const Complex x1 = input(group, 1);
  const Complex x5 = input(group, 5);
  const Complex x3 = input(group, 3);
  const Complex x7 = input(group, 7);
  const Complex a = x1 + x5;
  const Complex b = x1 - x5;
  const Complex c = x3 + x7;
  const Complex d = x3 - x7;
  const Complex o0 = a + c;
  const Complex o2 = a - c;
  const Complex p = minus_i(b, d);
  const Complex q = plus_i(b, d);
  const Complex o1 = {(p.re + p.im) * kHalfRoot, (p.im - p.re) * kHalfRoot};
  const Complex o3 = {(q.im - q.re) * kHalfRoot, (q.re + q.im) * -kHalfRoot};

  const Complex x0 = input(group, 0);
  const Complex x4 = input(group, 4);
  const Complex x2 = input(group, 2);
  const Complex x6 = input(group, 6);
  const Complex e = x0 + x4;
  const Complex f = x0 - x4;
  const Complex g = x2 + x6;
  const Complex h = x2 - x6;
  const Complex e0 = e + g;
  const Complex e2 = e - g;
  const Complex e1 = minus_i(f, h);
  const Complex e3 = plus_i(f, h);
  store(out, e0 + o0);
  store(out + 2, e1 + o1);
  store(out + 4, minus_i(e2, o2));
  store(out + 6, e3 + o3);
  store(out + 8, e0 - o0);
  store(out + 10, e1 - o1);
  store(out + 12, plus_i(e2, o2));
  store(out + 14, e3 - o3);
}

/// Small transforms of `radix` points each, read in bit-reversed order, written one behind another.
template <std::size_t kRadix>
void first_pass(std::span<const float> in, float offset, float* out) noexcept {
  const std::size_t groups = in.size() / (2 * kRadix);
  const Input input{in.data(), offset, 2 * groups};
  std::size_t reversed = 0;
  for (std::size_t group = 0; group < groups; ++group) {
    const float* const from = input.data + 2 * reversed;
    if constexpr (kRadix == 8) {
      eight_points(input, from, out);
    } else {
      four_points(input, from, out);
    }
    out += 2 * kRadix;
    std::size_t bit = groups >> 1U;
    while ((reversed & bit) != 0) {
      reversed ^= bit;
      bit >>= 1U;
    }
    reversed |= bit;
  }
}

/// One butterfly of radix four: the blocks of `data`, `block` floats apart, hold the transforms of
/// points 0, 2, 1, 3 modulo 4.
void butterfly(float* data, std::size_t block, Complex w1, Complex w2, Complex w3) noexcept {
  float* const at1 = data + block;
  float* const at2 = at1 + block;
  float* const at3 = at2 + block;
  const Complex x2 = turn(load(at1), w2);
  const Complex x1 = turn(load(at2), w1);
  const Complex x3 = turn(load(at3), w3);
  const Complex x0 = load(data);
  const Complex a = x0 + x2;
  const Complex b = x0 - x2;
  const Complex c = x1 + x3;
  const Complex d = x1 - x3;
  store(data, a + c);
  store(at1, minus_i(b, d));
  store(at2, a - c);
  store(at3, plus_i(b, d));
}

/// Joins transforms of `length` points into such of four times as many, all over `data`.
void join_four(std::span<float> data, std::size_t length) noexcept {
  const std::size_t block = 2 * length;
  const std::size_t step = kMaxFft / (4 * length);
  for (std::size_t j = 0; j < length; ++j) {
    const Complex w1 = root(j * step);
    const Complex w2 = root(2 * j * step);
    const Complex w3 = {w1.re * w2.re - w1.im * w2.im, w1.im * w2.re + w1.re * w2.im};
    float* const end = data.data() + data.size();
    for (float* at = data.data() + 2 * j; at < end; at += 4 * block) {
      butterfly(at, block, w1, w2, w3);
    }
  }
}

/// From the transform Z of even + i odd samples to that of the samples:
/// X[k] = E[k] + w^k O[k], E = (Z[k] + conj Z[m-k]) / 2, O = -i (Z[k] - conj Z[m-k]) / 2.
void separate(std::span<float> data) noexcept {
  const std::size_t points = data.size() / 2;
  const std::size_t step = kMaxFft / data.size();
  float* low = data.data();
  float* high = low + 2 * points;
  const Complex zero = load(low);
  store(low, {zero.re + zero.im, zero.re - zero.im});
  const float* cosine = kCosine.data();
  const float* sine = cosine + kQuarter;
  for (std::size_t k = 1; k < points / 2; ++k) {
    low += 2;
    high -= 2;
    cosine += step;
    sine -= step;
    const Complex a = load(low);
    const Complex b = load(high);
    const Complex even = {(a.re + b.re) * 0.5F, (a.im - b.im) * 0.5F};
    const Complex odd = {(a.im + b.im) * 0.5F, (b.re - a.re) * 0.5F};
    const Complex turned = turn(odd, {*cosine, *sine});
    store(low, even + turned);
    store(high, {even.re - turned.re, turned.im - even.im});
  }
  data[points + 1] = -data[points + 1];
}

}  // namespace

void rfft(std::span<const float> in, float offset, std::span<float> out) noexcept {
  AIOT_CHECK(is_fft_size(in.size()) && out.size() == in.size());
  const std::size_t points = in.size() / 2;
  // With an odd number of factors of two, eights come first and fours divide the rest.
  const bool odd = (std::countr_zero(points) & 1) != 0;
  std::size_t length = odd ? 8 : 4;
  if (odd) {
    first_pass<8>(in, offset, out.data());
  } else {
    first_pass<4>(in, offset, out.data());
  }
  for (; length < points; length *= 4) {
    join_four(out, length);
  }
  separate(out);
}

}  // namespace aiot::dsp
