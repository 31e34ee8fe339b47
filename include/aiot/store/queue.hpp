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
#include "aiot/store/stream_log.hpp"

namespace aiot::store {

/// What a stream keeps at most; 0: no limit of its own. The region is the limit in any case.
/// Records above the limits of number and bytes are dropped or refused as the stream's policy says;
/// those above the age are dropped always. All of them show as gaps.
struct Retention {
  std::uint32_t max_records = 0;  ///< unacknowledged ones
  /// Of flash that they occupy, in whole sectors, at least two; a stream that refuses may take one
  /// sector more.
  std::uint32_t max_bytes = 0;
  std::uint32_t max_age_s = 0;  ///< seconds (see `Queue::service`), in whole sectors
};

/// What a stream does when it has much to keep.
struct StreamPolicy {
  OnFull on_full = OnFull::kDropOldest;
  Retention retention{};
};

/// Where a stream keeps its records, and its policy. A region of size 0: the stream is not used.
struct StreamConfig {
  hal::FlashRegion region{};
  OnFull on_full = OnFull::kDropOldest;
  Retention retention{};
};

/// What a stream holds and what became of its records: acknowledged, dropped, or still stored. What
/// became unreadable, or was appended, never synced and lost in a cut, shows as a gap and is in no
/// count.
struct StreamStats {
  std::uint64_t next_sequence = 0;         ///< records accepted ever
  std::uint64_t first_unacknowledged = 0;  ///< records acknowledged ever, gaps included
  std::uint64_t oldest_sequence = 0;       ///< no record below this is in the store any more
  std::uint64_t dropped = 0;       ///< accepted, but gone before they were acknowledged; ever
  std::uint32_t refused = 0;       ///< pushes that returned `kNoSpace` since mount
  std::uint32_t thinned = 0;       ///< pushes that returned `kWouldBlock` since mount
  std::uint32_t sectors = 0;       ///< of the stream's region
  std::uint32_t used_sectors = 0;  ///< of them hold records or acknowledgements
  std::uint32_t bad_sectors = 0;   ///< could not be erased or programmed since mount
  std::uint32_t erase_count = 0;   ///< of the newest sector
};

/// Store and forward: one ring of sectors a stream (`StreamLog`), and what each stream keeps. A
/// stream never touches another's sectors.
///
/// RAM: this object, at most 256 bytes a stream; no buffers of its own. Stack: about 700 bytes.
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
  /// and refuses, nothing has changed; `kWouldBlock` the stream is being thinned out and this
  /// record is one of those that it leaves out: do not offer it again; `kIo`; `kUnsupported` the
  /// stream is not used; `kWrongState` not mounted.
  Status append(Stream stream, Bytes record) noexcept;

  /// Group commit: all records appended so far are accepted. Errors: `kIo`, `kWrongState`.
  Status sync() noexcept;

  /// See `StreamLog::read`. Errors also: `kUnsupported` the stream is not used.
  Result<Entry> read(Stream stream, ReadCursor& cursor, MutableBytes buffer) const noexcept;

  /// See `StreamLog::acknowledge`; what was appended to any stream before is accepted with it.
  /// Errors also: `kUnsupported` the stream is not used.
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

  /// Idle work: drops what has become too old, and prepares a spare sector for one stream, at most
  /// one erase a call, so that no push needs to. True when there was a spare to prepare.
  ///
  /// `now_s`: seconds since any moment. Only the steps between two calls make records older: not
  /// time without power, and not steps back or of more than a week, which are a clock that was set.
  /// Errors: `kIo`, `kWrongState`.
  Result<bool> service(std::uint32_t now_s) noexcept;

  [[nodiscard]] StreamStats stats(Stream stream) const noexcept;

 private:
  struct Lane {
    StreamLog stream;
    Retention keep{};
    OnFull on_full = OnFull::kDropOldest;
    bool thin = false;             // the next record is left out
    std::uint32_t tail = 0;        // sector of the first kept record
    std::uint32_t tail_until = 0;  // stamp of the sector behind it
    std::uint64_t tail_end = 0;    // first sequence of that sector; 0: not looked up
    std::uint32_t last_s = 0;      // when the newest record came
    std::uint32_t refused = 0;
    std::uint32_t thinned = 0;

    void follow() noexcept;
    std::uint32_t used() noexcept;
    std::uint32_t most() const noexcept;
    bool filled(std::uint32_t quarters) noexcept;
    void limit() noexcept;
    void expire(std::uint32_t now_s) noexcept;
  };

  Result<Lane*> lane(Stream stream) noexcept;
  const Lane* find(Stream stream) const noexcept;

  std::array<Lane, kStreams> lanes_;
  std::uint32_t clock_s_ = 0;     // what sectors are stamped with
  std::uint32_t last_now_s_ = 0;  // of the last `service`
  bool clock_known_ = false;
  bool mounted_ = false;
};

}  // namespace aiot::store
