// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/recording_quality.hpp"

namespace aiot::toolkit {

/// Who says how fast the shaft turns.
enum class SpeedSource : std::uint8_t {
  kStated = 0,  ///< whoever asks
  kRecording,   ///< the recording's file or manifest
  kEstimated,   ///< the lines in the spectrum
};

struct KnownSpeed {
  double rpm = 0.0;
  SpeedSource source = SpeedSource::kStated;
  float confidence = 1.0F;  ///< 0..1; below 1 only when estimated
};

/// Range in which an unknown speed is looked for.
inline constexpr double kSlowestSearch_rpm = 600.0;
inline constexpr double kFastestSearch_rpm = 6000.0;

/// Speed of the shaft from the harmonics that it leaves in the vibration of a recording of one
/// axis. Only the usable pieces of `quality` count. The confidence is that of
/// `dsp::estimate_speed`; below `dsp::kUsableSpeed` nobody should act on it. Lines of something
/// else, as the mains or another shaft, may be taken for the shaft's.
/// Problems: no usable piece is long enough, or a rate that does not reach the harmonics.
Loaded<KnownSpeed> estimate_shaft_speed(const Recording& recording,
                                        const RecordingQuality& quality);

/// The stated speed, else the recording's, else the estimate. Problems: as the estimate, and an
/// estimate that is not usable.
Loaded<KnownSpeed> shaft_speed(const Recording& recording,
                               const RecordingQuality& quality,
                               std::optional<double> stated_rpm);

}  // namespace aiot::toolkit
