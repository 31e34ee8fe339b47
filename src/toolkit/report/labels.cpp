// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/labels.hpp"

#include <algorithm>
#include <numeric>

namespace aiot::toolkit::report {
namespace {

/// Space between two labels, and on both sides of a line that passes.
constexpr double kSpace = 6.0;
constexpr double kLineSpace = 3.0;

struct Interval {
  double from;
  double to;
};

bool is_free(const std::vector<Interval>& row, const Interval& wanted) noexcept {
  return std::none_of(row.begin(), row.end(), [&](const Interval& taken) {
    return wanted.from < taken.to && taken.from < wanted.to;
  });
}

/// Labels that stand already, and lines that pass.
class Rows {
 public:
  Rows(double width, std::size_t rows) : width_(width), taken_(rows) {}

  /// Puts a label into the lowest row where it has room, its middle `shift` half widths from its
  /// line.
  [[nodiscard]] LabelPlace place(const LabelWish& wish, double shift) {
    const double half = wish.width / 2.0;
    if (wish.width > width_) {
      return {};
    }
    const double away = shift * std::max(0.0, half - kLineSpace);
    const double middle = std::clamp(wish.x + away, half, width_ - half);
    const Interval label{middle - half - kSpace / 2.0, middle + half + kSpace / 2.0};
    const Interval line{wish.x - kLineSpace, wish.x + kLineSpace};
    for (std::size_t row = 0; row < taken_.size(); ++row) {
      if (is_free(taken_[row], label)) {
        taken_[row].push_back(label);
        for (std::size_t below = 0; below < row; ++below) {
          taken_[below].push_back(line);
        }
        return {static_cast<int>(row), middle};
      }
      // The line to a higher row would cross what stands here.
      if (!is_free(taken_[row], line)) {
        break;
      }
    }
    return {};
  }

 private:
  double width_;
  std::vector<std::vector<Interval>> taken_;
};

}  // namespace

std::vector<LabelPlace> place_labels(std::span<const LabelWish> wishes,
                                     double width,
                                     std::size_t rows) {
  std::vector<std::size_t> order(wishes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return wishes[a].priority != wishes[b].priority ? wishes[a].priority < wishes[b].priority
                                                    : wishes[a].x < wishes[b].x;
  });
  Rows taken(width, rows);
  std::vector<LabelPlace> places(wishes.size());
  // Of equal ones, over their lines first; beside them only where that leaves them without a place.
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end = std::find_if(begin, order.end(), [&](std::size_t i) {
      return wishes[i].priority != wishes[*begin].priority;
    });
    for (const double shift : {0.0, 1.0, -1.0}) {
      for (auto at = begin; at != end; ++at) {
        if (places[*at].row < 0) {
          places[*at] = taken.place(wishes[*at], shift);
        }
      }
    }
    begin = end;
  }
  return places;
}

}  // namespace aiot::toolkit::report
