// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "aiot/dsp/fft.hpp"

/// The arithmetic of the transforms, for one number or several side by side (a vector): what each
/// output is made of, and in which order, is written here once, so that the bits are the same in
/// every back-end.
namespace aiot::dsp::fft_steps {

/// cos(2 pi i / kMaxFft) for the first quarter turn; sines are read from the other end.
inline constexpr std::size_t kQuarter = kMaxFft / 4;

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

inline constexpr std::array<float, kQuarter + 1> kCosine = [] {
  std::array<float, kQuarter + 1> table{};
  for (std::size_t i = 0; i <= kQuarter; ++i) {
    table[i] = table_cosine(i);
  }
  return table;
}();

template <class T>
struct Complex {
  T re;
  T im;
};

template <class T>
[[gnu::always_inline]] constexpr Complex<T> operator+(Complex<T> a, Complex<T> b) noexcept {
  return {a.re + b.re, a.im + b.im};
}

template <class T>
[[gnu::always_inline]] constexpr Complex<T> operator-(Complex<T> a, Complex<T> b) noexcept {
  return {a.re - b.re, a.im - b.im};
}

/// a + i b and a - i b.
template <class T>
[[gnu::always_inline]] constexpr Complex<T> plus_i(Complex<T> a, Complex<T> b) noexcept {
  return {a.re - b.im, a.im + b.re};
}

template <class T>
[[gnu::always_inline]] constexpr Complex<T> minus_i(Complex<T> a, Complex<T> b) noexcept {
  return {a.re + b.im, a.im - b.re};
}

/// a * (c - i s): a turned back by the angle of w = (c, s).
template <class T>
[[gnu::always_inline]] constexpr Complex<T> turn(Complex<T> a, Complex<T> w) noexcept {
  return {a.re * w.re + a.im * w.im, a.im * w.re - a.re * w.im};
}

/// Cosine and sine of index / kMaxFft turns, up to a quarter.
[[gnu::always_inline]] constexpr Complex<float> near_root(std::size_t index) noexcept {
  return {kCosine[index], kCosine[kQuarter - index]};
}

/// The same, up to half a turn.
[[gnu::always_inline]] constexpr Complex<float> root(std::size_t index) noexcept {
  if (index <= kQuarter) {
    return near_root(index);
  }
  return {-kCosine[2 * kQuarter - index], kCosine[index - kQuarter]};
}

/// What turns the points of a butterfly: an angle, twice and three times as much.
template <class T>
struct Twiddles {
  Complex<T> w1;
  Complex<T> w2;
  Complex<T> w3;
};

template <class T>
[[gnu::always_inline]] constexpr Twiddles<T> twiddles(Complex<T> w1, Complex<T> w2) noexcept {
  return {w1, w2, {w1.re * w2.re - w1.im * w2.im, w1.im * w2.re + w1.re * w2.im}};
}

/// Those of a quarter turn less the angle.
template <class T>
[[gnu::always_inline]] constexpr Twiddles<T> mirrored(const Twiddles<T>& w) noexcept {
  return {{w.w1.im, w.w1.re}, {-w.w2.re, w.w2.im}, {-w.w3.im, -w.w3.re}};
}

template <class T>
struct Four {
  Complex<T> x0;
  Complex<T> x1;
  Complex<T> x2;
  Complex<T> x3;
};

/// The transform of four points.
template <class T>
[[gnu::always_inline]] constexpr Four<T> four_points(const Four<T>& x) noexcept {
  const Complex<T> a = x.x0 + x.x2;
  const Complex<T> b = x.x0 - x.x2;
  const Complex<T> c = x.x1 + x.x3;
  const Complex<T> d = x.x1 - x.x3;
  return {a + c, minus_i(b, d), a - c, plus_i(b, d)};
}

/// The same of points that are turned first.
template <class T>
[[gnu::always_inline]] constexpr Four<T> butterfly(const Four<T>& x,
                                                   const Twiddles<T>& w) noexcept {
  return four_points<T>({x.x0, turn(x.x1, w.w1), turn(x.x2, w.w2), turn(x.x3, w.w3)});
}

/// A number times sqrt(1/2).
template <class T>
[[gnu::always_inline]] constexpr T half_root(T x) noexcept {
  return x * 0.707106781F;
}

template <>
[[gnu::always_inline]] constexpr std::int32_t half_root(std::int32_t x) noexcept {
  constexpr std::int64_t kHalfRoot = 1518500250;  // of 2^31
  return 2 * static_cast<std::int32_t>((x * kHalfRoot) >> 32U);
}

/// The transform of eight points; `point(p)` reads one, `result(k, value)` takes one. Reads all
/// before it gives any.
template <class T, class Point, class Result>
[[gnu::always_inline]] constexpr void eight_points(const Point& point,
                                                   const Result& result) noexcept {
  // The odd points first: what they become stays in registers.
  const Complex<T> x1 = point(1);
  const Complex<T> x5 = point(5);
  const Complex<T> x3 = point(3);
  const Complex<T> x7 = point(7);
  const Complex<T> a = x1 + x5;
  const Complex<T> b = x1 - x5;
  const Complex<T> c = x3 + x7;
  const Complex<T> d = x3 - x7;
  const Complex<T> o0 = a + c;
  const Complex<T> o2 = a - c;
  const Complex<T> p = minus_i(b, d);
  const Complex<T> q = plus_i(b, d);
  const Complex<T> o1 = {half_root<T>(p.re + p.im), half_root<T>(p.im - p.re)};
  const Complex<T> o3 = {half_root<T>(q.im - q.re), -half_root<T>(q.re + q.im)};

  const Four<T> e = four_points<T>({point(0), point(2), point(4), point(6)});
  result(0, e.x0 + o0);
  result(1, e.x1 + o1);
  result(2, minus_i(e.x2, o2));
  result(3, e.x3 + o3);
  result(4, e.x0 - o0);
  result(5, e.x1 - o1);
  result(6, plus_i(e.x2, o2));
  result(7, e.x3 - o3);
}

/// Bins k and m-k of the real samples behind a transform Z of m points, even samples as real and
/// odd ones as imaginary parts.
template <class T>
struct Pair {
  Complex<T> low;
  Complex<T> high;
};

/// X[k] = E[k] + w^k O[k], E = (Z[k] + conj Z[m-k]) / 2, O = -i (Z[k] - conj Z[m-k]) / 2, from
/// a = Z[k], b = Z[m-k] and half of w^k.
template <class T>
[[gnu::always_inline]] constexpr Pair<T> separated(Complex<T> a,
                                                   Complex<T> b,
                                                   Complex<T> half_w) noexcept {
  const Complex<T> even = {(a.re + b.re) * 0.5F, (a.im - b.im) * 0.5F};
  const Complex<T> odd = {a.im + b.im, b.re - a.re};
  const Complex<T> turned = turn(odd, half_w);
  return {even + turned, {even.re - turned.re, turned.im - even.im}};
}

template <class T>
[[gnu::always_inline]] constexpr Complex<T> half(Complex<T> w) noexcept {
  return {w.re * 0.5F, w.im * 0.5F};
}

/// Of a quarter turn less the angle.
template <class T>
[[gnu::always_inline]] constexpr Complex<T> mirrored(Complex<T> w) noexcept {
  return {w.im, w.re};
}

[[gnu::always_inline]] inline void store(float* at, Complex<float> value) noexcept {
  at[0] = value.re;
  at[1] = value.im;
}

[[gnu::always_inline]] inline Complex<float> load(const float* at) noexcept {
  return {at[0], at[1]};
}

/// Points j of four blocks, `block` floats apart, which hold the transforms of points 0, 2, 1, 3
/// modulo 4.
[[gnu::always_inline]] inline Four<float> load_four(const float* at, std::size_t block) noexcept {
  return {load(at), load(at + 2 * block), load(at + block), load(at + 3 * block)};
}

/// Joins and separates the first bins of the last four blocks, whose mirrored bins are themselves
/// or each other.
[[gnu::always_inline]] inline void join_and_separate_first(float* at, std::size_t block) noexcept {
  const auto y = butterfly(load_four(at, block), twiddles<float>({1.0F, 0.0F}, {1.0F, 0.0F}));
  store(at, {y.x0.re + y.x0.im, y.x0.re - y.x0.im});
  const auto eighth = separated(y.x1, y.x3, half(near_root(kQuarter / 2)));
  store(at + block, eighth.low);
  store(at + 2 * block, {y.x2.re, -y.x2.im});
  store(at + 3 * block, eighth.high);
}

/// Points of the smallest transforms: with an odd number of factors of two, eights come first and
/// fours divide the rest.
constexpr bool starts_with_eights(std::size_t points) noexcept {
  return (std::countr_zero(points) & 1) != 0;
}

/// Counts in bit-reversed order.
[[gnu::always_inline]] constexpr std::size_t next_reversed(std::size_t reversed,
                                                           std::size_t count) noexcept {
  std::size_t bit = count >> 1U;
  while ((reversed & bit) != 0) {
    reversed ^= bit;
    bit >>= 1U;
  }
  return reversed | bit;
}

}  // namespace aiot::dsp::fft_steps
