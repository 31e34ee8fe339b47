// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/dsp/octave_envelope.hpp"
#include "aiot/dsp/statistics.hpp"
#include "aiot/dsp/velocity.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/recording_quality.hpp"

namespace aiot::toolkit {

inline constexpr std::uint32_t kMeasuresWindow = 4096;
inline constexpr std::size_t kMeasuresBands = 8;

/// RMS of the acceleration in a band, m/s^2.
struct BandLevel {
  dsp::FrequencyBand band{};
  double rms = 0.0;
};

/// A line that stands out of a spectrum of acceleration.
struct SpectrumLine {
  double hz = 0.0;
  double amplitude = 0.0;      ///< m/s^2, peak
  double prominence_db = 0.0;  ///< above the floor around it
};

struct WindowMeasures {
  std::uint64_t frame = 0;  ///< of the recording, where the window begins
  std::uint32_t flags = 0;  ///< as `dsp::Quality`
  bool used = false;        ///< otherwise nothing below was measured
  dsp::Statistics statistics{};
  std::optional<double> velocity_mm_s;  ///< not while the filters settle
};

/// What an analyst reads off a recording, in m/s^2 and mm/s. All of it about the mean: an offset of
/// the sensor, or gravity, is in no level. Windows that are flagged flat, dropped out, alternating,
/// unresolved, saturated or clipped are left out of everything.
struct VibrationMeasures {
  RecordingQuality quality;
  std::size_t windows_used = 0;
  bool levels_cut =
      false;  ///< every window is saturated or clipped: what is shown is a lower limit
  double seconds_used = 0.0;

  double mean = 0.0;  ///< of the samples, before it was subtracted
  dsp::Statistics statistics{};

  dsp::VelocityBand velocity_band{};
  std::optional<double> velocity_mm_s;  ///< RMS; nothing when it could not be measured
  std::string velocity_note;            ///< why not

  std::array<BandLevel, kMeasuresBands>
      bands{};  ///< octaves below half the rate, and what is below
  double bin_hz = 0.0;
  std::uint32_t spectra = 0;      ///< that were averaged
  std::vector<double> amplitude;  ///< of a tone at each bin, m/s^2 peak; from 0 Hz to half the rate
  std::vector<SpectrumLine> lines;  ///< the largest first, at most 12

  std::vector<WindowMeasures> windows;  ///< all of the recording, half a window apart
};

/// Measures a recording of one axis in windows of kMeasuresWindow samples, or of the largest power
/// of two that its pieces have (not below 256).
///   band: where velocity is measured; its upper edge is lowered where the rate is too low for it
/// Problems: several axes, no piece of 256 samples, no usable window.
Loaded<VibrationMeasures> measure_vibration(const Recording& recording,
                                            const dsp::VelocityBand& band);

}  // namespace aiot::toolkit
