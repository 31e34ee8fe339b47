// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/shaft_speed.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "aiot/dsp/averaged_spectrum.hpp"
#include "aiot/dsp/speed.hpp"
#include "aiot/toolkit/resample.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {
namespace {

constexpr dsp::SpeedSearch kSearch{.lo_hz = static_cast<float>(kSlowestSearch_rpm / 60.0),
                                   .hi_hz = static_cast<float>(kFastestSearch_rpm / 60.0)};

/// Twice the highest line that is looked at, with room for the low-pass.
constexpr double kEnoughRate = 2.5 * 8.0 * kFastestSearch_rpm / 60.0;

constexpr std::uint64_t kLongest = 8192;
constexpr std::uint64_t kShortest = 512;

/// Spectra that are wanted on average; fewer only where transforms would get too short.
constexpr std::uint64_t kAverages = 3;

/// Only what is usable, with gaps between.
Recording usable_part(const Recording& recording, const RecordingQuality& quality) {
  Recording part = recording;
  part.samples.clear();
  part.gaps.clear();
  for (const Piece& piece : usable_pieces(recording, quality, Purpose::kRhythm)) {
    if (!part.samples.empty()) {
      part.gaps.push_back({.frame = part.samples.size(), .lost = 1});
    }
    const auto samples = std::span(recording.samples).subspan(piece.begin, piece.size());
    part.samples.insert(part.samples.end(), samples.begin(), samples.end());
  }
  return part;
}

}  // namespace

Loaded<KnownSpeed> estimate_shaft_speed(const Recording& recording,
                                        const RecordingQuality& quality) {
  Recording part = usable_part(recording, quality);
  const auto factor = static_cast<std::uint32_t>(
      std::clamp(std::floor(recording.rate_hz / kEnoughRate), 1.0, 64.0));
  if (factor > 1) {
    part = decimate(part, factor);
  }
  std::uint64_t longest = 0;
  for (const Piece& piece : pieces_of(part)) {
    longest = std::max(longest, piece.size());
  }
  if (longest < kShortest) {
    return Problem{recording.source + ": too short to estimate the speed; set --rpm N"};
  }
  // kAverages transforms that overlap by half are twice as long.
  const std::uint64_t length =
      std::clamp(std::bit_floor(2 * longest / (kAverages + 1)), kShortest, kLongest);
  std::vector<float> bins(length / 2 + 1);
  std::vector<float> scratch(length);
  dsp::AveragedSpectrum spectrum(
      {.length = static_cast<std::uint32_t>(length), .rate_hz = static_cast<float>(part.rate_hz)},
      bins,
      scratch);
  for (const Piece& piece : pieces_of(part)) {
    (void)spectrum.add_all(acceleration_of(part, piece), static_cast<std::uint32_t>(length / 2));
  }
  std::vector<float> work(2 * bins.size());
  const auto speed = dsp::estimate_speed(bins, static_cast<float>(part.rate_hz), kSearch, work);
  if (!speed.ok()) {
    return Problem{recording.source + ": " +
                   (speed.error() == Error::kOutOfRange
                        ? "too short, or sampled too slowly, to estimate the speed"
                        : "the speed can not be estimated") +
                   "; set --rpm N"};
  }
  return KnownSpeed{.rpm = 60.0 * static_cast<double>(speed->hz),
                    .source = SpeedSource::kEstimated,
                    .confidence = speed->confidence};
}

Loaded<KnownSpeed> shaft_speed(const Recording& recording,
                               const RecordingQuality& quality,
                               std::optional<double> stated_rpm) {
  if (stated_rpm) {
    return KnownSpeed{.rpm = *stated_rpm, .source = SpeedSource::kStated};
  }
  if (recording.rpm) {
    return KnownSpeed{.rpm = *recording.rpm, .source = SpeedSource::kRecording};
  }
  auto estimate = estimate_shaft_speed(recording, quality);
  if (estimate.ok() && estimate->confidence < dsp::kUsableSpeed) {
    return Problem{recording.source + ": no shaft's harmonics stand out between " +
                   shown(kSlowestSearch_rpm) + " and " + shown(kFastestSearch_rpm) +
                   " rpm, so the speed is not known; set --rpm N"};
  }
  return estimate;
}

}  // namespace aiot::toolkit
