// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <bit>
#include <cmath>
#include <cstring>

#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

// Replay stream, see SPEC: header, then chunks of samples with the losses in front of them.
constexpr std::size_t kReplayHeader = 24;
constexpr std::size_t kReplayChunkHeader = 8;
constexpr std::uint16_t kReplayVersion = 1;
constexpr std::size_t kReplayChunkFrames = 4096;
constexpr std::byte kReplayBits{16};
constexpr std::uint64_t kReplayFirstFrameEnd = std::uint64_t{1} << 48U;

struct FoundRow {
  ManifestRow row;
  std::filesystem::path manifest;
};

bool same_meaning(const ManifestRow& a, const ManifestRow& b) {
  return a.rate_hz == b.rate_hz && a.scale_g_per_count == b.scale_g_per_count &&
         a.samples == b.samples && a.rpm == b.rpm && a.label == b.label && a.note == b.note;
}

/// The rows of `manifest` about `file`: those with its relative path, or else with its name.
std::vector<const ManifestRow*> rows_about(const Manifest& manifest,
                                           const std::filesystem::path& file) {
  std::error_code code;
  const std::filesystem::path relative = std::filesystem::absolute(file, code)
                                             .lexically_normal()
                                             .lexically_relative(manifest.path.parent_path());
  std::vector<const ManifestRow*> by_path;
  std::vector<const ManifestRow*> by_name;
  for (const ManifestRow& row : manifest.rows) {
    const std::filesystem::path listed = std::filesystem::path(row.file).lexically_normal();
    if (listed == relative) {
      by_path.push_back(&row);
    } else if (listed.filename() == file.filename()) {
      by_name.push_back(&row);
    }
  }
  return by_path.empty() ? by_name : by_path;
}

/// The nearest manifest's word on `file`; nothing when no manifest knows it.
Loaded<std::optional<FoundRow>> find_row(const std::filesystem::path& file) {
  for (const std::filesystem::path& path : manifests_above(file)) {
    const Loaded<Manifest> manifest = load_manifest(path);
    if (!manifest.ok()) {
      return manifest.problem();
    }
    const std::vector<const ManifestRow*> rows = rows_about(*manifest, file);
    for (const ManifestRow* row : rows) {
      if (!same_meaning(*row, *rows.front())) {
        return problem_in(path.string(),
                          "lines " + std::to_string(rows.front()->line) + " and " +
                              std::to_string(row->line) + " contradict each other about '" +
                              file.filename().string() + "'; remove one");
      }
    }
    if (!rows.empty()) {
      return std::optional<FoundRow>(FoundRow{*rows.front(), path});
    }
  }
  return std::optional<FoundRow>();
}

/// Gaps between snapshots that were stored one behind the other; what is wrong otherwise.
std::optional<std::string> set_snapshots(const ManifestRow& row, Recording& out) {
  const auto snapshots = snapshots_of(row.note);
  if (!snapshots) {
    return std::nullopt;
  }
  if (snapshots->frames > out.frames() || snapshots->count != out.frames() / snapshots->frames ||
      out.frames() % snapshots->frames != 0) {
    return "the note speaks of " + std::to_string(snapshots->count) + " snapshots of " +
           std::to_string(snapshots->frames) + " samples, the file holds " +
           std::to_string(out.frames()) + "; repair the manifest";
  }
  const double period = std::nearbyint(snapshots->period_s * out.rate_hz);
  const bool known = period > static_cast<double>(snapshots->frames);
  // Without a known period the length of the pause is unknown; that there is one is not.
  const std::uint64_t lost =
      known ? static_cast<std::uint64_t>(period) - snapshots->frames : snapshots->frames;
  for (std::uint64_t i = 1; i < snapshots->count; ++i) {
    out.gaps.push_back({.frame = i * snapshots->frames, .lost = lost});
  }
  out.notes.push_back(std::to_string(snapshots->count) + " snapshots of " +
                      std::to_string(snapshots->frames) + " samples, " +
                      (known ? "one every " + shown(snapshots->period_s) + " s"
                             : std::string("pauses of unknown length")) +
                      ": gaps between them");
  return std::nullopt;
}

std::optional<std::string> apply_row(const FoundRow& found,
                                     const LoadOptions& options,
                                     Recording& out) {
  const ManifestRow& row = found.row;
  const std::string where = found.manifest.string() + ": line " + std::to_string(row.line) + ": ";
  if (row.samples && *row.samples != out.samples.size()) {
    return where + "announces " + std::to_string(*row.samples) + " samples, the file holds " +
           std::to_string(out.samples.size()) + "; copy the file again or repair the manifest";
  }
  if (!row.rate_hz && !options.rate_hz) {
    return where + "fs_hz is empty; add it, or set --rate HZ";
  }
  if (!row.scale_g_per_count && !options.full_scale) {
    return where + "scale_g_per_count is empty; add it, or set --full-scale";
  }
  if (row.rate_hz && !options.rate_hz) {
    out.rate_hz = *row.rate_hz;
  }
  if (row.rate_hz && options.rate_hz && *options.rate_hz != *row.rate_hz) {
    out.notes.push_back("--rate " + shown(*options.rate_hz) + " used instead of the manifest's " +
                        shown(*row.rate_hz) + " Hz");
  }
  if (row.scale_g_per_count && !options.full_scale) {
    out.scale = *row.scale_g_per_count * kStandardGravity;
  }
  out.rpm = row.rpm;
  out.label = row.label;
  if (auto wrong = set_snapshots(row, out)) {
    return where + *wrong;
  }
  return std::nullopt;
}

std::vector<std::int16_t> codes_of(Bytes bytes) {
  std::vector<std::int16_t> codes(bytes.size() / 2);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    codes[i] = static_cast<std::int16_t>(load_le16(bytes.data() + 2 * i));
  }
  return codes;
}

void put_le16(std::vector<std::byte>& out, std::uint16_t value) {
  const std::size_t at = out.size();
  out.resize(at + 2);
  store_le16(out.data() + at, value);
}

void put_le32(std::vector<std::byte>& out, std::uint32_t value) {
  const std::size_t at = out.size();
  out.resize(at + 4);
  store_le32(out.data() + at, value);
}

void put_chunk(std::vector<std::byte>& out,
               std::uint64_t lost_frames,
               std::uint32_t axes,
               std::span<const std::int16_t> samples) {
  const std::uint32_t most = 0xFFFFFFFFU / axes;
  while (lost_frames > most) {
    put_le32(out, most * axes);
    put_le32(out, 0);
    lost_frames -= most;
  }
  put_le32(out, static_cast<std::uint32_t>(lost_frames) * axes);
  put_le32(out, static_cast<std::uint32_t>(samples.size()));
  for (const std::int16_t sample : samples) {
    put_le16(out, static_cast<std::uint16_t>(sample));
  }
}

}  // namespace

Loaded<Recording> load_raw(const std::filesystem::path& path, const LoadOptions& options) {
  const Loaded<std::vector<std::byte>> content = read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  const std::string name = path.string();
  if (content->empty()) {
    return problem_in(name, "is empty; record some samples");
  }
  if (content->size() % 2 != 0) {
    return problem_in(name, "ends within a sample (odd number of bytes); copy it again");
  }
  Recording recording;
  recording.source = name;
  recording.samples = codes_of(*content);
  recording.rate_hz = options.rate_hz.value_or(0.0);
  recording.scale = options.full_scale.value_or(0.0) / 32768.0;
  const Loaded<std::optional<FoundRow>> found = find_row(path);
  if (!found.ok()) {
    return found.problem();
  }
  if (found->has_value()) {
    if (auto wrong = apply_row(**found, options, recording)) {
      return Problem{*wrong};
    }
    return recording;
  }
  if (!options.rate_hz || !options.full_scale) {
    return problem_in(name,
                      "no manifest.csv beside or above it has a row for it; add one, or set "
                      "--rate HZ and --full-scale M_PER_S2");
  }
  recording.axes = options.axes;
  if (recording.samples.size() % recording.axes != 0) {
    return problem_in(
        name, "ends within a frame of " + std::to_string(options.axes) + " axes; copy it again");
  }
  return recording;
}

std::vector<std::byte> encode_replay(const Recording& recording, std::uint64_t first_frame) {
  const hal::SensorFormat format = format_of(recording);
  std::uint64_t skipped_lost = 0;
  for (const RecordingGap& gap : recording.gaps) {
    skipped_lost += gap.frame <= first_frame ? gap.lost : 0;
  }
  std::vector<std::byte> out;
  out.reserve(kReplayHeader + recording.samples.size() * 2 + recording.gaps.size() * 8 + 1024);
  for (const char c : {'A', 'I', 'R', 'S'}) {
    out.push_back(static_cast<std::byte>(c));
  }
  put_le16(out, kReplayVersion);
  out.push_back(static_cast<std::byte>(format.axes));
  out.push_back(kReplayBits);
  put_le32(out, std::bit_cast<std::uint32_t>(format.rate_hz));
  put_le32(out, std::bit_cast<std::uint32_t>(format.scale));
  const std::uint64_t origin = first_frame + skipped_lost;
  put_le32(out, static_cast<std::uint32_t>(origin));
  put_le32(out, static_cast<std::uint32_t>(origin >> 32U));
  std::uint64_t frame = first_frame;
  std::uint64_t lost = 0;
  std::size_t gap = 0;
  while (frame < recording.frames()) {
    std::uint64_t end = std::min<std::uint64_t>(recording.frames(), frame + kReplayChunkFrames);
    while (gap < recording.gaps.size() && recording.gaps[gap].frame <= frame) {
      lost += recording.gaps[gap].frame > first_frame ? recording.gaps[gap].lost : 0;
      ++gap;
    }
    if (gap < recording.gaps.size()) {
      end = std::min(end, recording.gaps[gap].frame);
    }
    put_chunk(out,
              lost,
              recording.axes,
              std::span(recording.samples)
                  .subspan(frame * recording.axes, (end - frame) * recording.axes));
    lost = 0;
    frame = end;
  }
  return out;
}

Loaded<Recording> parse_replay(Bytes file, std::string_view name, const LoadOptions& options) {
  if (file.size() < kReplayHeader || std::memcmp(file.data(), "AIRS", 4) != 0) {
    return problem_in(name, "is not a replay stream (no AIRS header); make one with --export");
  }
  if (load_le16(file.data() + 4) != kReplayVersion || file[7] != kReplayBits) {
    return problem_in(name, "is a replay stream of another version; make one with this aiot");
  }
  Recording recording;
  recording.source = name;
  recording.axes = std::to_integer<std::uint32_t>(file[6]);
  const auto stored_rate = std::bit_cast<float>(load_le32(file.data() + 8));
  recording.rate_hz = options.rate_hz.value_or(static_cast<double>(stored_rate));
  recording.scale = static_cast<double>(std::bit_cast<float>(load_le32(file.data() + 12)));
  if (recording.axes == 0) {
    return problem_in(name, "has no axes; the file is damaged");
  }
  const std::uint64_t first_frame = load_le64(file.data() + 16);
  if (first_frame >= kReplayFirstFrameEnd) {
    return problem_in(name, "begins at a frame beyond 2^48; the file is damaged");
  }
  std::uint64_t lost = first_frame * recording.axes;
  for (std::size_t at = kReplayHeader; at < file.size();) {
    if (file.size() - at < kReplayChunkHeader ||
        (file.size() - at - kReplayChunkHeader) / 2 < load_le32(file.data() + at + 4)) {
      return problem_in(name, "the replay stream is cut off; copy it again");
    }
    lost += load_le32(file.data() + at);
    const std::size_t samples = load_le32(file.data() + at + 4);
    at += kReplayChunkHeader;
    if (lost % recording.axes != 0 || samples % recording.axes != 0) {
      return problem_in(name,
                        "a chunk of the replay stream holds a part of a frame; it is damaged");
    }
    if (lost != 0 && samples != 0) {
      recording.gaps.push_back({.frame = recording.frames(), .lost = lost / recording.axes});
      lost = 0;
    }
    const std::vector<std::int16_t> codes = codes_of(file.subspan(at, samples * 2));
    recording.samples.insert(recording.samples.end(), codes.begin(), codes.end());
    at += samples * 2;
  }
  return recording;
}

}  // namespace aiot::toolkit
