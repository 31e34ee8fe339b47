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
inline constexpr std::size_t kMaxFrameHeader = 8;
inline constexpr std::uint32_t kStateBytes = std::tuple_size_v<LogState>;
/// A frame is at least as long as the shortest state frame: so one state a record always fits where
/// the records were (see `FrameLog::set_state`).
inline constexpr std::uint32_t kMinFrameBytes = 6 + kStateBytes;

inline constexpr unsigned kKindShift = 14;
inline constexpr std::uint16_t kLengthMask = (1U << kKindShift) - 1;

enum class FrameKind : std::uint8_t { kRecord = 0, kState = 1 };

enum class SectorKind : std::uint8_t {
  kBlank,    // all header bytes erased, no mark: unused, or its erase was cut
  kErased,   // marked: completely erased and not used since
  kOpen,     // holds frames
  kDamaged,  // none of these
  kForeign,  // a frame log of another geometry
  kNewer,    // a frame log of another format version
};

inline constexpr std::size_t kSectorKinds = 6;

struct SectorInfo {
  SectorKind kind = SectorKind::kDamaged;
  std::uint32_t sequence = 0;
  std::uint32_t mark = 0;   // erase count, or the salt where nothing is erased
  std::uint32_t stamp = 0;  // the owner's, when the sector was opened
  std::uint64_t first = 0;  // sequence of the first frame written here
  LogState state{};         // when the sector was opened
};

constexpr std::uint32_t round_up(std::uint32_t value, std::uint32_t unit) noexcept {
  return (value + unit - 1) / unit * unit;
}

Layout layout_of(const hal::FlashGeometry& geometry, std::uint32_t sectors) noexcept;

/// Bytes of a frame with `length` bytes of payload, padding included.
std::uint32_t frame_bytes(const Layout& layout, std::uint32_t length) noexcept;

bool all_erased(Bytes bytes, std::byte erased) noexcept;

/// Fills `out` [kMarkBytes].
void encode_mark(const Layout& layout, std::uint32_t mark, std::byte* out) noexcept;

/// Fills `out` [kOpenBytes]; `info.mark` is that of the mark before it.
void encode_open(const Layout& layout, const SectorInfo& info, std::byte* out) noexcept;

/// What the header bytes [layout.header_bytes] of the sector at `index` of the ring say.
void parse_header(const Layout& layout,
                  std::uint32_t index,
                  const std::byte* bytes,
                  SectorInfo& info) noexcept;

/// What the checksums of a sector's frames begin with: so frames of an earlier lap of the ring, or
/// of an opening that a cut took back, are never taken for current ones.
std::uint32_t frame_seed(const SectorInfo& info, bool overwrite) noexcept;

/// Fills `out` [kMaxFrameHeader].
void encode_frame_header(FrameKind kind,
                         std::uint32_t seed,
                         std::uint64_t sequence,
                         Bytes payload,
                         std::byte* out) noexcept;

}  // namespace aiot::store::format
