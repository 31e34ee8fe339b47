// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiot/toolkit/compiler/emit_header.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/golden.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/instruction_text.hpp"
#include "tools/aiot/network_file.hpp"
#include "tools/aiot/network_view.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

constexpr const char* kExamples =
    "Makes a package of a full-integer .tflite file: operators fused, arena planned, weights in "
    "the\n"
    "order that the target's kernels want. What it can not compile, it names by operator and "
    "index.\n"
    "Where input and output have at most 4096 bytes together, the package says what the network\n"
    "answers to a pattern (golden window), so that a device can check itself.\n"
    "\n"
    "Examples:\n"
    "  aiot model compile keywords.tflite -o keywords.aipk --target arm-m4\n"
    "  aiot model compile keywords.tflite -o keywords.hpp --target arm-m4 --emit header\n"
    "  aiot model compile keywords.tflite -o layers.aipk --keep-tensors -v";

struct CompileVerbOptions {
  std::string path;
  std::string output;
  std::string target = "host";
  std::string emit = "package";
  std::string name;
  std::string version = "0.0.0";
  bool keep_tensors = false;
  bool verbose = false;
};

/// "X.Y.Z", each at most 65535.
std::optional<model::Version> parse_version(std::string_view text) {
  std::uint16_t parts[3] = {0, 0, 0};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [next, error] = std::from_chars(at, end, parts[i]);
    const bool last = i == 2;
    if (error != std::errc() || (last ? next != end : next == end || *next != '.')) {
      return std::nullopt;
    }
    at = last ? next : next + 1;
  }
  return model::Version{parts[0], parts[1], parts[2]};
}

std::string default_name(const CompileVerbOptions& options) {
  return options.name.empty() ? std::filesystem::path(options.path).stem().string() : options.name;
}

/// Nobody has a representative input here, so it is a pattern. Every kernel set gives the bytes of
/// the reference, which needs the network in its own order of weights.
std::optional<toolkit::GoldenWindow> golden_of(const ModelFile& file,
                                               const CompileVerbOptions& options) {
  const auto reference =
      open_tflite(file, {toolkit::find_target_by_kernels("ref"), options.keep_tensors});
  return reference.ok() ? toolkit::golden_pattern(reference->compiled.network) : std::nullopt;
}

toolkit::Loaded<std::vector<std::byte>> package_of(const CompileVerbOptions& options,
                                                   const toolkit::NetworkSpec& network,
                                                   std::optional<toolkit::GoldenWindow> golden) {
  toolkit::PackageSpec spec;
  spec.name = default_name(options);
  spec.version = *parse_version(options.version);
  spec.network = network;
  spec.golden = std::move(golden);
  spec.created_by = "aiot model compile";
  std::string problem;
  auto file = toolkit::write_package(spec, problem);
  if (!file) {
    return toolkit::Problem{"package " + spec.name + ": " + problem +
                            (options.name.empty() ? " (--name gives another name)" : "")};
  }
  return std::move(*file);
}

std::vector<std::byte> header_of(const CompileVerbOptions& options,
                                 const toolkit::NetworkSpec& network) {
  const std::string text =
      toolkit::emit_header(network, *toolkit::find_target(options.target), default_name(options));
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

void print_report(const CompileVerbOptions& options,
                  const TfliteFile& tflite,
                  std::size_t written) {
  const toolkit::NetworkSpec& network = tflite.compiled.network;
  const std::vector<InstructionText> instructions = instructions_of(view_of(network));
  std::printf("compiled    %s for %s (kernels %s)\n",
              printable(options.path).c_str(),
              options.target.c_str(),
              std::string(toolkit::find_target(options.target)->kernels()).c_str());
  std::printf("operators   %zu as %zu instructions, %s multiply-accumulates\n",
              tflite.graph.operators.size(),
              instructions.size(),
              grouped(macs_of(view_of(network))).c_str());
  std::printf("arena       %s bytes\n", grouped(network.arena_bytes).c_str());
  std::printf("constants   %s bytes, program %s bytes\n",
              grouped(network.weights.size()).c_str(),
              grouped(network.program.size() * sizeof(network.program[0])).c_str());
  std::printf("%s %s bytes, %s\n",
              left(options.emit, 11).c_str(),
              grouped(written).c_str(),
              printable(options.output).c_str());
  if (options.verbose) {
    for (const std::string& note : tflite.compiled.report.notes) {
      std::printf("  - %s\n", printable(note).c_str());
    }
  }
}

ExitCode compile(const CompileVerbOptions& options) {
  const auto file = read_model(options.path);
  if (!file.ok()) {
    return fail(file.problem().text);
  }
  if (file->kind != FileKind::kTflite) {
    return fail(file->name + ": is a package already; compile the .tflite file it was made from");
  }
  if (const auto problem = write_problem(options.output)) {
    return fail(*problem);
  }
  const auto tflite =
      open_tflite(*file, {toolkit::find_target(options.target), options.keep_tensors});
  if (!tflite.ok()) {
    return fail(tflite.problem().text);
  }
  const toolkit::NetworkSpec& network = tflite->compiled.network;
  const auto content = options.emit == "header"
                           ? toolkit::Loaded(header_of(options, network))
                           : package_of(options, network, golden_of(*file, options));
  if (!content.ok()) {
    return fail(content.problem().text);
  }
  if (const auto problem = write_file(options.output, *content)) {
    return fail(*problem);
  }
  print_report(options, *tflite, content->size());
  return ExitCode::kOk;
}

}  // namespace

void add_model_compile(CLI::App& model, ExitCode& exit) {
  const auto options = std::make_shared<CompileVerbOptions>();
  CLI::App* const verb = model.add_subcommand("compile", "A package from a .tflite file");
  verb->footer(kExamples);
  verb->add_option("file", options->path, "A full-integer .tflite file")
      ->type_name("FILE")
      ->required();
  verb->add_option("-o,--output", options->output, "The package, or the header")
      ->type_name("FILE")
      ->required();
  verb->add_option("--target", options->target, "What it will run on")
      ->type_name("NAME")
      ->check(CLI::IsMember(target_list()))
      ->capture_default_str();
  verb->add_option("--emit", options->emit, "package, or header for firmware with a fixed model")
      ->type_name("KIND")
      ->check(CLI::IsMember(std::vector<std::string>{"package", "header"}))
      ->capture_default_str();
  verb->add_option("--name", options->name, "Name of package and namespace; the file's without it")
      ->type_name("NAME");
  verb->add_option("--version", options->version, "Version of the package")
      ->type_name("X.Y.Z")
      ->check([](const std::string& text) {
        return parse_version(text) ? std::string()
                                   : "'" + text + "' is not three numbers up to 65535";
      })
      ->capture_default_str();
  verb->add_flag("--keep-tensors",
                 options->keep_tensors,
                 "Without fusions; every operator's output is one of the network's");
  verb->add_flag("-v,--verbose", options->verbose, "What was fused and rewritten");
  verb->callback([options, &exit] { exit = compile(*options); });
}

}  // namespace aiot::cli
