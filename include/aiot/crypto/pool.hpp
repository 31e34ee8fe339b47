// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "aiot/core/bytes.hpp"

namespace aiot::crypto {

/// Lends memory to the signature functions, which need it for big numbers; hashes and MACs need
/// none. Call it once, before the first signature; `memory` must stay. On a host, whose Mbed TLS
/// uses the heap, this does nothing.
void lend_pool(MutableBytes memory) noexcept;

/// The most bytes of the pool that were ever in use; 0 on a host.
[[nodiscard]] std::size_t pool_peak() noexcept;

}  // namespace aiot::crypto
