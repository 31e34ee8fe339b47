// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "aiot/core/result.hpp"

namespace aiot::decide {

/// How severe a vibration is, after ISO 10816-1: A as of a new machine, B fit for unlimited
/// operation, C fit for a limited time, D dangerous.
enum class Zone : std::uint8_t { kA = 0, kB = 1, kC = 2, kD = 3 };

/// Boundaries between the zones, broad-band velocity in mm/s RMS.
struct ZoneLimits {
  float a_b = 0.0F;
  float b_c = 0.0F;
  float c_d = 0.0F;
};

/// ISO 10816-3: group 1 are large machines (above 300 kW, or electrical ones with a shaft height of
/// 315 mm and more), group 2 medium ones (15 to 300 kW, shaft height 160 to 315 mm).
enum class MachineGroup : std::uint8_t { kGroup1 = 0, kGroup2 = 1 };

/// Whether the lowest natural frequency of machine and support is at least a quarter above the main
/// excitation (rigid) or not (flexible), in the direction of the measurement.
enum class Support : std::uint8_t { kRigid = 0, kFlexible = 1 };

/// Limits for each kind of machine; an application with limits of its own fills in another one.
struct SeverityTable {
  std::array<std::array<ZoneLimits, 2>, 2> limits{};  ///< [MachineGroup][Support]
};

/// Velocity limits of ISO 10816-3 (10 Hz to 1 kHz, above 600 rpm). Defaults for a start: whoever
/// installs the device must check them against the edition (ISO 20816-3 replaced it), the part of
/// the standard and the contract that apply to the machine.
inline constexpr SeverityTable kIso10816Part3{{{
    {{{2.3F, 4.5F, 7.1F}, {3.5F, 7.1F, 11.0F}}},
    {{{1.4F, 2.8F, 4.5F}, {2.3F, 4.5F, 7.1F}}},
}}};

/// Limits from outside have to be finite, positive and ascending. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const ZoneLimits& limits) noexcept;

/// All limits of a table. Errors: `kInvalidArgument`.
[[nodiscard]] Status check(const SeverityTable& table) noexcept;

/// The limits of one kind of machine. Errors: `kInvalidArgument` a group or support that does not
/// exist.
[[nodiscard]] Result<ZoneLimits> find_limits(const SeverityTable& table,
                                             MachineGroup group,
                                             Support support) noexcept;

/// Zone of `velocity` [mm/s RMS]. A value at a limit belongs to the worse zone. `limits` must have
/// passed `check`. Errors: `kInvalidArgument` a velocity that is negative or not finite.
[[nodiscard]] Result<Zone> zone(float velocity, const ZoneLimits& limits) noexcept;

}  // namespace aiot::decide
