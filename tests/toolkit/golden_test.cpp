// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/golden.hpp"

#include <cstring>

#include "tests/model/sample_package.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

nn::TensorInfo tensor(nn::ElementType type, std::uint32_t elements, std::uint32_t offset) {
  nn::TensorInfo info;
  info.offset = offset;
  info.bytes = elements * nn::element_bytes(type);
  info.type = type;
  info.rank = 1;
  info.dims[0] = elements;
  return info;
}

TEST(GoldenWindow, IsWhatTheReferenceAnswers) {
  const NetworkSpec network = model::small_network();
  const std::vector<std::byte> input{std::byte{5}, std::byte{0x80}, std::byte{0x7F}};
  const auto window = golden_window(network, input);
  ASSERT_TRUE(window.has_value());
  EXPECT_EQ(window->input, input);
  ASSERT_EQ(window->output.size(), 2U);
  // Softmax of two: the codes are 256 steps of one whole.
  const int sum = static_cast<std::int8_t>(window->output[0]) +
                  static_cast<std::int8_t>(window->output[1]) + 256;
  EXPECT_NEAR(sum, 256, 1);
  EXPECT_EQ(golden_window(network, input)->output, window->output);
}

TEST(GoldenWindow, NeedsTheBytesOfAllInputs) {
  const NetworkSpec network = model::small_network();
  EXPECT_FALSE(golden_window(network, {}).has_value());
  EXPECT_FALSE(golden_window(network, std::vector<std::byte>(4)).has_value());
}

TEST(GoldenWindow, NeedsANetworkThatTheReferenceCanRun) {
  NetworkSpec network = model::small_network();
  network.layout = nn::WeightLayout::kArmMve;
  EXPECT_FALSE(golden_window(network, std::vector<std::byte>(3)).has_value());
}

TEST(GoldenPattern, IsTheSameEachTimeAndNotFlat) {
  const NetworkSpec network = model::small_network();
  const auto pattern = golden_pattern(network);
  ASSERT_TRUE(pattern.has_value());
  EXPECT_EQ(pattern->input, golden_pattern(network)->input);
  EXPECT_NE(pattern->input[0], pattern->input[1]);
  EXPECT_EQ(pattern->output, golden_window(network, pattern->input)->output);
}

TEST(GoldenPattern, IsLeftOutWhereItWouldBeLong) {
  NetworkSpec network = model::small_network();
  network.arena_bytes = 2 * kMaxGoldenBytes;
  const auto with_inputs = [&network](std::uint32_t bytes) {
    NetworkSpec longer = network;
    longer.inputs.push_back(tensor(nn::ElementType::kInt8, bytes, 64));
    return golden_pattern(longer).has_value();
  };
  EXPECT_TRUE(with_inputs(kMaxGoldenBytes - 3 - 2));
  EXPECT_FALSE(with_inputs(kMaxGoldenBytes - 3 - 2 + 1));
}

TEST(GoldenPattern, FillsEveryTypeWithValuesOfIt) {
  NetworkSpec network = model::small_network();
  network.arena_bytes = 1024;
  network.inputs.push_back(tensor(nn::ElementType::kFloat32, 8, 64));
  network.inputs.push_back(tensor(nn::ElementType::kBool, 8, 128));
  network.inputs.push_back(tensor(nn::ElementType::kInt64, 8, 192));
  const auto pattern = golden_pattern(network);
  ASSERT_TRUE(pattern.has_value());
  float floats[8];
  std::memcpy(floats, &pattern->input[3], sizeof floats);
  for (const float value : floats) {
    EXPECT_TRUE(value >= -1.0F && value < 1.0F);
  }
  EXPECT_NE(floats[0], floats[1]);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_LE(std::to_integer<unsigned>(pattern->input[3 + sizeof floats + i]), 1U);
  }
  std::int64_t whole = 0;
  std::memcpy(&whole, &pattern->input[3 + sizeof floats + 8], sizeof whole);
  EXPECT_TRUE(whole >= -128 && whole <= 127);
}

}  // namespace
}  // namespace aiot::toolkit
