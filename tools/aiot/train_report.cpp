// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tools/aiot/train_report.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tools/aiot/console.hpp"

namespace aiot::cli {
namespace {

using toolkit::Confusion;
using toolkit::TrainingReport;
using toolkit::TrainingRequest;

/// From here on a report does not warn that the test is small.
constexpr std::size_t kEnoughMachines = 20;

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
      text += " " + right(cell, width);
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

/// Empty, or a warning that the test is small.
std::string caution_text(const TrainingReport& report) {
  return report.test.groups >= kEnoughMachines
             ? ""
             : "caution: " + std::to_string(report.test.groups) +
                   " test machines are few; another seed may give quite other figures\n";
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

}  // namespace

std::string report_text(const TrainOptions& options, const TrainingReport& report) {
  return "data        " + source_text(options) + "\n" + "train       " + part_text(report.train) +
         "\n" + "validation  " + part_text(report.validation) + " (when to stop)\n" +
         "test        " + part_text(report.test) +
         (options.leaky_split ? " (random windows of machines that were trained on: LEAKY)\n"
                              : " (never seen; no machine is in two parts)\n") +
         "network     " + network_text(report) + "\n" + "training    " + epochs_text(report) +
         "; configurations tried: " + std::to_string(options.tried + 1) + "\n\n" +
         "windows of the test machines:\n" + as_text(table_of(report, report.int8_windows)) + "\n" +
         "test machines, by their most frequent answer:\n" +
         as_text(table_of(report, report.int8_groups)) + "\n" + accuracy_text(report) + "\n" +
         agreement_text(report) + "\n" + caution_text(report) + "\nwrote " + options.output + " (" +
         std::to_string(report.package_bytes) + " bytes)" +
         (options.card.empty() ? "" : " and " + options.card) + "\n";
}

std::string report_card(const TrainOptions& options,
                        const TrainingRequest& request,
                        const TrainingReport& report) {
  std::string text = "# " + request.name + ": model card\n\nWritten by `aiot train`.\n\n";
  text += "- data: " + source_text(options) + ", content SHA-256 `" + hex(report.training_hash) +
          "`\n- training: " + part_text(report.train) +
          "; to decide when to stop: " + part_text(report.validation) +
          "; test: " + part_text(report.test) +
          (options.leaky_split ? ". LEAKY: random windows of machines that were trained on; the "
                                 "figures are too good.\n- network: "
                               : ". No machine is in two parts.\n- network: ") +
          network_text(report) + "\n- " + epochs_text(report) +
          "; configurations tried by this command: 1" +
          (options.tried > 0 ? " (before it: " + std::to_string(options.tried) + ")" : "") +
          "\n- windows of " + std::to_string(request.window) + " samples, hop " +
          std::to_string(request.hop) +
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
          agreement_text(report) + ".\n" + caution_text(report);
  return text;
}

std::string report_json(const TrainOptions& options, const TrainingReport& report) {
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
                            {"configurations_tried", options.tried + 1},
                            {"leaky_split", options.leaky_split},
                            {"windows_int8", json_of(report, report.int8_windows)},
                            {"windows_float", json_of(report, report.float_windows)},
                            {"windows_level_threshold", json_of(report, report.level_windows)},
                            {"machines_int8", json_of(report, report.int8_groups)},
                            {"int8_float_agreement", report.int8_agreement},
                            {"macs", report.macs},
                            {"arena_bytes", report.arena_bytes}};
  return json.dump(2) + "\n";
}

}  // namespace aiot::cli
