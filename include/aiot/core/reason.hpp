// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "aiot/core/static_vector.hpp"

namespace aiot {

/// Label of a decision that names no class.
inline constexpr std::uint8_t kUnknownLabel = 255;

/// Why a decision is what it is. The numbers are part of the record format (SPEC, decision record):
/// new reasons get new numbers, none is reused.
enum class Reason : std::uint8_t {
  kNone = 0,
  kStart = 1,          ///< too few windows since the start for a vote
  kGapRestart = 2,     ///< samples were lost before this window, so the vote began anew
  kVoteWon = 3,        ///< the label has the votes
  kLabelChanged = 4,   ///< the label took over from another one
  kLabelHeld = 5,      ///< the label has too few votes by now, and no other has enough
  kNoMajority = 6,     ///< enough windows, and no label has the votes
  kLowConfidence = 7,  ///< this window's best label was too uncertain to vote
  kNoNetwork = 8,      ///< the package has no network: features only
  kFlatLine = 9,       ///< an axis does not move: no classification of a dead sensor
  // Physics of the bearing. Numbers: level in dB above the floor, harmonics that stand out (bit 0:
  // the first), lower and upper edge of the band in Hz, speed in rpm, slip in percent, ground.
  kBearingOuter = 10,
  kBearingInner = 11,
  kBearingElement = 12,
  kBearingUnclear = 13,  ///< something is wrong, not with which part; numbers as above
  kBearingHealthy = 14,  ///< nothing stands out; numbers as above
  kCondition = 15,  ///< the machine is not as it was commissioned. Numbers: score (1: threshold),
                    ///< then up to three pairs: feature, and its deviation in dB
  kNetworkAgrees = 16,     ///< the network names the same cause as the physics
  kNetworkDisagrees = 17,  ///< it names another one
  kNetworkAlone = 18,  ///< the cause is the network's; physics only knows that something is wrong
  kCauseUnclear = 19,  ///< abnormal, and nothing says why
  kBadData = 20,       ///< the samples are not to be trusted. Number: the flags
  kBandAlarm = 21,  ///< a band of the averaged spectrum is too loud. Numbers: state (1 warning, 2
                    ///< alarm), lower and upper edge in Hz, its RMS in m/s^2, the level that it
                    ///< is over, frequency in Hz and RMS of its largest line
  kZone = 22,       ///< severity of the vibration. Numbers: zone (2: C, 3: D), velocity in mm/s
                    ///< RMS, the limit that it is over
};

/// Reasons of one decision at most.
inline constexpr std::size_t kMaxReasons = 10;

/// Numbers behind one reason at most.
inline constexpr std::size_t kMaxReasonNumbers = 7;

/// A reason and the numbers behind it, whose meaning and units follow from the reason (SPEC,
/// reasons).
struct Cause {
  Reason reason = Reason::kNone;
  StaticVector<float, kMaxReasonNumbers> numbers{};

  constexpr Cause() noexcept = default;

  /// A reason that says all by itself.
  constexpr Cause(Reason why) noexcept : reason(why) {}

  /// Appends a number; those beyond `kMaxReasonNumbers` are a bug of the caller.
  constexpr Cause& with(float number) noexcept {
    AIOT_CHECK(numbers.push_back(number));
    return *this;
  }

  friend constexpr bool operator==(const Cause& a, const Cause& b) noexcept {
    return a.reason == b.reason &&
           std::equal(a.numbers.begin(), a.numbers.end(), b.numbers.begin(), b.numbers.end());
  }
};

/// Stable name in snake_case, "unknown" for a number that this build does not know.
const char* name(Reason reason) noexcept;

}  // namespace aiot
