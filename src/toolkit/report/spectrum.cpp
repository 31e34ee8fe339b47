// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/spectrum.hpp"

#include <cmath>

namespace aiot::toolkit::report {
namespace {

bool usable(double frequency) noexcept {
  return std::isfinite(frequency) && frequency > 0.0;
}

}  // namespace

void mark_fault(LineChart& chart, const FaultFrequency& fault) {
  if (!usable(fault.frequency)) {
    return;
  }
  const auto family = static_cast<std::uint32_t>(chart.families.size());
  chart.families.push_back(fault.name);
  for (std::uint32_t harmonic = 1; harmonic <= fault.harmonics; ++harmonic) {
    const double centre = harmonic * fault.frequency;
    // Slip moves every harmonic by the same part of it.
    chart.markers.push_back({centre,
                             fault.name + " x" + std::to_string(harmonic),
                             MarkerKind::kFault,
                             family,
                             centre * fault.tolerance});
    for (std::uint32_t pair = 1; usable(fault.sideband_spacing) && pair <= fault.sideband_pairs;
         ++pair) {
      const double away = pair * fault.sideband_spacing;
      chart.markers.push_back({centre - away, "", MarkerKind::kSideband, family, 0.0});
      chart.markers.push_back({centre + away, "", MarkerKind::kSideband, family, 0.0});
    }
  }
}

void mark_shaft(LineChart& chart, double frequency, std::uint32_t harmonics) {
  for (std::uint32_t harmonic = 1; usable(frequency) && harmonic <= harmonics; ++harmonic) {
    chart.markers.push_back(
        {harmonic * frequency, std::to_string(harmonic) + "x", MarkerKind::kShaft, 0, 0.0});
  }
}

}  // namespace aiot::toolkit::report
