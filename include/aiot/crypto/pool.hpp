// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "aiot/core/bytes.hpp"

namespace aiot::crypto {

/// Enough for the signature functions on a Cortex-M, where a verification uses 3064 bytes and a
/// signature 2520; align it to 8.
inline constexpr std::size_t kPoolBytes = 3328;

/// Enough for the signature functions and a verification of RSA-2048, which uses 5152 bytes on a
/// Cortex-M.
inline constexpr std::size_t kRsaPoolBytes = 5440;

/// Lends memory to the signature functions, which need it for big numbers; hashes and MACs need
/// none. Call it once, before the first signature; `memory` must stay. On a host, whose Mbed TLS
/// uses the heap, this does nothing.
void lend_pool(MutableBytes memory) noexcept;

}  // namespace aiot::crypto
