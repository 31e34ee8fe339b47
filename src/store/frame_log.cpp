// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Reading and writing of a mounted log; how its ends are found: frame_log_mount.cpp.

#include "aiot/store/frame_log.hpp"

#include <algorithm>
#include <cstring>

#include "ring.hpp"

namespace aiot::store {

using format::SectorInfo;
using format::SectorKind;

namespace {

// Programs are put together on the stack; larger pages are written in pieces of this.
constexpr std::uint32_t kWindowBytes = 256;
// Sectors behind the newest one that an append tries. Few: a device that erases but does not
// program would otherwise lose its content to one append, and `mount` has to look past them.
constexpr std::uint32_t kMaxBadInARow = 2;

/// Programs `head` and `body`, filled up with erased bytes to whole granules, in pieces that keep
/// to pages. Write-once units stay unwritten when they would keep the erased value: so a unit that
/// reads as erased can always be written.
bool put(Ring& ring,
         std::uint32_t at,
         const std::byte* head,
         std::size_t head_size,
         const std::byte* body,
         std::size_t body_size) noexcept {
  std::array<std::byte, kWindowBytes> stage;  // NOLINT(*-member-init): filled before it is used
  const std::uint32_t granule = ring.geometry.program;
  const std::uint32_t window = (ring.geometry.page - 1) & (kWindowBytes - 1);
  const std::size_t all = head_size + body_size;
  for (std::size_t done = 0; done < all;) {
    std::uint32_t size = 0;
    do {
      if (done == head_size) {
        head = body;
      }
      stage[size++] = done < all ? *head++ : ring.geometry.erased;
      ++done;
    } while (((at + size) & (done < all ? window : granule - 1)) != 0);
    std::uint32_t end = 0;
    for (std::uint32_t from = 0; from < size; from = end + granule) {
      end = ring.geometry.reprogram ? size : from;
      while (end < size && !format::all_erased(&stage[end], granule, ring.geometry.erased)) {
        end += granule;
      }
      if (end > from && !ring.flash->program(at + from, {&stage[from], end - from}).ok()) {
        return false;
      }
    }
    at += size;
  }
  return true;
}

/// Whether opening the next sector loses protected frames; looks up what it would keep.
bool evicts(Ring& ring) noexcept {
  SectorInfo info;  // NOLINT(*-member-init): filled by the next call
  // A newest sector whose header is damaged holds the newest frame all the same: nothing is lost.
  ring.kept = ring::open_from(ring, std::max(ring.next + 1 - ring.sectors, ring.sectors), info)
                  ? info.first
                  : 0;
  return ring.kept > std::max(ring.protected_from, ring.oldest_sequence);
}

/// The next sector is of no use: its number is left out, and so it keeps its place.
[[gnu::noinline]] Error retire(Ring& ring) noexcept {
  ++ring.bad_sectors;
  ++ring.next;
  ring.spare_ready = false;
  return Error::kWouldBlock;
}

/// Makes the next sector an erased and marked one. A mark that was found at mount is not believed
/// by itself: a cut erase may have left it. Where nothing is erased, the mark goes with an empty
/// opening over the old one. Errors: `kNoSpace` protected frames that are to `stay` would be lost;
/// `kWouldBlock` the sector was retired; `kIo` too many were.
Error prepare(Ring& ring, bool stay) noexcept {
  if (ring.spare_ready) {
    return Error::kNone;
  }
  if (ring.next - ring.head > std::min(kMaxBadInARow, ring.sectors - 1)) {
    ring.next = ring.head + 1;  // they may work another time
    return Error::kIo;
  }
  if (evicts(ring) && stay) {
    return Error::kNoSpace;
  }
  const std::uint32_t at = ring::address(ring, ring.next);
  const bool overwrite = ring.geometry.overwrite;
  SectorInfo info;  // NOLINT(*-member-init): filled by the next call
  (void)ring::read_header(ring, ring.next, info);
  ring.spare_ready =
      !overwrite && info.kind == SectorKind::kErased && ring::unused(ring, ring.next);
  if (!ring.spare_ready) {
    if (!overwrite && !ring.flash->erase(at).ok()) {
      return retire(ring);
    }
    ring.oldest_sequence = std::max(ring.oldest_sequence, ring.kept);
    std::array<std::byte, format::kHeaderBufferBytes> header;  // NOLINT(*-member-init): filled here
    header.fill(ring.geometry.erased);
    format::encode_mark(ring, header.data());
    const std::size_t size = overwrite ? ring.header_bytes : format::kMarkBytes;
    ring.spare_ready = put(ring, at, header.data(), size, nullptr, 0);
  }
  return ring.spare_ready ? Error::kNone : retire(ring);
}

/// Opens the next sector; `state` becomes durable with it. Errors: those of `prepare`. Only two
/// openings are ever on their way to a disk: when a cut takes the first and not the second,
/// mounting finds that one.
Error open_next(Ring& ring, const LogState& state) noexcept {
  for (;;) {
    const Error error = prepare(ring, ring.refuses);
    if (error == Error::kWouldBlock) {
      continue;
    }
    if (error != Error::kNone) {
      return error;
    }
    std::array<std::byte, format::kOpenBytes> bytes;  // NOLINT(*-member-init): filled here
    format::encode_open(ring, state, bytes.data());
    if (ring.opened >= 2) {
      ring.opened = 0;
      if (!ring.flash->sync().ok()) {
        return Error::kIo;
      }
    }
    if (put(ring,
            ring::address(ring, ring.next) + ring.mark_bytes,
            bytes.data(),
            bytes.size(),
            nullptr,
            0)) {
      ring.head = ring.next++;
      ring.offset = ring.header_bytes;
      ring.seed = format::frame_seed(ring.head, ring.geometry.session);
      ring.spare_ready = ring.serviced = false;
      ++ring.opened;
      return Error::kNone;
    }
    // It may be there all the same, and be found at mount: it counts as the newest one, closed.
    ring.head = ring.next;
    ring.offset = ring.geometry.sector;
    return retire(ring);
  }
}

std::uint32_t max_payload(const Ring& ring) noexcept {
  const std::uint32_t room = ring.geometry.sector - ring.header_bytes - ring.frame_header;
  return std::min(room, FrameLog::kMaxPayload);
}

/// Appends a record; or the state, which `bytes` are then. When the flash fails in the middle of a
/// frame, the sector is closed and the frame goes to the next one. What stands in the first may be
/// readable later; readers know from the next sector's first sequence that it does not count.
Error write(Ring& ring,
            const std::byte* bytes,
            std::size_t bytes_size,
            const LogState* state) noexcept {
  if (bytes_size > max_payload(ring)) {
    return Error::kNoSpace;
  }
  const auto length = static_cast<std::uint32_t>(bytes_size);
  const std::uint32_t size = format::frame_bytes(ring, length);
  ring.serviced = false;
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (ring.offset + size > ring.geometry.sector) {
      const Error error = open_next(ring, state != nullptr ? *state : ring.state);
      if (error == Error::kWouldBlock) {
        continue;
      }
      if (error != Error::kNone || state != nullptr) {
        return error;  // the sector's header holds the state
      }
    }
    // A log that refuses keeps one sector free for states, so that it can be told what is released.
    if (state == nullptr && ring.refuses && evicts(ring)) {
      return Error::kNoSpace;
    }
    std::array<std::byte, format::kMaxFrameHeader> header;  // NOLINT(*-member-init): filled here
    const auto low = static_cast<std::uint32_t>(ring.next_sequence);
    store_le16(header.data(),
               static_cast<std::uint16_t>(length | (state != nullptr ? format::kStateFlag : 0U)));
    const std::uint32_t crc = format::checksum(ring.seed, header.data(), 2);
    store_le32(&header[2], format::checksum(crc, bytes, length) + low);
    store_le16(&header[6], static_cast<std::uint16_t>(low));
    if (put(ring,
            ring::address(ring, ring.head) + ring.offset,
            header.data(),
            ring.frame_header,
            bytes,
            length)) {
      ring.offset += size;
      ring.next_sequence += state == nullptr ? 1 : 0;
      return Error::kNone;
    }
    ++ring.bad_sectors;
    ring.offset = ring.geometry.sector;
  }
  return Error::kIo;
}

/// Puts the cursor before the sector that holds its sequence, or into the oldest one.
void seek(const Ring& ring, FrameCursor& cursor) noexcept {
  std::uint32_t low = ring::lowest_sector(ring);
  std::uint32_t end = ring.head + 1;
  while (end - low > 1) {
    const std::uint32_t middle = low + (end - low) / 2;
    SectorInfo info;  // NOLINT(*-member-init): filled by the next call
    if (ring::open_from(ring, middle, info) && info.sequence < end &&
        info.first <= cursor.sequence) {
      low = info.sequence;
    } else {
      end = middle;
    }
  }
  cursor.sector = low;
  cursor.offset = 0;
}

}  // namespace

std::uint32_t FrameLog::max_payload() const noexcept {
  return mounted() ? store::max_payload(ring_) : 0;
}

bool FrameLog::fits(std::uint32_t payload, std::uint32_t behind) const noexcept {
  if (!mounted()) {
    return false;
  }
  const std::uint32_t second = behind != 0 ? format::frame_bytes(ring_, behind) : 0;
  return ring_.offset + format::frame_bytes(ring_, payload) + second <= ring_.geometry.sector;
}

Status FrameLog::append(Bytes payload) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (payload.empty()) {
    return Error::kInvalidArgument;
  }
  return write(ring_, payload.data(), payload.size(), nullptr);
}

Status FrameLog::set_state(const LogState& state) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  AIOT_TRY(Status{write(ring_, state.data(), format::kStateBytes, &state)});
  ring_.state = state;
  return {};
}

Status FrameLog::sync() noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  AIOT_TRY(ring_.flash->sync());
  ring_.opened = 0;
  return {};
}

Result<bool> FrameLog::service() noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  if (ring_.serviced || ring_.spare_ready) {
    return false;
  }
  // Evicting is put off until the sector is needed soon.
  const bool early = ring_.offset < ring_.geometry.sector - ring_.geometry.sector / 4;
  const Error error = prepare(ring_, ring_.refuses || early);
  ring_.serviced = error != Error::kWouldBlock;
  if (error == Error::kWouldBlock) {
    return Error::kIo;
  }
  return error == Error::kNone;
}

Status FrameLog::advance(FrameCursor& cursor, MutableBytes buffer) const noexcept {
  if (cursor.sector < lowest_sector() || cursor.sector > ring_.head) {
    seek(ring_, cursor);
  }
  for (; cursor.sector <= ring_.head; ++cursor.sector, cursor.offset = 0) {
    const bool newest = cursor.sector == ring_.head;
    SectorInfo info;  // NOLINT(*-member-init): filled by the next calls
    if (cursor.offset != 0 || ring::enter(ring_, cursor)) {
      cursor.end = newest ? ring_.offset : ring_.geometry.sector;
      if (cursor.limit == ~std::uint64_t{0}) {
        const bool closed = ring::open_from(ring_, cursor.sector + 1, info);
        cursor.limit = closed ? info.first : ~std::uint64_t{0};
      }
      while (ring::next_frame(ring_, cursor, buffer.data(), buffer.size())) {
        if (!cursor.record || cursor.expected <= cursor.sequence) {
          continue;
        }
        if (cursor.length > buffer.size()) {
          cursor.sector = 0;  // it is looked up again
          return Error::kNoSpace;
        }
        cursor.sequence = cursor.expected;
        return {};
      }
    }
    // No frame was found: is that the end, or is the flash gone?
    if (newest && cursor.expected != ring_.next_sequence &&
        !ring::read_header(ring_, ring_.head, info)) {
      cursor.sector = 0;
      return Error::kIo;
    }
    if (newest) {
      break;
    }
  }
  return mounted() ? Error::kEmpty : Error::kWrongState;
}

Result<Frame> FrameLog::read(FrameCursor& cursor, MutableBytes buffer) const noexcept {
  AIOT_TRY(advance(cursor, buffer));
  return Frame{cursor.sequence - 1, buffer.first(cursor.length)};
}

Result<Frame> FrameLog::last(MutableBytes buffer) const noexcept {
  if (ring_.next_sequence == 0) {
    return mounted() ? Error::kEmpty : Error::kWrongState;
  }
  // The last sequences may have no frame: what was not synced, and was lost in a cut.
  const std::uint64_t next = ring_.next_sequence;
  for (std::uint64_t back = 1;; back *= 2) {
    FrameCursor cursor{.sequence = next - std::min(back, next)};
    Status found = advance(cursor, buffer);
    std::uint64_t newest = cursor.sequence;
    while (found.ok() && newest != next) {
      found = advance(cursor, buffer);
      newest = cursor.sequence;
    }
    if (newest == next && found.ok()) {
      return Frame{newest - 1, buffer.first(cursor.length)};
    }
    if (found.error() != Error::kEmpty) {
      return found.error();
    }
    if (newest > next - std::min(back, next)) {
      cursor = {.sequence = newest - 1};
      return read(cursor, buffer);
    }
    if (back >= next) {
      return Error::kCorrupt;
    }
  }
}

std::uint32_t FrameLog::lowest_sector() const noexcept {
  return ring::lowest_sector(ring_);
}

SectorStart FrameLog::start_from(std::uint32_t sector) const noexcept {
  SectorInfo info;  // NOLINT(*-member-init): filled by the next call
  if (ring::open_from(ring_, sector, info)) {
    return {info.stamp, info.first};
  }
  return {ring_.stamp, ring_.next_sequence};
}

}  // namespace aiot::store
