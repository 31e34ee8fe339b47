// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace aiot::toolkit::report {

/// Widths for which pictures are laid out, in pixels: a page or a large screen, and a narrow one.
inline constexpr double kWideWidth = 880.0;
inline constexpr double kSlimWidth = 460.0;

/// SVG elements and the box that they fill; empty where there is nothing to show.
struct Picture {
  double width = 0.0;
  double height = 0.0;
  std::string body;
};

struct LegendEntry {
  std::string sample;  ///< SVG elements in a box of 28 x 12 pixels
  std::string name;    ///< plain text
};

/// What a chart becomes: the same content laid out for two widths. All texts are plain, the
/// document escapes them; the bodies are SVG.
struct Drawing {
  std::string title;
  std::string description;  ///< the content in words, for who cannot see it
  std::string caption;      ///< under the picture; may be empty
  Picture wide;
  Picture slim;
  std::vector<LegendEntry> legend;
};

}  // namespace aiot::toolkit::report
