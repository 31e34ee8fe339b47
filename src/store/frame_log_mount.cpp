// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// How the ends of the ring are found again. Only reads.

#include <algorithm>

#include "aiot/store/frame_log.hpp"
#include "frame_format.hpp"
#include "frame_found.hpp"

namespace aiot::store {

using format::FrameKind;
using format::SectorInfo;
using format::SectorKind;

namespace {

// A log without one open sector is taken for empty when so many headers at most are damaged: more
// than cut erases and a bad sector leave.
constexpr std::uint32_t kMaxDamagedInEmpty = 2;
// Sectors behind the presumed newest one that are looked at before it is believed.
constexpr std::uint32_t kLookAhead = 2;
constexpr std::uint32_t kLookAheadDamaged = 8;

}  // namespace

/// What is known about the ring.
struct FrameLog::Ends {
  std::uint32_t place = 0;  // of `head` in the region
  SectorInfo first{};       // the first open sector by place
  SectorInfo head{};        // the newest known one
  bool oldest_known = false;
  bool newer = false;  // a sector of another format version was met
  std::uint64_t oldest = 0;
};

/// The first open sector by place. Errors: `kEmpty` there is none and the region is an empty log;
/// those of `mount`.
Status FrameLog::find_first(Ends& ends) const noexcept {
  std::array<std::uint32_t, format::kSectorKinds> count{};
  std::uint32_t readable = 0;
  const auto seen = [&count](SectorKind kind) { return count[static_cast<std::size_t>(kind)]; };
  for (; ends.place < layout_.sectors; ++ends.place) {
    readable += read_header(ends.place, ends.first) ? 1U : 0U;
    if (ends.first.kind == SectorKind::kOpen) {
      break;
    }
    ++count[static_cast<std::size_t>(ends.first.kind)];
  }
  if (seen(SectorKind::kNewer) != 0) {
    return Error::kUnsupported;
  }
  if (ends.place < layout_.sectors) {
    return {};
  }
  if (seen(SectorKind::kForeign) != 0) {
    return Error::kInvalidArgument;
  }
  if (seen(SectorKind::kDamaged) <= kMaxDamagedInEmpty) {
    return Error::kEmpty;
  }
  return readable != 0 ? Error::kCorrupt : Error::kIo;
}

/// Binary search for the last sector, by place, of the newest lap; starts at `head`, which is one.
/// Damaged headers say nothing, so the next one is asked.
void FrameLog::search(Ends& ends) const noexcept {
  std::uint32_t end = layout_.sectors;
  while (end - ends.place > 1) {
    const std::uint32_t middle = ends.place + (end - ends.place) / 2;
    std::uint32_t place = middle;
    SectorInfo info;
    while (place < end && (!read_header(place, info) || info.kind == SectorKind::kDamaged)) {
      ++place;
    }
    if (place < end && info.kind == SectorKind::kOpen &&
        info.sequence - ends.head.sequence == place - ends.place) {
      ends.head = info;
      ends.place = place;
    } else {
      end = middle;
    }
  }
}

/// Looks at what follows the presumed head. Normally that is the spare and the oldest sector; one
/// retired sector that kept its old header, or a few damaged ones, must not hide newer ones, so in
/// doubt more are read. True when a newer sector was found; it is the head now.
bool FrameLog::look_ahead(Ends& ends) const noexcept {
  std::uint32_t ahead = kLookAhead;
  ends.oldest_known = false;
  for (std::uint32_t i = 1; i <= ahead; ++i) {
    SectorInfo info;
    if (ends.place + i >= layout_.sectors) {
      ends.oldest = ends.oldest_known ? ends.oldest : ends.first.first;
      ends.oldest_known = true;
      return false;
    }
    (void)read_header(ends.place + i, info);
    ends.newer = ends.newer || info.kind == SectorKind::kNewer;
    if (info.kind == SectorKind::kOpen) {
      if (info.sequence > ends.head.sequence) {
        // Another lap: the first one was retired in an earlier one.
        ends.first = info.sequence - ends.head.sequence == i ? ends.first : info;
        ends.head = info;
        ends.place += i;
        return true;
      }
      if (!ends.oldest_known && info.sequence == ends.head.sequence + i - layout_.sectors) {
        ends.oldest = info.first;
        ends.oldest_known = true;
      }
    } else if (i > 1 || info.kind == SectorKind::kDamaged) {
      ahead = kLookAheadDamaged;
    }
  }
  return false;
}

/// Reads the frames of a sector to its end: it is the newest one. False when it has none.
bool FrameLog::scan(FrameCursor& at) noexcept {
  bool any = false;
  Found found;
  LogState payload{};
  while (next_frame(at, layout_.sector_bytes, found, payload)) {
    any = true;
    if (found.kind == FrameKind::kState) {
      state_ = payload;
    }
  }
  return any;
}

Status FrameLog::find_ends() noexcept {
  Ends ends;
  next_ = layout_.sectors;
  const Status first = find_first(ends);
  if (!first.ok() && first.error() != Error::kEmpty) {
    return first;
  }
  if (first.ok()) {
    ends.head = ends.first;
    do {
      search(ends);
    } while (look_ahead(ends));
    if (ends.newer) {
      return Error::kUnsupported;
    }
    head_ = ends.head.sequence;
    next_ = head_ + 1;
    mark_ = ends.head.mark;
    stamp_ = ends.head.stamp;
    seed_ = format::frame_seed(ends.head, overwrite_);
    state_ = ends.head.state;
    FrameCursor at{.expected = ends.head.first,
                   .sector = head_,
                   .offset = layout_.header_bytes,
                   .used = layout_.header_bytes,
                   .seed = seed_};
    (void)scan(at);
    next_sequence_ = at.expected;
    head_offset_ = at.used;
    oldest_sequence_ = ends.oldest_known ? ends.oldest : start_from(lowest_sector()).first;
  }
  // A damaged header behind the head: a sector whose preparing or opening was cut, or the newest
  // one. Frames tell, for their checksums name the sector, and none is written before it is open.
  // Such a sector is closed, so that no sequence is given out twice.
  FrameCursor beyond{.expected = next_sequence_, .sector = next_};
  if (enter(beyond) && scan(beyond)) {
    head_ = next_++;
    next_sequence_ = beyond.expected;
    head_offset_ = layout_.sector_bytes;
  }
  return {};
}

Status FrameLog::mount(hal::FlashRef flash, hal::FlashRegion region, OnFull on_full) noexcept {
  flash_.reset();
  base_ = head_ = head_offset_ = seed_ = mark_ = stamp_ = bad_sectors_ = kept_for_ = 0;
  next_sequence_ = oldest_sequence_ = protected_from_ = 0;
  state_ = {};
  spare_ready_ = serviced_ = opened_ = false;
  refuses_ = on_full == OnFull::kRefuseNewest;
  AIOT_TRY(configure(flash, region));
  const Status found = find_ends();
  if (!found.ok()) {
    flash_.reset();
  }
  return found;
}

}  // namespace aiot::store
