// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/compile.hpp"

#include <array>
#include <utility>

#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "tests/support/tflite_models.hpp"
#include "tests/support/tflite_networks.hpp"
#include "tests/toolkit/run_network.hpp"

namespace aiot::toolkit {
namespace {

using test::NamedModel;
using test::NetworkWriter;
using test::Value;

/// The back-ends that run on every machine.
const std::array kBackEnds{std::pair{&ref_target, &nn::ref::kernels},
                           std::pair{&plain_target, &nn::plain::kernels}};

CompiledNetwork compiled(const std::vector<std::byte>& file, const CompileOptions& options) {
  Loaded<CompiledNetwork> result = compile_tflite(file, options);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.problem().text);
  return result.ok() ? std::move(*result) : CompiledNetwork{};
}

std::string notes_of(const std::vector<std::byte>& file) {
  std::string text;
  for (const std::string& note : compiled(file, {}).report.notes) {
    text += note + "\n";
  }
  return text;
}

std::size_t instructions_of(const std::vector<std::byte>& file) {
  return compiled(file, {}).report.sources.size();
}

/// The simplified, fused and planned network of every back-end against the one that does every
/// operator of the file and overwrites nothing.
void expect_same_bytes(const NamedModel& model) {
  SCOPED_TRACE(model.name);
  const CompiledNetwork kept = compiled(model.file, {&ref_target(), true});
  ASSERT_FALSE(kept.network.program.empty());
  const auto expected = test::run_network(kept.network, nn::ref::kernels, 1, 1);
  for (const auto& [target, kernels] : kBackEnds) {
    const CompiledNetwork fused = compiled(model.file, {&target(), false});
    const auto outputs = test::run_network(fused.network, *kernels, 1, 2);
    ASSERT_LE(outputs.size(), expected.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_TRUE(outputs[i] == expected[i]) << kernels->name << ", output " << i;
    }
    EXPECT_LE(fused.report.sources.size(), kept.report.sources.size());
    EXPECT_LE(fused.network.arena_bytes, kept.network.arena_bytes + 4096);
  }
}

TEST(Compile, FusedNetworksGiveTheBytesOfUnfusedOnes) {
  for (const NamedModel& model : test::one_operator_models()) {
    expect_same_bytes(model);
  }
  for (const NamedModel& model : test::several_operator_models()) {
    expect_same_bytes(model);
  }
}

TEST(Compile, RandomNetworksGiveTheSameBytesFusedAndUnfused) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    expect_same_bytes({"seed " + std::to_string(seed), test::random_network(seed)});
  }
}

TEST(Compile, EveryTargetTakesEveryModel) {
  for (const NamedModel& model : test::several_operator_models()) {
    SCOPED_TRACE(model.name);
    for (const std::string_view name : target_names()) {
      for (const bool keep : {false, true}) {
        const Target& target = *find_target(name);
        const CompiledNetwork network = compiled(model.file, {&target, keep});
        EXPECT_EQ(static_cast<int>(network.network.layout), static_cast<int>(target.layout()));
        EXPECT_EQ(network.report.notes.empty(), keep || network.report.notes.empty());
      }
    }
  }
}

TEST(Compile, AnActivationIsTheClampOfItsProducer) {
  NetworkWriter writer(1);
  const Value x = writer.input({1, 8, 8, 3}, 0.05F, 3);
  test::WindowSpec window;
  window.outputs = 4;
  window.kernel_h = 3;
  window.kernel_w = 3;
  const Value y = writer.conv_2d(x, window);
  const auto file = writer.finish({writer.relu(y, y.scale, y.zero_point)});
  EXPECT_EQ(instructions_of(file), 1U);
  EXPECT_NE(notes_of(file).find("clamp of CONV_2D"), std::string::npos) << notes_of(file);
}

TEST(Compile, AnActivationWithAnotherScaleStays) {
  NetworkWriter writer(2);
  const Value x = writer.input({1, 8, 8, 3}, 0.05F, 3);
  const Value y = writer.average_pool_2d(x, {});
  EXPECT_EQ(instructions_of(writer.finish({writer.relu(y, y.scale * 1.5F, 7)})), 2U);
}

TEST(Compile, FunctionsOfOneCodeBecomeOneTable) {
  NetworkWriter writer(3);
  const Value x = writer.input({1, 40}, 0.05F, 3);
  const auto file = writer.finish({writer.logistic(writer.tanh(writer.leaky_relu(x, 0.1F)))});
  EXPECT_EQ(instructions_of(file), 1U);
  EXPECT_NE(notes_of(file).find("one table"), std::string::npos);
}

/// FULLY_CONNECTED whose weights are TRANSPOSE of a constant, or of an input.
std::vector<std::byte> transposed_weights(bool of_constant) {
  NetworkWriter writer(7);
  const Value x = writer.input({1, 5}, 0.05F, 3);
  const Value from =
      of_constant ? writer.constant({5, 3}, 0.05F, 0) : writer.input({5, 3}, 0.05F, 0);
  const Value weights = writer.transpose(from, {1, 0});
  test::OperatorSpec op{
      test::TfliteOp::kFullyConnected, {x.index, weights.index, -1}, {}, 8, {}, ""};
  return writer.finish({writer.raw(std::move(op), {1, 3}, x)});
}

TEST(Compile, WeightsMayBeMadeOfConstants) {
  const auto file = transposed_weights(true);
  EXPECT_EQ(instructions_of(file), 1U);
  expect_same_bytes({"transposed weights", file});
}

TEST(Compile, WeightsThatDependOnAnInputAreRefused) {
  for (const bool keep : {false, true}) {
    const auto refused = compile_tflite(transposed_weights(false), {nullptr, keep});
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.problem().text.find("(FULLY_CONNECTED): its weights"), std::string::npos)
        << refused.problem().text;
  }
}

TEST(Compile, DequantiseAndQuantiseAreATable) {
  NetworkWriter writer(4);
  const Value x = writer.input({1, 40}, 0.05F, 3);
  const Value f = writer.dequantize(x);
  EXPECT_EQ(instructions_of(writer.finish({writer.quantize(f, test::TensorType::kInt8, 0.1F, 1)})),
            1U);
}

TEST(Compile, WhatChangesNothingIsLeftOut) {
  NetworkWriter writer(8);
  const Value x = writer.input({1, 4, 4, 2}, 0.05F, 3);
  const Value same = writer.quantize(x, test::TensorType::kInt8, 0.05F, 3);
  const Value whole = writer.slice(same, {0, 0, 0, 0}, {1, 4, 4, 2});
  const Value y = writer.max_pool_2d(whole, {});
  const auto file = writer.finish({writer.transpose(y, {0, 1, 2, 3}), y});
  EXPECT_EQ(instructions_of(file), 1U);
  expect_same_bytes({"copies", file});
}

TEST(Compile, APadIsThePaddingOfItsConvolutions) {
  NetworkWriter writer(5);
  const Value x = writer.input({1, 9, 7, 3}, 0.05F, 3);
  const Value padded = writer.pad(x, {0, 0, 1, 2, 2, 1, 0, 0});
  test::WindowSpec window;
  window.outputs = 4;
  window.kernel_h = 3;
  window.kernel_w = 3;
  window.stride_h = 2;
  window.stride_w = 2;
  window.pads = test::Pads::kValid;
  const auto file = writer.finish({writer.conv_2d(padded, window)});
  EXPECT_EQ(instructions_of(file), 1U);
  EXPECT_NE(notes_of(file).find("became the padding of CONV_2D"), std::string::npos);
  expect_same_bytes({"valid", file});
}

TEST(Compile, APadOfAPoolStays) {
  NetworkWriter writer(6);
  const Value x = writer.input({1, 8, 8, 3}, 0.05F, 3);
  const Value padded = writer.pad(x, {0, 0, 1, 1, 1, 1, 0, 0});
  test::WindowSpec window;
  window.kernel_h = 2;
  window.kernel_w = 2;
  const auto file = writer.finish({writer.average_pool_2d(padded, window)});
  EXPECT_EQ(notes_of(file).find("padding"), std::string::npos);
  expect_same_bytes({"pool", file});
}

TEST(Compile, APadWithAnotherCodeStays) {
  NetworkWriter writer(7);
  const Value x = writer.input({1, 8, 8, 3}, 0.05F, 3);
  test::WindowSpec window;
  window.outputs = 2;
  window.kernel_h = 3;
  window.kernel_w = 3;
  const Value same = writer.conv_2d(writer.pad_v2(x, {0, 0, 1, 1, 1, 1, 0, 0}, 3), window);
  const Value other = writer.conv_2d(writer.pad_v2(x, {0, 0, 1, 1, 1, 1, 0, 0}, 4), window);
  const auto file = writer.finish({same, other});
  const std::string notes = notes_of(file);
  EXPECT_NE(notes.find("padding"), std::string::npos);
  EXPECT_EQ(notes.find("padding"), notes.rfind("padding"));
  expect_same_bytes({"codes", file});
}

TEST(Compile, TheArenaOfMobileNetIsLittleMoreThanWhatLivesAtOnce) {
  const auto file = test::mobilenet_v1_025_96();
  for (const std::string_view name : target_names()) {
    SCOPED_TRACE(std::string(name));
    const CompiledNetwork network = compiled(file, {find_target(name), false});
    EXPECT_LE(network.network.arena_bytes, 45'000U);
    EXPECT_LE(network.network.arena_bytes, network.report.arena_bound + 64);
  }
}

TEST(Compile, WhatIsNoModelIsRefused) {
  const std::vector<std::byte> nothing;
  EXPECT_FALSE(compile_tflite(nothing, {}).ok());
}

}  // namespace
}  // namespace aiot::toolkit
