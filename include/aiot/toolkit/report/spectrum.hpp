// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aiot/toolkit/report/line_chart.hpp"

namespace aiot::toolkit::report {

/// A fault frequency in the unit of the x axis, Hz or orders.
struct FaultFrequency {
  std::string name;  ///< "BPFO"
  double frequency = 0.0;
  std::uint32_t harmonics = 1;
  double tolerance = 0.0;         ///< half width searched at the first harmonic, as part of it
  double sideband_spacing = 0.0;  ///< 0 for no sidebands
  std::uint32_t sideband_pairs = 0;
};

/// Marks the harmonics as "BPFO x1", "BPFO x2", ... and their sidebands, each fault in another
/// colour. Frequencies that are not positive and finite mark nothing.
void mark_fault(LineChart& chart, const FaultFrequency& fault);

/// Marks `harmonics` of the shaft lightly as "1x", "2x", ...
void mark_shaft(LineChart& chart, double frequency, std::uint32_t harmonics);

}  // namespace aiot::toolkit::report
