// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace aiot::dsp {

/// What the values of a signal look like, without regard to their order.
struct Statistics {
  float mean = 0.0F;
  float rms = 0.0F;  ///< of the values as they are, mean included
  float minimum = 0.0F;
  float maximum = 0.0F;
  float peak = 0.0F;            ///< largest magnitude, mean included
  float deviation = 0.0F;       ///< standard deviation of the population
  float mean_magnitude = 0.0F;  ///< mean of |x|
  float crest_factor = 0.0F;    ///< peak / rms; 0 when all values are 0
  float shape_factor = 0.0F;    ///< rms / mean_magnitude; 0 when all values are 0
  float impulse_factor = 0.0F;  ///< peak / mean_magnitude; 0 when all values are 0
  float skewness = 0.0F;        ///< third central moment / deviation^3; 0 when all values are equal
  float kurtosis = 0.0F;  ///< Pearson's: fourth central moment / squared population variance, 3 for
                          ///< Gaussian noise; 0 when all values are equal

  [[nodiscard]] constexpr float peak_to_peak() const noexcept { return maximum - minimum; }
};

/// Statistics of a signal that comes in pieces, of any length in all. One pass: blocks of 128
/// values have their moments taken about the mean of the block before, which is near, corrected to
/// those about their own mean, and joined by exact formulas. So neither an offset of hundreds of
/// deviations nor a step does harm, and rounding does not grow with the length.
/// Source of the formulas: Pebay, SAND2008-6212; compensated sums: Kahan (1965).
///
/// Where the pieces end is where blocks end: cut elsewhere, the results differ by rounding.
class StatisticsAccumulator {
 public:
  /// Any finite values whose fourth power is finite, also none.
  void add(std::span<const float> samples) noexcept;

  /// All zero before the first sample.
  [[nodiscard]] Statistics result() const noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  void reset() noexcept { *this = StatisticsAccumulator(); }

 private:
  friend float mean(std::span<const float> samples) noexcept;

  /// A sum that keeps what rounding took from it.
  struct Sum {
    float value = 0.0F;
    float rest = 0.0F;

    void add(float term) noexcept {
      const float corrected = term - rest;
      const float next = value + corrected;
      rest = (next - value) - corrected;
      value = next;
    }
  };

  struct Moments;

  /// Where the next block lies, as far as one knows.
  [[nodiscard]] float centre_for(std::span<const float> block) const noexcept;

  /// How a block and what came before it belong together.
  struct Joint {
    float before;    // values before the block
    float part;      // share of the block's values among all
    float rest;      // share of those before
    float distance;  // from the mean before to the mean of the block
  };

  /// Moves the mean on by a block whose values less `centre` have the sum `first`.
  Joint join_mean(std::uint32_t size, float centre, float first) noexcept;
  void join(std::uint32_t size, float centre, const Moments& block) noexcept;

  std::uint64_t count_ = 0;
  float origin_ = 0.0F;  // mean of the first block
  float last_ = 0.0F;    // mean of the last block
  Sum mean_;             // less origin_
  Sum second_;           // sums of powers of (x - mean)
  Sum third_;
  Sum fourth_;
  Sum magnitude_;
  float minimum_ = 0.0F;
  float maximum_ = 0.0F;
};

/// Statistics of `samples`, not empty.
[[nodiscard]] Statistics statistics(std::span<const float> samples) noexcept;

/// The mean of `samples` alone, the same bits as `statistics(samples).mean`.
[[nodiscard]] float mean(std::span<const float> samples) noexcept;

}  // namespace aiot::dsp
