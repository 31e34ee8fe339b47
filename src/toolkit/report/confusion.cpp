// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/confusion.hpp"

#include <algorithm>
#include <cstddef>

#include "aiot/toolkit/report/palette.hpp"
#include "aiot/toolkit/report/text.hpp"
#include "src/toolkit/report/html.hpp"

namespace aiot::toolkit::report {
namespace {

std::string percent(std::uint64_t part, std::uint64_t whole) {
  constexpr const char* kPercent = "\xE2\x80\xAF%";
  if (whole == 0) {
    return "\xE2\x80\x93";
  }
  const double percents = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  // Some are not none, and not all are not all.
  if (part > 0 && percents < 0.5) {
    return std::string("&lt;1") + kPercent;
  }
  if (part < whole && percents >= 99.5) {
    return std::string("&gt;99") + kPercent;
  }
  return fixed(percents, 0) + kPercent;
}

/// Step of the colour scale; the first one is for 0 only.
std::size_t heat(std::uint64_t part, std::uint64_t whole) {
  if (part == 0 || whole == 0) {
    return 0;
  }
  const double share = static_cast<double>(part) / static_cast<double>(whole);
  const auto step = static_cast<std::size_t>(share * static_cast<double>(kHeatSteps - 1));
  return std::min(step + 1, kHeatSteps - 1);
}

std::string header_cell(const std::string& label) {
  return "<th scope=\"col\">" + escape(label) + "</th>";
}

}  // namespace

std::string render(const ConfusionMatrix& matrix) {
  const std::size_t classes = matrix.labels.size();
  std::vector<std::uint64_t> actual(classes, 0);
  std::vector<std::uint64_t> predicted(classes, 0);
  const bool fits = classes > 0 && matrix.counts.size() == classes * classes;
  std::uint64_t total = 0;
  for (std::size_t i = 0; fits && i < matrix.counts.size(); ++i) {
    actual[i / classes] += matrix.counts[i];
    predicted[i % classes] += matrix.counts[i];
    total += matrix.counts[i];
  }
  std::string html = "<figure>\n";
  if (!matrix.title.empty()) {
    html += "<p class=\"name-of\">" + escape(matrix.title) + "</p>\n";
  }
  if (total == 0) {
    return html + kNoData + figure_end(matrix.caption);
  }
  const std::string columns = std::to_string(classes);
  html +=
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"matrix\"><thead>\n<tr><td></td><th "
      "class=\"axis\" scope=\"colgroup\" colspan=\"" +
      columns + "\">predicted</th><td></td></tr>\n<tr><th class=\"axis\">actual</th>";
  for (const std::string& label : matrix.labels) {
    html += header_cell(label);
  }
  html += header_cell("recall") + "</tr>\n</thead><tbody>\n";
  std::uint64_t hits = 0;
  for (std::size_t row = 0; row < classes; ++row) {
    html += "<tr><th scope=\"row\">" + escape(matrix.labels[row]) + "</th>";
    for (std::size_t column = 0; column < classes; ++column) {
      const std::uint64_t count = matrix.counts[row * classes + column];
      hits += row == column ? count : 0;
      html += "<td class=\"h" + std::to_string(heat(count, actual[row])) +
              (row == column ? " hit" : "") + (count == 0 ? " zero\"><b>" : "\"><b>") +
              std::to_string(count) + "</b>" +
              (count == 0 ? "" : "<small>" + percent(count, actual[row]) + "</small>") + "</td>";
    }
    html += "<td class=\"rate\"><b>" + percent(matrix.counts[row * classes + row], actual[row]) +
            "</b><small>of " + std::to_string(actual[row]) + "</small></td></tr>\n";
  }
  html += "<tr><th scope=\"row\">precision</th>";
  for (std::size_t column = 0; column < classes; ++column) {
    html += "<td class=\"rate\"><b>" +
            percent(matrix.counts[column * classes + column], predicted[column]) +
            "</b><small>of " + std::to_string(predicted[column]) + "</small></td>";
  }
  html += "<td class=\"rate\"><b>" + percent(hits, total) + "</b><small>of " +
          std::to_string(total) + (matrix.what.empty() ? "" : " " + escape(matrix.what)) +
          "</small></td></tr>\n</tbody></table></div>\n";
  return html + figure_end(matrix.caption);
}

}  // namespace aiot::toolkit::report
