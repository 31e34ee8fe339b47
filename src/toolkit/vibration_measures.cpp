// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/vibration_measures.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <utility>

#include "aiot/core/flags.hpp"
#include "aiot/dsp/averaged_spectrum.hpp"
#include "aiot/dsp/line_family.hpp"
#include "aiot/dsp/peaks.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::uint64_t kShortestWindow = 256;

/// Above the floor: noise of a few averages does not get there.
constexpr float kLine_db = 10.0F;
constexpr std::size_t kMostLines = 12;

/// Of the largest line: what is less are the converter's own lines.
constexpr double kSmallestLine = 1e-3;

std::uint64_t longest_of(const std::vector<Piece>& pieces) {
  std::uint64_t longest = 0;
  for (const Piece& piece : pieces) {
    longest = std::max(longest, piece.size());
  }
  return longest;
}

double mean_of(const Recording& recording, const std::vector<Piece>& pieces) {
  double sum = 0.0;
  std::uint64_t count = 0;
  for (const Piece& piece : pieces) {
    for (std::uint64_t i = piece.begin; i < piece.end; ++i) {
      sum += static_cast<double>(recording.samples[i]);
    }
    count += piece.size();
  }
  return count > 0 ? recording.scale * sum / static_cast<double>(count) : 0.0;
}

/// Acceleration of a piece about `mean`.
std::vector<float> about(const Recording& recording, const Piece& piece, double mean) {
  std::vector<float> values = acceleration_of(recording, piece);
  for (float& value : values) {
    value -= static_cast<float>(mean);
  }
  return values;
}

/// The band as far as the rate allows; the low-pass wants 2.5 samples a period.
dsp::VelocityBand possible(const dsp::VelocityBand& wanted, double rate_hz) {
  dsp::VelocityBand band = wanted;
  band.hi_hz = std::min(band.hi_hz, static_cast<float>(rate_hz / 2.56));
  return band;
}

/// Velocity of the pieces and of the windows in them.
class VelocityPass {
 public:
  VelocityPass(VibrationMeasures& measures, double rate_hz)
      : measures_(measures), meter_(measures.velocity_band, static_cast<float>(rate_hz)) {}

  /// The windows that lie in a piece begin at multiples of the hop from its begin, as those of the
  /// quality do.
  void add(const Piece& piece, std::span<const float> samples) {
    meter_.reset();
    const std::uint32_t hop = measures_.quality.hop;
    Half before{};
    for (std::uint64_t at = 0; at < samples.size(); at += hop) {
      const std::uint64_t size = std::min<std::uint64_t>(hop, samples.size() - at);
      meter_.clear();
      meter_.add(samples.subspan(at, size));
      const double rms = static_cast<double>(meter_.rms());
      const Half half{rms * rms * static_cast<double>(meter_.count()), meter_.count()};
      sum_ += half.sum;
      count_ += half.count;
      // A window is two hops; only those whose filters had settled before them count.
      if (at > 0 && before.count == hop && half.count == hop) {
        set(piece.begin + at - hop, std::sqrt((before.sum + half.sum) / (2.0 * hop)));
      }
      before = half;
    }
  }

  void finish(double rate_hz) {
    if (count_ > 0) {
      measures_.velocity_mm_s = std::sqrt(sum_ / static_cast<double>(count_));
      return;
    }
    measures_.velocity_note =
        "the filters settle for " +
        shown(std::ceil(30.0 / static_cast<double>(measures_.velocity_band.lo_hz)) / 10.0) +
        " s, no usable piece of the recording at " + shown(rate_hz) + " Hz is longer";
  }

 private:
  struct Half {
    double sum = 0.0;  // of squares
    std::uint32_t count = 0;
  };

  void set(std::uint64_t frame, double velocity) {
    const auto found = std::lower_bound(
        measures_.windows.begin(),
        measures_.windows.end(),
        frame,
        [](const WindowMeasures& window, std::uint64_t at) { return window.frame < at; });
    if (found != measures_.windows.end() && found->frame == frame && found->used) {
      found->velocity_mm_s = velocity;
    }
  }

  VibrationMeasures& measures_;
  dsp::VelocityMeter meter_;
  double sum_ = 0.0;
  std::uint64_t count_ = 0;
};

void measure_windows(const Recording& recording, Purpose purpose, VibrationMeasures& measures) {
  for (const WindowQuality& window : measures.quality.windows) {
    WindowMeasures found{.frame = window.first,
                         .flags = window.flags,
                         .used = is_usable(window, purpose),
                         .statistics = {},
                         .velocity_mm_s = {}};
    if (found.used) {
      const Piece piece{window.first, window.first + measures.quality.window};
      found.statistics = dsp::statistics(about(recording, piece, mean_of(recording, {piece})));
      ++measures.windows_used;
    }
    measures.windows.push_back(found);
  }
}

void measure_bands(std::span<const float> mean_square, double rate_hz, VibrationMeasures& out) {
  const auto length = static_cast<std::uint32_t>(2 * (mean_square.size() - 1));
  double hi = 0.5 * rate_hz;
  for (std::size_t k = kMeasuresBands; k-- > 0;) {
    const double lo = k == 0 ? 0.0 : 0.5 * hi;
    const auto bin_of = [&](double hz) {
      return static_cast<std::uint32_t>(std::ceil(hz / rate_hz * length));
    };
    // A bin at an edge belongs to the upper band; the first has all from bin 1 on.
    const dsp::BinRange range{std::max(bin_of(lo), 1U),
                              k + 1 == kMeasuresBands ? length / 2 : bin_of(hi) - 1};
    out.bands[k] = {{static_cast<float>(lo), static_cast<float>(hi)},
                    std::sqrt(static_cast<double>(dsp::band_sum(mean_square, range)))};
    hi = lo;
  }
}

void find_lines(std::span<const float> mean_square, VibrationMeasures& out) {
  constexpr std::size_t kCandidates = 200;
  constexpr std::uint32_t kReach = 48;
  const auto bins = static_cast<std::uint32_t>(mean_square.size());
  std::vector<float> sorted(2 * std::size_t{kReach} + 1);
  std::vector<float> level(bins);
  // A floor of 0, as of a tone that was computed, has no dB.
  std::vector<float> raised(mean_square.begin(), mean_square.end());
  const float least = 1e-12F * *std::max_element(raised.begin(), raised.end());
  for (float& value : raised) {
    value += least;
  }
  dsp::prominence(raised, out.spectra, kReach, sorted, level);
  std::vector<dsp::SpectralPeak> peaks(kCandidates);
  peaks.resize(
      dsp::find_peaks(mean_square,
                      {.range = {2, bins - 2}, .min_distance = 4, .shape = dsp::PeakShape::kHann},
                      peaks));
  for (const dsp::SpectralPeak& peak : peaks) {
    const double amplitude = std::sqrt(2.0 * 1.5 * static_cast<double>(peak.value));
    const bool small = !out.lines.empty() && amplitude < kSmallestLine * out.lines[0].amplitude;
    if (level[peak.bin] >= kLine_db && !small && out.lines.size() < kMostLines) {
      out.lines.push_back({.hz = static_cast<double>(peak.position) * out.bin_hz,
                           .amplitude = amplitude,
                           .prominence_db = static_cast<double>(level[peak.bin])});
    }
  }
  // Between bins the order may be another one.
  std::stable_sort(
      out.lines.begin(), out.lines.end(), [](const SpectrumLine& a, const SpectrumLine& b) {
        return a.amplitude > b.amplitude;
      });
}

/// One average over all pieces, with transforms as long as leaves four of them.
void measure_spectrum(const Recording& recording,
                      const std::vector<Piece>& pieces,
                      VibrationMeasures& out) {
  constexpr std::uint64_t kFewestSpectra = 4;
  std::uint32_t length = out.quality.window;
  if (2 * length <= 8192 && longest_of(pieces) >= (kFewestSpectra + 1) * length) {
    length *= 2;
  }
  std::vector<float> bins(length / 2 + 1);
  std::vector<float> scratch(length);
  dsp::AveragedSpectrum spectrum(
      {.length = length, .rate_hz = static_cast<float>(recording.rate_hz)}, bins, scratch);
  for (const Piece& piece : pieces) {
    (void)spectrum.add_all(about(recording, piece, out.mean), length / 2);
  }
  out.bin_hz = recording.rate_hz / static_cast<double>(length);
  out.spectra = spectrum.count();
  std::vector<float> amplitude(bins.size());
  spectrum.read(dsp::SpectrumQuantity::kToneAmplitude, amplitude);
  out.amplitude.assign(amplitude.begin(), amplitude.end());
  measure_bands(bins, recording.rate_hz, out);
  find_lines(bins, out);
}

}  // namespace

Loaded<VibrationMeasures> measure_vibration(const Recording& recording,
                                            const dsp::VelocityBand& band) {
  if (recording.axes != 1) {
    return Problem{recording.source + ": has several axes; choose one with --channel"};
  }
  const std::uint64_t longest = longest_of(pieces_of(recording));
  if (longest < kShortestWindow) {
    return Problem{recording.source + ": holds no piece of " + std::to_string(kShortestWindow) +
                   " samples without a gap; record more"};
  }
  const auto window =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(kMeasuresWindow, std::bit_floor(longest)));
  VibrationMeasures measures;
  measures.quality = assess_recording(recording, window, window / 2);
  Purpose purpose = Purpose::kLevel;
  std::vector<Piece> pieces = usable_pieces(recording, measures.quality, purpose);
  if (pieces.empty()) {
    purpose = Purpose::kRhythm;
    measures.levels_cut = true;
    pieces = usable_pieces(recording, measures.quality, purpose);
  }
  if (pieces.empty()) {
    return Problem{recording.source + ": not measured: every window is " +
                   main_fault_of(measures.quality) + "; check sensor, cable and range"};
  }
  measure_windows(recording, purpose, measures);
  measures.mean = mean_of(recording, pieces);
  measures.velocity_band = possible(band, recording.rate_hz);
  dsp::StatisticsAccumulator statistics;
  std::optional<VelocityPass> velocity;
  if (dsp::design_velocity(measures.velocity_band, static_cast<float>(recording.rate_hz)).ok()) {
    velocity.emplace(measures, recording.rate_hz);
  } else {
    measures.velocity_note = "a rate of " + shown(recording.rate_hz) + " Hz is too low for it";
  }
  for (const Piece& piece : pieces) {
    const std::vector<float> samples = about(recording, piece, measures.mean);
    statistics.add(samples);
    measures.seconds_used += static_cast<double>(piece.size()) / recording.rate_hz;
    if (velocity) {
      velocity->add(piece, samples);
    }
  }
  if (velocity) {
    velocity->finish(recording.rate_hz);
  }
  measures.statistics = statistics.result();
  measure_spectrum(recording, pieces, measures);
  return measures;
}

}  // namespace aiot::toolkit
