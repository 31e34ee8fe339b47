// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// A piece of memory that nobody may touch, for tests of code that must stay beside it.
namespace aiot::baremetal {

inline constexpr std::size_t kFenceBytes = 1024;

/// From now on reads and writes of [begin, begin + kFenceBytes) are memory faults. `begin` is a
/// multiple of kFenceBytes. False: this core has no memory protection unit.
bool raise_fence(const std::byte* begin) noexcept;

void lower_fence() noexcept;

}  // namespace aiot::baremetal
