// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/store/frame_log.hpp"

namespace aiot::cli {

enum class DamageCause : std::uint8_t {
  kFrames,  ///< their bytes, or those of frames before them, changed
  kHeader,  ///< the header of their sector is damaged, so that nothing in it can be told apart
};

/// Records with consecutive sequences.
struct Run {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Makes the last run longer by that sequence, or begins another one.
void add_to_runs(std::vector<Run>& runs, std::uint64_t sequence);

/// "record 7", "records 7 to 9"
std::string run_text(std::uint64_t first, std::uint64_t last);

/// Records that were written and can not be read.
struct DamagedRun {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  DamageCause cause = DamageCause::kFrames;
  bool needed = false;  ///< false: all of them are acknowledged, or replaced by newer ones
};

/// A sector with a damaged header next to the newest one. In a ring that has gone round, that is
/// the place of the oldest one, too.
enum class DamagedEnd : std::uint8_t {
  kNone,
  kOldest,  ///< it held the oldest records: the newest sector is not full yet
  kEither,  ///< it held the oldest records, or the newest
};

/// What a log's sectors and frames look like when all of them are read.
struct LogSurvey {
  std::uint32_t sectors = 0;
  std::uint32_t good_sectors = 0;     ///< hold frames, and all of them can be read
  std::uint32_t damaged_sectors = 0;  ///< the rest: blank, spare or retired ones
  std::uint64_t readable = 0;         ///< records
  std::uint64_t first = 0;            ///< the first and last readable one
  std::uint64_t last = 0;
  std::vector<DamagedRun> damage;
  std::vector<Run> strange;  ///< records that `known` does not know
  DamagedEnd end = DamagedEnd::kNone;
  bool end_needed = false;       ///< what was in that sector is missed
  std::optional<Error> stopped;  ///< reading ended here
};

/// Reads every sector and every frame. Records below `needed_from` are not missed. `known`: whether
/// the bytes are a record; none to take all.
LogSurvey survey_log(const store::FrameLog& log,
                     hal::FlashRef flash,
                     std::uint64_t needed_from,
                     bool (*known)(Bytes));

}  // namespace aiot::cli
