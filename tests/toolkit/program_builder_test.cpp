// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/program_builder.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

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

TEST(ProgramBuilder, LogisticIsThatOfTheFormula) {
  ProgramBuilder builder(1, 1, {0.05F, 10});
  builder.logistic();
  const NetworkSpec network = builder.finish();
  for (const int code : {-128, -50, 0, 10, 60, 127}) {
    const double x = 0.05 * (code - 10);
    const double expected = std::min(std::round(256.0 / (1.0 + std::exp(-x))) - 128.0, 127.0);
    EXPECT_EQ(outputs_of(network, static_cast<std::int8_t>(code)),
              (std::vector<std::int8_t>{static_cast<std::int8_t>(expected)}))
        << code;
  }
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
