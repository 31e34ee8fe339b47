// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/dsp/bearing.hpp"
#include "aiot/toolkit/loaded.hpp"

namespace aiot::toolkit {

/// A bearing of a user's own catalogue, diameters in mm.
struct NamedBearing {
  std::string name;
  dsp::BearingGeometry geometry{};
};

/// A catalogue from memory, for what is not built in. Comma-separated (RFC 4180); the first line
/// names the columns, in any order: `name`, `balls`, `ball_diameter_mm`, `pitch_diameter_mm`,
/// `contact_angle_deg` (may be missing or empty: 0). Other columns are ignored. `name` is how
/// messages call the catalogue. Refuses rows of another width, what is no number, a geometry that
/// no bearing has (`dsp::check`) and a name that is empty or there twice; a problem names line and
/// column.
Loaded<std::vector<NamedBearing>> parse_bearing_catalogue(std::string_view text,
                                                          std::string_view name);

Loaded<std::vector<NamedBearing>> load_bearing_catalogue(const std::filesystem::path& path);

/// The bearing that `text` means (`dsp::bearing_name_matches`): of `own` the one with the longest
/// name, else the built-in one, else nothing.
std::optional<NamedBearing> find_bearing(const std::vector<NamedBearing>& own,
                                         std::string_view text);

}  // namespace aiot::toolkit
