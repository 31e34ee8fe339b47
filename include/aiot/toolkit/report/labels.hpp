// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aiot::toolkit::report {

/// A label that wants to stand above the vertical line at `x`, in pixels.
struct LabelWish {
  double x = 0.0;
  double width = 0.0;
  int priority = 0;  ///< lower ones choose first
};

/// Where it stands: row 0 is nearest to the plot, -1 is no place; `x` is its middle.
struct LabelPlace {
  int row = -1;
  double x = 0.0;
};

/// Places labels in `rows` rows over a plot of `width` pixels so that none overlaps another or the
/// line that leads to a higher one; by priority, then by x. One place for each wish, in their
/// order.
std::vector<LabelPlace> place_labels(std::span<const LabelWish> wishes,
                                     double width,
                                     std::size_t rows);

}  // namespace aiot::toolkit::report
