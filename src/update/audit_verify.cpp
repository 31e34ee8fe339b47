// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What a reader of the log needs, on the device or elsewhere.

#include <algorithm>
#include <cstring>

#include "aiot/crypto/compare.hpp"
#include "audit_format.hpp"

namespace aiot::update {

using audit::Buffer;

namespace {

/// Checks frames one by one, in the order of the log.
class Verifier {
 public:
  Verifier(std::optional<hal::KeyStoreRef> keys, AuditReport& report) noexcept
      : keys_(keys), report_(&report) {}

  bool genuine(Bytes seal) const noexcept;

  /// Faults before this entry are none: what was there is being given up.
  void set_promise(std::uint32_t entry) noexcept { promise_ = entry; }

  void frame(Bytes frame) noexcept;
  void finish(std::uint32_t known_seal) noexcept;
  void fault(AuditFault fault, std::uint32_t at, std::uint32_t place) noexcept;

 private:
  void seal(Bytes frame) noexcept;
  void entry(Bytes frame) noexcept;

  std::optional<hal::KeyStoreRef> keys_;
  AuditReport* report_;
  Hash256 chain_{};
  std::uint32_t promise_ = 0;
  std::uint32_t next_ = 0;  // entry
  std::uint32_t number_ = kFirstSeal;
  bool based_ = false;  // what comes next is known
  bool any_ = false;
};

bool Verifier::genuine(Bytes seal) const noexcept {
  std::array<std::byte, kAuditMacBytes> mac;  // NOLINT(*-member-init): filled by the next call
  return !keys_ || (keys_->mac(hal::KeyId::kDevice, seal.first(audit::kMacAt), mac).ok() &&
                    crypto::equal_constant_time(mac, seal.subspan(audit::kMacAt)));
}

/// `place`: an entry; whether the log has to be good there is the question.
void Verifier::fault(AuditFault fault, std::uint32_t at, std::uint32_t place) noexcept {
  based_ = false;
  if (place >= promise_ && report_->fault == AuditFault::kNone) {
    report_->fault = fault;
    report_->at = at;
  }
}

void Verifier::seal(Bytes frame) noexcept {
  const AuditSeal seal = *decode_seal(frame);
  ++report_->seals;
  report_->newest_seal = seal.number;
  report_->unsealed = 0;
  if (!genuine(frame)) {
    fault(AuditFault::kSealForged, seal.number, next_ - 1);
    return;
  }
  if (based_) {
    if (seal.number != number_) {
      fault(AuditFault::kSealLost, number_, next_ - 1);
    } else if (seal.next != next_) {
      fault(AuditFault::kEntryLost, std::min(next_, seal.next), next_ - 1);
    } else if (seal.chain != chain_) {
      fault(AuditFault::kEntryAltered, seal.number, next_ - 1);
    }
  }
  if (!based_ && report_->fault == AuditFault::kNone) {
    report_->complete_from = seal.next;
    report_->unchecked = report_->entries;
  }
  based_ = true;
  chain_ = crypto::sha256(frame);
  next_ = seal.next;
  number_ = seal.number + 1;
}

void Verifier::entry(Bytes frame) noexcept {
  const std::uint32_t sequence = load_le32(&frame[audit::kSequenceAt]);
  based_ = based_ || (!any_ && sequence == 0);
  ++report_->entries;
  ++report_->unsealed;
  if (based_ && sequence != next_) {
    fault(AuditFault::kEntryLost, next_, next_);
  }
  audit::extend(chain_, frame);
  next_ = sequence + 1;
}

void Verifier::frame(Bytes frame) noexcept {
  if (is_seal(frame)) {
    seal(frame);
  } else if (frame.size() == kAuditEntryBytes) {
    entry(frame);
  } else {
    fault(AuditFault::kStrange, next_, next_);
  }
  any_ = true;
}

void Verifier::finish(std::uint32_t known_seal) noexcept {
  if (any_ && (!based_ || report_->complete_from > promise_)) {
    fault(AuditFault::kBeginLost, promise_, promise_);
  }
  if (report_->newest_seal < known_seal) {
    fault(AuditFault::kEndLost, known_seal, promise_);
  }
}

}  // namespace

bool is_seal(Bytes frame) noexcept {
  return frame.size() == kAuditSealBytes && load_le32(frame.data()) == audit::kSealMark;
}

Result<AuditEntry> decode_entry(Bytes frame) noexcept {
  if (frame.size() != kAuditEntryBytes) {
    return Error::kCorrupt;
  }
  const std::byte* const at = frame.data();
  AuditEntry entry{.kind = static_cast<AuditKind>(at[0]),
                   .type = std::to_integer<std::uint8_t>(at[1]),
                   .slot = std::to_integer<std::uint8_t>(at[2]),
                   .sequence = load_le32(at + audit::kSequenceAt),
                   .boot = load_le32(at + audit::kBootAt),
                   .time_us = load_le64(at + audit::kTimeAt),
                   .code = load_le32(at + audit::kCodeAt),
                   .version = {.major = std::to_integer<std::uint8_t>(at[audit::kVersionAt]),
                               .minor = std::to_integer<std::uint8_t>(at[audit::kVersionAt + 1]),
                               .revision = load_le16(at + audit::kVersionAt + 2),
                               .build = load_le32(at + audit::kVersionAt + 4)}};
  std::memcpy(entry.id.data(), at + audit::kIdAt, entry.id.size());
  return entry;
}

Result<AuditSeal> decode_seal(Bytes frame) noexcept {
  if (!is_seal(frame)) {
    return Error::kCorrupt;
  }
  const std::byte* const at = frame.data();
  AuditSeal seal{.number = load_le32(at + audit::kNumberAt),
                 .first = load_le32(at + audit::kFirstAt),
                 .next = load_le32(at + audit::kNextAt),
                 .complete_from = load_le32(at + audit::kCompleteAt),
                 .kept = load_le32(at + audit::kKeptAt)};
  std::memcpy(seal.keys.data(), at + audit::kKeysAt, seal.keys.size());
  std::memcpy(seal.chain.data(), at + audit::kChainAt, seal.chain.size());
  return seal;
}

ImageId key_set_id(std::span<const TrustedKey> keys) noexcept {
  crypto::Sha256 all;
  Hash256 last{};
  // In ascending order without room for all of them: each time the lowest one above the last.
  for (bool more = !keys.empty(); more;) {
    more = false;
    Hash256 lowest{};
    for (const TrustedKey& key : keys) {
      const Hash256 hash = crypto::sha256(key.encoding);
      if (hash > last && (!more || hash < lowest)) {
        lowest = hash;
        more = true;
      }
    }
    if (more) {
      all.update(lowest);
      last = lowest;
    }
  }
  const Hash256 hash = all.finish();
  ImageId id;  // NOLINT(*-member-init): filled by the next call
  std::memcpy(id.data(), hash.data(), id.size());
  return id;
}

AuditReport verify_audit(const store::FrameLog& log,
                         std::optional<hal::KeyStoreRef> keys,
                         std::uint32_t known_seal) noexcept {
  AuditReport report;
  Verifier verifier(keys, report);
  Buffer buffer;  // NOLINT(*-member-init): read into before it is used
  // The newest seal tells from where on the log has to be complete.
  Buffer newest{};
  store::FrameCursor cursor;
  while (log.advance(cursor, buffer).ok()) {
    if (is_seal(Bytes(buffer).first(cursor.length))) {
      newest = buffer;
    }
  }
  if (is_seal(newest)) {
    if (verifier.genuine(newest)) {
      verifier.set_promise(load_le32(&newest[audit::kCompleteAt]));
    } else {
      verifier.fault(AuditFault::kSealForged, load_le32(&newest[audit::kNumberAt]), 0);
    }
  }
  cursor = {};
  Status read = log.advance(cursor, buffer);
  for (; read.ok(); read = log.advance(cursor, buffer)) {
    verifier.frame(Bytes(buffer).first(cursor.length));
  }
  if (read.error() == Error::kNoSpace) {
    verifier.fault(AuditFault::kStrange, report.entries, ~std::uint32_t{0});
  } else if (read.error() != Error::kEmpty) {
    verifier.fault(AuditFault::kRead, report.entries, ~std::uint32_t{0});
  }
  verifier.finish(known_seal);
  return report;
}

}  // namespace aiot::update
