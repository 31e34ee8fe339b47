// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "aiot/toolkit/report/document.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/evaluate_view.hpp"

namespace aiot::cli {
namespace {

namespace report = toolkit::report;
using toolkit::Figures;

report::Column text_column(const std::string& title) {
  return {.title = title, .align = report::Align::kText, .bar_full = std::nullopt};
}

report::Column number_column(const std::string& title) {
  return {.title = title, .align = report::Align::kNumber, .bar_full = std::nullopt};
}

report::IntervalRow interval_row(const std::string& label,
                                 const Figures& figures,
                                 report::Standing standing) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  return {.label = label,
          .value = figures.macro.value_or(kNone),
          .low = figures.interval ? figures.interval->low : kNone,
          .high = figures.interval ? figures.interval->high : kNone,
          .standing = standing};
}

void add_set(const Evaluation& evaluation,
             const FigureSet& set,
             report::Standing standing,
             report::IntervalPlot& plot) {
  const auto add = [&](const std::string& name, const Figures& figures) {
    if (figures.macro) {
      plot.rows.push_back(interval_row(name + ", " + set.name, figures, standing));
    }
  };
  add("network", set.network);
  if (evaluation.physics) {
    // Physics is not trained: nothing leaks into it.
    if (standing == report::Standing::kSound) {
      add("physics", set.physics);
    }
    add("both", set.fused);
  }
}

void put_intervals(const Evaluation& evaluation, report::Document& document) {
  report::IntervalPlot plot;
  plot.title = "Macro AUROC over the faults";
  plot.caption =
      "Dot: all recordings together. Line: 95 % of 1000 draws of whole bearings or machines, not "
      "of "
      "recordings, because recordings of one bearing are not independent. Chance: 0.5.";
  plot.x = {.label = "Macro AUROC", .unit = "", .from = 0.4, .to = 1.0};
  plot.decimals = 3;
  plot.reference = report::Limit{.value = 0.5, .label = "chance"};
  plot.sound_name = "never seen in training";
  plot.doubtful_name = "leaky: seen in training";
  add_set(evaluation, evaluation.honest, report::Standing::kSound, plot);
  if (evaluation.leaky) {
    add_set(evaluation, *evaluation.leaky, report::Standing::kDoubtful, plot);
  }
  document.figure(plot);
}

void put_folds(const Evaluation& evaluation, report::Document& document) {
  if (evaluation.folds.empty()) {
    return;
  }
  report::Table table;
  table.caption = "Macro AUROC of what was held out: mean and worst of the seeds";
  table.columns = {text_column("Held out"),
                   number_column("Recordings"),
                   number_column("Network"),
                   number_column("worst"),
                   number_column("Physics"),
                   number_column("Both"),
                   number_column("worst")};
  for (const FoldRow& fold : evaluation.folds) {
    table.rows.push_back({report::cell(fold.value),
                          report::cell(std::to_string(fold.recordings)),
                          report::cell(fold.network_mean, 3),
                          report::cell(fold.network_worst, 3),
                          report::cell(fold.physics, 3),
                          report::cell(fold.fused_mean, 3),
                          report::cell(fold.fused_worst, 3)});
  }
  document.section("Folds").table(table);
}

/// The recordings that the honest figures are about; without any, all.
std::vector<EvaluatedRecording> shown(const Evaluation& evaluation) {
  std::vector<EvaluatedRecording> some;
  std::ranges::copy_if(evaluation.recordings,
                       std::back_inserter(some),
                       [](const EvaluatedRecording& one) { return !one.seen; });
  return some.empty() ? evaluation.recordings : some;
}

void put_curves(const Evaluation& evaluation,
                const std::vector<EvaluatedRecording>& recordings,
                report::Document& document) {
  report::RocChart roc;
  roc.title = "ROC of the network alone, each fault against all others";
  roc.caption = "Scores of the int8 network as on a device, in steps of 1/256.";
  for (const std::size_t fault : evaluation.faults) {
    std::vector<double> scores;
    std::vector<bool> positive;
    for (const EvaluatedRecording& recording : recordings) {
      if (evaluation.physics && recording.truth == evaluation.normal) {
        continue;  // as in the figures: the network names the cause of a fault
      }
      scores.push_back(recording.network[fault]);
      positive.push_back(recording.truth == fault);
    }
    const bool both = std::find(positive.begin(), positive.end(), true) != positive.end() &&
                      std::find(positive.begin(), positive.end(), false) != positive.end();
    if (both) {
      roc.curves.push_back(report::roc_curve(evaluation.labels[fault], scores, positive));
    }
  }
  if (!roc.curves.empty()) {
    document.section("Curves").figure(roc);
  }
}

void put_strips(const Evaluation& evaluation,
                const std::vector<EvaluatedRecording>& recordings,
                report::Document& document) {
  document.section("Scores of each recording");
  for (const std::size_t fault : evaluation.faults) {
    report::StripChart chart;
    chart.title = "Network's score of '" + evaluation.labels[fault] + "'";
    chart.caption = "A mark is a recording; a cross: the answer to that recording was wrong.";
    chart.x = {.label = "Score", .unit = "", .from = 0.0, .to = 1.0};
    for (std::size_t truth = 0; truth < evaluation.labels.size(); ++truth) {
      report::StripGroup group{.label = evaluation.labels[truth], .points = {}};
      for (const EvaluatedRecording& recording : recordings) {
        if (recording.truth == truth) {
          group.points.push_back({recording.network[fault],
                                  recording.answer.label == truth ? report::Verdict::kRight
                                                                  : report::Verdict::kWrong});
        }
      }
      if (!group.points.empty()) {
        chart.groups.push_back(std::move(group));
      }
    }
    document.figure(chart);
  }
}

void put_confusion(const Evaluation& evaluation, report::Document& document) {
  report::ConfusionMatrix matrix;
  matrix.title = "Answers";
  matrix.caption =
      evaluation.physics
          ? "As a device answers: physics goes first, and the network names the cause of "
            "what physics finds abnormal."
          : "The class with the best mean score of the windows.";
  matrix.labels = answers_of(evaluation);
  matrix.what = "recordings";
  for (const std::size_t count : evaluation.confusion.counts) {
    matrix.counts.push_back(count);
  }
  document.section("Answers").figure(matrix);
}

void put_recordings(const Evaluation& evaluation, report::Document& document) {
  report::Table table;
  const std::vector<std::string> answers = answers_of(evaluation);
  table.caption = "All recordings";
  table.columns = {text_column("Recording"),
                   text_column("Truth"),
                   text_column("Answer"),
                   {.title = "Confidence", .align = report::Align::kNumber, .bar_full = 1.0}};
  for (const std::size_t fault : evaluation.faults) {
    table.columns.push_back(number_column("Network: " + evaluation.labels[fault]));
  }
  if (evaluation.physics) {
    for (const std::size_t fault : evaluation.faults) {
      table.columns.push_back(number_column("Physics: " + evaluation.labels[fault]));
    }
  }
  table.columns.push_back(text_column("Seen in training"));
  for (const EvaluatedRecording& recording : evaluation.recordings) {
    const bool right = recording.answer.label == recording.truth;
    report::Cell answer = report::cell(answers[recording.answer.label]);
    answer.tone = right ? report::Tone::kNeutral : report::Tone::kBad;
    report::Cell confidence = report::cell(recording.answer.confidence, 2);
    confidence.value = recording.answer.confidence;
    std::vector<report::Cell> row{report::cell(recording.file),
                                  report::cell(evaluation.labels[recording.truth]),
                                  std::move(answer),
                                  std::move(confidence)};
    for (const std::size_t fault : evaluation.faults) {
      row.push_back(report::cell(recording.network[fault], 2));
    }
    if (evaluation.physics) {
      for (const std::size_t fault : evaluation.faults) {
        row.push_back(report::cell(recording.physics[fault], 2));
      }
    }
    report::Cell seen = report::cell(recording.seen ? "yes" : "no");
    seen.tone = recording.seen ? report::Tone::kNotice : report::Tone::kNeutral;
    row.push_back(std::move(seen));
    table.rows.push_back(std::move(row));
  }
  document.section("Recordings").table(table);
}

report::KeyFigure key_figure(const std::string& label, const Figures& figures, report::Tone tone) {
  return {.label = label,
          .value = figures.macro ? printed("%.3f", *figures.macro) : "none",
          .unit = "",
          .detail = figures.interval ? printed("95 %%: %.3f to ", figures.interval->low) +
                                           printed("%.3f", figures.interval->high)
                                     : "no interval: one group of a class",
          .tone = tone};
}

}  // namespace

std::string evaluation_html(const Evaluation& evaluation) {
  report::Document document("Evaluation of a classifier");
  document.subtitle("Scores, intervals and answers, recording by recording");
  for (const auto& [name, value] : evaluation.provenance) {
    document.provenance({name, value});
  }
  for (const std::string& warning : evaluation.warnings) {
    document.callout(report::Tone::kNotice, "Mind the data", warning);
  }
  std::vector<report::KeyFigure> figures;
  if (!evaluation.folds.empty()) {
    const FoldRow& mean = evaluation.folds.back();
    double worst = 1.0;
    for (const FoldRow& fold : evaluation.folds) {
      worst = std::min(worst, fold.network_worst);
    }
    figures.push_back({.label = "Network alone, mean of the folds",
                       .value = printed("%.3f", mean.network_mean),
                       .unit = "",
                       .detail = printed("worst fold of any seed: %.3f", worst),
                       .tone = report::Tone::kNeutral});
  }
  figures.push_back(key_figure("Network alone, " + evaluation.honest.name,
                               evaluation.honest.network,
                               report::Tone::kNeutral));
  if (evaluation.physics) {
    figures.push_back(key_figure("Network and physics, " + evaluation.honest.name,
                                 evaluation.honest.fused,
                                 report::Tone::kNeutral));
  }
  if (evaluation.leaky) {
    figures.push_back(key_figure(
        "Network, " + evaluation.leaky->name, evaluation.leaky->network, report::Tone::kNotice));
  }
  document.key_figures(figures);
  document.section("Honest and leaky");
  put_intervals(evaluation, document);
  document.list(evaluation.notes);
  put_folds(evaluation, document);
  const std::vector<EvaluatedRecording> recordings = shown(evaluation);
  put_curves(evaluation, recordings, document);
  put_strips(evaluation, recordings, document);
  put_confusion(evaluation, document);
  put_recordings(evaluation, document);
  return document.html();
}

}  // namespace aiot::cli
