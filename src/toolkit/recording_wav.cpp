// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <bit>
#include <cmath>
#include <cstring>

#include "aiot/toolkit/recording.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kFloat = 3;
constexpr std::uint16_t kExtensible = 0xFFFE;
constexpr std::uint32_t kUnknownSize = 0xFFFFFFFF;  // written by programs that stream

struct WavFormat {
  std::uint16_t code = 0;
  std::uint16_t channels = 0;
  std::uint32_t rate_hz = 0;
  std::uint16_t bits = 0;

  [[nodiscard]] std::size_t sample_bytes() const noexcept { return bits / 8U; }

  [[nodiscard]] std::size_t frame_bytes() const noexcept { return sample_bytes() * channels; }
};

struct WavParts {
  WavFormat format;
  Bytes data;
};

bool is_tag(const std::byte* at, const char* tag) noexcept {
  return std::memcmp(at, tag, 4) == 0;
}

Loaded<WavFormat> parse_format(Bytes chunk, std::string_view name) {
  if (chunk.size() < 16) {
    return problem_in(name, "the fmt chunk of the WAV file is too short; the file is damaged");
  }
  WavFormat format{.code = load_le16(chunk.data()),
                   .channels = load_le16(chunk.data() + 2),
                   .rate_hz = load_le32(chunk.data() + 4),
                   .bits = load_le16(chunk.data() + 14)};
  if (format.code == kExtensible && chunk.size() >= 26) {
    format.code = load_le16(chunk.data() + 24);  // first two bytes of the sub-format's GUID
  }
  const bool pcm = format.code == kPcm && (format.bits == 8 || format.bits == 16 ||
                                           format.bits == 24 || format.bits == 32);
  const bool floating = format.code == kFloat && (format.bits == 32 || format.bits == 64);
  if (!pcm && !floating) {
    return problem_in(name,
                      "WAV format " + std::to_string(format.code) + " with " +
                          std::to_string(format.bits) +
                          " bits is not read; save it as PCM 16, 24 or 32 bits or as float");
  }
  if (format.channels == 0 || format.channels > 64 ||
      load_le16(chunk.data() + 12) != format.frame_bytes()) {
    return problem_in(name,
                      "the channels of the WAV file contradict its frame size; it is damaged");
  }
  return format;
}

Loaded<WavParts> find_parts(Bytes file, std::string_view name) {
  if (file.size() < 12 || !is_tag(file.data(), "RIFF") || !is_tag(file.data() + 8, "WAVE")) {
    return problem_in(name, "is not a WAV file (no RIFF/WAVE header); check what it is");
  }
  WavParts parts;
  std::size_t at = 12;
  while (file.size() - at >= 8) {
    const std::byte* const head = file.data() + at;
    const std::uint32_t size = load_le32(head + 4);
    at += 8;
    const std::size_t left = file.size() - at;
    if (is_tag(head, "data")) {
      if (parts.format.channels == 0) {
        return problem_in(name, "the WAV file has samples before their format; it is damaged");
      }
      if (size != kUnknownSize && size > left) {
        return problem_in(name,
                          "the WAV file is cut off: " + std::to_string(size) +
                              " bytes of samples announced, " + std::to_string(left) +
                              " present; copy it again");
      }
      parts.data = file.subspan(at, size == kUnknownSize ? left : size);
      return parts;
    }
    if (size > left) {
      break;
    }
    if (is_tag(head, "fmt ")) {
      const Loaded<WavFormat> format = parse_format(file.subspan(at, size), name);
      if (!format.ok()) {
        return format.problem();
      }
      parts.format = *format;
    }
    at += std::min<std::size_t>(left, std::size_t{size} + (size & 1U));
  }
  return problem_in(name, "the WAV file ends before its samples; copy it again");
}

/// One sample as a part of full scale; floats as they are.
double value_of(const std::byte* at, const WavFormat& format) noexcept {
  if (format.code == kFloat) {
    return format.bits == 32 ? static_cast<double>(std::bit_cast<float>(load_le32(at)))
                             : std::bit_cast<double>(load_le64(at));
  }
  switch (format.bits) {
    case 8:
      return (std::to_integer<int>(at[0]) - 128) / 128.0;
    case 16:
      return static_cast<std::int16_t>(load_le16(at)) / 32768.0;
    case 24: {
      const std::uint32_t code = (static_cast<std::uint32_t>(load_le16(at)) << 8U) |
                                 (std::to_integer<std::uint32_t>(at[2]) << 24U);
      return static_cast<std::int32_t>(code) / 2147483648.0;
    }
    default:
      return static_cast<std::int32_t>(load_le32(at)) / 2147483648.0;
  }
}

/// Channel numbers from 0 that the options ask for.
Loaded<std::vector<std::size_t>> chosen_channels(const WavFormat& format,
                                                 std::string_view name,
                                                 const LoadOptions& options) {
  std::vector<std::size_t> chosen;
  for (const std::string& part : channel_list(options.channel)) {
    const auto number = count_of(part);
    if (!number || *number == 0 || *number > format.channels) {
      return problem_in(name,
                        "has no channel '" + part + "'; choose --channel 1 to " +
                            std::to_string(format.channels));
    }
    chosen.push_back(*number - 1);
  }
  for (std::size_t i = 0; options.channel.empty() && i < options.axes; ++i) {
    if (i >= format.channels) {
      return problem_in(name,
                        "has " + std::to_string(format.channels) + " channels, " +
                            std::to_string(options.axes) +
                            " are needed; use another recording or package");
    }
    chosen.push_back(i);
  }
  if (chosen.empty()) {
    return problem_in(name, "no channel chosen; use --channel 1");
  }
  return chosen;
}

std::string channel_note(const WavFormat& format, const std::vector<std::size_t>& chosen) {
  std::string text = "channel";
  for (const std::size_t channel : chosen) {
    text += " " + std::to_string(channel + 1);
  }
  return text + " of " + std::to_string(format.channels);
}

}  // namespace

Loaded<Recording> parse_wav(Bytes file, std::string_view name, const LoadOptions& options) {
  const Loaded<WavParts> parts = find_parts(file, name);
  if (!parts.ok()) {
    return parts.problem();
  }
  const WavFormat& format = parts->format;
  const std::size_t frames = parts->data.size() / format.frame_bytes();
  if (parts->data.size() % format.frame_bytes() != 0) {
    return problem_in(name, "the samples of the WAV file end within a frame; copy it again");
  }
  const auto chosen = chosen_channels(format, name, options);
  if (!chosen.ok()) {
    return chosen.problem();
  }
  Recording recording;
  recording.rate_hz = options.rate_hz.value_or(format.rate_hz);
  recording.axes = static_cast<std::uint32_t>(chosen->size());
  recording.source = name;
  std::vector<double> values;
  values.reserve(frames * chosen->size());
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const std::byte* const at = parts->data.data() + frame * format.frame_bytes();
    for (const std::size_t channel : *chosen) {
      values.push_back(value_of(at + channel * format.sample_bytes(), format));
      if (!std::isfinite(values.back())) {
        return problem_in(name,
                          "frame " + std::to_string(frame) +
                              " is not a finite number; repair or cut the recording");
      }
    }
  }
  // 16-bit codes are kept as they are: their step is known.
  Counts counts = quantise(values, format.code == kPcm && format.bits <= 16 ? 1.0 / 32768.0 : 0.0);
  recording.samples = std::move(counts.samples);
  recording.scale = counts.step * options.full_scale.value_or(kStandardGravity);
  if (!options.full_scale) {
    recording.notes.emplace_back(
        "WAV files have no unit: full scale taken as 1 g (--full-scale in m/s^2 changes it)");
  }
  if (!counts.exact) {
    recording.notes.emplace_back("rounded to 16 bits, largest sample " + shown(32766) + " counts");
  }
  if (options.rate_hz && *options.rate_hz != format.rate_hz) {
    recording.notes.emplace_back("--rate " + shown(*options.rate_hz) +
                                 " used instead of the file's " + std::to_string(format.rate_hz) +
                                 " Hz");
  }
  if (format.channels > 1) {
    recording.notes.emplace_back(channel_note(format, *chosen));
  }
  return recording;
}

}  // namespace aiot::toolkit
