// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/result.hpp"
#include "aiot/store/frame_log.hpp"

namespace aiot::store {

/// What one sector of a log holds.
struct SectorSurvey {
  bool header_readable = false;  ///< else frames may be readable all the same
  std::uint32_t stamp = 0;       ///< see `FrameLog::set_stamp`
  std::uint64_t first = 0;       ///< records [first, end) were written here
  std::uint64_t end = 0;
  std::uint32_t records = 0;  ///< of them can be read
  std::uint32_t states = 0;
};

/// Reads every frame of a sector: for inspection, not for devices at work. `sector`: its sector
/// sequence, from `log.lowest_sector()` to `log.newest_sector()`.
/// Errors: `kEmpty` nothing of this sector is there: it is the spare, was retired, or can not be
/// read at all; `kOutOfRange` no such sector; `kWrongState` not mounted.
Result<SectorSurvey> survey(const FrameLog& log, std::uint32_t sector) noexcept;

}  // namespace aiot::store
