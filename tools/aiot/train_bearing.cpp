// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tools/aiot/train_bearing.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>

#include "aiot/toolkit/evaluation.hpp"
#include "tools/aiot/output_file.hpp"

namespace aiot::cli {
namespace {

using toolkit::BearingRecording;
using toolkit::BearingScores;
using toolkit::BearingTraining;
using toolkit::Figures;
using toolkit::Training;

/// What a run leaves behind, for text, JSON and card.
struct BearingReport {
  Training training;
  std::vector<std::string> learned;  ///< labels
  std::size_t recordings = 0;
  std::set<std::string> bearings;
  std::size_t normal_recordings = 0;
  std::size_t parts = 0;  ///< held out one after the other; 0: too few bearings
  std::optional<BearingScores> scores;
  std::optional<toolkit::Areas> mean;  ///< over the parts
  Figures network;
  Figures physics;
  Figures fused;
  std::vector<std::string> notes;
};

/// Deals the bearings into parts that have a bearing of every class; the number of parts.
std::size_t deal(std::vector<BearingRecording>& recordings, const BearingTraining& training) {
  constexpr std::size_t kMostParts = 5;
  toolkit::EvidenceRows rows(training.request.plan());
  for (const BearingRecording& recording : recordings) {
    rows.add(recording.whole, recording.label, recording.group);
  }
  const auto parts = toolkit::deal_into_parts(rows.dataset(), kMostParts);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    for (const std::uint32_t group : parts[part]) {
      for (BearingRecording& recording : recordings) {
        if (recording.group == rows.dataset().groups[group]) {
          recording.part = std::to_string(part + 1);
        }
      }
    }
  }
  return parts.size();
}

std::vector<std::string> labels_of(std::span<const BearingRecording> recordings) {
  std::vector<std::string> labels;
  for (const BearingRecording& recording : recordings) {
    (void)toolkit::index_of(labels, recording.label);
  }
  return labels;
}

/// Judges on bearings that were held out, or on random segments; a problem, or nothing.
std::optional<toolkit::Problem> judge(std::vector<BearingRecording> recordings,
                                      const BearingTraining& training,
                                      const TrainOptions& options,
                                      Progress& progress,
                                      BearingReport& report) {
  report.parts = deal(recordings, training);
  constexpr std::size_t kLeakyParts = 3;
  if (options.leaky_split) {
    auto scores = toolkit::leaky_validate(recordings, report.learned, training, kLeakyParts);
    if (!scores.ok()) {
      return scores.problem();
    }
    report.scores = std::move(*scores);
  } else if (report.parts > 1) {
    auto judged =
        toolkit::cross_validate(recordings, report.learned, training, [&](const std::string& part) {
          progress.show("judging: bearings " + part + " of " + std::to_string(report.parts) +
                        " held out");
        });
    if (!judged.ok()) {
      return judged.problem();
    }
    report.scores = std::move(judged->pooled);
    report.mean = judged->areas;
  } else {
    return std::nullopt;
  }
  const std::vector<std::size_t> faults = toolkit::fault_labels(report.learned);
  report.network = toolkit::figures_of(report.scores->network, faults, options.seed);
  report.physics = toolkit::figures_of(report.scores->physics, faults, options.seed);
  report.fused = toolkit::figures_of(report.scores->fused, faults, options.seed);
  return std::nullopt;
}

std::string join(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& one : texts) {
    text += (text.empty() ? "" : ", ") + one;
  }
  return text;
}

std::string data_text(const TrainOptions& options, const BearingReport& report) {
  return std::filesystem::path(options.manifest).filename().string() + ", " +
         counted(report.recordings, "recording") + " of " +
         counted(report.bearings.size(), "bearing") + " (" + join(report.learned) + ")" +
         (options.hold_out.empty() ? "" : ", without " + options.hold_out);
}

std::string normal_text(const TrainOptions& options, const BearingReport& report) {
  return options.learn_normal
             ? "'" + options.normal + "' is a class of the network"
             : "the rule says what is " + options.normal + "; the network names the cause of the " +
                   "rest (" + counted(report.normal_recordings, options.normal + " recording") +
                   " not used)";
}

std::string network_text(const TrainOptions& options, const BearingReport& report) {
  const toolkit::TrainingReport& training = report.training.report;
  return std::to_string(training.specs.size()) + " features of the bearing's evidence -> " +
         std::to_string(training.fit.network.hidden.outputs) + " ReLU -> " +
         std::to_string(training.labels.size()) +
         (options.heads == toolkit::Heads::kMulti ? " classes, each by itself" : " classes") +
         ", int8; " + std::to_string(training.macs) + " multiply-accumulates, arena " +
         std::to_string(training.arena_bytes) + " bytes";
}

std::string epochs_text(const BearingReport& report) {
  const toolkit::TrainingReport& training = report.training.report;
  std::string text =
      counted(training.fit.epochs, "epoch") + " on " + counted(training.train.rows, "row");
  for (std::size_t i = 0; i < training.stops.size(); ++i) {
    text += (i == 0 ? ", the mean of the best ones with bearings held out: " : ", ") +
            std::to_string(training.stops[i]);
  }
  return text;
}

std::string judged_text(const TrainOptions& options, const BearingReport& report) {
  if (!report.scores) {
    return "nothing: a class has one bearing only; record more bearings";
  }
  return options.leaky_split
             ? "LEAKY: random segments of recordings that were trained on"
             : std::to_string(report.parts) + " parts of the bearings held out one after the other";
}

std::string class_areas(const std::vector<std::string>& labels, const Figures& figures) {
  std::string text;
  for (std::size_t i = 0; i < figures.areas.size() && i < labels.size(); ++i) {
    if (figures.areas[i]) {
      text += (text.empty() ? "" : ", ") + labels[i] + printed(" %.3f", *figures.areas[i]);
    }
  }
  return text;
}

std::string tried_text(const TrainOptions& options) {
  return std::to_string(options.tried + 1) + " by the user; the settings of this command were " +
         "chosen from " + std::to_string(toolkit::kBearingConfigurations) +
         " on the CWRU drive-end recordings";
}

std::string report_text(const TrainOptions& options, const BearingReport& report) {
  std::string text = "data        " + data_text(options, report) + "\nnormal      " +
                     normal_text(options, report) + "\nnetwork     " +
                     network_text(options, report) + "\ntraining    " + epochs_text(report) +
                     "\njudged on   " + judged_text(options, report) + "\n";
  if (report.scores) {
    text +=
        "area        macro AUROC over the faults, 95 % interval over bearings\n"
        "  network   " +
        area_text(report.network.macro, report.network.interval) + "  (" +
        class_areas(report.learned, report.network) + ")\n  physics   " +
        area_text(report.physics.macro, report.physics.interval) + "\n  fused     " +
        area_text(report.fused.macro, report.fused.interval) + "\n";
  }
  if (report.mean) {
    text += "mean of the parts: network " + area_text(report.mean->network, {}) + ", physics " +
            area_text(report.mean->physics, {}) + ", fused " + area_text(report.mean->fused, {}) +
            "; above: all recordings together, each scored by a network that never saw it\n";
  }
  text += "tried       " + tried_text(options) + "\n";
  for (const std::string& note : report.notes) {
    text += "note        " + note + "\n";
  }
  return text + "wrote " + options.output + " (" +
         std::to_string(report.training.report.package_bytes) + " bytes)" +
         (options.card.empty() ? "" : " and " + options.card) + "\n";
}

nlohmann::json json_of(const std::vector<std::string>& labels, const Figures& figures) {
  nlohmann::json json;
  json["macro_auroc"] = figures.macro ? nlohmann::json(*figures.macro) : nlohmann::json();
  if (figures.interval) {
    json["interval_95"] = {figures.interval->low, figures.interval->high};
  }
  for (std::size_t i = 0; i < figures.areas.size() && i < labels.size(); ++i) {
    if (figures.areas[i]) {
      json["auroc"][labels[i]] = *figures.areas[i];
    }
  }
  return json;
}

std::string report_json(const TrainOptions& options, const BearingReport& report) {
  const toolkit::TrainingReport& training = report.training.report;
  nlohmann::json json{{"package", options.output},
                      {"package_bytes", training.package_bytes},
                      {"features", "bearing"},
                      {"data", data_text(options, report)},
                      {"recordings", report.recordings},
                      {"bearings", report.bearings},
                      {"labels", training.labels},
                      {"learned", report.learned},
                      {"training_hash", hex(training.training_hash)},
                      {"seed", options.seed},
                      {"rows", training.train.rows},
                      {"epochs", training.fit.epochs},
                      {"best_epochs_held_out", training.stops},
                      {"configurations_tried", options.tried + 1},
                      {"configurations_of_defaults", toolkit::kBearingConfigurations},
                      {"leaky_split", options.leaky_split},
                      {"macs", training.macs},
                      {"arena_bytes", training.arena_bytes},
                      {"notes", report.notes}};
  if (report.scores) {
    json["parts_held_out"] = options.leaky_split ? 0 : report.parts;
    json["network"] = json_of(report.learned, report.network);
    json["physics"] = json_of(report.learned, report.physics);
    json["fused"] = json_of(report.learned, report.fused);
  }
  return json.dump(2) + "\n";
}

std::string report_card(const TrainOptions& options, const BearingReport& report) {
  const toolkit::TrainingReport& training = report.training.report;
  std::string text =
      "# " + options.name +
      ": model card\n\nWritten by `aiot train`.\n\n- data: " + data_text(options, report) +
      ", content SHA-256 `" + hex(training.training_hash) + "`\n- one bearing: same " +
      join(options.group_by) +
      "; its loads and speeds stay together on one side of every split\n- " +
      normal_text(options, report) + "\n- network: " + network_text(options, report) +
      "\n- training: " + epochs_text(report) + ", seed " + std::to_string(options.seed) +
      "\n- configurations tried: " + tried_text(options) + "\n";
  for (const std::string& note : report.notes) {
    text += "- " + note + "\n";
  }
  text += "\n## How good\n\nJudged on " + judged_text(options, report) + ".\n\n";
  if (report.scores) {
    text +=
        "| scores by | macro AUROC over the faults (95 % over bearings) | by class |\n"
        "|---|---|---|\n";
    for (const auto& [name, figures] : {std::pair("network alone (int8)", &report.network),
                                        std::pair("physics alone", &report.physics),
                                        std::pair("mean of both", &report.fused)}) {
      text += std::string("| ") + name + " | " + area_text(figures->macro, figures->interval) +
              " | " + class_areas(report.learned, *figures) + " |\n";
    }
  }
  if (report.mean) {
    text +=
        "\nThe table compares all recordings, each scored by a network that never saw its "
        "bearing. Mean over the parts: network " +
        area_text(report.mean->network, {}) + ", physics " + area_text(report.mean->physics, {}) +
        ", both " + area_text(report.mean->fused, {}) + ".\n";
  }
  text += "\n## Bearings\n\n";
  for (const std::string& bearing : report.bearings) {
    text += "- " + bearing + "\n";
  }
  text +=
      "\n## Limits\n\n"
      "- A figure holds for bearings and machines like these. " +
      std::string(report.bearings.size() < 20 ? "These are few: take the interval seriously.\n"
                                              : "\n") +
      "- Loads and speeds of one bearing are not independent of each other.\n"
      "- The score of a rolling element is that of a residual class in the physics: abnormal, but "
      "no lines of a race.\n"
      "- The speed has to be right within 2 %, and steady within one look at the bearing.\n";
  return text;
}

}  // namespace

std::vector<BearingRecording> learned_recordings(const std::vector<BearingRecording>& recordings,
                                                 const std::string& normal,
                                                 bool learn_normal) {
  std::vector<BearingRecording> learned;
  std::ranges::copy_if(recordings, std::back_inserter(learned), [&](const BearingRecording& one) {
    return learn_normal || one.label != normal;
  });
  return learned;
}

void warn_of_leak() {
  std::fputs(
      "aiot: warning: --leaky-split judges on random windows of machines that the network was "
      "trained on; the figures are too good and only there to compare\n",
      stderr);
}

std::string area_text(const std::optional<double>& area,
                      const std::optional<toolkit::Interval>& interval) {
  if (!area) {
    return "none";
  }
  return printed("%.3f", *area) +
         (interval ? printed(" (95 %%: %.3f", interval->low) + printed(" to %.3f)", interval->high)
                   : "");
}

ExitCode train_bearing(const TrainOptions& options,
                       CheckedRows& rows,
                       const BearingSource& source,
                       Progress& progress) {
  BearingData data =
      load_bearing_data(rows, source, options.group_by, "", View::kSegments, progress);
  progress.clear();
  if (!rows.problems.empty()) {
    print_problems(rows.problems);
    return ExitCode::kBadInput;
  }
  if (options.leaky_split) {
    warn_of_leak();
  }
  const std::vector<BearingRecording> learned =
      learned_recordings(data.recordings, options.normal, options.learn_normal);
  BearingReport report;
  report.learned = labels_of(learned);
  report.recordings = learned.size();
  report.normal_recordings = data.recordings.size() - learned.size();
  report.notes = data.notes;
  for (const BearingRecording& recording : learned) {
    report.bearings.insert(recording.group);
  }
  BearingTraining training = toolkit::bearing_training(options.name, options.normal, options.seed);
  training.request.fit.heads = options.heads;
  if (report.learned.size() > 1) {
    if (const auto problem = judge(learned, training, options, progress, report)) {
      return fail(problem->text);
    }
  }
  auto trained =
      toolkit::train_bearing_package(learned, training, [&](const toolkit::Epoch& epoch) {
        progress.show("training: epoch " + std::to_string(epoch.number) +
                      printed(", loss %.4f", epoch.train_loss));
      });
  progress.clear();
  if (!trained.ok()) {
    return fail(trained.problem().text);
  }
  report.training = std::move(*trained);
  auto problem = write_file(options.output, report.training.package);
  if (!problem && !options.card.empty()) {
    const std::string card = report_card(options, report);
    problem = write_file(options.card, std::as_bytes(std::span(card)));
  }
  if (problem) {
    return fail(*problem);
  }
  const std::string text =
      options.json ? report_json(options, report) : report_text(options, report);
  std::fputs(text.c_str(), stdout);
  return ExitCode::kOk;
}

}  // namespace aiot::cli
