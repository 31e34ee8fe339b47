// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aiot/decide/severity.hpp"
#include "aiot/dsp/velocity.hpp"
#include "aiot/toolkit/bearing_catalogue.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"

namespace aiot::cli {

/// A check of options: empty for a number from 0 to 1, or what is wrong.
std::string share_number(const std::string& text);

/// A check of options: empty for a finite number above 0, or what is wrong.
std::string positive_number(const std::string& text);

/// Which recording, and what the caller knows better than the file.
struct RecordingOptions {
  std::string path;
  std::string channel;
  std::string unit;
  std::optional<double> rate_hz;
  std::optional<double> full_scale;  ///< m/s^2
  std::optional<double> rpm;
};

void add_recording_options(CLI::App& verb, RecordingOptions& options);

/// The recording with one axis.
toolkit::Loaded<toolkit::Recording> open_recording(const RecordingOptions& options);

/// The help on the kinds of files, for footers.
extern const char* const kRecordingHelp;

/// What kind of machine it is, for the zones of severity.
struct SeverityOptions {
  int group = 2;
  std::string support = "rigid";
  std::vector<double> limits;  ///< A/B, B/C, C/D in mm/s; empty: those of group and support
  bool slow = false;           ///< a machine below 600 rpm: from 2 Hz on
};

void add_severity_options(CLI::App& verb, SeverityOptions& options);

/// Empty, or what is wrong with the limits.
std::string problem_of(const SeverityOptions& options);

dsp::VelocityBand velocity_band(const SeverityOptions& options);

/// The zone of a velocity and where its limits come from.
struct Severity {
  double velocity_mm_s = 0.0;
  decide::Zone zone = decide::Zone::kA;
  decide::ZoneLimits limits{};
  std::string origin;  ///< a sentence on the limits
};

/// `options` without a problem.
Severity judge_severity(const SeverityOptions& options, double velocity_mm_s);

/// "A"
std::string letter(decide::Zone zone);

/// "as of a new machine"
const char* meaning(decide::Zone zone) noexcept;

/// A bearing by its name or by its geometry.
struct BearingOptions {
  std::string name;
  std::string catalogue;
  std::optional<unsigned> balls;
  std::optional<double> ball_diameter;
  std::optional<double> pitch_diameter;
  double contact_angle = 0.0;
};

/// `--catalogue` and the geometry; the name is added by the verb.
void add_bearing_options(CLI::App& verb, BearingOptions& options);

/// True when neither name nor geometry was given.
bool is_missing(const BearingOptions& options);

/// Empty, or why the options contradict each other.
std::string usage_problem(const BearingOptions& options);

/// The user's own bearings; none without a catalogue.
toolkit::Loaded<std::vector<toolkit::NamedBearing>> own_bearings(const BearingOptions& options);

/// The bearing that the options mean. `options` without a usage problem.
toolkit::Loaded<toolkit::NamedBearing> chosen_bearing(const BearingOptions& options);

}  // namespace aiot::cli
