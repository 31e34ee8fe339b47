// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arm_acle.h>

#include <cstdint>
#include <cstring>

#include "src/dsp/fft_steps.hpp"

/// The operations of q15_plain.hpp with the DSP extension of Armv7E-M, both parts in one register.
namespace aiot::dsp::q15 {

using Wide = fft_steps::Complex<std::int32_t>;

/// Real part in the lower half.
struct Point {
  int16x2_t parts;
};

inline Point load(const std::int16_t* at) noexcept {
  Point point;
  std::memcpy(&point.parts, at, sizeof point.parts);
  return point;
}

inline void save(std::int16_t* at, Point point) noexcept {
  std::memcpy(at, &point.parts, sizeof point.parts);
}

inline Wide widened(Point point) noexcept {
  return {static_cast<std::int16_t>(point.parts), point.parts >> 16U};
}

inline Point lower(Wide value) noexcept {
  Point point;
  asm("pkhbt %0, %1, %2, lsl #16" : "=r"(point.parts) : "r"(value.re), "r"(value.im));
  return point;
}

inline Point upper(Wide value) noexcept {
  Point point;
  asm("pkhtb %0, %1, %2, asr #16" : "=r"(point.parts) : "r"(value.im), "r"(value.re));
  return point;
}

inline std::uint32_t squared(Point point, std::uint32_t more) noexcept {
  return static_cast<std::uint32_t>(
      __smlad(point.parts, point.parts, static_cast<std::int32_t>(more)));
}

inline Wide times(Point a, std::int32_t factor, std::int32_t more) noexcept {
  return {__smlabb(a.parts, factor, more), __smlatb(a.parts, factor, more)};
}

inline Wide turned(Point a, Point w) noexcept {
  return {__smuad(a.parts, w.parts), __smusdx(w.parts, a.parts)};
}

inline Wide odd_turned(Point a, Point b, Point w) noexcept {
  return {__smladx(w.parts, b.parts, __smusdx(w.parts, a.parts)),
          __smusd(b.parts, w.parts) - __smuad(a.parts, w.parts)};
}

}  // namespace aiot::dsp::q15
