// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/condition_analysis.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <span>

#include "aiot/core/check.hpp"
#include "aiot/core/flags.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/quality.hpp"

namespace aiot::toolkit {
namespace {

/// Finest step from window to window, as a part of it: closer ones tell nothing new.
constexpr std::uint32_t kClosest = 8;

/// A run of stored frames without a gap.
struct Piece {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t lost = 0;  ///< frames that are missing before it, since the recording's begin
};

std::vector<Piece> pieces_of(const Recording& recording) {
  std::vector<Piece> pieces;
  Piece piece;
  for (const RecordingGap& gap : recording.gaps) {
    piece.end = gap.frame;
    pieces.push_back(piece);
    piece = {.begin = gap.frame, .end = gap.frame, .lost = piece.lost + gap.lost};
  }
  piece.end = recording.frames();
  pieces.push_back(piece);
  return pieces;
}

double time_of(const Recording& recording, const Piece& piece, std::uint64_t frame) {
  return static_cast<double>(frame + piece.lost) / recording.rate_hz;
}

/// Cuts a recording into windows as a device would and lets a watch hear them.
class Listener {
 public:
  /// `done(piece, begin)` is called behind each observation with its first frame.
  using Done = std::function<void(const Piece& piece, std::uint64_t begin)>;

  Listener(const Recording& recording, const ConditionCut& cut, device::ConditionWatch& watch)
      : recording_(&recording),
        cut_(cut),
        watch_(&watch),
        samples_(cut.window),
        scratch_(cut.window) {}

  ConditionCounts run(std::uint64_t begin, std::uint64_t end, const Done& done);

 private:
  [[nodiscard]] bool hear(std::uint64_t at, bool gap);
  void close_snapshot();

  const Recording* recording_;
  ConditionCut cut_;
  device::ConditionWatch* watch_;
  std::vector<float> samples_;
  std::vector<float> scratch_;
  ConditionCounts counts_;
};

/// True when the window counts.
bool Listener::hear(std::uint64_t at, bool gap) {
  const auto scale = static_cast<float>(recording_->scale);
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    samples_[i] = static_cast<float>(recording_->samples[at + i]) * scale;
  }
  const std::uint32_t flags = dsp::assess(samples_, {.scale = scale}).flags;
  const std::uint32_t wrong = flags & (kFlagsGrave | kFlagsMild);
  std::array<float, dsp::kOctaveFeatures> features{};
  if (wrong == 0) {
    dsp::octave_features(samples_, scratch_, features);
  }
  watch_->add(features, flags | (gap ? std::uint32_t{kFlagGapBefore} : 0U));
  ++counts_.windows;
  counts_.left_out += wrong != 0 ? 1U : 0U;
  counts_.left_out_for |= wrong;
  return wrong == 0;
}

/// The end of a snapshot is the gap behind it; what comes with this one does not count.
void Listener::close_snapshot() {
  const std::array<float, dsp::kOctaveFeatures> nothing{};
  watch_->add(nothing, kFlagGapBefore | kFlagDropout);
}

ConditionCounts Listener::run(std::uint64_t begin, std::uint64_t end, const Done& done) {
  const std::uint32_t whole =
      cut_.observation == device::Observation::kSnapshot ? device::kSnapshotWindows : 1;
  const auto observed = [&](const Piece& piece, std::uint64_t first) {
    ++counts_.observations;
    done(piece, first);
  };
  for (const Piece& piece : pieces_of(*recording_)) {
    bool gap = true;
    std::uint32_t good = 0;  // windows of the observation that is being taken
    std::uint64_t first = 0;
    for (std::uint64_t at = std::max(piece.begin, begin);
         at + cut_.window <= std::min(piece.end, end);
         at += cut_.hop) {
      if (hear(at, gap)) {
        first = good == 0 ? at : first;
        ++good;
      }
      gap = false;
      if (good == whole) {
        observed(piece, first);
        good = 0;
      }
    }
    if (good > 0) {
      close_snapshot();
      observed(piece, first);
    }
  }
  return counts_;
}

std::string left_out_text(const ConditionCounts& counts) {
  return counts.left_out == 0
             ? ""
             : " (" + std::to_string(counts.left_out) + " of " + std::to_string(counts.windows) +
                   " windows are flagged and left out)";
}

void find_episodes(ConditionHistory& history) {
  std::size_t in_alarm = 0;
  for (std::size_t i = 0; i < history.points.size(); ++i) {
    if (!history.points[i].verdict.alarm) {
      continue;
    }
    ++in_alarm;
    if (history.episodes.empty() || history.episodes.back().last + 1 != i) {
      history.episodes.push_back({i, i, i});
      continue;
    }
    ConditionEpisode& episode = history.episodes.back();
    episode.last = i;
    if (history.points[i].verdict.score > history.points[episode.peak].verdict.score) {
      episode.peak = i;
    }
  }
  history.alarm_share = history.points.empty() ? 0.0
                                               : static_cast<double>(in_alarm) /
                                                     static_cast<double>(history.points.size());
}

/// Size of a common shift of `features` (bits) at which the distance is the threshold.
std::optional<double> alarming_shift(const decide::AnomalyModel& model, std::uint32_t features) {
  std::array<float, decide::kMaxAnomalyFeatures> unit{};
  double most = 0.0;
  for (std::size_t i = 0; i < model.features; ++i) {
    if ((features >> i & 1U) != 0) {
      unit[i] = 1.0F;
      const double clipped = static_cast<double>(model.clip) * static_cast<double>(model.sigma[i]);
      most = most == 0.0 ? clipped : std::min(most, clipped);
    }
  }
  const float squared =
      decide::squared_distance(std::span(model.factor).first(decide::packed_size(model.features)),
                               std::span(unit).first(model.features));
  if (!(squared > 0.0F)) {
    return std::nullopt;
  }
  const double shift =
      static_cast<double>(model.threshold) / std::sqrt(static_cast<double>(squared));
  return shift <= most ? std::optional(shift) : std::nullopt;
}

}  // namespace

Loaded<ConditionCut> condition_cut(const Recording& recording, std::uint32_t window) {
  if (!std::has_single_bit(window) || window < dsp::kMinOctaveWindow || window > dsp::kMaxFft) {
    return Problem{"a window has a power of two of samples, " +
                   std::to_string(dsp::kMinOctaveWindow) + " to " + std::to_string(dsp::kMaxFft) +
                   ", not " + std::to_string(window) + "; choose such a number"};
  }
  if (recording.axes != 1) {
    return Problem{recording.source + ": has " + std::to_string(recording.axes) +
                   " axes, one is looked at; choose a channel"};
  }
  std::uint64_t shortest = 0;
  std::uint64_t longest = 0;
  for (const Piece& piece : pieces_of(recording)) {
    const std::uint64_t frames = piece.end - piece.begin;
    longest = std::max(longest, frames);
    if (frames >= window && (shortest == 0 || frames < shortest)) {
      shortest = frames;
    }
  }
  if (shortest == 0) {
    return Problem{recording.source + ": its longest piece without a gap has " +
                   std::to_string(longest) + " samples, a window takes " + std::to_string(window) +
                   "; record longer pieces or choose a shorter window"};
  }
  ConditionCut cut{.window = window, .hop = window / 2};
  if (!recording.gaps.empty()) {
    cut.observation = device::Observation::kSnapshot;
    while (window + cut.hop > shortest && cut.hop > window / kClosest) {
      cut.hop /= 2;
    }
  }
  return cut;
}

Loaded<LearntCondition> learn_condition(const Recording& recording,
                                        std::uint32_t window,
                                        std::uint64_t end) {
  const auto cut = condition_cut(recording, window);
  if (!cut.ok()) {
    return cut.problem();
  }
  const auto memory = std::make_unique<device::ConditionMemory>();
  device::ConditionWatch watch(*memory, window, cut->observation);
  watch.commission(1);
  double first_s = -1.0;
  double last_s = 0.0;
  LearntCondition learnt;
  learnt.cut = *cut;
  learnt.counts =
      Listener(recording, *cut, watch).run(0, end, [&](const Piece& piece, std::uint64_t begin) {
        first_s = first_s < 0.0 ? time_of(recording, piece, begin) : first_s;
        last_s = time_of(recording, piece, begin + window);
      });
  std::array<std::byte, decide::kMaxAnomalyModelBytes> room{};
  const Result<Bytes> bytes = watch.finish(room);
  if (!bytes.ok()) {
    const bool few = bytes.error() == Error::kWrongState;
    const bool snapshots = cut->observation == device::Observation::kSnapshot;
    return Problem{recording.source + ": " +
                   (few ? std::to_string(learnt.counts.observations) +
                              (snapshots ? " snapshots" : " windows") +
                              " to learn from, at least " +
                              std::to_string(device::condition_config(window).min_blocks) +
                              " are needed" + left_out_text(learnt.counts) + "; record longer"
                        : std::string("no healthy state comes out of these samples; check them"))};
  }
  learnt.model = watch.model();
  learnt.bytes.assign(bytes->begin(), bytes->end());
  learnt.seconds = last_s - first_s;
  return learnt;
}

Loaded<std::uint32_t> baseline_window(Bytes baseline, const std::string& name) {
  decide::AnomalyModel model;
  const Status decoded = decide::decode(baseline, model);
  if (decoded.error() == Error::kUnsupported) {
    return Problem{name + ": was made by a newer version; use a newer aiot"};
  }
  if (!decoded.ok()) {
    return Problem{name + ": is no baseline, or a damaged one; make one with aiot commission"};
  }
  for (std::uint32_t window = dsp::kMinOctaveWindow; window <= dsp::kMaxFft; window *= 2) {
    if (model.plan == device::condition_plan(window) && model.features == dsp::kOctaveFeatures) {
      return window;
    }
  }
  return Problem{name +
                 ": is of features that this version does not measure; make one with aiot "
                 "commission"};
}

Loaded<ConditionHistory> watch_condition(const Recording& recording,
                                         Bytes baseline,
                                         const std::string& name,
                                         std::uint64_t begin) {
  const auto window = baseline_window(baseline, name);
  if (!window.ok()) {
    return window.problem();
  }
  const auto cut = condition_cut(recording, *window);
  if (!cut.ok()) {
    return cut.problem();
  }
  const auto memory = std::make_unique<device::ConditionMemory>();
  device::ConditionWatch watch(*memory, *window, cut->observation);
  AIOT_CHECK(watch.load(baseline).ok());  // baseline_window has read it
  ConditionHistory history;
  history.model = watch.model();
  history.cut = *cut;
  history.counts = Listener(recording, *cut, watch)
                       .run(begin, recording.frames(), [&](const Piece& piece, std::uint64_t at) {
                         const decide::AnomalyVerdict* const verdict = watch.verdict();
                         if (verdict != nullptr && verdict->scored) {
                           history.points.push_back({at, time_of(recording, piece, at), *verdict});
                         }
                       });
  if (history.points.empty()) {
    return Problem{recording.source + ": " + std::to_string(history.counts.observations) +
                   " observations, the baseline judges blocks of " +
                   std::to_string(history.model.block_length) + left_out_text(history.counts) +
                   "; record longer"};
  }
  find_episodes(history);
  return history;
}

ConditionFeatureName condition_feature(std::size_t feature, double rate_hz) {
  AIOT_CHECK(feature < dsp::kOctaveFeatures);
  const bool envelope = feature >= dsp::kEnvelopeFeature && feature < dsp::kCrestFeature;
  if (feature == dsp::kKurtosisFeature) {
    return {"kurtosis"};
  }
  if (feature == dsp::kCrestFeature) {
    return {"crest factor"};
  }
  const std::size_t octave = envelope ? feature - dsp::kEnvelopeFeature : feature;
  const double hi_hz = rate_hz / static_cast<double>(2U << octave);
  return {(envelope ? "envelope kurtosis of octave " : "octave ") + std::to_string(octave),
          octave + 1 == dsp::kOctaves ? 0.0 : hi_hz / 2.0,
          hi_hz};
}

std::string condition_feature_text(std::size_t feature, double rate_hz) {
  const ConditionFeatureName name = condition_feature(feature, rate_hz);
  if (!(name.hi_hz > 0.0)) {
    return name.name;
  }
  std::array<char, 64> band{};
  (void)std::snprintf(band.data(), band.size(), " (%.0f-%.0f Hz)", name.lo_hz, name.hi_hz);
  return name.name + band.data();
}

std::optional<double> alarming_rise_db(const decide::AnomalyModel& model, std::size_t feature) {
  AIOT_CHECK(feature < model.features);
  return alarming_shift(model, 1U << feature);
}

std::optional<double> alarming_gain_db(const decide::AnomalyModel& model) {
  return alarming_shift(model, model.common);
}

}  // namespace aiot::toolkit
