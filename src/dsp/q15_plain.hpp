// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "src/dsp/fft_steps.hpp"

/// Complex numbers of two int16 for any core; q15_arm_dsp.hpp has the same operations with the same
/// results for cores with the DSP extension. cmake/kernels.cmake says which one a build takes.
namespace aiot::dsp::q15 {

using Wide = fft_steps::Complex<std::int32_t>;

struct Point {
  std::int16_t re;
  std::int16_t im;
};

inline Point load(const std::int16_t* at) noexcept {
  return {at[0], at[1]};
}

inline void save(std::int16_t* at, Point point) noexcept {
  at[0] = point.re;
  at[1] = point.im;
}

inline Wide widened(Point point) noexcept {
  return {point.re, point.im};
}

/// The lower halves.
inline Point lower(Wide value) noexcept {
  return {static_cast<std::int16_t>(value.re), static_cast<std::int16_t>(value.im)};
}

/// The upper halves.
inline Point upper(Wide value) noexcept {
  return {static_cast<std::int16_t>(value.re >> 16U), static_cast<std::int16_t>(value.im >> 16U)};
}

/// Squared magnitude, and `more`.
inline std::uint32_t squared(Point point, std::uint32_t more) noexcept {
  return more + static_cast<std::uint32_t>(point.re * point.re) +
         static_cast<std::uint32_t>(point.im * point.im);
}

/// a * factor + more, `factor` below 2^15.
inline Wide times(Point a, std::int32_t factor, std::int32_t more) noexcept {
  return {a.re * factor + more, a.im * factor + more};
}

/// a turned back by the angle of w.
inline Wide turned(Point a, Point w) noexcept {
  return fft_steps::turn(widened(a), widened(w));
}

/// -i (a - conj b), turned back by the angle of w.
inline Wide odd_turned(Point a, Point b, Point w) noexcept {
  return fft_steps::turn<std::int32_t>({a.im + b.im, b.re - a.re}, widened(w));
}

}  // namespace aiot::dsp::q15
