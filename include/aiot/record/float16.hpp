// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiot::record {

/// IEEE 754 binary16 bits of `value`: nearest, ties to even; too large becomes infinity, every NaN
/// 0x7E00. Integer operations only, so all machines agree.
std::uint16_t to_float16(float value) noexcept;

/// The value of binary16 `bits`, exactly.
float from_float16(std::uint16_t bits) noexcept;

}  // namespace aiot::record
