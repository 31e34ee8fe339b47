// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/package_writer.hpp"

#include <limits>

#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "tests/model/sample_package.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using model::Problem;
using model::refused;
using model::small_package;

/// Expects that the writer refuses a package that `spoil` changed, with the text of `problem`.
template <class Spoil>
void expect_refused(Problem problem, Spoil spoil) {
  PackageSpec spec = small_package();
  ASSERT_EQ(refused(spec), "");
  spoil(spec);
  EXPECT_EQ(refused(spec), model::to_string(problem));
}

TEST(PackageWriter, NamesWhatIsWrong) {
  using S = PackageSpec;
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  expect_refused(Problem::kName, [](S& s) { s.name = ""; });
  expect_refused(Problem::kName, [](S& s) { s.name = std::string(65, 'a'); });
  expect_refused(Problem::kName, [](S& s) { s.name = "caf\xC3\xA9"; });
  expect_refused(Problem::kName, [](S& s) { s.created_by = "two\nlines"; });
  expect_refused(Problem::kSensor, [](S& s) { s.sensor.rate_min_hz = 0.0F; });
  expect_refused(Problem::kSensor, [](S& s) { s.sensor.rate_max_hz = 100.0F; });
  expect_refused(Problem::kSensor, [](S& s) { s.sensor.rate_max_hz = kNan; });
  expect_refused(Problem::kSensor, [](S& s) { s.sensor.full_scale = -1.0F; });
  expect_refused(Problem::kPlan, [](S& s) { s.window = 1000; });
  expect_refused(Problem::kPlan, [](S& s) { s.hop = 0; });
  expect_refused(Problem::kPlan, [](S& s) { s.sensor.axes = 0; });
  expect_refused(Problem::kPlan, [](S& s) { s.features[2].lo_hz = 6000.0F; });
  expect_refused(Problem::kLabels, [](S& s) { s.labels[1] = ""; });
  expect_refused(Problem::kLabels, [](S& s) { s.labels[1] = std::string(33, 'x'); });
  expect_refused(Problem::kLabels, [](S& s) { s.labels.resize(33, "label"); });
  expect_refused(Problem::kLabels, [](S& s) { s.decider.normal_label = 2; });
  expect_refused(Problem::kDecider, [](S& s) { s.decider.votes = 6; });
  expect_refused(Problem::kDecider, [](S& s) { s.decider.windows = 33; });
  expect_refused(Problem::kPolicy, [](S& s) { s.policy.change_stream = Stream{3}; });
  expect_refused(Problem::kPolicy, [](S& s) { s.policy.changes = decide::Changes{3}; });
}

TEST(PackageWriter, NamesWhatIsWrongWithTheNetwork) {
  using S = PackageSpec;
  expect_refused(Problem::kInput, [](S& s) { s.features.pop_back(); });
  expect_refused(Problem::kOutput, [](S& s) { s.labels.push_back("third"); });
  expect_refused(Problem::kOutput, [](S& s) { s.labels.clear(); });
  expect_refused(Problem::kNetwork, [](S& s) { s.network->program.pop_back(); });
  expect_refused(Problem::kNetwork, [](S& s) { s.network->arena_bytes = 2; });
  expect_refused(Problem::kNetwork, [](S& s) { s.network->outputs.clear(); });
  expect_refused(Problem::kNetwork, [](S& s) { s.network->inputs[0].scale = 0.0F; });
  expect_refused(Problem::kEmpty, [](S& s) {
    s.network.reset();
    s.features.clear();
  });
}

TEST(PackageWriter, NamesTheInstructionThatCanNotRun) {
  PackageSpec spec = small_package();
  spec.network->weights.resize(16);
  EXPECT_EQ(refused(spec),
            "an operand lies outside of its memory (instruction 0, operator code 1)");
  spec = small_package();
  spec.network->program[13] = 0x000D'0077U;
  EXPECT_EQ(refused(spec), "operator is not in this kernel set (instruction 1, operator code 119)");
}

TEST(PackageWriter, AlignedBytesKeepTheirContent) {
  const std::vector<std::byte> bytes = model::written(small_package());
  const AlignedBytes aligned(bytes);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned.view().data()) % 16, 0U);
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), aligned.view().begin()));
  EXPECT_TRUE(AlignedBytes({}).view().empty());
}

/// Runs what a builder made, with `value` in every input element.
std::vector<std::int8_t> outputs_of(const NetworkSpec& spec, std::int8_t value) {
  const AlignedBytes weights(spec.weights);
  const nn::Network network{spec.program,
                            weights.view(),
                            spec.inputs,
                            spec.outputs,
                            spec.variables,
                            spec.arena_bytes,
                            spec.layout};
  const AlignedBytes memory(std::vector<std::byte>(spec.arena_bytes));
  const MutableBytes arena{const_cast<std::byte*>(memory.view().data()), memory.view().size()};
  EXPECT_TRUE(nn::Executor::check(network, nn::ref::kernels, arena.size()).ok());
  nn::Executor executor(network, nn::ref::kernels, arena);
  const auto input = executor.input_s8(0);
  std::fill(input.begin(), input.end(), value);
  EXPECT_TRUE(executor.run().ok());
  const auto output = executor.output_s8(0);
  return {output.begin(), output.end()};
}

TEST(ProgramBuilder, AFullyConnectedLayerMeansWhatItsScalesSay) {
  LayerWeights weights;
  weights.values = {100, 50};
  weights.scales = {0.01F};
  weights.bias = {100};  // 0.5 * 0.01 * 100 = 0.5
  ProgramBuilder builder(1, 2, {0.5F, 10});
  builder.fully_connected(1, weights, {0.25F, -3}, Activation::kNone);
  // (20 - 10) * 0.5 = 5 in; 5 * 1 + 5 * 0.5 + 0.5 = 8 out; 8 / 0.25 - 3 = 29
  EXPECT_EQ(outputs_of(builder.finish(), 20), std::vector<std::int8_t>{29});
}

TEST(ProgramBuilder, ActivationsAreFused) {
  LayerWeights weights;
  weights.values = {100, -100};
  weights.scales = {0.01F, 0.01F};
  const auto run = [&](Activation activation) {
    ProgramBuilder builder(1, 1, {0.1F, 0});
    builder.fully_connected(2, weights, {0.1F, 0}, activation);
    return outputs_of(builder.finish(), 100);  // 10 and -10
  };
  EXPECT_EQ(run(Activation::kNone), (std::vector<std::int8_t>{100, -100}));
  EXPECT_EQ(run(Activation::kRelu), (std::vector<std::int8_t>{100, 0}));
  EXPECT_EQ(run(Activation::kRelu6), (std::vector<std::int8_t>{60, 0}));
  EXPECT_EQ(run(Activation::kReluN1To1), (std::vector<std::int8_t>{10, -10}));
}

TEST(ProgramBuilder, BuildsImageNetworks) {
  LayerWeights conv;
  conv.values.assign(4 * 3 * 3 * 2, 10);
  conv.scales = {0.01F};
  LayerWeights depthwise;
  depthwise.values.assign(3 * 3 * 8, 20);
  depthwise.scales.assign(8, 0.01F);
  LayerWeights last;
  last.values.assign(3 * 2 * 1 * 8, 1);
  last.scales = {0.02F};
  ProgramBuilder builder(1, 9, 6, 2, {0.1F, 0});
  builder.conv_2d(4, 1, {3, 3, 1, 1, 1, 1, Padding::kSame}, conv, {0.1F, 0}, Activation::kRelu)
      .max_pool_2d({2, 2, 2, 2, 1, 1, Padding::kSame}, Activation::kNone)
      .depthwise_conv_2d(
          2, {3, 3, 1, 1, 1, 1, Padding::kSame}, depthwise, {0.2F, 0}, Activation::kNone)
      .average_pool_2d({3, 3, 2, 2, 1, 1, Padding::kValid}, Activation::kNone)
      .fully_connected(3, last, {0.1F, 0}, Activation::kNone)
      .softmax(1.0F);
  const NetworkSpec network = builder.finish();
  // Two buffers, each a multiple of 16: 9*6*2 and 9*6*4 bytes.
  EXPECT_EQ(network.arena_bytes, 112U + 224U);
  EXPECT_EQ(outputs_of(network, 40), (std::vector<std::int8_t>{-43, -43, -43}));
}

TEST(ProgramBuilder, RefusesLayersThatDoNotFit) {
  LayerWeights weights;
  weights.values = {1, 2, 3};
  weights.scales = {0.1F};
  ProgramBuilder flat(1, 2, {0.1F, 0});
  EXPECT_THROW(flat.fully_connected(1, weights, {0.1F, 0}, Activation::kNone),
               std::invalid_argument);
  EXPECT_THROW(flat.max_pool_2d({}, Activation::kNone), std::invalid_argument);
  EXPECT_THROW(flat.softmax(0.0F), std::invalid_argument);
  ProgramBuilder image(1, 2, 2, 1, {0.1F, 0});
  SlidingWindow large;
  large.kernel_h = 3;
  EXPECT_THROW(image.average_pool_2d(large, Activation::kNone), std::invalid_argument);
}

}  // namespace
}  // namespace aiot::toolkit
