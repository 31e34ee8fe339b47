// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"

namespace aiot::bench {

inline constexpr std::size_t kMaxPayload = 256;

using Payload = std::array<std::byte, kMaxPayload>;

/// Bytes without order that tell which record they are of; a smaller record has the first of them.
inline Payload payload_of(std::uint64_t sequence) noexcept {
  Payload bytes{};
  std::uint64_t state = sequence;
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    state += 0x9E37'79B9'7F4A'7C15U;
    const std::uint64_t mixed = (state ^ (state >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
    store_le64(bytes.data() + at, mixed ^ (mixed >> 27U));
  }
  return bytes;
}

}  // namespace aiot::bench
