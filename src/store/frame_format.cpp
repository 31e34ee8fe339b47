// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "frame_format.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/crc32.hpp"

namespace aiot::store::format {
namespace {

constexpr std::uint32_t kMagic = 0x4C46'4941;  // "AIFL"
// Frames start at multiples of this at least. On devices that are never erased, what a reader
// looks through is full of old frames: fewer places, and more check bits, keep chance away.
constexpr std::uint32_t kMinAlign = 2;
constexpr std::uint32_t kLongHeaderAlign = 8;
// Far more than flash can wear; above it arithmetic on sequences could wrap.
constexpr std::uint64_t kMaxFirst = std::uint64_t{1} << 62U;
constexpr std::uint32_t kMaxSector = 0xF000'0000U;

constexpr std::size_t kSaltAt = 8;
constexpr std::size_t kMarkCrcAt = 12;
constexpr std::size_t kStampAt = 4;
constexpr std::size_t kFirstAt = 8;
constexpr std::size_t kStateAt = 16;
constexpr std::size_t kOpenCrcAt = 44;
static_assert(kStateAt + kStateBytes == kOpenCrcAt);

/// The opening's checksum covers the mark.
std::uint32_t open_crc(const Ring& ring, std::uint32_t salt, const std::byte* open) noexcept {
  return checksum(ring.ident + salt, open, kOpenCrcAt);
}

}  // namespace

void lay_out(Ring& ring) noexcept {
  const hal::FlashGeometry& g = ring.geometry;
  const std::uint32_t align = std::max(g.program, g.overwrite ? kLongHeaderAlign : kMinAlign);
  const std::uint32_t mark = std::max<std::uint32_t>(g.program, kMarkBytes);
  ring.ident = FrameLog::kFormatVersion | align << 8U | (ring.sectors ^ g.sector >> 4U) << 16U;
  ring.align = static_cast<std::uint8_t>(align);
  ring.frame_header = align < kLongHeaderAlign ? 6 : 8;
  ring.mark_bytes = static_cast<std::uint8_t>(mark);
  ring.header_bytes = static_cast<std::uint8_t>(2 * mark + 32);  // 48 rounded up to the granule
}

std::uint32_t frame_bytes(const Ring& ring, std::uint32_t length) noexcept {
  const std::uint32_t size = std::max(ring.frame_header + length, kMinFrameBytes);
  return (size + ring.align - 1) & ~(std::uint32_t{ring.align} - 1);
}

bool all_erased(const std::byte* bytes, std::size_t size, std::byte erased) noexcept {
  while (size != 0) {
    if (bytes[--size] != erased) {
      return false;
    }
  }
  return true;
}

// Out of line: GCC builds a span in memory before it passes it in registers.
std::uint32_t checksum(std::uint32_t crc, const std::byte* bytes, std::size_t size) noexcept {
  return crc32(crc, {bytes, size});
}

void encode_mark(const Ring& ring, std::byte* out) noexcept {
  store_le32(out, kMagic);
  store_le32(out + 4, ring.ident);
  store_le32(out + kSaltAt, ring.geometry.session);
  store_le32(out + kMarkCrcAt, checksum(0, out, kMarkCrcAt));
}

void encode_open(const Ring& ring, const LogState& state, std::byte* out) noexcept {
  store_le32(out, ring.next);
  store_le32(out + kStampAt, ring.stamp);
  store_le64(out + kFirstAt, ring.next_sequence);
  std::memcpy(out + kStateAt, state.data(), state.size());
  store_le32(out + kOpenCrcAt, open_crc(ring, ring.geometry.session, out));
}

SectorKind parse_header(const Ring& ring,
                        std::uint32_t sector,
                        const std::byte* bytes,
                        SectorInfo& info) noexcept {
  const std::byte erased = ring.geometry.erased;
  if (load_le32(bytes) != kMagic) {
    return all_erased(bytes, ring.header_bytes, erased) ? SectorKind::kBlank : SectorKind::kDamaged;
  }
  if (load_le32(bytes + kMarkCrcAt) != checksum(0, bytes, kMarkCrcAt)) {
    return SectorKind::kDamaged;
  }
  const std::uint32_t other = load_le32(bytes + 4) ^ ring.ident;
  if (other != 0) {
    return (other & 0xFFU) != 0 ? SectorKind::kNewer : SectorKind::kForeign;
  }
  const std::byte* const open = bytes + ring.mark_bytes;
  info.salt = load_le32(bytes + kSaltAt);
  info.sequence = load_le32(open);
  info.stamp = load_le32(open + kStampAt);
  info.first = load_le64(open + kFirstAt);
  std::memcpy(info.state.data(), open + kStateAt, info.state.size());
  if (load_le32(open + kOpenCrcAt) == open_crc(ring, info.salt, open) &&
      (info.sequence - sector) % ring.sectors == 0 && info.sequence - ring.sectors < kMaxSector &&
      info.first < kMaxFirst) {
    return SectorKind::kOpen;
  }
  return all_erased(open, kOpenBytes, erased) ? SectorKind::kErased : SectorKind::kDamaged;
}

}  // namespace aiot::store::format
