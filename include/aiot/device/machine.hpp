// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "aiot/dsp/bearing.hpp"

namespace aiot::device {

/// The machine that the sensor sits on. It is part of every context: the same samples mean
/// something else on another machine.
struct MachineConfig {
  float speed_rpm = 0.0F;           ///< of the shaft; 0: not known
  std::string_view bearing_name{};  ///< designation, for people; may be empty
  dsp::BearingGeometry bearing{};   ///< no balls: not known

  /// Whether there is a bearing to look at.
  [[nodiscard]] constexpr bool has_bearing() const noexcept {
    return speed_rpm > 0.0F && bearing.balls > 0;
  }
};

}  // namespace aiot::device
