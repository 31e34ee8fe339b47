// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"

namespace aiot::dsp {

struct OrderConfig {
  std::uint32_t pulses_per_rev = 1;   ///< 1..4096
  std::uint32_t samples_per_rev = 0;  ///< 1..65536: of the result
};

/// Shortest distance of two pulses in samples.
inline constexpr float kShortestPulse = 4.0F;

/// Turns samples at equal times into samples at equal angles, so that what is locked to the shaft
/// stays in one line of a spectrum whatever the speed does: bin k of a transform of m angle samples
/// is order k * samples_per_rev / m.
///
/// The phase is linear between tacho pulses; a value between samples comes from the polynomial
/// through the six around it. Error of a tone: -106 dB at a twentieth of the rate, -71 dB at a
/// tenth, -36 dB at a fifth. There is no anti-alias filter: samples have to be low-passed to half
/// the lowest angle rate, samples_per_rev * shaft speed, if that is below their own. Source: Fyfe
/// and Munck, Analysis of computed order tracking, MSSP 11 (1997).
class AngleResampler {
 public:
  /// `storage` is working memory for the samples from one pulse to the next, a block and 8 more; it
  /// outlives the resampler. A bad configuration ends in AIOT_CHECK.
  AngleResampler(const OrderConfig& config, std::span<float> storage) noexcept;

  /// Takes the next block of samples and the pulses in it, as positions in samples from its first
  /// one (`PulseDetector`: above -1), and writes the angle samples of all intervals between pulses
  /// that are complete with it. The first sample of all is at the first pulse, and each pulse of a
  /// revolution is again at a whole number of samples if samples_per_rev is a multiple of
  /// pulses_per_rev.
  ///   out: at least angle_samples(pulses + 1), or AIOT_CHECK
  /// Returns the number of samples written.
  /// Errors, after which the angle begins anew with the next pulse: `kNoSpace` the storage is full
  /// and no pulse came (the shaft stands still, or the tacho is lost); `kInvalidArgument` pulses
  /// that are not ascending, outside of the block, or nearer than kShortestPulse.
  [[nodiscard]] Result<std::size_t> run(std::span<const float> samples,
                                        std::span<const float> pulses,
                                        std::span<float> out) noexcept;

  /// Most samples that so many intervals between pulses give.
  [[nodiscard]] std::size_t angle_samples(std::size_t intervals) const noexcept;

  /// As if nothing had come before.
  void reset() noexcept;

 private:
  [[nodiscard]] std::size_t pass(float position, std::span<float> out) noexcept;
  [[nodiscard]] std::size_t write_interval(float end, std::span<float> out) noexcept;
  void forget() noexcept;

  OrderConfig config_;
  std::span<float> storage_;
  std::size_t kept_ = 0;     // samples in the storage
  float pulse_ = 0.0F;       // position of the last pulse that was passed
  float pending_ = 0.0F;     // position of a pulse too near to the end to be passed
  std::uint32_t phase_ = 0;  // from the last pulse to the next angle sample, times samples_per_rev
  bool has_pulse_ = false;
  bool has_pending_ = false;
};

}  // namespace aiot::dsp
