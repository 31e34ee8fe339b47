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

constexpr std::size_t kMarkCrcAt = 12;
constexpr std::size_t kStampAt = 4;
constexpr std::size_t kFirstAt = 8;
constexpr std::size_t kStateAt = 16;
constexpr std::size_t kOpenCrcAt = 44;
static_assert(kStateAt + kStateBytes == kOpenCrcAt);

std::uint32_t open_crc(const std::byte* mark, const std::byte* open) noexcept {
  return crc32(crc32(0, {mark, kMarkBytes}), {open, kOpenCrcAt});
}

}  // namespace

Layout layout_of(const hal::FlashGeometry& geometry, std::uint32_t sectors) noexcept {
  const std::uint32_t align = std::max(geometry.program, geometry.overwrite ? 8U : kMinAlign);
  const std::uint32_t mark = round_up(kMarkBytes, geometry.program);
  return {.sector_bytes = geometry.sector,
          .sectors = sectors,
          .erased = geometry.erased,
          .align = static_cast<std::uint8_t>(align),
          .mark_bytes = static_cast<std::uint8_t>(mark),
          .header_bytes = static_cast<std::uint8_t>(mark + round_up(kOpenBytes, geometry.program)),
          .frame_header = align < kLongHeaderAlign ? std::uint8_t{6} : std::uint8_t{8}};
}

std::uint32_t frame_bytes(const Layout& layout, std::uint32_t length) noexcept {
  return round_up(std::max(layout.frame_header + length, kMinFrameBytes), layout.align);
}

bool all_erased(Bytes bytes, std::byte erased) noexcept {
  for (const std::byte b : bytes) {
    if (b != erased) {
      return false;
    }
  }
  return true;
}

void encode_mark(const Layout& layout, std::uint32_t mark, std::byte* out) noexcept {
  store_le32(out, layout.sectors);
  store_le32(out + 4, layout.sector_bytes);
  out[8] = layout.erased;
  const std::uint32_t geometry = crc32(0, {out, 9});
  store_le32(out, kMagic);
  out[4] = static_cast<std::byte>(FrameLog::kFormatVersion);
  out[5] = static_cast<std::byte>(layout.align);
  store_le16(out + 6, static_cast<std::uint16_t>(geometry));
  store_le32(out + 8, mark);
  store_le32(out + kMarkCrcAt, crc32(0, {out, kMarkCrcAt}));
}

void encode_open(const Layout& layout, const SectorInfo& info, std::byte* out) noexcept {
  std::array<std::byte, kMarkBytes> mark{};
  encode_mark(layout, info.mark, mark.data());
  store_le32(out, info.sequence);
  store_le32(out + kStampAt, info.stamp);
  store_le64(out + kFirstAt, info.first);
  std::memcpy(out + kStateAt, info.state.data(), info.state.size());
  store_le32(out + kOpenCrcAt, open_crc(mark.data(), out));
}

void parse_header(const Layout& layout,
                  std::uint32_t index,
                  const std::byte* bytes,
                  SectorInfo& info) noexcept {
  const std::byte* const open = bytes + layout.mark_bytes;
  const bool unopened =
      all_erased({open, std::size_t{layout.header_bytes} - layout.mark_bytes}, layout.erased);
  if (unopened && all_erased({bytes, layout.mark_bytes}, layout.erased)) {
    info.kind = SectorKind::kBlank;
    return;
  }
  if (load_le32(bytes) != kMagic ||
      load_le32(bytes + kMarkCrcAt) != crc32(0, {bytes, kMarkCrcAt})) {
    return;
  }
  if (std::to_integer<std::uint32_t>(bytes[4]) != FrameLog::kFormatVersion) {
    info.kind = SectorKind::kNewer;
    return;
  }
  info.mark = load_le32(bytes + 8);
  std::array<std::byte, kMarkBytes> expected{};
  encode_mark(layout, info.mark, expected.data());
  if (std::memcmp(expected.data(), bytes, expected.size()) != 0) {
    info.kind = SectorKind::kForeign;
    return;
  }
  if (unopened) {
    info.kind = SectorKind::kErased;
    return;
  }
  info.sequence = load_le32(open);
  info.stamp = load_le32(open + kStampAt);
  info.first = load_le64(open + kFirstAt);
  std::memcpy(info.state.data(), open + kStateAt, info.state.size());
  if (load_le32(open + kOpenCrcAt) == open_crc(bytes, open) &&
      info.sequence % layout.sectors == index && info.sequence >= layout.sectors &&
      info.sequence < kMaxSector && info.first < kMaxFirst) {
    info.kind = SectorKind::kOpen;
  }
}

std::uint32_t frame_seed(const SectorInfo& info, bool overwrite) noexcept {
  return info.sequence + (overwrite ? info.mark : 0);
}

void encode_frame_header(FrameKind kind,
                         std::uint32_t seed,
                         std::uint64_t sequence,
                         Bytes payload,
                         std::byte* out) noexcept {
  const auto low = static_cast<std::uint32_t>(sequence);
  store_le16(out,
             static_cast<std::uint16_t>(static_cast<unsigned>(kind) << kKindShift |
                                        static_cast<unsigned>(payload.size())));
  store_le32(out + 2, crc32(crc32(seed, {out, 2}), payload) + low);
  store_le16(out + 6, static_cast<std::uint16_t>(low));
}

}  // namespace aiot::store::format
