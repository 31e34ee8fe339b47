// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <thread>

#include "aiot/core/ring.hpp"
#include "tests/support/test.hpp"

namespace {

// The test that ThreadSanitizer runs: a producer that sometimes loses samples against a consumer
// that must see every sample once, in order, and every loss at its place.
TEST(SampleRingThreads, EverySampleOnceAndEveryGapInPlace) {
  constexpr std::uint32_t kTotal = 400'000;
  std::array<std::int16_t, 256> storage{};
  aiot::SampleRing ring{storage};

  std::thread producer([&ring] {
    std::uint32_t index = 0;
    std::uint32_t state = 1;
    while (index < kTotal) {
      state = state * 1664525U + 1013904223U;
      if ((state >> 24U) < 8U) {
        const std::uint32_t n = (state >> 8U) % 100U;
        ring.lost(n);
        index += n;
        continue;
      }
      const auto run = ring.claim();
      if (run.empty()) {
        std::this_thread::yield();
        continue;
      }
      const std::size_t n = run.size() < 17U ? run.size() : 17U;
      for (std::size_t i = 0; i < n; ++i) {
        run[i] = static_cast<std::int16_t>((index + i) & 0x7FFFU);
      }
      ring.commit(n);
      index += static_cast<std::uint32_t>(n);
    }
    while (ring.claim().empty()) {
      std::this_thread::yield();
    }
  });

  std::uint32_t index = 0;
  std::uint32_t wrong = 0;
  while (index < kTotal) {
    index += static_cast<std::uint32_t>(ring.take_gap());
    const std::size_t count = ring.available();
    if (count == 0) {
      std::this_thread::yield();
      continue;
    }
    const auto run = ring.peek(0);
    for (const std::int16_t sample : run) {
      wrong += sample == static_cast<std::int16_t>(index & 0x7FFFU) ? 0U : 1U;
      ++index;
    }
    ring.consume(run.size());
  }
  producer.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
