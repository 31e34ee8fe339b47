// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/toolkit/loaded.hpp"

namespace aiot::toolkit {

/// One row of a manifest.csv: what is known about a raw int16 file. Columns are found by name; a
/// manifest needs `file`, the others may be missing or empty.
struct ManifestRow {
  std::string file;     ///< path relative to the manifest
  std::string label;    ///< column `label`
  std::string channel;  ///< column `channel`
  std::string split;    ///< column `split_hint`
  std::string group;    ///< column `source_file_number`
  std::string note;     ///< column `note`
  std::optional<double> rpm;
  std::optional<double> rate_hz;                             ///< column `fs_hz`
  std::optional<double> scale_g_per_count;                   ///< column `scale_g_per_count`
  std::optional<std::uint64_t> samples;                      ///< column `n_samples`
  std::vector<std::pair<std::string, std::string>> columns;  ///< all of them, by name, as written
  std::uint32_t line = 0;                                    ///< where the row is, for messages
};

struct Manifest {
  std::filesystem::path path;
  std::vector<ManifestRow> rows;
};

/// A manifest from memory; `name` is how messages call it. Refuses rows of another width, numbers
/// that are not numbers or not above 0, and a manifest without a `file` column.
Loaded<Manifest> parse_manifest(std::string_view text, std::string_view name);

/// The same for who wants to hear of every wrong row: those are left out, and each adds a line to
/// `problems` that begins with the name and the line number.
Loaded<Manifest> parse_manifest(std::string_view text,
                                std::string_view name,
                                std::vector<std::string>& problems);

Loaded<Manifest> load_manifest(const std::filesystem::path& path,
                               std::vector<std::string>& problems);

Loaded<Manifest> load_manifest(const std::filesystem::path& path);

/// The manifests beside and above a file, nearest first.
std::vector<std::filesystem::path> manifests_above(const std::filesystem::path& file);

/// "N snapshots of M samples, one every T s" in a note.
struct Snapshots {
  std::uint64_t count = 0;
  std::uint64_t frames = 0;  ///< of one snapshot
  double period_s = 0.0;     ///< from start to start; 0 when the note does not say
};

std::optional<Snapshots> snapshots_of(std::string_view note);

}  // namespace aiot::toolkit
