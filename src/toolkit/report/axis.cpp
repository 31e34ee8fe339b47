// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "aiot/core/math.hpp"
#include "aiot/toolkit/report/text.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kMinute = 60.0;
constexpr double kHour = 3600.0;
constexpr double kDay = 86400.0;
constexpr double kMostDecades = 10.0;

/// Dates are shown between the years 1 and 9999.
constexpr double kFirstDate = -62135596800.0;
constexpr double kLastDate = 253402300799.0;

/// The logarithm of the library, which is the same on every machine, for what a float can hold.
double log10_of(double value) noexcept {
  constexpr double kLeast = 1e-37;
  constexpr double kMost = 1e38;
  return static_cast<double>(math::log10(static_cast<float>(std::clamp(value, kLeast, kMost))));
}

double power_of_ten(int exponent) noexcept {
  double power = 1.0;
  for (int i = 0; i < (exponent < 0 ? -exponent : exponent); ++i) {
    power *= 10.0;
  }
  return exponent < 0 ? 1.0 / power : power;
}

/// The largest power of ten that is not above `value`.
int decade_of(double value) noexcept {
  int decade = static_cast<int>(std::floor(log10_of(value)));
  while (power_of_ten(decade + 1) <= value) {
    ++decade;
  }
  while (power_of_ten(decade) > value) {
    --decade;
  }
  return decade;
}

bool usable(const Range& range) noexcept {
  return std::isfinite(range.from) && std::isfinite(range.to) && range.from < range.to &&
         std::isfinite(range.to - range.from);
}

/// 1, 2 or 5 times a power of ten, at least `least`, which is above 0.
struct Step {
  double size = 1.0;
  int decimals = 0;
};

Step nice_step(double least) noexcept {
  const int decade = decade_of(least);
  const double power = power_of_ten(decade);
  constexpr double kSlack = 1.0 + 1e-9;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power * kSlack >= least) {
      return {decade < 0 ? factor / power_of_ten(-decade) : factor * power, std::max(0, -decade)};
    }
  }
  return {power_of_ten(decade + 1), std::max(0, -decade - 1)};
}

/// Multiples of `step` in the range, `label` says how one is written.
template <class Label>
std::vector<Tick> multiples(const Range& range, double step, const Label& label) {
  std::vector<Tick> result;
  const double slack = 1e-9 * (range.to - range.from);
  const double first = std::ceil((range.from - slack) / step);
  const double last = std::floor((range.to + slack) / step);
  // A step below the resolution of the values would give far more, or no number at all.
  constexpr double kMostTicks = 200.0;
  const double steps = last - first;
  if (!(steps >= 0.0 && steps <= kMostTicks)) {
    return result;
  }
  for (int i = 0; i <= static_cast<int>(steps); ++i) {
    const double value = (first + i) * step;
    result.push_back({value == 0.0 ? 0.0 : value, label(value)});
  }
  return result;
}

std::vector<Tick> linear_ticks(const Range& range, std::size_t most) {
  const Step step = nice_step((range.to - range.from) / static_cast<double>(most));
  const bool plain = step.decimals <= 4 && std::max(-range.from, range.to) < 1e7;
  return multiples(range, step.size, [&](double value) {
    return plain ? fixed(value, step.decimals) : number(value, 6);
  });
}

std::string power_label(int decade) {
  const std::string text = number(power_of_ten(decade), 1);
  const std::size_t times = text.find("\xC3\x97");
  return times == std::string::npos ? text : text.substr(times + 2);
}

std::vector<Tick> log_ticks(const Range& range, std::size_t most) {
  const int low = decade_of(range.from);
  const int high = decade_of(range.to);
  const auto decades = static_cast<std::size_t>(high - low) + 1;
  if (log10_of(range.to) - log10_of(range.from) < 0.7) {
    return linear_ticks(range, most);
  }
  const auto every = static_cast<int>((decades + most - 1) / most);
  const bool between = decades * 3 <= most + 2;
  std::vector<Tick> result;
  for (int decade = low; decade <= high; ++decade) {
    for (const double factor : {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0}) {
      const double value = factor * power_of_ten(decade);
      const bool first = factor == 1.0;
      if (value < range.from * (1.0 - 1e-9) || value > range.to * (1.0 + 1e-9) ||
          (!first && every > 1)) {
        continue;
      }
      if (first) {
        result.push_back({value, decade % every == 0 ? power_label(decade) : ""});
      } else {
        const bool labelled = between && (factor == 2.0 || factor == 5.0);
        result.push_back({value, labelled ? number(value, 1) : ""});
      }
    }
  }
  return result;
}

constexpr std::array<double, 16> kTimeSteps{1.0,
                                            2.0,
                                            5.0,
                                            10.0,
                                            30.0,
                                            kMinute,
                                            2 * kMinute,
                                            5 * kMinute,
                                            10 * kMinute,
                                            30 * kMinute,
                                            kHour,
                                            2 * kHour,
                                            6 * kHour,
                                            12 * kHour,
                                            kDay,
                                            2 * kDay};

/// The shortest step of whole seconds, minutes, hours or days that gives `most` ticks at most.
double time_step(double least) noexcept {
  for (const double step : kTimeSteps) {
    if (step >= least) {
      return step;
    }
  }
  return nice_step(least / kDay).size * kDay;
}

struct TimeUnit {
  double seconds;
  const char* name;
};

TimeUnit unit_of(double step) noexcept {
  return step >= kDay      ? TimeUnit{kDay, " d"}
         : step >= kHour   ? TimeUnit{kHour, " h"}
         : step >= kMinute ? TimeUnit{kMinute, " min"}
                           : TimeUnit{1.0, " s"};
}

std::vector<Tick> duration_ticks(const Range& range, std::size_t most) {
  const double least = (range.to - range.from) / static_cast<double>(most);
  if (least < 1.0) {
    std::vector<Tick> result = linear_ticks(range, most);
    for (Tick& tick : result) {
      tick.label += " s";
    }
    return result;
  }
  const double step = time_step(least);
  const TimeUnit unit = unit_of(step);
  return multiples(range, step, [&](double value) {
    return value == 0.0 ? "0" : fixed(value / unit.seconds, 0) + unit.name;
  });
}

struct Date {
  int year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
};

/// Source: proleptic Gregorian calendar, 400 years are 146097 days; counted from March.
Date date_of(std::int64_t days) noexcept {
  const std::int64_t shifted = days + 719468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const std::int64_t of_era = shifted - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * month + 2) / 5 + 1;
  return {static_cast<int>(year + era * 400 + (month >= 10 ? 1 : 0)),
          static_cast<int>(month < 10 ? month + 3 : month - 9),
          static_cast<int>(day)};
}

std::int64_t days_of(const Date& date) noexcept {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

std::string two(int value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

std::int64_t day_of(double seconds) noexcept {
  return static_cast<std::int64_t>(std::floor(std::clamp(seconds, kFirstDate, kLastDate) / kDay));
}

std::string month_day(const Date& date) {
  return two(date.month) + "-" + two(date.day);
}

std::string iso_date(const Date& date) {
  std::string year = std::to_string(date.year);
  year.insert(0, year.size() < 4 ? 4 - year.size() : 0, '0');
  return year + "-" + month_day(date);
}

std::string clock_time(double seconds) {
  const auto of_day = static_cast<int>(std::clamp(seconds, kFirstDate, kLastDate) -
                                       static_cast<double>(day_of(seconds)) * kDay);
  const std::string text = two(of_day / 3600) + ":" + two(of_day / 60 % 60);
  return of_day % 60 == 0 ? text : text + ":" + two(of_day % 60);
}

/// First days of months, `every` months apart.
std::vector<Tick> month_ticks(const Range& range, int every) {
  std::vector<Tick> result;
  const Date first = date_of(day_of(range.from));
  const int months = first.year * 12 + first.month - 1;
  for (int i = (months + every - 1) / every * every;; i += every) {
    const Date date{i / 12, i % 12 + 1, 1};
    const double value = static_cast<double>(days_of(date)) * kDay;
    if (value > range.to) {
      return result;
    }
    if (value >= range.from) {
      const std::string year = std::to_string(date.year);
      result.push_back({value, every >= 12 ? year : year + "-" + two(date.month)});
    }
  }
}

std::vector<Tick> date_ticks(const Range& whole, std::size_t most) {
  const Range range{std::max(whole.from, kFirstDate), std::min(whole.to, kLastDate)};
  if (range.from >= range.to) {
    return {};
  }
  const double least = std::max(1.0, (range.to - range.from) / static_cast<double>(most));
  constexpr double kMonth = 31.0 * kDay;
  if (least > 20.0 * kDay) {
    for (const int months : {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200}) {
      if (static_cast<double>(months) * kMonth >= least) {
        return month_ticks(range, months);
      }
    }
    return month_ticks(range, 12000);
  }
  const double step = time_step(least);
  return multiples(range, step, [&](double value) {
    const double of_day = value - static_cast<double>(day_of(value)) * kDay;
    return step >= kDay || of_day == 0.0 ? month_day(date_of(day_of(value))) : clock_time(value);
  });
}

}  // namespace

std::vector<Tick> ticks(AxisScale scale, const Range& range, std::size_t most) {
  if (!usable(range)) {
    return {};
  }
  const std::size_t wanted = std::max<std::size_t>(2, most);
  switch (scale) {
    case AxisScale::kLog:
      return range.from > 0.0 ? log_ticks(range, wanted) : std::vector<Tick>{};
    case AxisScale::kDuration:
      return duration_ticks(range, wanted);
    case AxisScale::kDate:
      return date_ticks(range, wanted);
    case AxisScale::kLinear:
      break;
  }
  return linear_ticks(range, wanted);
}

Range rounded_out(AxisScale scale, const Range& range, std::size_t most) {
  if (!usable(range)) {
    return range;
  }
  if (scale == AxisScale::kLog) {
    if (range.from <= 0.0) {
      return range;
    }
    const double low = power_of_ten(decade_of(range.from));
    Range round{low, nice_step(range.to).size};
    for (const double factor : {2.0, 5.0}) {
      round.from = factor * low <= range.from ? factor * low : round.from;
    }
    return round;
  }
  if (scale != AxisScale::kLinear) {
    return range;
  }
  const double least =
      (range.to - range.from) / static_cast<double>(std::max<std::size_t>(2, most));
  const double step = nice_step(least).size;
  constexpr double kSlack = 1e-9;
  return {std::floor(range.from / step + kSlack) * step,
          std::ceil(range.to / step - kSlack) * step};
}

void Extent::add(double value) noexcept {
  if (!std::isfinite(value) || (scale_ == AxisScale::kLog && value <= 0.0)) {
    return;
  }
  low_ = empty() ? value : std::min(low_, value);
  high_ = high_ < low_ ? value : std::max(high_, value);
}

std::optional<Range> Extent::range(const Axis& axis) const noexcept {
  const auto given = [&](const std::optional<double>& limit) {
    return limit && std::isfinite(*limit) && (scale_ != AxisScale::kLog || *limit > 0.0);
  };
  if (given(axis.from) && given(axis.to) && *axis.from < *axis.to) {
    return Range{*axis.from, *axis.to};
  }
  if (empty()) {
    return std::nullopt;
  }
  Range range{low_, high_};
  if (given(axis.from) && *axis.from < range.to) {
    range.from = *axis.from;
  }
  if (given(axis.to) && *axis.to > range.from) {
    range.to = *axis.to;
  }
  if (scale_ == AxisScale::kLog) {
    if (!given(axis.from)) {
      range.from = std::max(range.from, range.to / power_of_ten(static_cast<int>(kMostDecades)));
    }
    return range.from < range.to ? range : Range{range.from / 2.0, range.to * 2.0};
  }
  if (range.from < range.to) {
    return range;
  }
  const double room = range.from == 0.0 ? 1.0 : std::fabs(range.from) * 0.1;
  return Range{range.from - room, range.to + room};
}

Mapping::Mapping(AxisScale scale, const Range& range, double pixels) noexcept
    : log_(scale == AxisScale::kLog), pixels_(pixels) {
  from_ = log_ ? log10_of(range.from) : range.from;
  const double to = log_ ? log10_of(range.to) : range.to;
  per_unit_ = to > from_ ? pixels / (to - from_) : 0.0;
}

double Mapping::at(double value) const noexcept {
  if (!std::isfinite(value)) {
    return std::nan("");
  }
  // Beyond the picture by its own size is far enough, and coordinates stay short.
  if (log_) {
    return value > 0.0 ? std::clamp((log10_of(value) - from_) * per_unit_, -pixels_, 2.0 * pixels_)
                       : -pixels_;
  }
  return std::clamp((value - from_) * per_unit_, -pixels_, 2.0 * pixels_);
}

std::string title_of(const Axis& axis, const Range& range) {
  if (axis.scale == AxisScale::kDate) {
    return axis.label + ", from " + iso_date(date_of(day_of(range.from))) + " (UTC)";
  }
  return axis.unit.empty() ? axis.label : axis.label + " (" + axis.unit + ")";
}

std::string value_text(const Axis& axis, double value) {
  if (axis.scale == AxisScale::kDate && std::isfinite(value)) {
    return iso_date(date_of(day_of(value))) + " " + clock_time(value);
  }
  if (axis.scale == AxisScale::kDuration && std::isfinite(value)) {
    const TimeUnit unit = unit_of(std::fabs(value));
    return number(value / unit.seconds, 3) + unit.name;
  }
  return axis.unit.empty() ? number(value, 4) : number(value, 4) + " " + axis.unit;
}

}  // namespace aiot::toolkit::report
