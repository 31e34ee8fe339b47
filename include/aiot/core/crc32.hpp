// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/bytes.hpp"

namespace aiot {

/// CRC-32 (reflected 0x04C11DB7, initial and final inversion; ISO 3309, zlib). "123456789" gives
/// 0xCBF43926. `crc` is the value so far: start with 0, feed the pieces in order.
std::uint32_t crc32(std::uint32_t crc, Bytes data) noexcept;

}  // namespace aiot
