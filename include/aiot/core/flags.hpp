// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot {

/// What is known about a window or decision beside its values. The numbers are part of the record
/// format (SPEC, decision record); bits are added, never reused.
enum Flag : std::uint32_t {
  kFlagGapBefore = 1U << 0U,     ///< samples were lost just before this window
  kFlagSaturated = 1U << 1U,     ///< at least one sample is at the end of the sensor's range
  kFlagVoting = 1U << 2U,        ///< fewer windows than the vote needs since start or gap
  kFlagUnknown = 1U << 3U,       ///< no label has enough votes
  kFlagChanged = 1U << 4U,       ///< the label differs from the last one that was decided
  kFlagFlatLine = 1U << 5U,      ///< all samples of an axis are equal
  kFlagRateMismatch = 1U << 6U,  ///< the sensor's rate is outside of what the package was made for
  kFlagFirst = 1U << 7U,         ///< first window after a start or restart of the device
};

}  // namespace aiot
