// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "aiot/toolkit/report/text.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit::report {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(ReportText, SpecialCharactersBecomeEntities) {
  EXPECT_EQ(escape("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(ReportText, WhatIsNoCharacterIsReplaced) {
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(escape("a\x01z"), "a" + replacement + "z");
  EXPECT_EQ(escape(std::string_view("\0", 1)), replacement);
  EXPECT_EQ(escape("\xFFz"), replacement + "z");
  EXPECT_EQ(escape("\xC3"), replacement);                                      // cut off
  EXPECT_EQ(escape("\xED\xA0\x80"), replacement + replacement + replacement);  // a surrogate
  EXPECT_EQ(escape("\xEF\xBF\xBF"), replacement + replacement + replacement);  // U+FFFF
}

TEST(ReportText, OtherLanguagesStayAndLineEndsAreSpaces) {
  EXPECT_EQ(escape("m/s² 軸受 \xF0\x9F\x94\xA7"), "m/s² 軸受 \xF0\x9F\x94\xA7");
  EXPECT_EQ(escape("a\nb\tc\r"), "a b c ");
}

TEST(ReportText, NumbersKeepTheirSignificantDigits) {
  EXPECT_EQ(number(0.0, 3), "0");
  EXPECT_EQ(number(236.44, 4), "236.4");
  EXPECT_EQ(number(-12.5, 3), "−12.5");
  EXPECT_EQ(number(9.996, 3), "10");
  EXPECT_EQ(number(0.00012345, 2), "0.00012");
  EXPECT_EQ(number(20480.0, 2), "20480");
}

TEST(ReportText, VeryLargeAndSmallNumbersHavePowersOfTen) {
  EXPECT_EQ(number(3.25e-7, 3), "3.25×10⁻⁷");
  EXPECT_EQ(number(-1e12, 3), "−1×10¹²");
  EXPECT_EQ(number(std::numeric_limits<double>::max(), 2), "1.8×10³⁰⁸");
  EXPECT_EQ(number(std::numeric_limits<double>::denorm_min(), 2), "4.9×10⁻³²⁴");
}

TEST(ReportText, WhatIsNoNumberIsADash) {
  for (const double value : {kNan, -kNan, kInf, -kInf}) {
    EXPECT_EQ(number(value, 3), "–");
    EXPECT_EQ(fixed(value, 3), "–");
  }
}

TEST(ReportText, FixedKeepsItsDecimals) {
  EXPECT_EQ(fixed(1.5, 2), "1.50");
  EXPECT_EQ(fixed(-0.001, 2), "0.00");
  EXPECT_EQ(fixed(-0.25, 2), "−0.25");
  EXPECT_EQ(fixed(1e300, 2), "1×10³⁰⁰");
}

TEST(ReportText, ShortenedFitsAndEndsInAnEllipsis) {
  const std::string name(500, 'm');
  const std::string text = shortened(name, 100.0, 12.0);
  EXPECT_LE(text_width(text, 12.0), 100.0);
  EXPECT_EQ(text.substr(text.size() - 3), "…");
  EXPECT_EQ(shortened("BPFO", 100.0, 12.0), "BPFO");
}

TEST(ReportText, ShorteningDoesNotCutCharactersApart) {
  const std::string text = shortened("軸受軸受軸受軸受", 60.0, 12.0);
  EXPECT_EQ(escape(text), text);
}

}  // namespace
}  // namespace aiot::toolkit::report
