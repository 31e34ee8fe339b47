// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/nn_cases/run_on_host.hpp"

#include <cstdio>
#include <cstring>
#include <string>

#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tests/nn_cases/backend.hpp"
#include "tests/nn_cases/run_case.hpp"

namespace aiot::nn_cases {
namespace {

struct alignas(nn::kAlignment) Block {
  std::byte bytes[nn::kAlignment];
};

const nn::KernelSet* kernels_for(nn::WeightLayout layout) {
  if (layout == nn::WeightLayout::kCanonical) {
    return &nn::ref::kernels;
  }
  return layout == backend().layout ? &backend() : nullptr;
}

Verdict run_one(const Case& test) {
  // Memory of its own that ends where the arena and the weights end: a sanitizer sees what is read
  // behind them.
  const toolkit::AlignedBytes package(test.package());
  const auto loaded = model::load(package.view());
  const std::size_t arena = loaded.ok() ? loaded->network.arena_bytes : 0;
  const std::size_t weights = loaded.ok() ? loaded->network.weights.size() : 0;
  std::vector<Block> memory((kGuard + arena + sizeof(Block) - 1) / sizeof(Block));
  std::vector<Block> before(memory.size());
  std::vector<Block> constants(padded(weights) / sizeof(Block));
  return run_case(test,
                  {std::as_writable_bytes(std::span{memory}),
                   std::as_writable_bytes(std::span{before}),
                   0,
                   std::as_writable_bytes(std::span{constants})},
                  kernels_for,
                  [] { return std::uint64_t{0}; });
}

}  // namespace

int run_on_host(const std::vector<std::byte>& file) {
  const toolkit::AlignedBytes aligned(file);
  Bytes rest = aligned.view().subspan(sizeof(FileHeader));
  int passed = 0;
  int failed = 0;
  while (!rest.empty()) {
    const std::size_t total = load_le32(rest.data());
    const Case test(rest.first(total));
    rest = rest.subspan(total);
    const Verdict verdict = run_one(test);
    if (verdict.problem == nullptr) {
      ++passed;
      continue;
    }
    ++failed;
    std::printf("FAILED %s: %s; vector %u, output %u, byte %u: %d expected, %d found\n",
                std::string(test.name()).c_str(),
                verdict.problem,
                verdict.vector,
                verdict.output,
                verdict.at,
                verdict.expected,
                verdict.got);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace aiot::nn_cases
