// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "aiot/model/package.hpp"
#include "aiot/toolkit/loaded.hpp"
#include "aiot/toolkit/recording.hpp"

namespace aiot::cli {

/// Where the samples of a run come from.
struct SourceOptions {
  std::string recording;  ///< a file; "-" for standard input
  bool simulate = false;
  std::uint64_t seed = 1;
  double seconds = 60.0;
  std::optional<double> rate_hz;
  std::optional<double> full_scale;  ///< m/s^2
  std::string channel;
  std::string unit;  ///< "", "g", "mg", "m/s2"
};

/// The recording or simulation as `package` wants it: its axes, and a rate that it accepts where a
/// whole division of the recording's rate gives one. What was done is in the notes.
/// `progress` is called with the part that is done, 0..1.
toolkit::Loaded<toolkit::Recording> open_source(const SourceOptions& options,
                                                const model::Package& package,
                                                const std::function<void(double)>& progress);

/// The format of standard input, which has no header: --rate and --full-scale tell.
toolkit::Loaded<hal::SensorFormat> stdin_format(const SourceOptions& options,
                                                const model::Package& package);

}  // namespace aiot::cli
