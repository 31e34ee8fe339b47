// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/toolkit/report/axis.hpp"
#include "aiot/toolkit/report/drawing.hpp"
#include "aiot/toolkit/report/line_chart.hpp"

namespace aiot::toolkit::report {

/// Whether a figure may be relied on; those that may not are hollow.
enum class Standing : std::uint8_t { kSound, kDoubtful };

/// A value and the interval that it may lie in. Ends that are not finite are left away.
struct IntervalRow {
  std::string label;
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
  Standing standing = Standing::kSound;
};

/// Values with their intervals below each other, written out beside: `decimals` digits.
struct IntervalPlot {
  std::string title;
  std::string caption;
  Axis x;
  std::vector<IntervalRow> rows;
  std::optional<Limit> reference;  ///< as the level of chance
  int decimals = 2;
  std::string doubtful_name;  ///< what hollow marks mean, for the legend: "leaky split"
  std::string sound_name;     ///< and the others: "split by machine"
};

Drawing draw(const IntervalPlot& plot);

}  // namespace aiot::toolkit::report
