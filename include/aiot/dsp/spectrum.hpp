// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "aiot/dsp/taper.hpp"

namespace aiot::dsp {

/// Mean square of a signal by frequency: out[k] is what lies around k * rate / n, so that the sum
/// over bins is the mean square of the signal in that band (noise exactly on average, a tone
/// exactly when its three bins are in the band).
///   samples [n], a power of two 64..8192, `offset` (their mean) is subtracted first;
///   out [n], of which the first n/2 + 1 values are the result and the rest is scratch; must not
///   overlap `samples`
/// Periodic Hann taper, corrected for coherent gain and noise bandwidth, one-sided. The taper is
/// applied to the transform, where it is a sum of three neighbours: no table and no second buffer.
void mean_square_spectrum(std::span<const float> samples,
                          float offset,
                          std::span<float> out) noexcept;

/// The same with another taper, applied to the transform as well: a sum of cosines is one of a few
/// neighbours there. Hann takes the way above.
void mean_square_spectrum(std::span<const float> samples,
                          float offset,
                          TaperKind taper,
                          std::span<float> out) noexcept;

/// A run of bins, both ends included; empty when last < first.
struct BinRange {
  std::uint32_t first = 1;
  std::uint32_t last = 0;

  [[nodiscard]] constexpr bool empty() const noexcept { return last < first; }
};

/// Bins k of a transform of `length` samples with lo_hz <= k * rate_hz / length <= hi_hz, without
/// bin 0 and cut off at length / 2. All arguments finite and not negative, `rate_hz` positive.
[[nodiscard]] BinRange band_bins(std::uint32_t length,
                                 float rate_hz,
                                 float lo_hz,
                                 float hi_hz) noexcept;

/// Sum of `mean_square` over `range`: the mean square of the band. 0 for an empty range.
[[nodiscard]] float band_sum(std::span<const float> mean_square, BinRange range) noexcept;

/// Sum of mean_square[k] / (2 pi k bin_hz)^2 over `range`: an acceleration's mean square integrated
/// once, (m/s)^2 for (m/s^2)^2. 0 for an empty range.
/// The taper spreads a tone over bins in which 1 / k^2 is not the same: at bin 3 and Hann that is
/// 14 % too much. With `spread` (taper_spread, bins^2) the divisor has k^2 + 3 spread instead, and
/// what remains at bin 3 is below 2 %, at bin 6 0.1 %.
[[nodiscard]] float band_sum_integrated(std::span<const float> mean_square,
                                        BinRange range,
                                        float bin_hz,
                                        float spread = 0.0F) noexcept;

}  // namespace aiot::dsp
