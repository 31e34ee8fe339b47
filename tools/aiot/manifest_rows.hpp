// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aiot/dsp/bearing.hpp"
#include "aiot/toolkit/bearing_catalogue.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"

namespace aiot::cli {

/// Columns of a manifest that tell one physical machine from another. A load or speed is none: the
/// same bearing at another load is the same bearing.
const std::vector<std::string>& default_group_columns();

/// The value of a column, "" if there is none.
std::string column(const toolkit::ManifestRow& row, const std::string& name);

/// Name of the machine or bearing of a row: the values of `columns`, or the file.
std::string group_of(const toolkit::ManifestRow& row, const std::vector<std::string>& columns);

/// "manifest.csv:12: ", for messages.
std::string line_of(const toolkit::Manifest& manifest, const toolkit::ManifestRow& row);

/// What the manifest says of a file, so that a manifest of any name will do.
toolkit::LoadOptions load_options(const toolkit::ManifestRow& row);

/// The recording of a row; a problem begins with `line_of`.
toolkit::Loaded<toolkit::Recording> load_row(const toolkit::Manifest& manifest,
                                             const toolkit::ManifestRow& row);

/// Which rows are meant.
struct RowFilter {
  std::vector<std::string> labels;    ///< only these; empty: all but whole lives
  std::optional<std::string> column;  ///< of rows that are left out where it has `value`
  std::string value;
};

/// The rows of a manifest that can be used, and a line for each that can not: a cell that is no
/// number, no label, the same recording twice.
struct CheckedRows {
  toolkit::Manifest manifest;
  std::vector<std::string> problems;
};

toolkit::Loaded<CheckedRows> load_rows(const std::string& path, const RowFilter& filter);

/// Where the bearing of a row is looked up when the manifest does not say it.
struct BearingSource {
  std::vector<toolkit::NamedBearing> catalogue;
  std::optional<toolkit::NamedBearing> given;  ///< by --bearing: of all rows
};

/// From --bearing and --catalogue, either may be empty.
toolkit::Loaded<BearingSource> open_bearings(const std::string& name, const std::string& catalogue);

/// The bearing of a row: the given one, the column `bearing`, the columns `balls`,
/// `ball_diameter_mm`, `pitch_diameter_mm` and `contact_angle_deg`, or, of the data set CWRU, the
/// one of the end where the fault is. Nothing where no bearing is stated; a problem where what is
/// stated is none.
struct RowBearing {
  toolkit::NamedBearing bearing;
  bool assumed = false;  ///< by the name of the data set
};

toolkit::Loaded<std::optional<RowBearing>> bearing_of(const toolkit::Manifest& manifest,
                                                      const toolkit::ManifestRow& row,
                                                      const BearingSource& source);

}  // namespace aiot::cli
