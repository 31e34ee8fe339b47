// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/analysis_view.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <span>

#include "aiot/core/flags.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/toolkit/report/spectrum.hpp"
#include "aiot/toolkit/report/text.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;
using toolkit::KnownSpeed;
using toolkit::Recording;
using toolkit::RecordingQuality;
using toolkit::VibrationMeasures;

namespace report = toolkit::report;

constexpr std::array<std::uint32_t, 9> kFlags{kFlagSaturated,
                                              kFlagFlatLine,
                                              kFlagClipped,
                                              kFlagDropout,
                                              kFlagAlternating,
                                              kFlagOffset,
                                              kFlagRateSuspect,
                                              kFlagNotFinite,
                                              kFlagUnresolved};

std::string word_of(std::uint32_t flag) {
  return flag_words(flag).front();
}

std::string sha256_of(const Recording& recording) {
  return hex(crypto::sha256(std::as_bytes(std::span(recording.samples))));
}

const char* source_word(toolkit::SpeedSource source) {
  constexpr std::array<const char*, 3> kWords{"stated", "recording", "estimated"};
  return kWords[static_cast<std::size_t>(source)];
}

report::Tone tone_of(decide::Zone zone) {
  constexpr std::array<report::Tone, 4> kTones{
      report::Tone::kGood, report::Tone::kGood, report::Tone::kNotice, report::Tone::kBad};
  return kTones[static_cast<std::size_t>(zone)];
}

std::string band_text(const dsp::VelocityBand& band) {
  return printed("%g", static_cast<double>(band.lo_hz)) +
         printed("-%g Hz", std::round(static_cast<double>(band.hi_hz)));
}

/// "flat 2, saturated 1"
std::string flags_text(const RecordingQuality& quality) {
  std::string text;
  for (const std::uint32_t flag : kFlags) {
    const std::size_t count = quality.count(flag);
    if (count > 0) {
      text += (text.empty() ? "" : ", ") + word_of(flag) + " " + std::to_string(count);
    }
  }
  return text;
}

report::Table quality_table(const RecordingQuality& quality) {
  const auto all = static_cast<double>(quality.windows.size());
  report::Table table;
  table.caption = "Windows with each flag";
  table.columns = {{"Flag", report::Align::kText, {}},
                   {"Windows", report::Align::kNumber, {}},
                   {"Share (%)", report::Align::kNumber, 100.0}};
  for (const std::uint32_t flag : kFlags) {
    const std::size_t count = quality.count(flag);
    if (count == 0) {
      continue;
    }
    const double share = all > 0.0 ? 100.0 * static_cast<double>(count) / all : 0.0;
    std::string word = word_of(flag);
    for (char& c : word) {
      c = c == '_' ? ' ' : c;
    }
    table.rows.push_back(
        {report::cell(word), report::cell(static_cast<double>(count), 0), report::cell(share, 1)});
  }
  return table;
}

}  // namespace

void print_line(const ordered_json& value) {
  const std::string text =
      value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  (void)std::fputs(text.c_str(), stdout);
}

std::string recording_text(const Recording& recording) {
  std::string text =
      printable(recording.source) + printed(", %g Hz", recording.rate_hz) +
      printed(", %.1f s", static_cast<double>(recording.frames()) / recording.rate_hz);
  if (!recording.gaps.empty()) {
    text += ", " + counted(recording.gaps.size(), "gap");
  }
  return text;
}

ordered_json recording_json(const Recording& recording) {
  return {{"source", recording.source},
          {"rate_hz", recording.rate_hz},
          {"scale_m_s2_per_count", recording.scale},
          {"samples", recording.frames()},
          {"seconds", static_cast<double>(recording.frames()) / recording.rate_hz},
          {"gaps", recording.gaps.size()},
          {"sha256", sha256_of(recording)},
          {"label", recording.label},
          {"notes", recording.notes}};
}

std::string speed_text(const KnownSpeed& speed) {
  if (speed.source == toolkit::SpeedSource::kEstimated) {
    return printed("about %.0f rpm (estimated from the spectrum", speed.rpm) +
           printed(", confidence %.2f)", static_cast<double>(speed.confidence));
  }
  return printed("%g rpm", speed.rpm) +
         (speed.source == toolkit::SpeedSource::kStated ? " (stated)" : " (from the recording)");
}

ordered_json speed_json(const KnownSpeed& speed) {
  return {
      {"rpm", speed.rpm}, {"source", source_word(speed.source)}, {"confidence", speed.confidence}};
}

std::string quality_text(const RecordingQuality& quality, std::size_t used) {
  const std::size_t all = quality.windows.size();
  std::string text =
      counted(all, "window") + " of " + std::to_string(quality.window) + " samples, ";
  text += used == all ? std::string("all used") : std::to_string(all - used) + " left out";
  const std::string flags = flags_text(quality);
  text += flags.empty() ? "" : "; flagged: " + flags;
  if (quality.rate_is_suspect()) {
    text += quality.hold > 1 ? "; every sample is there " + std::to_string(quality.hold) + " times"
                             : printed("; the spectrum ends at %.0f %% of half the rate",
                                       100.0 * static_cast<double>(quality.edge));
  }
  return text;
}

ordered_json quality_json(const RecordingQuality& quality, std::size_t used) {
  ordered_json flags = ordered_json::object();
  for (const std::uint32_t flag : kFlags) {
    flags[word_of(flag)] = quality.count(flag);
  }
  return {{"window", quality.window},
          {"hop", quality.hop},
          {"windows", quality.windows.size()},
          {"used", used},
          {"left_out", quality.windows.size() - used},
          {"flagged", flags},
          {"hold", quality.hold},
          {"spectrum_edge", quality.edge},
          {"rate_suspect", quality.rate_is_suspect()}};
}

void add_quality(report::Document& document, const RecordingQuality& quality, std::size_t used) {
  document.section("Data quality").paragraph(quality_text(quality, used) + ".");
  if (report::Table flags = quality_table(quality); !flags.rows.empty()) {
    document.table(flags);
  } else {
    document.paragraph(
        "No window is saturated, clipped, flat, interrupted, alternating, offset, held or below "
        "the resolution.");
  }
}

std::optional<Severity> severity_of(const VibrationMeasures& measures,
                                    const SeverityOptions& options) {
  return measures.velocity_mm_s ? std::optional(judge_severity(options, *measures.velocity_mm_s))
                                : std::nullopt;
}

ordered_json severity_json(const VibrationMeasures& measures,
                           const std::optional<Severity>& severity) {
  ordered_json json{{"lo_hz", measures.velocity_band.lo_hz},
                    {"hi_hz", measures.velocity_band.hi_hz}};
  if (!severity) {
    json["velocity_mm_s"] = nullptr;
    json["zone"] = nullptr;
    json["note"] = measures.velocity_note;
    return json;
  }
  json["velocity_mm_s"] = severity->velocity_mm_s;
  json["zone"] = letter(severity->zone);
  json["limits_mm_s"] = {severity->limits.a_b, severity->limits.b_c, severity->limits.c_d};
  json["note"] = severity->origin;
  return json;
}

std::string velocity_text(const VibrationMeasures& measures,
                          const std::optional<Severity>& severity) {
  const std::string band = "velocity " + band_text(measures.velocity_band);
  if (!severity) {
    return band + " not measured: " + measures.velocity_note;
  }
  return band + printed(" %.3g mm/s RMS: zone ", severity->velocity_mm_s) + letter(severity->zone) +
         ", " + meaning(severity->zone) +
         (measures.levels_cut ? " (a lower limit: the samples are cut off)" : "");
}

void add_provenance(report::Document& document, const Recording& recording) {
  document.provenance({"Recording", recording.source})
      .provenance({"SHA-256 of the samples", sha256_of(recording)})
      .provenance(
          {"Samples",
           std::to_string(recording.frames()) + printed(" at %g Hz", recording.rate_hz) +
               printed(", %.2f s", static_cast<double>(recording.frames()) / recording.rate_hz)})
      .provenance({"Scale", printed("%.6g m/s² per count", recording.scale)});
  for (const std::string& note : recording.notes) {
    document.provenance({"Note", note});
  }
  document.provenance({"Made by", "aiot " AIOT_VERSION});
}

report::KeyFigure velocity_figure(const VibrationMeasures& measures,
                                  const std::optional<Severity>& severity) {
  if (!severity) {
    return {"Severity", "-", "", measures.velocity_note, report::Tone::kNeutral};
  }
  return {"Severity: zone " + letter(severity->zone),
          printed("%.3g", severity->velocity_mm_s),
          "mm/s RMS",
          std::string(meaning(severity->zone)) + ", " + band_text(measures.velocity_band),
          tone_of(severity->zone)};
}

report::LineChart velocity_chart(const VibrationMeasures& measures,
                                 const std::optional<Severity>& severity,
                                 double rate_hz) {
  report::LineChart chart;
  chart.title = "Velocity " + band_text(measures.velocity_band) + ", window by window";
  chart.x = {"Time", "", report::AxisScale::kDuration, {}, {}};
  chart.y = {"Velocity", "mm/s RMS", report::AxisScale::kLinear, 0.0, {}};
  report::Series series{.name = "velocity", .y = {}, .x = {}};
  double largest = 0.0;
  for (const toolkit::WindowMeasures& window : measures.windows) {
    series.x.push_back(static_cast<double>(window.frame) / rate_hz);
    series.y.push_back(window.velocity_mm_s.value_or(std::numeric_limits<double>::quiet_NaN()));
    largest = std::max(largest, window.velocity_mm_s.value_or(0.0));
  }
  chart.series.push_back(series);
  chart.caption = "Windows in which the filters still settle, and those left out, are gaps.";
  if (severity) {
    constexpr double kInf = std::numeric_limits<double>::infinity();
    const auto a_b = static_cast<double>(severity->limits.a_b);
    const auto b_c = static_cast<double>(severity->limits.b_c);
    const auto c_d = static_cast<double>(severity->limits.c_d);
    chart.zones = {{0.0, a_b, "A", report::Tone::kGood},
                   {a_b, b_c, "B", report::Tone::kInfo},
                   {b_c, c_d, "C", report::Tone::kNotice},
                   {c_d, kInf, "D", report::Tone::kBad}};
    // As far as the next limit, so that the distance to it is seen.
    chart.y.to = 1.15 * (largest < a_b ? a_b : largest < b_c ? b_c : std::max(largest, c_d));
    chart.caption += " " + severity->origin;
  }
  chart.height = 220.0;
  return chart;
}

report::LineChart acceleration_chart(const VibrationMeasures& measures,
                                     const std::optional<KnownSpeed>& speed) {
  report::LineChart chart;
  chart.title = "Spectrum of the acceleration";
  chart.x = {"Frequency", "Hz", report::AxisScale::kLinear, 0.0, {}};
  chart.y = {"Amplitude", "m/s², peak", report::AxisScale::kLog, {}, {}};
  report::Series spectrum{.name = "amplitude", .y = measures.amplitude, .x = {}};
  spectrum.x_step = measures.bin_hz;
  // What remains of the mean in the first bins is no vibration.
  for (std::size_t i = 0; i < spectrum.y.size() && i < 2; ++i) {
    spectrum.y[i] = std::numeric_limits<double>::quiet_NaN();
  }
  report::Series lines{.name = "largest lines", .y = {}, .x = {}};
  lines.style = report::SeriesStyle::kPoints;
  for (const toolkit::SpectrumLine& line : measures.lines) {
    lines.x.push_back(line.hz);
    lines.y.push_back(line.amplitude);
  }
  chart.series = {spectrum, lines};
  if (speed) {
    report::mark_shaft(chart, speed->rpm / 60.0, 3);
  }
  chart.caption = counted(measures.spectra, "spectrum", "spectra") + " averaged, Hann, " +
                  printed("%.3g Hz a bin; heights are those of tones.", measures.bin_hz);
  return chart;
}

report::Table lines_table(const VibrationMeasures& measures,
                          const std::optional<KnownSpeed>& speed) {
  report::Table table;
  table.caption = "Largest lines that stand out of the spectrum of the acceleration";
  table.columns = {{"Frequency (Hz)", report::Align::kNumber, {}},
                   {"Amplitude (m/s², peak)", report::Align::kNumber, {}},
                   {"Above the floor (dB)", report::Align::kNumber, 60.0}};
  if (speed) {
    table.columns.insert(table.columns.begin() + 1,
                         report::Column{"Order", report::Align::kNumber, {}});
  }
  for (const toolkit::SpectrumLine& line : measures.lines) {
    std::vector<report::Cell> row{report::cell(line.hz, 2)};
    if (speed) {
      row.push_back(report::cell(line.hz * 60.0 / speed->rpm, 3));
    }
    row.push_back(report::cell(report::number(line.amplitude, 3)));
    row.push_back(report::cell(line.prominence_db, 1));
    table.rows.push_back(row);
  }
  return table;
}

report::Table levels_table(const VibrationMeasures& measures) {
  report::Table table;
  table.caption = "Levels about the mean, over everything that was used";
  table.columns = {{"Measure", report::Align::kText, {}},
                   {"Value", report::Align::kNumber, {}},
                   {"Unit", report::Align::kText, {}}};
  const auto add = [&table](const std::string& name, double value, const std::string& unit) {
    table.rows.push_back(
        {report::cell(name), report::cell(report::number(value, 4)), report::cell(unit)});
  };
  const dsp::Statistics& s = measures.statistics;
  add("Mean", measures.mean, "m/s²");
  add("RMS", static_cast<double>(s.rms), "m/s²");
  add("Peak", static_cast<double>(s.peak), "m/s²");
  add("Peak to peak", static_cast<double>(s.peak_to_peak()), "m/s²");
  add("Crest factor", static_cast<double>(s.crest_factor), "");
  add("Skewness", static_cast<double>(s.skewness), "");
  add("Kurtosis", static_cast<double>(s.kurtosis), "3 for Gaussian noise");
  add("Shape factor", static_cast<double>(s.shape_factor), "");
  add("Impulse factor", static_cast<double>(s.impulse_factor), "");
  for (const toolkit::BandLevel& band : measures.bands) {
    add("RMS " + printed("%.0f", static_cast<double>(band.band.lo_hz)) +
            printed(" to %.0f Hz", static_cast<double>(band.band.hi_hz)),
        band.rms,
        "m/s²");
  }
  return table;
}

}  // namespace aiot::cli
