// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A firmware that holds the executor and the kernels of one network and little else, for the size
// of their code: bench.py builds it with AIOT_BENCH_KERNELS, the list of the network's kernels, and
// with AIOT_BENCH_LOAD to have the package's loader in it as well. Without them it is what the
// others are compared with: start-up, fault handlers, the panic.

#include <array>
#include <cstddef>

#include "aiot/core/check.hpp"
#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "bench/nn/backend.hpp"

// Of the application; the compiler must not know what is in them.
extern "C" {
extern aiot::nn::Network probe_network;
extern aiot::Bytes probe_package;
extern std::byte* probe_arena;
extern std::size_t probe_arena_bytes;
}
aiot::nn::Network probe_network;
aiot::Bytes probe_package;
std::byte* probe_arena;
std::size_t probe_arena_bytes;

namespace {

#ifdef AIOT_BENCH_KERNELS

// NOLINTNEXTLINE(google-build-using-namespace): the list names kernels of the back-end.
using namespace aiot::nn::AIOT_BACKEND;
constexpr std::array kList{AIOT_BENCH_KERNELS};
constexpr aiot::nn::KernelSet kKernels{"probe", aiot::nn::AIOT_BACKEND::kernels.layout, kList};

int use() {
#ifdef AIOT_BENCH_LOAD
  const auto package = aiot::model::load(probe_package);
  if (!package.ok()) {
    return 1;
  }
  probe_network = package->network;
#endif
  const aiot::MutableBytes arena{probe_arena, probe_arena_bytes};
  if (!aiot::nn::Executor::check(probe_network, kKernels, arena.size()).ok()) {
    return 1;
  }
  aiot::nn::Executor executor(probe_network, kKernels, arena);
  executor.input(0)[0] = std::byte{1};
  return executor.run().ok() ? std::to_integer<int>(executor.output(0)[0]) : 1;
}

#else

int use() {
  return 0;
}

#endif

}  // namespace

int main() {
  AIOT_CHECK(probe_arena != nullptr);
  return use();
}
