// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiot::toolkit::report {

/// How an axis maps values, and how it writes them.
enum class AxisScale : std::uint8_t {
  kLinear,
  kLog,       ///< values above 0
  kDuration,  ///< linear; seconds, written as s, min, h or d
  kDate,      ///< linear; seconds since 1970-01-01 UTC, written as dates and times
};

/// What an axis shows. Without `from` or `to` it reaches as far as the data.
struct Axis {
  std::string label;
  std::string unit;  ///< empty where there is none, and for durations and dates
  AxisScale scale = AxisScale::kLinear;
  std::optional<double> from;
  std::optional<double> to;
};

/// Part of an axis, `from` below `to`.
struct Range {
  double from = 0.0;
  double to = 1.0;
};

struct Tick {
  double value = 0.0;
  std::string label;  ///< empty for ticks between the labelled ones
};

/// Ticks inside `range` by rising value, about `most` of them labelled (at least 2): multiples of
/// 1, 2 or 5 times a power of ten; on a log axis powers of ten, with 2 and 5 where there is room;
/// on a time axis whole seconds, minutes, hours, days, months or years. Empty for a range that is
/// not finite or not rising.
std::vector<Tick> ticks(AxisScale scale, const Range& range, std::size_t most);

/// `range` widened to where the next ticks are.
Range rounded_out(AxisScale scale, const Range& range, std::size_t most);

/// Smallest and largest finite value seen; on a log axis of those above 0.
class Extent {
 public:
  explicit Extent(AxisScale scale) noexcept : scale_(scale) {}

  void add(double value) noexcept;

  [[nodiscard]] bool empty() const noexcept { return !(low_ <= high_); }

  /// What `axis` shows of it: its own limits if it has usable ones, otherwise those of the data,
  /// with some room if they are equal. A log axis shows ten decades at most. Nothing if there are
  /// no data.
  [[nodiscard]] std::optional<Range> range(const Axis& axis) const noexcept;

 private:
  AxisScale scale_;
  double low_ = 1.0;
  double high_ = -1.0;
};

/// Values to pixels: `range.from` is at 0, `range.to` at `pixels`.
class Mapping {
 public:
  Mapping(AxisScale scale, const Range& range, double pixels) noexcept;

  /// Pixel of a value; NaN if the value is not finite. What is not above 0 lies before the start of
  /// a log axis.
  [[nodiscard]] double at(double value) const noexcept;

  [[nodiscard]] double pixels() const noexcept { return pixels_; }

 private:
  bool log_;
  double from_;
  double per_unit_;
  double pixels_;
};

/// "Frequency (Hz)"; for dates with the first day: "Time, from 2003-10-22 (UTC)".
std::string title_of(const Axis& axis, const Range& range);

/// A value as the description of a picture says it, with unit.
std::string value_text(const Axis& axis, double value);

}  // namespace aiot::toolkit::report
