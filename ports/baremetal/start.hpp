// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// The stack as the linker script places it and as start-up paints it.
namespace aiot::baremetal {

/// Size of the stack in bytes.
std::uint32_t stack_size_bytes() noexcept;

/// Most bytes of the stack that were ever in use since reset: everything between the top and the
/// lowest word that lost its paint. A stack that ran over has faulted instead.
std::uint32_t stack_used_bytes() noexcept;

}  // namespace aiot::baremetal
