// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tools/aiot/evaluate_view.hpp"

#include <algorithm>
#include <set>

#include "tools/aiot/console.hpp"
#include "tools/aiot/train_bearing.hpp"

namespace aiot::cli {
namespace {

using toolkit::Confusion;
using toolkit::Figures;
using toolkit::ScoredRecording;

std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + "\"";
}

std::string class_areas(const Evaluation& evaluation, const Figures& figures) {
  std::string text;
  for (const std::size_t fault : evaluation.faults) {
    if (fault < figures.areas.size() && figures.areas[fault]) {
      text += (text.empty() ? "" : ", ") + evaluation.labels[fault] +
              printed(" %.3f", *figures.areas[fault]);
    }
  }
  return text.empty() ? text : "  (" + text + ")";
}

std::string figures_line(const Evaluation& evaluation,
                         const std::string& name,
                         const Figures& figures) {
  return "  " + left(name, 9) + area_text(figures.macro, figures.interval) +
         class_areas(evaluation, figures) + "\n";
}

std::string set_text(const Evaluation& evaluation, const FigureSet& set) {
  std::string text =
      set.name + ": " + counted(set.recordings, evaluation.physics ? "fault" : "recording") +
      " of " + counted(set.groups, "group") + "; macro AUROC over the faults, 95 % over groups\n" +
      figures_line(evaluation, "network", set.network);
  if (evaluation.physics) {
    text += figures_line(evaluation, "physics", set.physics) +
            figures_line(evaluation, "fused", set.fused);
  }
  if (set.network.macro && !set.network.interval) {
    text += "  no interval: a fault has one group only\n";
  }
  return text;
}

std::string folds_text(const Evaluation& evaluation) {
  if (evaluation.folds.empty()) {
    return {};
  }
  std::string text = "  " + left("held out", 12) + right("recordings", 10) + right("network", 10) +
                     right("worst", 8) + right("physics", 10) + right("fused", 8) +
                     right("worst", 8) + "\n";
  for (const FoldRow& fold : evaluation.folds) {
    text += "  " + left(fold.value, 12) + right(std::to_string(fold.recordings), 10) +
            right(printed("%.3f", fold.network_mean), 10) +
            right(printed("%.3f", fold.network_worst), 8) +
            right(printed("%.3f", fold.physics), 10) + right(printed("%.3f", fold.fused_mean), 8) +
            right(printed("%.3f", fold.fused_worst), 8) + "\n";
  }
  return text + "\n";
}

std::string confusion_text(const Evaluation& evaluation) {
  const std::vector<std::string> answers = answers_of(evaluation);
  std::size_t width = 6;
  for (const std::string& label : answers) {
    width = std::max(width, label.size());
  }
  width += 2;
  std::string text = "answers (rows: truth)\n  " + left("", width);
  for (const std::string& label : answers) {
    text += right(label, width);
  }
  text += right("recall", width) + "\n";
  for (std::size_t truth = 0; truth < answers.size(); ++truth) {
    if (evaluation.confusion.total(truth) == 0) {
      continue;
    }
    text += "  " + left(answers[truth], width);
    for (std::size_t answer = 0; answer < answers.size(); ++answer) {
      text += right(std::to_string(evaluation.confusion.at(truth, answer)), width);
    }
    text += right(printed("%.3f", evaluation.confusion.recall(truth)), width) + "\n";
  }
  return text + printed("  balanced accuracy %.3f\n", evaluation.confusion.balanced_accuracy());
}

nlohmann::json json_of(const Evaluation& evaluation, const Figures& figures) {
  nlohmann::json json;
  json["macro_auroc"] = figures.macro ? nlohmann::json(*figures.macro) : nlohmann::json();
  if (figures.interval) {
    json["interval_95"] = {figures.interval->low, figures.interval->high};
  }
  for (std::size_t i = 0; i < figures.areas.size(); ++i) {
    if (figures.areas[i]) {
      json["auroc"][evaluation.labels[i]] = *figures.areas[i];
    }
  }
  if (figures.balanced_accuracy) {
    json["balanced_accuracy_of_best_score"] = *figures.balanced_accuracy;
  }
  return json;
}

nlohmann::json json_of(const Evaluation& evaluation, const FigureSet& set) {
  nlohmann::json json{{"name", set.name},
                      {"items", set.recordings},
                      {"groups", set.groups},
                      {"network", json_of(evaluation, set.network)}};
  if (evaluation.physics) {
    json["physics"] = json_of(evaluation, set.physics);
    json["fused"] = json_of(evaluation, set.fused);
  }
  return json;
}

}  // namespace

std::vector<ScoredRecording> scored(const std::vector<EvaluatedRecording>& recordings,
                                    const std::vector<double> EvaluatedRecording::*scores) {
  std::vector<ScoredRecording> result;
  result.reserve(recordings.size());
  for (const EvaluatedRecording& recording : recordings) {
    result.push_back({.file = recording.file,
                      .group = recording.group,
                      .truth = recording.truth,
                      .scores = recording.*scores});
  }
  return result;
}

FigureSet figure_set(const std::string& name,
                     const std::vector<EvaluatedRecording>& all,
                     const Evaluation& evaluation) {
  constexpr std::uint64_t kSeed = 1;
  FigureSet set;
  set.name = name;
  std::vector<EvaluatedRecording> recordings = all;
  if (evaluation.physics) {
    // Scores of a bearing name the cause of what the rule found abnormal.
    std::erase_if(recordings,
                  [&](const EvaluatedRecording& one) { return one.truth == evaluation.normal; });
  }
  set.recordings = recordings.size();
  std::set<std::string> groups;
  for (const EvaluatedRecording& recording : recordings) {
    groups.insert(recording.group);
  }
  set.groups = groups.size();
  const auto figures = [&](const std::vector<double> EvaluatedRecording::*scores) {
    return toolkit::figures_of(scored(recordings, scores), evaluation.faults, kSeed);
  };
  set.network = figures(&EvaluatedRecording::network);
  if (evaluation.physics) {
    set.physics = figures(&EvaluatedRecording::physics);
    set.fused = figures(&EvaluatedRecording::fused);
  }
  return set;
}

std::vector<std::string> answers_of(const Evaluation& evaluation) {
  std::vector<std::string> answers = evaluation.labels;
  if (evaluation.physics) {
    answers.emplace_back("unclear");
  }
  return answers;
}

Confusion confusion_of(const std::vector<EvaluatedRecording>& recordings,
                       const Evaluation& evaluation) {
  Confusion confusion(answers_of(evaluation).size());
  for (const EvaluatedRecording& recording : recordings) {
    confusion.add(recording.truth, recording.answer.label);
  }
  return confusion;
}

std::string evaluation_text(const Evaluation& evaluation) {
  std::string text;
  for (const auto& [name, value] : evaluation.provenance) {
    text += left(name, 11) + " " + value + "\n";
  }
  text += "\n" + folds_text(evaluation) + set_text(evaluation, evaluation.honest);
  if (evaluation.leaky) {
    text += set_text(evaluation, *evaluation.leaky);
  }
  text += "\n" + confusion_text(evaluation);
  for (const std::string& note : evaluation.notes) {
    text += "note: " + note + "\n";
  }
  return text;
}

nlohmann::json evaluation_json(const Evaluation& evaluation) {
  const std::vector<std::string> answers = answers_of(evaluation);
  nlohmann::json json{{"labels", evaluation.labels},
                      {"honest", json_of(evaluation, evaluation.honest)},
                      {"balanced_accuracy", evaluation.confusion.balanced_accuracy()},
                      {"warnings", evaluation.warnings},
                      {"notes", evaluation.notes}};
  for (const auto& [name, value] : evaluation.provenance) {
    json["provenance"][name] = value;
  }
  if (evaluation.leaky) {
    json["leaky"] = json_of(evaluation, *evaluation.leaky);
  }
  json["answers"] = answers;
  for (std::size_t truth = 0; truth < answers.size(); ++truth) {
    nlohmann::json row = nlohmann::json::array();
    for (std::size_t answer = 0; answer < answers.size(); ++answer) {
      row.push_back(evaluation.confusion.at(truth, answer));
    }
    json["confusion"].push_back(std::move(row));
  }
  for (const FoldRow& fold : evaluation.folds) {
    json["folds"].push_back({{"held_out", fold.value},
                             {"recordings", fold.recordings},
                             {"network", fold.network_mean},
                             {"network_worst", fold.network_worst},
                             {"physics", fold.physics},
                             {"fused", fold.fused_mean},
                             {"fused_worst", fold.fused_worst}});
  }
  for (const EvaluatedRecording& recording : evaluation.recordings) {
    nlohmann::json row{{"file", recording.file},
                       {"group", recording.group},
                       {"truth", evaluation.labels[recording.truth]},
                       {"seen_in_training", recording.seen},
                       {"network", recording.network},
                       {"verdict", answers[recording.answer.label]},
                       {"confidence", recording.answer.confidence}};
    if (evaluation.physics) {
      row["physics"] = recording.physics;
      row["fused"] = recording.fused;
      row["rule"] = recording.answer.rule;
    }
    json["recordings"].push_back(std::move(row));
  }
  return json;
}

std::string evaluation_csv(const Evaluation& evaluation) {
  const std::vector<std::string> answers = answers_of(evaluation);
  std::vector<std::pair<std::string, std::vector<double> EvaluatedRecording::*>> kinds{
      {"network", &EvaluatedRecording::network}};
  if (evaluation.physics) {
    kinds.emplace_back("physics", &EvaluatedRecording::physics);
    kinds.emplace_back("fused", &EvaluatedRecording::fused);
  }
  std::string text = "file,group,truth,seen_in_training";
  for (const auto& [kind, scores] : kinds) {
    for (const std::string& label : evaluation.labels) {
      std::string column = kind;
      column.append("_").append(label);
      text.append(",").append(cell(column));
    }
  }
  text += ",verdict,confidence\n";
  for (const EvaluatedRecording& recording : evaluation.recordings) {
    text += cell(recording.file) + "," + cell(recording.group) + "," +
            cell(evaluation.labels[recording.truth]) + "," + (recording.seen ? "yes" : "no");
    for (const auto& [kind, scores] : kinds) {
      for (const double score : recording.*scores) {
        text += printed(",%.8f", score);
      }
    }
    text += "," + cell(answers[recording.answer.label]) +
            printed(",%.4f\n", recording.answer.confidence);
  }
  return text;
}

}  // namespace aiot::cli
