// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aiot {

/// SHA-256 of something that decides: a package, a firmware, a plan, a policy.
using Hash256 = std::array<std::byte, 32>;

/// First 8 bytes of the SHA-256 of a context record's content.
using ContextId = std::array<std::byte, 8>;

/// First 16 bytes of the SHA-256 over the previous batch hash and a batch's bytes.
using BatchHash = std::array<std::byte, 16>;

/// One stream per priority, most urgent first; each has its own sequence that never restarts.
enum class Stream : std::uint8_t { kUrgent = 0, kRoutine = 1, kBulk = 2 };

inline constexpr std::size_t kStreams = 3;

}  // namespace aiot
