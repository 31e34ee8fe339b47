// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aiot/toolkit/report/palette.hpp"

namespace aiot::toolkit::report {

enum class Align : std::uint8_t { kText, kNumber };

struct Column {
  std::string title;
  Align align = Align::kText;
  std::optional<double> bar_full;  ///< draws a bar for `Cell::value`, this long is full
};

struct Cell {
  std::string text;
  std::optional<double> value;  ///< length of the bar
  Tone tone = Tone::kNeutral;
};

/// Rows that are shorter than the columns end in empty cells, longer ones are cut.
struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

/// A cell that is text only.
Cell cell(std::string text);

/// A number with `decimals` digits, and its bar where the column has one.
Cell cell(double value, int decimals);

/// The table as HTML; "no data" when it has no rows.
std::string render(const Table& table);

}  // namespace aiot::toolkit::report
