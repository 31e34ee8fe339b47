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
  kFlagClipped = 1U << 8U,       ///< plateaus at the largest or smallest value, whatever the range
  kFlagDropout = 1U << 9U,       ///< a part of the window does not move, or is silent
  kFlagAlternating =
      1U << 10U,            ///< neighbouring samples go to and fro: all energy at half the rate
  kFlagOffset = 1U << 11U,  ///< the mean takes a large part of the range
  kFlagRateSuspect = 1U << 12U,    ///< samples are repeated, or the spectrum ends as if upsampled
  kFlagNotFinite = 1U << 13U,      ///< a sample is infinite or not a number
  kFlagUnresolved = 1U << 14U,     ///< the signal is below the converter's resolution
  kFlagCondition = 1U << 15U,      ///< the machine is not as it was commissioned
  kFlagCommissioning = 1U << 16U,  ///< the machine's healthy state is being learnt
};

/// Windows with one of these say nothing about the machine: they are not classified.
inline constexpr std::uint32_t kFlagsGrave = kFlagFlatLine | kFlagDropout | kFlagAlternating |
                                             kFlagRateSuspect | kFlagNotFinite | kFlagUnresolved;

/// Windows with one of these are classified, but nothing is learnt or measured finely from them.
inline constexpr std::uint32_t kFlagsMild = kFlagSaturated | kFlagClipped | kFlagOffset;

}  // namespace aiot
