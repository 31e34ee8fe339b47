// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/line_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "aiot/toolkit/report/downsample.hpp"
#include "aiot/toolkit/report/labels.hpp"
#include "aiot/toolkit/report/text.hpp"
#include "src/toolkit/report/svg.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kLineHeight = 17.0;
constexpr std::size_t kLabelRows = 4;
constexpr double kLongestLabel = 150.0;

/// More points than this in a picture are thinned out to two a pixel column.
constexpr std::size_t kMostMarks = 3000;

/// So many points a pixel make a line a band, which is drawn thinner.
constexpr double kDense = 0.5;

constexpr std::array<const char*, kSeriesColours> kDashes{
    "", "7 3", "2 3.5", "9 3 2 3", "4 4", "12 4"};

constexpr std::array<const char*, kSeriesColours> kFaultDashes{
    "4 3", "11 4", "9 3 1.5 3", "12 5", "3 6", "6 2 1.5 2 1.5 2"};

/// Shapes of points, so that series differ not by colour alone.
struct Mark {
  const char* classes;
  const char* path;
};

constexpr std::array<Mark, 4> kMarks{{{"dot", "h0"},
                                      {"cross", "m-3.5-3.5l7 7m0-7l-7 7"},
                                      {"box", "h0"},
                                      {"cross", "m-4 0h8m-4-4v8"}}};

std::string colour_class(std::size_t index) {
  return "k-s" + std::to_string(index % kSeriesColours + 1);
}

/// Who chooses the place of its label first: events, then faults in the order in which they were
/// marked, then the shaft.
int priority_of(const Marker& marker) noexcept {
  constexpr std::uint32_t kMostFamilies = 1000;
  const auto family = static_cast<int>(std::min(marker.family, kMostFamilies));
  switch (marker.kind) {
    case MarkerKind::kFault:
      return 1 + family;
    case MarkerKind::kShaft:
      return 2000;
    case MarkerKind::kSideband:
      return 3000;
    case MarkerKind::kEvent:
      break;
  }
  return 0;
}

std::string dash_attribute(const char* dash) {
  return *dash == '\0' ? "" : std::string("stroke-dasharray=\"") + dash + "\"";
}

std::string series_dash(std::size_t index) {
  return dash_attribute(kDashes[index % kSeriesColours]);
}

/// Faults begin with the second colour, the first is that of the curve.
std::string family_colour(std::size_t family) {
  return colour_class(family + 1);
}

std::string fault_dash(std::size_t family) {
  return dash_attribute(kFaultDashes[family % kSeriesColours]);
}

bool has_line(SeriesStyle style) noexcept {
  return style != SeriesStyle::kPoints;
}

bool has_points(SeriesStyle style) noexcept {
  return style == SeriesStyle::kPoints || style == SeriesStyle::kLineAndPoints;
}

/// Values of a series; a series whose `x` has another length than `y` ends with the shorter one.
std::size_t size_of(const Series& series) noexcept {
  return series.x.empty() ? series.y.size() : std::min(series.x.size(), series.y.size());
}

double x_of(const Series& series, std::size_t i) noexcept {
  return series.x.empty() ? series.x_start + static_cast<double>(i) * series.x_step : series.x[i];
}

struct Ranges {
  Range x;
  Range y;
};

/// How many ticks the y axis wants; its ends are rounded for them.
std::size_t y_ticks_of(const LineChart& chart) noexcept {
  return chart.height < 120.0 ? 2 : chart.height < 180.0 ? 4 : 6;
}

/// What the picture shows, or nothing when there is nothing to show.
std::optional<Ranges> ranges_of(const LineChart& chart) {
  Extent x(chart.x.scale);
  Extent y(chart.y.scale);
  for (const Series& series : chart.series) {
    for (std::size_t i = 0; i < size_of(series); ++i) {
      if (std::isfinite(x_of(series, i)) && std::isfinite(series.y[i])) {
        x.add(x_of(series, i));
      }
    }
  }
  const std::optional<Range> shown = x.empty() ? std::nullopt : x.range(chart.x);
  if (!shown) {
    return std::nullopt;
  }
  for (const Series& series : chart.series) {
    for (std::size_t i = 0; i < size_of(series); ++i) {
      if (x_of(series, i) >= shown->from && x_of(series, i) <= shown->to) {
        y.add(series.y[i]);
      }
    }
  }
  if (y.empty()) {
    return std::nullopt;
  }
  for (const Limit& limit : chart.limits) {
    y.add(limit.value);
  }
  Range up = *y.range(chart.y);
  const bool linear = chart.y.scale == AxisScale::kLinear;
  if (linear && !chart.y.from && up.from > 0.0 && up.from < 0.6 * up.to) {
    up.from = 0.0;
  }
  const Range round = rounded_out(chart.y.scale, up, y_ticks_of(chart));
  return Ranges{*shown, {chart.y.from ? up.from : round.from, chart.y.to ? up.to : round.to}};
}

/// Where the names of limits and zones are: right of the plot, or where room is short in it.
enum class LabelSide : std::uint8_t { kBeside, kInside };

/// One layout of a chart: where things are in a picture of a given width.
class Layout {
 public:
  Layout(const LineChart& chart, const Ranges& ranges, double width, LabelSide side)
      : chart_(chart),
        ranges_(ranges),
        width_(width),
        side_(side),
        height_(std::clamp(chart.height, 40.0, 2000.0)),
        y_ticks_(ticks(chart.y.scale, ranges.y, y_ticks_of(chart))),
        left_(gutter()),
        right_(room_for_labels()),
        x_(chart.x.scale, ranges.x, width - left_ - right_),
        y_(chart.y.scale, ranges.y, height_) {
    place_markers();
  }

  Picture draw() {
    grid();
    svg_.open_clip(left_, top_, plot_width(), height_);
    areas();
    markers_inside();
    lines();
    svg_.close();
    labels();
    const double below = top_ + height_ + 40.0;
    return {width_, below, svg_.body()};
  }

 private:
  [[nodiscard]] bool slim() const noexcept { return side_ == LabelSide::kInside; }

  [[nodiscard]] double plot_width() const noexcept { return x_.pixels(); }

  /// Pixel of a value on the y axis, from the top of the plot.
  [[nodiscard]] double down(double value) const noexcept { return height_ - y_.at(value); }

  [[nodiscard]] double gutter() const {
    double widest = 24.0;
    for (const Tick& tick : y_ticks_) {
      widest = std::max(widest, text_width(tick.label, kFontSize));
    }
    return std::min(widest, 90.0) + 10.0;
  }

  /// Space right of the plot for the names of limits and zones; a narrow picture has none.
  [[nodiscard]] double room_for_labels() const {
    double widest = 0.0;
    for (const Limit& limit : chart_.limits) {
      widest = std::max(widest, text_width(limit.label, kFontSize));
    }
    for (const Zone& zone : chart_.zones) {
      widest = std::max(widest, text_width(zone.label, kFontSize));
    }
    return slim() || widest == 0.0 ? 14.0 : std::min(widest, kLongestLabel) + 14.0;
  }

  [[nodiscard]] std::string marker_text(const Marker& marker) const {
    return shortened(marker.label, kLongestLabel, kFontSize);
  }

  [[nodiscard]] bool shown(const Marker& marker) const noexcept {
    return marker.x >= ranges_.x.from && marker.x <= ranges_.x.to;
  }

  /// Rows for the labels of markers and episodes above the plot; sets where the plot begins.
  void place_markers() {
    std::vector<LabelWish> wishes;
    for (const Marker& marker : chart_.markers) {
      if (!shown(marker) || marker.label.empty()) {
        continue;
      }
      wishes.push_back(
          {x_.at(marker.x), text_width(marker_text(marker), kFontSize), priority_of(marker)});
      labelled_.push_back(&marker);
    }
    for (const Episode& episode : chart_.episodes) {
      const auto [from, to] = span_of(episode);
      if (from < to && !episode.label.empty()) {
        const std::string text = shortened(episode.label, kLongestLabel, kFontSize);
        wishes.push_back({(from + to) / 2.0, text_width(text, kFontSize), 0});
        named_.push_back(&episode);
      }
    }
    places_ = place_labels(wishes, plot_width(), kLabelRows);
    int rows = 0;
    for (const LabelPlace& place : places_) {
      rows = std::max(rows, place.row + 1);
    }
    top_ = (chart_.y.label.empty() ? 8.0 : 24.0) + kLineHeight * rows + (rows > 0 ? 4.0 : 0.0);
  }

  [[nodiscard]] std::pair<double, double> span_of(const Episode& episode) const noexcept {
    const auto pixel = [&](double value) {
      if (std::isnan(value)) {
        return value;
      }
      return std::clamp(std::isfinite(value) ? x_.at(value)
                        : value < 0.0        ? 0.0
                                             : plot_width(),
                        0.0,
                        plot_width());
    };
    const double from = pixel(episode.from);
    const double to = pixel(episode.to);
    if (std::isnan(from) || std::isnan(to) || episode.from > episode.to ||
        episode.to < ranges_.x.from || episode.from > ranges_.x.to) {
      return {0.0, 0.0};
    }
    // A short one must not vanish.
    return {from, std::max(to, from + 2.0)};
  }

  [[nodiscard]] std::pair<double, double> span_of(const Zone& zone) const noexcept {
    const auto pixel = [&](double value) {
      return std::clamp(std::isfinite(value) ? down(value)
                        : value < 0.0        ? height_
                                             : 0.0,
                        0.0,
                        height_);
    };
    if (std::isnan(zone.from) || std::isnan(zone.to) || !(zone.from < zone.to)) {
      return {0.0, 0.0};
    }
    return {pixel(zone.to), pixel(zone.from)};
  }

  void grid() {
    const double bottom = top_ + height_;
    for (const Tick& tick : y_ticks_) {
      const double y = top_ + down(tick.value);
      if (tick.label.empty()) {
        svg_.line(left_ - 3.0, y, left_, y, "edge");
        continue;
      }
      svg_.line(left_, y, left_ + plot_width(), y, "grid");
      svg_.text(left_ - 8.0, y + 4.0, "ax end", shortened(tick.label, 90.0, kFontSize));
    }
    const double spacing = chart_.x.scale == AxisScale::kDate ? 96.0 : 78.0;
    const auto most = static_cast<std::size_t>(std::max(2.0, plot_width() / spacing));
    double free_from = 0.0;
    for (const Tick& tick : ticks(chart_.x.scale, ranges_.x, most)) {
      const double x = left_ + x_.at(tick.value);
      svg_.line(x,
                tick.label.empty() ? bottom : top_,
                x,
                bottom + (tick.label.empty() ? 3.0 : 4.0),
                "grid");
      const double half = text_width(tick.label, kFontSize) / 2.0;
      const double middle = std::min(x, width_ - half - 1.0);
      if (!tick.label.empty() && middle - half >= free_from) {
        svg_.text(middle, bottom + 17.0, "ax mid", tick.label);
        free_from = middle + half + 6.0;
      }
    }
    svg_.line(left_, top_, left_, bottom, "edge");
    svg_.line(left_, bottom, left_ + plot_width(), bottom, "edge");
    const double right = left_ + plot_width();
    svg_.text(right,
              bottom + 35.0,
              "lab end",
              shortened(title_of(chart_.x, ranges_.x), right, kFontSize));
    if (!chart_.y.label.empty()) {
      svg_.text(
          1.0, 12.0, "lab", shortened(title_of(chart_.y, ranges_.y), width_ - 2.0, kFontSize));
    }
  }

  /// Zones, episodes and searched bands, in coordinates of the plot.
  void areas() {
    for (const Zone& zone : chart_.zones) {
      const auto [from, to] = span_of(zone);
      if (from < to) {
        svg_.rect(0.0, from, plot_width(), to - from, std::string("wash f-") + name_of(zone.tone));
      }
    }
    for (const Episode& episode : chart_.episodes) {
      const auto [from, to] = span_of(episode);
      if (from < to) {
        const std::string fill = std::string("f-") + name_of(episode.tone);
        svg_.rect(from, 0.0, to - from, height_, "area " + fill);
        svg_.rect(from, 0.0, to - from, 4.0, fill);
      }
    }
    for (const Marker& marker : chart_.markers) {
      if (marker.tolerance > 0.0 && std::isfinite(marker.tolerance) && std::isfinite(marker.x)) {
        const double from = x_.at(marker.x - marker.tolerance);
        const double to = x_.at(marker.x + marker.tolerance);
        svg_.rect(from,
                  0.0,
                  std::max(1.0, to - from),
                  height_,
                  "area f-s" + std::to_string((marker.family + 1) % kSeriesColours + 1));
      }
    }
  }

  void markers_inside() {
    for (const Marker& marker : chart_.markers) {
      if (!shown(marker)) {
        continue;
      }
      const double x = x_.at(marker.x);
      switch (marker.kind) {
        case MarkerKind::kShaft:
          svg_.line(x, 0.0, x, height_, "shaft");
          break;
        case MarkerKind::kSideband:
          svg_.line(x, 0.0, x, 12.0, "side " + family_colour(marker.family));
          break;
        case MarkerKind::kFault:
          svg_.path("M" + coordinate(x) + " 0V" + coordinate(height_),
                    "fault " + family_colour(marker.family),
                    fault_dash(marker.family));
          break;
        case MarkerKind::kEvent:
          svg_.line(x, 0.0, x, height_, "event");
          break;
      }
    }
    for (const Limit& limit : chart_.limits) {
      if (std::isfinite(limit.value)) {
        svg_.path("M0 " + coordinate(down(limit.value)) + "h" + coordinate(plot_width()),
                  std::string("lim k-") + name_of(limit.tone),
                  "stroke-dasharray=\"8 4\"");
      }
    }
  }

  [[nodiscard]] std::vector<Point> pixels_of(const Series& series) const {
    std::vector<Point> points;
    points.reserve(size_of(series));
    for (std::size_t i = 0; i < size_of(series); ++i) {
      points.push_back({x_.at(x_of(series, i)), down(series.y[i])});
    }
    return points;
  }

  void lines() {
    for (std::size_t i = 0; i < chart_.series.size(); ++i) {
      const Series& series = chart_.series[i];
      const std::vector<Point> points = pixels_of(series);
      const std::vector<Point> thinned = min_max_per_column(points, plot_width());
      if (series.style == SeriesStyle::kReference) {
        svg_.path(line_path(thinned), "ref", "");
        continue;
      }
      const bool dense = static_cast<double>(points.size()) > kDense * plot_width();
      if (has_line(series.style)) {
        svg_.path(
            line_path(thinned), (dense ? "ln thin " : "ln ") + colour_class(i), series_dash(i));
      }
      if (has_points(series.style)) {
        const Mark& mark = kMarks[i % kMarks.size()];
        svg_.path(marks_path(points.size() > kMostMarks ? thinned : points, mark.path),
                  std::string(mark.classes) + " " + colour_class(i),
                  "");
      }
    }
  }

  void labels() {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (places_[i].row < 0) {
        continue;
      }
      const double y = top_ - 7.0 - kLineHeight * places_[i].row;
      const double x = left_ + places_[i].x;
      if (i >= labelled_.size()) {
        const Episode& episode = *named_[i - labelled_.size()];
        svg_.text(x,
                  y,
                  std::string("mid strong f-") + name_of(episode.tone),
                  shortened(episode.label, kLongestLabel, kFontSize));
        continue;
      }
      const Marker& marker = *labelled_[i];
      const bool fault = marker.kind == MarkerKind::kFault || marker.kind == MarkerKind::kSideband;
      const double stem = left_ + x_.at(marker.x);
      const std::string classes = fault ? family_colour(marker.family) : "";
      svg_.line(stem,
                y + 3.0,
                stem,
                top_,
                fault                               ? "side " + classes
                : marker.kind == MarkerKind::kShaft ? "edge"
                                                    : "event");
      svg_.text(x,
                y,
                fault ? "mid strong f-s" + std::to_string((marker.family + 1U) % kSeriesColours + 1)
                : marker.kind == MarkerKind::kShaft ? "mid ax"
                                                    : "mid strong lab",
                marker_text(marker));
    }
    side_labels();
  }

  struct SideLabel {
    double y = 0.0;  ///< base line, from the top of the plot
    const std::string* text = nullptr;
    Tone tone = Tone::kNeutral;
  };

  /// Names of limits and zones: beside the plot, or inside at its right edge where that is narrow.
  void side_labels() {
    std::vector<SideLabel> wanted;
    for (const Limit& limit : chart_.limits) {
      const double y = down(limit.value);
      if (y >= 0.0 && y <= height_ && !limit.label.empty()) {
        wanted.push_back({slim() ? y - 5.0 : y + 4.0, &limit.label, limit.tone});
      }
    }
    const std::size_t limits = wanted.size();
    for (const Zone& zone : chart_.zones) {
      const auto [from, to] = span_of(zone);
      if (to - from >= kFontSize && !zone.label.empty()) {
        wanted.push_back({(from + to) / 2.0 + 4.0, &zone.label, zone.tone});
      }
    }
    // Limits keep their places as far as they can; what has no room left of a zone is dropped.
    std::vector<double> taken;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const SideLabel& label = wanted[i];
      const std::optional<double> y = free_place(taken, label.y, i < limits);
      if (!y) {
        continue;
      }
      taken.push_back(*y);
      const double room = slim() ? plot_width() * 0.6 : right_ - 10.0;
      const std::string text = shortened(*label.text, room, kFontSize);
      const std::string classes = std::string("strong f-") + name_of(label.tone);
      if (slim()) {
        svg_.text(left_ + plot_width() - 5.0, top_ + *y, "end halo " + classes, text);
      } else {
        svg_.text(left_ + plot_width() + 7.0, top_ + *y, classes, text);
      }
    }
  }

  /// The place nearest to `y` where a line of text is free; only `y` itself unless it may move.
  [[nodiscard]] std::optional<double> free_place(const std::vector<double>& taken,
                                                 double y,
                                                 bool may_move) const {
    constexpr int kApart = 14;
    for (int shift = 0; shift <= (may_move ? 3 * kApart : 0); ++shift) {
      for (const double place : {y + shift, y - shift}) {
        const bool inside = place >= kFontSize - 2.0 && place <= height_ + 4.0;
        const bool apart = std::none_of(taken.begin(), taken.end(), [&](double other) {
          return std::fabs(other - place) < kApart;
        });
        if (inside && apart) {
          return place;
        }
      }
    }
    return std::nullopt;
  }

  const LineChart& chart_;
  Ranges ranges_;
  double width_;
  LabelSide side_;
  double height_;
  std::vector<Tick> y_ticks_;
  double left_;
  double right_;
  Mapping x_;
  Mapping y_;
  double top_ = 0.0;
  std::vector<const Marker*> labelled_;
  std::vector<const Episode*> named_;
  std::vector<LabelPlace> places_;
  Svg svg_;
};

std::string describe(const Series& series, const Axis& axis) {
  Extent extent(AxisScale::kLinear);
  for (std::size_t i = 0; i < size_of(series); ++i) {
    extent.add(series.y[i]);
  }
  if (extent.empty()) {
    return series.name + ": no values. ";
  }
  const Range range = *extent.range({});
  return series.name + ": " + std::to_string(size_of(series)) + " values from " +
         value_text(axis, range.from) + " to " + value_text(axis, range.to) + ". ";
}

/// The chart in words.
std::string describe(const LineChart& chart, const Ranges& ranges) {
  constexpr std::size_t kMostMarkers = 24;
  std::string text = chart.y.label + " over " + chart.x.label + ", from " +
                     value_text(chart.x, ranges.x.from) + " to " +
                     value_text(chart.x, ranges.x.to) + ". ";
  for (const Series& series : chart.series) {
    text += describe(series, chart.y);
  }
  for (const Limit& limit : chart.limits) {
    text += "Limit " + limit.label + " at " + value_text(chart.y, limit.value) + ". ";
  }
  for (const Zone& zone : chart.zones) {
    text += "Zone " + zone.label + " from " + value_text(chart.y, zone.from) + " to " +
            value_text(chart.y, zone.to) + ". ";
  }
  for (const Episode& episode : chart.episodes) {
    text += episode.label + " from " + value_text(chart.x, episode.from) + " to " +
            value_text(chart.x, episode.to) + ". ";
  }
  std::size_t named = 0;
  for (const Marker& marker : chart.markers) {
    if (!marker.label.empty() && named < kMostMarkers) {
      text += marker.label + " at " + value_text(chart.x, marker.x) + ". ";
      ++named;
    }
  }
  return text;
}

std::string sample_of(const Series& series, std::size_t i) {
  Svg svg;
  if (series.style == SeriesStyle::kReference) {
    svg.line(0.0, 6.0, 28.0, 6.0, "ref");
    return svg.body();
  }
  if (has_line(series.style)) {
    svg.path("M0 6h28", "ln " + colour_class(i), series_dash(i));
  }
  if (has_points(series.style)) {
    const Mark& mark = kMarks[i % kMarks.size()];
    svg.path(
        std::string("M14 6") + mark.path, std::string(mark.classes) + " " + colour_class(i), "");
  }
  return svg.body();
}

bool has_marker(const LineChart& chart, MarkerKind kind) {
  return std::any_of(chart.markers.begin(), chart.markers.end(), [&](const Marker& marker) {
    return marker.kind == kind;
  });
}

std::vector<LegendEntry> legend_of(const LineChart& chart) {
  std::vector<LegendEntry> legend;
  const bool needed = chart.series.size() > 1 || !chart.markers.empty();
  for (std::size_t i = 0; needed && i < chart.series.size(); ++i) {
    if (!chart.series[i].name.empty()) {
      legend.push_back({sample_of(chart.series[i], i), chart.series[i].name});
    }
  }
  Svg svg;
  for (std::size_t i = 0; i < chart.families.size(); ++i) {
    svg.path("M0 6h28", "fault " + family_colour(i), fault_dash(i));
    legend.push_back({std::exchange(svg, Svg()).body(), chart.families[i]});
  }
  if (has_marker(chart, MarkerKind::kSideband)) {
    svg.line(9.0, 0.0, 9.0, 11.0, "side k-s2");
    svg.line(19.0, 0.0, 19.0, 11.0, "side k-s2");
    legend.push_back({std::exchange(svg, Svg()).body(), "sideband"});
  }
  if (has_marker(chart, MarkerKind::kShaft)) {
    svg.line(0.0, 6.0, 28.0, 6.0, "shaft");
    legend.push_back({std::exchange(svg, Svg()).body(), "shaft harmonic"});
  }
  return legend;
}

}  // namespace

Drawing draw(const LineChart& chart) {
  Drawing drawing;
  drawing.title = chart.title;
  drawing.caption = chart.caption;
  const std::optional<Ranges> ranges = ranges_of(chart);
  if (!ranges) {
    drawing.description = "No data.";
    return drawing;
  }
  drawing.description = describe(chart, *ranges);
  drawing.wide =
      Layout(chart, *ranges, std::clamp(chart.width, kSlimWidth, kWideWidth), LabelSide::kBeside)
          .draw();
  drawing.slim = Layout(chart, *ranges, kSlimWidth, LabelSide::kInside).draw();
  drawing.legend = legend_of(chart);
  return drawing;
}

}  // namespace aiot::toolkit::report
