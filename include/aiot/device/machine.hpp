// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "aiot/decide/band_alarm.hpp"
#include "aiot/decide/severity.hpp"
#include "aiot/dsp/bearing.hpp"
#include "aiot/dsp/octave_envelope.hpp"

namespace aiot::device {

/// How loud a machine may be. The numbers behind an alarm name the limit, so a record says what it
/// was judged by.
struct MachineLimits {
  std::array<dsp::FrequencyBand, decide::kMaxBands> bands{};  ///< [levels.bands]
  decide::BandAlarmConfig levels{};  ///< RMS of each band in m/s^2, absolute; no bands: none
  decide::ZoneLimits zones{};        ///< of the velocity in mm/s RMS; zeros: none
};

/// The machine that the sensor sits on. It is part of every context: the same samples mean
/// something else on another machine.
struct MachineConfig {
  float speed_rpm = 0.0F;           ///< of the shaft; 0: not known
  std::string_view bearing_name{};  ///< designation, for people; may be empty
  dsp::BearingGeometry bearing{};   ///< no balls: not known
  /// Outlives the device; null: none. They need an averaged spectrum (`Shape::spectrum`).
  const MachineLimits* limits = nullptr;

  /// Whether there is a bearing to look at.
  [[nodiscard]] constexpr bool has_bearing() const noexcept {
    return speed_rpm > 0.0F && bearing.balls > 0;
  }
};

}  // namespace aiot::device
