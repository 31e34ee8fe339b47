// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/pool.hpp"

#include <mbedtls/platform.h>

#if defined(MBEDTLS_MEMORY_BUFFER_ALLOC_C)

#include <mbedtls/memory_buffer_alloc.h>

#include "aiot/core/check.hpp"

/// Mbed TLS calls this when somebody wrote past the end of a block of the pool.
extern "C" void aiot_crypto_pool_overwritten(int /*status*/) {
  AIOT_CHECK(false);
}

namespace aiot::crypto {

void lend_pool(MutableBytes memory) noexcept {
  mbedtls_memory_buffer_alloc_init(reinterpret_cast<unsigned char*>(memory.data()), memory.size());
}

}  // namespace aiot::crypto

#else

namespace aiot::crypto {

void lend_pool(MutableBytes /*memory*/) noexcept {}

}  // namespace aiot::crypto

#endif
