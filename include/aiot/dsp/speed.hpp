// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"

namespace aiot::dsp {

/// How fast a shaft turns, and how much that is worth.
struct ShaftSpeed {
  float hz = 0.0F;
  float confidence = 0.0F;  ///< 0 (do not use) .. 1
};

/// Finds the pulses of a sampled tacho channel: where it rises through `high`, after it has been
/// below `low`. Negate samples and thresholds for falling edges.
class PulseDetector {
 public:
  /// `low` < `high`, both finite, or AIOT_CHECK. Noise smaller than their distance makes no pulses.
  PulseDetector(float low, float high) noexcept;

  /// Pulses of the next block, as positions in samples from its first one, interpolated between the
  /// two samples around the crossing: above -1 (before the block's first sample), ascending.
  ///   positions [samples / 2 + 1] is always enough; less room ends in AIOT_CHECK when it is short
  /// Returns how many were written. A channel that begins high gives no pulse before it was low.
  [[nodiscard]] std::size_t run(std::span<const float> samples,
                                std::span<float> positions) noexcept;

 private:
  float low_;
  float high_;
  float last_ = 0.0F;  // the last sample of the block before
  bool armed_ = false;
};

/// What `repair_pulses` made of pulses.
struct RepairedPulses {
  std::size_t count = 0;    ///< written to `out`
  std::size_t missing = 0;  ///< put in
  std::size_t doubled = 0;  ///< left out
  float confidence = 0.0F;  ///< share of the intervals that were regular as they came
};

/// Most pulses in a row that may be missing.
inline constexpr std::size_t kMostMissing = 3;

/// Pulses without the doubled ones and with the missing ones put in, judged by the median of the 5
/// intervals around each: a pulse that comes in less than half of it is left out, an interval of
/// about twice to four times of it is divided evenly.
///   pulses [n], n >= 3: times or positions, ascending;  out: room for all that is written
/// Errors: `kInvalidArgument` not finite, not ascending, or too few pulses; `kNoSpace` more than
/// `out` holds; `kCorrupt` an interval that fits no whole number up to kMostMissing + 1 of medians.
[[nodiscard]] Result<RepairedPulses> repair_pulses(std::span<const float> pulses,
                                                   std::span<float> out) noexcept;

/// Mean speed of a shaft from pulse times in seconds: whole revolutions by the time they took.
/// Pulses are repaired first; the confidence is that of `RepairedPulses`.
///   times_s [n], n >= 3;  pulses_per_rev >= 1;  work: room for the repaired pulses, 4 n is always
///   enough
/// Errors: as `repair_pulses`.
[[nodiscard]] Result<ShaftSpeed> speed_from_pulses(std::span<const float> times_s,
                                                   std::uint32_t pulses_per_rev,
                                                   std::span<float> work) noexcept;

inline constexpr std::uint32_t kMaxHarmonics = 32;

/// Where to look for a shaft without a tacho.
struct SpeedSearch {
  float lo_hz = 0.0F;
  float hi_hz = 0.0F;
  std::uint32_t harmonics = 8;  ///< 1..kMaxHarmonics: lines of the comb that are looked at
};

/// A confidence from here on is worth acting on.
inline constexpr float kUsableSpeed = 0.5F;

/// Speed of a shaft from the comb of lines that it leaves in a spectrum of vibration. The spectrum
/// is whitened (logarithm over its mean around, lines left out), and each speed of the range is
/// judged by what stands out at its multiples against what does half-way between them; the best
/// one, or a half or third of it that is as good, is refined by the interpolated peaks of its
/// lines.
/// The confidence is that of a score that noise would not reach (0 below 5 standard deviations, 1
/// from 10 on), less when another speed, no small multiple, scores nearly as well. Averaged spectra
/// make it far more sensitive; so does a rate of little more than twice the highest line, because
/// the bins are narrower then. Lines of something else (mains, gears, a bearing, another shaft) at
/// the multiples of a speed in the range look like that speed: keep the range as narrow as the
/// nominal speed is known.
///   mean_square [n/2 + 1] of `mean_square_spectrum`, or a mean of several, n a power of two;
///   work [2 (n/2 + 1)]
/// Errors: `kInvalidArgument` a range that is not ascending, not positive or not finite, or
/// harmonics out of range; `kOutOfRange` a range that begins below 4 bins (lines too close to tell
/// apart: take a longer block or a lower rate) or ends beyond a quarter of the rate.
[[nodiscard]] Result<ShaftSpeed> estimate_speed(std::span<const float> mean_square,
                                                float rate_hz,
                                                const SpeedSearch& search,
                                                std::span<float> work) noexcept;

}  // namespace aiot::dsp
