// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/audit_keeper.hpp"

namespace aiot::update {
namespace {

/// Whether the entry is sealed at once: it must not be possible to cut it off unseen.
bool is_decision(AuditKind kind) noexcept {
  return kind == AuditKind::kTrial || kind == AuditKind::kConfirm || kind == AuditKind::kReturn ||
         kind == AuditKind::kKeyChange || kind == AuditKind::kRecovery;
}

}  // namespace

AuditEntry offer_entry(Bytes offer) noexcept {
  AuditEntry entry;
  entry.kind = AuditKind::kOffer;
  const ImageVerdict claimed = read_offer(offer);
  if (claimed.ok()) {
    entry.type = static_cast<std::uint8_t>(claimed.image.type);
    entry.version = claimed.image.header.version;
    entry.id = image_id(claimed.image.hash);
  }
  return entry;
}

Status AuditKeeper::append(const AuditEntry& entry, Instant now) noexcept {
  AuditEntry dated = entry;
  dated.boot = record_.state().boots;
  dated.time_us = now.us > 0 ? static_cast<std::uint64_t>(now.us) : 0U;
  const bool waited = pending();
  AIOT_TRY(log_.append(dated));
  // The log seals by itself when it must make room.
  const bool at_once = is_decision(entry.kind) || log_.unsealed() >= AuditLog::kMaxBatch ||
                       log_.newest_seal() > record_.state().seal;
  if (at_once) {
    due_ = now;
  } else if (!waited) {
    due_ = now + kIdle;
  }
  return {};
}

AuditedVerdict AuditKeeper::offer(Installer& installer, Bytes offer, Instant now) noexcept {
  AuditEntry entry = offer_entry(offer);
  Status told = append(entry, now);
  const InstallVerdict verdict = installer.offer(offer);
  entry.kind = AuditKind::kVerdict;
  entry.code = verdict_code(verdict.fault, verdict.image);
  entry.slot = verdict.ok() ? installer.slot() : kNotStated;
  const Status judged = append(entry, now);
  return {verdict, told.ok() ? judged : told};
}

AuditedVerdict AuditKeeper::finish(Installer& installer, Instant now) noexcept {
  AuditEntry entry;
  entry.kind = AuditKind::kVerdict;
  if (installer.receiving()) {
    const SlotRecord& image = record_.state().of(installer.type()).slot[installer.slot()];
    entry.type = static_cast<std::uint8_t>(installer.type());
    entry.slot = installer.slot();
    entry.version = image.version;
    entry.id = image.id;
  }
  const InstallVerdict verdict = installer.finish();
  entry.code = verdict_code(verdict.fault, verdict.image);
  Status told = append(entry, now);
  if (verdict.ok()) {
    entry.kind = AuditKind::kInstall;
    const Status installed = append(entry, now);
    told = told.ok() ? installed : told;
  }
  return {verdict, told};
}

Status AuditKeeper::service(Instant now) noexcept {
  if (now < due_ || !pending()) {
    return {};
  }
  due_ = now + kIdle;
  return seal();
}

Status AuditKeeper::seal() noexcept {
  const Result<std::uint32_t> number = log_.seal();
  AIOT_TRY(number);
  if (*number <= record_.state().seal) {
    return {};
  }
  BootState state = record_.state();
  state.seal = *number;
  return record_.write(state);
}

}  // namespace aiot::update
