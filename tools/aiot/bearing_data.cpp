// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tools/aiot/bearing_data.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using toolkit::BearingRecording;
using toolkit::ManifestRow;

/// The evidence of one row; empty, or what is wrong.
std::string look(const toolkit::Manifest& manifest,
                 const ManifestRow& row,
                 const RowBearing& bearing,
                 View view,
                 BearingRecording& out) {
  auto recording = load_row(manifest, row);
  if (!recording.ok()) {
    return recording.problem().text;
  }
  toolkit::BearingViewOptions options;
  if (view == View::kWhole) {
    options.segments = toolkit::Segments::kNone;
  }
  const auto problem = toolkit::look_at_bearing(
      *recording, *row.rpm, bearing.bearing.geometry, options, row.line, out);
  return problem ? line_of(manifest, row) + problem->text : std::string();
}

}  // namespace

Features choose_features(const CheckedRows& rows, const BearingSource& source, Features wanted) {
  if (wanted != Features::kAuto) {
    return wanted;
  }
  const bool known = std::ranges::any_of(rows.manifest.rows, [&](const ManifestRow& row) {
    const auto bearing = bearing_of(rows.manifest, row, source);
    return (!bearing.ok() || bearing->has_value()) && row.rpm.has_value();
  });
  return known ? Features::kBearing : Features::kLevels;
}

BearingData load_bearing_data(CheckedRows& rows,
                              const BearingSource& source,
                              const std::vector<std::string>& group_by,
                              const std::string& parts,
                              View view,
                              Progress& progress) {
  BearingData data;
  std::map<std::string, std::size_t> assumed;
  std::size_t read = 0;
  for (const ManifestRow& row : rows.manifest.rows) {
    progress.show("looking at recording " + std::to_string(++read) + " of " +
                  std::to_string(rows.manifest.rows.size()) + ": " + row.file);
    const std::string at = line_of(rows.manifest, row) + row.file + ": ";
    const auto bearing = bearing_of(rows.manifest, row, source);
    if (!bearing.ok()) {
      rows.problems.push_back(bearing.problem().text);
      continue;
    }
    if (!bearing->has_value()) {
      rows.problems.push_back(at +
                              "the bearing is not known; name it in the column bearing or with "
                              "--bearing, or use --features levels");
      continue;
    }
    if (!row.rpm) {
      rows.problems.push_back(at + "no rpm; fill the column rpm, or use --features levels");
      continue;
    }
    BearingRecording recording;
    recording.file = row.file;
    recording.group = group_of(row, group_by);
    recording.label = row.label;
    recording.part = parts.empty() ? std::string() : column(row, parts);
    std::string problem = look(rows.manifest, row, **bearing, view, recording);
    if (!problem.empty()) {
      rows.problems.push_back(std::move(problem));
      continue;
    }
    if ((*bearing)->assumed) {
      ++assumed[(*bearing)->bearing.name];
    }
    (void)toolkit::index_of(data.labels, recording.label);
    data.recordings.push_back(std::move(recording));
  }
  for (const auto& [name, count] : assumed) {
    data.notes.push_back("bearing " + name + " assumed for " + counted(count, "recording") +
                         " of the data set CWRU; state it in the column bearing");
  }
  return data;
}

void print_problems(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    (void)fail(problem);
  }
}

}  // namespace aiot::cli
