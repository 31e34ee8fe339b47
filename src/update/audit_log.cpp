// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/audit_log.hpp"

#include <algorithm>
#include <cstring>

#include "audit_format.hpp"

namespace aiot::update {

using audit::Buffer;

namespace {

// Enough for a bad sector, one that a cut has closed, and the next one.
constexpr std::uint32_t kMaxOpenings = 3;

// A seal that finds the next sectors bad comes to know it one by one.
constexpr int kSealAttempts = 3;

Bytes encode(const AuditEntry& entry, std::byte* out) noexcept {
  out[0] = static_cast<std::byte>(entry.kind);
  out[1] = static_cast<std::byte>(entry.type);
  out[2] = static_cast<std::byte>(entry.slot);
  out[3] = std::byte{0};
  store_le32(out + audit::kSequenceAt, entry.sequence);
  store_le32(out + audit::kBootAt, entry.boot);
  store_le32(out + audit::kCodeAt, entry.code);
  store_le64(out + audit::kTimeAt, entry.time_us);
  out[audit::kVersionAt] = static_cast<std::byte>(entry.version.major);
  out[audit::kVersionAt + 1] = static_cast<std::byte>(entry.version.minor);
  store_le16(out + audit::kVersionAt + 2, entry.version.revision);
  store_le32(out + audit::kVersionAt + 4, entry.version.build);
  std::memcpy(out + audit::kIdAt, entry.id.data(), entry.id.size());
  return {out, kAuditEntryBytes};
}

/// All but the MAC.
Bytes encode(const AuditSeal& seal, std::byte* out) noexcept {
  store_le32(out, audit::kSealMark);
  store_le32(out + audit::kNumberAt, seal.number);
  store_le32(out + audit::kFirstAt, seal.first);
  store_le32(out + audit::kNextAt, seal.next);
  store_le32(out + audit::kCompleteAt, seal.complete_from);
  store_le32(out + audit::kKeptAt, seal.kept);
  std::memcpy(out + audit::kKeysAt, seal.keys.data(), seal.keys.size());
  std::memcpy(out + audit::kChainAt, seal.chain.data(), seal.chain.size());
  return {out, audit::kMacAt};
}

}  // namespace

Status AuditLog::mount(hal::FlashRef flash,
                       const hal::FlashRegion& region,
                       hal::KeyStoreRef keys,
                       std::uint32_t known_seal) noexcept {
  keys_ = keys;
  chain_ = {};
  key_set_ = {};
  next_ = sealed_ = 0;
  next_seal_ = kFirstSeal;
  AIOT_TRY(log_.mount(flash, region, store::OnFull::kRefuseNewest));
  Buffer buffer;  // NOLINT(*-member-init): read into before it is used
  store::FrameCursor cursor;
  Status read = log_.advance(cursor, buffer);
  for (; read.ok(); read = log_.advance(cursor, buffer)) {
    take(cursor.sequence - 1, Bytes(buffer).first(cursor.length));
  }
  if (read.error() != Error::kEmpty) {
    log_.unmount();
    return read.error() == Error::kNoSpace ? Error::kCorrupt : read.error();
  }
  next_seal_ = std::max(next_seal_, known_seal + kFirstSeal);
  return {};
}

/// What a frame of the log means for those behind it; `sequence` is the frame log's.
void AuditLog::take(std::uint64_t sequence, Bytes frame) noexcept {
  if (is_seal(frame)) {
    const std::byte* const at = frame.data();
    chain_ = crypto::sha256(frame);
    next_seal_ = load_le32(at + audit::kNumberAt) + 1;
    next_ = sealed_ = load_le32(at + audit::kNextAt);
    std::memcpy(key_set_.data(), at + audit::kKeysAt, key_set_.size());
    const auto back = static_cast<std::uint32_t>(sequence) - load_le32(at + audit::kKeptAt);
    log_.protect_from(sequence - std::min<std::uint64_t>(back, sequence));
    return;
  }
  audit::extend(chain_, frame);
  if (frame.size() == kAuditEntryBytes) {
    next_ = load_le32(&frame[audit::kSequenceAt]) + 1;
    if (frame[0] == static_cast<std::byte>(AuditKind::kKeyChange)) {
      std::memcpy(key_set_.data(), &frame[audit::kIdAt], key_set_.size());
    }
  }
}

/// Openings that a seal leaves behind it: so many sectors may be opened, or go bad, or be closed by
/// a cut, until the next seal. A small log has none to spare: one, that for this seal included.
std::uint32_t AuditLog::openings() const noexcept {
  return std::clamp<std::uint32_t>((log_.sectors() - 1) / 2, 1U, kMaxOpenings);
}

/// What will stay when all these openings were made, from the first seal in it on: so that none of
/// them takes what the newest seal vouches for before there is another seal.
void AuditLog::find_kept(AuditSeal& seal) const noexcept {
  std::uint32_t openings = this->openings();
  if (openings > 1 && !log_.fits(kAuditSealBytes)) {
    ++openings;
  }
  const std::uint32_t sector =
      std::max(log_.ring().next + openings - log_.sectors(), log_.lowest_sector());
  store::FrameCursor cursor{.sequence = log_.start_from(sector).first};
  Buffer buffer;  // NOLINT(*-member-init): read into before it is used
  bool first = cursor.sequence == 0;
  while (log_.advance(cursor, buffer).ok()) {
    const bool begin =
        first && cursor.length == kAuditEntryBytes && load_le32(&buffer[audit::kSequenceAt]) == 0;
    if (is_seal(Bytes(buffer).first(cursor.length)) || begin) {
      seal.kept = static_cast<std::uint32_t>(cursor.sequence - 1);
      seal.complete_from = begin ? 0 : load_le32(&buffer[audit::kNextAt]);
      return;
    }
    first = false;
  }
}

Status AuditLog::write_seal() noexcept {
  const std::uint64_t before = log_.protected_from();
  Error error = Error::kNone;
  for (int i = 0; i < kSealAttempts; ++i) {
    const std::uint64_t sequence = log_.next_sequence();
    AuditSeal seal{.number = next_seal_,
                   .first = sealed_,
                   .next = next_,
                   .complete_from = next_,
                   .kept = static_cast<std::uint32_t>(sequence),
                   .keys = key_set_,
                   .chain = chain_};
    find_kept(seal);
    Buffer frame;  // NOLINT(*-member-init): filled by the next calls
    const Bytes claim = encode(seal, frame.data());
    AIOT_TRY(keys_->mac(hal::KeyId::kDevice, claim, MutableBytes(frame).subspan(audit::kMacAt)));
    log_.protect_from(sequence - (static_cast<std::uint32_t>(sequence) - seal.kept));
    error = log_.append(frame).error();
    if (error == Error::kNone) {
      take(sequence, frame);
      return log_.sync();
    }
    log_.protect_from(before);
    if (error != Error::kNoSpace) {
      break;
    }
  }
  return error;
}

Status AuditLog::append(const AuditEntry& entry) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  // The last room of a sector is for a seal: the next opening may meet a bad sector.
  const bool last_room = openings() > 1 && unsealed() != 0 && log_.fits(kAuditSealBytes) &&
                         !log_.fits(kAuditEntryBytes, kAuditSealBytes);
  if (unsealed() >= kMaxBatch || last_room) {
    (void)write_seal();  // while there is room, entries are worth more than their seals
  }
  std::array<std::byte, kAuditEntryBytes> bytes;  // NOLINT(*-member-init): filled by the next call
  AuditEntry numbered = entry;
  numbered.sequence = next_;
  const Bytes frame = encode(numbered, bytes.data());
  Status status = log_.append(frame);
  if (status.error() == Error::kNoSpace) {
    AIOT_TRY(write_seal());
    status = log_.append(frame);
  }
  AIOT_TRY(status);
  take(0, frame);
  return log_.sync();
}

Result<bool> AuditLog::use_keys(const ImageId& keys,
                                std::uint32_t boot,
                                std::uint64_t time_us) noexcept {
  if (keys == key_set_) {
    return false;
  }
  AuditEntry change;
  change.kind = AuditKind::kKeyChange;
  change.boot = boot;
  change.time_us = time_us;
  change.id = keys;
  AIOT_TRY(append(change));
  return true;
}

Result<std::uint32_t> AuditLog::seal() noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  // A seal that is there may wait for a sync that failed.
  AIOT_TRY(unsealed() != 0 ? write_seal() : log_.sync());
  return newest_seal();
}

}  // namespace aiot::update
