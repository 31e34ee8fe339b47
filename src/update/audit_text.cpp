// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/audit_log.hpp"

namespace aiot::update {

const char* to_string(AuditKind kind) noexcept {
  switch (kind) {
    case AuditKind::kOffer:
      return "offer";
    case AuditKind::kVerdict:
      return "verdict";
    case AuditKind::kInstall:
      return "install";
    case AuditKind::kTrial:
      return "trial";
    case AuditKind::kConfirm:
      return "confirm";
    case AuditKind::kReturn:
      return "return";
    case AuditKind::kKeyChange:
      return "key change";
    case AuditKind::kRecovery:
      return "recovery";
    case AuditKind::kRefused:
      return "refused command";
    case AuditKind::kCommand:
      return "command";
  }
  return nullptr;
}

const char* to_string(AuditFault fault) noexcept {
  switch (fault) {
    case AuditFault::kNone:
      return "good";
    case AuditFault::kRead:
      return "the flash can not be read";
    case AuditFault::kStrange:
      return "something that is neither entry nor seal";
    case AuditFault::kEntryLost:
      return "an entry is missing or not in its place";
    case AuditFault::kEntryAltered:
      return "entries are not as they were sealed";
    case AuditFault::kSealLost:
      return "a seal is missing or not in its place";
    case AuditFault::kSealForged:
      return "a seal is not made by the device's key";
    case AuditFault::kBeginLost:
      return "the begin is missing";
    case AuditFault::kEndLost:
      return "the end is missing";
  }
  return "?";
}

}  // namespace aiot::update
