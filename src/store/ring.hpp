// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/store/frame_log.hpp"
#include "frame_format.hpp"

/// How a ring of sectors is read: what mounting, reading and writing share. Only reads.
namespace aiot::store::ring {

/// Of the sector's place on the device.
std::uint32_t address(const Ring& ring, std::uint32_t sector) noexcept;

bool read(const Ring& ring, std::uint32_t at, std::byte* out, std::size_t size) noexcept;

/// False when the sector's header can not be read; its kind is `kDamaged` then.
bool read_header(const Ring& ring, std::uint32_t sector, format::SectorInfo& info) noexcept;

/// False unless this very sector of the ring is open.
bool read_open(const Ring& ring, std::uint32_t sector, format::SectorInfo& info) noexcept;

/// The first open sector from `sector` to the newest one; false when there is none.
bool open_from(const Ring& ring, std::uint32_t sector, format::SectorInfo& info) noexcept;

/// Lowest sector sequence that can be in the ring.
std::uint32_t lowest_sector(const Ring& ring) noexcept;

/// Bytes from `at` on, `most` at most, that read as erased; whole units of `align`.
std::uint32_t erased_run(const Ring& ring, std::uint32_t at, std::uint32_t most) noexcept;

/// Whether all bytes behind the sector's header read as erased.
bool unused(const Ring& ring, std::uint32_t sector) noexcept;

/// Puts the cursor behind its sector's header. Frames of a sector whose header is damaged may be
/// readable all the same. False when not even its bytes are.
bool enter(const Ring& ring, FrameCursor& at) noexcept;

/// The next valid frame of the cursor's sector; its payload is copied into `buffer` [`room`] when
/// it fits, and the header behind it comes along when there is room for it. False at
/// `at.end` or `at.limit`.
bool next_frame(const Ring& ring, FrameCursor& at, std::byte* buffer, std::size_t room) noexcept;

}  // namespace aiot::store::ring
