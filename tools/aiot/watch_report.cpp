// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/watch_report.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "aiot/crypto/sha256.hpp"
#include "aiot/dsp/octave_features.hpp"
#include "aiot/toolkit/report/document.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"

namespace aiot::cli {
namespace {

namespace report = toolkit::report;

using report::Tone;
using toolkit::ConditionEpisode;
using toolkit::ConditionHistory;
using toolkit::ConditionPoint;

/// Tables of more episodes are read by nobody.
constexpr std::size_t kMostEpisodes = 40;

std::string time_text(double time_s) {
  return printed("%.1f s", time_s);
}

std::string percent(double share) {
  return printed("%.1f", 100.0 * share);
}

double life_of(const Watched& watched, double time_s) {
  return time_s * watched.recording->rate_hz /
         static_cast<double>(watched.recording->stream_frames());
}

/// Time at which the last observation of a point ends, roughly: that of the next one.
double end_of(const ConditionHistory& history, std::size_t point) {
  return history.points[std::min(point + 1, history.points.size() - 1)].time_s;
}

report::LineChart time_chart(const Watched& watched, std::string title) {
  report::LineChart chart;
  chart.title = std::move(title);
  chart.x = {.label = "Time since the recording's begin",
             .unit = {},
             .scale = report::AxisScale::kDuration,
             .from = {},
             .to = {}};
  for (const ConditionEpisode& episode : watched.history->episodes) {
    chart.episodes.push_back({.from = watched.history->points[episode.first].time_s,
                              .to = end_of(*watched.history, episode.last),
                              .label = "alarm"});
  }
  return chart;
}

report::LineChart score_chart(const Watched& watched) {
  report::LineChart chart = time_chart(watched, "Score");
  chart.caption =
      "Distance from the healthy state in units of the threshold. An alarm begins when three of "
      "four blocks are at 1 or above, and ends when six in a row are below 0.8.";
  chart.y = {.label = "score", .unit = {}, .scale = {}, .from = 0.0, .to = {}};
  report::Series score{.name = "score", .y = {}, .x = {}};
  for (const ConditionPoint& point : watched.history->points) {
    score.x.push_back(point.time_s);
    score.y.push_back(static_cast<double>(point.verdict.score));
  }
  chart.series.push_back(std::move(score));
  chart.limits.push_back({.value = 1.0, .label = "alarm", .tone = Tone::kBad});
  chart.limits.push_back({.value = static_cast<double>(decide::kAttentionScore),
                          .label = "attention",
                          .tone = Tone::kNotice});
  return chart;
}

report::LineChart level_chart(const Watched& watched) {
  report::LineChart chart = time_chart(watched, "Level");
  chart.caption =
      "Mean change of the levels of all octaves against the healthy state. At -6 dB and below the "
      "signal counts as dropped: a loose sensor, or a machine that is off.";
  chart.y = {.label = "change", .unit = "dB", .scale = {}, .from = {}, .to = {}};
  report::Series level{.name = "mean change of level", .y = {}, .x = {}};
  for (const ConditionPoint& point : watched.history->points) {
    level.x.push_back(point.time_s);
    level.y.push_back(static_cast<double>(point.verdict.level_db));
  }
  chart.series.push_back(std::move(level));
  chart.limits.push_back({.value = static_cast<double>(decide::kDroppedDb),
                          .label = "dropped",
                          .tone = Tone::kNotice});
  return chart;
}

float largest_score(const ConditionHistory& history) {
  float largest = 0.0F;
  for (const ConditionPoint& point : history.points) {
    largest = std::max(largest, point.verdict.score);
  }
  return largest;
}

void add_verdict(report::Document& document, const Watched& watched) {
  const ConditionHistory& history = *watched.history;
  if (history.episodes.empty()) {
    document.callout(Tone::kGood,
                     "As commissioned",
                     "The machine sounds as it did when its healthy state was learnt.");
  } else {
    const ConditionEpisode& first = history.episodes.front();
    const double time_s = history.points[first.first].time_s;
    document.callout(Tone::kBad,
                     "Not as commissioned",
                     "First alarm at " + time_text(time_s) + ", after " +
                         percent(life_of(watched, time_s)) + " % of the recording: " +
                         reasons_of(watched, first.peak) + " at the peak of that episode.");
  }
  if (!history.model.settled) {
    document.callout(Tone::kNotice,
                     "The baseline is not settled",
                     "The machine changed while it was learnt, or too little of it was seen: an "
                     "alarm may be what was still changing then.");
  }
  if (dropped(history)) {
    document.callout(Tone::kNotice,
                     "The signal dropped",
                     "All levels fell by 6 dB or more at times: look at the sensor and at whether "
                     "the machine was running.");
  }
}

void add_figures(report::Document& document, const Watched& watched) {
  const ConditionHistory& history = *watched.history;
  const bool alarm = !history.episodes.empty();
  const double first_s = alarm ? history.points[history.episodes.front().first].time_s : 0.0;
  document.key_figures(
      {{.label = "First alarm",
        .value = alarm ? percent(life_of(watched, first_s)) : "none",
        .unit = alarm ? "% of the recording" : "",
        .detail = alarm ? time_text(first_s) : "",
        .tone = alarm ? Tone::kBad : Tone::kGood},
       {.label = "In alarm",
        .value = percent(history.alarm_share),
        .unit = "%",
        .detail = counted(history.episodes.size(), "episode"),
        .tone = alarm ? Tone::kBad : Tone::kGood},
       {.label = "Largest score",
        .value = printed("%.2f", static_cast<double>(largest_score(history))),
        .unit = "",
        .detail = "1 is the threshold",
        .tone = alarm ? Tone::kBad : Tone::kGood},
       {.label = "Observations",
        .value = std::to_string(history.counts.observations),
        .unit = "",
        .detail = history.counts.left_out == 0
                      ? std::string("no window left out")
                      : counted(history.counts.left_out, "window") + " left out (" +
                            joined(flag_words(history.counts.left_out_for), ", ") + ")",
        .tone = Tone::kNeutral}});
}

void add_episodes(report::Document& document, const Watched& watched) {
  const ConditionHistory& history = *watched.history;
  if (history.episodes.empty()) {
    return;
  }
  document.section("Episodes");
  report::Table table;
  table.caption = "What stands out most at the peak of each episode, largest share first.";
  table.columns = {{.title = "from", .align = report::Align::kNumber, .bar_full = {}},
                   {.title = "to", .align = report::Align::kNumber, .bar_full = {}},
                   {.title = "largest score", .align = report::Align::kNumber, .bar_full = {}},
                   {.title = "why", .align = report::Align::kText, .bar_full = {}}};
  for (std::size_t i = 0; i < std::min(kMostEpisodes, history.episodes.size()); ++i) {
    const ConditionEpisode& episode = history.episodes[i];
    table.rows.push_back(
        {report::cell(time_text(history.points[episode.first].time_s)),
         report::cell(time_text(history.points[episode.last].time_s)),
         report::cell(static_cast<double>(history.points[episode.peak].verdict.score), 2),
         report::cell(reasons_of(watched, episode.peak))});
  }
  document.table(table);
  if (history.episodes.size() > kMostEpisodes) {
    document.paragraph("The first " + std::to_string(kMostEpisodes) + " of " +
                       std::to_string(history.episodes.size()) + " episodes are shown.");
  }
}

void add_baseline(report::Document& document, const Watched& watched) {
  const decide::AnomalyModel& model = watched.history->model;
  document.section("What was learnt");
  document.paragraph(
      counted(model.windows, "observation") + ", " +
      (model.block_length > 1 ? "judged in blocks of " + std::to_string(model.block_length)
                              : std::string("judged one by one")) +
      printed("; threshold of the distance %.2f.", static_cast<double>(model.threshold)));
  report::Table table;
  table.caption = "A lasting rise of one feature alone alarms at the last column.";
  table.columns = {{.title = "feature", .align = report::Align::kText, .bar_full = {}},
                   {.title = "mean, dB", .align = report::Align::kNumber, .bar_full = {}},
                   {.title = "m/s\u00b2 RMS", .align = report::Align::kNumber, .bar_full = {}},
                   {.title = "alarm at, dB", .align = report::Align::kNumber, .bar_full = {}}};
  for (std::size_t i = 0; i < model.features; ++i) {
    const auto mean = static_cast<double>(model.mean[i]);
    const auto rise = toolkit::alarming_rise_db(model, i);
    table.rows.push_back(
        {report::cell(toolkit::condition_feature_text(i, watched.recording->rate_hz)),
         report::cell(mean, 1),
         i < dsp::kOctaves ? report::cell(std::pow(10.0, mean / 20.0), 4) : report::cell(""),
         rise ? report::cell(printed("%+.1f", *rise)) : report::cell("not alone")});
  }
  document.table(table);
}

}  // namespace

std::string reasons_of(const Watched& watched, std::size_t point) {
  std::vector<std::string> parts;
  for (const decide::Contribution& part : watched.history->points[point].verdict.top) {
    if (part.share > 0.0F) {
      parts.push_back(toolkit::condition_feature_text(part.feature, watched.recording->rate_hz) +
                      printed(" %+.1f dB", static_cast<double>(part.deviation_db)));
    }
  }
  return joined(parts, ", ");
}

bool dropped(const ConditionHistory& history) {
  return std::any_of(history.points.begin(), history.points.end(), [](const ConditionPoint& point) {
    return point.verdict.dropped;
  });
}

std::string watch_report(const Watched& watched) {
  report::Document document("Condition of a machine");
  document.subtitle(printable(watched.recording->source));
  document.provenance(
      {"recording",
       printable(watched.recording->source) + printed(", %g Hz", watched.recording->rate_hz)});
  document.provenance(
      {"baseline",
       printable(watched.baseline) + ", SHA-256 " + hex(crypto::sha256(watched.bytes))});
  document.provenance({"windows",
                       std::to_string(watched.history->cut.window) + " samples, every " +
                           std::to_string(watched.history->cut.hop)});
  document.provenance({"made by", std::string("aiot ") + AIOT_VERSION});
  add_verdict(document, watched);
  add_figures(document, watched);
  document.section("Over time");
  document.figure(score_chart(watched));
  document.figure(level_chart(watched));
  add_episodes(document, watched);
  add_baseline(document, watched);
  return document.html();
}

}  // namespace aiot::cli
