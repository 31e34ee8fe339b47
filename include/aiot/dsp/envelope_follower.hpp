// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"
#include "aiot/dsp/envelope.hpp"
#include "aiot/dsp/filter.hpp"

namespace aiot::dsp {

struct EnvelopeFollowerSpec {
  float lo_hz = 0.0F;  ///< the band that is demodulated
  float hi_hz = 0.0F;
  float envelope_hz = 0.0F;      ///< highest frequency of the envelope, -3 dB
  std::uint32_t band_order = 2;  ///< of the band-pass, 1..kMaxOrder
  EnvelopeKind kind = EnvelopeKind::kMagnitude;
};

/// The parts of a follower, designed once.
struct EnvelopeFollowerPlan {
  Sections band{};
  Sections low{};
  EnvelopeKind kind = EnvelopeKind::kMagnitude;
  std::uint32_t factor = 1;  ///< samples for each value of the envelope
};

/// Butterworth band-pass, and a Butterworth low-pass of order 4 whose output keeps every
/// `factor`-th value: the largest for which the rate of the envelope is at least 4 envelope_hz, so
/// that what folds back into the band is 38 dB down or more.
/// Errors: those of `design_butterworth`; `kOutOfRange` an envelope faster than the band (the
/// rectifier's ripple at twice its lower edge would be in it).
[[nodiscard]] Result<EnvelopeFollowerPlan> plan_envelope_follower(const EnvelopeFollowerSpec& spec,
                                                                  float rate_hz) noexcept;

/// Envelope of a band of a stream, decimated: band-pass, rectifier or square, low-pass. Two
/// filters' states are all the memory; the bits do not depend on how the stream is cut. In units of
/// amplitude (or its square), right for a tone; of noise the magnitude is that of its mean
/// rectified value times pi / 2. Prefer the square: a rectifier makes harmonics that fold back, so
/// the magnitude of a tone near a quarter of the rate is wrong by up to a fifth and swings.
/// Compared with `band_envelope`: no blocks and no transform, but edges as soft as the filters and
/// a delay of theirs.
class EnvelopeFollower {
 public:
  /// `plan` as `plan_envelope_follower` made it.
  explicit EnvelopeFollower(const EnvelopeFollowerPlan& plan) noexcept;

  /// How many values `run` makes of the next `samples`.
  [[nodiscard]] std::size_t outputs(std::size_t samples) const noexcept;

  /// Takes all of `samples`; returns how many values it wrote to `out`, which holds at least
  /// `outputs(samples.size())`.
  ///   work [samples], contents lost, may be `samples` themselves;  out may be the front of `work`
  [[nodiscard]] std::size_t run(std::span<const float> samples,
                                std::span<float> work,
                                std::span<float> out) noexcept;

  /// As if only zeros had come before.
  void reset() noexcept;

 private:
  SosFilter band_;
  SosFilter low_;
  EnvelopeKind kind_;
  std::uint32_t factor_;
  std::uint32_t skip_ = 0;  // samples before the next one that has an output
};

}  // namespace aiot::dsp
