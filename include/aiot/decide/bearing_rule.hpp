// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/core/result.hpp"

namespace aiot::decide {

/// Thresholds of the rule, in dB above the floor. They follow from noise alone (a family in noise
/// reaches 4.4 dB) and from healthy machines, not from faults; see DESIGN, bearing diagnosis.
struct BearingRuleConfig {
  float envelope_db = 9.0F;    ///< a family in the spectrum of the envelope
  float margin_db = 3.0F;      ///< of the loudest part over the next one
  float rival_db = 1.5F;       ///< how far a family of another frequency may be louder
  float direct_db = 19.5F;     ///< ten harmonics in the spectrum of the vibration itself
  float weak_db = 5.0F;        ///< an envelope family that is something, but not enough
  float stranger_db = 10.0F;   ///< a family of a frequency that is no part of the bearing
  float impulsiveness = 3.3F;  ///< excess kurtosis of the envelope: impacts, of whatever
  float shaft_db = 9.0F;       ///< harmonics of the shaft that confirm its speed
  float shaft_far_db = 3.0F;   ///< how much louder they are elsewhere when the speed is wrong
  float envelope_revolutions =
      64.0F;  ///< of the shaft in one transform that the thresholds are for
  float direct_revolutions = 82.0F;
};

/// Errors: `kInvalidArgument` a number that is not finite, or not above 0.
Status check(const BearingRuleConfig& config) noexcept;

/// What the bearing is like.
enum class BearingState : std::uint8_t {
  kUnknown = 0,  ///< no evidence yet
  kHealthy,      ///< nothing stands out
  kOuterRace,
  kInnerRace,
  kElement,  ///< ball or roller
  kUnclear,  ///< abnormal, cause unclear
};

/// Stable name in snake_case.
const char* name(BearingState state) noexcept;

/// What decided.
enum class BearingGround : std::uint8_t {
  kNone = 0,      ///< nothing stands out, or no evidence
  kEnvelope,      ///< a family of lines in the envelope
  kDirect,        ///< one in the vibration itself
  kWrongSpeed,    ///< the shaft turns at another speed than stated
  kNotSeparable,  ///< lines that fit several parts, or another frequency better
  kStranger,      ///< a family of lines of another frequency: is it the right bearing?
  kImpacts,       ///< impacts without a family of lines
  kWeakLines,     ///< lines that are too weak to name a part
};

struct BearingVerdict {
  BearingState state = BearingState::kUnknown;
  BearingGround ground = BearingGround::kNone;
  float confidence = 0.0F;  ///< 0..1
  std::uint8_t part = 0;    ///< the family that `ground` is about, index of BearingPart
  float level_db = 0.0F;    ///< its level; of kStranger that of the stranger
};

/// How well each part explains what the evidence shows, above 0, sum 1: for ranking and for the
/// mean with a network's scores. Not a probability, and only meaningful once something is abnormal.
/// With levels in dB / 10: softmax of 5 times
///   outer race  max(loudest envelope level, 0.9 (direct level - 1.1))
///   inner race  loudest envelope level
///   element     0.75 + 0.3 max(loudest envelope level - 0.3, 0)
/// The element is the residual class: it wins where neither race shows lines, because damage of an
/// element often shows none; it does not say that lines of an element were found. The constants
/// were set by hand on the recordings that DESIGN names, so figures on these are optimistic.
[[nodiscard]] std::array<float, kBearingParts> bearing_scores(
    const BearingEvidence& evidence) noexcept;

/// Classification by physics alone: no training, no data of faults. Numbers in, one verdict out.
/// `config` has passed `check`.
[[nodiscard]] BearingVerdict judge(const BearingEvidence& evidence,
                                   const BearingRuleConfig& config) noexcept;

}  // namespace aiot::decide
