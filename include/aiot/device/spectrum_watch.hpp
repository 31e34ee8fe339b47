// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/result.hpp"
#include "aiot/decide/band_alarm.hpp"
#include "aiot/decide/levels.hpp"
#include "aiot/device/machine.hpp"
#include "aiot/dsp/averaged_spectrum.hpp"

namespace aiot::device {

/// What the windows look like whose spectra are averaged.
struct WindowStream {
  std::uint32_t window = 0;  ///< frames, `dsp::is_fft_size`
  std::uint32_t hop = 0;     ///< frames
  float rate_hz = 0.0F;
};

/// Floats that an average over windows of so many frames takes.
constexpr std::size_t spectrum_floats(std::size_t window) noexcept {
  return window / 2 + 1;
}

/// Whether limits can be judged. Errors: those of `decide::check`; `kInvalidArgument` relative
/// levels, a band whose edges are not ascending or in which no bin lies, zones at a rate below 2560
/// Hz, at which their band does not fit.
[[nodiscard]] Status check(const MachineLimits& limits, const WindowStream& stream) noexcept;

/// Averages the spectra of all good windows of about ten seconds (Hann taper, all count the same),
/// then judges the average: RMS of each band with its largest line, and severity by the velocity
/// from 10 to 1000 Hz. Persistence of band alarms counts averages.
class SpectrumWatch {
 public:
  static constexpr float kAverageSeconds = 10.0F;

  /// `limits` (may be null: nothing is judged) passed `check`; it, `bins` [spectrum_floats(window)]
  /// and `scratch` [window] outlive the watch.
  SpectrumWatch(const MachineLimits* limits,
                const WindowStream& stream,
                std::span<float> bins,
                std::span<float> scratch) noexcept;

  /// One window; `samples` may be the scratch itself.
  void add(std::span<const float> samples) noexcept;

  /// Forgets the average that is being taken and what was judged.
  void restart() noexcept {
    restart_ = true;
    findings_.reset();
  }

  /// True until the first window after a restart: others may have used the memory of the average.
  [[nodiscard]] bool restarting() const noexcept { return restart_; }

  /// The average so far; behind a judgement the one that was judged, until the next window.
  [[nodiscard]] const dsp::AveragedSpectrum& average() const noexcept { return average_; }

  /// What the last complete average says; nullptr before the first and without limits.
  [[nodiscard]] const decide::LevelFindings* findings() const noexcept {
    return findings_.has_value() ? &*findings_ : nullptr;
  }

 private:
  void judge() noexcept;
  void judge_bands(decide::LevelFindings& findings) noexcept;
  void judge_zone(decide::LevelFindings& findings) const noexcept;

  const MachineLimits* limits_;
  WindowStream stream_;
  std::uint32_t wanted_;  // windows in an average
  bool restart_ = false;  // with the next window; others may have used the bins until then
  dsp::AveragedSpectrum average_;
  std::optional<decide::BandAlarm> alarm_;
  std::optional<decide::LevelFindings> findings_;
};

}  // namespace aiot::device
