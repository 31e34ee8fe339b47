// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The reading half of the log: from sector to sector, from frame to frame, past what is damaged.

#include <algorithm>
#include <cstring>

#include "aiot/core/crc32.hpp"
#include "aiot/store/frame_log.hpp"
#include "frame_format.hpp"
#include "frame_found.hpp"

namespace aiot::store {

using format::FrameKind;
using format::SectorInfo;
using format::SectorKind;

namespace {

constexpr std::size_t kPieceBytes = 64;

}  // namespace

/// False when it can not be read.
bool FrameLog::read_header(std::uint32_t sector, SectorInfo& info) const noexcept {
  std::array<std::byte, format::kHeaderBufferBytes> bytes{};
  info = {};
  const bool readable =
      flash_->read(address(sector), MutableBytes{bytes}.first(layout_.header_bytes)).ok();
  if (readable) {
    format::parse_header(layout_, sector % layout_.sectors, bytes.data(), info);
  }
  return readable;
}

/// False unless this very sector of the ring is open.
bool FrameLog::read_open(std::uint32_t sector, SectorInfo& info) const noexcept {
  return read_header(sector, info) && info.kind == SectorKind::kOpen && info.sequence == sector;
}

std::uint32_t FrameLog::lowest_sector() const noexcept {
  return std::max(head_ + 1 - layout_.sectors, layout_.sectors);
}

SectorStart FrameLog::start_from(std::uint32_t sector) const noexcept {
  for (SectorInfo info; sector <= head_; ++sector) {
    if (read_open(sector, info)) {
      return {sector, info.stamp, info.first};
    }
  }
  return {sector, stamp_, next_sequence_};
}

/// Whether the bytes behind the sector's header are erased; `digest`: of what they are.
bool FrameLog::blank(std::uint32_t sector, std::uint32_t& digest) const noexcept {
  std::array<std::byte, kPieceBytes> piece{};
  bool blank = true;
  for (std::uint32_t at = layout_.header_bytes; at < layout_.sector_bytes;) {
    const MutableBytes part =
        MutableBytes{piece}.first(std::min<std::size_t>(piece.size(), layout_.sector_bytes - at));
    blank = flash_->read(address(sector) + at, part).ok() &&
            format::all_erased(part, layout_.erased) && blank;
    digest = crc32(digest, part);
    at += static_cast<std::uint32_t>(part.size());
  }
  return blank;
}

/// Whether a valid frame stands at the cursor; its payload is copied into `buffer` when it fits,
/// and the header behind it comes along when there is room for it.
bool FrameLog::frame_at(FrameCursor& at,
                        std::uint32_t end,
                        Found& found,
                        MutableBytes buffer) const noexcept {
  const std::uint32_t header_bytes = layout_.frame_header;
  const std::uint32_t place = address(at.sector) + at.offset;
  const bool known = at.ahead;
  at.ahead = false;
  if (end - at.offset < format::kMinFrameBytes) {
    return false;
  }
  if (!known && !flash_->read(place, MutableBytes{at.header}.first(header_bytes)).ok()) {
    return false;
  }
  const std::uint32_t size = format::frame_bytes(layout_, found.take(at.header.data()));
  if (!found.plausible() || size > end - at.offset) {
    return false;
  }
  std::array<std::byte, kPieceBytes> piece{};
  const bool fits = found.length <= buffer.size();
  const MutableBytes room = fits ? buffer : MutableBytes{piece};
  bool more = fits && size <= room.size() && at.offset + size + header_bytes <= end;
  std::uint32_t crc = crc32(at.seed, Bytes{at.header}.first(2));
  for (std::uint32_t done = 0; done < found.length;) {
    const std::size_t part = std::min<std::size_t>(room.size(), found.length - done);
    const std::uint32_t from = place + header_bytes + done;
    // With ECC one torn granule spoils the whole read.
    more = more && flash_->read(from, room.first(size)).ok();
    if (!more && !flash_->read(from, room.first(part)).ok()) {
      return false;
    }
    crc = crc32(crc, room.first(part));
    done += static_cast<std::uint32_t>(part);
  }
  // Only skipped bytes can have held the frames between the expected one and this one.
  const std::uint32_t lost =
      load_le32(&at.header[2]) - crc - static_cast<std::uint32_t>(at.expected);
  found.sequence = at.expected + lost;
  if (lost > at.skipped / format::kMinFrameBytes ||
      (header_bytes > 6 &&
       load_le16(&at.header[6]) != static_cast<std::uint16_t>(found.sequence))) {
    return false;
  }
  if (more) {
    std::memcpy(at.header.data(), &room[size - header_bytes], header_bytes);
    at.ahead = true;
  }
  at.used = at.offset += size;
  at.skipped = 0;
  at.expected = found.sequence + (found.kind == FrameKind::kRecord ? 1 : 0);
  return true;
}

/// Moves on from a place where no frame begins: over erased bytes at once, else unit by unit, for a
/// torn header does not say how long the frame would have been.
void FrameLog::skip(FrameCursor& at, std::uint32_t end) const noexcept {
  std::array<std::byte, kPieceBytes> piece{};
  MutableBytes seen =
      MutableBytes{piece}.first(std::min<std::size_t>(kPieceBytes, end - at.offset));
  const std::uint32_t place = address(at.sector) + at.offset;
  if (!flash_->read(place, seen).ok()) {
    seen = flash_->read(place, seen.first(layout_.align)).ok() ? seen.first(layout_.align)
                                                               : MutableBytes{};
  }
  std::uint32_t blank = 0;
  while (blank < seen.size() &&
         format::all_erased(seen.subspan(blank, layout_.align), layout_.erased)) {
    blank += layout_.align;
  }
  const std::uint32_t step = std::max<std::uint32_t>(blank, layout_.align);
  at.offset += step;
  at.skipped += step;
  if (blank == 0 && !overwrite_) {
    at.used = at.offset;
  }
}

/// The next valid frame of the sector; false at its end.
bool FrameLog::next_frame(FrameCursor& at,
                          std::uint32_t end,
                          Found& found,
                          MutableBytes buffer) const noexcept {
  while (at.offset < end) {
    if (frame_at(at, end, found, buffer)) {
      return true;
    }
    // What is left of a closed sector is not looked at when the next one tells that all is there.
    if (at.skipped == 0 && at.sector < head_ && start_from(at.sector + 1).first == at.expected) {
      return false;
    }
    skip(at, end);
  }
  return false;
}

/// Puts the cursor behind its sector's header. Frames of a sector whose header is damaged may be
/// readable all the same. False when not even its bytes are.
bool FrameLog::enter(FrameCursor& at) const noexcept {
  SectorInfo info;
  at.offset = at.used = layout_.header_bytes;
  at.ahead = false;
  if (read_open(at.sector, info)) {
    at.seed = format::frame_seed(info, overwrite_);
    at.expected = info.first;
    at.skipped = 0;
    return true;
  }
  at.seed = at.sector;
  at.skipped = layout_.sector_bytes;
  return info.kind == SectorKind::kDamaged;
}

/// Puts the cursor before the sector that holds its sequence, or into the oldest one.
void FrameLog::seek(FrameCursor& cursor) const noexcept {
  std::uint32_t low = lowest_sector();
  std::uint32_t end = head_ + 1;
  while (end - low > 1) {
    std::uint32_t middle = low + (end - low) / 2;
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

Result<Frame> FrameLog::read(FrameCursor& cursor, MutableBytes buffer) const noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (head_ == 0) {
    return Error::kEmpty;
  }
  if (cursor.sector < lowest_sector() || cursor.sector > head_) {
    seek(cursor);
  }
  FrameCursor at = cursor;
  for (bool readable = true;;) {
    readable = at.offset != 0 || enter(at);
    const std::uint32_t end = at.sector == head_ ? head_offset_ : layout_.sector_bytes;
    Found found;
    while (readable && next_frame(at, end, found, buffer)) {
      const bool wanted = found.kind == FrameKind::kRecord && found.sequence >= cursor.sequence;
      if (wanted && found.length > buffer.size()) {
        return Error::kNoSpace;
      }
      if (wanted) {
        cursor = at;
        cursor.sequence = at.expected;
        return Frame{found.sequence, buffer.first(found.length)};
      }
    }
    if (at.sector == head_) {
      // No frame was found: is that the end, or is the flash gone?
      SectorInfo info;
      return at.expected == next_sequence_ || read_header(head_, info) ? Error::kEmpty : Error::kIo;
    }
    ++at.sector;
    at.offset = 0;
  }
}

Result<Frame> FrameLog::last(MutableBytes buffer) const noexcept {
  // Sequences at the end may have been given up when the flash failed.
  constexpr std::uint64_t kTries = 4;
  for (std::uint64_t back = 1; back <= kTries && back <= next_sequence_; ++back) {
    FrameCursor cursor{.sequence = next_sequence_ - back};
    const Result<Frame> frame = read(cursor, buffer);
    if (frame.ok() || frame.error() != Error::kEmpty) {
      return frame;
    }
  }
  if (!mounted()) {
    return Error::kWrongState;
  }
  return next_sequence_ == 0 ? Error::kEmpty : Error::kCorrupt;
}

}  // namespace aiot::store
