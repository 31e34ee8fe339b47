// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"

namespace aiot::dsp {

inline constexpr std::uint32_t kMaxFactor = 64;

struct LowPassSpec {
  float pass = 0.0F;            ///< upper end of the pass band as a part of the rate, above 0
  float stop = 0.0F;            ///< lower end of the stop band, `pass`..0.5
  float attenuation_db = 0.0F;  ///< in the stop band, 40..100; the pass band ripples by as much
};

/// How many taps `design_low_pass` needs to keep `spec`, by Kaiser's estimate.
/// Errors: `kInvalidArgument` a number that is not finite or not in its range.
[[nodiscard]] Result<std::uint32_t> taps_for(const LowPassSpec& spec) noexcept;

/// A linear-phase low-pass: a sinc with its -6 dB edge in the middle between `pass` and `stop`, in
/// a Kaiser window for the attenuation, gain 1 at 0 Hz. The taps are symmetric to the bit. Source:
/// Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5. Errors: as `taps_for`; `kNoSpace`
/// fewer taps than it says (more make the transition narrower).
Status design_low_pass(const LowPassSpec& spec, std::span<float> taps) noexcept;

enum class TapSymmetry : std::uint8_t {
  kNone,
  kEven,  ///< taps[i] == taps[n - 1 - i]; a third faster
};

/// Filters a stream and keeps every `factor`-th value: out[k] = sum of taps[i] * in[k factor - i],
/// with zeros before the first sample, so the first output is that of the first sample. The bits do
/// not depend on how the stream is cut.
class FirDecimator {
 public:
  /// Floats of storage for a filter of `taps`, working on `block` samples at a time; more of them
  /// means fewer moves of the taps - 1 samples that are remembered.
  static constexpr std::size_t storage_floats(std::size_t taps, std::size_t block) noexcept {
    return taps - 1 + block;
  }

  /// `taps` (at least 1) and `storage` (at least storage_floats(taps.size(), 1)) outlive the
  /// decimator; `factor` 1..kMaxFactor. Anything else, or taps that are not as symmetric as said,
  /// ends in AIOT_CHECK.
  FirDecimator(std::span<const float> taps,
               std::uint32_t factor,
               TapSymmetry symmetry,
               std::span<float> storage) noexcept;

  /// How many values `run` makes of the next `samples`.
  [[nodiscard]] std::size_t outputs(std::size_t samples) const noexcept {
    return samples > skip_ ? (samples - skip_ - 1) / factor_ + 1 : 0;
  }

  /// Takes all of `in`; returns how many values it wrote to `out`, which holds at least
  /// `outputs(in.size())` and does not overlap.
  std::size_t run(std::span<const float> in, std::span<float> out) noexcept;

  /// As if only zeros had come before.
  void reset() noexcept;

 private:
  std::span<const float> taps_;
  std::span<float> storage_;  // the last taps - 1 samples, then those of this block
  std::uint32_t factor_;
  std::uint32_t skip_ = 0;  // samples before the next one that has an output
  TapSymmetry symmetry_;
};

}  // namespace aiot::dsp
