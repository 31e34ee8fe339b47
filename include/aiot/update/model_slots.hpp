// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/slot_start.hpp"

namespace aiot::update {

/// Packages are used where they lie: they begin at a multiple of this in their slot.
inline constexpr std::uint32_t kPackageAlignment = 16;

/// A model package in its slot.
struct StartedModel {
  std::uint8_t slot = 0;
  bool trial = false;        ///< it is to be confirmed, or given up
  hal::FlashRegion package;  ///< on the device; `offset` is not a multiple of the sector
  Version version{};
};

/// Chooses the model's slot as `start_slot` does the firmware's, at the start of the application
/// and again after a return: verifies, and lowers the tries of a trial. A package that does not
/// begin at a multiple of `kPackageAlignment` counts as a bad image.
/// `request.type` is not looked at; `request.cause` is `kUnknown` for a start without a reset.
/// Errors: `kEmpty` there is no model to run; `kWrongState` the record is not mounted.
Result<StartedModel> start_model(BootRecord& record,
                                 const StartRequest& request,
                                 MutableBytes buffer) noexcept;

}  // namespace aiot::update
