// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/decide/alarm.hpp"
#include "aiot/decide/severity.hpp"

namespace aiot::decide {

/// How loud a machine is against its limits, with the numbers behind it.
struct LevelFindings {
  AlarmState state = AlarmState::kNormal;  ///< of the worst band, and so the next six
  float lo_hz = 0.0F;
  float hi_hz = 0.0F;
  float rms = 0.0F;         ///< m/s^2
  float limit = 0.0F;       ///< the level that belongs to `state`; of kNormal that of a warning
  float line_hz = 0.0F;     ///< its largest line; 0: none
  float line_rms = 0.0F;    ///< m/s^2
  Zone zone = Zone::kA;     ///< kA also where no zones are judged
  float velocity = 0.0F;    ///< mm/s RMS
  float zone_limit = 0.0F;  ///< the limit that `velocity` is over; of kA 0

  /// An alarm, or a vibration that is dangerous.
  [[nodiscard]] constexpr bool abnormal() const noexcept {
    return state == AlarmState::kAlarm || zone == Zone::kD;
  }
};

}  // namespace aiot::decide
