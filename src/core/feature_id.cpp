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
    case FeatureId::kPeakToPeak:
      return "peak_to_peak";
    case FeatureId::kSkewness:
      return "skewness";
    case FeatureId::kShapeFactor:
      return "shape_factor";
    case FeatureId::kImpulseFactor:
      return "impulse_factor";
    case FeatureId::kEnvelopeOuter:
      return "envelope_outer";
    case FeatureId::kEnvelopeInner:
      return "envelope_inner";
    case FeatureId::kEnvelopeElement:
      return "envelope_element";
    case FeatureId::kSidebandsOuter:
      return "sidebands_outer";
    case FeatureId::kSidebandsInner:
      return "sidebands_inner";
    case FeatureId::kSidebandsElement:
      return "sidebands_element";
    case FeatureId::kDirectOuter:
      return "direct_outer";
    case FeatureId::kDirectInner:
      return "direct_inner";
    case FeatureId::kDirectElement:
      return "direct_element";
    case FeatureId::kDirectFirstOuter:
      return "direct_first_outer";
    case FeatureId::kDirectFirstInner:
      return "direct_first_inner";
    case FeatureId::kDirectFirstElement:
      return "direct_first_element";
    case FeatureId::kNone:
      break;
  }
  return "unknown";
}

const char* unit(FeatureId id) noexcept {
  if (is_evidence(id)) {
    return "dB";
  }
  switch (id) {
    case FeatureId::kMean:
    case FeatureId::kRms:
    case FeatureId::kPeak:
    case FeatureId::kPeakToPeak:
    case FeatureId::kBandRms:
      return "m/s^2";
    case FeatureId::kVelocityRms:
      return "mm/s";
    default:
      break;
  }
  return "";
}

}  // namespace aiot
