// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cmath>

#include "aiot/toolkit/recording.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

/// What the first lines tell about a text.
struct Layout {
  char separator = ',';
  bool decimal_comma = false;
  std::vector<std::string> header;  ///< names of the columns; empty without a header line
  std::size_t width = 0;            ///< columns
  std::size_t time = kNoColumn;     ///< column of the time, when there is one
  double time_unit_s = 1.0;
  std::size_t index = kNoColumn;  ///< column that numbers the lines
  std::vector<std::size_t> channels;
};

/// The columns that are used, as numbers.
struct Table {
  std::vector<double> values;  ///< [row][channel]
  std::vector<double> time;    ///< [row], empty without a time column
  std::vector<std::uint32_t> lines;
};

std::string on_line(std::uint32_t line) {
  return "line " + std::to_string(line) + ": ";
}

bool is_comment(const std::vector<std::string>& fields) {
  return !fields.empty() && !fields[0].empty() && (fields[0][0] == '#' || fields[0][0] == '%');
}

/// The text without byte order mark and leading lines that are comments or blank.
std::string_view without_preamble(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  return text;
}

std::string_view first_data_line(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::string_view content = trimmed(line);
    if (!content.empty() && content[0] != '#' && content[0] != '%') {
      return content;
    }
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return {};
}

char separator_of(std::string_view line) {
  for (const char candidate : std::array{';', '\t', '|', ','}) {
    if (line.find(candidate) != std::string_view::npos) {
      return candidate;
    }
  }
  return line.find(' ') != std::string_view::npos ? ' ' : ',';
}

std::optional<double> cell_number(const Layout& layout, const std::string& cell) {
  if (!layout.decimal_comma || cell.find(',') == std::string::npos) {
    return number_of(cell);
  }
  std::string with_point = cell;
  std::replace(with_point.begin(), with_point.end(), ',', '.');
  return number_of(with_point);
}

/// The name of a column without what is in brackets behind it, in lower case; `unit` gets the rest.
std::string split_name(std::string_view title, std::string& unit) {
  const std::size_t open = title.find_first_of("([");
  unit.clear();
  if (open != std::string_view::npos) {
    const std::size_t close = title.find_first_of(")]", open);
    unit = lowered(trimmed(title.substr(
        open + 1, close == std::string_view::npos ? std::string_view::npos : close - open - 1)));
  }
  return lowered(trimmed(title.substr(0, open)));
}

AccelerationUnit unit_named(std::string_view title) {
  std::string unit;
  const std::string name = split_name(title, unit);
  if (unit == "g" || (unit.empty() && name.ends_with("_g"))) {
    return AccelerationUnit::kG;
  }
  if (unit == "mg" || (unit.empty() && name.ends_with("_mg"))) {
    return AccelerationUnit::kMilliG;
  }
  for (const std::string_view known : std::array<std::string_view, 6>{
           "m/s2", "m/s^2", "m/s\xC2\xB2", "m/s\xB2", "ms-2", "m/s/s"}) {
    if (unit == known) {
      return AccelerationUnit::kMetrePerSecond2;
    }
  }
  return unit.empty() && (name.ends_with("_ms2") || name.ends_with("_m_s2"))
             ? AccelerationUnit::kMetrePerSecond2
             : AccelerationUnit::kUnstated;
}

/// Seconds of a unit of time; one without a unit.
double seconds_of(std::string_view unit) {
  const double ms = unit == "ms" ? 1e-3 : 1.0;
  return unit == "us" || unit == "\xC2\xB5s" ? 1e-6 : ms;
}

/// Seconds of one unit when the title is that of a time column, else 0.
double time_unit_named(std::string_view title) {
  std::string unit;
  const std::string name = split_name(title, unit);
  for (const std::string_view known : std::array<std::string_view, 6>{
           "t", "time", "timestamp", "seconds", "elapsed", "elapsed time"}) {
    if (name == known) {
      return seconds_of(unit);
    }
  }
  if (name == "time_s" || name == "t_s") {
    return 1.0;
  }
  if (name == "time_ms" || name == "t_ms") {
    return 1e-3;
  }
  return name == "time_us" || name == "t_us" ? 1e-6 : 0.0;
}

bool is_index_name(std::string_view title) {
  const std::string name = lowered(trimmed(title));
  return name == "index" || name == "sample" || name == "n" || name == "frame" || name == "no" ||
         name == "#";
}

/// True for numbers that grow by nearly equal steps, as times and line numbers do.
bool grows_steadily(const std::vector<double>& column) {
  if (column.size() < 3) {
    return false;
  }
  const double step = (column.back() - column.front()) / static_cast<double>(column.size() - 1);
  for (std::size_t i = 1; i < column.size(); ++i) {
    if (!(std::fabs(column[i] - column[i - 1] - step) < 0.1 * step)) {
      return false;
    }
  }
  return true;
}

/// The first numbers of the first column.
std::vector<double> first_column(const Layout& layout, SeparatedText records) {
  std::vector<double> column;
  std::vector<std::string> row;
  while (column.size() < 16 && records.next(row) == SeparatedText::Next::kRecord) {
    if (const auto number = cell_number(layout, row[0])) {
      column.push_back(*number);
    }
  }
  return column;
}

/// Finds time and line number by the header. Where it names neither (there is none, or it is in
/// another language) only the first column can be either, and its numbers tell.
void find_time(Layout& layout, std::string_view text) {
  for (std::size_t column = 0; column < layout.header.size(); ++column) {
    const double unit_s = time_unit_named(layout.header[column]);
    if (unit_s > 0.0 && layout.time == kNoColumn) {
      layout.time = column;
      layout.time_unit_s = unit_s;
    }
    if (is_index_name(layout.header[column])) {
      layout.index = column;
    }
  }
  if (layout.time == kNoColumn && layout.index == kNoColumn && layout.width >= 2) {
    const std::vector<double> column = first_column(layout, {text, layout.separator});
    if (grows_steadily(column)) {
      std::string unit;
      if (!layout.header.empty()) {
        (void)split_name(layout.header[0], unit);
      }
      layout.time_unit_s = seconds_of(unit);
      (column[1] - column[0] == 1.0 && unit.empty() ? layout.index : layout.time) = 0;
    }
  }
}

/// Column number of a name or of a number from 1, or none.
std::size_t column_of(const Layout& layout, const std::string& wanted) {
  for (std::size_t column = 0; column < layout.header.size(); ++column) {
    std::string unit;
    if (lowered(trimmed(layout.header[column])) == lowered(wanted) ||
        split_name(layout.header[column], unit) == lowered(wanted)) {
      return column;
    }
  }
  const auto number = count_of(wanted);
  return number && *number >= 1 && *number <= layout.width ? *number - 1 : kNoColumn;
}

std::string columns_text(const Layout& layout) {
  if (layout.header.empty()) {
    return "1 to " + std::to_string(layout.width);
  }
  std::string text;
  for (std::size_t column = 0; column < std::min<std::size_t>(layout.header.size(), 8); ++column) {
    text += (column == 0 ? "" : ", ") + std::string(trimmed(layout.header[column]));
  }
  return text + (layout.header.size() > 8 ? ", ..." : "");
}

/// Nothing when the columns were found, else what is wrong.
std::optional<std::string> choose_channels(Layout& layout,
                                           const std::vector<std::string>& row,
                                           const LoadOptions& options) {
  for (const std::string& wanted : channel_list(options.channel)) {
    const std::size_t column = column_of(layout, wanted);
    if (column == kNoColumn) {
      return "has no column '" + wanted + "'; choose --channel from " + columns_text(layout);
    }
    layout.channels.push_back(column);
  }
  if (options.channel.empty()) {
    for (std::size_t column = 0; column < layout.width; ++column) {
      if (layout.channels.size() < options.axes && column != layout.time &&
          column != layout.index && cell_number(layout, row[column])) {
        layout.channels.push_back(column);
      }
    }
  }
  if (layout.channels.empty()) {
    return "has no column of numbers beside the time; name one with --channel";
  }
  if (options.channel.empty() && layout.channels.size() < options.axes) {
    return "has " + std::to_string(layout.channels.size()) + " columns of samples, " +
           std::to_string(options.axes) + " are needed; use another recording or package";
  }
  // A column that is asked for is not the time.
  if (std::find(layout.channels.begin(), layout.channels.end(), layout.time) !=
      layout.channels.end()) {
    layout.time = kNoColumn;
  }
  return std::nullopt;
}

bool has_number(const Layout& layout, const std::vector<std::string>& fields) {
  return std::any_of(fields.begin(), fields.end(), [&layout](const std::string& field) {
    return cell_number(layout, field).has_value();
  });
}

/// Checks one cell and gives its value, or says what is wrong with it.
std::optional<std::string> read_cell(const Layout& layout, const std::string& cell, double& value) {
  const auto number = cell_number(layout, cell);
  if (!number) {
    return trimmed(cell).empty() ? std::string("a value is missing")
                                 : "'" + cell.substr(0, 24) + "' is not a number";
  }
  if (!std::isfinite(*number)) {
    return "'" + cell.substr(0, 24) + "' is not a finite number";
  }
  value = *number;
  return std::nullopt;
}

/// Nothing when the row was read, else what is wrong.
std::optional<std::string> add_row(const Layout& layout,
                                   const std::vector<std::string>& row,
                                   Table& table) {
  if (row.size() != layout.width) {
    return std::to_string(row.size()) + " columns, the lines before have " +
           std::to_string(layout.width);
  }
  double value = 0.0;
  for (const std::size_t column : layout.channels) {
    if (auto wrong = read_cell(layout, row[column], value)) {
      return wrong;
    }
    table.values.push_back(value);
  }
  if (layout.time != kNoColumn) {
    if (auto wrong = read_cell(layout, row[layout.time], value)) {
      return *wrong + " (time)";
    }
    table.time.push_back(value * layout.time_unit_s);
    table.lines.push_back(0);
  }
  return std::nullopt;
}

/// Steps to the first record that is neither blank nor a comment.
SeparatedText::Next next_row(SeparatedText& text, std::vector<std::string>& row) {
  SeparatedText::Next next = text.next(row);
  while (next == SeparatedText::Next::kRecord && is_comment(row)) {
    next = text.next(row);
  }
  return next;
}

/// The rate a time column tells, and the gaps in it; what is wrong otherwise.
std::optional<std::string> read_time(const Layout& layout, const Table& table, Recording& out) {
  const std::size_t rows = table.time.size();
  std::vector<double> steps;
  steps.reserve(rows);
  for (std::size_t i = 1; i < rows; ++i) {
    steps.push_back(table.time[i] - table.time[i - 1]);
    if (!(steps.back() > 0.0)) {
      return on_line(table.lines[i]) +
             "the time does not rise; set --rate HZ to go by the order of the lines";
    }
  }
  if (steps.empty()) {
    return std::nullopt;
  }
  std::vector<double> sorted = steps;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  const double typical = *middle;
  double regular_s = 0.0;
  double regular = 0.0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i] < 1.5 * typical) {
      regular_s += steps[i];
      regular += 1.0;
      continue;
    }
    const double lost = std::nearbyint(steps[i] / typical) - 1.0;
    if (lost > 1e15) {
      return on_line(table.lines[i + 1]) + "the time jumps too far; set --rate HZ to ignore it";
    }
    out.gaps.push_back({.frame = i + 1, .lost = static_cast<std::uint64_t>(lost)});
  }
  if (out.gaps.size() > steps.size() / 10) {
    return "the time column '" + (layout.header.empty() ? "1" : layout.header[layout.time]) +
           "' is not regular; set --rate HZ to go by the order of the lines";
  }
  const double rate = regular / regular_s;
  // A clock that runs faster here than there has no one rate.
  double behind_s = 0.0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    behind_s += steps[i] < 1.5 * typical ? steps[i] - 1.0 / rate : 0.0;
    if (std::fabs(behind_s) > 0.01 * regular_s + 2.0 / rate) {
      return on_line(table.lines[i + 1]) +
             "the time does not grow evenly; set --rate HZ to go by the order of the lines";
    }
  }
  const double whole = std::nearbyint(rate);
  out.rate_hz = whole > 0.0 && std::fabs(rate - whole) < 2e-4 * whole ? whole : rate;
  out.notes.push_back("rate " + shown(out.rate_hz) + " Hz from the time column");
  if (!out.gaps.empty()) {
    out.notes.push_back(std::to_string(out.gaps.size()) + " gaps found in the time column");
  }
  return std::nullopt;
}

double metres_of(AccelerationUnit unit) noexcept {
  switch (unit) {
    case AccelerationUnit::kMetrePerSecond2:
      return 1.0;
    case AccelerationUnit::kMilliG:
      return kStandardGravity / 1000.0;
    default:
      return kStandardGravity;
  }
}

/// A line of units below the names, as in "s,m/s2" or "(s),(m/s2)", becomes part of the names.
void add_units(std::vector<std::string>& header, const std::vector<std::string>& units) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    std::string_view unit = trimmed(units[i]);
    if (unit.starts_with('(') || unit.starts_with('[')) {
      unit = unit.substr(1, unit.find_first_of(")]") - 1);
    }
    if (!unit.empty() && header[i].find_first_of("([") == std::string::npos) {
      header[i].append(" (").append(unit).append(")");
    }
  }
}

/// Reads header and first row; `row` holds the first row of values then.
Loaded<Layout> find_layout(std::string_view text,
                           SeparatedText& records,
                           std::vector<std::string>& row,
                           char separator,
                           const LoadOptions& options,
                           std::string_view name) {
  Layout layout;
  layout.separator = separator;
  layout.decimal_comma = separator == ';';
  if (next_row(records, row) != SeparatedText::Next::kRecord) {
    return problem_in(name,
                      trimmed(text).empty() ? "is empty; record some samples"
                                            : "holds no lines of samples; check the file");
  }
  if (!has_number(layout, row)) {
    layout.header = row;
    if (next_row(records, row) != SeparatedText::Next::kRecord) {
      return problem_in(name, "holds no lines of samples; record some");
    }
    if (!has_number(layout, row) && row.size() == layout.header.size()) {
      add_units(layout.header, row);
      if (next_row(records, row) != SeparatedText::Next::kRecord) {
        return problem_in(name, "holds no lines of samples; record some");
      }
    }
  }
  layout.width = row.size();
  if (!layout.header.empty() && layout.header.size() != layout.width) {
    return problem_in(name,
                      on_line(records.line()) + std::to_string(layout.width) +
                          " columns, the header has " + std::to_string(layout.header.size()) +
                          "; repair the file");
  }
  find_time(layout, text);
  if (auto wrong = choose_channels(layout, row, options)) {
    return problem_in(name, *wrong);
  }
  if (options.rate_hz) {
    layout.time = kNoColumn;  // the caller's rate wins, so the column need not be readable
  }
  return layout;
}

Loaded<Table> read_table(const Layout& layout,
                         SeparatedText& records,
                         std::vector<std::string>& row,
                         std::string_view name) {
  Table table;
  SeparatedText::Next next = SeparatedText::Next::kRecord;
  while (next == SeparatedText::Next::kRecord) {
    if (auto wrong = add_row(layout, row, table)) {
      return problem_in(name, on_line(records.line()) + *wrong + "; repair or cut the file");
    }
    if (!table.lines.empty()) {
      table.lines.back() = records.line();
    }
    next = next_row(records, row);
  }
  if (next == SeparatedText::Next::kOpenQuote) {
    return problem_in(name,
                      on_line(records.line()) + "a quoted field does not end; repair the file");
  }
  return table;
}

/// Rate and gaps, from the caller or from the time column; what is wrong otherwise.
std::optional<std::string> set_rate(const Layout& layout,
                                    const Table& table,
                                    const LoadOptions& options,
                                    Recording& out) {
  if (options.rate_hz) {
    out.rate_hz = *options.rate_hz;
    return std::nullopt;
  }
  if (layout.time == kNoColumn) {
    return "has no time column that tells the sample rate; set it with --rate HZ";
  }
  return read_time(layout, table, out);
}

AccelerationUnit unit_of(const Layout& layout, const LoadOptions& options) {
  if (options.unit != AccelerationUnit::kUnstated || layout.header.empty()) {
    return options.unit;
  }
  return unit_named(layout.header[layout.channels[0]]);
}

}  // namespace

Loaded<Recording> parse_csv(std::string_view text,
                            std::string_view name,
                            const LoadOptions& options) {
  text = without_preamble(text);
  if (text.find('\0') != std::string_view::npos) {
    return problem_in(name, "is not text; use .wav, .mat or .s16 for binary recordings");
  }
  const char separator = separator_of(first_data_line(text));
  SeparatedText records(text, separator);
  std::vector<std::string> row;
  const Loaded<Layout> layout = find_layout(text, records, row, separator, options, name);
  if (!layout.ok()) {
    return layout.problem();
  }
  const Loaded<Table> table = read_table(*layout, records, row, name);
  if (!table.ok()) {
    return table.problem();
  }
  Recording recording;
  recording.axes = static_cast<std::uint32_t>(layout->channels.size());
  recording.source = name;
  if (table->values.size() <= recording.axes) {
    return problem_in(name, "holds one line of samples only; record more");
  }
  if (auto wrong = set_rate(*layout, *table, options, recording)) {
    return problem_in(name, *wrong);
  }
  for (std::size_t i = 0; layout->width > 1 && i < layout->channels.size(); ++i) {
    const std::size_t column = layout->channels[i];
    recording.source += layout->header.empty()
                            ? " [" + std::to_string(column + 1) + "]"
                            : " [" + std::string(trimmed(layout->header[column])) + "]";
  }
  const AccelerationUnit unit = unit_of(*layout, options);
  if (unit == AccelerationUnit::kUnstated) {
    std::string stated;
    if (!layout->header.empty()) {
      (void)split_name(layout->header[layout->channels[0]], stated);
    }
    if (!stated.empty()) {
      return problem_in(name,
                        "the unit '" + stated + "' of column '" +
                            std::string(trimmed(layout->header[layout->channels[0]])) +
                            "' is not known; set g, mg or m/s2 with --unit");
    }
    recording.notes.emplace_back("the file states no unit: values taken as g (--unit changes it)");
  }
  Counts counts = quantise(table->values, 0.0);
  recording.samples = std::move(counts.samples);
  recording.scale = counts.step * metres_of(unit);
  return recording;
}

}  // namespace aiot::toolkit
