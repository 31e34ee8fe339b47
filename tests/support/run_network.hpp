// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <optional>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/kernels.hpp"

namespace aiot::test {

/// Heap memory that begins aligned for networks and ends exactly where the sanitizers notice an
/// access beyond it; filled with a pattern, so that what is read before it is written is seen.
class ExactMemory {
 public:
  explicit ExactMemory(std::size_t size)
      : data_(static_cast<std::byte*>(::operator new(size, kAlign))), size_(size) {
    constexpr int kPattern = 0x5A;
    if (size != 0) {
      std::memset(data_, kPattern, size);
    }
  }

  explicit ExactMemory(Bytes content) : ExactMemory(content.size()) {
    std::copy(content.begin(), content.end(), data_);
  }

  ~ExactMemory() { ::operator delete(data_, kAlign); }

  ExactMemory(const ExactMemory&) = delete;
  ExactMemory& operator=(const ExactMemory&) = delete;

  [[nodiscard]] MutableBytes bytes() { return {data_, size_}; }

 private:
  static constexpr std::align_val_t kAlign{nn::kAlignment};

  std::byte* data_;
  std::size_t size_;
};

inline std::size_t tensor_bytes(std::span<const nn::TensorInfo> tensors) {
  std::size_t bytes = 0;
  for (const nn::TensorInfo& tensor : tensors) {
    bytes += tensor.bytes;
  }
  return bytes;
}

using Tensors = std::vector<std::vector<std::byte>>;

/// Runs `network` once on `input`, the bytes of all its inputs: the bytes of every output. Nothing
/// when the network can not run with `kernels`, or the input has another size.
inline std::optional<Tensors> run_network(nn::Network network,
                                          const nn::KernelSet& kernels,
                                          Bytes input) {
  ExactMemory weights(network.weights);
  ExactMemory arena(network.arena_bytes);
  network.weights = weights.bytes();
  if (!nn::Executor::check(network, kernels, network.arena_bytes).ok() ||
      input.size() != tensor_bytes(network.inputs)) {
    return std::nullopt;
  }
  nn::Executor executor(network, kernels, arena.bytes());
  for (std::size_t i = 0; i < network.inputs.size(); ++i) {
    const MutableBytes place = executor.input(i);
    std::copy_n(input.begin(), place.size(), place.begin());
    input = input.subspan(place.size());
  }
  if (!executor.run().ok()) {
    return std::nullopt;
  }
  Tensors outputs;
  for (std::size_t i = 0; i < network.outputs.size(); ++i) {
    const Bytes output = executor.output(i);
    outputs.emplace_back(output.begin(), output.end());
  }
  return outputs;
}

}  // namespace aiot::test
