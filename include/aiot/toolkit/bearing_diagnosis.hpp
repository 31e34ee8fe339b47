// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aiot/decide/bearing_rule.hpp"
#include "aiot/dsp/bearing.hpp"
#include "aiot/toolkit/bearing_analysis.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/recording_quality.hpp"
#include "aiot/toolkit/shaft_speed.hpp"

namespace aiot::toolkit {

/// A diagnosis is refused when less than this share of the windows is usable.
inline constexpr double kLeastUsable = 0.5;

/// The confidence is multiplied with these: where the speed is only estimated, and for each
/// warning about the samples.
inline constexpr float kTrustInEstimate = 0.6F;
inline constexpr float kTrustWithWarning = 0.8F;

/// Nobody is told "healthy" with more confidence than this where the speed is estimated or another
/// one seems right, the transforms are short or the rate is low for the speed.
inline constexpr float kMostHealthy = 0.5F;

/// Revolutions in a transform below which lines that are close together are one.
inline constexpr float kEnoughRevolutions = 32.0F;

/// Samples per revolution below which the harmonics of a race have no band to ring in.
inline constexpr double kEnoughSamplesPerRevolution = 150.0;

/// With fewer of them a third of an order is within one bin of a harmonic of the shaft.
inline constexpr float kFewestRevolutions = 8.0F;

/// What is said about one bearing, and how far it may be believed.
struct BearingDiagnosis {
  decide::BearingVerdict verdict{};  ///< its confidence is that of the rule
  float confidence = 0.0F;           ///< the same, less what speed and samples take from it
  KnownSpeed speed{};
  RecordingQuality quality;
  BearingAnalysis analysis;
  double rms = 0.0;                   ///< m/s^2, about the mean, of what was used
  std::vector<std::string> warnings;  ///< one sentence each; each says what it does to the result
};

/// Level from which on a family in the envelope is a finding, in dB: that of the rule, lower where
/// transforms are short.
double envelope_threshold_db(const BearingEvidence& evidence);

/// Whether the shaft's harmonics are where the speed says.
bool speed_is_confirmed(const BearingEvidence& evidence);

/// Diagnoses a bearing from a recording of one axis, by physics alone (`decide::judge`).
///   stated_rpm: wins over the recording's own speed; without either it is estimated
/// Problems: those of `analyse_bearing` and `shaft_speed`; "not diagnosed: <why>" when most windows
/// are no vibration, the sample rate is suspect and the shaft's lines do not confirm it, or the
/// recording is too short for a spectrum.
Loaded<BearingDiagnosis> diagnose_bearing(const Recording& recording,
                                          const dsp::BearingGeometry& bearing,
                                          std::optional<double> stated_rpm);

}  // namespace aiot::toolkit
