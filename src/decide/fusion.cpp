// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/fusion.hpp"

namespace aiot::decide {
namespace {

/// A network that is less sure than this names no cause.
constexpr float kNetworkNames = 0.5F;

/// What a network is worth that nobody supports, and physics that the network contradicts.
constexpr float kAlone = 0.6F;
constexpr float kContradicted = 0.7F;

std::uint8_t label_of(BearingState state, const FaultLabels& labels) noexcept {
  switch (state) {
    case BearingState::kOuterRace:
      return labels.outer;
    case BearingState::kInnerRace:
      return labels.inner;
    case BearingState::kElement:
      return labels.element;
    case BearingState::kHealthy:
      return labels.normal;
    case BearingState::kUnclear:
      return labels.unclear;
    case BearingState::kUnknown:
      break;
  }
  return kUnknownLabel;
}

bool names_part(BearingState state) noexcept {
  return state == BearingState::kOuterRace || state == BearingState::kInnerRace ||
         state == BearingState::kElement;
}

bool names_fault(const Opinion& opinion, const FaultLabels& labels) noexcept {
  return opinion.label != kUnknownLabel && opinion.label != labels.normal &&
         opinion.confidence >= kNetworkNames;
}

/// Two sources that say the same and do not know of each other.
float together(float a, float b) noexcept {
  return 1.0F - (1.0F - a) * (1.0F - b);
}

Fused part_named(const Opinions& opinions, const FaultLabels& labels) noexcept {
  const Opinion physics{label_of(opinions.bearing.state, labels), opinions.bearing.confidence};
  Fused fused{physics, true, Reason::kNone};
  if (!names_fault(opinions.network, labels) || physics.label == kUnknownLabel) {
    return fused;  // nobody to compare with, or a part that the package has no label for
  }
  const bool agrees = opinions.network.label == physics.label;
  fused.reason = agrees ? Reason::kNetworkAgrees : Reason::kNetworkDisagrees;
  fused.opinion.confidence = agrees ? together(physics.confidence, opinions.network.confidence)
                                    : physics.confidence * kContradicted;
  return fused;
}

/// Something is wrong: `certainty` of that, and the network may know what.
Fused cause_wanted(const Opinions& opinions, const FaultLabels& labels, float certainty) noexcept {
  if (names_fault(opinions.network, labels)) {
    const float confidence = opinions.network.confidence * kAlone;
    return {{opinions.network.label, confidence}, true, Reason::kNetworkAlone};
  }
  return {{labels.unclear, certainty}, true, Reason::kCauseUnclear};
}

}  // namespace

Fused fuse(const Opinions& opinions, const FaultLabels& labels) noexcept {
  const bool alarm = opinions.condition == Condition::kAlarm;
  const BearingVerdict& bearing = opinions.bearing;
  if (names_part(bearing.state)) {
    return part_named(opinions, labels);
  }
  if (bearing.state == BearingState::kUnclear) {
    const float certainty =
        alarm ? together(bearing.confidence, opinions.condition_confidence) : bearing.confidence;
    return cause_wanted(opinions, labels, certainty);
  }
  if (alarm) {
    return cause_wanted(opinions, labels, opinions.condition_confidence);
  }
  if (bearing.state == BearingState::kHealthy) {
    return {{labels.normal, bearing.confidence}, false, Reason::kNone};
  }
  if (opinions.network.label != kUnknownLabel) {
    return {opinions.network, opinions.network.label != labels.normal, Reason::kNone};
  }
  if (opinions.condition == Condition::kAsCommissioned) {
    return {{labels.normal, 1.0F - opinions.condition_confidence}, false, Reason::kNone};
  }
  return {opinions.network, false, Reason::kNone};
}

}  // namespace aiot::decide
