// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// One inference: bytes in, scores out. A firmware does the same with a package in its flash.
//
//   network PACKAGE INPUT      e.g. network kws.aipk in.bin
//
// PACKAGE is what `aiot model compile --target host` makes; INPUT holds the raw bytes of the
// network's one input. One line for each value of its one int8 output: the byte, and the number
// that it stands for.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"

namespace {

// All memory: a device has the package in flash, and an arena of exactly `Network::arena_bytes`.
alignas(aiot::model::kPackageAlignment) std::array<std::byte, 4U << 20U> package_file;
alignas(aiot::nn::kAlignment) std::array<std::byte, 1U << 20U> arena;
std::array<std::byte, 1U << 20U> input_file;

/// The bytes of a file that fits into `memory`; none when it can not be read or does not fit.
aiot::Bytes read(const char* path, std::span<std::byte> memory) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) {
    return {};
  }
  const std::size_t bytes = std::fread(memory.data(), 1, memory.size(), file);
  const bool whole = std::ferror(file) == 0 && std::fgetc(file) == EOF;
  std::fclose(file);
  return whole ? memory.first(bytes) : std::span<std::byte>{};
}

int fail(const char* path, const char* problem) {
  std::fprintf(stderr, "%s: %s\n", path, problem);
  return 1;
}

void print(std::span<const std::int8_t> values, const aiot::nn::TensorInfo& tensor) {
  for (const std::int8_t value : values) {
    const float number = static_cast<float>(value - tensor.zero_point) * tensor.scale;
    std::printf("%4d  %g\n", value, static_cast<double>(number));
  }
}

int infer(const char* package_path, const char* input_path) {
  const aiot::Bytes file = read(package_path, package_file);
  if (const auto problem = aiot::model::diagnose(file); problem != aiot::model::Problem::kNone) {
    return fail(package_path, aiot::model::to_string(problem));
  }
  const aiot::model::Package package = *aiot::model::load(file);
  if (!package.has_network) {
    return fail(package_path, "this package has features and no network");
  }
  const aiot::nn::Network& network = package.network;
  // On a Cortex-M the set of its core: aiot::nn::arm_dsp::kernels for the M4 and M7, and so on.
  const aiot::nn::KernelSet& kernels = aiot::nn::ref::kernels;
  const auto found = aiot::nn::Executor::diagnose(network, kernels, arena.size());
  if (found.problem != aiot::nn::Problem::kNone) {
    return fail(package_path, aiot::nn::to_string(found.problem));
  }
  if (network.inputs.size() != 1 || network.outputs.size() != 1 ||
      network.outputs[0].type != aiot::nn::ElementType::kInt8) {
    return fail(package_path, "this example wants a network with one input and one int8 output");
  }
  aiot::nn::Executor executor{network, kernels, arena};
  const aiot::Bytes input = read(input_path, input_file);
  if (input.size() != executor.input(0).size()) {
    return fail(input_path, "can not be read, or its size is not that of the network's input");
  }
  std::ranges::copy(input, executor.input(0).begin());
  if (const auto status = executor.run(); !status.ok()) {
    return fail(package_path, aiot::to_string(status.error()));
  }
  print(executor.output_s8(0), network.outputs[0]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: network PACKAGE INPUT\n", stderr);
    return 2;
  }
  return infer(argv[1], argv[2]);
}
