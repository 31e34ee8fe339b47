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

enum class Verdict : std::uint8_t { kRight, kWrong };

/// One recording.
struct StripPoint {
  double score = 0.0;
  Verdict verdict = Verdict::kRight;  ///< wrong ones are crosses
};

/// The recordings of one class.
struct StripGroup {
  std::string label;
  std::vector<StripPoint> points;
};

/// The score of every recording, a row for each class, with the threshold between them. Dots that
/// would cover each other are stacked.
struct StripChart {
  std::string title;
  std::string caption;
  Axis x;
  std::vector<StripGroup> groups;
  std::optional<Limit> threshold;
};

Drawing draw(const StripChart& chart);

/// True against false positive rate, both 0 to 1, by falling threshold.
struct RocCurve {
  std::string name;
  std::vector<double> false_positive_rate;
  std::vector<double> true_positive_rate;
  std::optional<double> area;  ///< under the curve
};

/// The rates at the threshold that is used.
struct OperatingPoint {
  std::string name;
  double false_positive_rate = 0.0;
  double true_positive_rate = 0.0;
};

struct RocChart {
  std::string title;
  std::string caption;
  std::vector<RocCurve> curves;
  std::vector<OperatingPoint> points;
};

Drawing draw(const RocChart& chart);

/// The curve of scores: for every threshold the part of each class at or above it. `positive` is
/// as long as `scores`; scores that are not finite are left out. The area is the part of the pairs
/// that are in the right order, ties half; without both classes the curve is empty.
RocCurve roc_curve(std::string name,
                   const std::vector<double>& scores,
                   const std::vector<bool>& positive);

}  // namespace aiot::toolkit::report
