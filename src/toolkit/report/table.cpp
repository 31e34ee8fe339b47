// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/table.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "aiot/toolkit/report/text.hpp"
#include "src/toolkit/report/html.hpp"

namespace aiot::toolkit::report {
namespace {

std::string meter(const Column& column, const Cell& cell) {
  if (!column.bar_full) {
    return "";
  }
  const double full = *column.bar_full;
  const double part = cell.value && std::isfinite(*cell.value) && std::isfinite(full) && full > 0.0
                          ? std::clamp(*cell.value / full, 0.0, 1.0)
                          : 0.0;
  return std::string("<span class=\"meter t-") + name_of(cell.tone) + "\" aria-hidden=\"true\">" +
         (part > 0.0 ? "<span style=\"width:" + number(100.0 * part, 3) + "%\"></span>" : "") +
         "</span>";
}

std::string rendered(const Column& column, const Cell& cell) {
  std::string html = column.align == Align::kNumber ? "<td class=\"n\">" : "<td>";
  if (cell.tone == Tone::kNeutral) {
    html += escape(cell.text);
  } else {
    html += std::string("<span class=\"t-") + name_of(cell.tone) + "\">" + sign_of(cell.tone) +
            "\xC2\xA0" + escape(cell.text) + "</span>";
  }
  return html + meter(column, cell) + "</td>";
}

}  // namespace

Cell cell(std::string text) {
  return {std::move(text), std::nullopt, Tone::kNeutral};
}

Cell cell(double value, int decimals) {
  return {fixed(value, decimals), value, Tone::kNeutral};
}

std::string render(const Table& table) {
  std::string html = "<figure>\n";
  if (table.rows.empty() || table.columns.empty()) {
    if (!table.caption.empty()) {
      html += "<p class=\"name-of\">" + escape(table.caption) + "</p>\n";
    }
    return html + kNoData + figure_end("");
  }
  html += "<div class=\"scroll\" tabindex=\"0\"><table class=\"data\">";
  if (!table.caption.empty()) {
    html += "<caption>" + escape(table.caption) + "</caption>";
  }
  html += "<thead><tr>";
  for (const Column& column : table.columns) {
    html += std::string("<th scope=\"col\"") +
            (column.align == Align::kNumber ? " class=\"n\">" : ">") + escape(column.title) +
            "</th>";
  }
  html += "</tr></thead><tbody>\n";
  const Cell empty;
  for (const std::vector<Cell>& row : table.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      html += rendered(table.columns[i], i < row.size() ? row[i] : empty);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n" + figure_end("");
}

}  // namespace aiot::toolkit::report
