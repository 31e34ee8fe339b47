// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"

namespace aiot::device {

/// What commissioning found, kept in a flash region of its own: the newest one counts.

/// The newest baseline in `region`; the result is the used part of `buffer`.
/// Errors: `kEmpty` none, or the region has size 0; those of `store::FrameLog`.
Result<Bytes> load_baseline(hal::FlashRef flash,
                            hal::FlashRegion region,
                            MutableBytes buffer) noexcept;

/// Keeps `baseline` durably; after a power cut the old or the new one is there.
/// Errors: `kWrongState` the region has size 0; those of `store::FrameLog`.
Status save_baseline(hal::FlashRef flash, hal::FlashRegion region, Bytes baseline) noexcept;

}  // namespace aiot::device
