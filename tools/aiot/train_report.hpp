// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiot/toolkit/training.hpp"
#include "tools/aiot/bearing_data.hpp"
#include "tools/aiot/fleet.hpp"

namespace aiot::cli {

/// What `aiot train` was asked for.
struct TrainOptions {
  std::string manifest;
  bool simulate = false;
  std::size_t machines = FleetOptions{}.machines;
  std::uint64_t seed = 1;
  std::string output;
  std::string card;
  std::string name;
  std::vector<std::string> labels;
  std::string normal = "normal";
  std::vector<std::string> group_by;
  double false_alarm_cost = 6.0;
  bool json = false;
  Features features = Features::kAuto;
  std::string bearing;
  std::string catalogue;
  toolkit::Heads heads = toolkit::Heads::kSoftmax;
  bool learn_normal = false;
  std::string hold_out;  ///< COLUMN=VALUE
  bool leaky_split = false;
  std::size_t tried = 0;  ///< configurations before this one
};

/// The report for people, for programs, and as a model card in Markdown. The card depends on data
/// and options only, not on where files are.
std::string report_text(const TrainOptions& options, const toolkit::TrainingReport& report);
std::string report_json(const TrainOptions& options, const toolkit::TrainingReport& report);
std::string report_card(const TrainOptions& options,
                        const toolkit::TrainingRequest& request,
                        const toolkit::TrainingReport& report);

}  // namespace aiot::cli
