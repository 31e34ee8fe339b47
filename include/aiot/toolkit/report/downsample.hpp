// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace aiot::toolkit::report {

/// A point of a picture in pixels; `y` NaN where the line has a gap.
struct Point {
  double x = 0.0;
  double y = 0.0;
};

/// At most two points for each run of points in one pixel column: the lowest and the highest, in
/// their order, so that no peak is lost however long the series is. Columns outside of [0, width]
/// keep their first and last. A gap survives where a whole column has no value; points whose x is
/// not finite are gaps.
std::vector<Point> min_max_per_column(std::span<const Point> points, double width);

}  // namespace aiot::toolkit::report
