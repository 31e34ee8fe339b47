// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiot/toolkit/cross_validation.hpp"
#include "aiot/toolkit/dataset.hpp"
#include "aiot/toolkit/evaluation.hpp"
#include "aiot/toolkit/package_runner.hpp"
#include "aiot/toolkit/resample.hpp"
#include "tools/aiot/bearing_data.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/evaluate_view.hpp"
#include "tools/aiot/manifest_rows.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/package_file.hpp"
#include "tools/aiot/train_bearing.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using toolkit::BearingRecording;
using toolkit::BearingScorer;
using toolkit::BearingScores;
using toolkit::CrossValidation;
using toolkit::ManifestRow;

std::string manifest_name(const EvaluateOptions& options) {
  return std::filesystem::path(options.manifest).filename().string();
}

/// Writes the files and prints; the exit code of what went well.
ExitCode finish(const EvaluateOptions& options, const Evaluation& evaluation, ExitCode exit) {
  for (const std::string& warning : evaluation.warnings) {
    std::fprintf(stderr, "aiot: warning: %s\n", printable(warning).c_str());
  }
  const auto write = [](const std::string& path, const std::string& content) {
    return path.empty() ? std::nullopt : write_file(path, std::as_bytes(std::span(content)));
  };
  if (const auto problem = write(options.scores, evaluation_csv(evaluation))) {
    return fail(*problem);
  }
  if (!options.report.empty()) {
    if (const auto problem = write(options.report, evaluation_html(evaluation))) {
      return fail(*problem);
    }
  }
  const std::string text =
      options.json ? evaluation_json(evaluation).dump(2) + "\n" : evaluation_text(evaluation);
  std::fputs(text.c_str(), stdout);
  return exit;
}

/// Problems of rows: printed, and a reason to end unless they may be skipped.
ExitCode report_problems(const EvaluateOptions& options, const CheckedRows& rows) {
  print_problems(rows.problems);
  return rows.problems.empty() || options.skip_bad ? ExitCode::kOk : ExitCode::kBadInput;
}

/// Scores of one recording by a package of levels: the mean over its windows, as a device cuts
/// them. Empty, or the problem.
std::string score_windows(const toolkit::Manifest& manifest,
                          const ManifestRow& row,
                          const model::Package& package,
                          toolkit::PackageRunner& runner,
                          std::vector<double>& scores) {
  auto recording = load_row(manifest, row);
  if (!recording.ok()) {
    return recording.problem().text;
  }
  const std::uint32_t factor =
      toolkit::decimation_factor(recording->rate_hz,
                                 static_cast<double>(package.sensor.rate_min_hz),
                                 static_cast<double>(package.sensor.rate_max_hz));
  if (factor == 0) {
    return line_of(manifest, row) + row.file + ": the package is not for this sample rate";
  }
  toolkit::Dataset windows;
  windows.labels = {"any"};
  windows.groups = {"any"};
  const auto added =
      toolkit::add_recording(windows,
                             package.plan,
                             factor == 1 ? *recording : toolkit::decimate(*recording, factor),
                             0,
                             0);
  if (!added.ok() || windows.rows() == 0) {
    return line_of(manifest, row) + row.file + ": no window of the package fits in; leave it out";
  }
  scores.assign(package.labels, 0.0);
  for (std::size_t i = 0; i < windows.rows(); ++i) {
    const auto window = runner.scores(windows.row(i));
    for (std::size_t c = 0; c < scores.size(); ++c) {
      scores[c] += static_cast<double>(window[c] + 128) / 256.0;
    }
  }
  for (double& score : scores) {
    score /= static_cast<double>(windows.rows());
  }
  return {};
}

std::size_t best_of(const std::vector<double>& scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

void evaluate_levels(const EvaluateOptions& options,
                     const model::Package& package,
                     CheckedRows& rows,
                     Evaluation& evaluation,
                     Progress& progress) {
  toolkit::PackageRunner runner(package);
  std::size_t read = 0;
  for (const ManifestRow& row : rows.manifest.rows) {
    progress.show("scoring recording " + std::to_string(++read) + " of " +
                  std::to_string(rows.manifest.rows.size()) + ": " + row.file);
    EvaluatedRecording recording;
    std::string problem = score_windows(rows.manifest, row, package, runner, recording.network);
    if (!problem.empty()) {
      rows.problems.push_back(std::move(problem));
      continue;
    }
    recording.file = row.file;
    recording.group = group_of(row, options.group_by);
    recording.truth = toolkit::index_of(evaluation.labels, row.label);
    recording.answer = {best_of(recording.network), 0.0, {}};
    recording.answer.confidence = recording.network[recording.answer.label];
    evaluation.recordings.push_back(std::move(recording));
  }
}

void evaluate_bearings(const EvaluateOptions& options,
                       const model::Package& package,
                       const BearingSource& source,
                       CheckedRows& rows,
                       Evaluation& evaluation,
                       Progress& progress) {
  const BearingData data =
      load_bearing_data(rows, source, options.group_by, "", View::kWhole, progress);
  evaluation.notes = data.notes;
  BearingScorer scorer(package, evaluation.labels);
  for (const BearingRecording& bearing : data.recordings) {
    EvaluatedRecording recording;
    recording.file = bearing.file;
    recording.group = bearing.group;
    recording.truth = toolkit::index_of(evaluation.labels, bearing.label);
    recording.network = scorer.network(bearing.whole);
    recording.physics = scorer.physics(bearing.whole);
    recording.fused = toolkit::mean_of_scores(recording.network, recording.physics);
    recording.answer =
        toolkit::answer_of(bearing.whole, recording.network, evaluation.labels, evaluation.normal);
    evaluation.recordings.push_back(std::move(recording));
  }
}

/// Removes rows whose label the package does not have.
void check_labels(const std::vector<std::string>& labels, CheckedRows& rows) {
  std::erase_if(rows.manifest.rows, [&](const ManifestRow& row) {
    const bool unknown = std::find(labels.begin(), labels.end(), row.label) == labels.end();
    if (unknown) {
      rows.problems.push_back(line_of(rows.manifest, row) + row.file +
                              ": the package has no "
                              "class '" +
                              row.label + "'; leave the row out with --labels");
    }
    return unknown;
  });
}

/// Marks what was trained on, and takes the figures of the rest.
void judge(const EvaluateOptions& options, const model::Package& package, Evaluation& evaluation) {
  std::vector<EvaluatedRecording> seen;
  std::vector<EvaluatedRecording> unseen;
  for (EvaluatedRecording& recording : evaluation.recordings) {
    recording.seen =
        std::ranges::binary_search(package.training_groups, model::group_id(recording.group));
    (recording.seen ? seen : unseen).push_back(recording);
  }
  if (package.training_groups.empty()) {
    evaluation.warnings.push_back(
        "the package does not say what it was trained on; nobody can tell whether these "
        "recordings are new to it");
  }
  if (options.allow_leak) {
    evaluation.honest = figure_set("all recordings", evaluation.recordings, evaluation);
    evaluation.confusion = confusion_of(evaluation.recordings, evaluation);
    if (!seen.empty()) {
      evaluation.warnings.push_back(
          counted(seen.size(), "recording") +
          " of groups that the network was trained on count here (--allow-leak); the figures are "
          "too good");
    }
    return;
  }
  evaluation.honest =
      figure_set(package.training_groups.empty() ? "recordings that may have been seen"
                                                 : "never seen in training",
                 unseen,
                 evaluation);
  evaluation.confusion = confusion_of(unseen, evaluation);
  if (!seen.empty()) {
    evaluation.leaky = figure_set("seen in training (leaky)", seen, evaluation);
    evaluation.warnings.push_back(
        counted(seen.size(), "recording") +
        " of groups that the network was trained on are left out of the honest figure");
    if (unseen.empty()) {
      evaluation.warnings.push_back(
          "no recording is new to this package: nothing honest can be said; train with --hold-out "
          "or evaluate with --folds");
    }
  }
}

ExitCode evaluate_package(const EvaluateOptions& options, Progress& progress) {
  auto file = PackageFile::open(options.package);
  if (!file.ok()) {
    return fail(file.problem().text);
  }
  const model::Package& package = file->package();
  if (!package.has_plan || !package.has_network) {
    return fail(options.package + ": has no features or no network; there is nothing to judge");
  }
  auto source = open_bearings(options.bearing, options.catalogue);
  if (!source.ok()) {
    return fail(source.problem().text);
  }
  auto rows = load_rows(options.manifest, {.labels = options.labels, .column = {}, .value = {}});
  if (!rows.ok()) {
    return fail(rows.problem().text);
  }
  Evaluation evaluation;
  for (std::size_t i = 0; i < package.labels; ++i) {
    evaluation.labels.emplace_back(package.label(i));
  }
  evaluation.normal = package.normal_label;
  evaluation.physics = dsp::needs_evidence(package.plan);
  if (evaluation.physics && dsp::scratch_floats(package.plan) != 0) {
    return fail(options.package + ": mixes evidence and levels; this command can not judge that");
  }
  check_labels(evaluation.labels, *rows);
  if (evaluation.physics) {
    evaluation.faults = toolkit::fault_labels(evaluation.labels);
    if (evaluation.faults.empty()) {
      return fail(options.package + ": no class of it is a part of a bearing");
    }
    evaluate_bearings(options, package, *source, *rows, evaluation, progress);
  } else {
    for (std::size_t i = 0; i < evaluation.labels.size(); ++i) {
      if (i != package.normal_label) {
        evaluation.faults.push_back(i);
      }
    }
    evaluate_levels(options, package, *rows, evaluation, progress);
  }
  progress.clear();
  const ExitCode exit = report_problems(options, *rows);
  if (exit != ExitCode::kOk) {
    return exit;
  }
  if (evaluation.recordings.empty()) {
    return fail(options.manifest + ": no row can be judged");
  }
  judge(options, package, evaluation);
  if (evaluation.physics) {
    evaluation.notes.push_back(
        "areas are over recordings with a fault: they are about its cause; whether there is one is "
        "said by the rule, see the answers");
  }
  evaluation.provenance = {
      {"package",
       std::string(package.name) + " " + version_text(package.version) + ", " +
           (evaluation.physics ? "evidence of bearings" : "levels")},
      {"identity", hex(package.hash)},
      {"trained on", counted(package.training_groups.size(), "group")},
      {"data", manifest_name(options) + ", " + counted(evaluation.recordings.size(), "recording")}};
  if (!rows->problems.empty()) {
    evaluation.provenance.emplace_back("left out",
                                       counted(rows->problems.size(), "row") + " (--skip-bad)");
  }
  return finish(options, evaluation, exit);
}

/// All seeds of the folds.
struct Runs {
  std::vector<CrossValidation> honest;
  std::vector<double> leaky;
  BearingScores leaky_scores;  ///< of the first seed
};

std::optional<toolkit::Problem> run_seeds(const EvaluateOptions& options,
                                          const std::vector<BearingRecording>& learned,
                                          const std::vector<std::string>& labels,
                                          Progress& progress,
                                          Runs& runs) {
  const std::vector<std::size_t> faults = toolkit::fault_labels(labels);
  for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
    toolkit::BearingTraining training =
        toolkit::bearing_training("evaluation", options.normal, seed);
    training.request.fit.heads = options.heads;
    const auto show = [&](const std::string& value) {
      progress.show("seed " + std::to_string(seed) + " of " + std::to_string(options.seeds) + ": " +
                    options.folds + " " + value + " held out");
    };
    auto honest = toolkit::cross_validate(learned, labels, training, show);
    if (!honest.ok()) {
      return honest.problem();
    }
    show("(random segments)");
    auto leaky = toolkit::leaky_validate(learned, labels, training, honest->folds.size());
    if (!leaky.ok()) {
      return leaky.problem();
    }
    runs.leaky.push_back(toolkit::areas_of(*leaky, faults).network.value_or(0.0));
    if (seed == 1) {
      runs.leaky_scores = std::move(*leaky);
    }
    runs.honest.push_back(std::move(*honest));
  }
  return std::nullopt;
}

FoldRow summary(const std::string& name,
                std::size_t recordings,
                const std::vector<toolkit::Areas>& areas) {
  FoldRow row{.value = name, .recordings = recordings, .network_worst = 1.0, .fused_worst = 1.0};
  for (const toolkit::Areas& one : areas) {
    const auto count = static_cast<double>(areas.size());
    row.network_mean += one.network.value_or(0.0) / count;
    row.fused_mean += one.fused.value_or(0.0) / count;
    row.physics += one.physics.value_or(0.0) / count;
    row.network_worst = std::min(row.network_worst, one.network.value_or(0.0));
    row.fused_worst = std::min(row.fused_worst, one.fused.value_or(0.0));
  }
  return row;
}

std::vector<FoldRow> fold_rows(const Runs& runs) {
  std::vector<FoldRow> rows;
  std::size_t all = 0;
  for (std::size_t fold = 0; fold < runs.honest.front().folds.size(); ++fold) {
    std::vector<toolkit::Areas> areas;
    for (const CrossValidation& run : runs.honest) {
      areas.push_back(run.folds[fold].areas);
    }
    const toolkit::Fold& first = runs.honest.front().folds[fold];
    rows.push_back(summary(first.value, first.scores.network.size(), areas));
    all += first.scores.network.size();
  }
  std::vector<toolkit::Areas> means;
  for (const CrossValidation& run : runs.honest) {
    means.push_back(run.areas);
  }
  rows.push_back(summary("mean", all, means));
  return rows;
}

std::vector<EvaluatedRecording> merged(const BearingScores& scores, std::size_t labels) {
  std::vector<EvaluatedRecording> result;
  for (std::size_t i = 0; i < scores.network.size(); ++i) {
    EvaluatedRecording recording;
    recording.file = scores.network[i].file;
    recording.group = scores.network[i].group;
    recording.truth = scores.network[i].truth;
    recording.network = scores.network[i].scores;
    recording.physics = scores.physics[i].scores;
    recording.fused = scores.fused[i].scores;
    for (std::vector<double>* list : {&recording.network, &recording.physics, &recording.fused}) {
      list->resize(labels, 0.0);
    }
    result.push_back(std::move(recording));
  }
  return result;
}

/// What the product would answer to each recording of the first seed; normal recordings, which no
/// network was trained on, are answered by the rule.
void answer_recordings(const std::vector<BearingRecording>& recordings, Evaluation& evaluation) {
  for (const BearingRecording& bearing : recordings) {
    const auto known = std::ranges::find_if(evaluation.recordings, [&](const auto& recording) {
      return recording.file == bearing.file && recording.group == bearing.group;
    });
    if (known != evaluation.recordings.end()) {
      known->answer =
          toolkit::answer_of(bearing.whole, known->network, evaluation.labels, evaluation.normal);
    }
  }
}

void explain_folds(const EvaluateOptions& options,
                   const BearingData& data,
                   const Runs& runs,
                   double seconds,
                   Evaluation& evaluation) {
  std::set<std::string> bearings;
  for (const EvaluatedRecording& recording : evaluation.recordings) {
    bearings.insert(recording.group);
  }
  double leaky = 0;
  for (const double area : runs.leaky) {
    leaky += area / static_cast<double>(runs.leaky.size());
  }
  std::size_t normal = 0;
  std::size_t healthy = 0;
  for (const BearingRecording& recording : data.recordings) {
    if (recording.label == options.normal) {
      ++normal;
      const auto answer = toolkit::answer_of(recording.whole,
                                             std::vector<double>(evaluation.labels.size()),
                                             evaluation.labels,
                                             evaluation.normal);
      healthy += evaluation.normal && answer.label == *evaluation.normal ? 1U : 0U;
    }
  }
  evaluation.provenance = {
      {"data",
       manifest_name(options) + ", " + counted(evaluation.recordings.size(), "fault recording") +
           " of " + counted(bearings.size(), "bearing")},
      {"folds",
       "one value of " + options.folds + " held out after the other; " +
           counted(options.seeds, "seed") +
           (options.learn_normal ? "; '" + options.normal + "' is learned"
                                 : "; '" + options.normal + "' is left to the rule")},
      {"tried",
       std::to_string(toolkit::kBearingConfigurations) +
           " configurations for the settings of this command (on the CWRU drive end), " +
           std::to_string(options.tried) + " more by the user"},
      {"time", printed("%.1f s", seconds)}};
  evaluation.notes = data.notes;
  evaluation.notes.push_back(
      "leaky: " + printed("%.3f", leaky) +
      " is the mean over the seeds with random segments instead of held-out bearings (honest: " +
      printed("%.3f", evaluation.folds.back().network_mean) +
      "): there the network has met the bearings, recordings and, as segments overlap, the very "
      "samples that it is judged on");
  if (normal > 0) {
    evaluation.notes.push_back("the rule calls " + std::to_string(healthy) + " of " +
                               counted(normal, options.normal + " recording") + " healthy");
  }
  evaluation.notes.push_back(
      "pooled: every recording scored once, by the network of the first seed that never saw its "
      "value of " +
      options.folds + "; scores of different networks are compared there, which costs area");
}

/// Groups (physical bearings) that have recordings in several folds: a leak.
std::set<std::string> shared_groups(const std::vector<BearingRecording>& recordings) {
  std::map<std::string, std::set<std::string>> parts;
  for (const BearingRecording& recording : recordings) {
    parts[recording.group].insert(recording.part);
  }
  std::set<std::string> shared;
  for (const auto& [group, values] : parts) {
    if (values.size() > 1) {
      shared.insert(group);
    }
  }
  return shared;
}

ExitCode evaluate_folds(const EvaluateOptions& options, Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  auto source = open_bearings(options.bearing, options.catalogue);
  if (!source.ok()) {
    return fail(source.problem().text);
  }
  auto rows = load_rows(options.manifest, {.labels = options.labels, .column = {}, .value = {}});
  if (!rows.ok()) {
    return fail(rows.problem().text);
  }
  const BearingData data =
      load_bearing_data(*rows, *source, options.group_by, options.folds, View::kSegments, progress);
  progress.clear();
  const ExitCode exit = report_problems(options, *rows);
  if (exit != ExitCode::kOk) {
    return exit;
  }
  const std::vector<BearingRecording> learned =
      learned_recordings(data.recordings, options.normal, options.learn_normal);
  const std::set<std::string> shared = shared_groups(learned);
  const std::string leak = options.folds + " puts recordings of " +
                           counted(shared.size(), "bearing") + " on both sides of a split" +
                           (shared.empty() ? "" : " (such as '" + *shared.begin() + "')");
  if (!shared.empty() && !options.allow_leak) {
    return fail(options.manifest + ": " + leak +
                "; hold out a column that tells bearings apart, or use --allow-leak");
  }
  Evaluation evaluation;
  if (!shared.empty()) {
    evaluation.warnings.push_back(leak + ": no figure below is honest");
  }
  for (const BearingRecording& recording : learned) {
    (void)toolkit::index_of(evaluation.labels, recording.label);
  }
  const std::vector<std::string> labels = evaluation.labels;
  evaluation.faults = toolkit::fault_labels(labels);
  evaluation.physics = true;
  if (evaluation.faults.size() < 2) {
    return fail(options.manifest + ": needs recordings of two parts of a bearing or more");
  }
  Runs runs;
  if (const auto problem = run_seeds(options, learned, labels, progress, runs)) {
    return fail(problem->text);
  }
  progress.clear();
  evaluation.normal = toolkit::index_of(evaluation.labels, options.normal);
  evaluation.folds = fold_rows(runs);
  evaluation.recordings = merged(runs.honest.front().pooled, evaluation.labels.size());
  answer_recordings(learned, evaluation);
  evaluation.confusion = confusion_of(evaluation.recordings, evaluation);
  evaluation.honest =
      figure_set(shared.empty() ? "held out, pooled" : "held out, bearings shared (leaky)",
                 evaluation.recordings,
                 evaluation);
  evaluation.leaky = figure_set(
      "random segments (leaky)", merged(runs.leaky_scores, evaluation.labels.size()), evaluation);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  explain_folds(options, data, runs, time.count(), evaluation);
  return finish(options, evaluation, exit);
}

ExitCode evaluate(const EvaluateOptions& options) {
  if (options.package.empty() == options.folds.empty()) {
    fail("use --package or --folds, one of the two; see aiot evaluate --help");
    return ExitCode::kUsage;
  }
  for (const std::string& path : {options.scores, options.report}) {
    if (const auto problem = path.empty() ? std::nullopt : write_problem(path)) {
      return fail(*problem);
    }
  }
  Progress progress;
  return options.folds.empty() ? evaluate_package(options, progress)
                               : evaluate_folds(options, progress);
}

void add_options(CLI::App& verb, EvaluateOptions& options) {
  verb.add_option("--manifest", options.manifest, "A manifest.csv: one recording a row")
      ->required();
  verb.add_option("--package", options.package, "The model package to judge");
  verb.add_option("--folds",
                  options.folds,
                  "Without a package: hold out one value of this column after the other");
  verb.add_option("--seeds", options.seeds, "With --folds: how many trainings of each")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  verb.add_option("--scores", options.scores, "Write the scores of each recording to this CSV");
  verb.add_option("--report", options.report, "Write a report (HTML) to this file");
  verb.add_option("--labels", options.labels, "Classes to use, separated by commas; default: all")
      ->delimiter(',');
  verb.add_option("--normal", options.normal, "With --folds: the class that needs no attention")
      ->capture_default_str();
  verb.add_option("--group",
                  options.group_by,
                  "Manifest columns that tell one machine from another, separated by commas")
      ->delimiter(',')
      ->default_str("dataset,machine,bearing,label,fault_size_in,fault_position,channel");
  verb.add_option("--bearing", options.bearing, "The bearing of all recordings, as 6205");
  verb.add_option("--catalogue", options.catalogue, "A CSV file of more bearings");
  const std::map<std::string, toolkit::Heads> heads{{"softmax", toolkit::Heads::kSoftmax},
                                                    {"multi", toolkit::Heads::kMulti}};
  verb.add_option("--heads", options.heads, "With --folds: as of aiot train")
      ->transform(CLI::CheckedTransformer(heads).description("{softmax,multi}"))
      ->default_str("softmax");
  verb.add_flag("--learn-normal", options.learn_normal, "With --folds: as of aiot train");
  verb.add_flag("--allow-leak",
                options.allow_leak,
                "Count recordings of groups that the package was trained on");
  verb.add_flag("--skip-bad", options.skip_bad, "Go on without rows that can not be judged");
  verb.add_option("--tried",
                  options.tried,
                  "With --folds: how many configurations were tried before, for the record")
      ->check(CLI::Range(0, 1000000));
  verb.add_flag("--json", options.json, "The result as JSON");
}

}  // namespace

void add_evaluate(CLI::App& app, ExitCode& exit) {
  CLI::App* verb =
      app.add_subcommand("evaluate", "Judge a model package, or its training, on recordings");
  verb->footer(
      "With a package: scores of each recording by the network, for bearings by physics and by\n"
      "the mean of both, and how good they are on machines that training never saw. What it saw\n"
      "is marked and left out of the honest figure.\n"
      "With --folds: trains on all values of a column but one and judges on that one, beside the\n"
      "figure that a leaky split of the same data would give.\n"
      "\n"
      "Examples:\n"
      "  aiot evaluate --package mine.aipk --manifest new/manifest.csv --scores scores.csv\n"
      "  aiot evaluate --manifest recordings/manifest.csv --folds fault_size_in --seeds 10\n"
      "  aiot evaluate --manifest m.csv --folds machine --report report.html");
  auto options = std::make_shared<EvaluateOptions>();
  add_options(*verb, *options);
  verb->callback([options, &exit] {
    if (options->group_by.empty()) {
      options->group_by = default_group_columns();
    }
    exit = evaluate(*options);
  });
}

}  // namespace aiot::cli
