// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiot/dsp/quality.hpp"
#include "aiot/toolkit/recording.hpp"

namespace aiot::toolkit {

/// Frames [begin, end) of a recording.
struct Piece {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] std::uint64_t size() const noexcept { return end - begin; }
};

/// The frames between gaps.
std::vector<Piece> pieces_of(const Recording& recording);

/// Samples of a piece of a recording of one axis, in m/s^2.
std::vector<float> acceleration_of(const Recording& recording, const Piece& piece);

struct WindowQuality {
  std::uint64_t first = 0;  ///< frame of the recording
  std::uint64_t end = 0;    ///< behind the last one; of a piece's last window with what remains
  std::uint32_t flags = 0;  ///< as `dsp::Quality`
  float distorted = 0.0F;   ///< share of samples that are saturated or in plateaus
  std::uint32_t hold = 1;   ///< as `dsp::Quality`
};

/// What a window is to be good for.
enum class Purpose : std::uint8_t {
  kRhythm,  ///< when something happens: a little clipping does no harm
  kLevel,   ///< how strong it is
};

/// A window with more of its samples saturated or clipped is good for nothing.
inline constexpr float kMostDistorted = 0.02F;

/// Whether a window serves: its samples move, none is made up, and for levels none is cut off.
[[nodiscard]] bool is_usable(const WindowQuality& window, Purpose purpose) noexcept;

/// Where a recording is not what a machine does.
struct RecordingQuality {
  std::uint32_t window = 0;
  std::uint32_t hop = 0;
  std::vector<WindowQuality> windows;
  std::uint32_t hold = 1;  ///< every sample is there so many times, in most windows
  float edge = 1.0F;       ///< as `dsp::spectrum_edge`, of the mean spectrum; 1: not measured

  /// Windows that carry one of these flags.
  [[nodiscard]] std::size_t count(std::uint32_t flags) const noexcept;

  [[nodiscard]] std::size_t usable(Purpose purpose) const noexcept;

  /// Samples are repeated, or the spectrum ends as if upsampled.
  [[nodiscard]] bool rate_is_suspect() const noexcept {
    return hold > 1 || edge < dsp::kSuspectEdge;
  }
};

/// Looks at all windows of a recording of one axis; there are none where every piece is shorter.
///   window: 64..8192, a power of two;  hop: 1..window
RecordingQuality assess_recording(const Recording& recording,
                                  std::uint32_t window,
                                  std::uint32_t hop);

/// What most windows that serve no purpose suffer from, in words: "flat (the sensor does not
/// move)". Empty when all are usable for rhythm.
std::string main_fault_of(const RecordingQuality& quality);

/// The pieces of a recording without what belongs to windows that are not usable. Pieces shorter
/// than a window are left out.
std::vector<Piece> usable_pieces(const Recording& recording,
                                 const RecordingQuality& quality,
                                 Purpose purpose);

}  // namespace aiot::toolkit
