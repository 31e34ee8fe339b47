// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The writing half of the log: frames, sectors, the spare. How it is read: frame_log_read.cpp; how
// its ends are found: frame_log_mount.cpp.

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

// Programs are put together on the stack; larger pages are written in pieces of this.
constexpr std::uint32_t kWindowBytes = 256;
// Sectors in a row that may fail before an append gives up. Few: a device that erases but does not
// program would otherwise lose its content to one append.
constexpr std::uint32_t kMaxBadInARow = 3;

bool valid_geometry(const hal::FlashGeometry& g) noexcept {
  const bool granule =
      g.program != 0 && g.program <= FrameLog::kMaxProgram && (g.program & (g.program - 1)) == 0;
  return granule && g.page != 0 && g.page % g.program == 0 && g.sector % g.page == 0 &&
         (g.page <= kWindowBytes || g.page % kWindowBytes == 0) && g.sector % 8 == 0;
}

}  // namespace

Status FrameLog::configure(hal::FlashRef flash, hal::FlashRegion region) noexcept {
  const hal::FlashGeometry g = flash.geometry();
  if (!valid_geometry(g)) {
    return Error::kUnsupported;
  }
  if (region.offset % g.sector != 0 || region.size % g.sector != 0 || region.size > g.size ||
      region.offset > g.size - region.size || region.size / g.sector < kMinSectors) {
    return Error::kInvalidArgument;
  }
  layout_ = format::layout_of(g, region.size / g.sector);
  if (g.sector < layout_.header_bytes + format::frame_bytes(layout_, 1)) {
    return Error::kUnsupported;
  }
  base_ = region.offset;
  window_ = std::min(g.page, kWindowBytes);
  granule_ = static_cast<std::uint8_t>(g.program);
  reprogram_ = g.reprogram;
  overwrite_ = g.overwrite;
  flash_ = flash;
  return {};
}

std::uint32_t FrameLog::address(std::uint32_t sector) const noexcept {
  return base_ + sector % layout_.sectors * layout_.sector_bytes;
}

std::uint32_t FrameLog::max_payload() const noexcept {
  if (!mounted()) {
    return 0;
  }
  const std::uint32_t room = layout_.sector_bytes - layout_.header_bytes;
  return std::min(room / layout_.align * layout_.align - layout_.frame_header, kMaxPayload);
}

Status FrameLog::format(hal::FlashRef flash, hal::FlashRegion region) noexcept {
  FrameLog log;
  AIOT_TRY(log.configure(flash, region));
  for (std::uint32_t i = 0; i < log.layout_.sectors; ++i) {
    SectorInfo info;
    std::uint32_t digest = 0;
    if (!log.read_header(i, info) || info.kind != SectorKind::kBlank || !log.blank(i, digest)) {
      AIOT_TRY(flash.erase(log.address(i)));
    }
  }
  return flash.sync();
}

/// Programs `head`, then `body`, then erased bytes up to `size`, in pieces that keep to pages.
/// Write-once units stay unwritten when they would keep the erased value: so a unit that reads as
/// erased can always be written.
Status FrameLog::put(std::uint32_t at, Bytes head, Bytes body, std::uint32_t size) noexcept {
  std::array<std::byte, kWindowBytes> stage;  // NOLINT(*-member-init): filled before it is used
  for (std::uint32_t done = 0; done < size;) {
    const std::uint32_t part = std::min(window_ - (at + done) % window_, size - done);
    for (std::uint32_t i = 0; i < part; ++i) {
      std::uint32_t from = done + i;
      if (from < head.size()) {
        stage[i] = head[from];
        continue;
      }
      from -= static_cast<std::uint32_t>(head.size());
      stage[i] = from < body.size() ? body[from] : layout_.erased;
    }
    std::uint32_t end = 0;
    for (std::uint32_t from = 0; from < part; from = end + granule_) {
      end = reprogram_ ? part : from;
      while (end < part && !format::all_erased({&stage[end], granule_}, layout_.erased)) {
        end += granule_;
      }
      if (end > from) {
        AIOT_TRY(flash_->program(at + done + from, {&stage[from], end - from}));
      }
    }
    done += part;
  }
  return {};
}

/// Whether opening `sector` loses protected frames.
bool FrameLog::evicts(std::uint32_t sector) noexcept {
  if (kept_for_ != sector) {
    const SectorStart kept =
        start_from(std::max(sector - layout_.sectors + 1, layout_.sectors));
    // A newest sector whose header is damaged holds the newest frame all the same.
    kept_ = kept.sector > head_ ? std::max(next_sequence_, std::uint64_t{1}) - 1 : kept.first;
    kept_for_ = sector;
  }
  return kept_ > protected_from_ && kept_ > oldest_sequence_;
}

/// Whether the next sector may be opened: not when it loses the newest frame, or protected ones of
/// a log that refuses, or when too many failed.
bool FrameLog::may_open() noexcept {
  const std::uint32_t newest = head_ == 0 ? layout_.sectors - 1 : head_;
  if (next_ - newest > std::min(kMaxBadInARow, layout_.sectors - 1)) {
    return false;
  }
  const bool loses = evicts(next_) && refuses_;
  return !loses && (kept_ < next_sequence_ || oldest_sequence_ >= kept_);
}

/// The sector to open next is of no use: its number is left out, and so it keeps its place.
void FrameLog::retire() noexcept {
  ++bad_sectors_;
  ++next_;
  spare_ready_ = false;
}

/// Makes the next sector an erased and marked one. A mark that was found at mount is not believed
/// by itself: a cut erase may have left it. Where nothing is erased, old frames stay behind the
/// mark, also such as were written before a cut and never synced; so the mark carries a salt from
/// what the sector holds, and the checksums of new frames differ from theirs.
Status FrameLog::prepare() noexcept {
  const std::uint32_t at = address(next_);
  SectorInfo info;
  std::uint32_t digest = 0;
  (void)read_header(next_, info);
  (void)evicts(next_);
  const bool erased = blank(next_, digest) && info.kind == SectorKind::kErased;
  next_mark_ = overwrite_ ? digest : info.mark;
  if (!overwrite_ && !erased) {
    next_mark_ = info.mark != 0 ? info.mark + 1 : std::max(mark_, std::uint32_t{1});
    AIOT_TRY(flash_->erase(at));
  }
  oldest_sequence_ = std::max(oldest_sequence_, kept_);
  if (!overwrite_ && erased) {
    return {};
  }
  std::array<std::byte, format::kMarkBytes> mark{};
  format::encode_mark(layout_, next_mark_, mark.data());
  return put(at, mark, {}, overwrite_ ? layout_.header_bytes : layout_.mark_bytes);
}

/// Makes the prepared sector the newest; the state becomes durable with it. Only one opening is
/// ever on its way to a disk: a later sector never survives a cut that an earlier one does not.
Status FrameLog::open() noexcept {
  if (opened_) {
    AIOT_TRY(sync());
  }
  const SectorInfo info{.kind = SectorKind::kOpen,
                        .sequence = next_,
                        .mark = next_mark_,
                        .stamp = stamp_,
                        .first = next_sequence_,
                        .state = state_};
  std::array<std::byte, format::kOpenBytes> bytes{};
  format::encode_open(layout_, info, bytes.data());
  AIOT_TRY(put(address(next_) + layout_.mark_bytes,
               bytes,
               {},
               std::uint32_t{layout_.header_bytes} - layout_.mark_bytes));
  if (head_ == 0) {
    oldest_sequence_ = next_sequence_;
  }
  head_ = next_++;
  head_offset_ = layout_.header_bytes;
  mark_ = next_mark_;
  seed_ = format::frame_seed(info, overwrite_);
  spare_ready_ = serviced_ = false;
  opened_ = true;
  return {};
}

/// Opens the next sector that works.
Status FrameLog::open_next() noexcept {
  const std::uint32_t first = head_ == 0 ? layout_.sectors : head_ + 1;
  while (may_open()) {
    if ((spare_ready_ || prepare().ok()) && open().ok()) {
      return {};
    }
    retire();
  }
  const bool failed = next_ != first;
  next_ = spare_ready_ ? next_ : first;
  return failed ? Error::kIo : Error::kNoSpace;
}

/// Errors: those of `append`.
Status FrameLog::write(FrameKind kind, Bytes payload) noexcept {
  const std::uint32_t size =
      format::frame_bytes(layout_, static_cast<std::uint32_t>(payload.size()));
  Status status;
  serviced_ = spare_ready_;
  bool failed = false;  // what stands in the sector is unknown then: nothing more is put into it
  for (;;) {
    if (head_ == 0 || head_offset_ + size > layout_.sector_bytes) {
      status = open_next();
      if (!status.ok() || kind == FrameKind::kState) {
        break;  // the sector's header holds the state
      }
    }
    // A log that refuses keeps one sector free for states, so that it can be told what is released.
    if (kind == FrameKind::kRecord && refuses_ && evicts(next_)) {
      status = Error::kNoSpace;
      break;
    }
    std::array<std::byte, format::kMaxFrameHeader> header{};
    format::encode_frame_header(kind, seed_, next_sequence_, payload, header.data());
    status = put(
        address(head_) + head_offset_, Bytes{header}.first(layout_.frame_header), payload, size);
    if (status.ok()) {
      head_offset_ += size;
      next_sequence_ += kind == FrameKind::kRecord ? 1 : 0;
      return {};
    }
    ++bad_sectors_;
    head_offset_ = layout_.sector_bytes;
    if (failed) {
      break;
    }
    failed = true;
  }
  if (!failed) {
    return status;
  }
  if (kind == FrameKind::kRecord) {
    ++next_sequence_;  // the frame may become readable later: its sequence must not name another
  }
  return status.ok() ? status : Error::kIo;
}

Status FrameLog::append(Bytes payload) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (payload.empty()) {
    return Error::kInvalidArgument;
  }
  return payload.size() > max_payload() ? Error::kNoSpace : write(FrameKind::kRecord, payload);
}

Status FrameLog::set_state(const LogState& state) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  const LogState before = state_;
  state_ = state;
  const Status written = write(FrameKind::kState, state_);
  if (!written.ok()) {
    state_ = before;
  }
  return written;
}

Status FrameLog::sync() noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  AIOT_TRY(flash_->sync());
  opened_ = false;
  return {};
}

Result<bool> FrameLog::service() noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (serviced_) {
    return false;
  }
  serviced_ = true;
  // Evicting is put off until the sector is needed soon.
  const bool early = head_ != 0 && head_offset_ < layout_.sector_bytes / 4 * 3;
  if (spare_ready_ || !may_open() || (early && evicts(next_))) {
    return false;
  }
  const Status prepared = prepare();
  spare_ready_ = prepared.ok();
  if (!prepared.ok()) {
    retire();
    return prepared.error();
  }
  return true;
}

}  // namespace aiot::store
