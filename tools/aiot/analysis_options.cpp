// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/analysis_options.hpp"

#include <array>
#include <cmath>

#include "aiot/core/check.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {
namespace {

using toolkit::Loaded;
using toolkit::NamedBearing;
using toolkit::Problem;
using toolkit::Recording;

toolkit::AccelerationUnit unit_of(const std::string& text) {
  if (text == "g") {
    return toolkit::AccelerationUnit::kG;
  }
  if (text == "mg") {
    return toolkit::AccelerationUnit::kMilliG;
  }
  return text == "m/s2" ? toolkit::AccelerationUnit::kMetrePerSecond2
                        : toolkit::AccelerationUnit::kUnstated;
}

bool has_geometry(const BearingOptions& options) {
  return options.balls || options.ball_diameter || options.pitch_diameter;
}

decide::ZoneLimits limits_of(const SeverityOptions& options) {
  if (!options.limits.empty()) {
    return {static_cast<float>(options.limits[0]),
            static_cast<float>(options.limits[1]),
            static_cast<float>(options.limits[2])};
  }
  const auto found = decide::find_limits(
      decide::kIso10816Part3,
      options.group == 1 ? decide::MachineGroup::kGroup1 : decide::MachineGroup::kGroup2,
      options.support == "rigid" ? decide::Support::kRigid : decide::Support::kFlexible);
  AIOT_CHECK(found.ok());
  return *found;
}

std::string names_of(const std::vector<NamedBearing>& own) {
  std::string text;
  for (const NamedBearing& bearing : own) {
    text += (text.empty() ? "" : ", ") + bearing.name;
  }
  for (const dsp::Bearing& bearing : dsp::bearing_catalogue()) {
    text += (text.empty() ? "" : ", ") + std::string(bearing.name);
  }
  return text;
}

}  // namespace

std::string share_number(const std::string& text) {
  double value = 0.0;
  if (!CLI::detail::lexical_cast(text, value) || !(value >= 0.0 && value <= 1.0)) {
    return "has to be a number from 0 to 1, not '" + text + "'";
  }
  return {};
}

std::string positive_number(const std::string& text) {
  double value = 0.0;
  if (!CLI::detail::lexical_cast(text, value) || !std::isfinite(value) || !(value > 0.0)) {
    return "has to be a number above 0, not '" + text + "'";
  }
  return {};
}

const char* const kRecordingHelp =
    "RECORDING is a .wav, .csv, .mat, .s16 or .airs file (see aiot run --help). Its speed comes\n"
    "from --rpm, else from the file or a manifest.csv beside or above it.\n";

void add_recording_options(CLI::App& verb, RecordingOptions& options) {
  verb.add_option("recording", options.path, "The recording")->type_name("RECORDING")->required();
  verb.add_option("--rpm", options.rpm, "Speed of the shaft, revolutions a minute")
      ->check(positive_number)
      ->type_name("N");
  verb.add_option("--channel", options.channel, "Which channel: name or number");
  verb.add_option("--rate", options.rate_hz, "Sample rate in Hz; wins over the file's")
      ->check(positive_number)
      ->type_name("HZ");
  verb.add_option(
          "--full-scale", options.full_scale, "m/s^2 of a full-scale sample (.wav, raw int16)")
      ->check(positive_number)
      ->type_name("M/S2");
  verb.add_option("--unit", options.unit, "Unit of the values in .csv and .mat")
      ->check(CLI::IsMember({"g", "mg", "m/s2"}));
}

Loaded<Recording> open_recording(const RecordingOptions& options) {
  toolkit::LoadOptions load;
  load.rate_hz = options.rate_hz;
  load.channel = options.channel;
  load.full_scale = options.full_scale;
  load.unit = unit_of(options.unit);
  auto recording = toolkit::load_recording(options.path, load);
  if (recording.ok() && recording->axes != 1) {
    return Problem{recording->source + ": has " + std::to_string(recording->axes) +
                   " axes, one is looked at; choose with --channel"};
  }
  return recording;
}

void add_severity_options(CLI::App& verb, SeverityOptions& options) {
  verb.add_option(
          "--machine-group", options.group, "1: above 300 kW, 2: 15 to 300 kW (ISO 10816-3)")
      ->check(CLI::IsMember({1, 2}))
      ->capture_default_str();
  verb.add_option("--support", options.support, "How the machine stands")
      ->check(CLI::IsMember({"rigid", "flexible"}))
      ->capture_default_str();
  verb.add_option("--limits", options.limits, "Limits A/B,B/C,C/D of your own in mm/s RMS")
      ->delimiter(',')
      ->expected(3)
      ->type_name("AB,BC,CD");
  verb.add_flag("--slow", options.slow, "Below 600 rpm: velocity from 2 instead of 10 Hz on");
}

std::string problem_of(const SeverityOptions& options) {
  return decide::check(limits_of(options)).ok()
             ? ""
             : "--limits have to be three rising numbers above 0; correct them";
}

dsp::VelocityBand velocity_band(const SeverityOptions& options) {
  return {.lo_hz = options.slow ? 2.0F : 10.0F, .hi_hz = 1000.0F};
}

Severity judge_severity(const SeverityOptions& options, double velocity_mm_s) {
  Severity severity{.velocity_mm_s = velocity_mm_s, .limits = limits_of(options), .origin = {}};
  const auto zone = decide::zone(static_cast<float>(velocity_mm_s), severity.limits);
  AIOT_CHECK(zone.ok());
  severity.zone = *zone;
  const std::string numbers = printed("%g", static_cast<double>(severity.limits.a_b)) +
                              printed(", %g", static_cast<double>(severity.limits.b_c)) +
                              printed(" and %g mm/s", static_cast<double>(severity.limits.c_d));
  severity.origin =
      options.limits.empty()
          ? "The limits " + numbers + " are defaults from ISO 10816-3 for machine group " +
                std::to_string(options.group) + " on " + options.support +
                " support; check them against the edition and contract that apply to the machine."
          : "The limits " + numbers + " are those of --limits.";
  return severity;
}

std::string letter(decide::Zone zone) {
  return std::string(1, static_cast<char>('A' + static_cast<int>(zone)));
}

const char* meaning(decide::Zone zone) noexcept {
  constexpr std::array<const char*, 4> kMeanings{"as of a new machine",
                                                 "fit for unlimited operation",
                                                 "fit for a limited time only",
                                                 "dangerous to the machine"};
  return kMeanings[static_cast<std::size_t>(zone)];
}

void add_bearing_options(CLI::App& verb, BearingOptions& options) {
  verb.add_option("--catalogue",
                  options.catalogue,
                  "Bearings of your own: name,balls,ball_diameter_mm,pitch_diameter_mm,"
                  "contact_angle_deg")
      ->type_name("FILE.csv");
  verb.add_option("--balls", options.balls, "Rolling elements of one row")->type_name("N");
  verb.add_option("--ball-diameter", options.ball_diameter, "Diameter of balls or rollers")
      ->check(positive_number)
      ->type_name("D");
  verb.add_option("--pitch-diameter",
                  options.pitch_diameter,
                  "Diameter of the circle of their centres, same unit")
      ->check(positive_number)
      ->type_name("D");
  verb.add_option("--contact-angle", options.contact_angle, "Contact angle in degrees")
      ->capture_default_str()
      ->type_name("DEG");
}

bool is_missing(const BearingOptions& options) {
  return options.name.empty() && !has_geometry(options);
}

std::string usage_problem(const BearingOptions& options) {
  if (!options.name.empty() && has_geometry(options)) {
    return "name a bearing or give --balls, --ball-diameter and --pitch-diameter, one of the two";
  }
  if (has_geometry(options) &&
      !(options.balls && options.ball_diameter && options.pitch_diameter)) {
    return "a geometry takes --balls, --ball-diameter and --pitch-diameter together";
  }
  return {};
}

Loaded<std::vector<NamedBearing>> own_bearings(const BearingOptions& options) {
  if (options.catalogue.empty()) {
    return std::vector<NamedBearing>{};
  }
  auto own = toolkit::load_bearing_catalogue(options.catalogue);
  if (!own.ok() && own.problem().text.find("; ") == std::string::npos) {
    return Problem{own.problem().text + "; correct it"};
  }
  return own;
}

Loaded<NamedBearing> chosen_bearing(const BearingOptions& options) {
  const auto own = own_bearings(options);
  if (!own.ok()) {
    return own.problem();
  }
  if (!options.name.empty()) {
    const auto found = toolkit::find_bearing(*own, options.name);
    if (!found) {
      return Problem{"no bearing '" + options.name + "' is known (" + names_of(*own) +
                     "); give its geometry or a --catalogue"};
    }
    return *found;
  }
  NamedBearing bearing{.name = "by geometry",
                       .geometry = {.balls = *options.balls,
                                    .ball_diameter = static_cast<float>(*options.ball_diameter),
                                    .pitch_diameter = static_cast<float>(*options.pitch_diameter),
                                    .contact_deg = static_cast<float>(options.contact_angle)}};
  if (const Status fits = dsp::check(bearing.geometry); !fits.ok()) {
    return Problem{fits.error() == Error::kOutOfRange
                       ? "the elements do not fit side by side on the pitch circle, or are not 3 "
                         "to 128; correct --balls and the diameters"
                       : "no bearing has that geometry; correct diameters and --contact-angle (0 "
                         "to below 90)"};
  }
  return bearing;
}

}  // namespace aiot::cli
