// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/store/frame_log.hpp"

namespace aiot::store {

enum class EntryKind : std::uint8_t {
  kRecord,  ///< one record; first == last
  kGap,     ///< records [first, last] are not in the store any more and were never acknowledged
};

/// What a reader sees of a stream, in order and without holes: gaps are entries too.
struct Entry {
  EntryKind kind = EntryKind::kRecord;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  Bytes payload;  ///< of a record; points into the caller's buffer
};

/// A reader's place in a stream; `sequence` is that of the next entry's first record. A default one
/// starts at the oldest unacknowledged entry; so does one whose next entry has been acknowledged
/// meanwhile.
using ReadCursor = FrameCursor;

/// One stream of records on a frame log: what is accepted, what is acknowledged, and gaps for what
/// was lost between. The identity of a record is (device, stream, sequence); sequences start at 0,
/// count up by one a record and never restart, also when the ring was emptied or has wrapped.
///
/// *Accepted* = `sync` returned OK after the `append`: from then on a power cut at any flash
/// operation does not lose the record. It leaves the store only when acknowledged, evicted
/// (`kDropOldest`) or given up by its owner, which the reader sees as a gap entry.
///
/// The acknowledged cursor, the hash of the acknowledged batch and the number of records lost so
/// far travel as the log's state: they are found again by `mount`.
class StreamLog {
 public:
  StreamLog() noexcept = default;
  StreamLog(const StreamLog&) = delete;
  StreamLog& operator=(const StreamLog&) = delete;

  /// Reads only. Errors: as `FrameLog::mount`.
  Status mount(hal::FlashRef flash, const hal::FlashRegion& region, OnFull on_full) noexcept;

  /// Appends a record; it is accepted when the next `sync` returns OK. Errors: as
  /// `FrameLog::append`.
  Status append(Bytes record) noexcept { return log_.append(record); }

  /// Group commit: all records appended so far are accepted. Errors: `kIo`, `kWrongState`.
  Status sync() noexcept;

  /// The device was synced by somebody else: `sync` without the call.
  void synced() noexcept {
    log_.synced();
    accepted_ = log_.next_sequence();
  }

  /// The entry at the cursor, which moves behind it: records from the oldest unacknowledged on, and
  /// gaps where records were evicted, given up or have become unreadable. With a buffer that has
  /// room for the next frame's header too (`FrameLog::read`) a record costs one read.
  /// Errors: `kEmpty` nothing more now, or not mounted; `kNoSpace` `buffer` is smaller than the
  /// record, the cursor stays; `kIo`.
  Result<Entry> read(ReadCursor& cursor, MutableBytes buffer) const noexcept;

  /// The consumer has stored the stream up to and with `last`, gaps included, by the batch `hash`.
  /// Durable at OK. A `last` that was acknowledged before changes nothing and is OK.
  /// Errors: `kOutOfRange` `last` was never accepted; `kNoSpace` no room in a full stream that
  /// refuses: acknowledge more, up to then these records show as a gap and count as lost, for the
  /// consumer has them; `kIo`.
  Status acknowledge(std::uint64_t last, const BatchHash& hash) noexcept;

  /// Records below `sequence` that are not acknowledged yet become a gap; their sectors may be
  /// overwritten. Not remembered by the flash as long as they are not.
  void give_up_below(std::uint64_t sequence) noexcept;

  /// Every sequence below this one is acknowledged.
  [[nodiscard]] std::uint64_t first_unacknowledged() const noexcept { return acknowledged_; }

  /// No record below this is read any more.
  [[nodiscard]] std::uint64_t first_kept() const noexcept {
    return std::max(log_.protected_from(), log_.oldest_sequence());
  }

  /// Records that left the stream unacknowledged since it was formatted; what is now a gap
  /// included. Records that have become unreadable show as gaps but are not counted.
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_ + first_kept() - acknowledged_; }

  /// Hash of the last acknowledged batch; zeros before the first.
  [[nodiscard]] BatchHash acknowledged_hash() const noexcept;

  [[nodiscard]] std::uint64_t accepted() const noexcept { return accepted_; }

  [[nodiscard]] const FrameLog& log() const noexcept { return log_; }

  void set_stamp(std::uint32_t stamp) noexcept { log_.set_stamp(stamp); }

  Result<bool> service() noexcept { return log_.service(); }

  void unmount() noexcept { log_.unmount(); }

 private:
  FrameLog log_;
  std::uint64_t accepted_ = 0;      // sequences below this survive; readers see no others
  std::uint64_t acknowledged_ = 0;  // sequences below this are
  std::uint32_t lost_ = 0;          // of those below `acknowledged_`
};

}  // namespace aiot::store
