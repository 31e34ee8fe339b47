// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "aiot/core/bearing_evidence.hpp"
#include "aiot/toolkit/bearing_diagnosis.hpp"

namespace aiot::cli {

/// What is known of one part of a bearing, for tables.
struct PartRow {
  const char* part = "";    ///< "outer race"
  const char* family = "";  ///< "BPFO"
  double order = 0.0;       ///< nominal, events per revolution
  double hz = 0.0;          ///< where its lines were found
  LineFamily envelope{};    ///< in the loudest band
  double loudest_db = 0.0;  ///< in its own best band
  double direct_db = 0.0;   ///< in the vibration itself
};

std::array<PartRow, kBearingParts> part_rows(const toolkit::BearingDiagnosis& diagnosis);

/// "outer race damaged", "healthy", "abnormal, cause unclear"
const char* verdict_words(decide::BearingState state) noexcept;

/// "envelope", "wrong_speed": what decided, for programs.
const char* ground_word(decide::BearingGround ground) noexcept;

/// "outer race damaged, confidence 0.97"
std::string verdict_line(const toolkit::BearingDiagnosis& diagnosis);

/// Why, one sentence each, with numbers.
std::vector<std::string> reasons_of(const toolkit::BearingDiagnosis& diagnosis);

/// What to do next.
std::vector<std::string> next_steps(const toolkit::BearingDiagnosis& diagnosis);

}  // namespace aiot::cli
