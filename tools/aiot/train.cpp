// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiot/dsp/features.hpp"
#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/resample.hpp"
#include "aiot/toolkit/training.hpp"
#include "tools/aiot/bearing_data.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/fleet.hpp"
#include "tools/aiot/manifest_rows.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/train_bearing.hpp"
#include "tools/aiot/train_report.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using toolkit::Dataset;
using toolkit::TrainingRequest;

/// Features of the first kind of package. Levels are in logarithms, so that a network can form
/// ratios of them, which do not depend on the sensor's gain or the machine's size.
std::vector<dsp::FeatureSpec> first_features() {
  using dsp::Transform;
  return {
      {FeatureId::kRms, 0, Transform::kLog},
      {FeatureId::kVelocityRms, 0, Transform::kLog, 10.0F, 1000.0F},
      {FeatureId::kCrestFactor, 0, Transform::kLog},
      {FeatureId::kKurtosis, 0, Transform::kLog},
      {FeatureId::kBandRms, 0, Transform::kLog, 10.0F, 200.0F},
      {FeatureId::kBandRms, 0, Transform::kLog, 200.0F, 1000.0F},
      {FeatureId::kBandRms, 0, Transform::kLog, 1000.0F, 2500.0F},
      {FeatureId::kBandRms, 0, Transform::kLog, 2500.0F, 5000.0F},
  };
}

TrainingRequest request_of(const TrainOptions& options) {
  TrainingRequest request;
  request.name = options.name;
  request.version = {1, 0, 0};
  request.normal_label = options.normal;
  request.specs = first_features();
  request.rate_min_hz = 10000.0F;
  request.rate_max_hz = 27000.0F;
  request.decider = {
      .votes = 4, .windows = 6, .min_confidence = 128, .on_gap = decide::OnGap::kKeep};
  request.policy = {.heartbeat_windows = 16, .abnormal_windows = 4};
  request.false_alarm_cost = options.false_alarm_cost;
  request.fit.seed = options.seed;
  request.fit.heads = options.heads;
  return request;
}

/// Adds the windows of one recording; empty, or the problem.
std::string add_recording(const toolkit::Manifest& manifest,
                          const toolkit::ManifestRow& row,
                          const TrainOptions& options,
                          const TrainingRequest& request,
                          Dataset& dataset) {
  auto recording = load_row(manifest, row);
  if (!recording.ok()) {
    return recording.problem().text;
  }
  const auto low = static_cast<double>(request.rate_min_hz);
  const auto high = static_cast<double>(request.rate_max_hz);
  const std::uint32_t factor = toolkit::decimation_factor(recording->rate_hz, low, high);
  if (factor == 0) {
    return line_of(manifest, row) + "a sample rate of " + std::to_string(recording->rate_hz) +
           " Hz can not be brought between 10 and 27 kHz; leave the row out";
  }
  const toolkit::Recording samples =
      factor == 1 ? std::move(*recording) : toolkit::decimate(*recording, factor);
  const auto label = static_cast<std::uint8_t>(toolkit::index_of(dataset.labels, row.label));
  const std::uint32_t group = toolkit::index_of(dataset.groups, group_of(row, options.group_by));
  const auto added = toolkit::add_recording(dataset, request.plan(), samples, label, group);
  if (!added.ok()) {
    return line_of(manifest, row) +
           (added.error() == Error::kEmpty
                ? "shorter than one window of " + std::to_string(request.window) + " samples"
                : std::string("does not fit the feature plan: ") + to_string(added.error())) +
           "; leave the row out";
  }
  return {};
}

/// Windows of all rows; adds a line to `rows.problems` for each row that can not be used.
Dataset load_dataset(const TrainOptions& options,
                     const TrainingRequest& request,
                     CheckedRows& rows,
                     Progress& progress) {
  Dataset dataset;
  std::size_t read = 0;
  for (const toolkit::ManifestRow& row : rows.manifest.rows) {
    progress.show("reading recording " + std::to_string(++read) + " of " +
                  std::to_string(rows.manifest.rows.size()) + ": " + row.file);
    std::string problem = add_recording(rows.manifest, row, options, request, dataset);
    if (!problem.empty()) {
      rows.problems.push_back(std::move(problem));
    }
  }
  return dataset;
}

/// Every window by itself: what a split at random windows splits.
Dataset ungrouped(Dataset dataset) {
  dataset.groups.clear();
  for (std::size_t i = 0; i < dataset.rows(); ++i) {
    dataset.groups.push_back("window " + std::to_string(i));
    dataset.row_group[i] = static_cast<std::uint32_t>(i);
  }
  return dataset;
}

Dataset simulated(const TrainOptions& options,
                  const TrainingRequest& request,
                  Progress& progress,
                  std::string& problem) {
  const FleetOptions fleet{.seed = options.seed, .machines = options.machines};
  auto dataset = simulate_fleet(fleet, request.plan(), [&](std::size_t done) {
    progress.show("simulating machine " + std::to_string(done) + " of " +
                  std::to_string(options.machines));
  });
  if (!dataset.ok()) {
    problem = dataset.problem().text;
    return {};
  }
  return std::move(*dataset);
}

/// Fits, judges and writes a network on levels.
ExitCode train_levels(const TrainOptions& options,
                      TrainingRequest request,
                      Dataset dataset,
                      Progress& progress) {
  if (!options.simulate) {
    request.trace = toolkit::Trace::kGroups;
  }
  if (options.leaky_split) {
    request.trace = toolkit::Trace::kNone;
    request.seen = dataset.groups;
    dataset = ungrouped(std::move(dataset));
    warn_of_leak();
  }
  auto training = toolkit::train_package(dataset, request, [&](const toolkit::Epoch& epoch) {
    progress.show("epoch " + std::to_string(epoch.number) +
                  printed(": loss %.4f", epoch.train_loss) +
                  printed(", on validation machines %.4f", epoch.validation_loss));
  });
  if (!training.ok()) {
    return fail(training.problem().text);
  }
  progress.clear();
  auto problem = write_file(options.output, training->package);
  if (!problem && !options.card.empty()) {
    const std::string card = report_card(options, request, training->report);
    problem = write_file(options.card, std::as_bytes(std::span(card)));
  }
  if (problem) {
    return fail(*problem);
  }
  const std::string text = options.json ? report_json(options, training->report)
                                        : report_text(options, training->report);
  std::fputs(text.c_str(), stdout);
  return ExitCode::kOk;
}

std::optional<std::string> split_hold_out(const std::string& text, RowFilter& filter) {
  if (text.empty()) {
    return std::nullopt;
  }
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return "--hold-out wants COLUMN=VALUE, as fault_size_in=0.021";
  }
  filter.column = text.substr(0, equals);
  filter.value = text.substr(equals + 1);
  return std::nullopt;
}

/// Trains on a manifest, by the features that it allows.
ExitCode train_on_manifest(const TrainOptions& options, Progress& progress) {
  RowFilter filter{.labels = options.labels, .column = {}, .value = {}};
  if (const auto problem = split_hold_out(options.hold_out, filter)) {
    return fail(*problem);
  }
  auto source = open_bearings(options.bearing, options.catalogue);
  if (!source.ok()) {
    return fail(source.problem().text);
  }
  auto rows = load_rows(options.manifest, filter);
  if (!rows.ok()) {
    return fail(rows.problem().text);
  }
  if (rows->manifest.rows.empty() && rows->problems.empty()) {
    return fail(options.manifest + ": no row with a label to train on; fill the label column");
  }
  if (choose_features(*rows, *source, options.features) == Features::kBearing) {
    return train_bearing(options, *rows, *source, progress);
  }
  const TrainingRequest request = request_of(options);
  Dataset dataset = load_dataset(options, request, *rows, progress);
  progress.clear();
  if (!rows->problems.empty()) {
    print_problems(rows->problems);
    return ExitCode::kBadInput;
  }
  return train_levels(options, request, std::move(dataset), progress);
}

ExitCode train(TrainOptions options) {
  if (options.simulate != options.manifest.empty()) {
    fail("name a manifest or use --simulate, one of the two; see aiot train --help");
    return ExitCode::kUsage;
  }
  if (options.simulate && options.features == Features::kBearing) {
    fail("--features bearing needs a manifest; the simulated machines are for levels");
    return ExitCode::kUsage;
  }
  if (options.name.empty()) {
    options.name = std::filesystem::path(options.output).stem().string();
  }
  for (const std::string& path : {options.output, options.card}) {
    if (const auto problem = path.empty() ? std::nullopt : write_problem(path)) {
      return fail(*problem);
    }
  }
  Progress progress;
  if (!options.simulate) {
    return train_on_manifest(options, progress);
  }
  const TrainingRequest request = request_of(options);
  std::string problem;
  Dataset dataset = simulated(options, request, progress, problem);
  return problem.empty() ? train_levels(options, request, std::move(dataset), progress)
                         : fail(problem);
}

void add_options(CLI::App& verb, TrainOptions& options) {
  verb.add_option("manifest",
                  options.manifest,
                  "A manifest.csv: one recording a row, its class in the column `label`");
  verb.add_flag("--simulate", options.simulate, "Train on simulated machines instead");
  verb.add_option("-o,--output", options.output, "The package to write")->required();
  verb.add_option("--seed", options.seed, "Seed of split, initial weights, simulated machines")
      ->capture_default_str();
  verb.add_option("--machines", options.machines, "How many machines to simulate")
      ->check(CLI::Range(12, 10000))
      ->capture_default_str();
  verb.add_option("--labels", options.labels, "Classes to use, separated by commas; default: all")
      ->delimiter(',');
  verb.add_option("--normal", options.normal, "The class that needs no attention")
      ->capture_default_str();
  verb.add_option("--false-alarm-cost",
                  options.false_alarm_cost,
                  "How much worse a false alarm is than a missed fault")
      ->check(CLI::Range(0.1, 100.0))
      ->capture_default_str();
  verb.add_option("--group",
                  options.group_by,
                  "Manifest columns that tell one machine from another, separated by commas")
      ->delimiter(',')
      ->default_str("dataset,machine,bearing,label,fault_size_in,fault_position,channel");
  const std::map<std::string, Features> features{
      {"auto", Features::kAuto}, {"levels", Features::kLevels}, {"bearing", Features::kBearing}};
  verb.add_option("--features",
                  options.features,
                  "levels: of any machine; bearing: evidence of bearing damage, needs bearing and "
                  "rpm of each recording; auto: bearing if the manifest knows one")
      ->transform(CLI::CheckedTransformer(features).description("{auto,levels,bearing}"))
      ->default_str("auto");
  verb.add_option("--bearing", options.bearing, "The bearing of all recordings, as 6205");
  verb.add_option("--catalogue", options.catalogue, "A CSV file of more bearings");
  const std::map<std::string, toolkit::Heads> heads{{"softmax", toolkit::Heads::kSoftmax},
                                                    {"multi", toolkit::Heads::kMulti}};
  verb.add_option("--heads",
                  options.heads,
                  "softmax: one class of all; multi: yes or no for each class by itself")
      ->transform(CLI::CheckedTransformer(heads).description("{softmax,multi}"))
      ->default_str("softmax");
  verb.add_flag("--learn-normal",
                options.learn_normal,
                "Bearing features: the network learns the normal class too, instead of leaving it "
                "to the rule");
  verb.add_option("--hold-out",
                  options.hold_out,
                  "Leave out the rows where COLUMN is VALUE, for aiot evaluate");
  verb.add_flag("--leaky-split",
                options.leaky_split,
                "Judge on random windows of machines that were trained on: too good, to compare");
  verb.add_option("--tried",
                  options.tried,
                  "How many configurations were tried before this one, for the record")
      ->check(CLI::Range(0, 1000000));
  verb.add_option("--name", options.name, "Name of the package; default: that of the file");
  verb.add_option("--card", options.card, "Write a model card (Markdown) to this file");
  verb.add_flag("--json", options.json, "The report as JSON");
}

}  // namespace

void add_train(CLI::App& app, ExitCode& exit) {
  CLI::App* verb = app.add_subcommand("train", "Fit a network and write a model package");
  verb->footer(
      "Trains a small int8 network on features of labelled recordings and judges it on machines\n"
      "that it never saw: no machine is on two sides of the split. What is one machine is told by\n"
      "the manifest's columns in --group; the same bearing at another load is the same machine,\n"
      "and so is everything with one value in a column `machine`.\n"
      "With a bearing and rpm for each recording, the network names the damaged part from the\n"
      "evidence of the bearing's frequencies, and a rule says what is normal.\n"
      "The same data and seed give the same package, byte for byte, on every computer.\n"
      "\n"
      "Examples:\n"
      "  aiot train --simulate --seed 1 -o machine.aipk\n"
      "  aiot train recordings/manifest.csv --card card.md -o mine.aipk\n"
      "  aiot train recordings/manifest.csv --bearing 6205 -o bearing.aipk\n"
      "  aiot run new.wav --package mine.aipk");
  auto options = std::make_shared<TrainOptions>();
  add_options(*verb, *options);
  verb->callback([options, &exit] {
    if (options->group_by.empty()) {
      options->group_by = default_group_columns();
    }
    exit = train(*options);
  });
}

}  // namespace aiot::cli
