// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/document.hpp"

#include "aiot/toolkit/report/text.hpp"
#include "src/toolkit/report/html.hpp"
#include "src/toolkit/report/svg.hpp"

namespace aiot::toolkit::report {
namespace {

/// From so many sections on there is a list of them at the top.
constexpr std::size_t kSectionsForList = 3;

/// How far a narrow picture may be enlarged.
constexpr double kSlimStretch = 1.35;

std::string element(const char* name, std::string_view text) {
  return std::string("<") + name + ">" + escape(text) + "</" + name + ">\n";
}

std::string rendered(const Picture& picture,
                     const Drawing& drawing,
                     const char* width_class,
                     double stretch,
                     const std::string& id) {
  const std::string title = drawing.title.empty() ? "Chart" : drawing.title;
  return std::string("<svg class=\"plot ") + width_class + "\" viewBox=\"0 0 " +
         coordinate(picture.width) + " " + coordinate(picture.height) +
         "\" style=\"max-width:" + coordinate(picture.width * stretch) +
         "px\" role=\"img\" aria-labelledby=\"" + id + "t " + id + "d\">\n<title id=\"" + id +
         "t\">" + escape(title) + "</title>\n<desc id=\"" + id + "d\">" +
         escape(drawing.description) + "</desc>\n" + picture.body + "</svg>\n";
}

std::string legend(const std::vector<LegendEntry>& entries) {
  if (entries.empty()) {
    return "";
  }
  std::string html = "<ul class=\"legend\">\n";
  for (const LegendEntry& entry : entries) {
    html += "<li><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\">" + entry.sample + "</svg>" +
            escape(entry.name) + "</li>\n";
  }
  return html + "</ul>\n";
}

}  // namespace

Document::Document(std::string title) : title_(std::move(title)) {}

Document& Document::subtitle(std::string_view text) {
  subtitle_ = text;
  return *this;
}

Document& Document::provenance(const Provenance& line) {
  provenance_.push_back(line);
  return *this;
}

Document& Document::section(std::string_view heading) {
  headings_.emplace_back(heading);
  body_ += "<h2 id=\"s" + std::to_string(headings_.size()) + "\">" + escape(heading) + "</h2>\n";
  return *this;
}

Document& Document::subsection(std::string_view heading) {
  body_ += element("h3", heading);
  return *this;
}

Document& Document::paragraph(std::string_view text) {
  body_ += element("p", text);
  return *this;
}

Document& Document::list(const std::vector<std::string>& items) {
  if (items.empty()) {
    return *this;
  }
  body_ += "<ul class=\"points\">\n";
  for (const std::string& item : items) {
    body_ += element("li", item);
  }
  body_ += "</ul>\n";
  return *this;
}

Document& Document::callout(Tone tone, std::string_view heading, std::string_view text) {
  body_ += std::string("<div class=\"call ") + name_of(tone) + "\"><span>" + sign_of(tone) +
           "</span><div><div class=\"head t-" + name_of(tone) + "\">" + escape(heading) + "</div>" +
           (text.empty() ? "" : "<p>" + escape(text) + "</p>") + "</div></div>\n";
  return *this;
}

Document& Document::key_figures(const std::vector<KeyFigure>& figures) {
  if (figures.empty()) {
    return *this;
  }
  body_ += "<div class=\"keys\">\n";
  for (const KeyFigure& figure : figures) {
    body_ += std::string("<div class=\"key ") + name_of(figure.tone) + "\"><div class=\"name\">" +
             escape(figure.label) + "</div><div class=\"value\">" + escape(figure.value) +
             (figure.unit.empty() ? "" : " <small>" + escape(figure.unit) + "</small>") + "</div>";
    if (!figure.detail.empty()) {
      body_ += "<div class=\"detail\">" + sign_of(figure.tone) + "<span>" + escape(figure.detail) +
               "</span></div>";
    }
    body_ += "</div>\n";
  }
  body_ += "</div>\n";
  return *this;
}

Document& Document::table(const Table& table) {
  body_ += render(table);
  return *this;
}

Document& Document::figure(const Drawing& drawing) {
  body_ += "<figure>\n";
  if (!drawing.title.empty()) {
    body_ += "<p class=\"name-of\">" + escape(drawing.title) + "</p>\n";
  }
  if (drawing.wide.body.empty()) {
    body_ += kNoData;
  } else {
    const std::string id = "p" + std::to_string(++pictures_);
    body_ += legend(drawing.legend);
    body_ += rendered(drawing.wide, drawing, "wide", 1.0, id + "w");
    body_ += rendered(drawing.slim, drawing, "slim", kSlimStretch, id + "s");
  }
  body_ += figure_end(drawing.caption);
  return *this;
}

Document& Document::figure(const ConfusionMatrix& matrix) {
  body_ += render(matrix);
  return *this;
}

std::string Document::html() const {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta "
      "charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\"/>\n";
  html += element("title", title_);
  html += "<style>\n" + style_sheet() + "</style>\n</head>\n<body>\n<main>\n<header>\n";
  html += element("h1", title_);
  if (!subtitle_.empty()) {
    html += "<p class=\"lead\">" + escape(subtitle_) + "</p>\n";
  }
  if (!provenance_.empty()) {
    html += "<dl class=\"origin\">\n";
    for (const Provenance& line : provenance_) {
      html += "<dt>" + escape(line.name) + "</dt><dd>" + escape(line.value) + "</dd>\n";
    }
    html += "</dl>\n";
  }
  if (headings_.size() >= kSectionsForList) {
    html += "<nav aria-label=\"Sections\"><ul>\n";
    for (std::size_t i = 0; i < headings_.size(); ++i) {
      html +=
          "<li><a href=\"#s" + std::to_string(i + 1) + "\">" + escape(headings_[i]) + "</a></li>\n";
    }
    html += "</ul></nav>\n";
  }
  return html + "</header>\n" + body_ + "</main>\n</body>\n</html>\n";
}

}  // namespace aiot::toolkit::report
