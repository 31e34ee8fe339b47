// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aiot/dsp/features.hpp"
#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/resample.hpp"
#include "aiot/toolkit/training.hpp"
#include "tools/aiot/fleet.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using toolkit::Confusion;
using toolkit::Dataset;
using toolkit::Loaded;
using toolkit::Problem;
using toolkit::Training;
using toolkit::TrainingReport;
using toolkit::TrainingRequest;

struct TrainOptions {
  std::string manifest;
  bool simulate = false;
  std::size_t machines = FleetOptions{}.machines;
  std::uint64_t seed = 1;
  std::string output;
  std::string card;
  std::string name;
  std::vector<std::string> labels;
  std::string normal = "normal";
  std::vector<std::string> group_by;
  bool json = false;
};

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
  request.decider = {.votes = 3, .windows = 5, .min_confidence = 128};
  request.policy = {.heartbeat_windows = 16, .abnormal_windows = 4};
  request.fit.seed = options.seed;
  return request;
}

/// One line on a terminal that is written over; nothing where stderr is a file.
class ProgressLine {
 public:
  explicit ProgressLine(bool enabled) : enabled_(enabled) {}

  ~ProgressLine() { clear(); }

  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& text) {
    if (enabled_) {
      std::fprintf(stderr, "\r%-78s", text.c_str());
      std::fflush(stderr);
      shown_ = true;
    }
  }

  void clear() {
    if (shown_) {
      std::fprintf(stderr, "\r%78s\r", "");
      shown_ = false;
    }
  }

 private:
  bool enabled_;
  bool shown_ = false;
};

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

/// Adds the windows of one recording; empty, or the problem.
std::string add_recording(const toolkit::Manifest& manifest,
                          const toolkit::ManifestRow& row,
                          const TrainOptions& options,
                          const TrainingRequest& request,
                          Dataset& dataset) {
  auto recording = toolkit::load_recording(manifest.path.parent_path() / row.file, {});
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
  const toolkit::Signal signal{
      samples.samples, static_cast<float>(samples.scale), static_cast<float>(samples.rate_hz)};
  const auto added = toolkit::add_windows(dataset, request.plan(), signal, label, group);
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
                             ProgressLine& progress) {
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
                             ProgressLine& progress) {
  if (!options.simulate) {
    return load_dataset(options, request, progress);
  }
  const FleetOptions fleet{.seed = options.seed, .machines = options.machines};
  return simulate_fleet(fleet, request.plan(), [&](std::size_t done) {
    progress.show("simulating machine " + std::to_string(done) + " of " +
                  std::to_string(options.machines));
  });
}

std::string hex(const Hash256& hash) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : hash) {
    const auto value = std::to_integer<unsigned>(byte);
    text += kDigits[value >> 4U];
    text += kDigits[value & 15U];
  }
  return text;
}

std::string printed(const char* format, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

/// What a feature of the plan is called: name, band, unit.
std::string describe(const dsp::FeatureSpec& spec) {
  std::string text = name(spec.id);
  if (spec.hi_hz > 0.0F) {
    text += printed(" %.0f", static_cast<double>(spec.lo_hz)) +
            printed("-%.0f Hz", static_cast<double>(spec.hi_hz));
  }
  const std::string unit_name = unit(spec.id);
  return unit_name.empty() ? text : text + " (" + unit_name + ")";
}

/// Rows of truth, columns of answers, recall last.
std::vector<std::vector<std::string>> table_of(const TrainingReport& report,
                                               const Confusion& confusion) {
  std::vector<std::vector<std::string>> rows{{"truth \\ answer"}};
  rows[0].insert(rows[0].end(), report.labels.begin(), report.labels.end());
  rows[0].push_back("recall");
  for (std::size_t truth = 0; truth < report.labels.size(); ++truth) {
    std::vector<std::string> row{report.labels[truth]};
    for (std::size_t answer = 0; answer < report.labels.size(); ++answer) {
      row.push_back(std::to_string(confusion.at(truth, answer)));
    }
    row.push_back(printed("%.3f", confusion.recall(truth)));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string as_text(const std::vector<std::vector<std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) {
    for (const std::string& cell : row) {
      width = std::max(width, cell.size());
    }
  }
  std::string text;
  for (const auto& row : rows) {
    text += " ";
    for (const std::string& cell : row) {
      text += " " + padded(cell, width);
    }
    text += "\n";
  }
  return text;
}

std::string as_markdown(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const std::string& cell : rows[i]) {
      text += "| " + cell + " ";
    }
    text += "|\n";
    if (i == 0) {
      for (std::size_t c = 0; c < rows[i].size(); ++c) {
        text += c == 0 ? "|---" : "|---:";
      }
      text += "|\n";
    }
  }
  return text;
}

std::string part_text(const toolkit::PartSize& part) {
  return std::to_string(part.groups) + " machines, " + std::to_string(part.rows) + " windows";
}

std::string source_text(const TrainOptions& options) {
  return options.simulate ? "simulated machines (" + std::to_string(options.machines) + ", seed " +
                                std::to_string(options.seed) + ")"
                          : std::filesystem::path(options.manifest).filename().string();
}

std::string network_text(const TrainingReport& report) {
  return std::to_string(report.specs.size()) + " features -> " +
         std::to_string(report.fit.network.hidden.outputs) + " ReLU -> " +
         std::to_string(report.labels.size()) + " classes, int8; " + std::to_string(report.macs) +
         " multiply-accumulates, arena " + std::to_string(report.arena_bytes) + " bytes";
}

std::string accuracy_text(const TrainingReport& report) {
  return printed("balanced accuracy per window: %.3f int8",
                 report.int8_windows.balanced_accuracy()) +
         printed(", %.3f float", report.float_windows.balanced_accuracy()) +
         printed("; %.3f by thresholds on the level (", report.level_windows.balanced_accuracy()) +
         describe(report.specs[0]) + ") alone";
}

std::string agreement_text(const TrainingReport& report) {
  return printed("int8 gives the answer of float on %.2f %% of these windows",
                 100.0 * report.int8_agreement);
}

std::string epochs_text(const TrainingReport& report) {
  return std::to_string(report.fit.epochs) + " epochs, the best was number " +
         std::to_string(report.fit.best.number) +
         printed(" (validation loss %.4f)", report.fit.best.validation_loss);
}

void print_report(const TrainOptions& options, const TrainingReport& report) {
  const std::string text =
      "data        " + source_text(options) + "\n" + "train       " + part_text(report.train) +
      "\n" + "validation  " + part_text(report.validation) + " (when to stop)\n" + "test        " +
      part_text(report.test) + " (never seen; no machine is in two parts)\n" + "network     " +
      network_text(report) + "\n" + "training    " + epochs_text(report) +
      "; configurations tried: 1\n\n" + "windows of the test machines:\n" +
      as_text(table_of(report, report.int8_windows)) + "\n" +
      "test machines, by their most frequent answer:\n" +
      as_text(table_of(report, report.int8_groups)) + "\n" + accuracy_text(report) + "\n" +
      agreement_text(report) + "\n\n" + "wrote " + options.output + " (" +
      std::to_string(report.package_bytes) + " bytes)" +
      (options.card.empty() ? "" : " and " + options.card) + "\n";
  std::fputs(text.c_str(), stdout);
}

std::string card_text(const TrainOptions& options,
                      const TrainingRequest& request,
                      const TrainingReport& report) {
  std::string text = "# " + request.name + ": model card\n\nWritten by `aiot train`.\n\n";
  text += "- data: " + source_text(options) + ", content SHA-256 `" + hex(report.training_hash) +
          "`\n- training: " + part_text(report.train) +
          "; to decide when to stop: " + part_text(report.validation) +
          "; test: " + part_text(report.test) +
          ". No machine is in two parts.\n- network: " + network_text(report) + "\n- " +
          epochs_text(report) + "; configurations tried by this command: 1\n- windows of " +
          std::to_string(request.window) + " samples, hop " + std::to_string(request.hop) +
          printed(", sample rates %.0f", static_cast<double>(request.rate_min_hz)) +
          printed(" to %.0f Hz\n", static_cast<double>(request.rate_max_hz));
  text += "- features: ";
  for (std::size_t i = 0; i < report.specs.size(); ++i) {
    text += (i == 0 ? "" : ", ") + describe(report.specs[i]);
  }
  text += "\n- decision: " + std::to_string(request.decider.votes) + " of " +
          std::to_string(request.decider.windows) +
          " windows\n\n## Windows of the test machines\n\n";
  text += as_markdown(table_of(report, report.int8_windows)) +
          "\n## Test machines, by their most frequent answer\n\n" +
          as_markdown(table_of(report, report.int8_groups)) + "\n" + accuracy_text(report) + ".\n" +
          agreement_text(report) + ".\n";
  return text;
}

nlohmann::json json_of(const TrainingReport& report, const Confusion& confusion) {
  nlohmann::json counts = nlohmann::json::array();
  nlohmann::json recall;
  for (std::size_t truth = 0; truth < report.labels.size(); ++truth) {
    nlohmann::json row = nlohmann::json::array();
    for (std::size_t answer = 0; answer < report.labels.size(); ++answer) {
      row.push_back(confusion.at(truth, answer));
    }
    counts.push_back(std::move(row));
    recall[report.labels[truth]] = confusion.recall(truth);
  }
  return {{"confusion", counts},
          {"recall", recall},
          {"accuracy", confusion.accuracy()},
          {"balanced_accuracy", confusion.balanced_accuracy()}};
}

nlohmann::json json_of(const toolkit::PartSize& part) {
  return {{"machines", part.groups}, {"windows", part.rows}};
}

void print_json(const TrainOptions& options, const TrainingReport& report) {
  nlohmann::json features = nlohmann::json::array();
  for (const dsp::FeatureSpec& spec : report.specs) {
    features.push_back({{"name", name(spec.id)},
                        {"unit", unit(spec.id)},
                        {"lo_hz", spec.lo_hz},
                        {"hi_hz", spec.hi_hz},
                        {"offset", spec.offset},
                        {"scale", spec.scale}});
  }
  const nlohmann::json json{{"package", options.output},
                            {"package_bytes", report.package_bytes},
                            {"data", source_text(options)},
                            {"training_hash", hex(report.training_hash)},
                            {"seed", options.seed},
                            {"labels", report.labels},
                            {"features", features},
                            {"train", json_of(report.train)},
                            {"validation", json_of(report.validation)},
                            {"test", json_of(report.test)},
                            {"test_machines", report.test_groups},
                            {"epochs", report.fit.epochs},
                            {"best_epoch", report.fit.best.number},
                            {"configurations_tried", 1},
                            {"windows_int8", json_of(report, report.int8_windows)},
                            {"windows_float", json_of(report, report.float_windows)},
                            {"windows_level_threshold", json_of(report, report.level_windows)},
                            {"machines_int8", json_of(report, report.int8_groups)},
                            {"int8_float_agreement", report.int8_agreement},
                            {"macs", report.macs},
                            {"arena_bytes", report.arena_bytes}};
  std::printf("%s\n", json.dump(2).c_str());
}

/// Writes beside the target and renames, so that nobody meets half a file.
bool write_file(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path partial = path.string() + ".partial";
  {
    std::ofstream file(partial, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
      std::error_code ignored;
      std::filesystem::remove(partial, ignored);
      return false;
    }
  }
  std::error_code error;
  std::filesystem::rename(partial, path, error);
  return !error;
}

std::string_view text_view(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ExitCode train(TrainOptions options) {
  if (options.simulate != options.manifest.empty()) {
    fail("name a manifest or use --simulate, one of the two; see aiot train --help");
    return ExitCode::kUsage;
  }
  if (options.name.empty()) {
    options.name = std::filesystem::path(options.output).stem().string();
  }
  TrainingRequest request = request_of(options);
  ProgressLine progress(progress_wanted());
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
  if (!write_file(options.output, text_view(training->package))) {
    return fail(options.output + ": can not be written; check the folder and its permissions");
  }
  if (!options.card.empty() &&
      !write_file(options.card, card_text(options, request, training->report))) {
    return fail(options.card + ": can not be written; check the folder and its permissions");
  }
  if (options.json) {
    print_json(options, training->report);
  } else {
    print_report(options, training->report);
  }
  return ExitCode::kOk;
}

void add_options(CLI::App& verb, TrainOptions& options) {
  verb.add_option("manifest",
                  options.manifest,
                  "manifest.csv: one recording a row, its class in the column `label`");
  verb.add_flag("--simulate", options.simulate, "train on simulated machines instead");
  verb.add_option("-o,--output", options.output, "the package to write")->required();
  verb.add_option("--seed", options.seed, "split, initial weights, simulated machines")
      ->capture_default_str();
  verb.add_option("--machines", options.machines, "how many machines to simulate")
      ->check(CLI::Range(12, 10000))
      ->capture_default_str();
  verb.add_option("--labels", options.labels, "classes to use, separated by commas; default: all")
      ->delimiter(',');
  verb.add_option("--normal", options.normal, "the class that needs no attention")
      ->capture_default_str();
  verb.add_option("--group",
                  options.group_by,
                  "manifest columns that tell one machine from another, separated by commas")
      ->delimiter(',')
      ->default_str("dataset,machine,bearing,label,fault_size_in,fault_position,channel");
  verb.add_option("--name", options.name, "name of the package; default: that of the file");
  verb.add_option("--card", options.card, "write a model card (Markdown) to this file");
  verb.add_flag("--json", options.json, "the report as JSON on stdout");
}

}  // namespace

void add_train(CLI::App& app, ExitCode& exit) {
  CLI::App* verb = app.add_subcommand("train", "fit a network and write a model package");
  verb->footer(
      "Trains a small int8 network on features of labelled recordings and judges it on machines\n"
      "that it never saw: no machine is on two sides of the split. What is one machine is told by\n"
      "the manifest's columns in --group; the same bearing at another load is the same machine.\n"
      "The same data and seed give the same package, byte for byte, on every computer.\n\n"
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
