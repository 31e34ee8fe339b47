// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/spectrum.hpp"

namespace aiot::dsp {

struct SpectralPeak {
  std::uint32_t bin = 0;  ///< the largest one
  float position = 0.0F;  ///< in bins, between them: times bin_hz it is the frequency
  float value = 0.0F;     ///< height there, in the unit of the spectrum
};

/// What is laid through the largest bin and its neighbours.
enum class PeakShape : std::uint8_t {
  kGaussian,  ///< a parabola through the logarithms, of three bins; for any spectrum
  kHann,      ///< what a tone looks like through the Hann taper; for a mean-square spectrum with it
};

struct PeakRules {
  BinRange range{};                ///< where to look; cut off one bin inside the spectrum
  float threshold = 0.0F;          ///< a peak is above it
  std::uint32_t min_distance = 1;  ///< bins to any larger peak, at least
  PeakShape shape = PeakShape::kGaussian;
};

/// The largest local maxima of `spectrum` (values not negative), the largest first; of two that are
/// too close the larger one. Returns how many of `out` were written. Time grows with the number of
/// bins times out.size().
///
/// For one tone and a mean-square spectrum with the Hann taper, value times the noise bandwidth
/// (1.5) is the tone's mean square: with kHann the position is within 0.001 bins and the value
/// within 0.1 %, with kGaussian within 0.016 bins and 8 % (4 % in amplitude); the bin alone would
/// be off by 0.5 bins and 28 %.
[[nodiscard]] std::size_t find_peaks(std::span<const float> spectrum,
                                     const PeakRules& rules,
                                     std::span<SpectralPeak> out) noexcept;

}  // namespace aiot::dsp
