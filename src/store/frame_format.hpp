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

/// The first two bytes of a frame: length of the payload, and whether it is a state. All else is
/// zero: the fewer bytes can be a header, the less is read for nothing behind a torn frame.
inline constexpr std::uint16_t kLengthMask = 0x1FFF;
inline constexpr std::uint16_t kStateFlag = 0x4000;

enum class SectorKind : std::uint8_t {
  kBlank,    // all header bytes erased, no mark: unused, or its erase was cut
  kErased,   // marked: completely erased and not used since
  kOpen,     // holds frames
  kDamaged,  // none of these
  kForeign,  // a frame log of another geometry
  kNewer,    // a frame log of another format version
};

/// What a sector's header says; all but the kind are valid for an open sector only.
struct SectorInfo {
  SectorKind kind;
  std::uint32_t sequence;
  std::uint32_t salt;
  std::uint32_t stamp;  // the owner's, when the sector was opened
  std::uint64_t first;  // sequence of the first frame written here
  LogState state;       // when the sector was opened
};

/// Lays out sectors and frames for the ring's geometry, which is a valid one.
void lay_out(Ring& ring) noexcept;

/// Bytes of a frame with `length` bytes of payload, padding included.
std::uint32_t frame_bytes(const Ring& ring, std::uint32_t length) noexcept;

bool all_erased(const std::byte* bytes, std::size_t size, std::byte erased) noexcept;

/// CRC-32 that goes on from `crc`.
std::uint32_t checksum(std::uint32_t crc, const std::byte* bytes, std::size_t size) noexcept;

/// The mark of the next sector; fills `out` [kMarkBytes].
void encode_mark(const Ring& ring, std::byte* out) noexcept;

/// The opening of the next sector; fills `out` [kOpenBytes].
void encode_open(const Ring& ring, const LogState& state, std::byte* out) noexcept;

/// What the header bytes [header_bytes] of the sector at the place of `sector` say.
SectorKind parse_header(const Ring& ring,
                        std::uint32_t sector,
                        const std::byte* bytes,
                        SectorInfo& info) noexcept;

/// What the checksums of a sector's frames begin with: so frames of an earlier lap of the ring, or
/// of an opening that a cut took back, are never taken for current ones.
constexpr std::uint32_t frame_seed(std::uint32_t sector, std::uint32_t salt) noexcept {
  return sector + salt;
}

}  // namespace aiot::store::format
