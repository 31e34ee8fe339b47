// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Damaged packages of compiled networks: refused with a reason, and where the hash was fixed up,
// run inside of their memory. The sanitizers watch; AIOT_FULL=1 damages every network.

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "aiot/model/header.hpp"
#include "aiot/model/package.hpp"
#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tests/support/run_network.hpp"
#include "tests/support/test.hpp"
#include "tests/support/tflite_models.hpp"

namespace aiot::test {
namespace {

bool is_chosen(const std::string& name) {
  for (const char* const chosen : {"separable", "split_branches_concat", "STRIDED_SLICE", "ADD"}) {
    if (name == chosen) {
      return true;
    }
  }
  return std::getenv("AIOT_FULL") != nullptr;
}

std::vector<std::byte> package_of(const NamedModel& model, const nn::KernelSet& kernels) {
  const auto compiled =
      toolkit::compile_tflite(model.file, {toolkit::find_target_by_kernels(kernels.name), false});
  EXPECT_TRUE(compiled.ok()) << model.name << ": " << compiled.problem().text;
  toolkit::PackageSpec spec;
  spec.name = model.name;
  spec.network = compiled->network;
  std::string problem;
  auto file = toolkit::write_package(spec, problem);
  EXPECT_TRUE(file) << model.name << ": " << problem;
  return file ? *file : std::vector<std::byte>();
}

/// Calls `use(name, package, kernels)` for the chosen networks and the kernel sets of this machine.
template <class Use>
void for_each_package(Use use) {
  for (const auto& models : {one_operator_models(), several_operator_models()}) {
    for (const NamedModel& model : models) {
      if (is_chosen(model.name)) {
        use(model.name, package_of(model, nn::ref::kernels), nn::ref::kernels);
        use(model.name, package_of(model, nn::plain::kernels), nn::plain::kernels);
      }
    }
  }
}

/// Loads and runs what passes the checks; true if it ran.
bool runs(const std::vector<std::byte>& file, const nn::KernelSet& kernels) {
  constexpr std::uint32_t kMaxArena = 1U << 16U;
  constexpr std::uint64_t kMaxMacs = 1U << 20U;
  ExactMemory memory(file);
  const auto package = model::load(memory.bytes());
  if (!package.ok() || !package->has_network) {
    return false;
  }
  const nn::Network& network = package->network;
  if (network.arena_bytes > kMaxArena ||
      !nn::Executor::check(network, kernels, network.arena_bytes).ok() ||
      nn::count_macs(network.program) > kMaxMacs) {
    return false;
  }
  const std::vector<std::byte> input(tensor_bytes(network.inputs), std::byte{0x7F});
  return run_network(network, kernels, input).has_value();
}

TEST(CompiledDamage, EveryFlippedBitIsFoundByTheHash) {
  for_each_package([](const std::string& name, std::vector<std::byte> file, const auto&) {
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
      const std::byte mask{static_cast<unsigned char>(1U << bit % 8)};
      file[bit / 8] ^= mask;
      ASSERT_FALSE(model::verify(file).ok()) << name << " with bit " << bit << " flipped";
      if (bit / 8 >= model::kHeaderBytes) {
        ASSERT_EQ(model::diagnose(file), model::Problem::kHash) << name << " bit " << bit;
      }
      file[bit / 8] ^= mask;
    }
  });
}

TEST(CompiledDamage, EveryTruncationIsFound) {
  for_each_package([](const std::string& name, const std::vector<std::byte>& file, const auto&) {
    for (std::size_t length = 0; length < file.size(); ++length) {
      ExactMemory cut(Bytes(file).first(length));
      ASSERT_EQ(model::diagnose(cut.bytes()),
                length < model::kHeaderBytes ? model::Problem::kTooShort : model::Problem::kLength)
          << name << " cut to " << length << " bytes";
    }
  });
}

TEST(CompiledDamage, WithAFixedHashNothingLeavesItsMemory) {
  for_each_package(
      [](const std::string& name, std::vector<std::byte> file, const nn::KernelSet& kernels) {
        ASSERT_TRUE(runs(file, kernels)) << name;
        std::size_t ran = 0;
        for (std::size_t bit = 8 * model::kHeaderBytes; bit < 8 * file.size(); ++bit) {
          const std::byte mask{static_cast<unsigned char>(1U << bit % 8)};
          file[bit / 8] ^= mask;
          ran += runs(file, kernels) ? 1U : 0U;
          file[bit / 8] ^= mask;
        }
        // Bits of weights are as good as others; those of the structure are not.
        EXPECT_GT(ran, 0U) << name;
        EXPECT_LT(ran, 8 * file.size()) << name;
      });
}

}  // namespace
}  // namespace aiot::test
