// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/bearing_corpus.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"
#include "aiot/toolkit/bearing_analysis.hpp"
#include "aiot/toolkit/random.hpp"

namespace aiot::toolkit {
namespace {

/// 10^(db / 20) and 2^octaves by our own exponential.
double amplitude(double db) {
  return static_cast<double>(math::exp(static_cast<float>(db * 0.11512925464970229)));
}

double octaves(double count) {
  return static_cast<double>(math::exp(static_cast<float>(count * 0.6931471805599453)));
}

/// The frames [begin, end) of a recording of one axis, with the gaps between them.
Recording piece_of(const Recording& recording, std::size_t begin, std::size_t end) {
  Recording piece;
  piece.rate_hz = recording.rate_hz;
  piece.scale = recording.scale;
  piece.source = recording.source;
  piece.samples.assign(recording.samples.begin() + static_cast<std::ptrdiff_t>(begin),
                       recording.samples.begin() + static_cast<std::ptrdiff_t>(end));
  for (const RecordingGap& gap : recording.gaps) {
    if (gap.frame > begin && gap.frame < end) {
      piece.gaps.push_back({gap.frame - begin, gap.lost});
    }
  }
  return piece;
}

double deviation_of(const std::vector<std::int16_t>& samples) {
  double sum = 0;
  double squares = 0;
  for (const std::int16_t sample : samples) {
    sum += static_cast<double>(sample);
    squares += static_cast<double>(sample) * static_cast<double>(sample);
  }
  const auto count = static_cast<double>(samples.size());
  return std::sqrt(std::max(squares / count - (sum / count) * (sum / count), 0.0));
}

/// Adds white noise of `noise` times the deviation of the signal. Counts are made finer first, so
/// that the noise of a coarse recording is not rounded away.
void add_noise(Recording& recording, double noise, Random& random) {
  constexpr int kHeadroom = 12000;
  int peak = 1;
  for (const std::int16_t sample : recording.samples) {
    peak = std::max(peak, std::abs(static_cast<int>(sample)));
  }
  const double finer = std::max(1, kHeadroom / peak);
  const double deviation = noise * deviation_of(recording.samples);
  for (std::int16_t& sample : recording.samples) {
    const double value = finer * (static_cast<double>(sample) + deviation * random.normal());
    sample = static_cast<std::int16_t>(std::clamp(std::round(value), -32768.0, 32767.0));
  }
  recording.scale /= finer;
}

bool is_of_envelope(FeatureId id) {
  return id < FeatureId::kDirectOuter;
}

}  // namespace

std::optional<Problem> look_at_bearing(const Recording& recording,
                                       double rpm,
                                       const dsp::BearingGeometry& bearing,
                                       const BearingViewOptions& options,
                                       std::uint64_t stream,
                                       BearingRecording& out) {
  auto whole = analyse_bearing(recording, rpm, bearing);
  if (!whole.ok()) {
    return whole.problem();
  }
  out.whole = whole->evidence;
  if (options.segments == Segments::kNone) {
    return std::nullopt;
  }
  constexpr std::uint64_t kFirstStream = 5000;
  Random random(options.seed, kFirstStream + stream);
  const std::size_t frames = recording.samples.size();
  const auto length =
      std::min(frames, static_cast<std::size_t>(options.segment_s * recording.rate_hz));
  const auto step =
      std::max<std::size_t>(1, static_cast<std::size_t>(options.step_s * recording.rate_hz));
  for (std::size_t begin = 0; begin + length <= frames; begin += step) {
    Recording piece = piece_of(recording, begin, begin + length);
    auto clean = analyse_bearing(piece, rpm, bearing);
    const double noise = amplitude(random.between(options.noise_low_db, options.noise_high_db));
    const double told = rpm * (1.0 + random.between(-options.speed_error, options.speed_error));
    piece.scale *= octaves(random.between(-options.gain_octaves, options.gain_octaves));
    add_noise(piece, noise, random);
    auto noisy = analyse_bearing(piece, told, bearing);
    if (clean.ok() && noisy.ok()) {
      out.segments.push_back(clean->evidence);
      out.noisy.push_back(noisy->evidence);
    }
  }
  return std::nullopt;
}

std::vector<dsp::FeatureSpec> evidence_features() {
  std::vector<dsp::FeatureSpec> specs;
  for (auto id = static_cast<std::uint16_t>(FeatureId::kEnvelopeOuter);
       id <= static_cast<std::uint16_t>(FeatureId::kDirectFirstElement);
       ++id) {
    specs.push_back({static_cast<FeatureId>(id), 0, dsp::Transform::kLinear});
  }
  return specs;
}

std::vector<float> features_of(const dsp::FeaturePlan& plan, const BearingEvidence& evidence) {
  AIOT_CHECK(dsp::scratch_floats(plan) == 0);
  const std::vector<float> silence(std::size_t{plan.window} * plan.axes);
  const dsp::Window window{
      .samples = silence, .axes = plan.axes, .length = plan.window, .rate_hz = 1.0F};
  std::vector<float> features(plan.features.size());
  AIOT_CHECK(dsp::extract(plan, window, evidence, {}, features).ok());
  return features;
}

void EvidenceRows::add(const BearingEvidence& evidence,
                       std::string_view label,
                       std::string_view group) {
  const std::vector<float> features = features_of(plan_, evidence);
  dataset_.values.insert(dataset_.values.end(), features.begin(), features.end());
  dataset_.row_label.push_back(static_cast<std::uint8_t>(index_of(dataset_.labels, label)));
  dataset_.row_group.push_back(index_of(dataset_.groups, group));
}

void EvidenceRows::add_segments(const BearingRecording& recording) {
  for (std::size_t i = 0; i < recording.segments.size(); ++i) {
    add(recording.segments[i], recording.label, recording.group);
    add(recording.noisy[i], recording.label, recording.group);
  }
}

void EvidenceRows::attenuate(const AttenuationOptions& options, std::uint64_t seed) {
  Random random(seed, 5);
  const std::size_t rows = dataset_.rows();
  for (std::size_t copy = 0; copy < options.copies; ++copy) {
    for (std::size_t i = 0; i < rows; ++i) {
      const auto factor = [&](double least) {
        const bool applies = random.uniform() < options.share;
        const double value = random.between(least, 1.0);
        return static_cast<float>(applies ? value : 1.0);
      };
      const float envelope = factor(options.envelope_least);
      const float direct = factor(options.direct_least);
      for (std::size_t f = 0; f < dataset_.features; ++f) {
        const float value = dataset_.values[i * dataset_.features + f];
        dataset_.values.push_back(value *
                                  (is_of_envelope(plan_.features[f].id) ? envelope : direct));
      }
      dataset_.row_label.push_back(dataset_.row_label[i]);
      dataset_.row_group.push_back(dataset_.row_group[i]);
    }
  }
}

}  // namespace aiot::toolkit
