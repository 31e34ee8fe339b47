// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/decide/anomaly.hpp"
#include "aiot/decide/anomaly_model.hpp"
#include "aiot/device/condition.hpp"
#include "aiot/dsp/octave_features.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"

/// Commissioning and watching of whole recordings, with the device's own code.
namespace aiot::toolkit {

/// Frames of a window where nobody says otherwise; that of most packages.
inline constexpr std::uint32_t kConditionWindow = 2048;

/// How a recording is cut for a `device::ConditionWatch`.
struct ConditionCut {
  std::uint32_t window = 0;  ///< frames
  std::uint32_t hop = 0;     ///< frames
  device::Observation observation = device::Observation::kWindow;
};

/// How `recording` is cut into windows of `window` frames, a power of two
/// dsp::kMinOctaveWindow..dsp::kMaxFft: one without gaps by half a window, each window an
/// observation; one of snapshots so that two windows fit into the shortest snapshot that holds one
/// (an eighth of a window at least), each snapshot an observation, or each
/// device::kSnapshotWindows windows of a longer one.
/// Problems: another window, several axes, no piece as long as a window.
Loaded<ConditionCut> condition_cut(const Recording& recording, std::uint32_t window);

/// What became of the windows.
struct ConditionCounts {
  std::uint32_t windows = 0;
  std::uint32_t left_out = 0;      ///< of them, flagged as data that is not to be trusted
  std::uint32_t left_out_for = 0;  ///< Flag bits of those
  std::uint32_t observations = 0;  ///< windows, or snapshots, that count
};

/// The healthy state of one machine.
struct LearntCondition {
  decide::AnomalyModel model;
  std::vector<std::byte> bytes;  ///< what a device keeps in its baseline region
  ConditionCut cut;
  ConditionCounts counts;
  double seconds = 0.0;  ///< from the first frame that was learnt to the last one, gaps included
};

/// Learns from all windows that lie before frame `end` of the stored frames. Problems: those of
/// `condition_cut`; too few observations.
Loaded<LearntCondition> learn_condition(const Recording& recording,
                                        std::uint32_t window,
                                        std::uint64_t end);

/// What is known after one block of observations.
struct ConditionPoint {
  std::uint64_t begin = 0;  ///< first stored frame of the last observation
  double time_s = 0.0;      ///< of its begin, from the recording's begin, gaps included
  decide::AnomalyVerdict verdict;
};

/// A time in alarm.
struct ConditionEpisode {
  std::size_t first = 0;  ///< points
  std::size_t last = 0;
  std::size_t peak = 0;  ///< that with the largest score
};

/// A recording against what was learnt.
struct ConditionHistory {
  decide::AnomalyModel model;
  ConditionCut cut;
  ConditionCounts counts;
  std::vector<ConditionPoint> points;
  std::vector<ConditionEpisode> episodes;
  double alarm_share = 0.0;  ///< of the points, 0..1
};

/// Frames of the windows that a baseline is of. Problems: `baseline` is none, is damaged, or of
/// windows that this version does not make; `name` is how messages call it.
Loaded<std::uint32_t> baseline_window(Bytes baseline, const std::string& name);

/// Watches the windows from frame `begin` of the stored frames on. Problems: those of
/// `baseline_window` and `condition_cut`; no observation, or too few for a block.
Loaded<ConditionHistory> watch_condition(const Recording& recording,
                                         Bytes baseline,
                                         const std::string& name,
                                         std::uint64_t begin);

/// What a feature of the condition is called, and the band that it is of.
struct ConditionFeatureName {
  std::string name;    ///< "octave 0", "kurtosis", "envelope kurtosis of octave 1", "crest factor"
  double lo_hz = 0.0;  ///< 0 to 0: no band
  double hi_hz = 0.0;
};

/// `feature`: below dsp::kOctaveFeatures; `rate_hz` 0: not known, no band then.
ConditionFeatureName condition_feature(std::size_t feature, double rate_hz);

/// The name with its band: "octave 0 (3200-6400 Hz)".
std::string condition_feature_text(std::size_t feature, double rate_hz);

/// Lasting rise of one feature alone that is an alarm, in dB; nothing where its clip keeps it below
/// the threshold.
std::optional<double> alarming_rise_db(const decide::AnomalyModel& model, std::size_t feature);

/// The same for all levels together, as when the whole machine gets louder.
std::optional<double> alarming_gain_db(const decide::AnomalyModel& model);

}  // namespace aiot::toolkit
