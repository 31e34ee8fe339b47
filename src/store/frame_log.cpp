// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/store/frame_log.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/crc32.hpp"
#include "frame_format.hpp"

namespace aiot::store {

using format::FrameKind;
using format::SectorInfo;
using format::SectorKind;

namespace {

// Read at once when looking for a frame; holds a header and a small record.
constexpr std::size_t kPeekBytes = 96;
// Programs are put together on the stack; larger pages are written in pieces of this.
constexpr std::uint32_t kWindowBytes = 256;
// Sectors in a row that may fail before an append gives up. Few: a device that erases but does not
// program would otherwise lose its content to one append.
constexpr std::uint32_t kMaxBadInARow = 3;
// A log without one open sector is taken for empty when so many headers at most are damaged: more
// than cut erases and a bad sector leave.
constexpr std::uint32_t kMaxDamagedInEmpty = 2;
// Sectors behind the presumed newest one that are looked at before it is believed.
constexpr std::uint32_t kLookAhead = 2;
constexpr std::uint32_t kLookAheadDamaged = 8;

bool valid_geometry(const hal::FlashGeometry& g) noexcept {
  const bool granule =
      g.program != 0 && g.program <= FrameLog::kMaxProgram && (g.program & (g.program - 1)) == 0;
  return granule && g.page != 0 && g.page % g.program == 0 && g.sector % g.page == 0 &&
         (g.page <= kWindowBytes || g.page % kWindowBytes == 0) && g.sector % 4 == 0;
}

}  // namespace

/// Looks for frames from `offset` on.
struct FrameLog::Walk {
  std::uint32_t sector = 0;
  std::uint32_t offset = 0;
  std::uint32_t end = 0;
  std::uint32_t skipped = 0;   // bytes since the last valid frame
  std::uint32_t used_end = 0;  // behind the last byte that is not erased
  std::uint64_t expected = 0;  // sequence of the next frame if none is damaged
};

/// A valid frame.
struct FrameLog::Found {
  format::FrameHeader header{};
  std::uint32_t offset = 0;
  std::uint64_t sequence = 0;
};

/// What `mount` knows about the ring while it looks for its ends.
struct FrameLog::Ring {
  std::uint32_t first_index = 0;  // of the first open sector by place
  SectorInfo first{};
  SectorInfo head{};
  std::optional<std::uint64_t> oldest;  // first frame of the oldest sector

  /// Whether the sector with this header was opened in the same lap as the first one.
  bool in_newest_lap(const SectorInfo& info, std::uint32_t index) const noexcept {
    return info.kind == SectorKind::kOpen && info.sequence - first.sequence == index - first_index;
  }
};

format::Layout FrameLog::layout() const noexcept {
  return format::layout_of(sector_bytes_, sectors_, granule_, erased_);
}

std::uint32_t FrameLog::address(std::uint32_t sector) const noexcept {
  return base_ + sector % sectors_ * sector_bytes_;
}

std::uint32_t FrameLog::max_payload() const noexcept {
  if (!mounted()) {
    return 0;
  }
  const format::Layout l = layout();
  const std::uint32_t room = (sector_bytes_ - l.header_bytes) / l.align * l.align;
  return std::min(room - format::kFrameHeaderBytes, kMaxPayload);
}

std::uint32_t FrameLog::used_sectors() const noexcept {
  return head_ == 0 ? 0 : std::min(head_ - sectors_ + 1, sectors_);
}

Status FrameLog::configure(hal::FlashRef flash, hal::FlashRegion region) noexcept {
  const hal::FlashGeometry g = flash.geometry();
  if (!valid_geometry(g)) {
    return Error::kUnsupported;
  }
  if (region.offset % g.sector != 0 || region.size % g.sector != 0 || region.size > g.size ||
      region.offset > g.size - region.size || region.size / g.sector < kMinSectors) {
    return Error::kInvalidArgument;
  }
  base_ = region.offset;
  sector_bytes_ = g.sector;
  sectors_ = region.size / g.sector;
  window_ = std::min(g.page, kWindowBytes);
  granule_ = static_cast<std::uint8_t>(g.program);
  erased_ = g.erased;
  reprogram_ = g.reprogram;
  if (sector_bytes_ < layout().header_bytes + format::kMinFrameBytes) {
    return Error::kUnsupported;
  }
  flash_ = flash;
  return {};
}

void FrameLog::read_header(std::uint32_t index, SectorInfo& info) const noexcept {
  std::array<std::byte, format::kHeaderBufferBytes> bytes{};
  const format::Layout l = layout();
  info = {};
  if (flash_->read(address(index), MutableBytes{bytes}.first(l.header_bytes)).ok()) {
    format::parse_header(l, index % sectors_, bytes.data(), info);
  }
}

/// False unless this very sector of the ring is open.
bool FrameLog::read_open(std::uint32_t sector, SectorInfo& info) const noexcept {
  if (sector == rescued_) {
    info = {.kind = SectorKind::kOpen, .sequence = sector, .first = rescued_first_};
    return true;
  }
  read_header(sector, info);
  return info.kind == SectorKind::kOpen && info.sequence == sector;
}

/// The first open sector by place. Errors: `kEmpty` there is none and the region is an empty log;
/// those of `mount`.
Status FrameLog::find_first(Ring& ring) const noexcept {
  std::array<std::uint32_t, format::kSectorKinds> count{};
  const auto seen = [&count](SectorKind kind) { return count[static_cast<std::size_t>(kind)]; };
  for (std::uint32_t i = 0; i < sectors_; ++i) {
    read_header(i, ring.first);
    if (ring.first.kind == SectorKind::kOpen) {
      ring.first_index = i;
      return seen(SectorKind::kNewer) == 0 ? Status{} : Status{Error::kUnsupported};
    }
    ++count[static_cast<std::size_t>(ring.first.kind)];
  }
  if (seen(SectorKind::kNewer) != 0) {
    return Error::kUnsupported;
  }
  if (seen(SectorKind::kForeign) != 0) {
    return Error::kInvalidArgument;
  }
  if (seen(SectorKind::kDamaged) <= kMaxDamagedInEmpty) {
    return Error::kEmpty;
  }
  std::array<std::byte, kMaxProgram> probe{};
  for (std::uint32_t i = 0; i < sectors_; ++i) {
    if (flash_->read(address(i), MutableBytes{probe}.first(granule_)).ok()) {
      return Error::kCorrupt;
    }
  }
  return Error::kIo;
}

/// Binary search for the last sector, by place, of the newest lap; starts at `newest`, which is
/// one. Damaged headers say nothing, so the next one is asked.
std::uint32_t FrameLog::search_head(Ring& ring, std::uint32_t newest) const noexcept {
  std::uint32_t end = sectors_;
  while (end - newest > 1) {
    const std::uint32_t middle = newest + (end - newest) / 2;
    SectorInfo info;
    std::uint32_t index = middle;
    for (; index < end; ++index) {
      read_header(index, info);
      if (info.kind != SectorKind::kDamaged) {
        break;
      }
    }
    if (index < end && ring.in_newest_lap(info, index)) {
      newest = index;
      ring.head = info;
    } else {
      end = middle;
    }
  }
  return newest;
}

/// Looks at what follows the presumed head. Normally that is the erased spare and the oldest
/// sector; one retired sector that kept its old header, or a few damaged ones, must not hide newer
/// ones, so in doubt more are read. The place of a newer sector, or `sectors_`. Errors:
/// `kUnsupported` a sector of a newer format.
Result<std::uint32_t> FrameLog::look_ahead(Ring& ring, std::uint32_t newest) const noexcept {
  ring.oldest.reset();
  std::uint32_t ahead = kLookAhead;
  for (std::uint32_t i = 1; i <= ahead; ++i) {
    const std::uint32_t index = newest + i;
    if (index >= sectors_) {
      if (!ring.oldest) {
        ring.oldest = ring.first.first;
      }
      break;
    }
    SectorInfo info;
    read_header(index, info);
    if (info.kind == SectorKind::kNewer) {
      return Error::kUnsupported;
    }
    if (info.kind == SectorKind::kOpen && info.sequence > ring.head.sequence) {
      if (!ring.in_newest_lap(info, index)) {  // the first one was retired laps ago
        ring.first = info;
        ring.first_index = index;
      }
      ring.head = info;
      return index;
    }
    if (info.kind != SectorKind::kOpen) {
      ahead = i > 1 || info.kind == SectorKind::kDamaged ? kLookAheadDamaged : ahead;
    } else if (!ring.oldest && info.sequence == ring.head.sequence + i - sectors_) {
      ring.oldest = info.first;
    }
  }
  return sectors_;
}

Status FrameLog::find_head(Ring& ring) const noexcept {
  ring.head = ring.first;
  std::uint32_t newest = ring.first_index;
  for (;;) {
    AIOT_TRY_ASSIGN(const std::uint32_t newer, look_ahead(ring, search_head(ring, newest)));
    if (newer == sectors_) {
      return {};
    }
    newest = newer;
  }
}

/// The oldest sector of all when those right behind the head did not tell.
std::uint64_t FrameLog::find_oldest() const noexcept {
  SectorInfo info;
  std::uint32_t sector = lowest_sector();
  while (sector < head_ && !read_open(sector, info)) {
    ++sector;
  }
  return sector < head_ ? info.first : oldest_sequence_;
}

/// The lowest sector sequence that can still be in the ring.
std::uint32_t FrameLog::lowest_sector() const noexcept {
  return std::max(head_ + 1 - sectors_, sectors_);
}

/// Takes over the newest record's place, and the newest state when `state` is not null.
void FrameLog::take_records(Walk& walk, LogState* state) noexcept {
  Found found;
  LogState payload{};
  while (next_frame(walk, found, payload)) {
    if (found.header.kind == FrameKind::kRecord) {
      last_sector_ = walk.sector;
      last_offset_ = found.offset;
      last_sequence_ = found.sequence;
    } else if (state != nullptr) {
      *state = payload;
    }
  }
}

/// Frames of the newest sector: where it ends, what comes next, the state.
void FrameLog::scan_head(const SectorInfo& info) noexcept {
  head_ = info.sequence;
  const std::uint32_t start = layout().header_bytes;
  Walk walk{.sector = head_,
            .offset = start,
            .end = sector_bytes_,
            .used_end = start,
            .expected = info.first};
  state_ = info.state;
  erase_count_ = info.erase_count;
  oldest_sequence_ = info.first;
  take_records(walk, &state_);
  next_sequence_ = walk.expected;
  head_offset_ = walk.used_end;
}

/// A damaged header behind the head: a sector whose erasing or opening was cut, or the newest one.
/// Frames tell, for their checksums name the sector, and none is written before it is open. Such a
/// sector is read and closed, so that no sequence is given out twice.
void FrameLog::rescue_head() noexcept {
  const std::uint32_t next = head_ == 0 ? sectors_ : head_ + 1;
  for (std::uint32_t sector = next; sector < next + std::min(kMaxBadInARow, sectors_ - 1);
       ++sector) {
    SectorInfo info;
    read_header(sector, info);
    if (info.kind != SectorKind::kDamaged) {
      return;
    }
    Walk walk{.sector = sector,
              .offset = layout().header_bytes,
              .end = sector_bytes_,
              .skipped = sector_bytes_,  // sequences may have been given up before it was opened
              .expected = next_sequence_};
    Walk probe = walk;
    Found found;
    if (next_frame(probe, found, {})) {
      oldest_sequence_ = head_ == 0 ? found.sequence : oldest_sequence_;
      rescued_ = head_ = sector;
      rescued_first_ = found.sequence;
      take_records(walk, &state_);
      next_sequence_ = walk.expected;
      head_offset_ = sector_bytes_;
      return;
    }
  }
}

/// The newest record when the newest sector has none.
void FrameLog::find_last() noexcept {
  std::uint64_t bound = next_sequence_;
  if (head_ == 0) {
    return;
  }
  for (std::uint32_t sector = head_ - 1; last_sector_ == 0 && sector >= lowest_sector(); --sector) {
    SectorInfo info;
    if (read_open(sector, info) && info.first < bound) {
      Walk walk{.sector = sector,
                .offset = layout().header_bytes,
                .end = sector_bytes_,
                .expected = info.first};
      take_records(walk, nullptr);
      bound = info.first;
    }
  }
}

Status FrameLog::mount(hal::FlashRef flash, hal::FlashRegion region, OnFull on_full) noexcept {
  flash_.reset();
  head_ = head_offset_ = last_sector_ = last_offset_ = 0;
  erase_count_ = spare_erase_count_ = dropped_ = bad_sectors_ = 0;
  next_sequence_ = last_sequence_ = oldest_sequence_ = protected_from_ = 0;
  rescued_ = 0;
  rescued_first_ = 0;
  state_ = {};
  spare_ = Spare::kUnknown;
  on_full_ = on_full;
  AIOT_TRY(configure(flash, region));
  Ring ring;
  Status found = find_first(ring);
  if (found.ok()) {
    found = find_head(ring);
    if (found.ok()) {
      scan_head(ring.head);
      oldest_sequence_ = ring.oldest ? *ring.oldest : find_oldest();
    }
  } else if (found.error() == Error::kEmpty) {
    found = {};
  }
  if (!found.ok()) {
    flash_.reset();
    return found;
  }
  rescue_head();
  find_last();
  return {};
}

Status FrameLog::format(hal::FlashRef flash, hal::FlashRegion region) noexcept {
  FrameLog log;
  AIOT_TRY(log.configure(flash, region));
  for (std::uint32_t i = 0; i < log.sectors_; ++i) {
    if (!log.is_blank(i)) {
      AIOT_TRY(flash.erase(log.address(i)));
    }
  }
  return flash.sync();
}

/// Whether the payload of `found` has its checksum; copies it into `buffer` when it fits. `seen`:
/// what has been read already, from the frame's header on.
bool FrameLog::frame_valid(std::uint32_t sector,
                           const Found& found,
                           Bytes seen,
                           MutableBytes buffer) const noexcept {
  std::uint32_t crc = format::frame_crc_seed(sector, found.sequence, found.header);
  const std::size_t length = found.header.length;
  const std::uint32_t start = address(sector) + found.offset + format::kFrameHeaderBytes;
  if (seen.size() >= format::kFrameHeaderBytes + length) {
    const Bytes payload = seen.subspan(format::kFrameHeaderBytes, length);
    if (length <= buffer.size()) {
      std::memcpy(buffer.data(), payload.data(), length);
    }
    return crc32(crc, payload) == found.header.crc;
  }
  if (length <= buffer.size()) {
    const MutableBytes payload = buffer.first(length);
    return flash_->read(start, payload).ok() && crc32(crc, payload) == found.header.crc;
  }
  std::array<std::byte, 64> piece{};
  for (std::size_t done = 0; done < length; done += piece.size()) {
    const MutableBytes part = MutableBytes{piece}.first(std::min(piece.size(), length - done));
    if (!flash_->read(start + static_cast<std::uint32_t>(done), part).ok()) {
      return false;
    }
    crc = crc32(crc, part);
  }
  return crc == found.header.crc;
}

/// Whether a valid frame starts at the walk's offset; `seen`: the bytes from there on.
bool FrameLog::frame_here(const Walk& walk,
                          Bytes seen,
                          Found& found,
                          MutableBytes buffer) const noexcept {
  if (walk.end - walk.offset < format::kMinFrameBytes ||
      !format::parse_frame_header(seen.data(), found.header) ||
      format::frame_bytes(layout(), found.header.length) > walk.end - walk.offset) {
    return false;
  }
  const auto lost =
      static_cast<std::uint16_t>(found.header.sequence - static_cast<std::uint16_t>(walk.expected));
  // Only skipped bytes can have held the frames between the expected one and this one.
  if (lost * std::uint32_t{format::kMinFrameBytes} > walk.skipped) {
    return false;
  }
  found.offset = walk.offset;
  found.sequence = walk.expected + lost;
  return frame_valid(walk.sector, found, seen, buffer);
}

/// The next valid frame; false at the end. Whatever is not a frame is skipped unit by unit: a torn
/// header does not say how long the frame would have been.
bool FrameLog::next_frame(Walk& walk, Found& found, MutableBytes buffer) const noexcept {
  const std::uint32_t align = layout().align;
  const std::uint32_t least = std::max(align, format::kFrameHeaderBytes);
  std::array<std::byte, kPeekBytes> peek{};
  while (walk.offset < walk.end) {
    const std::uint32_t at = address(walk.sector) + walk.offset;
    MutableBytes seen =
        MutableBytes{peek}.first(std::min<std::size_t>(peek.size(), walk.end - walk.offset));
    bool readable = flash_->read(at, seen).ok();
    if (!readable) {  // with ECC one torn granule spoils the whole read
      seen = seen.first(std::min<std::size_t>(least, seen.size()));
      readable = flash_->read(at, seen).ok();
    }
    // Units whose frame header is in what was read. The last ones are too short for a frame, but
    // may be the torn end of one.
    const bool to_end = walk.offset + seen.size() == walk.end;
    for (; seen.size() >= (to_end ? align : least); seen = seen.subspan(align)) {
      const bool blank = readable && format::all_erased(seen.first(align), erased_);
      if (readable && !blank && frame_here(walk, seen, found, buffer)) {
        walk.offset += format::frame_bytes(layout(), found.header.length);
        walk.used_end = walk.offset;
        walk.skipped = 0;
        walk.expected = found.sequence + (found.header.kind == FrameKind::kRecord ? 1 : 0);
        return true;
      }
      walk.offset += align;
      walk.skipped += align;
      if (!blank) {
        walk.used_end = walk.offset;
      }
    }
  }
  return false;
}

/// Puts the cursor before the sector that holds its sequence, or into the oldest one.
void FrameLog::seek(FrameCursor& cursor) const noexcept {
  std::uint32_t low = lowest_sector();
  std::uint32_t end = head_ + 1;
  while (end - low > 1) {
    const std::uint32_t middle = low + (end - low) / 2;
    std::uint32_t sector = middle;
    SectorInfo info;
    while (sector < end && !read_open(sector, info)) {
      ++sector;
    }
    if (sector < end && info.first <= cursor.sequence) {
      low = sector;
    } else {
      end = middle;
    }
  }
  cursor.sector = low;
  cursor.offset = 0;
}

/// No frame was found: is that the end, or is the flash gone?
Result<Frame> FrameLog::at_end() const noexcept {
  SectorInfo info;
  return read_open(head_, info) ? Error::kEmpty : Error::kIo;
}

Result<Frame> FrameLog::read(FrameCursor& cursor, MutableBytes buffer) const noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (head_ == 0) {
    return Error::kEmpty;
  }
  if (cursor.sector == 0 || cursor.sector > head_ || cursor.sector + sectors_ <= head_) {
    seek(cursor);
  }
  for (;;) {
    if (cursor.offset == 0) {
      SectorInfo info;
      if (read_open(cursor.sector, info)) {
        cursor.offset = layout().header_bytes;
        cursor.expected = info.first;
      } else if (cursor.sector == head_) {
        return Error::kIo;
      } else {
        ++cursor.sector;
        continue;
      }
    }
    Walk walk{.sector = cursor.sector,
              .offset = cursor.offset,
              .end = cursor.sector == head_ ? head_offset_ : sector_bytes_,
              .expected = cursor.expected};
    Found found;
    while (next_frame(walk, found, buffer)) {
      const bool wanted =
          found.header.kind == FrameKind::kRecord && found.sequence >= cursor.sequence;
      if (wanted && found.header.length > buffer.size()) {
        return Error::kNoSpace;
      }
      cursor.offset = walk.offset;
      cursor.expected = walk.expected;
      if (wanted) {
        cursor.sequence = walk.expected;
        return Frame{found.sequence, buffer.first(found.header.length)};
      }
    }
    if (cursor.sector == head_) {
      return at_end();
    }
    ++cursor.sector;
    cursor.offset = 0;
  }
}

Result<Frame> FrameLog::last(MutableBytes buffer) const noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (last_sector_ == 0) {
    return next_sequence_ == 0 ? Error::kEmpty : Error::kCorrupt;
  }
  Walk walk{.sector = last_sector_,
            .offset = last_offset_,
            .end = sector_bytes_,
            .expected = last_sequence_};
  Found found;
  if (!next_frame(walk, found, buffer) || found.offset != last_offset_) {
    return Error::kCorrupt;
  }
  if (found.header.length > buffer.size()) {
    return Error::kNoSpace;
  }
  return Frame{found.sequence, buffer.first(found.header.length)};
}

/// Programs whole granules that lie in one window. Write-once units stay unwritten when they would
/// keep the erased value: so a unit that reads as erased can always be written.
Status FrameLog::program_units(std::uint32_t offset, Bytes bytes) noexcept {
  if (reprogram_) {
    return flash_->program(offset, bytes);
  }
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t end = at;
    while (end < bytes.size() && !format::all_erased(bytes.subspan(end, granule_), erased_)) {
      end += granule_;
    }
    if (end > at) {
      AIOT_TRY(
          flash_->program(offset + static_cast<std::uint32_t>(at), bytes.subspan(at, end - at)));
    }
    at = end + granule_;
  }
  return {};
}

/// Programs a small header at a granule's start, padded to whole granules.
Status FrameLog::program(std::uint32_t offset, Bytes bytes) noexcept {
  std::array<std::byte, format::kHeaderBufferBytes> padded{};
  padded.fill(erased_);
  std::memcpy(padded.data(), bytes.data(), bytes.size());
  const std::uint32_t size = format::round_up(static_cast<std::uint32_t>(bytes.size()), granule_);
  for (std::uint32_t done = 0; done < size;) {
    const std::uint32_t room = window_ - (offset + done) % window_;
    const std::uint32_t part = std::min(room, size - done);
    AIOT_TRY(program_units(offset + done, Bytes{padded}.subspan(done, part)));
    done += part;
  }
  return {};
}

Status FrameLog::write_frame(FrameKind kind, Bytes payload) noexcept {
  format::FrameHeader header{.kind = kind,
                             .length = static_cast<std::uint16_t>(payload.size()),
                             .sequence = static_cast<std::uint16_t>(next_sequence_)};
  header.crc = crc32(format::frame_crc_seed(head_, next_sequence_, header), payload);
  std::array<std::byte, format::kFrameHeaderBytes> head{};
  format::encode_frame_header(header, head.data());

  std::array<std::byte, kWindowBytes> stage{};
  const std::uint32_t size = format::frame_bytes(layout(), header.length);
  const std::uint32_t start = address(head_) + head_offset_;
  for (std::uint32_t done = 0; done < size;) {
    const std::uint32_t part = std::min(window_ - (start + done) % window_, size - done);
    std::size_t filled = 0;
    if (done < head.size()) {
      filled = std::min<std::size_t>(head.size() - done, part);
      std::memcpy(stage.data(), head.data() + done, filled);
    }
    const std::size_t from = done + filled - head.size();
    if (filled < part && from < payload.size()) {
      const std::size_t body = std::min<std::size_t>(part - filled, payload.size() - from);
      std::memcpy(stage.data() + filled, payload.data() + from, body);
      filled += body;
    }
    std::fill(stage.begin() + static_cast<std::ptrdiff_t>(filled),
              stage.begin() + static_cast<std::ptrdiff_t>(part),
              erased_);
    AIOT_TRY(program_units(start + done, Bytes{stage}.first(part)));
    done += part;
  }
  return {};
}

/// Sequence of the oldest frame that survives when the place of `sector` is erased for it.
std::uint64_t FrameLog::next_kept(std::uint32_t sector) const noexcept {
  for (std::uint32_t i = sector - sectors_ + 1; i < head_; ++i) {
    SectorInfo info;
    if (i >= sectors_ && read_open(i, info)) {
      return info.first;
    }
  }
  SectorInfo info;
  return read_open(head_, info) ? info.first : next_sequence_;
}

/// Whether erasing the place of `sector` loses protected frames.
bool FrameLog::needs_eviction(std::uint32_t sector) const noexcept {
  if (sector < 2 * sectors_) {
    return false;  // the first lap: nothing was there
  }
  const std::uint64_t kept = next_kept(sector);
  return kept > protected_from_ && kept > oldest_sequence_;
}

/// Whether the policy lets `sector` become the next head.
bool FrameLog::may_open(std::uint32_t sector) const noexcept {
  const bool holds_newest = last_sector_ != 0 && sector - sectors_ == last_sector_;
  return !holds_newest && (on_full_ == OnFull::kDropOldest || !needs_eviction(sector));
}

/// A stream that refuses keeps one sector free for states behind those that hold frames: so a full
/// log can still be told what was released.
bool FrameLog::room_for_states(std::uint32_t head) const noexcept {
  return on_full_ == OnFull::kDropOldest || head == 0 ||
         (head == head_ && spare_ == Spare::kReady) || !needs_eviction(head + 1);
}

bool FrameLog::is_blank(std::uint32_t sector) const noexcept {
  const format::Layout l = layout();
  std::array<std::byte, kPeekBytes> piece{};
  SectorInfo info;
  read_header(sector, info);
  const bool clean = info.kind == SectorKind::kBlank || info.kind == SectorKind::kErased;
  for (std::uint32_t at = l.header_bytes; clean && at < sector_bytes_;) {
    const MutableBytes part =
        MutableBytes{piece}.first(std::min<std::size_t>(piece.size(), sector_bytes_ - at));
    if (!flash_->read(address(sector) + at, part).ok() || !format::all_erased(part, erased_)) {
      return false;
    }
    at += static_cast<std::uint32_t>(part.size());
  }
  return clean;
}

/// Makes `sector` an erased and marked one. A mark alone is not believed when it was found at
/// mount: a cut erase may have left it.
Status FrameLog::prepare(std::uint32_t sector) noexcept {
  SectorInfo info;
  read_header(sector, info);
  if (info.kind == SectorKind::kErased && is_blank(sector)) {
    spare_erase_count_ = info.erase_count;
    return {};
  }
  const std::uint64_t kept = sector < 2 * sectors_ ? oldest_sequence_ : next_kept(sector);
  spare_erase_count_ =
      info.erase_count != 0 ? info.erase_count + 1 : std::max(erase_count_, std::uint32_t{1});
  AIOT_TRY(flash_->erase(address(sector)));
  const std::uint64_t from = std::max(protected_from_, oldest_sequence_);
  if (kept > from) {
    dropped_ += static_cast<std::uint32_t>(kept - from);
  }
  oldest_sequence_ = std::max(oldest_sequence_, kept);
  std::array<std::byte, format::kMarkBytes> mark{};
  format::encode_mark(layout(), spare_erase_count_, mark.data());
  return program(address(sector), mark);
}

/// Makes the prepared `sector` the head; `state` becomes durable with it.
Status FrameLog::open_sector(std::uint32_t sector, const LogState& state) noexcept {
  const format::Layout l = layout();
  const SectorInfo info{.kind = SectorKind::kOpen,
                        .sequence = sector,
                        .erase_count = spare_erase_count_,
                        .first = next_sequence_,
                        .state = state};
  std::array<std::byte, format::kOpenBytes> open{};
  format::encode_open(l, info, open.data());
  AIOT_TRY(program(address(sector) + l.mark_bytes, open));
  if (head_ == 0) {
    oldest_sequence_ = next_sequence_;
  }
  head_ = sector;
  head_offset_ = l.header_bytes;
  erase_count_ = info.erase_count;
  spare_ = Spare::kUnknown;
  return {};
}

/// Opens the next sector that works.
Status FrameLog::open_next(FrameKind kind, const LogState& state) noexcept {
  std::uint32_t sector = head_ == 0 ? sectors_ : head_ + 1;
  for (std::uint32_t tried = 0; tried < std::min(kMaxBadInARow, sectors_ - 1); ++tried, ++sector) {
    if (!may_open(sector) || (kind == FrameKind::kRecord && !room_for_states(sector))) {
      return tried == 0 ? Error::kNoSpace : Error::kIo;
    }
    const bool ready = tried == 0 && spare_ == Spare::kReady;
    if ((ready || prepare(sector).ok()) && open_sector(sector, state).ok()) {
      return {};
    }
    ++bad_sectors_;
    spare_ = Spare::kFailed;
  }
  return Error::kIo;
}

/// Errors: those of `append`. After `kIo` the frame may be there all the same.
Status FrameLog::write(FrameKind kind, Bytes payload) noexcept {
  const std::uint32_t size =
      format::frame_bytes(layout(), static_cast<std::uint32_t>(payload.size()));
  bool tried = false;
  look_again();
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (head_ == 0 || head_offset_ + size > sector_bytes_) {
      LogState state = state_;
      if (kind == FrameKind::kState) {
        std::memcpy(state.data(), payload.data(), state.size());
      }
      const Status opened = open_next(kind, state);
      if (!opened.ok() || kind == FrameKind::kState) {
        return opened.ok() || !tried ? opened : give_up(kind);
      }
    }
    if (write_frame(kind, payload).ok()) {
      if (kind == FrameKind::kRecord) {
        last_sector_ = head_;
        last_offset_ = head_offset_;
        last_sequence_ = next_sequence_++;
      }
      head_offset_ += size;
      return {};
    }
    // What is there now is unknown, so nothing more is put into this sector.
    tried = true;
    ++bad_sectors_;
    head_offset_ = sector_bytes_;
  }
  return give_up(kind);
}

/// A record that failed half way may be readable later: its sequence must not name another one.
Status FrameLog::give_up(FrameKind kind) noexcept {
  if (kind == FrameKind::kRecord) {
    ++next_sequence_;
  }
  return Error::kIo;
}

Status FrameLog::append(Bytes payload) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (payload.empty()) {
    return Error::kInvalidArgument;
  }
  if (payload.size() > max_payload() || !room_for_states(head_)) {
    return Error::kNoSpace;
  }
  return write(FrameKind::kRecord, payload);
}

Status FrameLog::set_state(const LogState& state) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  AIOT_TRY(write(FrameKind::kState, state));
  state_ = state;
  return {};
}

Status FrameLog::sync() noexcept {
  return mounted() ? flash_->sync() : Status{Error::kWrongState};
}

Result<bool> FrameLog::service() noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (spare_ != Spare::kUnknown) {
    return false;
  }
  const std::uint32_t sector = head_ == 0 ? sectors_ : head_ + 1;
  // Evicting is put off until the sector is needed soon.
  const bool early = head_ != 0 && head_offset_ < sector_bytes_ / 4 * 3;
  if (!may_open(sector) || (early && needs_eviction(sector))) {
    spare_ = Spare::kWaits;
    return false;
  }
  const Status prepared = prepare(sector);
  spare_ = prepared.ok() ? Spare::kReady : Spare::kFailed;
  AIOT_TRY(prepared);
  return true;
}

}  // namespace aiot::store
