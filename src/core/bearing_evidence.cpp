// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/bearing_evidence.hpp"

namespace aiot {

const char* name(BearingPart part) noexcept {
  switch (part) {
    case BearingPart::kOuterRace:
      return "outer_race";
    case BearingPart::kInnerRace:
      return "inner_race";
    case BearingPart::kElement:
      return "element";
  }
  return "unknown";
}

}  // namespace aiot
