// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "frame_format.hpp"

namespace aiot::store {

/// What a frame's header says; complete when the frame is valid.
struct FrameLog::Found {
  format::FrameKind kind = format::FrameKind::kRecord;
  std::uint16_t length = 0;  // of the payload
  std::uint64_t sequence = 0;

  /// The length.
  std::uint16_t take(const std::byte* header) noexcept {
    const std::uint16_t word = load_le16(header);
    kind = static_cast<format::FrameKind>(word >> format::kKindShift);
    length = word & format::kLengthMask;
    return length;
  }

  /// False when no frame has such a header.
  [[nodiscard]] bool plausible() const noexcept {
    return kind == format::FrameKind::kState ? length == format::kStateBytes
                                             : kind == format::FrameKind::kRecord && length != 0;
  }
};

}  // namespace aiot::store
