// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiot/toolkit/bearing_corpus.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/manifest_rows.hpp"

namespace aiot::cli {

/// Which features a network gets.
enum class Features : std::uint8_t {
  kAuto,     ///< kBearing when a bearing is known of any row, else kLevels
  kLevels,   ///< levels of bands, crest factor, kurtosis: of any machine
  kBearing,  ///< evidence of bearing damage: needs bearing and speed of each recording
};

/// What `Features::kAuto` means for these rows.
Features choose_features(const CheckedRows& rows, const BearingSource& source, Features wanted);

struct BearingData {
  std::vector<toolkit::BearingRecording> recordings;
  std::vector<std::string> labels;  ///< of the recordings, in order of appearance
  std::vector<std::string> notes;   ///< what was assumed, for people
};

/// Whether segments are looked at beside the whole recording: for training.
enum class View : std::uint8_t { kWhole, kSegments };

/// Looks at the bearings of all rows. Rows that can not be used add a line each to `rows.problems`.
///   parts: the column that folds are made of; may be empty
BearingData load_bearing_data(CheckedRows& rows,
                              const BearingSource& source,
                              const std::vector<std::string>& group_by,
                              const std::string& parts,
                              View view,
                              Progress& progress);

/// Prints a line for each problem on stderr.
void print_problems(const std::vector<std::string>& problems);

}  // namespace aiot::cli
