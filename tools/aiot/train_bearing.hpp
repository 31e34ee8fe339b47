// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "aiot/toolkit/bearing_corpus.hpp"
#include "aiot/toolkit/cross_validation.hpp"
#include "tools/aiot/bearing_data.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/manifest_rows.hpp"
#include "tools/aiot/train_report.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

/// Trains on the evidence of bearings, judges by holding bearings out, writes package and card.
ExitCode train_bearing(const TrainOptions& options,
                       CheckedRows& rows,
                       const BearingSource& source,
                       Progress& progress);

/// What the network is trained on: everything that is not normal, or all.
std::vector<toolkit::BearingRecording> learned_recordings(
    const std::vector<toolkit::BearingRecording>& recordings,
    const std::string& normal,
    bool learn_normal);

/// A warning on stderr that the figures will be too good.
void warn_of_leak();

/// "0.991 (95 % 0.960 to 1.000)", or "none".
std::string area_text(const std::optional<double>& area,
                      const std::optional<toolkit::Interval>& interval);

}  // namespace aiot::cli
