// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/report/html.hpp"

#include "aiot/toolkit/report/text.hpp"

namespace aiot::toolkit::report {

std::string sign_of(Tone tone) {
  const char* shape = "";
  const char* word = "";
  switch (tone) {
    case Tone::kNeutral:
      return "";
    case Tone::kInfo:
      word = "Information";
      shape =
          "<circle cx=\"10\" cy=\"10\" r=\"8.5\" fill=\"none\"/><path d=\"M10 9v5.5M10 5.6v.4\"/>";
      break;
    case Tone::kGood:
      word = "Good";
      shape =
          "<circle cx=\"10\" cy=\"10\" r=\"8.5\" fill=\"none\"/><path d=\"M6 10.3l2.8 2.9L14 7.4\" "
          "fill=\"none\"/>";
      break;
    case Tone::kNotice:
      word = "Notice";
      shape =
          "<path d=\"M10 2.2L18.4 17.5H1.6Z\" fill=\"none\"/><path d=\"M10 7.8v4.6M10 14.9v.2\"/>";
      break;
    case Tone::kBad:
      word = "Bad";
      shape =
          "<path d=\"M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z\" fill=\"none\"/><path d=\"M7 7l6 6M13 7l-6 "
          "6\"/>";
      break;
  }
  return std::string("<svg class=\"sign k-") + name_of(tone) +
         "\" viewBox=\"0 0 20 20\" role=\"img\" aria-label=\"" + word +
         "\" stroke-width=\"1.9\" stroke-linecap=\"round\" stroke-linejoin=\"round\">" + shape +
         "</svg>";
}

std::string figure_end(std::string_view caption) {
  return (caption.empty() ? "" : "<figcaption>" + escape(caption) + "</figcaption>\n") +
         std::string("</figure>\n");
}

}  // namespace aiot::toolkit::report
