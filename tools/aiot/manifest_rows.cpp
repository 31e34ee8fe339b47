// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tools/aiot/manifest_rows.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <utility>

namespace aiot::cli {
namespace {

using toolkit::Loaded;
using toolkit::Manifest;
using toolkit::ManifestRow;
using toolkit::Problem;

bool wanted(const ManifestRow& row, const RowFilter& filter) {
  if (filter.column && column(row, *filter.column) == filter.value) {
    return false;
  }
  if (!filter.labels.empty()) {
    return std::find(filter.labels.begin(), filter.labels.end(), row.label) != filter.labels.end();
  }
  // A whole life in one recording has no one class.
  return row.label != "run_to_failure";
}

/// What is wrong with a row beside the rows before it.
std::string objection(const Manifest& manifest,
                      const ManifestRow& row,
                      const ManifestRow* same_recording) {
  const std::string at = line_of(manifest, row) + row.file + ": ";
  if (row.label.empty()) {
    return at + "no label; fill the label column or remove the row";
  }
  if (same_recording == nullptr) {
    return {};
  }
  const std::string line = "line " + std::to_string(same_recording->line);
  if (same_recording->label != row.label) {
    return at + "the label is '" + row.label + "' here and '" + same_recording->label + "' in " +
           line + "; one of them is wrong";
  }
  if (same_recording->rpm != row.rpm) {
    return at + "another rpm than in " + line + "; one of them is wrong";
  }
  return at + "is there twice, see " + line + "; remove one of them";
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end ? std::optional(value) : std::nullopt;
}

/// The geometry that a row states itself; nothing without the column `balls`.
Loaded<std::optional<RowBearing>> stated_geometry(const std::string& at, const ManifestRow& row) {
  if (column(row, "balls").empty()) {
    return std::optional<RowBearing>();
  }
  const auto balls = number(column(row, "balls"));
  const auto ball = number(column(row, "ball_diameter_mm"));
  const auto pitch = number(column(row, "pitch_diameter_mm"));
  const std::string angle_text = column(row, "contact_angle_deg");
  const auto angle = angle_text.empty() ? std::optional(0.0) : number(angle_text);
  constexpr double kMostBalls = 1000.0;
  if (!balls || !ball || !pitch || !angle || !(*balls >= 1.0 && *balls <= kMostBalls)) {
    return Problem{at +
                   "a bearing of columns needs numbers in balls, ball_diameter_mm, "
                   "pitch_diameter_mm (and contact_angle_deg)"};
  }
  RowBearing found;
  found.bearing.name = "stated in the manifest";
  found.bearing.geometry = {.balls = static_cast<std::uint32_t>(*balls),
                            .ball_diameter = static_cast<float>(*ball),
                            .pitch_diameter = static_cast<float>(*pitch),
                            .contact_deg = static_cast<float>(*angle)};
  if (!dsp::check(found.bearing.geometry).ok()) {
    return Problem{at + "no bearing has these diameters, balls and angle; repair the manifest"};
  }
  return std::optional(found);
}

}  // namespace

const std::vector<std::string>& default_group_columns() {
  static const std::vector<std::string> columns{
      "dataset", "machine", "bearing", "label", "fault_size_in", "fault_position", "channel"};
  return columns;
}

std::string column(const ManifestRow& row, const std::string& name) {
  for (const auto& [key, value] : row.columns) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

std::string group_of(const ManifestRow& row, const std::vector<std::string>& columns) {
  // A machine that is named is one machine, whatever state it was recorded in.
  static const std::vector<std::string> named{"dataset", "machine"};
  const bool by_machine = columns == default_group_columns() && !column(row, "machine").empty();
  std::string name;
  for (const std::string& key : by_machine ? named : columns) {
    const std::string value = column(row, key);
    if (!value.empty()) {
      name += (name.empty() ? "" : " ") + value;
    }
  }
  return name.empty() ? row.file : name;
}

std::string line_of(const Manifest& manifest, const ManifestRow& row) {
  return manifest.path.string() + ":" + std::to_string(row.line) + ": ";
}

toolkit::LoadOptions load_options(const ManifestRow& row) {
  toolkit::LoadOptions options;
  options.rate_hz = row.rate_hz;
  if (row.scale_g_per_count) {
    options.full_scale = *row.scale_g_per_count * toolkit::kStandardGravity * 32768.0;
  }
  const std::string kind = std::filesystem::path(row.file).extension().string();
  if (kind == ".mat" || kind == ".csv") {
    options.channel = row.channel;
  }
  return options;
}

Loaded<toolkit::Recording> load_row(const Manifest& manifest, const ManifestRow& row) {
  auto recording =
      toolkit::load_recording(manifest.path.parent_path() / row.file, load_options(row));
  if (!recording.ok()) {
    return Problem{line_of(manifest, row) + recording.problem().text};
  }
  if (recording->axes != 1) {
    return Problem{line_of(manifest, row) + "has several axes; name one channel in the manifest"};
  }
  return recording;
}

Loaded<CheckedRows> load_rows(const std::string& path, const RowFilter& filter) {
  CheckedRows result;
  auto manifest = toolkit::load_manifest(path, result.problems);
  if (!manifest.ok()) {
    return manifest.problem();
  }
  result.manifest.path = manifest->path;
  std::map<std::pair<std::string, std::string>, ManifestRow> seen;
  for (const ManifestRow& row : manifest->rows) {
    if (!wanted(row, filter)) {
      continue;
    }
    const std::pair key{std::filesystem::path(row.file).lexically_normal().string(), row.channel};
    const auto before = seen.find(key);
    std::string problem =
        objection(*manifest, row, before == seen.end() ? nullptr : &before->second);
    if (!problem.empty()) {
      result.problems.push_back(std::move(problem));
    } else {
      seen.emplace(key, row);
      result.manifest.rows.push_back(row);
    }
  }
  return result;
}

Loaded<BearingSource> open_bearings(const std::string& name, const std::string& catalogue) {
  BearingSource source;
  if (!catalogue.empty()) {
    auto loaded = toolkit::load_bearing_catalogue(catalogue);
    if (!loaded.ok()) {
      return loaded.problem();
    }
    source.catalogue = std::move(*loaded);
  }
  if (!name.empty()) {
    source.given = toolkit::find_bearing(source.catalogue, name);
    if (!source.given) {
      return Problem{"no bearing '" + name + "' is known; bring its geometry with --catalogue"};
    }
  }
  return source;
}

Loaded<std::optional<RowBearing>> bearing_of(const Manifest& manifest,
                                             const ManifestRow& row,
                                             const BearingSource& source) {
  const std::string at = line_of(manifest, row) + row.file + ": ";
  if (source.given) {
    return std::optional(RowBearing{*source.given, false});
  }
  if (const std::string name = column(row, "bearing"); !name.empty()) {
    if (const auto found = toolkit::find_bearing(source.catalogue, name)) {
      return std::optional(RowBearing{*found, false});
    }
    // No problem yet: the column may also tell specimens apart, as "bearing 3".
  }
  auto stated = stated_geometry(at, row);
  if (!stated.ok() || *stated) {
    return stated;
  }
  if (column(row, "dataset") == "CWRU") {
    const bool fan_end = column(row, "source_path").find("Fan_End") != std::string::npos;
    if (const auto found = toolkit::find_bearing({}, fan_end ? "6203" : "6205")) {
      return std::optional(RowBearing{*found, true});
    }
  }
  return std::optional<RowBearing>();
}

}  // namespace aiot::cli
