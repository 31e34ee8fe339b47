// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "aiot/core/result.hpp"

namespace aiot::dsp {

/// One row of a rolling bearing. Diameters in any one unit.
struct BearingGeometry {
  std::uint32_t balls = 0;      ///< rolling elements of one row, 3..128
  float ball_diameter = 0.0F;   ///< of balls or rollers
  float pitch_diameter = 0.0F;  ///< of the circle that their centres run on
  float contact_deg = 0.0F;     ///< contact angle in degrees, 0 <= angle < 90
};

/// Whether a bearing can look like that; every geometry from outside goes through here once.
/// Errors: `kInvalidArgument` a number that is not finite or not positive, an angle outside of
/// 0 <= angle < 90 degrees; `kOutOfRange` fewer than 3 or more than 128 elements, or elements that
/// do not fit side by side on the pitch circle.
[[nodiscard]] Status check(const BearingGeometry& geometry) noexcept;

/// Events per revolution of the shaft: times the shaft's speed in Hz they are frequencies.
struct BearingOrders {
  float ftf = 0.0F;   ///< the cage's own speed (fundamental train frequency)
  float bpfo = 0.0F;  ///< elements that pass a point of the outer race
  float bpfi = 0.0F;  ///< elements that pass a point of the inner race
  float bsf = 0.0F;   ///< an element's spin; a defect of it meets a race twice per spin
};

/// Kinematic orders of a bearing whose outer race stands still and whose elements roll without
/// slip; real ones are up to 2 % lower or higher. With r = ball / pitch diameter * cos(angle) and z
/// elements: ftf = (1 - r) / 2, bpfo = z ftf, bpfi = z (1 + r) / 2, bsf = (1 - r^2) / (2 ball /
/// pitch diameter). `geometry` has passed `check`.
/// Source: Randall and Antoni, Rolling element bearing diagnostics - a tutorial, MSSP 25 (2011),
/// equations 1 to 4.
[[nodiscard]] BearingOrders bearing_orders(const BearingGeometry& geometry) noexcept;

/// A bearing with a name.
struct Bearing {
  std::string_view name{};
  BearingGeometry geometry{};
};

/// The bearings that are built in, diameters in mm. Makers differ in the inside of one designation:
/// orders may be 2 % off for another make.
[[nodiscard]] std::span<const Bearing> bearing_catalogue() noexcept;

/// The bearing of `bearing_catalogue` that `name` means (see `bearing_name_matches`), or nullptr.
[[nodiscard]] const Bearing* find_bearing(std::string_view name) noexcept;

/// Whether `text`, as people and nameplates write it, means the bearing `name`: "SKF 6205-2RS/C3"
/// and "6205ETN9" mean "6205", "rexnord za2115" means "ZA-2115". Case, blanks and punctuation
/// inside of the name do not count; `name` has to begin where a word of `text` begins, and a digit
/// must not continue it.
[[nodiscard]] bool bearing_name_matches(std::string_view name, std::string_view text) noexcept;

}  // namespace aiot::dsp
