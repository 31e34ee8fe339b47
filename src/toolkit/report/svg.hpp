// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "aiot/toolkit/report/downsample.hpp"

namespace aiot::toolkit::report {

/// Size of text in pictures, in pixels.
inline constexpr double kFontSize = 12.0;

/// A coordinate with at most one decimal; 0 for what is not finite.
std::string coordinate(double value);

/// Elements of a picture. `classes` are of the style sheet; texts are plain and become escaped.
class Svg {
 public:
  void rect(double x, double y, double width, double height, std::string_view classes);
  void line(double x1, double y1, double x2, double y2, std::string_view classes);
  void path(std::string_view data, std::string_view classes, std::string_view attributes);

  /// `y` is the base line.
  void text(double x, double y, std::string_view classes, std::string_view text);

  /// Everything until `close` is moved to x, y and cut off at the size.
  void open_clip(double x, double y, double width, double height);
  void close();

  [[nodiscard]] const std::string& body() const noexcept { return body_; }

 private:
  std::string body_;
};

/// Path through `points`, broken at gaps; a point alone between gaps becomes a dot.
std::string line_path(std::span<const Point> points);

/// Path of a mark at every point that is no gap; `mark` are relative path commands.
std::string marks_path(std::span<const Point> points, std::string_view mark);

}  // namespace aiot::toolkit::report
