// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/diagnosis_report.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "aiot/toolkit/report/document.hpp"
#include "aiot/toolkit/report/spectrum.hpp"
#include "aiot/toolkit/report/text.hpp"
#include "tools/aiot/analysis_view.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/diagnosis_text.hpp"

namespace aiot::cli {
namespace {

using decide::BearingState;
using toolkit::BearingDiagnosis;
using toolkit::Recording;

namespace report = toolkit::report;

constexpr std::uint32_t kEnvelopeHarmonics = 4;
constexpr std::uint32_t kDirectHarmonics = 10;

/// Slip that is searched, as part of the frequency.
constexpr double kSearched = 0.015;

report::Tone tone_of(BearingState state) {
  switch (state) {
    case BearingState::kHealthy:
      return report::Tone::kGood;
    case BearingState::kUnclear:
    case BearingState::kUnknown:
      return report::Tone::kNotice;
    case BearingState::kOuterRace:
    case BearingState::kInnerRace:
    case BearingState::kElement:
      break;
  }
  return report::Tone::kBad;
}

/// A word or two for a narrow box.
const char* short_verdict(BearingState state) {
  switch (state) {
    case BearingState::kHealthy:
      return "healthy";
    case BearingState::kOuterRace:
      return "outer race";
    case BearingState::kInnerRace:
      return "inner race";
    case BearingState::kElement:
      return "element";
    case BearingState::kUnclear:
    case BearingState::kUnknown:
      break;
  }
  return "unclear";
}

std::string joined_sentences(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) {
    text += (text.empty() ? "" : ". ") + sentence;
  }
  return text.empty() ? text : text + ".";
}

report::LineChart prominence_chart(const toolkit::ProminenceCurve& curve, double highest_order) {
  report::LineChart chart;
  chart.x = {"Order of the shaft", "", report::AxisScale::kLinear, 0.0, highest_order};
  chart.y = {"Above the floor", "dB", report::AxisScale::kLinear, 0.0, {}};
  report::Series series{.name = "level", .y = {}, .x = {}};
  series.x_step = static_cast<double>(curve.order_step);
  const auto last = static_cast<std::size_t>(highest_order / series.x_step) + 2;
  for (std::size_t i = 0; i < curve.level_db.size() && i < last; ++i) {
    // Below the floor there is only noise.
    series.y.push_back(std::max(0.0, static_cast<double>(curve.level_db[i])));
  }
  // Noise alone is not drawn as tall as lines.
  constexpr double kLowestTop = 25.0;
  chart.y.to = std::max(kLowestTop, 1.1 * *std::max_element(series.y.begin(), series.y.end()));
  chart.series.push_back(series);
  return chart;
}

double highest_of(const toolkit::ProminenceCurve& curve, double wanted) {
  const double end =
      static_cast<double>(curve.order_step) * static_cast<double>(curve.level_db.size());
  return std::min(end, wanted);
}

report::LineChart envelope_chart(const BearingDiagnosis& diagnosis) {
  const toolkit::BearingAnalysis& analysis = diagnosis.analysis;
  const auto rows = part_rows(diagnosis);
  const double wanted = kEnvelopeHarmonics * static_cast<double>(analysis.orders.bpfi) + 1.5;
  const auto& curve = analysis.envelope_curve;
  report::LineChart chart = prominence_chart(curve, highest_of(curve, wanted));
  chart.title = "Spectrum of the envelope, band " +
                printed("%.0f", static_cast<double>(curve.band.lo_hz)) +
                printed(" to %.0f Hz", static_cast<double>(curve.band.hi_hz));
  for (std::size_t part = 0; part < rows.size(); ++part) {
    const double found = rows[part].order * (1.0 + static_cast<double>(rows[part].envelope.slip));
    const bool element = part == static_cast<std::size_t>(BearingPart::kElement);
    report::mark_fault(
        chart,
        {.name = rows[part].family,
         .frequency = found,
         .harmonics = kEnvelopeHarmonics,
         .tolerance = 0.0,
         .sideband_spacing = element ? static_cast<double>(analysis.orders.ftf) : 1.0,
         .sideband_pairs = 1});
  }
  report::mark_shaft(chart, 1.0, 6);
  const double threshold = toolkit::envelope_threshold_db(analysis.evidence);
  chart.limits.push_back(
      {threshold, printed("a finding from %.1f dB", threshold), report::Tone::kNotice});
  chart.caption =
      "Whitened, so that every frequency of the band counts the same. Markers are where each "
      "family was loudest within " +
      printed("%.1f %% of its nominal order", 100.0 * kSearched) +
      "; short marks at the top are sidebands. " +
      printed("%.4f orders a bin.", static_cast<double>(curve.order_step));
  chart.height = 300.0;
  return chart;
}

report::LineChart direct_chart(const BearingDiagnosis& diagnosis) {
  const toolkit::BearingAnalysis& analysis = diagnosis.analysis;
  const auto& curve = analysis.direct_curve;
  const double wanted = 5.0 * static_cast<double>(analysis.orders.bpfi);
  report::LineChart chart = prominence_chart(curve, highest_of(curve, wanted));
  chart.title = "Spectrum of the vibration itself";
  const auto rows = part_rows(diagnosis);
  for (std::size_t part = 0; part < rows.size(); ++part) {
    const double slip = static_cast<double>(analysis.direct.families[part].slip);
    const double found = rows[part].order * (1.0 + slip);
    report::mark_fault(
        chart,
        {.name = rows[part].family,
         .frequency = found,
         .harmonics = std::min(kDirectHarmonics,
                               static_cast<std::uint32_t>(highest_of(curve, wanted) / found)),
         .tolerance = 0.0,
         .sideband_spacing = 0.0,
         .sideband_pairs = 0});
  }
  report::mark_shaft(chart, 1.0, 12);
  chart.caption =
      "Harmonics of the shaft confirm its speed; lines of a bearing without an envelope are weak "
      "evidence, and a healthy machine has some of them too.";
  chart.height = 300.0;
  return chart;
}

std::string harmonic_text(float level) {
  return level < 0.0F ? "-" : printed("%.1f", static_cast<double>(level));
}

/// How to read the table below.
std::string evidence_text(const BearingDiagnosis& diagnosis) {
  return "The level of a part is the mean of its harmonics without the largest, each counted up to "
         "20 dB. " +
         printed("A level of %.1f dB in the envelope is a finding. ",
                 toolkit::envelope_threshold_db(diagnosis.analysis.evidence)) +
         "A line with a dash does not count: it is beside a harmonic of the shaft, or out of "
         "range.";
}

report::Table evidence_table(const BearingDiagnosis& diagnosis) {
  report::Table table;
  table.caption = "Evidence in dB above the floor";
  table.columns = {{"Part", report::Align::kText, {}},
                   {"Family", report::Align::kText, {}},
                   {"Order", report::Align::kNumber, {}},
                   {"Found at (Hz)", report::Align::kNumber, {}},
                   {"Level (dB)", report::Align::kNumber, 20.0},
                   {"x1", report::Align::kNumber, {}},
                   {"x2", report::Align::kNumber, {}},
                   {"x3", report::Align::kNumber, {}},
                   {"x4", report::Align::kNumber, {}},
                   {"Sidebands", report::Align::kNumber, {}},
                   {"Direct (dB)", report::Align::kNumber, 25.0}};
  for (const PartRow& row : part_rows(diagnosis)) {
    std::vector<report::Cell> cells{report::cell(row.part),
                                    report::cell(row.family),
                                    report::cell(row.order, 4),
                                    report::cell(row.hz, 2),
                                    report::cell(static_cast<double>(row.envelope.level_db), 1)};
    for (const float level : row.envelope.harmonics_db) {
      cells.push_back(report::cell(harmonic_text(level)));
    }
    cells.push_back(report::cell(static_cast<double>(row.envelope.sidebands_db), 1));
    cells.push_back(report::cell(row.direct_db, 1));
    table.rows.push_back(cells);
  }
  return table;
}

report::Table bands_table(const BearingDiagnosis& diagnosis) {
  report::Table table;
  table.caption = "Level of each part by the band whose envelope was looked at, in dB";
  table.columns = {{"Band (Hz)", report::Align::kNumber, {}},
                   {"Outer race", report::Align::kNumber, 20.0},
                   {"Inner race", report::Align::kNumber, 20.0},
                   {"Rolling element", report::Align::kNumber, 20.0},
                   {"Loudest family of any frequency", report::Align::kText, {}}};
  for (const dsp::BandFindings& band : diagnosis.analysis.bands) {
    std::vector<report::Cell> cells{
        report::cell(printed("%.0f", static_cast<double>(band.band.lo_hz)) +
                     printed("-%.0f", static_cast<double>(band.band.hi_hz)))};
    if (!(band.revolutions > 0.0F)) {
      cells.push_back(report::cell("empty"));
      table.rows.push_back(cells);
      continue;
    }
    for (const LineFamily& family : band.families) {
      cells.push_back(report::cell(static_cast<double>(family.level_db), 1));
    }
    cells.push_back(report::cell(printed("%.1f dB", static_cast<double>(band.rival.level_db)) +
                                 printed(" at order %.2f", static_cast<double>(band.rival.order))));
    table.rows.push_back(cells);
  }
  return table;
}

std::string bearing_text(const toolkit::NamedBearing& bearing) {
  const dsp::BearingGeometry& geometry = bearing.geometry;
  return bearing.name + ": " + std::to_string(geometry.balls) + " elements of " +
         printed("%.4g", static_cast<double>(geometry.ball_diameter)) +
         printed(" on a circle of %.4g", static_cast<double>(geometry.pitch_diameter)) +
         printed(", contact angle %g degrees", static_cast<double>(geometry.contact_deg));
}

}  // namespace

std::string diagnosis_html(const Recording& recording, const DiagnosisFindings& findings) {
  const BearingDiagnosis& diagnosis = findings.diagnosis;
  report::Document document(std::string("Bearing diagnosis: ") +
                            verdict_words(diagnosis.verdict.state));
  document.subtitle(recording_text(recording) + ", bearing " + findings.bearing.name + ", " +
                    speed_text(diagnosis.speed));
  add_provenance(document, recording);
  document.provenance({"Bearing", bearing_text(findings.bearing)});
  std::vector<report::KeyFigure> figures{
      {"Verdict",
       short_verdict(diagnosis.verdict.state),
       "",
       std::string(verdict_words(diagnosis.verdict.state)) +
           printed(", confidence %.2f", static_cast<double>(diagnosis.confidence)),
       tone_of(diagnosis.verdict.state)}};
  if (findings.measures) {
    figures.push_back(velocity_figure(*findings.measures, findings.severity));
  }
  figures.push_back({"Speed",
                     printed("%.1f", static_cast<double>(diagnosis.analysis.evidence.speed_rpm)),
                     "rpm",
                     speed_text(diagnosis.speed),
                     report::Tone::kNeutral});
  figures.push_back({"Acceleration",
                     printed("%.3g", diagnosis.rms),
                     "m/s² RMS",
                     "about the mean",
                     report::Tone::kNeutral});
  document.key_figures(figures);
  if (!diagnosis.warnings.empty()) {
    document.callout(
        report::Tone::kNotice, "Before you rely on it", joined_sentences(diagnosis.warnings));
  }
  document.section("Why")
      .list(reasons_of(diagnosis))
      .table(evidence_table(diagnosis))
      .paragraph(evidence_text(diagnosis));
  document.section("What to do next").list(next_steps(diagnosis));
  document.section("Envelope").figure(envelope_chart(diagnosis)).table(bands_table(diagnosis));
  document.section("Vibration").figure(direct_chart(diagnosis));
  if (findings.measures) {
    document.figure(acceleration_chart(*findings.measures, diagnosis.speed));
    document.section("Severity")
        .figure(velocity_chart(*findings.measures, findings.severity, recording.rate_hz));
  }
  add_quality(document, diagnosis.quality, diagnosis.quality.usable(toolkit::Purpose::kRhythm));
  document.section("Method").paragraph(
      "Families of lines at the bearing's orders are looked for in the spectra of the envelopes of "
      "up to nine bands, whitened by the phase alone, and in the spectrum of the vibration itself; "
      "levels are dB above the median of the neighbourhood. A part is named when its family "
      "reaches the threshold, leads the next part by 3 dB and no other frequency fits better. "
      "No data of faults were used to train it. A rolling element's damage often leaves no such "
      "lines: a healthy verdict does not exclude it.");
  return document.html();
}

}  // namespace aiot::cli
