// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/system.hpp"
#include "aiot/update/boot_choice.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/image.hpp"

namespace aiot::update {

// No default: a request without a flash is none.
struct StartRequest {  // NOLINT(*-member-init)
  hal::FlashRef flash;
  ImageType type = ImageType::kFirmware;
  std::array<hal::FlashRegion, kSlots> slots{};  ///< of `type`
  /// Addresses of the slots, where images run in place: they have to be for their slot's. Empty:
  /// images for one address are refused.
  std::array<std::optional<std::uint32_t>, kSlots> addresses{};
  VerifyPolicy policy{};  ///< counter and addresses are filled in
  ProductName product{};  ///< empty: any
  hal::ResetCause cause = hal::ResetCause::kUnknown;
  /// Of the firmware that runs: images that need a newer one are not started. Empty: not asked.
  std::optional<Version> firmware{};
};

struct StartedSlot {
  std::uint8_t slot = 0;
  bool trial = false;  ///< it is to be confirmed
  Image image;
};

/// Carries out `choose_boot`: verifies what it asks for, and writes the record before it returns.
/// When that fails, a slot is started that needs no write. Reads each slot once at most.
/// `buffer`: as for `verify_image`. Errors: `kEmpty` neither slot can be started; `kWrongState` the
/// record is not mounted.
Result<StartedSlot> start_slot(BootRecord& record,
                               const StartRequest& request,
                               MutableBytes buffer) noexcept;

}  // namespace aiot::update
