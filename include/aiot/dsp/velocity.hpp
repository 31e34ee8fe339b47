// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/result.hpp"
#include "aiot/dsp/filter.hpp"
#include "aiot/dsp/taper.hpp"

namespace aiot::dsp {

/// The band in which vibration severity is measured: 10..1000 Hz in ISO 20816-3, 2..1000 Hz for
/// machines below 600 revolutions a minute.
struct VelocityBand {
  float lo_hz = 10.0F;  ///< -3 dB
  float hi_hz = 1000.0F;
  std::uint32_t order = 4;  ///< of the Butterworth filter at either edge, 2..6
};

/// Sections that make a velocity in mm/s of an acceleration in m/s^2: high-pass, low-pass and
/// integrator. The integrator's pole is one of the high-pass's zeros, so there is none: nothing
/// drifts, and a constant acceleration gives 0.
/// The gain is 1 / (2 pi f) within 1 % from 1.7 lo_hz to 0.6 hi_hz at order 4 (0.3 dB from 1.4 to
/// 0.7, the shape of the filters), for rates from 2.56 hi_hz on.
/// Errors: those of `design_butterworth`; `kInvalidArgument` an order out of range, edges that do
/// not ascend; `kOutOfRange` hi_hz above rate_hz / 2.5.
[[nodiscard]] Result<Sections> design_velocity(const VelocityBand& band, float rate_hz) noexcept;

/// RMS of the velocity in a band, from samples as they come.
class VelocityMeter {
 public:
  /// A band that `design_velocity` refuses ends in AIOT_CHECK.
  VelocityMeter(const VelocityBand& band, float rate_hz) noexcept;

  /// Acceleration in m/s^2. What comes first only lets the filters settle: 7 time constants of the
  /// slowest pole, 3 / lo_hz seconds at order 4.
  void add(std::span<const float> acceleration) noexcept;

  /// Of the samples since the last `clear`, in mm/s; 0 when there are none.
  [[nodiscard]] float rms() const noexcept;

  /// Samples in `rms`; `clear` before they are 2^32.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

  /// Begins a new average; the filters run on.
  void clear() noexcept;

  /// As new: what comes does not continue what was.
  void reset() noexcept;

 private:
  void add_chunk(std::span<const float> acceleration) noexcept;

  SosFilter filter_;
  std::uint32_t settling_ = 0;   // samples that it takes
  std::uint32_t unsettled_ = 0;  // of them still to come
  bool begun_ = false;
  float offset_ = 0.0F;  // of the first samples; the filter would remove it, at the cost of digits
  float sum_ = 0.0F;     // of squares
  std::uint32_t count_ = 0;
};

/// RMS of the velocity in mm/s from a mean-square spectrum of the acceleration (u = m/s^2) with
/// this taper: bins from lo_hz to hi_hz, both included. Within 1 % for a tone that is more than
/// three bins inside of the band, from the fourth bin on.
[[nodiscard]] float velocity_rms(std::span<const float> mean_square,
                                 float rate_hz,
                                 TaperKind taper,
                                 float lo_hz,
                                 float hi_hz) noexcept;

}  // namespace aiot::dsp
