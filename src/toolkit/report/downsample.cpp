// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/downsample.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace aiot::toolkit::report {
namespace {

/// Points of one column that follow each other.
struct Run {
  std::size_t begin = 0;
  std::size_t end = 0;
  int column = 0;
};

int column_of(double x, double width) noexcept {
  return static_cast<int>(std::floor(std::clamp(x, -1.0, width + 1.0)));
}

/// The run that starts at `begin`; points without x belong to the run that they stand in.
Run run_at(std::span<const Point> points, std::size_t begin, double width) noexcept {
  Run run{begin, begin + 1, column_of(points[begin].x, width)};
  while (run.end < points.size() &&
         (!std::isfinite(points[run.end].x) || column_of(points[run.end].x, width) == run.column)) {
    ++run.end;
  }
  return run;
}

void add_gap(std::vector<Point>& out, double x) {
  if (!out.empty() && !std::isnan(out.back().y)) {
    out.push_back({x, std::numeric_limits<double>::quiet_NaN()});
  }
}

void add_run(std::vector<Point>& out, std::span<const Point> run, bool outside) {
  const auto shown = [](const Point& point) {
    return std::isfinite(point.x) && std::isfinite(point.y);
  };
  std::size_t first = run.size();
  std::size_t last = run.size();
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (!shown(run[i])) {
      continue;
    }
    if (first == run.size()) {
      first = last = i;
    } else if (outside) {
      last = i;
    } else {
      // `first` is the lowest and `last` the highest until they are put into their order.
      first = run[i].y < run[first].y ? i : first;
      last = run[i].y > run[last].y ? i : last;
    }
  }
  if (first == run.size()) {
    add_gap(out, run.front().x);
    return;
  }
  out.push_back(run[std::min(first, last)]);
  if (first != last) {
    out.push_back(run[std::max(first, last)]);
  }
}

}  // namespace

std::vector<Point> min_max_per_column(std::span<const Point> points, double width) {
  std::vector<Point> out;
  std::size_t at = 0;
  while (at < points.size()) {
    if (!std::isfinite(points[at].x)) {
      add_gap(out, 0.0);
      ++at;
      continue;
    }
    const Run run = run_at(points, at, width);
    const bool outside = run.column < 0 || static_cast<double>(run.column) > width;
    add_run(out, points.subspan(run.begin, run.end - run.begin), outside);
    at = run.end;
  }
  return out;
}

}  // namespace aiot::toolkit::report
