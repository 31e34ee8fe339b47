// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/golden.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "aiot/nn/ref/kernels.hpp"
#include "aiot_packages/machine.hpp"
#include "aiot_packages/sense.hpp"
#include "tests/support/test.hpp"

namespace aiot::device {
namespace {

const Bytes kShipped = std::as_bytes(std::span(packages::machine));

alignas(nn::kAlignment) std::array<std::byte, 1024> arena;
alignas(model::kPackageAlignment) std::array<std::byte, sizeof(packages::machine)> changed;

GoldenCheck checked(Bytes file, const nn::KernelSet& kernels) {
  const auto package = model::load(file);
  EXPECT_TRUE(package.ok());
  nn::Executor executor(package->network, kernels, arena);
  return check_golden(*package, executor);
}

// A copy of the shipped package whose byte at `at` is another.
Bytes with_change(const std::byte* at) {
  std::copy(kShipped.begin(), kShipped.end(), changed.begin());
  changed[static_cast<std::size_t>(at - kShipped.data())] ^= std::byte{1};
  return changed;
}

TEST(Golden, HoldsForTheShippedPackage) {
  EXPECT_EQ(checked(kShipped, nn::ref::kernels), GoldenCheck::kEqual);
}

TEST(Golden, DiffersWhenAnyBitOfItDoes) {
  const auto package = model::load(kShipped);
  ASSERT_TRUE(package.ok());
  for (const std::byte& byte : package->golden().output) {
    EXPECT_EQ(checked(with_change(&byte), nn::ref::kernels), GoldenCheck::kDiffers);
  }
}

TEST(Golden, DiffersWhenAnOperatorCalculatesWrong) {
  static constexpr nn::Kernel kWrong{
      nn::ref::kSoftmaxS8.code,
      nn::ref::kSoftmaxS8.words,
      nn::ref::kSoftmaxS8.check,
      [](const std::uint32_t* params, const nn::Memory& memory) noexcept {
        nn::ref::kSoftmaxS8.run(params, memory);
        memory.arena[params[1]] ^= std::byte{1};
      }};
  static constexpr std::array kOperators{nn::ref::kFullyConnectedS8, kWrong};
  constexpr nn::KernelSet kKernels{"wrong", nn::WeightLayout::kCanonical, kOperators};
  EXPECT_EQ(checked(kShipped, kKernels), GoldenCheck::kDiffers);
}

TEST(Golden, LeavesVariablesAsAfterAReset) {
  const auto package = model::load(kShipped);
  ASSERT_TRUE(package.ok());
  const std::array variables{nn::VariableInfo{.offset = 512, .bytes = 16, .fill = 7}};
  nn::Network network = package->network;
  network.arena_bytes = 1024;
  network.variables = variables;
  nn::Executor executor(network, nn::ref::kernels, arena);
  arena[512] = std::byte{1};
  EXPECT_EQ(check_golden(*package, executor), GoldenCheck::kEqual);
  EXPECT_EQ(arena[512], std::byte{7});
}

TEST(Golden, IsNotStatedByAPackageWithoutANetwork) {
  const auto package = model::load(std::as_bytes(std::span(packages::sense)));
  ASSERT_TRUE(package.ok());
  EXPECT_FALSE(package->has_network);
  EXPECT_EQ(package->golden_table, nullptr);
}

}  // namespace
}  // namespace aiot::device
