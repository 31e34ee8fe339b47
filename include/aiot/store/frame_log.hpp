// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"

namespace aiot::store {

/// What happens when the next sector of the ring still holds protected frames.
enum class OnFull : std::uint8_t {
  kDropOldest,    ///< they go: the newest frames win
  kRefuseNewest,  ///< `kNoSpace`: nothing that was accepted is given up
  kThinOut,       ///< above 75 % only every second one is taken (`Queue`); when full, drop oldest
};

/// A small value that travels with the log: the newest one is always found again by `mount`.
using LogState = std::array<std::byte, 28>;

/// A frame that was read; `payload` points into the caller's buffer.
struct Frame {
  std::uint64_t sequence = 0;
  Bytes payload;
};

/// A reader's place in the log. A default one stands before the oldest frame; setting `sequence`
/// alone makes it start there. The rest is the log's. `mount` ends all cursors.
struct FrameCursor {
  std::uint64_t sequence = 0;  ///< frames below this are skipped; one above the last frame read
  std::uint64_t expected = 0;  ///< sequence of the next frame at this place if none is damaged
  std::uint64_t limit = ~std::uint64_t{0};  ///< first sequence of the next sector, when known
  std::uint32_t sector = 0;                 ///< sector sequence of the place; 0: not looked up yet
  std::uint32_t offset = 0;                 ///< in the sector; 0: before its header
  std::uint32_t end = 0;                    ///< of the sector's frames
  std::uint32_t used = 0;     ///< behind the last byte of the sector that holds something
  std::uint32_t skipped = 0;  ///< bytes since the last valid frame
  std::uint32_t seed = 0;     ///< of the checksums in this sector
  std::uint16_t length = 0;   ///< of the last frame's payload
  bool record = false;        ///< it is a record, not a state
  bool ahead = false;         ///< `header`, of the next one, was read along with it
  std::array<std::byte, 8> header{};
};

/// Where a sector begins.
struct SectorStart {
  std::uint32_t stamp = 0;  ///< see `FrameLog::set_stamp`
  std::uint64_t first = 0;  ///< sequence of its first frame
};

/// What a `FrameLog` knows of its ring; only it and its parts in src/store look inside.
///
/// A sector's sequence counts how often one was opened, retired ones included; its place in the
/// ring is sequence % sectors, so 0 is never used and stands for "none".
struct Ring {
  std::uint8_t align = 0;         // of frames
  std::uint8_t mark_bytes = 0;    // of the first part of a sector's header
  std::uint8_t header_bytes = 0;  // of all of it; the first frame is here
  std::uint8_t frame_header = 0;  // bytes before a payload
  bool refuses = false;
  bool spare_ready = false;  // the place of `next` is erased and marked
  bool serviced = false;     // nothing to do until something changes
  std::uint8_t opened = 0;   // openings that may not be durable yet
  std::optional<hal::FlashRef> flash;
  hal::FlashGeometry geometry{};
  std::uint32_t base = 0;     // of the region on the device
  std::uint32_t sectors = 0;  // of the region
  std::uint32_t ident = 0;    // of format and geometry, in each sector's mark
  std::uint32_t head = 0;     // newest sector
  std::uint32_t offset = 0;   // in it, where the next frame goes
  std::uint32_t next = 0;     // the sector to open next
  std::uint32_t seed = 0;     // of the head's checksums
  std::uint32_t stamp = 0;
  std::uint32_t bad_sectors = 0;
  std::uint64_t next_sequence = 0;
  std::uint64_t oldest_sequence = 0;
  std::uint64_t protected_from = 0;
  std::uint64_t kept = 0;  // oldest frame that stays when the next sector is opened
  LogState state{};
};

/// Frames {length, checksum, payload} in a ring of sectors: the only code that makes flash writes
/// atomic. Works on NOR whose bits can be cleared again, on write-once units of up to 32 bytes with
/// or without ECC, and on devices that need no erase (files, block devices, FRAM), where nothing is
/// ever erased. Layout: SPEC, "Frame log".
///
/// After a power cut at any operation `mount` finds every frame whose `append` and `sync` returned;
/// a frame whose append was cut is there completely or not at all. `mount` only reads. Sequences
/// count up by one per frame and never restart while the newest sector's header is readable, or on
/// a device that is erased one of its frames.
///
/// Not copyable: two objects on one region would overwrite each other.
class FrameLog {
 public:
  static constexpr std::uint32_t kFormatVersion = 2;
  static constexpr std::uint32_t kMinSectors = 3;     ///< head, newest full one, erased spare
  static constexpr std::uint32_t kMaxPayload = 8191;  ///< bytes; a sector may hold less
  static constexpr std::uint32_t kMaxProgram = 32;    ///< largest write granule, bytes
  static constexpr std::uint32_t kMinSectorBytes = 256;

  FrameLog() noexcept = default;
  FrameLog(const FrameLog&) = delete;
  FrameLog& operator=(const FrameLog&) = delete;

  /// Finds the newest end of the log in `region` of `flash`; reads only. A blank region is an empty
  /// log. Torn or damaged frames and sectors are skipped.
  /// Reads: at most log2(sectors)+3 sector headers and one sector, when no sector is damaged.
  /// Errors: `kInvalidArgument` the region is not whole sectors, has fewer than `kMinSectors` (one
  /// more where nothing is erased), or was written with another geometry; `kUnsupported` a geometry
  /// this log can not use, or another format version; `kCorrupt` the region holds something else
  /// (see `format`); `kIo` no sector can be read.
  Status mount(hal::FlashRef flash, const hal::FlashRegion& region, OnFull on_full) noexcept;

  /// Makes the region an empty log, whatever it held: erases every sector that is not blank.
  /// Sequences start at 0. `mount` afterwards. Errors: as `mount`; `kIo`.
  static Status format(hal::FlashRef flash, const hal::FlashRegion& region) noexcept;

  void unmount() noexcept { ring_ = {}; }

  [[nodiscard]] bool mounted() const noexcept { return ring_.flash.has_value(); }

  /// Appends one frame, completely or not at all; it survives a power cut after the next `sync`.
  /// Erases only when no spare is ready (see `service`).
  /// Errors: `kInvalidArgument` empty; `kNoSpace` longer than `max_payload`, or full and
  /// `kRefuseNewest`; `kIo` the flash failed (also in the next sector); `kWrongState` not mounted.
  Status append(Bytes payload) noexcept;

  /// Replaces the state, as atomically as a frame. Never needs room that protected frames occupy as
  /// long as at least one frame is released per state written, and no cut wastes room meanwhile.
  /// Errors: as `append`.
  Status set_state(const LogState& state) noexcept;

  /// The newest state; zeros before the first.
  [[nodiscard]] const LogState& state() const noexcept { return ring_.state; }

  /// Everything appended so far survives from here. Errors: `kIo`, `kWrongState`.
  Status sync() noexcept;

  /// The device was synced by somebody else: `sync` without the call.
  void synced() noexcept { ring_.opened = 0; }

  /// Frames from `sequence` on are still needed; those below may be overwritten at any time.
  void protect_from(std::uint64_t sequence) noexcept {
    ring_.protected_from = sequence;
    ring_.serviced = false;
  }

  [[nodiscard]] std::uint64_t protected_from() const noexcept { return ring_.protected_from; }

  /// A number of the owner's that each sector opened from now on carries, such as seconds.
  void set_stamp(std::uint32_t stamp) noexcept { ring_.stamp = stamp; }

  /// The stamp: as set, or after `mount` that of the newest sector; 0 in an empty log.
  [[nodiscard]] std::uint32_t stamp() const noexcept { return ring_.stamp; }

  /// The next frame at or behind the cursor, in order; damaged ones are skipped (the sequence shows
  /// it). On success the cursor stands behind the frame, on an error it did not pass it. Bytes of
  /// `buffer` behind the payload are overwritten: where there is room for it, the next frame's
  /// header is read along, so that a frame costs one read.
  /// Errors: `kEmpty` at the end; `kNoSpace` `buffer` is smaller than the frame; `kIo`;
  /// `kWrongState` not mounted.
  Result<Frame> read(FrameCursor& cursor, MutableBytes buffer) const noexcept;

  /// As `read`; the cursor tells of the frame: it is `cursor.sequence` - 1, its payload the first
  /// `cursor.length` bytes of `buffer`.
  Status advance(FrameCursor& cursor, MutableBytes buffer) const noexcept;

  /// The newest frame, protected or not: it stays while at most one state was written per frame.
  /// Errors: `kEmpty`, `kNoSpace`, `kCorrupt` it has become unreadable, `kIo`, `kWrongState`.
  Result<Frame> last(MutableBytes buffer) const noexcept;

  /// Idle work: prepares the spare sector, at most one erase a call, so that `append` does not need
  /// to. True when there was something to do. Errors: `kIo`, `kWrongState`.
  Result<bool> service() noexcept;

  /// Longest payload in bytes that `append` takes.
  [[nodiscard]] std::uint32_t max_payload() const noexcept;

  /// Whether a frame of `payload` bytes goes into the newest sector (else `append` opens the next),
  /// and one of `behind` bytes behind it; 0: none.
  [[nodiscard]] bool fits(std::uint32_t payload, std::uint32_t behind = 0) const noexcept;

  /// The sequence that the next frame gets.
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return ring_.next_sequence; }

  /// No frame below this is in the log any more.
  [[nodiscard]] std::uint64_t oldest_sequence() const noexcept { return ring_.oldest_sequence; }

  [[nodiscard]] std::uint32_t sectors() const noexcept { return ring_.sectors; }

  [[nodiscard]] std::uint32_t sector_bytes() const noexcept { return ring_.geometry.sector; }

  /// Sector sequence of the newest sector; 0: none.
  [[nodiscard]] std::uint32_t newest_sector() const noexcept {
    return ring_.head < ring_.sectors ? 0 : ring_.head;
  }

  /// Lowest sector sequence that can be in the ring.
  [[nodiscard]] std::uint32_t lowest_sector() const noexcept;

  /// The first readable sector from `sector` on; when there is none, the end of the log.
  [[nodiscard]] SectorStart start_from(std::uint32_t sector) const noexcept;

  /// Sectors that could not be erased or programmed since `mount`.
  [[nodiscard]] std::uint32_t bad_sectors() const noexcept { return ring_.bad_sectors; }

  /// How often the places of the ring have been erased, or overwritten: each so often, or once
  /// less.
  [[nodiscard]] std::uint32_t erase_count() const noexcept {
    return newest_sector() == 0 ? 0 : ring_.head / ring_.sectors;
  }

  /// For the parts of the store that read the ring themselves.
  [[nodiscard]] const Ring& ring() const noexcept { return ring_; }

 private:
  Ring ring_;
};

}  // namespace aiot::store
