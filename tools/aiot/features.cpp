// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "aiot/dsp/speed.hpp"
#include "aiot/toolkit/report/document.hpp"
#include "tools/aiot/analysis_options.hpp"
#include "tools/aiot/analysis_view.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;
using toolkit::KnownSpeed;
using toolkit::Recording;
using toolkit::VibrationMeasures;
using toolkit::WindowMeasures;

namespace report = toolkit::report;

struct FeaturesOptions {
  RecordingOptions recording;
  SeverityOptions severity;
  std::string report;
  bool json = false;
};

/// Everything that is shown.
struct Findings {
  VibrationMeasures measures;
  std::optional<Severity> severity;
  std::optional<KnownSpeed> speed;
  std::string speed_note;  ///< why there is none
};

/// The speed, as far as it may be relied on.
void find_speed(const Recording& recording, std::optional<double> rpm, Findings& findings) {
  const auto speed = toolkit::shaft_speed(recording, findings.measures.quality, rpm);
  if (speed.ok()) {
    findings.speed = *speed;
  } else {
    findings.speed_note = speed.problem().text.substr(recording.source.size() + 2);
  }
}

ordered_json statistics_json(const dsp::Statistics& statistics) {
  return {{"rms", statistics.rms},
          {"peak", statistics.peak},
          {"peak_to_peak", statistics.peak_to_peak()},
          {"crest_factor", statistics.crest_factor},
          {"skewness", statistics.skewness},
          {"kurtosis", statistics.kurtosis},
          {"shape_factor", statistics.shape_factor},
          {"impulse_factor", statistics.impulse_factor}};
}

ordered_json json_of(const WindowMeasures& window, double rate_hz) {
  ordered_json json{{"time_s", static_cast<double>(window.frame) / rate_hz},
                    {"used", window.used},
                    {"flags", flag_words(window.flags)}};
  if (window.used) {
    json["acceleration"] = statistics_json(window.statistics);
    json["velocity_mm_s"] =
        window.velocity_mm_s ? ordered_json(*window.velocity_mm_s) : ordered_json();
  }
  return json;
}

ordered_json json_of(const Recording& recording, const Findings& findings) {
  const VibrationMeasures& measures = findings.measures;
  ordered_json json{{"kind", "features"},
                    {"recording", recording_json(recording)},
                    {"speed", findings.speed ? speed_json(*findings.speed) : ordered_json()},
                    {"severity", severity_json(measures, findings.severity)}};
  json["acceleration"] = statistics_json(measures.statistics);
  json["acceleration"]["mean"] = measures.mean;
  json["acceleration"]["lower_limits"] = measures.levels_cut;
  json["bands"] = ordered_json::array();
  for (const toolkit::BandLevel& band : measures.bands) {
    json["bands"].push_back(
        {{"lo_hz", band.band.lo_hz}, {"hi_hz", band.band.hi_hz}, {"rms", band.rms}});
  }
  json["lines"] = ordered_json::array();
  for (const toolkit::SpectrumLine& line : measures.lines) {
    ordered_json entry{
        {"hz", line.hz}, {"amplitude", line.amplitude}, {"prominence_db", line.prominence_db}};
    if (findings.speed) {
      entry["order"] = line.hz * 60.0 / findings.speed->rpm;
    }
    json["lines"].push_back(entry);
  }
  json["spectrum"] = {{"bin_hz", measures.bin_hz}, {"averages", measures.spectra}};
  json["quality"] = quality_json(measures.quality, measures.windows_used);
  json["windows"] = ordered_json::array();
  for (const WindowMeasures& window : measures.windows) {
    json["windows"].push_back(json_of(window, recording.rate_hz));
  }
  return json;
}

void print_statistics(const VibrationMeasures& measures) {
  const dsp::Statistics& s = measures.statistics;
  std::printf("acceleration about the mean, m/s^2%s\n",
              measures.levels_cut ? " (lower limits: every window is saturated or clipped)" : "");
  std::printf("  mean %s  rms %s  peak %s  peak-to-peak %s\n",
              value_text(measures.mean).c_str(),
              value_text(static_cast<double>(s.rms)).c_str(),
              value_text(static_cast<double>(s.peak)).c_str(),
              value_text(static_cast<double>(s.peak_to_peak())).c_str());
  std::printf("  crest %s  skewness %s  kurtosis %s  shape %s  impulse %s\n",
              value_text(static_cast<double>(s.crest_factor)).c_str(),
              value_text(static_cast<double>(s.skewness)).c_str(),
              value_text(static_cast<double>(s.kurtosis)).c_str(),
              value_text(static_cast<double>(s.shape_factor)).c_str(),
              value_text(static_cast<double>(s.impulse_factor)).c_str());
}

void print_spectrum(const Findings& findings) {
  std::printf("\nrms by band, m/s^2\n");
  for (const toolkit::BandLevel& band : findings.measures.bands) {
    std::printf("  %s  %s\n",
                right(printed("%.0f", static_cast<double>(band.band.lo_hz)) +
                          printed("-%.0f Hz", static_cast<double>(band.band.hi_hz)),
                      14)
                    .c_str(),
                value_text(band.rms).c_str());
  }
  std::printf("\nlargest lines (spectrum of %g Hz a bin, %u averages)\n",
              findings.measures.bin_hz,
              static_cast<unsigned>(findings.measures.spectra));
  if (findings.measures.lines.empty()) {
    std::printf("  none stands 10 dB above the floor around it\n");
    return;
  }
  std::printf("          Hz  m/s^2 peak  dB above floor%s\n", findings.speed ? "     order" : "");
  for (const toolkit::SpectrumLine& line : findings.measures.lines) {
    std::printf(
        "  %10.2f  %10s  %14.1f", line.hz, value_text(line.amplitude).c_str(), line.prominence_db);
    if (findings.speed) {
      std::printf("  %8.3f", line.hz * 60.0 / findings.speed->rpm);
    }
    std::printf("\n");
  }
}

/// Range over the windows of what changes with time.
void print_windows(const VibrationMeasures& measures) {
  struct Range {
    const char* name;
    double low = 0.0;
    double high = 0.0;
    bool any = false;

    void add(double value) {
      low = any ? std::min(low, value) : value;
      high = any ? std::max(high, value) : value;
      any = true;
    }
  };

  Range rms{.name = "rms, m/s^2"};
  Range kurtosis{.name = "kurtosis"};
  Range velocity{.name = "velocity, mm/s"};
  for (const WindowMeasures& window : measures.windows) {
    if (window.used) {
      rms.add(static_cast<double>(window.statistics.rms));
      kurtosis.add(static_cast<double>(window.statistics.kurtosis));
    }
    if (window.velocity_mm_s) {
      velocity.add(*window.velocity_mm_s);
    }
  }
  std::printf("\nover the windows (each of them with --json)\n");
  for (const Range& range : {velocity, rms, kurtosis}) {
    if (range.any) {
      std::printf("  %s  %s to %s\n",
                  left(range.name, 14).c_str(),
                  value_text(range.low).c_str(),
                  value_text(range.high).c_str());
    }
  }
}

void print_text(const Recording& recording, const Findings& findings) {
  const Painter paint(1);
  std::printf("%s\n", recording_text(recording).c_str());
  for (const std::string& note : recording.notes) {
    std::printf("  %s\n", paint(Colour::kWeak, printable(note)).c_str());
  }
  std::printf("speed    %s\n",
              findings.speed ? speed_text(*findings.speed).c_str()
                             : printable("not known: " + findings.speed_note).c_str());
  const bool severe = findings.severity && findings.severity->zone >= decide::Zone::kC;
  std::printf("severity %s\n",
              paint(severe ? Colour::kBad : Colour::kStrong,
                    velocity_text(findings.measures, findings.severity))
                  .c_str());
  if (findings.severity) {
    std::printf("         %s\n", paint(Colour::kWeak, findings.severity->origin).c_str());
  }
  std::printf("quality  %s\n\n",
              quality_text(findings.measures.quality, findings.measures.windows_used).c_str());
  print_statistics(findings.measures);
  print_spectrum(findings);
  print_windows(findings.measures);
}

std::string html_of(const Recording& recording, const Findings& findings) {
  const VibrationMeasures& measures = findings.measures;
  report::Document document("Vibration measures");
  document.subtitle(recording_text(recording));
  add_provenance(document, recording);
  const dsp::Statistics& s = measures.statistics;
  document.key_figures({velocity_figure(measures, findings.severity),
                        {"Acceleration",
                         printed("%.3g", static_cast<double>(s.rms)),
                         "m/s² RMS",
                         printed("peak %.3g m/s²", static_cast<double>(s.peak)),
                         report::Tone::kNeutral},
                        {"Kurtosis",
                         printed("%.2f", static_cast<double>(s.kurtosis)),
                         "",
                         "3 for Gaussian noise; more with impacts",
                         report::Tone::kNeutral},
                        {"Speed",
                         findings.speed ? printed("%.0f", findings.speed->rpm) : "not known",
                         findings.speed ? "rpm" : "",
                         findings.speed ? speed_text(*findings.speed) : findings.speed_note,
                         report::Tone::kNeutral}});
  if (findings.severity) {
    document.callout(report::Tone::kInfo, "Limits of the zones", findings.severity->origin);
  }
  if (measures.windows_used < measures.windows.size() || measures.levels_cut) {
    document.callout(report::Tone::kNotice,
                     measures.levels_cut ? "Levels are lower limits" : "Windows were left out",
                     quality_text(measures.quality, measures.windows_used) +
                         (measures.levels_cut ? "; every window is saturated or clipped." : "."));
  }
  document.section("Severity")
      .figure(velocity_chart(measures, findings.severity, recording.rate_hz));
  document.section("Spectrum")
      .figure(acceleration_chart(measures, findings.speed))
      .table(lines_table(measures, findings.speed));
  document.section("Levels").table(levels_table(measures));
  add_quality(document, measures.quality, measures.windows_used);
  return document.html();
}

ExitCode features(const FeaturesOptions& options) {
  if (const std::string problem = problem_of(options.severity); !problem.empty()) {
    return fail(problem);
  }
  if (const auto problem = options.report.empty() ? std::nullopt : write_problem(options.report)) {
    return fail(*problem);
  }
  const auto recording = open_recording(options.recording);
  if (!recording.ok()) {
    return fail(recording.problem().text);
  }
  auto measures = toolkit::measure_vibration(*recording, velocity_band(options.severity));
  if (!measures.ok()) {
    return fail(measures.problem().text);
  }
  Findings findings;
  findings.measures = std::move(*measures);
  findings.severity = severity_of(findings.measures, options.severity);
  find_speed(*recording, options.recording.rpm, findings);
  if (!options.report.empty()) {
    const std::string html = html_of(*recording, findings);
    if (const auto problem = write_file(options.report, std::as_bytes(std::span(html)))) {
      return fail(*problem);
    }
  }
  if (options.json) {
    print_line(json_of(*recording, findings));
  } else {
    print_text(*recording, findings);
  }
  return ExitCode::kOk;
}

}  // namespace

void add_features(CLI::App& app, ExitCode& exit) {
  CLI::App* verb = app.add_subcommand("features", "Measure a recording: levels, severity, lines");
  verb->footer(std::string(kRecordingHelp) +
               "Without a speed it is estimated from the lines of the spectrum between 600 and "
               "6000 rpm.\n"
               "Windows of 4096 samples, half overlapped, that are flat, drop out, alternate, are "
               "below the\n"
               "resolution, saturated or clipped are left out of everything, and counted. Levels "
               "are about the\n"
               "mean. Velocity is RMS from 10 (with --slow 2) to 1000 Hz. The limits of the zones "
               "A to D are\n"
               "defaults from ISO 10816-3: check them against the edition that applies, or give "
               "--limits.\n"
               "\n"
               "Examples:\n"
               "  aiot features pump.wav --full-scale 490.3 --rpm 1480\n"
               "  aiot features fan.csv --machine-group 1 --support flexible --report fan.html\n"
               "  aiot features slow.mat --rpm 90 --slow --limits 1.1,2.2,4.4 --json");
  auto options = std::make_shared<FeaturesOptions>();
  add_recording_options(*verb, options->recording);
  add_severity_options(*verb, options->severity);
  verb->add_option("--report", options->report, "Also write a report to read (HTML, one file)")
      ->type_name("FILE.html");
  verb->add_flag("--json", options->json, "One JSON object, with every window");
  verb->callback([options, &exit] { exit = features(*options); });
}

}  // namespace aiot::cli
