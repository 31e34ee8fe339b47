// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot {

/// What a number in a feature vector means. The numbers are part of the package and record formats:
/// new features get new numbers, none is reused.
enum class FeatureId : std::uint16_t {
  kNone = 0,
  kMean = 1,
  kRms = 2,
  kPeak = 3,
  kCrestFactor = 4,
  kKurtosis = 5,
  kVelocityRms = 6,
  kBandRms = 7,
};

/// Stable name in snake_case, "unknown" for an id that this build does not know.
const char* name(FeatureId id) noexcept;

/// Unit as it is shown to people: "m/s^2", "mm/s", "" for a ratio.
const char* unit(FeatureId id) noexcept;

}  // namespace aiot
