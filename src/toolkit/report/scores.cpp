// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/scores.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include "aiot/toolkit/report/text.hpp"
#include "src/toolkit/report/rows.hpp"
#include "src/toolkit/report/svg.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kDotSize = 6.0;
constexpr double kStripHeight = 58.0;

/// More dots above each other than this are drawn on each other.
constexpr int kMostStacked = 8;

constexpr const char* kCross = "m-3-3l6 6m0-6l-6 6";

std::optional<Range> range_of(const StripChart& chart) {
  Extent extent(chart.x.scale);
  for (const StripGroup& group : chart.groups) {
    for (const StripPoint& point : group.points) {
      extent.add(point.score);
    }
  }
  if (extent.empty()) {
    return std::nullopt;
  }
  if (chart.threshold) {
    extent.add(chart.threshold->value);
  }
  Range range = *extent.range(chart.x);
  // Dots at the ends stay whole.
  if (chart.x.scale != AxisScale::kLog && !chart.x.from && !chart.x.to) {
    const double room = 0.02 * (range.to - range.from);
    range = {range.from - room, range.to + room};
  }
  return range;
}

/// Dots of a group by verdict, stacked up and down from the middle, in coordinates of the row.
struct Dots {
  std::vector<Point> right;
  std::vector<Point> wrong;
};

Dots stacked(const StripGroup& group, const Mapping& x) {
  std::vector<StripPoint> points = group.points;
  std::stable_sort(points.begin(), points.end(), [](const StripPoint& a, const StripPoint& b) {
    return a.score < b.score;
  });
  Dots dots;
  std::map<int, int> height;
  for (const StripPoint& point : points) {
    const double at = x.at(point.score);
    if (std::isnan(at)) {
      continue;
    }
    const int column = static_cast<int>(std::floor(at / kDotSize));
    const int level = height[column]++;
    if (level >= kMostStacked && point.verdict == Verdict::kRight) {
      continue;
    }
    const int slot = level % kMostStacked;
    const int steps = (slot + 1) / 2;
    const double away = kDotSize * (slot % 2 == 0 ? steps : -steps);
    (point.verdict == Verdict::kRight ? dots.right : dots.wrong)
        .push_back({at, kStripHeight / 2.0 + away});
  }
  return dots;
}

std::size_t wrong_in(const StripGroup& group) {
  return static_cast<std::size_t>(
      std::count_if(group.points.begin(), group.points.end(), [](const StripPoint& point) {
        return point.verdict == Verdict::kWrong;
      }));
}

std::string count_text(const StripGroup& group) {
  const std::size_t wrong = wrong_in(group);
  return std::to_string(group.points.size()) +
         (wrong == 0 ? "" : ", " + std::to_string(wrong) + " wrong");
}

Picture strips(const StripChart& chart, const Range& range, double width) {
  std::vector<RowText> texts;
  for (const StripGroup& group : chart.groups) {
    texts.push_back({group.label, count_text(group)});
  }
  RowFrame frame(chart.x, range, texts, kStripHeight, chart.threshold, width);
  for (std::size_t i = 0; i < chart.groups.size(); ++i) {
    const Dots dots = stacked(chart.groups[i], frame.mapping());
    frame.svg().open_clip(
        frame.left() - 4.0, frame.row_top(i), frame.mapping().pixels() + 8.0, kStripHeight);
    const auto moved = [](std::vector<Point> points) {
      for (Point& point : points) {
        point.x += 4.0;
      }
      return points;
    };
    frame.svg().path(marks_path(moved(dots.right), "h0"), "dot k-s1", "");
    frame.svg().path(marks_path(moved(dots.wrong), kCross), "cross k-bad", "");
    frame.svg().close();
  }
  return frame.finish();
}

}  // namespace

Drawing draw(const StripChart& chart) {
  Drawing drawing;
  drawing.title = chart.title;
  drawing.caption = chart.caption;
  const std::optional<Range> range = range_of(chart);
  if (!range) {
    drawing.description = "No data.";
    return drawing;
  }
  bool any_wrong = false;
  drawing.description = chart.x.label + " by class. ";
  for (const StripGroup& group : chart.groups) {
    Extent extent(chart.x.scale);
    for (const StripPoint& point : group.points) {
      extent.add(point.score);
    }
    any_wrong = any_wrong || wrong_in(group) > 0;
    drawing.description += group.label + ": " + count_text(group);
    if (const std::optional<Range> of_group = extent.range({})) {
      drawing.description += ", from " + value_text(chart.x, of_group->from) + " to " +
                             value_text(chart.x, of_group->to);
    }
    drawing.description += ". ";
  }
  if (chart.threshold) {
    drawing.description +=
        chart.threshold->label + " at " + value_text(chart.x, chart.threshold->value) + ". ";
  }
  drawing.wide = strips(chart, *range, kWideWidth);
  drawing.slim = strips(chart, *range, kSlimWidth);
  if (any_wrong) {
    drawing.legend.push_back({"<path d=\"M14 6h0\" class=\"dot k-s1\"/>", "judged right"});
    drawing.legend.push_back(
        {std::string("<path d=\"M14 6") + kCross + "\" class=\"cross k-bad\"/>", "judged wrong"});
  }
  return drawing;
}

Drawing draw(const RocChart& chart) {
  LineChart lines;
  lines.title = chart.title;
  lines.caption = chart.caption;
  lines.x = {"False positive rate", "", AxisScale::kLinear, 0.0, 1.0};
  lines.y = {"True positive rate", "", AxisScale::kLinear, 0.0, 1.0};
  // Nearly square, so that the diagonal is one.
  lines.height = 400.0;
  lines.width = 540.0;
  for (const RocCurve& curve : chart.curves) {
    const std::string area = curve.area ? ", area " + fixed(*curve.area, 3) : "";
    lines.series.push_back({curve.name + area,
                            curve.true_positive_rate,
                            curve.false_positive_rate,
                            0.0,
                            1.0,
                            SeriesStyle::kLine});
  }
  for (const OperatingPoint& point : chart.points) {
    lines.series.push_back({point.name,
                            {point.true_positive_rate},
                            {point.false_positive_rate},
                            0.0,
                            1.0,
                            SeriesStyle::kPoints});
  }
  if (std::any_of(lines.series.begin(), lines.series.end(), [](const Series& series) {
        return !series.y.empty();
      })) {
    lines.series.push_back({"chance", {0.0, 1.0}, {0.0, 1.0}, 0.0, 1.0, SeriesStyle::kReference});
  }
  return draw(lines);
}

RocCurve roc_curve(std::string name,
                   const std::vector<double>& scores,
                   const std::vector<bool>& positive) {
  RocCurve curve;
  curve.name = std::move(name);
  std::vector<std::pair<double, bool>> ranked;
  for (std::size_t i = 0; i < std::min(scores.size(), positive.size()); ++i) {
    if (std::isfinite(scores[i])) {
      ranked.emplace_back(scores[i], positive[i]);
    }
  }
  std::sort(
      ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::uint64_t positives = 0;
  for (const auto& [score, is_positive] : ranked) {
    positives += is_positive ? 1U : 0U;
  }
  const std::uint64_t negatives = ranked.size() - positives;
  if (positives == 0 || negatives == 0) {
    return curve;
  }
  const auto add = [&](std::uint64_t hits, std::uint64_t alarms) {
    curve.true_positive_rate.push_back(static_cast<double>(hits) / static_cast<double>(positives));
    curve.false_positive_rate.push_back(static_cast<double>(alarms) /
                                        static_cast<double>(negatives));
  };
  add(0, 0);
  std::uint64_t hits = 0;
  std::uint64_t alarms = 0;
  std::uint64_t twice_area = 0;
  for (std::size_t i = 0; i < ranked.size();) {
    const std::uint64_t hits_before = hits;
    const std::uint64_t alarms_before = alarms;
    // Equal scores cross the threshold together.
    const double score = ranked[i].first;
    for (; i < ranked.size() && ranked[i].first == score; ++i) {
      (ranked[i].second ? hits : alarms) += 1;
    }
    twice_area += (alarms - alarms_before) * (hits + hits_before);
    add(hits, alarms);
  }
  curve.area = static_cast<double>(twice_area) / 2.0 /
               (static_cast<double>(positives) * static_cast<double>(negatives));
  return curve;
}

}  // namespace aiot::toolkit::report
