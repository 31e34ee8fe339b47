// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::sim {

/// Small seeded generator, the same numbers on every machine: a 64-bit Weyl sequence whose state is
/// mixed by two multiply-xorshift rounds (the SplitMix64 construction of Steele, Lea and Flood).
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t next64() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  constexpr std::uint32_t next32() noexcept { return static_cast<std::uint32_t>(next64() >> 32U); }

  /// Uniform in [0, bound); `bound` must not be 0. The bias is below bound / 2^32.
  constexpr std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>((std::uint64_t{next32()} * bound) >> 32U);
  }

  /// Uniform in [0, 1), a multiple of 2^-24: exact.
  constexpr float uniform() noexcept { return static_cast<float>(next32() >> 8U) * 0x1p-24F; }

  /// Mean 0, variance 1, within +-6: the sum of twelve uniforms of 16 bits, exact. Its kurtosis is
  /// 2.9.
  constexpr float normal() noexcept {
    std::uint32_t sum = 0;
    for (int i = 0; i < 3; ++i) {
      const std::uint64_t bits = next64();
      sum += static_cast<std::uint32_t>(bits & 0xFFFFU) +
             static_cast<std::uint32_t>((bits >> 16U) & 0xFFFFU) +
             static_cast<std::uint32_t>((bits >> 32U) & 0xFFFFU) +
             static_cast<std::uint32_t>(bits >> 48U);
    }
    return static_cast<float>(static_cast<std::int32_t>(sum) - 393210) * (1.0F / 65536.0F);
  }

 private:
  std::uint64_t state_;
};

/// Uniform in [low, high). `static`, as all that multiplies and adds in a header: a copy of an
/// application that was built with contraction must not replace the simulation's own.
static constexpr float uniform(Random& random, float low, float high) noexcept {
  return low + (high - low) * random.uniform();
}

}  // namespace aiot::sim
