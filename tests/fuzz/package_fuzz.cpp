// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a model package. Length and hash are fixed up, because an attacker could do that
// too: what is left must keep load, check and executor inside of their buffers, with every kernel
// set of this machine.
#include <cstdint>
#include <cstring>
#include <vector>

#include "aiot/model/header.hpp"
#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "tests/model/sample_package.hpp"
#include "tests/support/fuzz_mutator.hpp"
#include "tests/support/run_network.hpp"

namespace {

using namespace aiot;

void run_network(const nn::Network& network, const nn::KernelSet& kernels) {
  // More than this says nothing new and only takes long.
  constexpr std::uint32_t kMaxArena = 1U << 16U;
  constexpr std::uint64_t kMaxMacs = 1U << 22U;
  if (network.arena_bytes > kMaxArena ||
      !nn::Executor::check(network, kernels, network.arena_bytes).ok() ||
      nn::count_macs(network.program) > kMaxMacs) {
    return;
  }
  // The package's own alignment keeps the weights where they are; memory of their own lets the
  // sanitizers notice what reads beyond them. Outputs may lie over each other or over anything, so
  // their bytes say nothing.
  const std::vector<std::byte> input(test::tensor_bytes(network.inputs), std::byte{0x81});
  if (!test::run_network(network, kernels, input)) {
    __builtin_trap();
  }
}

void use(Bytes file) {
  (void)model::diagnose(file);
  const auto package = model::load(file);
  if (!package.ok()) {
    return;
  }
  std::size_t sum = 0;
  for (std::size_t i = 0; i < package->labels; ++i) {
    sum += package->label(i).size();
  }
  if (package->labels != 0 && sum == 0) {
    __builtin_trap();
  }
  if (package->has_network) {
    run_network(package->network, nn::ref::kernels);
    run_network(package->network, nn::plain::kernels);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned int seed) {
  return test::mutate_in_place(data, size, max_size, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> file(size);
  if (size != 0) {
    std::memcpy(file.data(), data, size);
  }
  if (size >= model::kHeaderBytes) {
    store_le32(&file[model::kLengthOffset], static_cast<std::uint32_t>(size));
    toolkit::fix_hash(file);
  }
  use(model::ExactBytes(file).view());
  return 0;
}
