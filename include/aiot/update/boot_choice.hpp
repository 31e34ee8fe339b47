// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/hal/system.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/image.hpp"

namespace aiot::update {

enum class SlotCheck : std::uint8_t {
  kUnknown,  ///< not looked at yet
  kGood,     ///< `verify_image` accepts it
  kBad,
};

/// What is in a slot. All but `check` is the image's, and counts only when it is good.
struct SlotReport {
  SlotCheck check = SlotCheck::kUnknown;
  Version version{};
  std::uint32_t counter = 0;  ///< security counter; 0: it has none
  ImageId id{};
};

/// Whether the boot record takes changes.
enum class RecordAccess : std::uint8_t {
  kWritable,
  kReadOnly,  ///< a write has failed: nothing is started that would need one
};

enum class BootStep : std::uint8_t {
  kVerify,   ///< verify `slot` and ask again with the report
  kStart,    ///< start `slot`
  kRecover,  ///< neither slot can be started
};

struct BootChoice {
  BootStep step = BootStep::kRecover;
  std::uint8_t slot = 0;
  bool write = false;  ///< `next` differs from the record, and must be durable before the start
  SlotPair next{};     ///< as is when `step` is `kVerify`
};

/// Which slot of a pair is started; the whole decision, and nothing else. The first that applies:
///
///  1. Factory (see `is_factory`): of the good slots the one with the higher version, A when they
///     are equal; it becomes confirmed and active, its counter that of the pair.
///  2. A trial: after a watchdog reset, if it was started before, it is returned (`kWatchdog`);
///     without tries left it is returned (`kTriesUsedUp`); when its slot is not good or holds
///     another image than the record says it is returned (`kBadImage`); else it is started, with
///     one try less.
///  3. The active slot, if it is confirmed and good and holds the image of the record.
///  4. The other slot under the same conditions. The record stays as it is: the active slot may
///     have failed to read, and is tried again at the next start.
///  5. Recover.
///
/// With a record that can not be written, 2 is left out and 1 starts without a record: what is
/// started then was confirmed, or came from the factory.
/// `pair` is valid (see `is_valid`); `a` and `b` were verified with the pair's counter. Asks for at
/// most one look at each slot.
BootChoice choose_boot(const SlotPair& pair,
                       RecordAccess access,
                       const SlotReport& a,
                       const SlotReport& b,
                       hal::ResetCause cause) noexcept;

}  // namespace aiot::update
