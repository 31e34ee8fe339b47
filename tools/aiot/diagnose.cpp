// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "tools/aiot/analysis_options.hpp"
#include "tools/aiot/analysis_view.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/diagnosis_report.hpp"
#include "tools/aiot/diagnosis_text.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;
using toolkit::BearingDiagnosis;
using toolkit::Recording;

struct DiagnoseOptions {
  RecordingOptions recording;
  BearingOptions bearing;
  SeverityOptions severity;
  std::string report;
  bool json = false;
};

ordered_json parts_json(const BearingDiagnosis& diagnosis) {
  const BearingEvidence& evidence = diagnosis.analysis.evidence;
  ordered_json parts = ordered_json::array();
  const auto rows = part_rows(diagnosis);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LineFamily& family = rows[i].envelope;
    ordered_json harmonics = ordered_json::array();
    for (const float level : family.harmonics_db) {
      harmonics.push_back(level < 0.0F ? ordered_json() : ordered_json(level));
    }
    parts.push_back({{"part", name(static_cast<BearingPart>(i))},
                     {"family", rows[i].family},
                     {"order", rows[i].order},
                     {"hz", rows[i].hz},
                     {"slip", family.slip},
                     {"level_db", family.level_db},
                     {"lines", family.lines},
                     {"harmonics_db", harmonics},
                     {"sidebands_db", family.sidebands_db},
                     {"loudest_db", rows[i].loudest_db},
                     {"direct_db", rows[i].direct_db},
                     {"direct_lines", evidence.direct[i].lines}});
  }
  return parts;
}

ordered_json evidence_json(const BearingDiagnosis& diagnosis) {
  const BearingEvidence& evidence = diagnosis.analysis.evidence;
  ordered_json bands = ordered_json::array();
  for (const dsp::BandFindings& band : diagnosis.analysis.bands) {
    ordered_json entry{{"lo_hz", band.band.lo_hz},
                       {"hi_hz", band.band.hi_hz},
                       {"looked_at", band.revolutions > 0.0F}};
    if (band.revolutions > 0.0F) {
      entry["levels_db"] = {
          band.families[0].level_db, band.families[1].level_db, band.families[2].level_db};
      entry["rival_db"] = band.rival.level_db;
      entry["rival_order"] = band.rival.order;
    }
    bands.push_back(entry);
  }
  return {{"parts", parts_json(diagnosis)},
          {"band_hz", {evidence.lo_hz, evidence.hi_hz}},
          {"threshold_db", toolkit::envelope_threshold_db(evidence)},
          {"own_db", evidence.own_db},
          {"rival_db", evidence.rival_db},
          {"any_rival_db", evidence.any_rival_db},
          {"any_rival_order", evidence.any_rival_order},
          {"impulsiveness", evidence.impulsiveness},
          {"envelope_revolutions", evidence.envelope_revolutions},
          {"direct_revolutions", evidence.direct_revolutions},
          {"shaft",
           {{"level_db", evidence.shaft_db},
            {"near_db", evidence.shaft_near_db},
            {"far_db", evidence.shaft_far_db},
            {"rpm", evidence.speed_rpm},
            {"confirmed", toolkit::speed_is_confirmed(evidence)}}},
          {"frames", diagnosis.analysis.frames},
          {"frames_used", diagnosis.analysis.frames_used},
          {"bands", bands}};
}

ordered_json json_of(const Recording& recording, const DiagnosisFindings& findings) {
  const BearingDiagnosis& diagnosis = findings.diagnosis;
  const dsp::BearingGeometry& geometry = findings.bearing.geometry;
  return {
      {"kind", "diagnosis"},
      {"verdict", decide::name(diagnosis.verdict.state)},
      {"confidence", diagnosis.confidence},
      {"rule_confidence", diagnosis.verdict.confidence},
      {"ground", ground_word(diagnosis.verdict.ground)},
      {"summary", verdict_line(diagnosis)},
      {"reasons", reasons_of(diagnosis)},
      {"warnings", diagnosis.warnings},
      {"next_steps", next_steps(diagnosis)},
      {"recording", recording_json(recording)},
      {"speed", speed_json(diagnosis.speed)},
      {"bearing",
       {{"name", findings.bearing.name},
        {"elements", geometry.balls},
        {"element_diameter", geometry.ball_diameter},
        {"pitch_diameter", geometry.pitch_diameter},
        {"contact_angle_deg", geometry.contact_deg}}},
      {"rms_m_s2", diagnosis.rms},
      {"severity",
       findings.measures ? severity_json(*findings.measures, findings.severity) : ordered_json()},
      {"evidence", evidence_json(diagnosis)},
      {"quality",
       quality_json(diagnosis.quality, diagnosis.quality.usable(toolkit::Purpose::kRhythm))}};
}

Colour colour_of(decide::BearingState state) {
  if (state == decide::BearingState::kHealthy) {
    return Colour::kGood;
  }
  return state == decide::BearingState::kUnclear ? Colour::kStrong : Colour::kBad;
}

void print_parts(const BearingDiagnosis& diagnosis, const Painter& paint) {
  std::printf("\n%s\n",
              paint(Colour::kStrong,
                    "part             family   order  found Hz  level dB     x1    x2    x3    x4  "
                    "sidebands  direct")
                  .c_str());
  for (const PartRow& row : part_rows(diagnosis)) {
    std::string line = left(row.part, 17) + left(row.family, 6) + printed("%8.4f", row.order) +
                       printed("%10.2f", row.hz) +
                       printed("%10.1f ", static_cast<double>(row.envelope.level_db));
    for (const float level : row.envelope.harmonics_db) {
      line += level < 0.0F ? right("-", 6) : printed("%6.1f", static_cast<double>(level));
    }
    line += printed("%11.1f", static_cast<double>(row.envelope.sidebands_db)) +
            printed("%8.1f", row.direct_db);
    std::printf("%s\n", line.c_str());
  }
  std::printf("%s\n",
              paint(Colour::kWeak,
                    "dB above the floor; a dash does not count (beside a harmonic of the shaft, or "
                    "out of range)")
                  .c_str());
}

void print_list(const char* title, const std::vector<std::string>& lines) {
  std::printf("\n%s\n", title);
  for (const std::string& line : lines) {
    std::printf("  - %s\n", printable(line).c_str());
  }
}

void print_text(const Recording& recording, const DiagnosisFindings& findings) {
  const BearingDiagnosis& diagnosis = findings.diagnosis;
  const Painter paint(1);
  std::printf("%s\n", paint(colour_of(diagnosis.verdict.state), verdict_line(diagnosis)).c_str());
  std::printf("%s, bearing %s, %s\n",
              recording_text(recording).c_str(),
              printable(findings.bearing.name).c_str(),
              speed_text(diagnosis.speed).c_str());
  for (const std::string& note : recording.notes) {
    std::printf("  %s\n", paint(Colour::kWeak, printable(note)).c_str());
  }
  for (const std::string& warning : diagnosis.warnings) {
    std::printf("%s\n", paint(Colour::kBad, "warning: " + printable(warning)).c_str());
  }
  print_list("why", reasons_of(diagnosis));
  print_parts(diagnosis, paint);
  std::printf("\n");
  if (findings.measures) {
    std::printf("severity %s\n", velocity_text(*findings.measures, findings.severity).c_str());
    if (findings.severity) {
      std::printf("         %s\n", paint(Colour::kWeak, findings.severity->origin).c_str());
    }
  }
  std::printf(
      "quality  %s\n",
      quality_text(diagnosis.quality, diagnosis.quality.usable(toolkit::Purpose::kRhythm)).c_str());
  print_list("what to do next", next_steps(diagnosis));
}

/// Programs read standard output; people read the line on stderr.
ExitCode refuse(const DiagnoseOptions& options, const std::string& problem) {
  if (options.json) {
    print_line({{"kind", "diagnosis"}, {"verdict", "not_diagnosed"}, {"reason", problem}});
  }
  return fail(problem);
}

ExitCode diagnose(const DiagnoseOptions& options) {
  std::string usage = usage_problem(options.bearing);
  if (is_missing(options.bearing)) {
    usage = "name the bearing with --bearing, or give its geometry";
  }
  if (!usage.empty()) {
    fail(usage + "; see aiot diagnose --help");
    return ExitCode::kUsage;
  }
  if (const std::string problem = problem_of(options.severity); !problem.empty()) {
    return fail(problem);
  }
  if (const auto problem = options.report.empty() ? std::nullopt : write_problem(options.report)) {
    return fail(*problem);
  }
  auto bearing = chosen_bearing(options.bearing);
  if (!bearing.ok()) {
    return refuse(options, bearing.problem().text);
  }
  const auto recording = open_recording(options.recording);
  if (!recording.ok()) {
    return refuse(options, recording.problem().text);
  }
  auto diagnosis = toolkit::diagnose_bearing(*recording, bearing->geometry, options.recording.rpm);
  if (!diagnosis.ok()) {
    return refuse(options, diagnosis.problem().text);
  }
  DiagnosisFindings findings{.bearing = std::move(*bearing),
                             .diagnosis = std::move(*diagnosis),
                             .measures = {},
                             .severity = {}};
  auto measures = toolkit::measure_vibration(*recording, velocity_band(options.severity));
  if (measures.ok()) {
    findings.measures = std::move(*measures);
    findings.severity = severity_of(*findings.measures, options.severity);
  }
  if (!options.report.empty()) {
    const std::string html = diagnosis_html(*recording, findings);
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

void add_diagnose(CLI::App& app, ExitCode& exit) {
  CLI::App* verb = app.add_subcommand("diagnose", "Say what a rolling bearing is like, and why");
  verb->footer(
      std::string(kRecordingHelp) +
      "By physics alone, without training: families of lines at the bearing's orders in the "
      "spectra\n"
      "of envelopes and of the vibration. Verdicts: healthy, outer or inner race damaged, rolling\n"
      "element damaged, or abnormal with the cause unclear. Damage of a rolling element often "
      "leaves\n"
      "no lines: healthy does not exclude it. Ten seconds or 150 revolutions are a good length.\n"
      "Without a speed it is estimated; the confidence is then multiplied by 0.6 and no bearing "
      "is\n"
      "called healthy above 0.5. Samples that are no vibration (flat, saturated in large part,\n"
      "dropping out, at a wrong rate) are not diagnosed: one line says why, exit code 1.\n"
      "\n"
      "Examples:\n"
      "  aiot diagnose pump.wav --rpm 1480 --bearing 6205\n"
      "  aiot diagnose 130.mat --rate 12000 --bearing 'SKF 6205-2RS' --report bearing.html\n"
      "  aiot diagnose fan.csv --rpm 2960 --bearing X12 --catalogue ours.csv --json\n"
      "  aiot diagnose fan.csv --rpm 2960 --balls 9 --ball-diameter 7.94 --pitch-diameter 39.04");
  auto options = std::make_shared<DiagnoseOptions>();
  add_recording_options(*verb, options->recording);
  verb->add_option("--bearing", options->bearing.name, "The bearing, as its nameplate says")
      ->type_name("NAME");
  add_bearing_options(*verb, options->bearing);
  add_severity_options(*verb, options->severity);
  verb->add_option("--report", options->report, "Also write a report to read (HTML, one file)")
      ->type_name("FILE.html");
  verb->add_flag("--json", options->json, "One JSON object with all numbers");
  verb->callback([options, &exit] { exit = diagnose(*options); });
}

}  // namespace aiot::cli
