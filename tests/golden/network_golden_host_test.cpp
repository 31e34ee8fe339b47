// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Every folder with a model.tflite below $AIOT_SHARED/models: the golden outputs, and where they
// are given the outputs of every operator, byte for byte, for every kernel set of this machine,
// fused and unfused. Folders whose model needs what the compiler does not have are named.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tests/support/run_network.hpp"
#include "tests/support/test.hpp"
#include "tests/support/tflite_summary.hpp"
#include "tests/support/tflite_writer.hpp"

namespace aiot::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> chars((std::istreambuf_iterator<char>(file)),
                                std::istreambuf_iterator<char>());
  const auto* data = reinterpret_cast<const std::byte*>(chars.data());
  return {data, data + chars.size()};
}

/// The list of the compiler, by TFLite's operator codes.
const std::set<std::int32_t>& known_operators() {
  static const std::set<std::int32_t> codes{0,  1,  2,  3,  4,  6,  9,  14, 17, 18, 19, 21, 22, 25,
                                            28, 34, 39, 40, 41, 43, 45, 49, 60, 65, 70, 98, 114};
  return codes;
}

/// Whether a model is on the list: by its operator codes and tensor types, read without the
/// product's schema. int32 tensors are biases and parameters, float32 ones the edges that QUANTIZE
/// and DEQUANTIZE have.
bool is_on_the_list(const std::vector<std::byte>& file) {
  const TfliteSummary summary = summarise_tflite(file);
  bool converts = false;
  for (const std::int32_t code : summary.operator_codes) {
    if (known_operators().count(code) == 0) {
      return false;
    }
    converts = converts || code == static_cast<std::int32_t>(TfliteOp::kQuantize) ||
               code == static_cast<std::int32_t>(TfliteOp::kDequantize);
  }
  return !summary.has_variables &&
         std::all_of(summary.tensor_types.begin(),
                     summary.tensor_types.end(),
                     [converts](std::int8_t type) {
                       const auto tensor = static_cast<TensorType>(type);
                       return tensor == TensorType::kInt8 || tensor == TensorType::kInt32 ||
                              (tensor == TensorType::kFloat32 && converts);
                     });
}

/// Folders with a model, in order.
std::vector<fs::path> golden_folders(const fs::path& root) {
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file() && entry.path().filename() == "model.tflite") {
      folders.push_back(entry.path().parent_path());
    }
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// What was compared.
struct Tally {
  std::size_t networks = 0;
  std::size_t vectors = 0;
  std::size_t layers = 0;
};

std::string layer_file(std::size_t k, std::size_t j) {
  char name[64];
  (void)std::snprintf(name, sizeof name, "o_op%02zu_%zu.bin", k, j);
  return name;
}

std::vector<std::byte> joined(const Tensors& tensors, std::size_t count) {
  std::vector<std::byte> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.insert(all.end(), tensors[i].begin(), tensors[i].end());
  }
  return all;
}

/// The outputs of every operator of a network that kept them against the files of `folder`.
void compare_layers(const fs::path& folder,
                    const toolkit::graph::Graph& graph,
                    const Tensors& outputs,
                    Tally& tally) {
  std::size_t at = graph.outputs.size();
  for (std::size_t k = 0; k < graph.operators.size(); ++k) {
    for (std::size_t j = 0; j < graph.operators[k].outputs.size(); ++j, ++at) {
      const fs::path file = folder / layer_file(k, j);
      if (fs::exists(file)) {
        ASSERT_LT(at, outputs.size()) << file;
        EXPECT_TRUE(outputs[at] == content_of(file)) << file << " differs";
        ++tally.layers;
      }
    }
  }
}

struct Setting {
  const nn::KernelSet& kernels;
  bool keep_tensors = false;
};

void compare_folder(const fs::path& folder,
                    const toolkit::graph::Graph& graph,
                    const toolkit::NetworkSpec& network,
                    const Setting& setting,
                    Tally& tally) {
  for (std::size_t i = 0;; ++i) {
    const fs::path input = folder / ("input_" + std::to_string(i) + ".bin");
    if (!fs::exists(input)) {
      EXPECT_GT(i, 0U) << folder << " has no vectors";
      return;
    }
    const auto outputs = run_network(view_of(network), setting.kernels, content_of(input));
    ASSERT_TRUE(outputs) << input << " does not run";
    const auto expected = content_of(folder / ("output_" + std::to_string(i) + ".bin"));
    EXPECT_TRUE(joined(*outputs, graph.outputs.size()) == expected) << input << " differs";
    ++tally.vectors;
    const fs::path layers = folder / ("layers_" + std::to_string(i));
    if (setting.keep_tensors && fs::is_directory(layers)) {
      compare_layers(layers, graph, *outputs, tally);
    }
  }
}

/// The root of the golden folders, or nothing when the data is not here.
std::optional<fs::path> golden_root() {
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr || *shared == '\0') {
    return std::nullopt;
  }
  return fs::path(shared) / "models";
}

void compare_all(const Setting& setting) {
  const auto root = golden_root();
  if (!root) {
    GTEST_SKIP() << "SKIPPED: AIOT_SHARED is not set, no golden networks";
  }
  Tally tally;
  for (const fs::path& folder : golden_folders(*root)) {
    const auto file = content_of(folder / "model.tflite");
    const auto graph = toolkit::read_tflite(file);
    const auto compiled = toolkit::compile_tflite(
        file, {toolkit::find_target_by_kernels(setting.kernels.name), setting.keep_tensors});
    if (!graph.ok() || !compiled.ok()) {
      EXPECT_FALSE(is_on_the_list(file)) << folder << ": " << compiled.problem().text;
      continue;
    }
    ++tally.networks;
    compare_folder(folder, *graph, compiled->network, setting, tally);
  }
  std::printf("%zu networks, %zu vectors, %zu intermediate tensors with kernels %s, %s\n",
              tally.networks,
              tally.vectors,
              tally.layers,
              setting.kernels.name,
              setting.keep_tensors ? "every tensor kept" : "fused");
  EXPECT_GT(tally.vectors, 0U) << "nothing found in " << *root;
}

TEST(NetworkGolden, RefFused) {
  compare_all({nn::ref::kernels, false});
}

TEST(NetworkGolden, RefWithEveryTensor) {
  compare_all({nn::ref::kernels, true});
}

TEST(NetworkGolden, PlainFused) {
  compare_all({nn::plain::kernels, false});
}

TEST(NetworkGolden, PlainWithEveryTensor) {
  compare_all({nn::plain::kernels, true});
}

TEST(NetworkGolden, EveryTargetTakesWhatTheHostTakes) {
  const auto root = golden_root();
  if (!root) {
    GTEST_SKIP() << "SKIPPED: AIOT_SHARED is not set, no golden networks";
  }
  for (const fs::path& folder : golden_folders(*root)) {
    const auto file = content_of(folder / "model.tflite");
    if (!is_on_the_list(file)) {
      continue;
    }
    for (const std::string_view name : toolkit::target_names()) {
      for (const bool keep_tensors : {false, true}) {
        const auto compiled =
            toolkit::compile_tflite(file, {toolkit::find_target(name), keep_tensors});
        ASSERT_TRUE(compiled.ok()) << folder << " for " << name << ": " << compiled.problem().text;
        toolkit::PackageSpec spec;
        spec.name = "golden";
        spec.network = compiled->network;
        std::string problem;
        EXPECT_TRUE(toolkit::write_package(spec, problem)) << folder << name << ": " << problem;
      }
    }
  }
}

TEST(NetworkGolden, NamesTheFoldersThatAreNotRun) {
  const auto root = golden_root();
  if (!root) {
    GTEST_SKIP() << "SKIPPED: AIOT_SHARED is not set, no golden networks";
  }
  std::size_t refused = 0;
  for (const fs::path& folder : golden_folders(*root)) {
    const auto compiled = toolkit::compile_tflite(content_of(folder / "model.tflite"), {});
    if (!compiled.ok()) {
      ++refused;
      std::printf("not run: %s: %s\n",
                  fs::relative(folder, *root).c_str(),
                  compiled.problem().text.c_str());
    }
  }
  std::printf("SKIPPED: %zu golden networks need operators or types of later versions\n", refused);
}

}  // namespace
}  // namespace aiot::test
