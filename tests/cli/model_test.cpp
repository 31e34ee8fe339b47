// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// aiot model compile, run and inspect with .tflite files.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/run_network.hpp"
#include "tests/support/test.hpp"
#include "tests/support/tflite_models.hpp"
#include "tests/support/tflite_networks.hpp"

namespace aiot::test {
namespace {

using nlohmann::json;

/// Two int8 inputs [1, 8] and three outputs, five operators.
std::vector<std::byte> sample_model() {
  for (NamedModel& model : several_operator_models()) {
    if (model.name == "two_in_three_out") {
      return std::move(model.file);
    }
  }
  return {};
}

constexpr std::size_t kInputBytes = 16;

std::string sample_input() {
  std::string input;
  for (std::size_t i = 0; i < kInputBytes; ++i) {
    input += static_cast<char>(i * 37);
  }
  return input;
}

/// The folder of a test with a model and an input.
struct Bench {
  TempDir dir;
  std::string model = dir.write("net.tflite", sample_model());
  std::string input = dir.write("in.bin", sample_input());

  [[nodiscard]] Outcome run(const std::string& file, const std::string& more) const {
    return aiot("model run " + file + " --input " + input + " --output " + (dir / "out.bin") + " " +
                more);
  }

  [[nodiscard]] std::string output() const { return content_of(dir / "out.bin"); }
};

/// One line on stderr that has all of `words`.
void expect_refused(const Outcome& outcome, const std::vector<std::string>& words) {
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(is_one_line(outcome.err)) << outcome.err;
  for (const std::string& word : words) {
    EXPECT_TRUE(contains(outcome.err, word)) << "'" << word << "' is not in\n" << outcome.err;
  }
}

TEST(ModelRun, GivesTheBytesOfTheReference) {
  const Bench bench;
  const auto compiled = toolkit::compile_tflite(sample_model(), {});
  ASSERT_TRUE(compiled.ok()) << compiled.problem().text;
  const std::string input = sample_input();
  const auto expected =
      run_network(view_of(compiled->network), nn::ref::kernels, std::as_bytes(std::span(input)));
  ASSERT_TRUE(expected);
  std::string joined;
  for (const auto& output : *expected) {
    joined.append(reinterpret_cast<const char*>(output.data()), output.size());
  }
  for (const char* const options : {"", "--kernels ref", "--kernels plain", "--keep-tensors"}) {
    const Outcome run = bench.run(bench.model, options);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.out + run.err, "");
    EXPECT_TRUE(bench.output() == joined) << options;
  }
}

TEST(ModelRun, ReadsAndWritesTheStandardStreams) {
  const Bench bench;
  ASSERT_EQ(bench.run(bench.model, "").exit_code, 0);
  const std::string direct = bench.output();
  const std::string line = "cat " + bench.input + " | " AIOT_COMMAND " model run " + bench.model +
                           " --input - --output - >" + (bench.dir / "piped");
  ASSERT_EQ(std::system(line.c_str()), 0);
  EXPECT_TRUE(content_of(bench.dir / "piped") == direct);
  const std::string model = "cat " + bench.model +
                            " | " AIOT_COMMAND " model run /dev/stdin --input " + bench.input +
                            " --output - >" + (bench.dir / "piped");
  ASSERT_EQ(std::system(model.c_str()), 0);
  EXPECT_TRUE(content_of(bench.dir / "piped") == direct);
}

TEST(ModelRun, WritesTheOutputsOfEveryOperator) {
  const Bench bench;
  const Outcome run = bench.run(bench.model, "--layers " + (bench.dir / "layers"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto graph = toolkit::read_tflite(sample_model());
  ASSERT_TRUE(graph.ok());
  std::string by_tensor;
  for (std::size_t k = 0; k < graph->operators.size(); ++k) {
    const std::string layer =
        content_of(bench.dir / ("layers/o_op0" + std::to_string(k) + "_0.bin"));
    const auto tensor = static_cast<std::size_t>(graph->operators[k].outputs[0]);
    EXPECT_EQ(layer.size(), graph->tensors[tensor].bytes()) << "operator " << k;
    if (tensor == graph->outputs[0]) {
      by_tensor = layer;
    }
  }
  EXPECT_TRUE(bench.output().starts_with(by_tensor));
  EXPECT_FALSE(by_tensor.empty());
}

TEST(ModelRun, RunsThePackagesOfThisMachine) {
  const Bench bench;
  ASSERT_EQ(bench.run(bench.model, "").exit_code, 0);
  const std::string direct = bench.output();
  for (const char* const target : {"host", "arm-m0", "arm-m3"}) {
    const std::string package = bench.dir / "net.aipk";
    const Outcome compiled =
        aiot("model compile " + bench.model + " -o " + package + " --target " + target);
    ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
    const Outcome run = bench.run(package, "");
    ASSERT_EQ(run.exit_code, 0) << target << run.err;
    EXPECT_TRUE(bench.output() == direct) << target;
  }
}

TEST(ModelRun, RunsTheNetworkOfAPackageWithFeatures) {
  const TempDir dir;
  const std::string input = dir.write("in.bin", std::string(8, '\0'));
  const Outcome run = aiot("model run " AIOT_SOURCE_DIR "/models/machine.aipk --input " + input +
                           " --output " + (dir / "out.bin"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(content_of(dir / "out.bin").size(), 3U);
}

TEST(ModelRun, SaysWhichTensorsItWants) {
  const Bench bench;
  for (const std::size_t size : {std::size_t{0}, kInputBytes - 1, kInputBytes + 1}) {
    const std::string input = bench.dir.write("wrong.bin", std::string(size, 'x'));
    const Outcome run = aiot("model run " + bench.model + " --input " + input + " --output " +
                             (bench.dir / "none.bin"));
    expect_refused(run, {"wrong.bin", "has " + std::to_string(size), "wants 16", "int8 [1, 8]"});
    EXPECT_FALSE(std::filesystem::exists(bench.dir / "none.bin"));
  }
}

TEST(ModelRun, SaysForWhatAPackageIsPacked) {
  const Bench bench;
  const std::string package = bench.dir / "net.aipk";
  ASSERT_EQ(aiot("model compile " + bench.model + " -o " + package + " --target arm-m4").exit_code,
            0);
  expect_refused(bench.run(package, ""), {"arm-m4, arm-m7", "--target host"});
  ASSERT_EQ(aiot("model compile " + bench.model + " -o " + package + " --target arm-m3").exit_code,
            0);
  expect_refused(bench.run(package, "--kernels ref"), {"arm-m3", "--kernels plain"});
  expect_refused(bench.run(package, "--layers " + (bench.dir / "layers")), {"--layers"});
}

TEST(ModelRun, SaysHowManyBytesAnArenaNeeds) {
  const Bench bench;
  const auto compiled = toolkit::compile_tflite(sample_model(), {});
  ASSERT_TRUE(compiled.ok());
  const std::uint32_t needed = compiled->network.arena_bytes;
  EXPECT_EQ(bench.run(bench.model, "--arena " + std::to_string(needed)).exit_code, 0);
  expect_refused(bench.run(bench.model, "--arena " + std::to_string(needed - 1)),
                 {"arena", std::to_string(needed - 1), "needs " + std::to_string(needed)});
}

TEST(ModelRun, RefusesWhatIsNoModel) {
  const Bench bench;
  expect_refused(bench.run(bench.dir.write("text", "hello, world, how are you"), ""),
                 {"neither a .tflite file", "nor a package"});
  expect_refused(bench.run(bench.dir / "nowhere.tflite", ""), {"nowhere.tflite", "no such file"});
  expect_refused(aiot("model run " + bench.model + " --input " + (bench.dir / "nothing") +
                      " --output " + (bench.dir / "out.bin")),
                 {"nothing", "no such file"});
  expect_refused(aiot("model run " + bench.model + " --input " + bench.input +
                      " --output /no/such/folder/out.bin"),
                 {"/no/such/folder/out.bin", "can not be written"});
}

TEST(ModelCompile, NamesTheOperatorThatItDoesNotHave) {
  const TempDir dir;
  NetworkWriter writer(5);
  const Value x = writer.input({1, 6}, 0.05F, 0);
  const Value y = writer.relu6(x);
  const Value z = writer.raw({.code = TfliteOp::kHardSwish, .inputs = {y.index}}, {1, 6}, y);
  const std::string model = dir.write("swish.tflite", writer.finish({z}));
  const Outcome compiled = aiot("model compile " + model + " -o " + (dir / "swish.aipk"));
  expect_refused(compiled, {"swish.tflite", "operator 1 (HARD_SWISH)", "not supported"});
  EXPECT_FALSE(std::filesystem::exists(dir / "swish.aipk"));
  EXPECT_FALSE(std::filesystem::exists(dir / "swish.aipk.partial"));
}

TEST(ModelCompile, AsksForAFullIntegerModel) {
  const TempDir dir;
  NetworkWriter writer(6);
  const Value x = writer.float_input({1, 6});
  ModelSpec& spec = writer.model();
  Value out = writer.relu6(x);
  spec.tensors.back().type = TensorType::kFloat32;
  spec.tensors.back().quantisation = {};
  const std::string model = dir.write("float.tflite", writer.finish({out}));
  expect_refused(aiot("model compile " + model + " -o " + (dir / "float.aipk")),
                 {"full-integer", "float32"});
}

TEST(ModelCompile, ReportsWhatItMade) {
  const Bench bench;
  const std::string package = bench.dir / "net.aipk";
  const Outcome compiled = aiot("model compile " + bench.model + " -o " + package +
                                " --target arm-m55 --name fan --version 1.20.3 -v");
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  for (const char* const word : {"arm-m55", "arm_mve", "operators   4", "arena ", "package "}) {
    EXPECT_TRUE(contains(compiled.out, word)) << word << "\n" << compiled.out;
  }
  const json shown = json::parse(aiot("model inspect --json " + package).out, nullptr, false);
  ASSERT_FALSE(shown.is_discarded());
  EXPECT_EQ(shown["name"], "fan");
  EXPECT_EQ(shown["version"], "1.20.3");
  EXPECT_EQ(shown["network"]["targets"], "arm-m55");
  EXPECT_EQ(shown["network"]["inputs"].size(), 2U);
  EXPECT_EQ(shown["network"]["outputs"].size(), 3U);
}

TEST(ModelCompile, EmitsAHeader) {
  const Bench bench;
  const std::string header = bench.dir / "net.hpp";
  const Outcome compiled =
      aiot("model compile " + bench.model + " -o " + header + " --target arm-m4 --emit header");
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  const std::string text = content_of(header);
  EXPECT_TRUE(contains(text, "namespace networks::net"));
  EXPECT_TRUE(contains(text, "kArenaBytes"));
}

TEST(ModelCompile, RefusesUnknownTargetsAndVersions) {
  const Bench bench;
  for (const char* const options : {"--target z80",
                                    "--version 1.2",
                                    "--version 1.2.x",
                                    "--version 1.2.65536",
                                    "--emit poetry",
                                    "--name ''"}) {
    const Outcome refused =
        aiot("model compile " + bench.model + " -o " + (bench.dir / "net.aipk") + " " + options);
    EXPECT_EQ(refused.exit_code, 2) << options;
    EXPECT_TRUE(is_one_line(refused.err)) << refused.err;
  }
  expect_refused(aiot("model compile " AIOT_SOURCE_DIR "/models/machine.aipk -o " +
                      (bench.dir / "again.aipk")),
                 {"is a package already"});
  expect_refused(aiot("model compile " + bench.model + " -o " + (bench.dir / "net.aipk") +
                      " --name " + std::string(65, 'n')),
                 {"name"});
}

TEST(ModelInspect, ShowsOperatorsQuantisationAndArenaOfATfliteFile) {
  const TempDir dir;
  const std::string model = dir.write("mobilenet.tflite", mobilenet_v1_025_96());
  const Outcome text = aiot("model inspect " + model + " --target arm-m4");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  for (const char* const word : {"DEPTHWISE_CONV_2D",
                                 "3x3 /2 same relu6",
                                 "[1, 48, 48, 8]",
                                 "7,489,664",
                                 "kernels arm_dsp",
                                 "arena",
                                 "##"}) {
    EXPECT_TRUE(contains(text.out, word)) << word << "\n" << text.out;
  }
  std::istringstream lines(text.out);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 100U) << line;
  }
  const json shown = json::parse(aiot("model inspect --json " + model).out, nullptr, false);
  ASSERT_FALSE(shown.is_discarded());
  EXPECT_EQ(shown["operators"].size(), 31U);
  EXPECT_EQ(shown["operators"][0]["macs"], 497664);
  EXPECT_EQ(shown["operators"][0]["inputs"][1]["scales"].size(), 8U);
  EXPECT_EQ(shown["compiled"]["target"], "host");
  std::uint64_t macs = 0;
  for (const json& instruction : shown["compiled"]["instructions"]) {
    macs += instruction["macs"].get<std::uint64_t>();
  }
  EXPECT_EQ(macs, 7489664U);
  const auto arena = shown["compiled"]["arena_bytes"].get<std::uint64_t>();
  for (const json& entry : shown["compiled"]["arena"]) {
    EXPECT_LE(entry["offset"].get<std::uint64_t>() + entry["bytes"].get<std::uint64_t>(), arena);
  }
}

TEST(ModelInspect, ShowsAPackageThatIsOnlyANetwork) {
  const Bench bench;
  const std::string package = bench.dir / "net.aipk";
  ASSERT_EQ(aiot("model compile " + bench.model + " -o " + package).exit_code, 0);
  const Outcome text = aiot("model inspect " + package);
  ASSERT_EQ(text.exit_code, 0) << text.err;
  for (const char* const word : {"packed for  host", "fully_connected", "softmax", "arena"}) {
    EXPECT_TRUE(contains(text.out, word)) << word << "\n" << text.out;
  }
  expect_refused(aiot("model inspect " + package + " --target arm-m4"), {"compiled already"});
}

}  // namespace
}  // namespace aiot::test
