// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/recording_quality.hpp"
#include "aiot/toolkit/report/document.hpp"
#include "aiot/toolkit/report/line_chart.hpp"
#include "aiot/toolkit/shaft_speed.hpp"
#include "aiot/toolkit/vibration_measures.hpp"
#include "tools/aiot/analysis_options.hpp"

namespace aiot::cli {

/// What `aiot features` and `aiot diagnose` show alike, for terminals, programs and reports.

/// "pump.wav, 12000 Hz, 10.2 s"
std::string recording_text(const toolkit::Recording& recording);

nlohmann::ordered_json recording_json(const toolkit::Recording& recording);

/// "1797 rpm (stated)", "about 1796 rpm (estimated, confidence 0.98)"
std::string speed_text(const toolkit::KnownSpeed& speed);

nlohmann::ordered_json speed_json(const toolkit::KnownSpeed& speed);

/// "58 windows of 4096 samples, all used", "... 3 left out (flat 2, saturated 1)".
///   used: how many served
std::string quality_text(const toolkit::RecordingQuality& quality, std::size_t used);

nlohmann::ordered_json quality_json(const toolkit::RecordingQuality& quality, std::size_t used);

/// The section of a report on it: in words, and a table of the flags that there are.
void add_quality(toolkit::report::Document& document,
                 const toolkit::RecordingQuality& quality,
                 std::size_t used);

nlohmann::ordered_json severity_json(const toolkit::VibrationMeasures& measures,
                                     const std::optional<Severity>& severity);

/// The zone of the whole recording, where velocity was measured.
std::optional<Severity> severity_of(const toolkit::VibrationMeasures& measures,
                                    const SeverityOptions& options);

/// "velocity 10-1000 Hz 0.71 mm/s RMS: zone A, as of a new machine", or why there is none.
std::string velocity_text(const toolkit::VibrationMeasures& measures,
                          const std::optional<Severity>& severity);

/// File, samples, rate, scale and version at the top of a report.
void add_provenance(toolkit::report::Document& document, const toolkit::Recording& recording);

/// The velocity as the figure of a page.
toolkit::report::KeyFigure velocity_figure(const toolkit::VibrationMeasures& measures,
                                           const std::optional<Severity>& severity);

/// Velocity window by window, with the zones behind it.
toolkit::report::LineChart velocity_chart(const toolkit::VibrationMeasures& measures,
                                          const std::optional<Severity>& severity,
                                          double rate_hz);

/// Spectrum of the acceleration with its largest lines.
toolkit::report::LineChart acceleration_chart(const toolkit::VibrationMeasures& measures,
                                              const std::optional<toolkit::KnownSpeed>& speed);

/// The largest lines as a table.
toolkit::report::Table lines_table(const toolkit::VibrationMeasures& measures,
                                   const std::optional<toolkit::KnownSpeed>& speed);

/// Statistics and bands as a table.
toolkit::report::Table levels_table(const toolkit::VibrationMeasures& measures);

/// One line of JSON on standard output.
void print_line(const nlohmann::ordered_json& value);

}  // namespace aiot::cli
