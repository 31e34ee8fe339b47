// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>

#include "aiot/toolkit/report/palette.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit::report {
namespace {

/// What WCAG 2.1 asks of text, and of lines and marks.
constexpr double kText = 4.5;
constexpr double kMark = 3.0;

PaletteEntry colour(std::string_view name) {
  for (const PaletteEntry& entry : palette()) {
    if (name == entry.name) {
      return entry;
    }
  }
  ADD_FAILURE() << "no colour " << name;
  return {"", 0, 0};
}

double least_contrast(std::string_view a, std::string_view b) {
  return std::min(contrast(colour(a).light, colour(b).light),
                  contrast(colour(a).dark, colour(b).dark));
}

TEST(Palette, ContrastIsThatOfWcag) {
  EXPECT_NEAR(contrast(0xFFFFFF, 0x000000), 21.0, 1e-9);
  EXPECT_NEAR(contrast(0x777777, 0xFFFFFF), 4.48, 0.005);
}

TEST(Palette, TextsCanBeReadOnWhatTheyStandOn) {
  for (const char* const ground : {"page", "panel"}) {
    for (const char* const text : {"ink", "muted", "info", "good", "notice", "bad", "neutral"}) {
      EXPECT_GE(least_contrast(text, ground), kText) << text << " on " << ground;
    }
  }
  for (const char* const tone : {"info", "good", "notice", "bad"}) {
    EXPECT_GE(least_contrast(tone, std::string(tone) + "-tint"), kText) << tone;
    EXPECT_GE(least_contrast("ink", std::string(tone) + "-tint"), kText) << tone;
  }
}

TEST(Palette, SeriesCanBeToldFromThePage) {
  for (std::size_t i = 1; i <= kSeriesColours; ++i) {
    // Their names are labels too.
    EXPECT_GE(least_contrast("s" + std::to_string(i), "page"), kText) << i;
    EXPECT_GE(least_contrast("s" + std::to_string(i), "panel"), kMark) << i;
  }
}

TEST(Palette, CountsCanBeReadOnEveryStepOfTheScale) {
  for (std::size_t i = 0; i < kHeatSteps; ++i) {
    const std::string step = "heat" + std::to_string(i);
    EXPECT_GE(least_contrast("on-" + step, step), kText) << step;
  }
  EXPECT_GE(least_contrast("muted", "heat0"), kText);
}

TEST(Palette, TheStyleSheetNeedsNothingFromElsewhere) {
  const std::string css = style_sheet();
  EXPECT_EQ(css.find("url("), std::string::npos);
  EXPECT_EQ(css.find("@import"), std::string::npos);
  EXPECT_EQ(css.find('<'), std::string::npos);
  EXPECT_EQ(css.find('&'), std::string::npos);
}

}  // namespace
}  // namespace aiot::toolkit::report
