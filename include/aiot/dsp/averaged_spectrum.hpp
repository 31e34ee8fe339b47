// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/spectrum.hpp"
#include "aiot/dsp/taper.hpp"

namespace aiot::dsp {

enum class Averaging : std::uint8_t {
  kLinear,       ///< all segments count the same
  kExponential,  ///< the newest counts `weight`, what was before 1 - `weight`
  kPeakHold,     ///< the largest value that a bin had
};

struct AveragedSpectrumConfig {
  std::uint32_t length = 1024;  ///< samples of a segment, a power of two 64..8192
  float rate_hz = 0.0F;
  TaperKind taper = TaperKind::kHann;
  Averaging averaging = Averaging::kLinear;
  float weight = 0.125F;  ///< above 0, at most 1; of kExponential
};

/// What a bin of a spectrum says, for a signal in units u.
enum class SpectrumQuantity : std::uint8_t {
  kMeanSquare,     ///< u^2: bins of a band add up to its mean square
  kDensity,        ///< u^2/Hz: the height of noise
  kTonePower,      ///< u^2: the mean square of a tone at this bin
  kToneRms,        ///< u: RMS amplitude of a tone at this bin
  kToneAmplitude,  ///< u: peak amplitude of a tone at this bin
};

/// Averages the spectra of segments of a signal (Welch 1967). From each segment its mean is
/// removed.
class AveragedSpectrum {
 public:
  /// `bins` [length / 2 + 1] and `scratch` [length] outlive the object; only `bins` has to keep its
  /// contents from one call to the next. A bad configuration or another size ends in AIOT_CHECK.
  AveragedSpectrum(const AveragedSpectrumConfig& config,
                   std::span<float> bins,
                   std::span<float> scratch) noexcept;

  /// Takes one segment of `length` samples.
  void add(std::span<const float> segment) noexcept;

  /// Takes every complete segment of `samples` that begins at a multiple of `hop` (at least 1);
  /// returns how many. Half a length as hop is usual with kHann.
  std::size_t add_all(std::span<const float> samples, std::uint32_t hop) noexcept;

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

  /// The average as it is kept, in kMeanSquare: for `band_sum` and `find_peaks`. All 0 before the
  /// first segment.
  [[nodiscard]] std::span<const float> mean_square() const noexcept { return bins_; }

  /// The average in another quantity; `out` [length / 2 + 1].
  void read(SpectrumQuantity quantity, std::span<float> out) const noexcept;

  [[nodiscard]] float bin_hz() const noexcept {
    return config_.rate_hz / static_cast<float>(config_.length);
  }

  void reset() noexcept;

 private:
  AveragedSpectrumConfig config_;
  std::span<float> bins_;
  std::span<float> scratch_;
  std::uint32_t count_ = 0;
};

}  // namespace aiot::dsp
