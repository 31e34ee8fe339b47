// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::baremetal {

/// Leaves this program for another one, whose vector table is at `vectors`: the core as after a
/// reset as far as this program has changed it (system timer, memory protection, limit of the
/// stack), the vectors and stack the other's. Does not return.
[[noreturn]] void start_image(std::uint32_t vectors) noexcept;

}  // namespace aiot::baremetal
