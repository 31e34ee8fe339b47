// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/dsp/bearing.hpp"
#include "aiot/dsp/bearing_findings.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/recording_quality.hpp"

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
  std::vector<dsp::BandFindings> bands;  ///< from the highest on; not looked at where empty
  std::size_t frames = 0;                ///< of the recording
  std::size_t frames_used = 0;           ///< the others were flat, cut off or dropped out
  ProminenceCurve direct_curve;
  ProminenceCurve envelope_curve;  ///< of the band that `evidence` is of
};

/// Frames that envelopes are made from; they overlap by half, as on a device.
inline constexpr std::uint32_t kAnalysisFrame = 4096;
inline constexpr std::uint32_t kAnalysisHop = kAnalysisFrame / 2;

/// Bands with less than this part of the best one's power per bin lie beyond a filter: what is
/// there is the converter's, and whitening would make it as loud as the machine.
inline constexpr double kEmptyBand = 1e-6;

/// Looks at every band of a recording of one axis at once, with transforms of up to 8192 samples;
/// pieces between gaps that are shorter than a frame are left out, and so are frames that are not
/// usable (`is_usable`, kRhythm) and bands that are empty.
///   rpm: the stated speed, above 0
/// Problems: several axes, a speed that does not go with the rate, no piece as long as a frame, no
/// usable frame.
Loaded<BearingAnalysis> analyse_bearing(const Recording& recording,
                                        double rpm,
                                        const dsp::BearingGeometry& bearing);

/// The same with the quality of the recording's frames, by kAnalysisFrame and kAnalysisHop.
Loaded<BearingAnalysis> analyse_bearing(const Recording& recording,
                                        double rpm,
                                        const dsp::BearingGeometry& bearing,
                                        const RecordingQuality& quality);

}  // namespace aiot::toolkit
