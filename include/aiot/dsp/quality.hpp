// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace aiot::dsp {

/// When a measure becomes a flag, and what is known about the converter.
struct QualityConfig {
  float scale = 0.0F;      ///< m/s^2 per count; 0: unknown, then what needs codes is left out
  std::uint8_t bits = 16;  ///< 2..16: width of a code

  float saturated = 0.0F;      ///< more than this share of samples at an end code
  std::uint32_t plateaus = 3;  ///< at least so many plateaus at the largest or smallest value
  float run = 1.0F / 16.0F;    ///< at least this share of the window is one run of equal samples
  float silence = 1e-3F;       ///< a block's variance below this part of a lively block's
  float nyquist = 1.98F;       ///< `Quality::nyquist` from here on
  float offset = 0.6F;         ///< of full scale; 0.5 is gravity in a +-2 g sensor
  float offset_rms = 0.0F;     ///< of the rms about the mean; 0: not judged, because gravity on a
                               ///< machine at rest is any multiple of it
  float unresolved = 0.75F;    ///< rms about the mean in codes, below this
  float step_codes = 4.0F;     ///< what counts as an edge of a plateau or run: this many codes and
  float step_rms = 0.05F;      ///< this part of the rms about the mean
};

/// What is measured about one axis of a window. Shares are of its samples, 0..1.
struct Quality {
  float not_finite = 0.0F;   ///< infinite or not a number; if not 0, the rest is not measured
  float saturated = 0.0F;    ///< at an end code
  float clipped = 0.0F;      ///< in plateaus of 3 or more samples at the largest or smallest value,
                             ///< saturated or not; faster signals clip unseen
  float longest_run = 0.0F;  ///< of equal samples; runs of fewer than 6 may be missed
  float silent = 0.0F;       ///< in sixteenths of the window that do not move while others do
  float repeated = 0.0F;     ///< neighbours that are equal, from a sample of half of them
  float nyquist = 0.0F;      ///< mean square of neighbours' differences / (2 variance): 0 slow,
                             ///< 1 white noise, 2 alternating
  float offset = 0.0F;       ///< |mean| / full scale; 0 when the scale is unknown
  float offset_rms = 0.0F;   ///< |mean| / rms about the mean; 0 when that is 0
  float rms_codes = 0.0F;    ///< rms about the mean in codes; 0 when the scale is unknown
  std::uint32_t hold = 1;    ///< every sample is there so many times: sample and hold, wrong rate
  std::uint32_t flags = 0;   ///< kFlagSaturated, kFlagFlatLine, kFlagClipped, kFlagDropout,
                             ///< kFlagAlternating, kFlagOffset, kFlagRateSuspect, kFlagNotFinite,
                             ///< kFlagUnresolved
};

/// Looks for what sensors, converters and wiring do to samples rather than machines.
///   samples [n], n >= 64: one axis of a window, codes times `config.scale`
/// A flag wants evidence that a machine does not give: a plateau needs steep edges and company, a
/// long run an abrupt end, silence a block that moves by less than a code. One pass over groups of
/// four samples without branches that are taken; runs, end codes and repetition are looked at again
/// only where its sums leave room for them. Gaps are the windower's to report.
/// Other sizes, `bits` out of range and a negative scale end in AIOT_CHECK.
[[nodiscard]] Quality assess(std::span<const float> samples, const QualityConfig& config) noexcept;

/// Where a spectrum ends as if cut off, as a part of half the rate: 1 when it does not. A signal
/// that was upsampled, or whose rate is given too high, has an edge of 30 dB within a thirty-second
/// of the spectrum and nothing behind it; the roll-off of a sensor or of an analogue filter is not
/// that steep. Below about 0.75 the rate is suspect: an anti-alias filter passes 0.78 (1 / 2.56) or
/// more.
///   mean_square [n/2 + 1] from `mean_square_spectrum`, n >= 512: fewer bins in a band can be empty
///   by chance
[[nodiscard]] float spectrum_edge(std::span<const float> mean_square) noexcept;

/// `spectrum_edge` below this sets kFlagRateSuspect, by whoever has a spectrum.
inline constexpr float kSuspectEdge = 0.75F;

}  // namespace aiot::dsp
