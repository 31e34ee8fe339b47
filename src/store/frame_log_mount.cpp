// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// How the ends of the ring are found again. Only reads, `format` apart.

#include <algorithm>

#include "aiot/store/frame_log.hpp"
#include "ring.hpp"

namespace aiot::store {

using format::SectorInfo;
using format::SectorKind;

namespace {

// A log without one open sector is taken for empty when so many headers at most are damaged: more
// than cut erases and a bad sector leave.
constexpr std::uint32_t kMaxDamagedInEmpty = 2;
// Sectors behind the presumed newest one that are looked at before it is believed.
constexpr std::uint32_t kLookAhead = 2;
constexpr std::uint32_t kLookAheadDamaged = 8;

/// Whether more than one bit is set.
constexpr bool mixed(std::uint32_t x) noexcept {
  return (x & (x - 1)) != 0;
}

Status configure(Ring& ring, hal::FlashRef flash, const hal::FlashRegion& region) noexcept {
  ring.geometry = flash.geometry();
  const hal::FlashGeometry& g = ring.geometry;
  if (mixed(g.program) || mixed(g.page) || mixed(g.sector) ||
      g.program - 1 >= FrameLog::kMaxProgram || g.page < g.program || g.sector < g.page ||
      g.sector < FrameLog::kMinSectorBytes) {
    return Error::kUnsupported;
  }
  ring.base = region.offset;
  ring.sectors = region.size / g.sector;
  if (((region.offset | region.size) & (g.sector - 1)) != 0 || region.size > g.size ||
      region.offset > g.size - region.size ||
      ring.sectors < FrameLog::kMinSectors + (g.overwrite ? 1U : 0U)) {
    return Error::kInvalidArgument;
  }
  format::lay_out(ring);
  ring.flash = flash;
  return {};
}

/// Takes an open sector for the newest one.
void adopt(Ring& ring, const SectorInfo& info) noexcept {
  ring.head = info.sequence;
  ring.next = info.sequence + 1;
  ring.seed = format::frame_seed(info.sequence, info.salt);
  ring.stamp = info.stamp;
  ring.next_sequence = info.first;
  ring.state = info.state;
}

/// An open sector: the one at the first place or, when that is the spare, the last one by place.
/// Errors: `kEmpty` there is none and the region is an empty log; those of `mount`.
Error find_any(Ring& ring) noexcept {
  SectorInfo info;  // NOLINT(*-member-init): filled in the loop
  SectorKind strangest = SectorKind::kBlank;
  std::uint32_t damaged = 0;
  bool readable = false;
  for (std::uint32_t i = ring.sectors; i != 0; --i) {
    readable = ring::read_header(ring, i % ring.sectors, info) || readable;
    if (info.kind == SectorKind::kOpen) {
      adopt(ring, info);
      return Error::kNone;
    }
    damaged += info.kind == SectorKind::kDamaged ? 1U : 0U;
    strangest = std::max(strangest, info.kind);
  }
  if (strangest >= SectorKind::kForeign) {
    return strangest == SectorKind::kForeign ? Error::kInvalidArgument : Error::kUnsupported;
  }
  if (damaged <= kMaxDamagedInEmpty) {
    return Error::kEmpty;
  }
  return readable ? Error::kCorrupt : Error::kIo;
}

/// Binary search for the last sector, by place, of the head's lap. Damaged headers say nothing, so
/// the next one is asked.
void search(Ring& ring) noexcept {
  std::uint32_t end = ring.head - ring.head % ring.sectors + ring.sectors;
  while (end - ring.head > 1) {
    const std::uint32_t middle = ring.head + (end - ring.head) / 2;
    std::uint32_t at = middle;
    SectorInfo info;  // NOLINT(*-member-init): filled in the loop
    do {
      (void)ring::read_header(ring, at, info);
    } while (info.kind == SectorKind::kDamaged && ++at < end);
    if (info.kind == SectorKind::kOpen && info.sequence == at) {
      adopt(ring, info);
    } else {
      end = middle;
    }
  }
}

/// Looks at what follows the presumed head. Normally that is the spare and the oldest sector; one
/// retired sector that kept its old header, or a few damaged ones, must not hide newer ones, so in
/// doubt more are read. Errors: `kWouldBlock` a newer sector was found, it is the head now;
/// `kEmpty` the next place has a damaged header; `kUnsupported` a sector of another format version.
Error look_ahead(Ring& ring) noexcept {
  SectorInfo info;  // NOLINT(*-member-init): filled by the next calls
  std::uint32_t ahead = kLookAhead;
  bool known = false;
  Error next = Error::kEmpty;
  for (std::uint32_t i = 1; i <= ahead && i < ring.sectors; ++i) {
    (void)ring::read_header(ring, ring.head + i, info);
    if (info.kind == SectorKind::kNewer) {
      return Error::kUnsupported;
    }
    if (i == 1 && info.kind != SectorKind::kDamaged) {
      next = Error::kNone;
    } else if (info.kind != SectorKind::kOpen) {
      ahead = kLookAheadDamaged;
    }
    if (info.kind == SectorKind::kOpen && info.sequence > ring.head) {
      adopt(ring, info);
      return Error::kWouldBlock;
    }
    if (!known && info.kind == SectorKind::kOpen && info.sequence == ring.head + i - ring.sectors) {
      ring.oldest_sequence = info.first;
      known = true;
    }
  }
  if (!known) {
    (void)ring::open_from(ring, ring::lowest_sector(ring), info);
    ring.oldest_sequence = info.first;
  }
  return next;
}

/// Reads the frames of the cursor's sector to its end. False when it has none.
bool scan(Ring& ring, FrameCursor& at) noexcept {
  bool any = false;
  LogState payload;
  at.end = ring.geometry.sector;
  while (ring::next_frame(ring, at, payload.data(), payload.size())) {
    any = true;
    if (!at.record) {
      ring.state = payload;
    }
  }
  ring.next_sequence = at.expected;
  return any;
}

Error find_ends(Ring& ring) noexcept {
  FrameCursor at;
  // An empty log looks like one whose newest sector, behind the last place, is full.
  ring.next = ring.sectors;
  ring.head = ring.sectors - 1;
  ring.offset = ring.geometry.sector;
  Error found = find_any(ring);
  if (found == Error::kNone) {
    do {
      search(ring);
      found = look_ahead(ring);
    } while (found == Error::kWouldBlock);
    at.expected = ring.next_sequence;
    at.sector = ring.head;
    at.offset = at.used = ring.header_bytes;
    at.seed = ring.seed;
    (void)scan(ring, at);
    ring.offset = at.used;
  }
  // A damaged header behind the head: a sector whose preparing or opening was cut, or the newest
  // one. Frames tell, for their checksums name the sector, and none is written before it is open.
  // Such a sector is closed, so that no sequence is given out twice.
  at.sector = ring.next;
  if (found != Error::kNone && ring::enter(ring, at) && scan(ring, at)) {
    ring.head = ring.next++;
    ring.offset = ring.geometry.sector;
  }
  return found == Error::kEmpty ? Error::kNone : found;
}

}  // namespace

Status FrameLog::mount(hal::FlashRef flash,
                       const hal::FlashRegion& region,
                       OnFull on_full) noexcept {
  unmount();
  ring_.refuses = on_full == OnFull::kRefuseNewest;
  AIOT_TRY(configure(ring_, flash, region));
  const Error found = find_ends(ring_);
  if (found != Error::kNone) {
    ring_.flash.reset();
    ring_.head = 0;
  }
  return found;
}

Status FrameLog::format(hal::FlashRef flash, const hal::FlashRegion& region) noexcept {
  Ring ring;
  AIOT_TRY(configure(ring, flash, region));
  for (std::uint32_t i = 0; i < ring.sectors; ++i) {
    SectorInfo info;  // NOLINT(*-member-init): filled by the next call
    (void)ring::read_header(ring, i, info);
    if (info.kind != SectorKind::kBlank || !ring::unused(ring, i)) {
      AIOT_TRY(flash.erase(ring::address(ring, i)));
    }
  }
  return flash.sync();
}

}  // namespace aiot::store
