// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/recording_quality.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "aiot/core/check.hpp"
#include "aiot/core/flags.hpp"
#include "aiot/dsp/averaged_spectrum.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::uint32_t kMeaningless =
    kFlagNotFinite | kFlagFlatLine | kFlagDropout | kFlagAlternating | kFlagUnresolved;

/// Bins that `dsp::spectrum_edge` needs.
constexpr std::uint32_t kShortestForEdge = 512;

/// Averages the spectra of the windows that serve.
float edge_of(const Recording& recording, const RecordingQuality& quality) {
  if (quality.window < kShortestForEdge) {
    return 1.0F;
  }
  std::vector<float> bins(quality.window / 2 + 1);
  std::vector<float> scratch(quality.window);
  dsp::AveragedSpectrum spectrum(
      {.length = quality.window, .rate_hz = static_cast<float>(recording.rate_hz)}, bins, scratch);
  for (const WindowQuality& window : quality.windows) {
    if (is_usable(window, Purpose::kRhythm)) {
      spectrum.add(acceleration_of(recording, {window.first, window.first + quality.window}));
    }
  }
  return spectrum.count() > 0 ? dsp::spectrum_edge(spectrum.mean_square()) : 1.0F;
}

/// The number that most windows agree on, or 1.
std::uint32_t hold_of(const std::vector<WindowQuality>& windows) {
  for (const WindowQuality& candidate : windows) {
    const auto same =
        std::count_if(windows.begin(), windows.end(), [&candidate](const WindowQuality& window) {
          return window.hold == candidate.hold;
        });
    if (2 * static_cast<std::size_t>(same) > windows.size()) {
      return candidate.hold;
    }
  }
  return 1;
}

}  // namespace

std::vector<Piece> pieces_of(const Recording& recording) {
  std::vector<Piece> pieces;
  std::uint64_t begin = 0;
  for (std::size_t gap = 0; gap <= recording.gaps.size(); ++gap) {
    const std::uint64_t end =
        gap < recording.gaps.size() ? recording.gaps[gap].frame : recording.frames();
    if (end > begin) {
      pieces.push_back({begin, end});
    }
    begin = end;
  }
  return pieces;
}

std::vector<float> acceleration_of(const Recording& recording, const Piece& piece) {
  AIOT_CHECK(recording.axes == 1 && piece.begin <= piece.end && piece.end <= recording.frames());
  const auto scale = static_cast<float>(recording.scale);
  std::vector<float> values;
  values.reserve(piece.size());
  for (const std::int16_t count : std::span(recording.samples).subspan(piece.begin, piece.size())) {
    values.push_back(static_cast<float>(count) * scale);
  }
  return values;
}

bool is_usable(const WindowQuality& window, Purpose purpose) noexcept {
  if ((window.flags & kMeaningless) != 0 || window.distorted > kMostDistorted) {
    return false;
  }
  return purpose == Purpose::kRhythm || (window.flags & (kFlagSaturated | kFlagClipped)) == 0;
}

std::size_t RecordingQuality::count(std::uint32_t flags) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(windows.begin(), windows.end(), [flags](const WindowQuality& at) {
        return (at.flags & flags) != 0;
      }));
}

std::size_t RecordingQuality::usable(Purpose purpose) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(windows.begin(), windows.end(), [purpose](const WindowQuality& at) {
        return is_usable(at, purpose);
      }));
}

RecordingQuality assess_recording(const Recording& recording,
                                  std::uint32_t window,
                                  std::uint32_t hop) {
  AIOT_CHECK(hop >= 1 && hop <= window);
  RecordingQuality quality{.window = window, .hop = hop, .windows = {}};
  const dsp::QualityConfig config{.scale = static_cast<float>(recording.scale)};
  for (const Piece& piece : pieces_of(recording)) {
    const std::vector<float> samples = acceleration_of(recording, piece);
    for (std::uint64_t at = 0; at + window <= piece.size(); at += hop) {
      const dsp::Quality found = dsp::assess(std::span(samples).subspan(at, window), config);
      const bool last = at + hop + window > piece.size();
      quality.windows.push_back({.first = piece.begin + at,
                                 .end = last ? piece.end : piece.begin + at + window,
                                 .flags = found.flags,
                                 .distorted = std::max(found.saturated, found.clipped),
                                 .hold = found.hold});
    }
  }
  quality.hold = hold_of(quality.windows);
  quality.edge = edge_of(recording, quality);
  return quality;
}

std::string main_fault_of(const RecordingQuality& quality) {
  struct Fault {
    std::uint32_t flags;
    const char* words;
  };

  // By gravity: of two that are as frequent the first is told.
  constexpr std::array<Fault, 6> kFaults{{
      {kFlagNotFinite, "not finite"},
      {kFlagFlatLine, "flat (the sensor does not move)"},
      {kFlagDropout, "interrupted by dropouts"},
      {kFlagAlternating, "alternating from sample to sample (no machine does that)"},
      {kFlagSaturated | kFlagClipped, "saturated or clipped in large part"},
      {kFlagUnresolved, "below the converter's resolution"},
  }};
  std::array<std::size_t, kFaults.size()> counts{};
  for (const WindowQuality& window : quality.windows) {
    for (std::size_t i = 0; i < kFaults.size() && !is_usable(window, Purpose::kRhythm); ++i) {
      counts[i] += (window.flags & kFaults[i].flags) != 0 ? 1U : 0U;
    }
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return *most == 0 ? "" : kFaults[static_cast<std::size_t>(most - counts.begin())].words;
}

std::vector<Piece> usable_pieces(const Recording& recording,
                                 const RecordingQuality& quality,
                                 Purpose purpose) {
  std::vector<Piece> usable;
  const auto keep = [&](std::uint64_t begin, std::uint64_t end) {
    if (end >= begin + quality.window) {
      usable.push_back({begin, end});
    }
  };
  auto window = quality.windows.begin();
  for (const Piece& piece : pieces_of(recording)) {
    std::uint64_t begin = piece.begin;
    for (; window != quality.windows.end() && window->first < piece.end; ++window) {
      if (!is_usable(*window, purpose)) {
        keep(begin, window->first);
        begin = std::max(begin, window->end);
      }
    }
    keep(begin, piece.end);
  }
  return usable;
}

}  // namespace aiot::toolkit
