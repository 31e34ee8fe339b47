// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/audit_keeper.hpp"

#include <array>

namespace aiot::update {
namespace {

/// Whether the entry is sealed at once: it must not be possible to cut it off unseen.
bool is_decision(AuditKind kind) noexcept {
  return kind == AuditKind::kTrial || kind == AuditKind::kConfirm || kind == AuditKind::kReturn ||
         kind == AuditKind::kKeyChange || kind == AuditKind::kRecovery;
}

/// The entry of the download that is going on, if any.
AuditEntry download_entry(const Installer& installer, const BootRecord& record) noexcept {
  AuditEntry entry;
  if (installer.receiving()) {
    const SlotRecord& image = record.state().of(installer.type()).slot[installer.slot()];
    entry.type = static_cast<std::uint8_t>(installer.type());
    entry.slot = installer.slot();
    entry.version = image.version;
    entry.id = image.id;
  }
  return entry;
}

}  // namespace

bool RefusalBudget::take(Instant now) noexcept {
  while (told_ != 0 && now - paid_ >= kPause) {
    --told_;
    paid_ = paid_ + kPause;
  }
  if (told_ == 0) {
    paid_ = now;
  }
  if (told_ == kAtOnce) {
    return false;
  }
  ++told_;
  return true;
}

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

Status AuditKeeper::use_keys(std::span<const TrustedKey> keys, Instant now) noexcept {
  const std::uint64_t time_us = now.us > 0 ? static_cast<std::uint64_t>(now.us) : 0U;
  AIOT_TRY_ASSIGN(const bool changed,
                  log_.use_keys(key_set_id(keys), record_.state().boots, time_us));
  if (changed) {
    due_ = now;
  }
  return {};
}

AuditedVerdict AuditKeeper::offer(Installer& installer, Bytes offer, Instant now) noexcept {
  AuditEntry entry = offer_entry(offer);
  const InstallVerdict verdict = installer.offer(offer);
  if (!verdict.ok() && !refusals_.take(now)) {
    return {verdict, {}};
  }
  Status told = append(entry, now);
  entry.slot = verdict.ok() ? installer.slot() : kNotStated;
  const Status verdict_told = judged(entry, verdict, now);
  return {verdict, told.ok() ? verdict_told : told};
}

AuditedVerdict AuditKeeper::write(Installer& installer,
                                  std::uint32_t offset,
                                  Bytes bytes,
                                  Instant now) noexcept {
  AuditEntry entry = download_entry(installer, record_);
  const bool receiving = installer.receiving();
  const InstallVerdict verdict = installer.write(offset, bytes);
  const bool ended = receiving && !installer.receiving();
  return {verdict, ended ? judged(entry, verdict, now) : Status{}};
}

AuditedVerdict AuditKeeper::finish(Installer& installer, Instant now) noexcept {
  AuditEntry entry = download_entry(installer, record_);
  return finished(installer, entry, installer.finish(), now);
}

AuditedVerdict AuditKeeper::finish(Installer& installer,
                                   const Hash256& file,
                                   Instant now) noexcept {
  AuditEntry entry = download_entry(installer, record_);
  return finished(installer, entry, installer.finish(file), now);
}

AuditedVerdict AuditKeeper::finished(Installer& installer,
                                     AuditEntry& entry,
                                     const InstallVerdict& verdict,
                                     Instant now) noexcept {
  Status told = judged(entry, verdict, now);
  if (verdict.ok()) {
    entry.kind = AuditKind::kInstall;
    const Status installed = append(entry, now);
    told = told.ok() ? installed : told;
  } else if (told.ok() && entry.slot != kNotStated) {
    (void)installer.set_told(installer.type(), entry.slot);  // or the slot holds no return
  }
  return {verdict, told};
}

Status AuditKeeper::judged(AuditEntry& entry, const InstallVerdict& verdict, Instant now) noexcept {
  entry.kind = AuditKind::kVerdict;
  entry.code = verdict_code(verdict.fault, verdict.image);
  const Status told = append(entry, now);
  entry.code = 0;
  return told;
}

/// Whether the newest of what the log says of the image's trials is that one began.
bool AuditKeeper::trial_is_open(const ImageId& image) const noexcept {
  std::array<std::byte, kAuditSealBytes> frame;  // NOLINT(*-member-init): filled by the log
  store::FrameCursor cursor;
  bool open = false;
  while (log_.log().advance(cursor, frame).ok()) {
    const Result<AuditEntry> entry = decode_entry(Bytes(frame).first(cursor.length));
    if (entry.ok() && entry->id == image) {
      open = entry->kind == AuditKind::kTrial ||
             (open && entry->kind != AuditKind::kConfirm && entry->kind != AuditKind::kReturn);
    }
  }
  return open;
}

Status AuditKeeper::tell_installed(ImageType type, std::uint8_t slot, Instant now) noexcept {
  const SlotRecord& image = record_.state().of(type).slot[slot];
  std::array<std::byte, kAuditSealBytes> frame;  // NOLINT(*-member-init): filled by the log
  store::FrameCursor cursor;
  bool offered = false;
  while (log_.log().advance(cursor, frame).ok()) {
    const Result<AuditEntry> entry = decode_entry(Bytes(frame).first(cursor.length));
    if (entry.ok() && entry->id == image.id) {
      if (entry->kind == AuditKind::kInstall || entry->kind == AuditKind::kTrial ||
          entry->kind == AuditKind::kRecovery) {
        return {};
      }
      offered = offered || entry->kind == AuditKind::kOffer;
    }
  }
  AuditEntry entry;
  entry.kind = offered ? AuditKind::kInstall : AuditKind::kRecovery;
  entry.type = static_cast<std::uint8_t>(type);
  entry.slot = slot;
  entry.version = image.version;
  entry.id = image.id;
  return append(entry, now);
}

Status AuditKeeper::tell_confirmed(Instant now) noexcept {
  Status status;
  for (const ImageType type : {ImageType::kFirmware, ImageType::kModel}) {
    const SlotPair& pair = record_.state().of(type);
    const SlotRecord& image = pair.slot[pair.active];
    if (image.state != SlotState::kConfirmed || !trial_is_open(image.id)) {
      continue;
    }
    AuditEntry entry;
    entry.kind = AuditKind::kConfirm;
    entry.type = static_cast<std::uint8_t>(type);
    entry.slot = pair.active;
    entry.version = image.version;
    entry.id = image.id;
    const Status told = append(entry, now);
    status = status.ok() ? told : status;
  }
  return status;
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
