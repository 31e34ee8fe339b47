// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ring.hpp"

#include <algorithm>
#include <cstring>

namespace aiot::store::ring {

using format::SectorInfo;
using format::SectorKind;

namespace {

constexpr std::size_t kPieceBytes = 64;

/// Whether a valid frame stands at the cursor, which moves behind it.
bool frame_at(const Ring& ring, FrameCursor& at, std::byte* buffer, std::size_t room) noexcept {
  const std::uint32_t header_bytes = ring.frame_header;
  const std::uint32_t left = at.end - at.offset;
  std::uint32_t place = address(ring, at.sector) + at.offset;
  const bool known = at.ahead;
  at.ahead = false;
  if (left < format::kMinFrameBytes ||
      (!known && !read(ring, place, at.header.data(), header_bytes))) {
    return false;
  }
  const std::uint16_t word = load_le16(at.header.data());
  const std::uint32_t length = word & format::kLengthMask;
  const std::uint32_t size = format::frame_bytes(ring, length);
  if (length == 0 || size > left ||
      (word > format::kLengthMask && word != (format::kStateFlag | format::kStateBytes))) {
    return false;
  }
  std::array<std::byte, kPieceBytes> piece;  // NOLINT(*-member-init): read into before it is used
  bool more = size <= room && size + header_bytes <= left;
  if (length > room) {
    buffer = piece.data();
    room = piece.size();
  }
  std::uint32_t crc = format::checksum(at.seed, at.header.data(), 2);
  place += header_bytes;
  for (std::size_t done = 0; done < length;) {
    const std::size_t part = std::min<std::size_t>(room, length - done);
    // With ECC one torn granule behind the frame spoils the whole read.
    more = more && read(ring, place, buffer, size);
    if (!more && !read(ring, place, buffer, part)) {
      return false;
    }
    crc = format::checksum(crc, buffer, part);
    place += static_cast<std::uint32_t>(part);
    done += part;
  }
  // Only skipped bytes can have held the frames between the expected one and this one.
  const std::uint32_t lost =
      load_le32(&at.header[2]) - crc - static_cast<std::uint32_t>(at.expected);
  const std::uint64_t sequence = at.expected + lost;
  if (lost > at.skipped / format::kMinFrameBytes ||
      (header_bytes > 6 && load_le16(&at.header[6]) != static_cast<std::uint16_t>(sequence))) {
    return false;
  }
  at.ahead = more;
  if (more) {
    std::memcpy(at.header.data(), buffer + size - header_bytes, header_bytes);
  }
  at.length = static_cast<std::uint16_t>(length);
  at.record = word <= format::kLengthMask;
  at.expected = sequence + (at.record ? 1 : 0);
  at.used = at.offset += size;
  at.skipped = 0;
  return true;
}

/// Moves on from a place where no frame begins: over erased bytes at once, else unit by unit, for a
/// torn header does not say how long the frame would have been.
void skip(const Ring& ring, FrameCursor& at) noexcept {
  std::uint32_t step = erased_run(ring, address(ring, at.sector) + at.offset, at.end - at.offset);
  const bool something = step == 0;
  step = something ? ring.align : step;
  at.offset += step;
  at.skipped += step;
  if (something && !ring.geometry.overwrite) {
    at.used = at.offset;
  }
}

}  // namespace

std::uint32_t address(const Ring& ring, std::uint32_t sector) noexcept {
  return ring.base + sector % ring.sectors * ring.geometry.sector;
}

bool read(const Ring& ring, std::uint32_t at, std::byte* out, std::size_t size) noexcept {
  return ring.flash->read(at, {out, size}).ok();
}

bool read_header(const Ring& ring, std::uint32_t sector, SectorInfo& info) noexcept {
  std::array<std::byte, format::kHeaderBufferBytes> bytes;  // NOLINT(*-member-init): as above
  info.kind = SectorKind::kDamaged;
  if (!read(ring, address(ring, sector), bytes.data(), ring.header_bytes)) {
    return false;
  }
  info.kind = format::parse_header(ring, sector, bytes.data(), info);
  return true;
}

bool read_open(const Ring& ring, std::uint32_t sector, SectorInfo& info) noexcept {
  (void)read_header(ring, sector, info);
  return info.kind == SectorKind::kOpen && info.sequence == sector;
}

bool open_from(const Ring& ring, std::uint32_t sector, SectorInfo& info) noexcept {
  while (sector <= ring.head) {
    if (read_open(ring, sector++, info)) {
      return true;
    }
  }
  return false;
}

std::uint32_t lowest_sector(const Ring& ring) noexcept {
  return std::max(ring.head + 1 - ring.sectors, ring.sectors);
}

std::uint32_t erased_run(const Ring& ring, std::uint32_t at, std::uint32_t most) noexcept {
  std::array<std::byte, kPieceBytes> piece;  // NOLINT(*-member-init): read into before it is used
  // Large pieces first; where one holds something, or can not be read, unit by unit.
  std::uint32_t size = kPieceBytes;
  for (std::uint32_t run = 0;;) {
    size = std::min(size, most - run);
    if (size != 0 && read(ring, at + run, piece.data(), size) &&
        format::all_erased(piece.data(), size, ring.geometry.erased)) {
      run += size;
    } else if (size <= ring.align) {
      return run;
    } else {
      size = ring.align;
    }
  }
}

bool unused(const Ring& ring, std::uint32_t sector) noexcept {
  const std::uint32_t room = ring.geometry.sector - ring.header_bytes;
  return erased_run(ring, address(ring, sector) + ring.header_bytes, room) == room;
}

bool enter(const Ring& ring, FrameCursor& at) noexcept {
  SectorInfo info;  // NOLINT(*-member-init): filled by the next call
  const bool open = read_open(ring, at.sector, info);
  at.offset = at.used = ring.header_bytes;
  at.ahead = false;
  at.limit = ~std::uint64_t{0};
  at.seed = at.sector;
  at.skipped = ring.geometry.sector;
  if (open) {
    at.seed = format::frame_seed(at.sector, info.salt);
    at.expected = info.first;
    at.skipped = 0;
  }
  return open || info.kind == SectorKind::kDamaged;
}

bool next_frame(const Ring& ring, FrameCursor& at, std::byte* buffer, std::size_t room) noexcept {
  // In a closed sector all is there when the next one's first sequence is reached. What follows is
  // not looked at: it may be a frame whose program failed, and that was written again there.
  while (at.offset < at.end && at.expected < at.limit) {
    if (frame_at(ring, at, buffer, room)) {
      return true;
    }
    skip(ring, at);
  }
  return false;
}

}  // namespace aiot::store::ring
