// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aiot/dsp/features.hpp"
#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/resample.hpp"
#include "aiot/toolkit/training.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/fleet.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/train_report.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using toolkit::Dataset;
using toolkit::Loaded;
using toolkit::Problem;
using toolkit::TrainingRequest;

/// Columns of a manifest that tell one physical machine from another. A load or speed is none: the
/// same bearing at another load is the same bearing.
const std::vector<std::string> kGroupColumns{
    "dataset", "machine", "bearing", "label", "fault_size_in", "fault_position", "channel"};

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
  return request;
}

std::string column(const toolkit::ManifestRow& row, const std::string& name) {
  for (const auto& [key, value] : row.columns) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

/// Name of the machine of a manifest row.
std::string group_of(const toolkit::ManifestRow& row, const std::vector<std::string>& columns) {
  std::string name;
  for (const std::string& key : columns) {
    const std::string value = column(row, key);
    if (!value.empty()) {
      name += (name.empty() ? "" : " ") + value;
    }
  }
  return name.empty() ? row.file : name;
}

bool wanted(const toolkit::ManifestRow& row, const TrainOptions& options) {
  if (!options.labels.empty()) {
    return std::find(options.labels.begin(), options.labels.end(), row.label) !=
           options.labels.end();
  }
  // A whole life in one recording has no one class.
  return !row.label.empty() && row.label != "run_to_failure";
}

std::string line_of(const toolkit::Manifest& manifest, const toolkit::ManifestRow& row) {
  return manifest.path.string() + ":" + std::to_string(row.line) + ": ";
}

/// What the manifest says of a file, so that a manifest of any name will do.
toolkit::LoadOptions load_options(const toolkit::ManifestRow& row) {
  toolkit::LoadOptions options;
  options.rate_hz = row.rate_hz;
  if (row.scale_g_per_count) {
    options.full_scale = *row.scale_g_per_count * toolkit::kStandardGravity * 32768.0;
  }
  const std::string kind = std::filesystem::path(row.file).extension().string();
  if (kind == ".mat" || kind == ".csv") {
    options.channel = row.channel;
  }
  return options;
}

/// Adds the windows of one recording; empty, or the problem.
std::string add_recording(const toolkit::Manifest& manifest,
                          const toolkit::ManifestRow& row,
                          const TrainOptions& options,
                          const TrainingRequest& request,
                          Dataset& dataset) {
  auto recording =
      toolkit::load_recording(manifest.path.parent_path() / row.file, load_options(row));
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
  if (samples.axes != 1) {
    return line_of(manifest, row) + "has several axes; name one channel in the manifest";
  }
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

Loaded<Dataset> load_dataset(const TrainOptions& options,
                             const TrainingRequest& request,
                             Progress& progress) {
  auto manifest = toolkit::load_manifest(options.manifest);
  if (!manifest.ok()) {
    return manifest.problem();
  }
  Dataset dataset;
  std::size_t read = 0;
  for (const toolkit::ManifestRow& row : manifest->rows) {
    progress.show("reading recording " + std::to_string(++read) + " of " +
                  std::to_string(manifest->rows.size()) + ": " + row.file);
    if (!wanted(row, options)) {
      continue;
    }
    std::string problem = add_recording(*manifest, row, options, request, dataset);
    if (!problem.empty()) {
      return Problem{std::move(problem)};
    }
  }
  if (dataset.rows() == 0) {
    return Problem{options.manifest + ": no row with a label to train on; fill the label column"};
  }
  return dataset;
}

Loaded<Dataset> make_dataset(const TrainOptions& options,
                             const TrainingRequest& request,
                             Progress& progress) {
  if (!options.simulate) {
    return load_dataset(options, request, progress);
  }
  const FleetOptions fleet{.seed = options.seed, .machines = options.machines};
  return simulate_fleet(fleet, request.plan(), [&](std::size_t done) {
    progress.show("simulating machine " + std::to_string(done) + " of " +
                  std::to_string(options.machines));
  });
}

ExitCode train(TrainOptions options) {
  if (options.simulate != options.manifest.empty()) {
    fail("name a manifest or use --simulate, one of the two; see aiot train --help");
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
  const TrainingRequest request = request_of(options);
  Progress progress;
  auto dataset = make_dataset(options, request, progress);
  if (!dataset.ok()) {
    return fail(dataset.problem().text);
  }
  auto training = toolkit::train_package(*dataset, request, [&](const toolkit::Epoch& epoch) {
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
      "the manifest's columns in --group; the same bearing at another load is the same machine.\n"
      "The same data and seed give the same package, byte for byte, on every computer.\n"
      "\n"
      "Examples:\n"
      "  aiot train --simulate --seed 1 -o machine.aipk\n"
      "  aiot train recordings/manifest.csv --card card.md -o mine.aipk\n"
      "  aiot run new.wav --package mine.aipk");
  auto options = std::make_shared<TrainOptions>();
  add_options(*verb, *options);
  verb->callback([options, &exit] {
    if (options->group_by.empty()) {
      options->group_by = kGroupColumns;
    }
    exit = train(*options);
  });
}

}  // namespace aiot::cli
