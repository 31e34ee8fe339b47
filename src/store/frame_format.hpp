// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/store/frame_log.hpp"

/// The bytes of a frame log (SPEC, "Frame log"); no flash access here.
namespace aiot::store::format {

inline constexpr std::size_t kMarkBytes = 16;          // written after an erase has completed
inline constexpr std::size_t kOpenBytes = 48;          // written when the sector becomes the head
inline constexpr std::size_t kHeaderBufferBytes = 96;  // both, each rounded up to the write granule
inline constexpr std::uint32_t kFrameHeaderBytes = 8;
/// A frame is at least as long as a state frame: so one state a record always fits where the
/// records were (see `FrameLog::set_state`).
inline constexpr std::uint32_t kMinFrameBytes = 32;

enum class FrameKind : std::uint8_t { kRecord = 0, kState = 1 };

enum class SectorKind : std::uint8_t {
  kBlank,    // all header bytes erased, no mark: unused, or its erase was cut
  kErased,   // marked: completely erased and not used since
  kOpen,     // holds frames
  kDamaged,  // none of these
  kForeign,  // a frame log of another geometry
  kNewer,    // a frame log of a newer format version
};

inline constexpr std::size_t kSectorKinds = 6;

/// How the log's units lie in a sector of one geometry.
struct Layout {
  std::uint32_t sector_bytes = 0;
  std::uint32_t sectors = 0;
  std::uint32_t mark_bytes = 0;    // kMarkBytes rounded up to the granule
  std::uint32_t header_bytes = 0;  // mark and open, rounded up; the first frame is here
  std::uint32_t align = 0;         // of frames
  std::byte erased{0xFF};
};

struct SectorInfo {
  SectorKind kind = SectorKind::kDamaged;
  std::uint32_t sequence = 0;
  std::uint32_t erase_count = 0;
  std::uint64_t first = 0;  // sequence of the first frame written here
  LogState state{};         // when the sector was opened
};

struct FrameHeader {
  FrameKind kind = FrameKind::kRecord;
  std::uint16_t length = 0;    // of the payload
  std::uint16_t sequence = 0;  // low bits
  std::uint32_t crc = 0;
};

constexpr std::uint32_t round_up(std::uint32_t value, std::uint32_t unit) noexcept {
  return (value + unit - 1) / unit * unit;
}

Layout layout_of(std::uint32_t sector_bytes,
                 std::uint32_t sectors,
                 std::uint32_t granule,
                 std::byte erased) noexcept;

/// Bytes of a frame with `length` bytes of payload, padding included.
std::uint32_t frame_bytes(const Layout& layout, std::uint32_t length) noexcept;

bool all_erased(Bytes bytes, std::byte erased) noexcept;

/// Fills `out` [kMarkBytes].
void encode_mark(const Layout& layout, std::uint32_t erase_count, std::byte* out) noexcept;

/// Fills `out` [kOpenBytes]; `info.erase_count` is that of the mark before it.
void encode_open(const Layout& layout, const SectorInfo& info, std::byte* out) noexcept;

/// What the header bytes [layout.header_bytes] of the sector at `index` of the ring say.
void parse_header(const Layout& layout,
                  std::uint32_t index,
                  const std::byte* bytes,
                  SectorInfo& info) noexcept;

/// Fills `out` [kFrameHeaderBytes].
void encode_frame_header(const FrameHeader& header, std::byte* out) noexcept;

/// False when no frame starts with these bytes.
bool parse_frame_header(const std::byte* bytes, FrameHeader& header) noexcept;

/// The checksum of a frame before its payload is added: it covers the sector's sequence, so frames
/// of an earlier lap of the ring are never taken for current ones, and all bits of its own.
std::uint32_t frame_crc_seed(std::uint32_t sector_sequence,
                             std::uint64_t sequence,
                             const FrameHeader& header) noexcept;

}  // namespace aiot::store::format
