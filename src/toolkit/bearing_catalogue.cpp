// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/bearing_catalogue.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {
namespace {

enum Column : std::size_t { kName, kBalls, kBallDiameter, kPitchDiameter, kContactAngle, kColumns };

constexpr std::array<std::string_view, kColumns> kColumnNames = {
    "name", "balls", "ball_diameter_mm", "pitch_diameter_mm", "contact_angle_deg"};

constexpr std::size_t kMissing = static_cast<std::size_t>(-1);

using Places = std::array<std::size_t, kColumns>;

std::string at_line(std::uint32_t line, const std::string& what) {
  return "line " + std::to_string(line) + ": " + what + "; repair the catalogue";
}

std::string cited(std::string_view cell) {
  return "'" + std::string(trimmed(cell).substr(0, 24)) + "'";
}

std::string column_text(Column column) {
  return "column " + std::string(kColumnNames[column]);
}

/// Where each column is, or what is wrong with the header.
std::optional<std::string> read_header(const std::vector<std::string>& header, Places& places) {
  places.fill(kMissing);
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto* const known =
        std::find(kColumnNames.begin(), kColumnNames.end(), trimmed(header[i]));
    if (known == kColumnNames.end()) {
      continue;
    }
    std::size_t& place = places[static_cast<std::size_t>(known - kColumnNames.begin())];
    if (place != kMissing) {
      return "the column " + std::string(*known) + " is there twice";
    }
    place = i;
  }
  for (std::size_t column = 0; column < kContactAngle; ++column) {
    if (places[column] == kMissing) {
      return "no column '" + std::string(kColumnNames[column]) +
             "' in the first line, which names the columns";
    }
  }
  return std::nullopt;
}

/// One row as a bearing, or what is wrong with it.
class Row {
 public:
  Row(const std::vector<std::string>& fields, const Places& places)
      : fields_(fields), places_(places) {}

  std::optional<std::string> read(NamedBearing& bearing) const {
    bearing.name = trimmed(fields_[places_[kName]]);
    if (!dsp::bearing_name_matches(bearing.name, bearing.name)) {
      return column_text(kName) + " " + cited(bearing.name) + " has no letter or digit";
    }
    const auto balls = count_of(fields_[places_[kBalls]]);
    if (!balls || *balls > 1'000'000) {
      return column_text(kBalls) + " " + cited(fields_[places_[kBalls]]) + " is not a count";
    }
    bearing.geometry.balls = static_cast<std::uint32_t>(*balls);
    if (auto wrong = read_number(kBallDiameter, bearing.geometry.ball_diameter)) {
      return wrong;
    }
    if (auto wrong = read_number(kPitchDiameter, bearing.geometry.pitch_diameter)) {
      return wrong;
    }
    if (places_[kContactAngle] != kMissing && !trimmed(fields_[places_[kContactAngle]]).empty()) {
      if (auto wrong = read_number(kContactAngle, bearing.geometry.contact_deg)) {
        return wrong;
      }
    }
    return geometry_problem(bearing.geometry);
  }

 private:
  std::optional<std::string> read_number(Column column, float& value) const {
    const std::string& cell = fields_[places_[column]];
    const auto number = number_of(cell);
    // Beyond that no float could hold it, and no bearing is so large or so small.
    if (!number || !(*number >= 0.0 && *number < 1e6) || (*number > 0.0 && *number < 1e-6)) {
      return column_text(column) + " " + cited(cell) + " is not a number that a bearing can have";
    }
    value = static_cast<float>(*number);
    return std::nullopt;
  }

  std::optional<std::string> geometry_problem(const dsp::BearingGeometry& geometry) const {
    if (dsp::check(geometry).ok()) {
      return std::nullopt;
    }
    for (const auto& [column, value] : {std::pair{kBallDiameter, geometry.ball_diameter},
                                        std::pair{kPitchDiameter, geometry.pitch_diameter}}) {
      if (!(value > 0.0F)) {
        return column_text(column) + " " + cited(fields_[places_[column]]) + " is not above 0";
      }
    }
    if (!(geometry.contact_deg < 90.0F)) {
      return column_text(kContactAngle) + " " + cited(fields_[places_[kContactAngle]]) +
             " is not below 90 degrees";
    }
    return column_text(kBalls) + " " + cited(fields_[places_[kBalls]]) + ": not 3 to 128, or " +
           "more than fit side by side with ball_diameter_mm " +
           cited(fields_[places_[kBallDiameter]]) + " on pitch_diameter_mm " +
           cited(fields_[places_[kPitchDiameter]]);
  }

  const std::vector<std::string>& fields_;
  const Places& places_;
};

}  // namespace

Loaded<std::vector<NamedBearing>> parse_bearing_catalogue(std::string_view text,
                                                          std::string_view name) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  SeparatedText records(text, ',');
  std::vector<std::string> header;
  if (records.next(header) != SeparatedText::Next::kRecord) {
    header.clear();
  }
  Places places{};
  if (const auto wrong = read_header(header, places)) {
    return problem_in(name, "is not a catalogue of bearings: " + *wrong);
  }
  std::vector<NamedBearing> bearings;
  std::vector<std::string> fields;
  SeparatedText::Next next = records.next(fields);
  for (; next == SeparatedText::Next::kRecord; next = records.next(fields)) {
    if (fields.size() != header.size()) {
      return problem_in(name,
                        at_line(records.line(),
                                std::to_string(fields.size()) + " fields, the header has " +
                                    std::to_string(header.size())));
    }
    NamedBearing bearing;
    if (const auto wrong = Row(fields, places).read(bearing)) {
      return problem_in(name, at_line(records.line(), *wrong));
    }
    const auto same = [&](const NamedBearing& other) {
      return lowered(other.name) == lowered(bearing.name);
    };
    if (std::any_of(bearings.begin(), bearings.end(), same)) {
      return problem_in(
          name,
          at_line(records.line(),
                  column_text(kName) + " " + cited(bearing.name) + " is there twice"));
    }
    bearings.push_back(std::move(bearing));
  }
  if (next == SeparatedText::Next::kOpenQuote) {
    return problem_in(name, at_line(records.line(), "a quoted field does not end"));
  }
  return bearings;
}

Loaded<std::vector<NamedBearing>> load_bearing_catalogue(const std::filesystem::path& path) {
  const Loaded<std::vector<std::byte>> content = read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  return parse_bearing_catalogue(text_of(*content), path.string());
}

std::optional<NamedBearing> find_bearing(const std::vector<NamedBearing>& own,
                                         std::string_view text) {
  const NamedBearing* best = nullptr;
  for (const NamedBearing& bearing : own) {
    if (dsp::bearing_name_matches(bearing.name, text) &&
        (best == nullptr || bearing.name.size() > best->name.size())) {
      best = &bearing;
    }
  }
  if (best != nullptr) {
    return *best;
  }
  if (const dsp::Bearing* const built_in = dsp::find_bearing(text)) {
    return NamedBearing{std::string(built_in->name), built_in->geometry};
  }
  return std::nullopt;
}

}  // namespace aiot::toolkit
