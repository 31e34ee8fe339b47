// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The host's part of the bench of networks; bench.py calls it.
//   nn_bench model NAME -o FILE                   a .tflite file that needs no download
//   nn_bench compile MODEL --target T -o PACKAGE  compiles; says what the network is, as JSON
//   nn_bench time MODEL                           the same for this machine, with times

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "bench/nn/pattern.hpp"
#include "tests/support/tflite_models.hpp"

namespace {

using nlohmann::json;
using Bytes = std::vector<std::byte>;
namespace toolkit = aiot::toolkit;
namespace nn = aiot::nn;

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error(what);
}

struct KernelName {
  nn::OpCode code;
  const char* constant;  ///< in every kernel set
};

constexpr KernelName kKernelNames[] = {
    {nn::OpCode::kFullyConnectedS8, "kFullyConnectedS8"},
    {nn::OpCode::kConv2dS8, "kConv2dS8"},
    {nn::OpCode::kDepthwiseConv2dS8, "kDepthwiseConv2dS8"},
    {nn::OpCode::kAveragePool2dS8, "kAveragePool2dS8"},
    {nn::OpCode::kMaxPool2dS8, "kMaxPool2dS8"},
    {nn::OpCode::kSoftmaxS8, "kSoftmaxS8"},
    {nn::OpCode::kSoftmaxS8S16, "kSoftmaxS8S16"},
    {nn::OpCode::kAddS8, "kAddS8"},
    {nn::OpCode::kSubS8, "kSubS8"},
    {nn::OpCode::kMulS8, "kMulS8"},
    {nn::OpCode::kAddBroadcastS8, "kAddBroadcastS8"},
    {nn::OpCode::kSubBroadcastS8, "kSubBroadcastS8"},
    {nn::OpCode::kMulBroadcastS8, "kMulBroadcastS8"},
    {nn::OpCode::kMeanS8, "kMeanS8"},
    {nn::OpCode::kLookup8, "kLookup8"},
    {nn::OpCode::kCopy, "kCopy"},
    {nn::OpCode::kFill, "kFill"},
    {nn::OpCode::kQuantizeF32S8, "kQuantizeF32S8"},
    {nn::OpCode::kDequantizeS8F32, "kDequantizeS8F32"},
};

std::string kernel_name(std::uint16_t code) {
  const auto* found =
      std::find_if(std::begin(kKernelNames), std::end(kKernelNames), [&](const KernelName& name) {
        return static_cast<std::uint16_t>(name.code) == code;
      });
  if (found == std::end(kKernelNames)) {
    refuse("no name for operator code " + std::to_string(code));
  }
  return found->constant;
}

Bytes must_read(const std::string& path) {
  auto file = toolkit::read_file(path);
  if (!file.ok()) {
    refuse(file.problem().text);
  }
  return *file;
}

void write(const std::string& path, const Bytes& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) {
    refuse("can not write " + path);
  }
}

toolkit::CompiledNetwork must_compile(const Bytes& file, const toolkit::Target* target) {
  if (target == nullptr) {
    refuse("no such target");
  }
  auto compiled = toolkit::compile_tflite(file, {target, false});
  if (!compiled.ok()) {
    refuse(compiled.problem().text);
  }
  return *compiled;
}

Bytes to_package(const toolkit::NetworkSpec& network) {
  toolkit::PackageSpec spec;
  spec.name = "bench";
  spec.network = network;
  std::string problem;
  auto package = toolkit::write_package(spec, problem);
  if (!package) {
    refuse(problem);
  }
  return *package;
}

/// A network with its arena, on this machine's kernels.
class Run {
 public:
  explicit Run(const Bytes& package)
      : file_(package),
        network_(aiot::model::load(file_.view())->network),
        arena_(network_.arena_bytes / sizeof(Block) + 1),
        executor_(network_, nn::ref::kernels, std::as_writable_bytes(std::span{arena_})) {}

  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void fill() {
    for (std::size_t i = 0; i < network_.inputs.size(); ++i) {
      aiot::bench::fill_pattern(executor_.input(i), static_cast<std::uint32_t>(i));
    }
  }

  void infer() { (void)executor_.run(); }

  [[nodiscard]] std::uint32_t sum() const {
    std::uint32_t sum = aiot::bench::kNoSum;
    for (std::size_t i = 0; i < network_.outputs.size(); ++i) {
      sum = aiot::bench::sum_of(executor_.output(i), sum);
    }
    return sum;
  }

  /// Calls `one(index, work)` for every instruction; `work()` runs it.
  template <class One>
  void for_each_kernel(One one) {
    const nn::Memory memory{std::as_writable_bytes(std::span{arena_}).data(),
                            network_.weights.data()};
    std::size_t index = 0;
    for (std::size_t at = 0; at < network_.program.size(); ++index) {
      const nn::OpHeader header = nn::instruction_at(network_.program, at);
      const nn::Kernel* kernel = nn::ref::kernels.find(header.code);
      one(index, [&] { kernel->run(&network_.program[at + 1], memory); });
      at += header.words;
    }
  }

 private:
  struct alignas(nn::kAlignment) Block {
    std::byte bytes[nn::kAlignment];
  };

  toolkit::AlignedBytes file_;
  nn::Network network_;
  std::vector<Block> arena_;
  nn::Executor executor_;
};

/// What the reference makes of the bench's inputs.
std::uint32_t reference_sum(const Bytes& file) {
  const auto compiled = must_compile(file, &toolkit::ref_target());
  Run run(to_package(compiled.network));
  run.fill();
  run.infer();
  return run.sum();
}

json describe(const Bytes& file,
              const toolkit::CompiledNetwork& compiled,
              const Bytes& package,
              const std::string& kernels) {
  const toolkit::NetworkSpec& network = compiled.network;
  json operators = json::array();
  std::size_t index = 0;
  for (std::size_t at = 0; at < network.program.size(); ++index) {
    const nn::OpHeader header = nn::instruction_at(network.program, at);
    const std::span words = std::span{network.program}.subspan(at, header.words);
    json one{{"kernel", kernel_name(header.code)}, {"macs", nn::count_macs(words)}};
    if (index < compiled.report.sources.size()) {
      one["sources"] = compiled.report.sources[index];
    }
    operators.push_back(std::move(one));
    at += header.words;
  }
  return {{"kernels", kernels},
          {"macs", nn::count_macs(network.program)},
          {"arena_bytes", network.arena_bytes},
          {"constant_bytes", network.weights.size()},
          {"package_bytes", package.size()},
          {"model_bytes", file.size()},
          {"sum", reference_sum(file)},
          {"operators", operators}};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <class Work>
double microseconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
      .count();
}

/// Medians of a few runs: of the whole, and kernel by kernel.
void add_times(json& described, const Bytes& package) {
  constexpr int kRuns = 11;
  Run run(package);
  std::vector<double> whole;
  std::vector<std::vector<double>> parts(described["operators"].size());
  for (int i = 0; i < kRuns; ++i) {
    run.fill();
    whole.push_back(microseconds([&] { run.infer(); }));
    run.fill();
    run.for_each_kernel(
        [&](std::size_t index, auto work) { parts[index].push_back(microseconds(work)); });
  }
  described["microseconds"] = median(whole);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    described["operators"][i]["microseconds"] = median(parts[i]);
  }
}

Bytes named_model(const std::string& name) {
  if (name == "mobilenet_v1_025_96") {
    return aiot::test::mobilenet_v1_025_96();
  }
  for (const auto& models :
       {aiot::test::several_operator_models(), aiot::test::one_operator_models()}) {
    for (const aiot::test::NamedModel& model : models) {
      if (model.name == name) {
        return model.file;
      }
    }
  }
  refuse("no model of that name");
}

int run(int argc, char** argv) {
  std::string model;
  std::string target = "host";
  std::string output;
  CLI::App app{"The host's part of the bench of networks"};
  app.require_subcommand(1);
  CLI::App* make = app.add_subcommand("model", "write a .tflite file that needs no download");
  CLI::App* compile = app.add_subcommand("compile", "compile and describe a .tflite file");
  CLI::App* time =
      app.add_subcommand("time", "describe a .tflite file, with times on this machine");
  for (CLI::App* command : {make, compile, time}) {
    command->add_option("model", model)->required();
  }
  make->add_option("-o", output)->required();
  compile->add_option("-o", output)->required();
  compile->add_option("--target", target);
  CLI11_PARSE(app, argc, argv);
  if (make->parsed()) {
    write(output, named_model(model));
    return 0;
  }
  const Bytes file = must_read(model);
  const toolkit::Target* chosen = toolkit::find_target(target);
  const auto compiled = must_compile(file, chosen);
  const Bytes package = to_package(compiled.network);
  json described = describe(file, compiled, package, std::string(chosen->kernels()));
  if (time->parsed()) {
    add_times(described, package);
  } else {
    write(output, package);
  }
  std::printf("%s\n", described.dump().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "nn_bench: %s\n", problem.what());
    return 1;
  }
}
