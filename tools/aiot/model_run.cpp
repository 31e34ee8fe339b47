// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aiot/nn/executor.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/network_file.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/package_file.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples =
    "One inference on this machine. Input and output are the raw bytes of the tensors, little\n"
    "endian, row-major, several tensors one behind the other in the order of the graph; - is\n"
    "standard input or output. Every kernel set gives the same bytes as ref, as do devices.\n"
    "\n"
    "Examples:\n"
    "  aiot model run keywords.tflite --input in.bin --output out.bin\n"
    "  aiot model run keywords.tflite --input in.bin --output - --kernels plain | xxd\n"
    "  aiot model run keywords.tflite --input in.bin --output out.bin --layers layers";

struct RunOptions {
  std::string path;
  std::string input;
  std::string output;
  std::string kernels;
  std::string layers;
  std::uint32_t arena = 0;  ///< bytes of the device's arena, 0: as many as the network needs
  bool keep_tensors = false;
};

using Problem = std::optional<std::string>;

std::size_t bytes_of(std::span<const nn::TensorInfo> tensors) {
  std::size_t bytes = 0;
  for (const nn::TensorInfo& tensor : tensors) {
    bytes += tensor.bytes;
  }
  return bytes;
}

/// "int8 [1, 490] 490 bytes, int8 [1, 3] 3 bytes"
std::string list_of(std::span<const nn::TensorInfo> tensors) {
  std::string text;
  for (const nn::TensorInfo& tensor : tensors) {
    text +=
        (text.empty() ? "" : ", ") + type_and_shape(tensor) + " " + counted(tensor.bytes, "byte");
  }
  return text;
}

toolkit::Loaded<std::vector<std::byte>> read_input(const std::string& path,
                                                   const nn::Network& network) {
  auto content = toolkit::read_file(path == "-" ? "/dev/stdin" : path);
  if (!content.ok()) {
    return content;
  }
  const std::size_t wanted = bytes_of(network.inputs);
  if (content->size() != wanted) {
    return toolkit::Problem{(path == "-" ? "standard input" : path) + ": has " +
                            counted(content->size(), "byte") + ", the network wants " +
                            std::to_string(wanted) + " (" + list_of(network.inputs) +
                            "); give the tensors' raw bytes one behind the other"};
  }
  return content;
}

/// Runs `network` once on `input`, which has the bytes of its inputs: the bytes of every output.
class Inference {
 public:
  Inference(const nn::Network& network, const nn::KernelSet& kernels, Bytes input)
      : arena_(network.arena_bytes / sizeof(Block) + 1),
        executor_(
            network, kernels, {reinterpret_cast<std::byte*>(arena_.data()), network.arena_bytes}) {
    for (std::size_t i = 0; i < network.inputs.size(); ++i) {
      const MutableBytes place = executor_.input(i);
      std::copy_n(input.begin(), place.size(), place.begin());
      input = input.subspan(place.size());
    }
  }

  [[nodiscard]] bool run() { return executor_.run().ok(); }

  [[nodiscard]] Bytes output(std::size_t index) const { return executor_.output(index); }

 private:
  struct alignas(nn::kAlignment) Block {
    std::byte bytes[nn::kAlignment];
  };

  std::vector<Block> arena_;
  nn::Executor executor_;
};

/// Outputs `first`, ..., `last` - 1, one behind the other.
std::vector<std::byte> joined_outputs(const Inference& inference,
                                      std::size_t first,
                                      std::size_t last) {
  std::vector<std::byte> joined;
  for (std::size_t i = first; i < last; ++i) {
    const Bytes output = inference.output(i);
    joined.insert(joined.end(), output.begin(), output.end());
  }
  return joined;
}

Problem write_output(const std::string& path, const std::vector<std::byte>& content) {
  if (path != "-") {
    return write_file(path, content);
  }
  (void)std::fwrite(content.data(), 1, content.size(), stdout);
  return std::nullopt;  // main() looks whether it arrived
}

/// One file for every output of every operator, behind the graph's own outputs.
Problem write_layers(const std::string& folder,
                     const toolkit::graph::Graph& graph,
                     const Inference& inference) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) {
    return folder + ": can not be made (" + code.message() + "); name another folder";
  }
  std::size_t at = graph.outputs.size();
  for (std::size_t k = 0; k < graph.operators.size(); ++k) {
    for (std::size_t j = 0; j < graph.operators[k].outputs.size(); ++j, ++at) {
      char name[64];
      (void)std::snprintf(name, sizeof name, "o_op%02zu_%zu.bin", k, j);
      if (Problem problem = write_file((fs::path(folder) / name).string(),
                                       joined_outputs(inference, at, at + 1))) {
        return problem;
      }
    }
  }
  return std::nullopt;
}

/// A network that is ready, and where it comes from.
struct Subject {
  std::string name;
  nn::Network network;
  const nn::KernelSet* kernels = nullptr;
  const toolkit::graph::Graph* graph = nullptr;  ///< of a .tflite file that keeps its tensors
  std::size_t outputs = 0;                       ///< how many of the network's are written
};

/// What keeps a network from running in an arena of `arena_bytes`, or nothing.
Problem objection(const Subject& subject, std::size_t arena_bytes) {
  const nn::Network& network = subject.network;
  const nn::Diagnosis diagnosis = nn::Executor::diagnose(network, *subject.kernels, arena_bytes);
  if (diagnosis.problem == nn::Problem::kArena) {
    return subject.name + ": the arena has " + counted(arena_bytes, "byte") +
           ", the network needs " + std::to_string(network.arena_bytes) +
           "; give it as many, or use a smaller network";
  }
  if (diagnosis.problem != nn::Problem::kNone) {
    return subject.name + ": can not run (instruction " + std::to_string(diagnosis.instruction) +
           "): " + nn::to_string(diagnosis.problem);
  }
  return std::nullopt;
}

Problem run_subject(const Subject& subject, const RunOptions& options) {
  const nn::Network& network = subject.network;
  if (Problem problem =
          objection(subject, options.arena == 0 ? network.arena_bytes : options.arena)) {
    return problem;
  }
  const auto input = read_input(options.input, network);
  if (!input.ok()) {
    return input.problem().text;
  }
  Inference inference(network, *subject.kernels, *input);
  if (!inference.run()) {
    return subject.name + ": an operator is not in the kernel set " + subject.kernels->name +
           "; use --kernels ref";
  }
  if (!options.layers.empty()) {
    if (Problem problem = write_layers(options.layers, *subject.graph, inference)) {
      return problem;
    }
  }
  return write_output(options.output, joined_outputs(inference, 0, subject.outputs));
}

Problem run_tflite(const ModelFile& file, const RunOptions& options) {
  const std::string kernels = options.kernels.empty() ? "ref" : options.kernels;
  const auto tflite = open_tflite(
      file,
      {toolkit::find_target_by_kernels(kernels), options.keep_tensors || !options.layers.empty()});
  if (!tflite.ok()) {
    return tflite.problem().text;
  }
  return run_subject({file.name,
                      view_of(tflite->compiled.network),
                      find_kernels(kernels),
                      &tflite->graph,
                      tflite->graph.outputs.size()},
                     options);
}

Problem run_package(const ModelFile& file, const RunOptions& options) {
  if (options.keep_tensors || !options.layers.empty()) {
    return file.name + ": is compiled already; --keep-tensors and --layers are for .tflite files";
  }
  const auto package = PackageFile::from(file.name, file.content);
  if (!package.ok()) {
    return package.problem().text;
  }
  if (!package->package().has_network) {
    return file.name + ": has no network; name a package with one or a .tflite file";
  }
  const nn::Network& network = package->package().network;
  const nn::KernelSet* const kernels = find_kernels(network.layout);
  if (kernels == nullptr || (!options.kernels.empty() && options.kernels != kernels->name)) {
    return file.name + ": is packed for " + targets_of(network.layout) + ", not for " +
           (options.kernels.empty() ? "this machine" : "kernels " + options.kernels) +
           "; compile the .tflite file again with --target host" +
           (kernels == nullptr ? "" : std::string(", or use --kernels ") + kernels->name);
  }
  return run_subject({file.name, network, kernels, nullptr, network.outputs.size()}, options);
}

ExitCode run(const RunOptions& options) {
  const auto file = read_model(options.path);
  if (!file.ok()) {
    return fail(file.problem().text);
  }
  const Problem problem =
      file->kind == FileKind::kTflite ? run_tflite(*file, options) : run_package(*file, options);
  return problem ? fail(*problem) : ExitCode::kOk;
}

}  // namespace

void add_model_run(CLI::App& model, ExitCode& exit) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* const verb = model.add_subcommand("run", "One inference, from raw bytes to raw bytes");
  verb->footer(kExamples);
  verb->add_option("file", options->path, "A .tflite file or a package with a network")
      ->type_name("FILE")
      ->required();
  verb->add_option("--input", options->input, "The input tensors' bytes, or - for standard input")
      ->type_name("FILE")
      ->required();
  verb->add_option("--output", options->output, "For the output tensors' bytes, or -")
      ->type_name("FILE")
      ->required();
  verb->add_option("--kernels", options->kernels, "Kernel set; for a package the one it is for")
      ->type_name("NAME")
      ->check(CLI::IsMember(kernel_list()))
      ->default_str("ref");
  verb->add_option("--arena", options->arena, "Refuse what needs more than this")
      ->type_name("BYTES")
      ->check(CLI::Range(1U, 0x7FFF'FFFFU));
  verb->add_flag("--keep-tensors", options->keep_tensors, "Without fusions, as --layers");
  verb->add_option("--layers", options->layers, "A file for every output of every operator")
      ->type_name("FOLDER");
  verb->callback([options, &exit] { exit = run(*options); });
}

}  // namespace aiot::cli
