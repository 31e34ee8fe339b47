// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/nn/kernels.hpp"

namespace aiot::nn {

/// Bytes that look random and are the same everywhere; as `Random` in tools/make_golden_nn.py.
class Pattern {
 public:
  explicit constexpr Pattern(std::uint32_t seed) noexcept : state_(seed) {}

  constexpr std::int8_t next() noexcept {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::int8_t>(static_cast<std::int32_t>(state_ >> 24U) - 128);
  }

  void fill(MutableBytes out) noexcept {
    for (std::byte& byte : out) {
      byte = static_cast<std::byte>(next());
    }
  }

 private:
  std::uint32_t state_;
};

/// Room for one operator: an arena and weights, small enough for 16 KB of RAM.
class Bench {
 public:
  static constexpr std::uint32_t kBytes = 1024;

  Bench() noexcept { clear(); }

  void clear() noexcept {
    std::memset(arena_, 0x55, sizeof arena_);
    std::memset(weights_, 0, sizeof weights_);
  }

  [[nodiscard]] Memory memory() noexcept { return {arena_, weights_}; }

  [[nodiscard]] static constexpr Bounds bounds() noexcept { return {kBytes, kBytes}; }

  [[nodiscard]] MutableBytes arena() noexcept { return arena_; }

  [[nodiscard]] MutableBytes weights() noexcept { return weights_; }

  void put_channels(std::uint32_t offset, std::span<const Channel> channels) noexcept {
    std::memcpy(&weights_[offset], channels.data(), channels.size_bytes());
  }

  [[nodiscard]] std::int8_t at(std::uint32_t offset) const noexcept {
    return static_cast<std::int8_t>(arena_[offset]);
  }

 private:
  alignas(kAlignment) std::byte arena_[kBytes]{};
  alignas(kAlignment) std::byte weights_[kBytes]{};
};

constexpr std::uint32_t align_up(std::uint64_t bytes) noexcept {
  return static_cast<std::uint32_t>((bytes + kAlignment - 1) / kAlignment * kAlignment);
}

}  // namespace aiot::nn
