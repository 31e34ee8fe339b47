// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"

namespace aiot::device {

/// Counts a boot in `region`, durably, and returns the number of this one: 1 for the first. A
/// region of size 0 is allowed and counts nothing: always 1.
/// Errors: those of `store::FrameLog`.
Result<std::uint32_t> count_boot(hal::FlashRef flash, hal::FlashRegion region) noexcept;

}  // namespace aiot::device
