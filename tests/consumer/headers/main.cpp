// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What aiot::headers gives without linking the library: the ring, quantisation, references to
// devices.

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/ring.hpp"
#include "aiot/core/static_vector.hpp"
#include "aiot/hal/clock.hpp"
#include "aiot/nn/quant.hpp"
#include "aiot/nn/ref/fully_connected.hpp"

namespace {

class Ticks {
 public:
  aiot::Instant now() noexcept { return {++ticks_}; }

 private:
  std::int64_t ticks_ = 0;
};

/// 2 inputs, 1 output: 3 * 10 + (-1) * 4 + bias 5, times one half.
std::int8_t one_neuron() noexcept {
  using namespace aiot::nn;

  struct alignas(16) Weights {
    std::array<std::int8_t, 16> weights{3, -1};
    Channel channel{.bias = 5, .multiplier = 1 << 30, .shift = 0};
  };

  alignas(16) std::array<std::byte, 16> arena{std::byte{10}, std::byte{4}};
  static constexpr Weights kWeights{};
  FullyConnectedS8 layer;
  layer.output = 8;
  layer.channels = offsetof(Weights, channel);
  layer.depth = 2;
  const auto* constants = static_cast<const std::byte*>(static_cast<const void*>(&kWeights));
  ref::fully_connected_s8(layer, Memory{arena.data(), constants});
  return static_cast<std::int8_t>(arena[8]);
}

}  // namespace

void aiot::panic(const char*, std::uint32_t) noexcept {
  for (;;) {
  }
}

int main() {
  std::array<std::int16_t, 8> storage{};
  aiot::SampleRing ring(storage);
  ring.claim()[0] = 42;
  ring.commit(1);

  aiot::StaticVector<float, 2> values;
  if (!values.push_back(static_cast<float>(ring.peek(0)[0]))) {
    return 1;
  }
  Ticks ticks;
  const aiot::hal::ClockRef clock(ticks);
  const auto code = aiot::nn::quantize(values[0], {.scale = 0.5F, .zero_point = -10});
  const aiot::Instant start = clock.now();
  return code == 74 && start < clock.now() && one_neuron() == 16 ? 0 : 1;
}
