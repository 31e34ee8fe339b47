// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Makes files of cases that compare a back-end with the reference, and runs them on this machine.
//
//   nn_cases --target arm-m4 -o cases.bin          the cases of the tests, for one target
//   nn_cases --target arm-m4 --only conv --count 200 --seed 5 -o cases.bin
//   nn_cases --target arm-m4 --only shape -o s.bin layers of models that people run
//   nn_cases --target arm-m4 --only network/ ...   whole networks, compiled as they are shipped
//   nn_cases --target arm-m3 --run                 on this machine, without a file
//   nn_cases --target arm-m4 --golden $AIOT_SHARED/models -o g.bin   models with golden outputs
//
// On an emulated board:
//
//   ports/baremetal/run_qemu.sh qemu_m4 build/arm-m4/tests/nn_cases/nn_runner.elf --icount --
//       cases=cases.bin count=1
//
// count=1 prints the instructions of each case; without --icount it means nothing.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/nn_cases/assemble.hpp"
#include "tests/nn_cases/golden.hpp"
#include "tests/nn_cases/networks.hpp"
#include "tests/nn_cases/run_on_host.hpp"

namespace {

using aiot::toolkit::Random;
namespace nn_cases = aiot::nn_cases;

struct Options {
  std::string target = "host";
  std::string only;
  std::uint64_t seed = 1;
  std::uint32_t count = 1000;
  std::uint32_t vectors = 2;
  std::string golden;
  std::string output;
  bool run = false;
};

/// One layer as a case: `number` decides how it lies in the arena.
nn_cases::CaseSpec make_case(const nn_cases::Layer& layer,
                             const aiot::toolkit::Target& target,
                             std::uint32_t number,
                             std::uint32_t vectors,
                             Random& random) {
  const nn_cases::Placement placement{
      number % 2 == 0 ? nn_cases::Overlap::kApart : nn_cases::Overlap::kInPlace, number / 2 % 3};
  const auto made = nn_cases::assemble(layer, target, placement, random);
  const auto canonical = nn_cases::assemble(layer, aiot::toolkit::ref_target(), {}, random);
  nn_cases::CaseSpec test;
  test.name = layer.name + (made.in_place ? " in place" : "") + " scratch " +
              std::to_string(placement.scratch);
  test.package = nn_cases::to_package(layer.name, made.network);
  test.fixed = made.fixed;
  test.checked = {0};
  const bool two = layer.constant.empty() && !layer.same_operands;
  const std::uint32_t other = two ? layer.other_bytes : 0;
  for (std::uint32_t v = 0; v < vectors; ++v) {
    std::vector<std::byte> input = nn_cases::make_input(layer, layer.input_bytes, random);
    const std::vector<std::byte> second = nn_cases::make_input(layer, other, random);
    input.insert(input.end(), second.begin(), second.end());
    test.outputs.push_back(nn_cases::reference_outputs(canonical.network, input));
    test.inputs.push_back(std::move(input));
  }
  return test;
}

std::vector<nn_cases::CaseSpec> make_shapes(const Options& options,
                                            const aiot::toolkit::Target& target) {
  std::vector<nn_cases::CaseSpec> cases;
  for (std::size_t i = 0; i < nn_cases::shape_count(); ++i) {
    if (nn_cases::shape_name(i).find(options.only) != std::string_view::npos) {
      Random random(options.seed, i);
      const nn_cases::Layer layer = nn_cases::make_shape(i, random);
      cases.push_back(make_case(layer, target, 0, 1, random));
      cases.push_back(make_case(layer, target, 1, 1, random));
    }
  }
  return cases;
}

/// Operators in turn. A case depends on its number and the seed only.
std::vector<nn_cases::CaseSpec> make_layers(const Options& options,
                                            const aiot::toolkit::Target& target) {
  std::vector<std::string_view> kinds = nn_cases::layer_kinds();
  std::erase_if(kinds, [&](std::string_view kind) {
    return kind.find(options.only) == std::string_view::npos;
  });
  std::vector<nn_cases::CaseSpec> cases;
  for (std::uint32_t i = 0; i < options.count && !kinds.empty(); ++i) {
    Random random(options.seed, 1000 + i);
    const nn_cases::Layer layer = nn_cases::make_layer(kinds[i % kinds.size()], random);
    const std::uint32_t placement = random.below(6);
    nn_cases::CaseSpec test = make_case(layer, target, placement, options.vectors, random);
    test.name = std::to_string(i) + " " + test.name;
    cases.push_back(std::move(test));
  }
  return cases;
}

std::vector<nn_cases::CaseSpec> make_networks(const Options& options,
                                              const aiot::toolkit::Target& target) {
  return nn_cases::make_networks(target, options.only, options.seed, options.count / 10);
}

int write_or_run(const Options& options, const std::vector<nn_cases::CaseSpec>& cases) {
  const std::vector<std::byte> file = nn_cases::to_bytes(cases);
  if (!options.output.empty()) {
    std::ofstream out(options.output, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.data()),
              static_cast<std::streamsize>(file.size()));
    if (!out.flush()) {
      std::fprintf(stderr, "nn_cases: can not write %s\n", options.output.c_str());
      return 1;
    }
    std::printf("%zu cases, seed %llu, %zu bytes\n",
                cases.size(),
                static_cast<unsigned long long>(options.seed),
                file.size());
  }
  return options.run ? nn_cases::run_on_host(file) : 0;
}

/// Says what waits and what went wrong; false when something did.
bool report(const nn_cases::GoldenCases& golden) {
  if (!golden.waiting.empty()) {
    std::printf("SKIPPED golden folders of operators that are not on the list yet:");
    for (const std::string& name : golden.waiting) {
      std::printf(" %s", name.c_str());
    }
    std::printf("\n");
  }
  for (const std::string& problem : golden.problems) {
    std::printf("FAILED %s\n", problem.c_str());
  }
  return golden.problems.empty();
}

/// Random layers, layers of models, whole networks.
std::vector<nn_cases::CaseSpec> make_cases(const Options& options,
                                           const aiot::toolkit::Target& target) {
  std::vector<nn_cases::CaseSpec> cases;
  for (auto make : {make_layers, make_shapes, make_networks}) {
    std::vector<nn_cases::CaseSpec> more = make(options, target);
    std::move(more.begin(), more.end(), std::back_inserter(cases));
  }
  return cases;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app{"Cases that compare kernel back-ends with the reference"};
  app.add_option("--target", options.target, "as for aiot model compile");
  app.add_option("--only", options.only, "operators or shapes whose name holds this");
  app.add_option("--seed", options.seed, "of everything random");
  app.add_option("--count", options.count, "random layers");
  app.add_option("--vectors", options.vectors, "inputs of each");
  app.add_option("--golden", options.golden, "a folder of models with golden outputs instead");
  app.add_option("-o", options.output, "the file to write");
  app.add_flag("--run", options.run, "run the cases here, on the kernels for their layout");
  CLI11_PARSE(app, argc, argv);
  const aiot::toolkit::Target* target = aiot::toolkit::find_target(options.target);
  if (target == nullptr || (options.output.empty() && !options.run)) {
    std::fprintf(stderr, "nn_cases: say a target (host, arm-m4, ...) and -o FILE or --run\n");
    return 2;
  }
  if (options.golden.empty()) {
    return write_or_run(options, make_cases(options, *target));
  }
  nn_cases::GoldenCases golden = nn_cases::make_golden(options.golden, *target);
  std::erase_if(golden.cases, [&](const nn_cases::CaseSpec& test) {
    return test.name.find(options.only) == std::string::npos;
  });
  const bool compiled = report(golden);
  const int status = write_or_run(options, golden.cases);
  return compiled ? status : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "nn_cases: %s\n", problem.what());
    return 1;
  }
}
