// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "frame_format.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/crc32.hpp"

namespace aiot::store::format {
namespace {

constexpr std::uint32_t kMagic = 0x4C46'4941;  // "AIFL"
constexpr std::uint32_t kMinAlign = 4;
// Far more than flash can wear; above it arithmetic on sequences could wrap.
constexpr std::uint64_t kMaxFirst = std::uint64_t{1} << 62U;
constexpr std::uint32_t kMaxSector = 0xF000'0000U;

constexpr std::size_t kMarkCrcAt = 12;
constexpr std::size_t kOpenStateAt = 20;
constexpr std::size_t kOpenCrcAt = 44;
constexpr unsigned kKindShift = 14;
constexpr std::uint16_t kLengthMask = (1U << kKindShift) - 1;

std::uint32_t open_crc(const std::byte* mark, const std::byte* open) noexcept {
  return crc32(crc32(0, {mark, kMarkBytes}), {open, kOpenCrcAt});
}

void parse_open(const Layout& layout,
                std::uint32_t index,
                const std::byte* open,
                SectorInfo& info) noexcept {
  info.sequence = load_le32(open);
  info.first = load_le64(open + 12);
  std::memcpy(info.state.data(), open + kOpenStateAt, info.state.size());
  const bool same_ring =
      load_le32(open + 4) == layout.sectors && load_le32(open + 8) == layout.sector_bytes;
  if (!same_ring || info.sequence % layout.sectors != index) {
    info.kind = SectorKind::kForeign;
    return;
  }
  const bool sane =
      info.sequence >= layout.sectors && info.sequence < kMaxSector && info.first < kMaxFirst;
  info.kind = sane ? SectorKind::kOpen : SectorKind::kDamaged;
}

std::uint16_t frame_word(const FrameHeader& header) noexcept {
  const unsigned kind = static_cast<unsigned>(header.kind) << kKindShift;
  return static_cast<std::uint16_t>(kind | header.length);
}

}  // namespace

Layout layout_of(std::uint32_t sector_bytes,
                 std::uint32_t sectors,
                 std::uint32_t granule,
                 std::byte erased) noexcept {
  const std::uint32_t mark = round_up(kMarkBytes, granule);
  return {.sector_bytes = sector_bytes,
          .sectors = sectors,
          .mark_bytes = mark,
          .header_bytes = mark + round_up(kOpenBytes, granule),
          .align = std::max(granule, kMinAlign),
          .erased = erased};
}

std::uint32_t frame_bytes(const Layout& layout, std::uint32_t length) noexcept {
  return std::max(round_up(kFrameHeaderBytes + length, layout.align), kMinFrameBytes);
}

bool all_erased(Bytes bytes, std::byte erased) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [erased](std::byte b) { return b == erased; });
}

void encode_mark(const Layout& layout, std::uint32_t erase_count, std::byte* out) noexcept {
  store_le32(out, kMagic);
  out[4] = static_cast<std::byte>(FrameLog::kFormatVersion);
  out[5] = static_cast<std::byte>(layout.align);
  out[6] = layout.erased;
  out[7] = std::byte{0};
  store_le32(out + 8, erase_count);
  store_le32(out + kMarkCrcAt, crc32(0, {out, kMarkCrcAt}));
}

void encode_open(const Layout& layout, const SectorInfo& info, std::byte* out) noexcept {
  std::array<std::byte, kMarkBytes> mark{};
  encode_mark(layout, info.erase_count, mark.data());
  store_le32(out, info.sequence);
  store_le32(out + 4, layout.sectors);
  store_le32(out + 8, layout.sector_bytes);
  store_le64(out + 12, info.first);
  std::memcpy(out + kOpenStateAt, info.state.data(), info.state.size());
  store_le32(out + kOpenCrcAt, open_crc(mark.data(), out));
}

void parse_header(const Layout& layout,
                  std::uint32_t index,
                  const std::byte* bytes,
                  SectorInfo& info) noexcept {
  info = {};
  if (all_erased({bytes, layout.header_bytes}, layout.erased)) {
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
  if (std::to_integer<std::uint32_t>(bytes[5]) != layout.align || bytes[6] != layout.erased) {
    info.kind = SectorKind::kForeign;
    return;
  }
  info.erase_count = load_le32(bytes + 8);
  const std::byte* open = bytes + layout.mark_bytes;
  if (all_erased({open, layout.header_bytes - layout.mark_bytes}, layout.erased)) {
    info.kind = SectorKind::kErased;
  } else if (load_le32(open + kOpenCrcAt) == open_crc(bytes, open)) {
    parse_open(layout, index, open, info);
  }
}

void encode_frame_header(const FrameHeader& header, std::byte* out) noexcept {
  store_le16(out, frame_word(header));
  store_le16(out + 2, header.sequence);
  store_le32(out + 4, header.crc);
}

bool parse_frame_header(const std::byte* bytes, FrameHeader& header) noexcept {
  const std::uint16_t word = load_le16(bytes);
  header.length = word & kLengthMask;
  header.kind = static_cast<FrameKind>(word >> kKindShift);
  header.sequence = load_le16(bytes + 2);
  header.crc = load_le32(bytes + 4);
  if (header.kind == FrameKind::kState) {
    return header.length == std::tuple_size_v<LogState>;
  }
  return header.kind == FrameKind::kRecord && header.length != 0;
}

std::uint32_t frame_crc_seed(std::uint32_t sector_sequence,
                             std::uint64_t sequence,
                             const FrameHeader& header) noexcept {
  std::array<std::byte, 14> seed{};
  store_le32(seed.data(), sector_sequence);
  store_le64(seed.data() + 4, sequence);
  store_le16(seed.data() + 12, frame_word(header));
  return crc32(0, seed);
}

}  // namespace aiot::store::format
