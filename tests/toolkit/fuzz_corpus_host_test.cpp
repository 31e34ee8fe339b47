// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The seeds of the fuzzers of networks: one small .tflite file for every operator, and the packages
// that the compiler makes of them. AIOT_UPDATE=1 writes them again.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "aiot/model/package.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tests/support/test.hpp"
#include "tests/support/tflite_models.hpp"

namespace aiot::test {
namespace {

namespace fs = std::filesystem;

const fs::path& corpus() {
  static const fs::path folder = fs::path(AIOT_SOURCE_DIR) / "tests/fuzz/corpus";
  return folder;
}

/// A seed that is not there fails, or is written when that is asked for. Its bytes may be older
/// than the compiler: seeds need not be what is written today.
void expect_seed(const fs::path& path, const std::vector<std::byte>& content) {
  if (std::getenv("AIOT_UPDATE") != nullptr) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  }
  EXPECT_TRUE(fs::exists(path)) << path << " is missing; run this test with AIOT_UPDATE=1";
}

std::vector<std::byte> package_of(const NamedModel& model, std::string_view target) {
  const auto compiled = toolkit::compile_tflite(model.file, {toolkit::find_target(target), false});
  EXPECT_TRUE(compiled.ok()) << model.name << ": " << compiled.problem().text;
  toolkit::PackageSpec spec;
  spec.name = model.name;
  spec.network = compiled->network;
  std::string problem;
  auto file = toolkit::write_package(spec, problem);
  EXPECT_TRUE(file) << model.name << ": " << problem;
  return file ? *file : std::vector<std::byte>();
}

bool has_packed_weights(const std::string& name) {
  return name.find("CONV_2D") != std::string::npos || name.starts_with("FULLY_CONNECTED");
}

TEST(FuzzCorpus, HasAModelForEveryOperator) {
  for (const auto& models : {one_operator_models(), several_operator_models()}) {
    for (const NamedModel& model : models) {
      expect_seed(corpus() / "tflite" / (model.name + ".tflite"), model.file);
    }
  }
}

TEST(FuzzCorpus, HasAPackageForEveryOperatorAndLayout) {
  for (const auto& models : {one_operator_models(), several_operator_models()}) {
    for (const NamedModel& model : models) {
      expect_seed(corpus() / "package" / (model.name + ".aipk"), package_of(model, "host"));
      if (has_packed_weights(model.name)) {
        expect_seed(corpus() / "package" / (model.name + "_plain.aipk"),
                    package_of(model, "arm-m3"));
      }
    }
  }
}

}  // namespace
}  // namespace aiot::test
