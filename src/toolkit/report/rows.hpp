// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "aiot/toolkit/report/axis.hpp"
#include "aiot/toolkit/report/drawing.hpp"
#include "aiot/toolkit/report/line_chart.hpp"
#include "src/toolkit/report/svg.hpp"

namespace aiot::toolkit::report {

/// What stands beside a row: its name and a figure.
struct RowText {
  std::string label;
  std::string note;
};

/// Rows over one x axis with names left and notes right of them, or above them where the picture is
/// narrow, and a vertical line through all.
class RowFrame {
 public:
  RowFrame(const Axis& axis,
           const Range& range,
           const std::vector<RowText>& texts,
           double row_height,
           const std::optional<Limit>& limit,
           double width);

  [[nodiscard]] Svg& svg() noexcept { return svg_; }

  [[nodiscard]] const Mapping& mapping() const noexcept { return mapping_; }

  /// Where the plot begins from the left.
  [[nodiscard]] double left() const noexcept { return left_; }

  /// Where the space for the marks of a row begins, `row_height` high.
  [[nodiscard]] double row_top(std::size_t row) const noexcept;

  /// The picture with axis and line.
  Picture finish();

 private:
  void grid();
  void line();
  void names();

  const Axis& axis_;
  Range range_;
  const std::vector<RowText>& texts_;
  double row_height_;
  const std::optional<Limit>& limit_;
  double width_;
  double heading_;  ///< height of the text above a row
  double note_width_;
  double left_;
  Mapping mapping_;
  double top_;
  Svg svg_;
};

}  // namespace aiot::toolkit::report
