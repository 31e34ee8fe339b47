// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/interval_plot.hpp"

#include <algorithm>
#include <cmath>

#include "aiot/toolkit/report/text.hpp"
#include "src/toolkit/report/rows.hpp"
#include "src/toolkit/report/svg.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kRowHeight = 34.0;

/// Half of the height of the strokes at the ends.
constexpr double kEnd = 5.0;

bool has_interval(const IntervalRow& row) noexcept {
  return std::isfinite(row.low) && std::isfinite(row.high) && row.low <= row.high;
}

std::string text_of(const IntervalRow& row, int decimals) {
  if (!std::isfinite(row.value)) {
    return "no data";
  }
  const std::string text = fixed(row.value, decimals);
  return has_interval(row)
             ? text + " [" + fixed(row.low, decimals) + ", " + fixed(row.high, decimals) + "]"
             : text;
}

std::string colour_of(const IntervalRow& row) {
  return row.standing == Standing::kSound ? "k-s1" : "k-s2";
}

/// A filled circle, or a hollow diamond for what is not to be relied on.
void mark(Svg& svg, double x, double y, const IntervalRow& row) {
  if (row.standing == Standing::kSound) {
    svg.path("M" + coordinate(x - 5.0) + " " + coordinate(y) + "a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
             "f-s1",
             "");
  } else {
    svg.path(
        "M" + coordinate(x - 6.0) + " " + coordinate(y) + "l6-6 6 6-6 6z", "ln hollow k-s2", "");
  }
}

std::optional<Range> range_of(const IntervalPlot& plot) {
  Extent extent(plot.x.scale);
  for (const IntervalRow& row : plot.rows) {
    extent.add(row.value);
    if (std::isfinite(row.value) && has_interval(row)) {
      extent.add(row.low);
      extent.add(row.high);
    }
  }
  if (extent.empty()) {
    return std::nullopt;
  }
  if (plot.reference) {
    extent.add(plot.reference->value);
  }
  const Range range = *extent.range(plot.x);
  const Range round = rounded_out(plot.x.scale, range, 6);
  return Range{plot.x.from ? range.from : round.from, plot.x.to ? range.to : round.to};
}

Picture rows(const IntervalPlot& plot, const Range& range, double width) {
  std::vector<RowText> texts;
  for (const IntervalRow& row : plot.rows) {
    texts.push_back({row.label, text_of(row, plot.decimals)});
  }
  RowFrame frame(plot.x, range, texts, kRowHeight, plot.reference, width);
  for (std::size_t i = 0; i < plot.rows.size(); ++i) {
    const IntervalRow& row = plot.rows[i];
    if (!std::isfinite(row.value)) {
      continue;
    }
    const auto at = [&](double value) {
      return frame.left() + std::clamp(frame.mapping().at(value), 0.0, frame.mapping().pixels());
    };
    const double y = frame.row_top(i) + kRowHeight / 2.0;
    if (has_interval(row)) {
      const std::string top = " " + coordinate(y - kEnd) + "v" + coordinate(2.0 * kEnd);
      std::string bar = "M" + coordinate(at(row.low)) + " " + coordinate(y);
      bar += "H" + coordinate(at(row.high));
      bar += "M" + coordinate(at(row.low)) + top;
      bar += "M" + coordinate(at(row.high)) + top;
      frame.svg().path(bar, "ln " + colour_of(row), "");
    }
    mark(frame.svg(), at(row.value), y, row);
  }
  return frame.finish();
}

LegendEntry entry(Standing standing, const std::string& name) {
  Svg svg;
  const IntervalRow row{"", 0.0, 0.0, 0.0, standing};
  svg.path("M1 6h26M1 2v8M27 2v8", "ln " + colour_of(row), "");
  mark(svg, 14.0, 6.0, row);
  return {svg.body(), name};
}

}  // namespace

Drawing draw(const IntervalPlot& plot) {
  Drawing drawing;
  drawing.title = plot.title;
  drawing.caption = plot.caption;
  const std::optional<Range> range = range_of(plot);
  if (!range) {
    drawing.description = "No data.";
    return drawing;
  }
  drawing.description = plot.x.label + " with intervals. ";
  for (const IntervalRow& row : plot.rows) {
    const std::string& kind =
        row.standing == Standing::kSound ? plot.sound_name : plot.doubtful_name;
    drawing.description +=
        row.label + (kind.empty() ? "" : ", " + kind) + ": " + text_of(row, plot.decimals) + ". ";
  }
  if (plot.reference) {
    drawing.description +=
        plot.reference->label + " at " + value_text(plot.x, plot.reference->value) + ". ";
  }
  drawing.wide = rows(plot, *range, kWideWidth);
  drawing.slim = rows(plot, *range, kSlimWidth);
  for (const auto& [standing, name] : {std::pair(Standing::kSound, plot.sound_name),
                                       std::pair(Standing::kDoubtful, plot.doubtful_name)}) {
    if (!name.empty()) {
      drawing.legend.push_back(entry(standing, name));
    }
  }
  return drawing;
}

}  // namespace aiot::toolkit::report
