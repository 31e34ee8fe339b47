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
  kPeakToPeak = 8,
  kSkewness = 9,
  kShapeFactor = 10,
  kImpulseFactor = 11,
  // Evidence of bearing damage, dB above the floor: outer race, inner race, rolling element.
  kEnvelopeOuter = 16,  ///< lines in the spectrum of the envelope, in the band that is loudest
  kEnvelopeInner = 17,
  kEnvelopeElement = 18,
  kSidebandsOuter = 19,  ///< their sidebands, mean over the upper bands
  kSidebandsInner = 20,
  kSidebandsElement = 21,
  kDirectOuter = 22,  ///< lines in the spectrum of the vibration itself
  kDirectInner = 23,
  kDirectElement = 24,
  kDirectFirstOuter = 25,  ///< the first four of them alone
  kDirectFirstInner = 26,
  kDirectFirstElement = 27,
};

/// Whether `id` is read off the evidence of a bearing instead of a window's samples.
constexpr bool is_evidence(FeatureId id) noexcept {
  return id >= FeatureId::kEnvelopeOuter && id <= FeatureId::kDirectFirstElement;
}

/// Stable name in snake_case, "unknown" for an id that this build does not know.
const char* name(FeatureId id) noexcept;

/// Unit as it is shown to people: "m/s^2", "mm/s", "dB", "" for a ratio.
const char* unit(FeatureId id) noexcept;

}  // namespace aiot
