// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "aiot/toolkit/condition_analysis.hpp"
#include "aiot/toolkit/files.hpp"
#include "tools/aiot/analysis_options.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/verbs.hpp"
#include "tools/aiot/watch_report.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;
using toolkit::ConditionEpisode;
using toolkit::ConditionHistory;
using toolkit::ConditionPoint;

constexpr const char* kExamples =
    "RECORDING is a .wav, .csv, .mat, .s16 or .airs file (see aiot run --help). It is cut and\n"
    "judged as a device with this baseline would do it: score 1 is the threshold, and an alarm\n"
    "begins when three of four blocks are at it or above.\n"
    "\n"
    "Examples:\n"
    "  aiot commission bearing.s16 --first 0.2 -o bearing.aian\n"
    "  aiot watch bearing.s16 --baseline bearing.aian --report bearing.html\n"
    "  aiot watch bearing.s16 --baseline bearing.aian --json | jq 'select(.kind == \"episode\")'";

struct WatchOptions {
  RecordingOptions recording;
  std::string baseline;
  std::string report;
  double skip = 0.0;
  bool json = false;
};

const char* grade_name(decide::AnomalyGrade grade) {
  switch (grade) {
    case decide::AnomalyGrade::kNormal:
      return "normal";
    case decide::AnomalyGrade::kAttention:
      return "attention";
    case decide::AnomalyGrade::kAlarm:
      return "alarm";
    case decide::AnomalyGrade::kStrong:
      return "strong";
  }
  return "unknown";
}

double part_of_recording(const Watched& watched, double time_s) {
  return time_s * watched.recording->rate_hz /
         static_cast<double>(watched.recording->stream_frames());
}

float largest_score(const ConditionHistory& history) {
  float largest = 0.0F;
  for (const ConditionPoint& point : history.points) {
    largest = std::max(largest, point.verdict.score);
  }
  return largest;
}

void print_line(const ordered_json& line) {
  std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

ordered_json contributions_json(const Watched& watched, std::size_t point) {
  ordered_json list = ordered_json::array();
  for (const decide::Contribution& part : watched.history->points[point].verdict.top) {
    if (!(part.share > 0.0F)) {
      continue;
    }
    const auto name = toolkit::condition_feature(part.feature, watched.recording->rate_hz);
    ordered_json object{{"name", name.name}};
    object["band_hz"] = name.hi_hz > 0.0 ? ordered_json({name.lo_hz, name.hi_hz}) : ordered_json();
    object["db"] = part.deviation_db;
    object["share"] = part.share;
    list.push_back(std::move(object));
  }
  return list;
}

void print_json(const Watched& watched) {
  const ConditionHistory& history = *watched.history;
  for (const ConditionPoint& point : history.points) {
    print_line({{"kind", "point"},
                {"frame", point.begin},
                {"time_s", point.time_s},
                {"score", point.verdict.score},
                {"alarm", point.verdict.alarm},
                {"grade", grade_name(point.verdict.grade)},
                {"level_db", point.verdict.level_db},
                {"dropped", point.verdict.dropped}});
  }
  for (const ConditionEpisode& episode : history.episodes) {
    print_line({{"kind", "episode"},
                {"from_s", history.points[episode.first].time_s},
                {"to_s", history.points[episode.last].time_s},
                {"peak_s", history.points[episode.peak].time_s},
                {"score", history.points[episode.peak].verdict.score},
                {"deviations", contributions_json(watched, episode.peak)}});
  }
  ordered_json summary{{"kind", "summary"},
                       {"recording", watched.recording->source},
                       {"windows", history.counts.windows},
                       {"left_out", history.counts.left_out},
                       {"left_out_for", flag_words(history.counts.left_out_for)},
                       {"observations", history.counts.observations},
                       {"points", history.points.size()},
                       {"alarm_share", history.alarm_share},
                       {"largest_score", largest_score(history)}};
  const bool alarm = !history.episodes.empty();
  const double first_s = alarm ? history.points[history.episodes.front().first].time_s : 0.0;
  summary["first_alarm_s"] = alarm ? ordered_json(first_s) : ordered_json();
  summary["first_alarm_share"] =
      alarm ? ordered_json(part_of_recording(watched, first_s)) : ordered_json();
  summary["dropped"] = dropped(history);
  summary["settled"] = history.model.settled;
  summary["threshold"] = history.model.threshold;
  print_line(summary);
}

void print_episodes(const Watched& watched) {
  const ConditionHistory& history = *watched.history;
  const Painter paint(1);
  std::printf(
      "\n%s\n",
      paint(Colour::kStrong,
            right("from s", 12) + right("to s", 12) + right("score", 8) + "  why, at its peak")
          .c_str());
  for (const ConditionEpisode& episode : history.episodes) {
    std::printf(
        "%s%s%s  %s\n",
        right(printed("%.1f", history.points[episode.first].time_s), 12).c_str(),
        right(printed("%.1f", history.points[episode.last].time_s), 12).c_str(),
        right(printed("%.2f", static_cast<double>(history.points[episode.peak].verdict.score)), 8)
            .c_str(),
        reasons_of(watched, episode.peak).c_str());
  }
}

void print_text(const Watched& watched) {
  const ConditionHistory& history = *watched.history;
  const Painter paint(1);
  std::printf("%s, %s\n",
              printable(watched.recording->source).c_str(),
              printed("%g Hz", watched.recording->rate_hz).c_str());
  std::printf("baseline %s: %s, threshold %s%s\n",
              printable(watched.baseline).c_str(),
              counted(history.model.windows, "observation").c_str(),
              printed("%.2f", static_cast<double>(history.model.threshold)).c_str(),
              history.model.settled ? "" : ", not settled");
  std::string counts = counted(history.counts.observations, "observation");
  if (history.counts.left_out > 0) {
    counts += ", " + std::to_string(history.counts.left_out) + " of " +
              counted(history.counts.windows, "window") + " left out (" +
              joined(flag_words(history.counts.left_out_for), ", ") + ")";
  }
  std::printf("%s, largest score %s\n",
              counts.c_str(),
              printed("%.2f", static_cast<double>(largest_score(history))).c_str());
  if (history.episodes.empty()) {
    std::printf("%s\n", paint(Colour::kGood, "as commissioned: no alarm").c_str());
  } else {
    const double first_s = history.points[history.episodes.front().first].time_s;
    std::printf("%s\n",
                paint(Colour::kBad,
                      printed("not as commissioned: first alarm at %.1f s", first_s) +
                          printed(" (%.1f %% of the recording)",
                                  100.0 * part_of_recording(watched, first_s)) +
                          printed(", %.1f %% of the time in alarm", 100.0 * history.alarm_share))
                    .c_str());
    print_episodes(watched);
  }
  if (dropped(history)) {
    std::printf("%s\n",
                paint(Colour::kBad,
                      "the signal dropped by 6 dB or more at times: look at sensor and machine")
                    .c_str());
  }
}

ExitCode watch(const WatchOptions& options) {
  const auto recording = open_recording(options.recording);
  if (!recording.ok()) {
    return fail(recording.problem().text);
  }
  const auto baseline = toolkit::read_file(options.baseline);
  if (!baseline.ok()) {
    return fail(baseline.problem().text);
  }
  const auto begin =
      static_cast<std::uint64_t>(options.skip * static_cast<double>(recording->frames()));
  const auto history = toolkit::watch_condition(*recording, *baseline, options.baseline, begin);
  if (!history.ok()) {
    return fail(history.problem().text);
  }
  const Watched watched{&*recording, &*history, options.baseline, *baseline};
  if (!options.report.empty()) {
    const std::string html = watch_report(watched);
    if (const auto problem = write_file(options.report, std::as_bytes(std::span(html)))) {
      return fail(*problem);
    }
  }
  if (options.json) {
    print_json(watched);
  } else {
    print_text(watched);
  }
  return ExitCode::kOk;
}

}  // namespace

void add_watch(CLI::App& app, ExitCode& exit) {
  const auto options = std::make_shared<WatchOptions>();
  CLI::App* const verb =
      app.add_subcommand("watch", "Compare a recording with the machine's healthy state");
  verb->footer(kExamples);
  add_recording_options(*verb, options->recording);
  verb->remove_option(verb->get_option("--rpm"));  // a baseline knows no speed
  verb->add_option("--baseline", options->baseline, "What aiot commission wrote")
      ->type_name("BASELINE")
      ->required();
  verb->add_option("--skip", options->skip, "Leave out this first share of the recording, 0 to 1")
      ->check(share_number)
      ->type_name("SHARE");
  verb->add_option("--report", options->report, "Also write the history as an HTML file")
      ->type_name("FILE.html");
  verb->add_flag("--json", options->json, "One JSON object a line instead of the text");
  verb->callback([options, &exit] { exit = watch(*options); });
}

}  // namespace aiot::cli
