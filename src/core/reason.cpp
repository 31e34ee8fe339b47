// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/reason.hpp"

namespace aiot {

const char* name(Reason reason) noexcept {
  switch (reason) {
    case Reason::kStart:
      return "start";
    case Reason::kGapRestart:
      return "gap_restart";
    case Reason::kVoteWon:
      return "vote_won";
    case Reason::kLabelChanged:
      return "label_changed";
    case Reason::kLabelHeld:
      return "label_held";
    case Reason::kNoMajority:
      return "no_majority";
    case Reason::kLowConfidence:
      return "low_confidence";
    case Reason::kNoNetwork:
      return "no_network";
    case Reason::kFlatLine:
      return "flat_line";
    case Reason::kBearingOuter:
      return "bearing_outer";
    case Reason::kBearingInner:
      return "bearing_inner";
    case Reason::kBearingElement:
      return "bearing_element";
    case Reason::kBearingUnclear:
      return "bearing_unclear";
    case Reason::kBearingHealthy:
      return "bearing_healthy";
    case Reason::kCondition:
      return "condition";
    case Reason::kNetworkAgrees:
      return "network_agrees";
    case Reason::kNetworkDisagrees:
      return "network_disagrees";
    case Reason::kNetworkAlone:
      return "network_alone";
    case Reason::kCauseUnclear:
      return "cause_unclear";
    case Reason::kBadData:
      return "bad_data";
    case Reason::kBandAlarm:
      return "band_alarm";
    case Reason::kZone:
      return "zone";
    case Reason::kNone:
      break;
  }
  return "unknown";
}

}  // namespace aiot
