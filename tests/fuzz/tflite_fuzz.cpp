// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a .tflite file: refused with a message, or compiled for every target; what was
// compiled is a package that its device takes, and runs inside of its buffers.
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "aiot/nn/executor.hpp"
#include "aiot/nn/plain/kernels.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/compiler/compile.hpp"
#include "aiot/toolkit/compiler/target.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "tests/support/fuzz_mutator.hpp"
#include "tests/support/run_network.hpp"

namespace {

using namespace aiot;

/// More than this says nothing new and only takes long.
constexpr std::uint32_t kMaxArena = 1U << 18U;
constexpr std::uint64_t kMaxMacs = 1U << 20U;

void demand(bool condition) {
  if (!condition) {
    __builtin_trap();
  }
}

/// People read it in one line.
void check_message(const std::string& text) {
  demand(!text.empty() && text.find('\n') == std::string::npos);
}

void run(const toolkit::NetworkSpec& network, const nn::KernelSet& kernels) {
  if (network.arena_bytes > kMaxArena || nn::count_macs(network.program) > kMaxMacs) {
    return;
  }
  const nn::Network view = view_of(network);
  const std::vector<std::byte> input(test::tensor_bytes(view.inputs), std::byte{0x7F});
  demand(test::run_network(view, kernels, input).has_value());
}

void compile(Bytes file, const toolkit::Target& target, bool keep_tensors) {
  const auto compiled = toolkit::compile_tflite(file, {&target, keep_tensors});
  if (!compiled.ok()) {
    check_message(compiled.problem().text);
    return;
  }
  toolkit::PackageSpec spec;
  spec.name = "fuzz";
  spec.network = compiled->network;
  std::string problem;
  demand(toolkit::write_package(spec, problem).has_value());
  if (target.layout() == nn::ref::kernels.layout) {
    run(compiled->network, nn::ref::kernels);
  } else if (target.layout() == nn::plain::kernels.layout) {
    run(compiled->network, nn::plain::kernels);
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
  const auto graph = toolkit::read_tflite(file);
  if (!graph.ok()) {
    check_message(graph.problem().text);
    return 0;
  }
  for (const char* const kernels : {"ref", "plain", "arm_dsp", "arm_mve"}) {
    compile(file, *toolkit::find_target_by_kernels(kernels), false);
  }
  compile(file, toolkit::ref_target(), true);
  return 0;
}
