// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/hal/sensor.hpp"
#include "aiot/toolkit/loaded.hpp"

namespace aiot::toolkit {

/// Standard gravity in m/s^2: what files that are in g are multiplied with.
inline constexpr double kStandardGravity = 9.80665;

/// Frames that were not recorded.
struct RecordingGap {
  std::uint64_t frame = 0;  ///< index into the stored frames that the gap is in front of
  std::uint64_t lost = 0;   ///< frames that are missing there, at least 1
};

/// A vibration recording as a converter would have delivered it: 16-bit counts and what they mean.
struct Recording {
  double rate_hz = 0.0;               ///< frames per second
  double scale = 0.0;                 ///< m/s^2 per count
  std::uint32_t axes = 1;             ///< samples per frame
  std::vector<std::int16_t> samples;  ///< [frame][axis]
  std::vector<RecordingGap> gaps;     ///< by rising frame, each frame once
  std::optional<double> rpm;          ///< shaft speed, where the file or its manifest tells it
  std::string label;                  ///< from the manifest; empty when unknown
  std::string source;                 ///< the file, and the channel where it has several
  std::vector<std::string> notes;     ///< what was assumed or changed on the way, for people

  [[nodiscard]] std::uint64_t frames() const noexcept { return samples.size() / axes; }

  /// Frames with the lost ones counted: the length of the stream in time.
  [[nodiscard]] std::uint64_t stream_frames() const noexcept;
};

/// The recording's format as a sensor states it.
hal::SensorFormat format_of(const Recording& recording) noexcept;

enum class AccelerationUnit : std::uint8_t { kUnstated, kG, kMilliG, kMetrePerSecond2 };

/// What the caller knows better than the file.
struct LoadOptions {
  /// Sample rate in Hz; wins over the file's and the manifest's.
  std::optional<double> rate_hz;
  /// Which channel: a column's name or number from 1 (.csv), a channel number from 1 (.wav), DE,
  /// FE, BA or a variable's name (.mat). Several, separated by commas, become axes. Empty: the
  /// first ones, for .mat DE.
  std::string channel;
  /// m/s^2 of a full-scale sample: .wav and raw int16 without a manifest.
  std::optional<double> full_scale;
  /// Unit of the values in .csv and .mat.
  AccelerationUnit unit = AccelerationUnit::kUnstated;
  /// Channels to read when none is named.
  std::uint32_t axes = 1;
};

/// Reads a recording; the kind is told by the file's extension: .wav, .csv (.txt, .tsv), .mat, .s16
/// (.raw, .bin), .airs. Problems are one line and name the file, and the line in it where it has
/// lines.
Loaded<Recording> load_recording(const std::filesystem::path& path, const LoadOptions& options);

/// The parsers behind it, over memory; `name` is how messages call the input.
Loaded<Recording> parse_wav(Bytes file, std::string_view name, const LoadOptions& options);
Loaded<Recording> parse_csv(std::string_view text,
                            std::string_view name,
                            const LoadOptions& options);
Loaded<Recording> parse_replay(Bytes file, std::string_view name, const LoadOptions& options);

/// A MATLAB file. It is read in a child process, because the reader of that format does not survive
/// every damaged file.
Loaded<Recording> load_mat(const std::filesystem::path& path, const LoadOptions& options);

/// Raw little-endian int16 with a row in a manifest.csv beside or above it.
Loaded<Recording> load_raw(const std::filesystem::path& path, const LoadOptions& options);

/// The replay stream of a recording: what `aiot run --export` writes and the emulated board reads
/// (SPEC, replay stream), from frame `first_frame` of the stored frames on.
std::vector<std::byte> encode_replay(const Recording& recording, std::uint64_t first_frame);

/// Physical values as 16-bit counts.
struct Counts {
  std::vector<std::int16_t> samples;
  double step = 0.0;   ///< value of one count, in the unit of the values
  bool exact = false;  ///< the values are whole multiples of `step`: nothing was lost
};

/// Finds the step of which all values are whole multiples (what a converter made), trying
/// `expected_step` first when it is not 0; otherwise scales the largest value to 32766, so that no
/// sample looks saturated. All values must be finite.
Counts quantise(std::span<const double> values, double expected_step);

}  // namespace aiot::toolkit
