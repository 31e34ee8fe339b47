// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/boot_choice.hpp"

#include <array>

#include "aiot/core/check.hpp"

namespace aiot::update {
namespace {

using Reports = std::array<const SlotReport*, kSlots>;

/// Good, and the image that the record means.
bool holds(const SlotReport& report, const SlotRecord& record) noexcept {
  return report.check == SlotCheck::kGood && report.id == record.id;
}

BootChoice verify(const SlotPair& pair, std::uint8_t slot) noexcept {
  return {BootStep::kVerify, slot, false, pair};
}

BootChoice choose_factory(const SlotPair& pair,
                          RecordAccess access,
                          const Reports& reports) noexcept {
  BootChoice choice{BootStep::kRecover, 0, false, pair};
  for (std::uint8_t i = 0; i < kSlots; ++i) {
    const SlotReport& report = *reports[i];
    if (report.check == SlotCheck::kUnknown) {
      return verify(pair, i);
    }
    if (report.check == SlotCheck::kGood &&
        (choice.step == BootStep::kRecover || report.version > reports[choice.slot]->version)) {
      choice.step = BootStep::kStart;
      choice.slot = i;
    }
  }
  if (choice.step == BootStep::kStart && access == RecordAccess::kWritable) {
    const SlotReport& report = *reports[choice.slot];
    choice.write = true;
    choice.next.counter = report.counter;
    choice.next.active = choice.slot;
    choice.next.slot[choice.slot] = {.state = SlotState::kConfirmed,
                                     .counter = report.counter,
                                     .version = report.version,
                                     .id = report.id};
  }
  return choice;
}

/// Why a trial can not go on; `kNone` it can.
Cause fault_of(const SlotRecord& trial, const SlotReport& report, hal::ResetCause cause) noexcept {
  if (cause == hal::ResetCause::kWatchdog && trial.tries < kTrialTries) {
    return Cause::kWatchdog;
  }
  if (trial.tries == 0) {
    return Cause::kTriesUsedUp;
  }
  return report.check == SlotCheck::kUnknown || holds(report, trial) ? Cause::kNone
                                                                     : Cause::kBadImage;
}

}  // namespace

BootChoice choose_boot(const SlotPair& pair,
                       RecordAccess access,
                       const SlotReport& a,
                       const SlotReport& b,
                       hal::ResetCause cause) noexcept {
  AIOT_CHECK(is_valid(pair));
  const Reports reports = {&a, &b};
  if (is_factory(pair)) {
    return choose_factory(pair, access, reports);
  }
  BootChoice choice{BootStep::kRecover, pair.active, false, pair};
  for (std::uint8_t i = 0; i < kSlots && access == RecordAccess::kWritable; ++i) {
    SlotRecord& trial = choice.next.slot[i];
    if (trial.state != SlotState::kTrial) {
      continue;
    }
    const Cause fault = fault_of(trial, *reports[i], cause);
    if (fault == Cause::kNone) {
      if (reports[i]->check == SlotCheck::kUnknown) {
        return verify(pair, i);
      }
      --trial.tries;
      choice.step = BootStep::kStart;
      choice.slot = i;
      choice.write = true;
      return choice;
    }
    trial.state = SlotState::kReturned;
    trial.tries = 0;
    trial.cause = fault;
    choice.write = true;
  }
  for (std::uint8_t i = 0; i < kSlots; ++i) {
    const auto slot = static_cast<std::uint8_t>(pair.active ^ i);
    if (pair.slot[slot].state != SlotState::kConfirmed) {
      continue;
    }
    if (reports[slot]->check == SlotCheck::kUnknown) {
      return verify(pair, slot);
    }
    if (holds(*reports[slot], pair.slot[slot])) {
      choice.step = BootStep::kStart;
      choice.slot = slot;
      return choice;
    }
  }
  return choice;
}

}  // namespace aiot::update
