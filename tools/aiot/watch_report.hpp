// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "aiot/core/bytes.hpp"
#include "aiot/toolkit/condition_analysis.hpp"
#include "aiot/toolkit/recording.hpp"

namespace aiot::cli {

/// What was watched, and by what.
struct Watched {
  const toolkit::Recording* recording = nullptr;
  const toolkit::ConditionHistory* history = nullptr;
  std::string baseline;  ///< what the file is called
  Bytes bytes;           ///< and what is in it
};

/// "octave 0 (3200-6400 Hz) +9.5 dB, kurtosis +2.1 dB", largest first.
std::string reasons_of(const Watched& watched, std::size_t point);

/// Whether the signal dropped at a point of the history.
bool dropped(const toolkit::ConditionHistory& history);

/// The history as one HTML file.
std::string watch_report(const Watched& watched);

}  // namespace aiot::cli
