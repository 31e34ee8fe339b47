// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiot/toolkit/report/axis.hpp"
#include "aiot/toolkit/report/drawing.hpp"
#include "aiot/toolkit/report/palette.hpp"

namespace aiot::toolkit::report {

enum class SeriesStyle : std::uint8_t {
  kLine,
  kPoints,
  kLineAndPoints,
  kReference,  ///< a thin dashed line that is there to compare with
};

/// One curve. Values that are not finite are gaps.
struct Series {
  std::string name;
  std::vector<double> y;
  std::vector<double> x;  ///< as long as `y`, or empty: then x_start + i * x_step
  double x_start = 0.0;
  double x_step = 1.0;
  SeriesStyle style = SeriesStyle::kLine;
};

/// A horizontal line, as an alarm level.
struct Limit {
  double value = 0.0;
  std::string label;
  Tone tone = Tone::kNotice;
};

/// A horizontal band, as an evaluation zone. Infinite ends reach to the edge of the plot.
struct Zone {
  double from = 0.0;
  double to = 0.0;
  std::string label;
  Tone tone = Tone::kNeutral;
};

/// A part of the x axis, as the time of an alarm. Infinite ends reach to the edge of the plot.
struct Episode {
  double from = 0.0;
  double to = 0.0;
  std::string label;
  Tone tone = Tone::kBad;
};

enum class MarkerKind : std::uint8_t {
  kFault,     ///< a line through the plot in the colour of its family, with its label
  kSideband,  ///< a short mark at the top
  kShaft,     ///< a light dotted line, labelled where there is room
  kEvent,     ///< a solid line
};

/// A position on the x axis.
struct Marker {
  double x = 0.0;
  std::string label;
  MarkerKind kind = MarkerKind::kEvent;
  std::uint32_t family = 0;  ///< one for each fault, for colour and dashes
  double tolerance = 0.0;    ///< half of the width that was searched, shaded; 0 for none
};

/// Curves over one x axis: a spectrum, a trend, a signal, a score. Long series keep the extremes of
/// every pixel column. Without any value it says "no data".
struct LineChart {
  std::string title;
  std::string caption;
  Axis x;
  Axis y;
  std::vector<Series> series;
  std::vector<Limit> limits;
  std::vector<Zone> zones;
  std::vector<Episode> episodes;
  std::vector<Marker> markers;
  std::vector<std::string> families;  ///< names of the faults, by `Marker::family`, for the legend
  double height = 280.0;              ///< of the plot in pixels, 40 to 2000
  double width = kWideWidth;          ///< of the picture on a wide screen, kSlimWidth to kWideWidth
};

Drawing draw(const LineChart& chart);

}  // namespace aiot::toolkit::report
