// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What aiot::headers gives without linking the library: the ring, quantisation, references to
// devices.

#include <array>
#include <cstdint>

#include "aiot/core/ring.hpp"
#include "aiot/core/static_vector.hpp"
#include "aiot/hal/clock.hpp"
#include "aiot/nn/quant.hpp"

namespace {

class Ticks {
 public:
  aiot::Instant now() noexcept { return {++ticks_}; }

 private:
  std::int64_t ticks_ = 0;
};

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
  return code == 74 && start < clock.now() ? 0 : 1;
}
