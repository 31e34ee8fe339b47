// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace aiot::dsp {

/// What the values of a signal look like, without regard to their order.
struct Statistics {
  float mean = 0.0F;
  float rms = 0.0F;           ///< of the values as they are, mean included
  float peak = 0.0F;          ///< largest magnitude, mean included
  float crest_factor = 0.0F;  ///< peak / rms; 0 when all values are 0
  float kurtosis = 0.0F;  ///< Pearson's: fourth central moment / squared population variance, 3 for
                          ///< Gaussian noise; 0 when all values are equal
};

/// Statistics of `samples` (not empty; any finite values whose fourth power is finite). Two sweeps:
/// the mean, then central moments corrected for the rounding of that mean, so an offset of hundreds
/// of standard deviations does no harm. Partial sums of 64 keep rounding small at any length.
[[nodiscard]] Statistics statistics(std::span<const float> samples) noexcept;

/// The mean of `samples` alone, the same bits as `statistics(samples).mean`.
[[nodiscard]] float mean(std::span<const float> samples) noexcept;

}  // namespace aiot::dsp
