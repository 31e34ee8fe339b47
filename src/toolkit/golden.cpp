// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/golden.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/random.hpp"

namespace aiot::toolkit {
namespace {

std::size_t bytes_of(const std::vector<nn::TensorInfo>& tensors) {
  std::size_t bytes = 0;
  for (const nn::TensorInfo& tensor : tensors) {
    bytes += tensor.bytes;
  }
  return bytes;
}

template <class T>
void put(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

/// One element of pseudo-random content at `at`; integers wider than a code stay as small as one.
void put_element(nn::ElementType type, Random& random, std::byte* at) {
  const auto code = static_cast<std::int8_t>(static_cast<std::uint8_t>(random.below(256)));
  switch (type) {
    case nn::ElementType::kInt8:
    case nn::ElementType::kUint8:
      return put(at, code);
    case nn::ElementType::kBool:
      return put(at, static_cast<std::uint8_t>(code & 1));
    case nn::ElementType::kInt16:
      return put(at, static_cast<std::int16_t>(code * 256));
    case nn::ElementType::kInt32:
      return put(at, std::int32_t{code});
    case nn::ElementType::kInt64:
      return put(at, std::int64_t{code});
    case nn::ElementType::kFloat32:
      return put(at, static_cast<float>(code) / 128.0F);
  }
}

struct alignas(nn::kAlignment) Block {
  std::byte bytes[nn::kAlignment];
};

}  // namespace

std::optional<GoldenWindow> golden_window(const NetworkSpec& network, Bytes input) {
  const nn::Network view = view_of(network);
  if (input.size() != bytes_of(network.inputs) ||
      !nn::Executor::check(view, nn::ref::kernels, network.arena_bytes).ok()) {
    return std::nullopt;
  }
  std::vector<Block> arena(network.arena_bytes / sizeof(Block) + 1);
  nn::Executor executor(view, nn::ref::kernels, std::as_writable_bytes(std::span(arena)));
  GoldenWindow window;
  window.input.assign(input.begin(), input.end());
  for (std::size_t i = 0; i < network.inputs.size(); ++i) {
    const MutableBytes tensor = executor.input(i);
    std::copy_n(input.begin(), tensor.size(), tensor.begin());
    input = input.subspan(tensor.size());
  }
  if (!executor.run().ok()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < network.outputs.size(); ++i) {
    const Bytes tensor = executor.output(i);
    window.output.insert(window.output.end(), tensor.begin(), tensor.end());
  }
  return window;
}

std::optional<GoldenWindow> golden_pattern(const NetworkSpec& network) {
  const std::size_t inputs = bytes_of(network.inputs);
  if (inputs + bytes_of(network.outputs) > kMaxGoldenBytes) {
    return std::nullopt;
  }
  std::vector<std::byte> input(inputs);
  Random random(0, 0);
  std::size_t at = 0;
  for (const nn::TensorInfo& tensor : network.inputs) {
    const std::uint32_t step = nn::element_bytes(tensor.type);
    for (std::uint32_t done = 0; step != 0 && done + step <= tensor.bytes; done += step) {
      put_element(tensor.type, random, &input[at + done]);
    }
    at += tensor.bytes;
  }
  return golden_window(network, input);
}

}  // namespace aiot::toolkit
