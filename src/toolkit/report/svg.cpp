// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/report/svg.hpp"

#include <cmath>
#include <cstdint>

#include "aiot/toolkit/report/text.hpp"

namespace aiot::toolkit::report {
namespace {

/// Tenths of a pixel: paths are sums of rounded steps, in integers nothing drifts.
std::int64_t tenths(double value) noexcept {
  return std::isfinite(value) ? static_cast<std::int64_t>(std::floor(value * 10.0 + 0.5)) : 0;
}

std::string in_pixels(std::int64_t value) {
  const std::int64_t size = value < 0 ? -value : value;
  std::string text = value < 0 ? "-" : "";
  if (size >= 10 || size == 0) {
    text += std::to_string(size / 10);
  }
  if (size % 10 != 0) {
    text += "." + std::to_string(size % 10);
  }
  return text;
}

std::string pair(std::int64_t x, std::int64_t y) {
  return in_pixels(x) + (y < 0 ? "" : " ") + in_pixels(y);
}

std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + coordinate(value) + "\"";
}

std::string class_attribute(std::string_view classes) {
  return " class=\"" + std::string(classes) + "\"";
}

}  // namespace

std::string coordinate(double value) {
  return in_pixels(tenths(value));
}

void Svg::rect(double x, double y, double width, double height, std::string_view classes) {
  body_ += "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", width) +
           attribute("height", height) + class_attribute(classes) + "/>\n";
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view classes) {
  body_ += "<path d=\"M" + pair(tenths(x1), tenths(y1)) + "L" + pair(tenths(x2), tenths(y2)) +
           "\"" + class_attribute(classes) + "/>\n";
}

void Svg::path(std::string_view data, std::string_view classes, std::string_view attributes) {
  if (data.empty()) {
    return;
  }
  body_ += "<path d=\"" + std::string(data) + "\"" + class_attribute(classes) +
           (attributes.empty() ? "" : " ") + std::string(attributes) + "/>\n";
}

void Svg::text(double x, double y, std::string_view classes, std::string_view text) {
  body_ += "<text" + attribute("x", x) + attribute("y", y) + class_attribute(classes) + ">" +
           escape(text) + "</text>\n";
}

void Svg::open_clip(double x, double y, double width, double height) {
  body_ += "<svg" + attribute("x", x) + attribute("y", y) + attribute("width", width) +
           attribute("height", height) + ">\n";
}

void Svg::close() {
  body_ += "</svg>\n";
}

std::string line_path(std::span<const Point> points) {
  std::string data;
  std::int64_t x = 0;
  std::int64_t y = 0;
  bool down = false;
  bool moving = false;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (std::isnan(points[i].y)) {
      down = false;
      moving = false;
      continue;
    }
    const std::int64_t next_x = tenths(points[i].x);
    const std::int64_t next_y = tenths(points[i].y);
    if (down) {
      // One letter starts a chain of steps; a minus sign parts numbers as well as a space does.
      data += !moving ? "l" : next_x < x ? "" : " ";
      data += pair(next_x - x, next_y - y);
      moving = true;
    } else {
      data += "M" + pair(next_x, next_y);
      if (i + 1 == points.size() || std::isnan(points[i + 1].y)) {
        data += "h0";
      }
    }
    down = true;
    x = next_x;
    y = next_y;
  }
  return data;
}

std::string marks_path(std::span<const Point> points, std::string_view mark) {
  std::string data;
  for (const Point& point : points) {
    if (!std::isnan(point.y)) {
      data += "M" + pair(tenths(point.x), tenths(point.y)) + std::string(mark);
    }
  }
  return data;
}

}  // namespace aiot::toolkit::report
