// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiot/toolkit/report/confusion.hpp"
#include "aiot/toolkit/report/drawing.hpp"
#include "aiot/toolkit/report/interval_plot.hpp"
#include "aiot/toolkit/report/line_chart.hpp"
#include "aiot/toolkit/report/palette.hpp"
#include "aiot/toolkit/report/scores.hpp"
#include "aiot/toolkit/report/table.hpp"

namespace aiot::toolkit::report {

/// A number that is the point of the page, with what it means.
struct KeyFigure {
  std::string label;
  std::string value;   ///< "4.7", already formatted
  std::string unit;    ///< beside it, smaller
  std::string detail;  ///< below it
  Tone tone = Tone::kNeutral;
};

/// Where the content comes from: "recording", "bearing_3.csv".
struct Provenance {
  std::string name;
  std::string value;
};

/// One HTML file that needs nothing else: no scripts, fonts or links to anywhere. It follows the
/// light or dark setting of the screen, narrow screens and paper. Content appears in the order of
/// the calls. All texts are plain and are escaped. The same calls give the same bytes. It is also
/// well-formed XML.
class Document {
 public:
  explicit Document(std::string title);

  /// A line under the title.
  Document& subtitle(std::string_view text);

  /// A line of the list under the title.
  Document& provenance(const Provenance& line);

  /// A heading; with three or more, a list of them stands at the top.
  Document& section(std::string_view heading);

  /// A heading inside a section.
  Document& subsection(std::string_view heading);

  Document& paragraph(std::string_view text);
  Document& list(const std::vector<std::string>& items);

  /// A box with a sign and a word for its tone.
  Document& callout(Tone tone, std::string_view heading, std::string_view text);

  /// Figures in a row.
  Document& key_figures(const std::vector<KeyFigure>& figures);
  Document& table(const Table& table);
  Document& figure(const Drawing& drawing);

  Document& figure(const LineChart& chart) { return figure(draw(chart)); }

  Document& figure(const StripChart& chart) { return figure(draw(chart)); }

  Document& figure(const RocChart& chart) { return figure(draw(chart)); }

  Document& figure(const IntervalPlot& plot) { return figure(draw(plot)); }

  Document& figure(const ConfusionMatrix& matrix);

  /// The file.
  [[nodiscard]] std::string html() const;

 private:
  std::string title_;
  std::string subtitle_;
  std::vector<Provenance> provenance_;
  std::vector<std::string> headings_;
  std::string body_;
  std::size_t pictures_ = 0;
};

}  // namespace aiot::toolkit::report
