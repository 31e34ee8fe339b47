// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"

namespace aiot::toolkit {

/// Random numbers that are equal on every machine, from a 64-bit seed (SplitMix64). Not for
/// secrets. Two generators with different `stream` numbers and one seed are independent for our
/// purposes.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) noexcept : state_(seed) {
    state_ = next() ^ (stream * 0xD1B54A32D192ED03U);
  }

  /// 64 random bits.
  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /// A number in [0, limit), limit at least 1; the bias is below 2^-31.
  std::uint32_t below(std::uint32_t limit) noexcept {
    AIOT_CHECK(limit > 0);
    return static_cast<std::uint32_t>(((next() >> 32U) * limit) >> 32U);
  }

  /// A number in [0, 1) with 53 bits.
  double uniform() noexcept { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  /// A number in [low, high).
  double between(double low, double high) noexcept { return low + (high - low) * uniform(); }

  /// A number from the normal distribution with mean 0 and variance 1 (Box and Muller); the most
  /// that it reaches is 8.6.
  double normal() noexcept {
    const double radius = -2.0 * static_cast<double>(math::log(static_cast<float>(
                                     static_cast<double>((next() >> 11U) + 1U) * 0x1.0p-53)));
    const auto phase = static_cast<std::uint32_t>(next() >> 32U);
    return std::sqrt(radius > 0.0 ? radius : 0.0) * static_cast<double>(math::cos_turn(phase));
  }

  /// Fisher-Yates, in place.
  template <class T>
  void shuffle(std::vector<T>& items) noexcept {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace aiot::toolkit
