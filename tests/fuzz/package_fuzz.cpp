// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a model package. Length and hash are fixed up, because an attacker could do that
// too: what is left must keep load, check and executor inside of their buffers.
#include <cstdint>
#include <cstring>
#include <vector>

#include "aiot/model/header.hpp"
#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "tests/model/sample_package.hpp"

namespace {

using namespace aiot;

void run_network(const nn::Network& network) {
  // More than this says nothing new and only takes long.
  constexpr std::uint32_t kMaxArena = 1U << 16U;
  constexpr std::uint64_t kMaxMacs = 1U << 22U;
  if (network.arena_bytes > kMaxArena ||
      !nn::Executor::check(network, nn::ref::kernels, network.arena_bytes).ok() ||
      nn::count_macs(network.program) > kMaxMacs) {
    return;
  }
  const model::ExactBytes arena(std::vector<std::byte>(network.arena_bytes));
  nn::Executor executor(network,
                        nn::ref::kernels,
                        {const_cast<std::byte*>(arena.view().data()), arena.view().size()});
  if (!executor.run().ok()) {
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
    run_network(package->network);
  }
}

}  // namespace

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
