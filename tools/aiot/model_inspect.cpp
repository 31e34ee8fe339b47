// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "aiot/toolkit/compiler/target.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/network_file.hpp"
#include "tools/aiot/network_view.hpp"
#include "tools/aiot/package_file.hpp"
#include "tools/aiot/package_view.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExamples =
    "Of a package it shows what it decides with: the samples it expects, its features with their\n"
    "bands and normalisation, the network, vote, recording policy, and the hashes that records\n"
    "name. Of a .tflite file, and of a package that is only a network, it shows operators, "
    "shapes,\n"
    "quantisation, multiply-accumulates and a map of the arena. Without FILE it shows the package\n"
    "that the command carries.\n"
    "\n"
    "Examples:\n"
    "  aiot model inspect\n"
    "  aiot model inspect models/machine.aipk --json\n"
    "  aiot model inspect keywords.tflite --target arm-m4";

struct InspectOptions {
  std::string path;
  std::string target;
  bool keep_tensors = false;
  bool json = false;
};

void print_tflite(const ModelFile& file, const TfliteFile& tflite, const std::string& target) {
  const nn::Network network = view_of(tflite.compiled.network);
  const toolkit::CompileReport& report = tflite.compiled.report;
  std::printf("model       %s, %s bytes\n",
              printable(file.name).c_str(),
              grouped(file.content.size()).c_str());
  if (!tflite.graph.description.empty()) {
    std::printf("            %s\n", printable(tflite.graph.description).c_str());
  }
  print_ports(network);
  std::printf("\noperators of the file\n");
  print_operators(tflite.graph);
  std::printf("\ncompiled for %s (kernels %s), constants %s bytes, program %s bytes\n",
              target.c_str(),
              std::string(toolkit::find_target(target)->kernels()).c_str(),
              grouped(network.weights.size()).c_str(),
              grouped(network.program.size_bytes()).c_str());
  print_instructions(network, &report);
  for (const std::string& note : report.notes) {
    std::printf("  - %s\n", printable(note).c_str());
  }
  std::printf("\narena %s bytes, alive (#) during the instructions\n",
              grouped(network.arena_bytes).c_str());
  print_arena(network, &report);
}

void print_tflite_json(const ModelFile& file, const TfliteFile& tflite, const std::string& target) {
  const nn::Network network = view_of(tflite.compiled.network);
  const toolkit::CompileReport& report = tflite.compiled.report;
  ordered_json json{{"file", file.name},
                    {"bytes", file.content.size()},
                    {"description", tflite.graph.description},
                    {"inputs", ports_json(network.inputs)},
                    {"outputs", ports_json(network.outputs)},
                    {"operators", operators_json(tflite.graph)}};
  json["compiled"] = {{"target", target},
                      {"kernels", toolkit::find_target(target)->kernels()},
                      {"arena_bytes", network.arena_bytes},
                      {"weight_bytes", network.weights.size()},
                      {"program_bytes", network.program.size_bytes()},
                      {"instructions", instructions_json(network, &report)},
                      {"arena", arena_json(network, &report)},
                      {"notes", report.notes}};
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

ExitCode inspect_tflite(const ModelFile& file, const InspectOptions& options) {
  const std::string target = options.target.empty() ? "host" : options.target;
  const auto tflite = open_tflite(file, {toolkit::find_target(target), options.keep_tensors});
  if (!tflite.ok()) {
    return fail(tflite.problem().text);
  }
  if (options.json) {
    print_tflite_json(file, *tflite, target);
  } else {
    print_tflite(file, *tflite, target);
  }
  return ExitCode::kOk;
}

ExitCode inspect_package(const toolkit::Loaded<PackageFile>& file, const InspectOptions& options) {
  if (!file.ok()) {
    return fail(file.problem().text);
  }
  if (!options.target.empty() || options.keep_tensors) {
    return fail(file->name() +
                ": is compiled already; --target and --keep-tensors are for .tflite files");
  }
  if (options.json) {
    print_package_json(*file);
  } else {
    print_package(*file);
  }
  return ExitCode::kOk;
}

ExitCode inspect(const InspectOptions& options) {
  if (options.path.empty()) {
    return inspect_package(PackageFile::open(""), options);
  }
  const auto file = read_model(options.path);
  if (!file.ok()) {
    return fail(file.problem().text);
  }
  return file->kind == FileKind::kTflite
             ? inspect_tflite(*file, options)
             : inspect_package(PackageFile::from(file->name, file->content), options);
}

}  // namespace

void add_model_inspect(CLI::App& model, ExitCode& exit) {
  const auto options = std::make_shared<InspectOptions>();
  CLI::App* const show = model.add_subcommand("inspect", "What a package or a .tflite file holds");
  show->footer(kExamples);
  show->add_option("file", options->path, "A package or .tflite file; without it the shipped one")
      ->type_name("FILE");
  show->add_option("--target", options->target, "Plan of a .tflite file for this target")
      ->type_name("NAME")
      ->check(CLI::IsMember(target_list()))
      ->default_str("host");
  show->add_flag("--keep-tensors", options->keep_tensors, "The plan without fusions");
  show->add_flag("--json", options->json, "One JSON object instead of text");
  show->callback([options, &exit] { exit = inspect(*options); });
}

}  // namespace aiot::cli
