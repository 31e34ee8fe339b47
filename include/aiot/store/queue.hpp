// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/store/frame_log.hpp"

namespace aiot::store {

/// Where a stream keeps its records and what it does when they fill the region. A region of size 0:
/// the stream is not used.
struct StreamConfig {
  hal::FlashRegion region{};
  OnFull on_full = OnFull::kDropOldest;
};

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

/// A reader's place in a stream. A default one starts at the oldest unacknowledged entry; so does
/// one whose next entry has been acknowledged meanwhile.
struct ReadCursor {
  std::uint64_t next = 0;  ///< sequence of the next entry's first record
  FrameCursor frame{};
};

/// What a stream holds and what became of its records.
struct StreamStats {
  std::uint64_t next_sequence = 0;         ///< records accepted ever
  std::uint64_t first_unacknowledged = 0;  ///< records acknowledged ever, gaps included
  std::uint64_t oldest_sequence = 0;       ///< no record below this is in the store any more
  std::uint32_t dropped = 0;  ///< lost to eviction: since mount, and those a gap showed at mount
  std::uint32_t refused = 0;  ///< pushes that returned `kNoSpace` since mount
  std::uint32_t sectors = 0;  ///< of the stream's region
  std::uint32_t used_sectors = 0;  ///< of them hold records or acknowledgements
  std::uint32_t bad_sectors = 0;   ///< could not be erased or programmed since mount
  std::uint32_t erase_count = 0;   ///< of the newest sector
};

/// Store and forward: one ring of sectors a stream, in order within it, at least once. The identity
/// of a record is (device, stream, sequence); sequences start at 0, count up by one a record and
/// never restart, also when the ring was emptied or has wrapped.
///
/// *Accepted* = `push` or `sync` returned OK: from then on a power cut at any flash operation does
/// not lose the record. It leaves the store only when acknowledged, or evicted by its own stream
/// (`kDropOldest`), which the reader sees as a gap entry. A stream never touches another's sectors.
///
/// RAM: this object; no buffers of its own. Stack: about 700 bytes.
class Queue {
 public:
  Queue() noexcept = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  /// `streams[i]` is stream i; streams behind the span are not used. Regions do not overlap
  /// (`hal::check` of the flash map). Reads only; see `FrameLog::mount` for its errors. A failed
  /// mount leaves the queue unmounted.
  Status mount(hal::FlashRef flash, std::span<const StreamConfig> streams) noexcept;

  /// Makes every used stream empty, whatever its region held; `mount` afterwards. Errors: `kIo`,
  /// and those of the geometry as in `FrameLog::mount`.
  static Status format(hal::FlashRef flash, std::span<const StreamConfig> streams) noexcept;

  /// Appends a record and makes it durable: `append` and `sync`. Errors: as these.
  Status push(Stream stream, Bytes record) noexcept;

  /// Appends a record; it is accepted when the next `sync` returns OK.
  /// Errors: `kInvalidArgument` empty; `kNoSpace` longer than `max_record`, or the stream is full
  /// and refuses, nothing has changed; `kIo`; `kUnsupported` the stream is not used; `kWrongState`
  /// not mounted.
  Status append(Stream stream, Bytes record) noexcept;

  /// Group commit: all records appended so far are accepted. Errors: `kIo`, `kWrongState`.
  Status sync() noexcept;

  /// The entry at the cursor, which moves behind it: records from the oldest unacknowledged on, and
  /// gaps where records were evicted or have become unreadable.
  /// Errors: `kEmpty` nothing more now; `kNoSpace` `buffer` is smaller than the record, the cursor
  /// stays; `kIo`; `kUnsupported` the stream is not used; `kWrongState` not mounted.
  Result<Entry> read(Stream stream, ReadCursor& cursor, MutableBytes buffer) const noexcept;

  /// The consumer has stored the stream up to and with `last`, gaps included, by the batch `hash`.
  /// Durable at OK. A `last` that was acknowledged before changes nothing and is OK.
  /// Errors: `kOutOfRange` `last` was never pushed; `kNoSpace` more acknowledgements than records
  /// in a full stream that refuses; `kIo`; `kUnsupported`; `kWrongState`.
  Status acknowledge(Stream stream, std::uint64_t last, const BatchHash& hash) noexcept;

  /// Sequence of the oldest entry that is not acknowledged; `next_sequence` when there is none.
  [[nodiscard]] std::uint64_t first_unacknowledged(Stream stream) const noexcept;

  /// Hash of the last acknowledged batch; zeros before the first.
  [[nodiscard]] BatchHash acknowledged_hash(Stream stream) const noexcept;

  /// The newest record of the stream, acknowledged or not: it stays readable until a newer one is
  /// there. Errors: `kEmpty` none ever; `kNoSpace` `buffer` is smaller; `kCorrupt` it has become
  /// unreadable; `kIo`; `kUnsupported`; `kWrongState`.
  Result<Entry> last_record(Stream stream, MutableBytes buffer) const noexcept;

  /// The sequence that the next record of the stream gets; 0 for a stream that is not used.
  [[nodiscard]] std::uint64_t next_sequence(Stream stream) const noexcept;

  /// Longest record in bytes; 0 for a stream that is not used.
  [[nodiscard]] std::uint32_t max_record(Stream stream) const noexcept;

  [[nodiscard]] bool used(Stream stream) const noexcept;

  /// Idle work: prepares an erased spare sector for one stream, at most one erase a call, so that
  /// no push needs to. True when there was something to do. Errors: `kIo`, `kWrongState`.
  Result<bool> service() noexcept;

  [[nodiscard]] StreamStats stats(Stream stream) const noexcept;

 private:
  struct Lane {
    FrameLog log;
    std::uint64_t accepted = 0;        // sequences below this survive; readers see no others
    std::uint32_t dropped_before = 0;  // the gap that mount found
    std::uint32_t refused = 0;
  };

  Result<Lane*> lane(Stream stream) noexcept;
  Result<const Lane*> lane(Stream stream) const noexcept;
  const Lane* find(Stream stream) const noexcept;

  std::array<Lane, kStreams> lanes_;
  bool mounted_ = false;
};

}  // namespace aiot::store
