// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/nn_cases/golden.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/files.hpp"

namespace aiot::nn_cases {
namespace {

namespace fs = std::filesystem;

using FileBytes = std::vector<std::byte>;

/// Folders of operators that are not on the compiler's list yet; every other one has to compile.
constexpr std::array<std::string_view, 13> kNotYet{"int16",
                                                   "GATHER",
                                                   "HARD_SWISH",
                                                   "MAXIMUM",
                                                   "MINIMUM",
                                                   "PACK_",
                                                   "PRELU",
                                                   "REDUCE_MAX",
                                                   "RESIZE_",
                                                   "SVDF",
                                                   "TRANSPOSE_CONV",
                                                   "UNIDIRECTIONAL",
                                                   "UNPACK"};

/// One folder has an int16 output behind an int8 name.
bool waits(const std::string& folder, const std::string& problem) {
  return problem.find("is int16") != std::string::npos ||
         std::any_of(kNotYet.begin(), kNotYet.end(), [&](std::string_view name) {
           return folder.find(name) != std::string::npos;
         });
}

FileBytes must_read(const fs::path& path) {
  auto bytes = toolkit::read_file(path);
  if (!bytes.ok()) {
    throw std::runtime_error(bytes.problem().text);
  }
  return *bytes;
}

/// Bytes of all files of `folder`, in order of operator and output: o_op00_0.bin, o_op00_1.bin, ...
FileBytes read_layers(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  FileBytes all;
  for (const fs::path& path : paths) {
    const FileBytes bytes = must_read(path);
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

std::vector<std::uint32_t> first_numbers(std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

std::string numbered(const char* stem, std::size_t i, const char* end) {
  return stem + std::to_string(i) + end;
}

CaseSpec case_of(const std::string& name, const toolkit::NetworkSpec& network) {
  CaseSpec test;
  test.name = name;
  test.package = to_package(name, network);
  return test;
}

/// All vectors, the outputs of the graph only.
CaseSpec shipped_case(const fs::path& folder,
                      const std::string& name,
                      const toolkit::NetworkSpec& network,
                      std::size_t graph_outputs) {
  CaseSpec test = case_of(name, network);
  test.checked = first_numbers(graph_outputs);
  for (std::size_t i = 0; fs::exists(folder / numbered("input_", i, ".bin")); ++i) {
    test.inputs.push_back(must_read(folder / numbered("input_", i, ".bin")));
    test.outputs.push_back(must_read(folder / numbered("output_", i, ".bin")));
  }
  return test;
}

/// The vectors with intermediate tensors, every output.
CaseSpec layers_case(const fs::path& folder,
                     const std::string& name,
                     const toolkit::NetworkSpec& network) {
  CaseSpec test = case_of(name, network);
  test.checked = first_numbers(network.outputs.size());
  for (std::size_t i = 0; fs::exists(folder / numbered("input_", i, ".bin")); ++i) {
    const fs::path layers = folder / numbered("layers_", i, "");
    if (!fs::exists(layers)) {
      continue;
    }
    FileBytes outputs = must_read(folder / numbered("output_", i, ".bin"));
    const FileBytes inner = read_layers(layers);
    outputs.insert(outputs.end(), inner.begin(), inner.end());
    test.inputs.push_back(must_read(folder / numbered("input_", i, ".bin")));
    test.outputs.push_back(std::move(outputs));
  }
  return test;
}

std::uint64_t output_bytes(const toolkit::NetworkSpec& network, std::size_t outputs) {
  return std::accumulate(network.outputs.begin(),
                         network.outputs.begin() + static_cast<std::ptrdiff_t>(outputs),
                         std::uint64_t{0},
                         [](std::uint64_t sum, const nn::TensorInfo& t) { return sum + t.bytes; });
}

/// Whether the files have the sizes that the compiled network says.
bool fits(const CaseSpec& test, const toolkit::NetworkSpec& network) {
  std::uint64_t inputs = 0;
  for (const nn::TensorInfo& tensor : network.inputs) {
    inputs += tensor.bytes;
  }
  const std::uint64_t outputs = output_bytes(network, test.checked.size());
  return !test.inputs.empty() &&
         std::all_of(test.inputs.begin(),
                     test.inputs.end(),
                     [&](const FileBytes& bytes) { return bytes.size() == inputs; }) &&
         std::all_of(test.outputs.begin(), test.outputs.end(), [&](const FileBytes& bytes) {
           return bytes.size() == outputs;
         });
}

void add_case(GoldenCases& golden, CaseSpec test, const toolkit::NetworkSpec& network) {
  if (fits(test, network)) {
    golden.cases.push_back(std::move(test));
  } else {
    golden.problems.push_back(test.name + ": files and network have different sizes");
  }
}

void add_folder(GoldenCases& golden, const fs::path& folder, const toolkit::Target& target) {
  const FileBytes file = must_read(folder / "model.tflite");
  const std::string name = folder.filename().string();
  const auto shipped = toolkit::compile_tflite(file, {&target, false});
  const auto kept = toolkit::compile_tflite(file, {&target, true});
  if (!shipped.ok() || !kept.ok()) {
    const auto& problem = shipped.ok() ? kept.problem() : shipped.problem();
    (waits(name, problem.text) ? golden.waiting : golden.problems)
        .push_back(name + ": " + problem.text);
    return;
  }
  const std::size_t outputs = shipped->network.outputs.size();
  add_case(golden, shipped_case(folder, name, shipped->network, outputs), shipped->network);
  const bool layers = fs::exists(folder / "layers_0");
  add_case(golden,
           layers ? layers_case(folder, name + " all tensors", kept->network)
                  : shipped_case(folder, name + " unfused", kept->network, outputs),
           kept->network);
}

/// "SVDF_int8_1: ..." counted as "SVDF_int8 (4)".
std::vector<std::string> count_by_operator(const std::vector<std::string>& waiting) {
  std::map<std::string, int> counts;
  for (const std::string& line : waiting) {
    const std::string folder = line.substr(0, line.find(':'));
    ++counts[folder.substr(0, folder.rfind('_'))];
  }
  std::vector<std::string> lines;
  lines.reserve(counts.size());
  for (const auto& [name, count] : counts) {
    lines.push_back(name + " (" + std::to_string(count) + ")");
  }
  return lines;
}

}  // namespace

GoldenCases make_golden(const fs::path& models, const toolkit::Target& target) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(models)) {
    if (entry.path().filename() == "model.tflite") {
      folders.push_back(entry.path().parent_path());
    }
  }
  std::sort(folders.begin(), folders.end());
  GoldenCases golden;
  for (const fs::path& folder : folders) {
    add_folder(golden, folder, target);
  }
  golden.waiting = count_by_operator(golden.waiting);
  return golden;
}

}  // namespace aiot::nn_cases
