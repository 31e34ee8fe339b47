// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/report/rows.hpp"

#include <algorithm>

#include "aiot/toolkit/report/text.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kHeading = 20.0;
constexpr double kWidestName = 250.0;
constexpr double kWidestNote = 190.0;

double widest(const std::vector<RowText>& texts, std::string RowText::*part, double most) {
  double width = 0.0;
  for (const RowText& text : texts) {
    width = std::max(width, text_width(text.*part, kFontSize));
  }
  return std::min(width, most);
}

}  // namespace

RowFrame::RowFrame(const Axis& axis,
                   const Range& range,
                   const std::vector<RowText>& texts,
                   double row_height,
                   const std::optional<Limit>& limit,
                   double width)
    : axis_(axis),
      range_(range),
      texts_(texts),
      row_height_(row_height),
      limit_(limit),
      width_(width),
      heading_(width < kWideWidth ? kHeading : 0.0),
      note_width_(widest(texts, &RowText::note, kWidestNote)),
      left_(heading_ > 0.0 ? 8.0 : widest(texts, &RowText::label, kWidestName) + 14.0),
      mapping_(axis.scale, range, width - left_ - (heading_ > 0.0 ? 8.0 : note_width_ + 18.0)),
      top_(limit ? 24.0 : 8.0) {
  grid();
  line();
  names();
}

double RowFrame::row_top(std::size_t row) const noexcept {
  return top_ + static_cast<double>(row) * (row_height_ + heading_) + heading_;
}

void RowFrame::grid() {
  const double bottom = row_top(texts_.size()) - heading_;
  const auto most = static_cast<std::size_t>(std::max(2.0, mapping_.pixels() / 78.0));
  for (const Tick& tick : ticks(axis_.scale, range_, most)) {
    const double x = left_ + mapping_.at(tick.value);
    svg_.line(x, top_, x, bottom + 4.0, "grid");
    const double half = text_width(tick.label, kFontSize) / 2.0;
    svg_.text(std::clamp(x, half, width_ - half), bottom + 17.0, "ax mid", tick.label);
  }
  const double right = left_ + mapping_.pixels();
  svg_.line(left_, bottom, right, bottom, "edge");
  svg_.text(right, bottom + 35.0, "lab end", shortened(title_of(axis_, range_), right, kFontSize));
}

void RowFrame::line() {
  const double bottom = row_top(texts_.size()) - heading_;
  if (limit_ && limit_->value >= range_.from && limit_->value <= range_.to) {
    const double x = left_ + mapping_.at(limit_->value);
    svg_.path("M" + coordinate(x) + " " + coordinate(top_ - 4.0) + "V" + coordinate(bottom),
              std::string("lim k-") + name_of(limit_->tone),
              "stroke-dasharray=\"8 4\"");
    const std::string text = shortened(limit_->label, width_ - 4.0, kFontSize);
    const double half = text_width(text, kFontSize) / 2.0;
    svg_.text(std::clamp(x, half, width_ - half),
              12.0,
              std::string("mid strong f-") + name_of(limit_->tone),
              text);
  }
}

void RowFrame::names() {
  const bool above = heading_ > 0.0;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const double y = above ? row_top(i) - 4.0 : row_top(i) + row_height_ / 2.0 + 4.0;
    const double note_room = std::min(note_width_, width_ / 2.0);
    const double room = above ? width_ - note_room - 20.0 : left_ - 12.0;
    svg_.text(above ? left_ : left_ - 12.0,
              y,
              above ? "lab halo strong" : "lab end strong",
              shortened(texts_[i].label, room, kFontSize));
    if (!texts_[i].note.empty()) {
      svg_.text(width_ - (above ? 8.0 : 0.0),
                y,
                above ? "lab end halo" : "lab end",
                shortened(texts_[i].note, note_room + 2.0, kFontSize));
    }
    if (i > 0) {
      const double edge = row_top(i) - heading_;
      svg_.line(
          above ? left_ : 0.0, edge, above ? left_ + mapping_.pixels() : width_, edge, "grid");
    }
  }
}

Picture RowFrame::finish() {
  const double bottom = row_top(texts_.size()) - heading_;
  return {width_, bottom + 42.0, svg_.body()};
}

}  // namespace aiot::toolkit::report
