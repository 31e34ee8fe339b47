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

namespace format {
enum class FrameKind : std::uint8_t;
struct Layout;
struct SectorInfo;
}  // namespace format

/// What an append does when the next sector of the ring still holds protected frames.
enum class OnFull : std::uint8_t {
  kDropOldest,    ///< erase it: the newest frames win
  kRefuseNewest,  ///< `kNoSpace`: nothing that was accepted is given up
};

/// A small value that travels with the log: the newest one is always found again by `mount`.
using LogState = std::array<std::byte, 24>;

/// A frame that was read; `payload` points into the caller's buffer.
struct Frame {
  std::uint64_t sequence = 0;
  Bytes payload;
};

/// A place in the log. A default one stands before the oldest frame.
struct FrameCursor {
  std::uint64_t sequence = 0;  ///< frames below this are skipped; one above the last frame read
  std::uint64_t expected = 0;  ///< sequence of the next frame at this place if none is damaged
  std::uint32_t sector = 0;    ///< sector sequence of the place; 0: not looked up yet
  std::uint32_t offset = 0;    ///< in the sector; 0: before its header
};

/// Frames {length, sequence, crc32, payload} in a ring of erasable sectors: the only code that
/// makes flash writes atomic. Works on NOR whose bits can be cleared again and on write-once units
/// of up to 32 bytes, with or without ECC. Layout: SPEC, "Frame log".
///
/// After a power cut at any operation `mount` finds every frame whose `append` and `sync` returned;
/// a frame whose append was cut is there completely or not at all. `mount` only reads. Sequences
/// count up by one per frame and never restart while one sector of the ring is readable, and the
/// newest one at least in one frame (its header may be damaged).
///
/// Not copyable: two objects on one region would overwrite each other.
class FrameLog {
 public:
  static constexpr std::uint32_t kFormatVersion = 1;
  static constexpr std::uint32_t kMinSectors = 3;      ///< head, newest full one, erased spare
  static constexpr std::uint32_t kMaxPayload = 16383;  ///< bytes; a sector may hold less
  static constexpr std::uint32_t kMaxProgram = 32;     ///< largest write granule, bytes

  FrameLog() noexcept = default;
  FrameLog(const FrameLog&) = delete;
  FrameLog& operator=(const FrameLog&) = delete;

  /// Finds the newest end of the log in `region` of `flash`; reads only. A blank region is an empty
  /// log. Torn or damaged frames and sectors are skipped and counted.
  /// Reads: at most log2(sectors)+3 sector headers and one sector, when no sector is damaged.
  /// Errors: `kInvalidArgument` the region is not whole sectors, has fewer than `kMinSectors`, or
  /// was written with another geometry; `kUnsupported` a geometry this log can not use, or a newer
  /// format; `kCorrupt` the region holds something else (see `format`); `kIo` no sector can be
  /// read.
  Status mount(hal::FlashRef flash, hal::FlashRegion region, OnFull on_full) noexcept;

  /// Makes the region an empty log, whatever it held: erases every sector that is not blank.
  /// Sequences start at 0. `mount` afterwards. Errors: as `mount`; `kIo`.
  static Status format(hal::FlashRef flash, hal::FlashRegion region) noexcept;

  void unmount() noexcept { flash_.reset(); }

  [[nodiscard]] bool mounted() const noexcept { return flash_.has_value(); }

  /// Appends one frame, completely or not at all; it survives a power cut after the next `sync`.
  /// Erases only when no spare is ready (see `service`).
  /// Errors: `kInvalidArgument` empty; `kNoSpace` longer than `max_payload`, or full and
  /// `kRefuseNewest`; `kIo` the flash failed (also in the next sector); `kWrongState` not mounted.
  Status append(Bytes payload) noexcept;

  /// Replaces the state, as atomically as a frame. Never needs room that protected frames occupy as
  /// long as at least one frame is released per state written. Errors: as `append`.
  Status set_state(const LogState& state) noexcept;

  /// The newest state; zeros before the first.
  [[nodiscard]] const LogState& state() const noexcept { return state_; }

  /// Everything appended so far survives from here. Errors: `kIo`, `kWrongState`.
  Status sync() noexcept;

  /// Frames from `sequence` on are still needed; those below may be erased at any time.
  void protect_from(std::uint64_t sequence) noexcept {
    protected_from_ = sequence;
    look_again();
  }

  [[nodiscard]] std::uint64_t protected_from() const noexcept { return protected_from_; }

  /// The next frame at or behind the cursor, in order; damaged ones are skipped (the sequence shows
  /// it). On success the cursor stands behind the frame, on an error it did not pass it.
  /// Errors: `kEmpty` at the end; `kNoSpace` `buffer` is smaller than the frame; `kIo`;
  /// `kWrongState` not mounted.
  Result<Frame> read(FrameCursor& cursor, MutableBytes buffer) const noexcept;

  /// The newest frame, protected or not: it is never erased before a newer one is written.
  /// Errors: `kEmpty`, `kNoSpace`, `kCorrupt` it has become unreadable, `kIo`, `kWrongState`.
  Result<Frame> last(MutableBytes buffer) const noexcept;

  /// Idle work: prepares the erased spare sector, at most one erase a call, so that `append` does
  /// not need to. True when there was something to do. Errors: `kIo`, `kWrongState`.
  Result<bool> service() noexcept;

  /// Longest payload in bytes that `append` takes.
  [[nodiscard]] std::uint32_t max_payload() const noexcept;

  /// The sequence that the next frame gets.
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_sequence_; }

  /// No frame below this is in the log any more.
  [[nodiscard]] std::uint64_t oldest_sequence() const noexcept { return oldest_sequence_; }

  [[nodiscard]] std::uint32_t sectors() const noexcept { return sectors_; }

  /// Sectors of the ring that hold frames now.
  [[nodiscard]] std::uint32_t used_sectors() const noexcept;

  /// Protected frames that were erased since `mount` (`kDropOldest`).
  [[nodiscard]] std::uint32_t dropped() const noexcept { return dropped_; }

  /// Sectors that could not be erased or programmed since `mount`.
  [[nodiscard]] std::uint32_t bad_sectors() const noexcept { return bad_sectors_; }

  /// How often the newest sector has been erased; the ring keeps the others within one of it.
  [[nodiscard]] std::uint32_t erase_count() const noexcept { return erase_count_; }

 private:
  struct Walk;
  struct Found;
  struct Ring;

  format::Layout layout() const noexcept;
  std::uint32_t address(std::uint32_t sector) const noexcept;
  Status configure(hal::FlashRef flash, hal::FlashRegion region) noexcept;

  void read_header(std::uint32_t index, format::SectorInfo& info) const noexcept;
  bool read_open(std::uint32_t sector, format::SectorInfo& info) const noexcept;
  Status find_first(Ring& ring) const noexcept;
  std::uint32_t search_head(Ring& ring, std::uint32_t newest) const noexcept;
  Result<std::uint32_t> look_ahead(Ring& ring, std::uint32_t newest) const noexcept;
  Status find_head(Ring& ring) const noexcept;
  std::uint64_t find_oldest() const noexcept;
  std::uint32_t lowest_sector() const noexcept;
  void scan_head(const format::SectorInfo& info) noexcept;
  void rescue_head() noexcept;
  void find_last() noexcept;
  void take_records(Walk& walk, LogState* state) noexcept;

  bool next_frame(Walk& walk, Found& found, MutableBytes buffer) const noexcept;
  bool frame_here(const Walk& walk, Bytes seen, Found& found, MutableBytes buffer) const noexcept;
  bool frame_valid(std::uint32_t sector,
                   const Found& found,
                   Bytes seen,
                   MutableBytes buffer) const noexcept;
  void seek(FrameCursor& cursor) const noexcept;
  Result<Frame> at_end() const noexcept;

  Status write(format::FrameKind kind, Bytes payload) noexcept;
  Status write_frame(format::FrameKind kind, Bytes payload) noexcept;
  Status give_up(format::FrameKind kind) noexcept;
  Status program(std::uint32_t offset, Bytes bytes) noexcept;
  Status program_units(std::uint32_t offset, Bytes bytes) noexcept;
  std::uint64_t next_kept(std::uint32_t sector) const noexcept;
  bool needs_eviction(std::uint32_t sector) const noexcept;
  bool may_open(std::uint32_t sector) const noexcept;
  bool room_for_states(std::uint32_t head) const noexcept;
  bool is_blank(std::uint32_t sector) const noexcept;
  Status prepare(std::uint32_t sector) noexcept;
  Status open_sector(std::uint32_t sector, const LogState& state) noexcept;
  Status open_next(format::FrameKind kind, const LogState& state) noexcept;

  enum class Spare : std::uint8_t {
    kUnknown,
    kReady,
    kFailed,
    kWaits,  // its place holds frames that are to stay, as far as is known
  };

  /// What may become the spare has changed.
  void look_again() noexcept { spare_ = spare_ == Spare::kWaits ? Spare::kUnknown : spare_; }

  std::optional<hal::FlashRef> flash_;
  std::uint32_t base_ = 0;  // of the region on the device
  std::uint32_t sector_bytes_ = 0;
  std::uint32_t sectors_ = 0;
  std::uint32_t window_ = 0;  // programs do not cross multiples of this
  // A sector's sequence counts how often one was opened, retired ones included; its place in the
  // ring is sequence % sectors_, so 0 is never used and stands for "none".
  std::uint32_t head_ = 0;         // newest sector
  std::uint32_t head_offset_ = 0;  // in it, where the next frame goes
  std::uint32_t last_sector_ = 0;  // place of the newest frame
  std::uint32_t last_offset_ = 0;
  std::uint32_t rescued_ =
      0;  // sector whose header is damaged and whose frames were found; 0: none
  std::uint32_t erase_count_ = 0;
  std::uint32_t spare_erase_count_ = 0;
  std::uint32_t dropped_ = 0;
  std::uint32_t bad_sectors_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t oldest_sequence_ = 0;
  std::uint64_t protected_from_ = 0;
  std::uint64_t rescued_first_ = 0;  // sequence of its first readable frame
  LogState state_{};
  std::uint8_t granule_ = 0;
  std::byte erased_{0xFF};
  bool reprogram_ = true;
  Spare spare_ = Spare::kUnknown;  // the sector after the head: erased, marked, unused?
  OnFull on_full_ = OnFull::kDropOldest;
};

}  // namespace aiot::store
