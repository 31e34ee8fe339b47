// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/core/feature_id.hpp"

namespace aiot {

const char* name(FeatureId id) noexcept {
  switch (id) {
    case FeatureId::kMean:
      return "mean";
    case FeatureId::kRms:
      return "rms";
    case FeatureId::kPeak:
      return "peak";
    case FeatureId::kCrestFactor:
      return "crest_factor";
    case FeatureId::kKurtosis:
      return "kurtosis";
    case FeatureId::kVelocityRms:
      return "velocity_rms";
    case FeatureId::kBandRms:
      return "band_rms";
    case FeatureId::kNone:
      break;
  }
  return "unknown";
}

const char* unit(FeatureId id) noexcept {
  switch (id) {
    case FeatureId::kMean:
    case FeatureId::kRms:
    case FeatureId::kPeak:
    case FeatureId::kBandRms:
      return "m/s^2";
    case FeatureId::kVelocityRms:
      return "mm/s";
    case FeatureId::kCrestFactor:
    case FeatureId::kKurtosis:
    case FeatureId::kNone:
      break;
  }
  return "";
}

}  // namespace aiot
