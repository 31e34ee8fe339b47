// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/dsp/bearing.hpp"
#include "aiot/dsp/bearing_findings.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"

namespace aiot::toolkit {

/// A spectrum in dB above its floor, for people to look at.
struct ProminenceCurve {
  dsp::FrequencyBand band{};  ///< 0 to 0: the vibration itself
  float order_step = 0.0F;    ///< orders of the shaft at the corrected speed, per bin
  std::vector<float> level_db;
};

/// What a whole recording says about one bearing.
struct BearingAnalysis {
  BearingEvidence evidence;
  dsp::BearingOrders orders;
  dsp::DirectFindings direct;
  std::vector<dsp::BandFindings> bands;  ///< from the highest on
  ProminenceCurve direct_curve;
  ProminenceCurve envelope_curve;  ///< of the band that `evidence` is of
};

/// Frames that envelopes are made from; they overlap by half, as on a device.
inline constexpr std::uint32_t kAnalysisFrame = 4096;

/// Looks at every band of a recording of one axis at once, with transforms of up to 8192 samples;
/// pieces between gaps that are shorter than a frame are left out.
///   rpm: the stated speed, above 0
/// Problems: several axes, a speed that does not go with the rate, no piece as long as a frame.
Loaded<BearingAnalysis> analyse_bearing(const Recording& recording,
                                        double rpm,
                                        const dsp::BearingGeometry& bearing);

}  // namespace aiot::toolkit
