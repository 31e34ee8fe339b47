// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/dsp/bearing.hpp"
#include "aiot/dsp/features.hpp"
#include "aiot/toolkit/dataset.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/training.hpp"

namespace aiot::toolkit {

/// Whether segments are looked at beside the whole recording.
enum class Segments : std::uint8_t { kNone, kLooked };

/// How recordings become evidence, and what is done to it for training.
struct BearingViewOptions {
  Segments segments = Segments::kLooked;
  double segment_s = 3.0;       ///< pieces of a recording that are looked at by themselves
  double step_s = 1.75;         ///< from one to the next
  double noise_low_db = -20.0;  ///< white noise of the noisy copies, relative to the signal
  double noise_high_db = -4.0;  ///< drawn between these two
  double speed_error = 0.008;   ///< relative, of the speed that the noisy copies are told
  double gain_octaves = 2.0;    ///< of the noisy copies, either way
  std::uint64_t seed = 1;       ///< of the noisy copies; each recording draws from its own stream
};

/// What one recording says about its bearing: as a whole and in pieces.
struct BearingRecording {
  std::string file;
  std::string group;  ///< the physical bearing
  std::string label;
  std::string part;  ///< value of the column that folds are made of; may be empty
  BearingEvidence whole;
  std::vector<BearingEvidence> segments;  ///< as recorded; one if it is shorter than a segment
  std::vector<BearingEvidence> noisy;     ///< a noisy copy of each
};

/// Looks at `recording` as a whole, at its segments and at their noisy copies; fills the evidence
/// of `out`. `stream`: number of the recording. Same seed and stream, same evidence, on every
/// machine. A segment that can not be looked at (a gap in it) is left out. Problems: those of
/// `analyse_bearing` for the whole.
std::optional<Problem> look_at_bearing(const Recording& recording,
                                       double rpm,
                                       const dsp::BearingGeometry& bearing,
                                       const BearingViewOptions& options,
                                       std::uint64_t stream,
                                       BearingRecording& out);

/// The twelve features of the evidence, in the order of their ids.
std::vector<dsp::FeatureSpec> evidence_features();

/// Attenuation of evidence: a weaker fault of the same kind. Each copy of a row has all features
/// of the envelope times u and all of the vibration itself times w, each with `share`; u in
/// [envelope_least, 1), w in [direct_least, 1).
struct AttenuationOptions {
  std::size_t copies = 2;
  double share = 0.8;
  double envelope_least = 0.05;
  double direct_least = 0.4;
};

/// Rows of the evidence features of `plan`.
class EvidenceRows {
 public:
  explicit EvidenceRows(const dsp::FeaturePlan& plan) : plan_(plan) {
    dataset_.features = plan.features.size();
  }

  /// One row.
  void add(const BearingEvidence& evidence, std::string_view label, std::string_view group);

  /// All segments of a recording and their noisy copies.
  void add_segments(const BearingRecording& recording);

  /// Copies of all rows so far, behind them.
  void attenuate(const AttenuationOptions& options, std::uint64_t seed);

  [[nodiscard]] const Dataset& dataset() const noexcept { return dataset_; }

 private:
  dsp::FeaturePlan plan_;
  Dataset dataset_;
};

/// The features of `plan` read off `evidence`, physical units; none of them needs samples.
std::vector<float> features_of(const dsp::FeaturePlan& plan, const BearingEvidence& evidence);

}  // namespace aiot::toolkit
