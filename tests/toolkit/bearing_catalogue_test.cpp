// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/bearing_catalogue.hpp"

#include <string>
#include <string_view>

#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::string_view kHeader =
    "name,balls,ball_diameter_mm,pitch_diameter_mm,contact_angle_deg\n";

std::string problem_of(const std::string& rows) {
  const auto catalogue = parse_bearing_catalogue(std::string(kHeader) + rows, "c");
  return catalogue.ok() ? "" : catalogue.problem().text;
}

TEST(BearingCatalogueFile, ReadsColumnsInAnyOrderAndIgnoresOthers) {
  const auto catalogue = parse_bearing_catalogue(
      "\xEF\xBB\xBF"
      "maker,pitch_diameter_mm,name,ball_diameter_mm,balls\r\n"
      "\"A, B\",39.04,6205,7.94,9\r\n"
      "\r\n"
      "C, 71.5 ,ZA-2115, 8.4,16\r\n",
      "c");
  ASSERT_TRUE(catalogue.ok()) << catalogue.problem().text;
  ASSERT_EQ(catalogue->size(), 2U);
  EXPECT_EQ((*catalogue)[0].name, "6205");
  EXPECT_EQ((*catalogue)[0].geometry.balls, 9U);
  EXPECT_EQ((*catalogue)[0].geometry.ball_diameter, 7.94F);
  EXPECT_EQ((*catalogue)[0].geometry.pitch_diameter, 39.04F);
  EXPECT_EQ((*catalogue)[0].geometry.contact_deg, 0.0F);
  EXPECT_EQ((*catalogue)[1].geometry.pitch_diameter, 71.5F);
}

TEST(BearingCatalogueFile, TakesAnAngleThatIsEmptyAsZero) {
  const auto catalogue = parse_bearing_catalogue(
      std::string(kHeader) + "a,9,7.94,39.04,\nb,9,7.94,39.04,15.17\n", "c");
  ASSERT_TRUE(catalogue.ok()) << catalogue.problem().text;
  EXPECT_EQ((*catalogue)[0].geometry.contact_deg, 0.0F);
  EXPECT_EQ((*catalogue)[1].geometry.contact_deg, 15.17F);
}

TEST(BearingCatalogueFile, NeedsItsColumns) {
  const auto missing = parse_bearing_catalogue("name,balls,ball_diameter_mm\n", "c");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.problem().text,
            "c: is not a catalogue of bearings: no column 'pitch_diameter_mm' in the first line, "
            "which names the columns");
  EXPECT_FALSE(parse_bearing_catalogue("", "c").ok());
  EXPECT_FALSE(
      parse_bearing_catalogue("name,name,balls,ball_diameter_mm,pitch_diameter_mm\n", "c").ok());
}

TEST(BearingCatalogueFile, SaysWhichLineAndColumnIsWrong) {
  EXPECT_EQ(problem_of("a,9,7.94,39.04,0\nb,nine,7.94,39.04,0\n"),
            "c: line 3: column balls 'nine' is not a count; repair the catalogue");
  EXPECT_EQ(problem_of("a,9,x,39.04,0\n"),
            "c: line 2: column ball_diameter_mm 'x' is not a number that a bearing can have; "
            "repair the catalogue");
  EXPECT_EQ(problem_of("a,9,7.94,0,0\n"),
            "c: line 2: column pitch_diameter_mm '0' is not above 0; repair the catalogue");
  EXPECT_EQ(problem_of("a,9,7.94,39.04,90\n"),
            "c: line 2: column contact_angle_deg '90' is not below 90 degrees; repair the "
            "catalogue");
  EXPECT_EQ(problem_of("a,9,7.94\n"),
            "c: line 2: 3 fields, the header has 5; repair the catalogue");
  EXPECT_EQ(problem_of("-,9,7.94,39.04,0\n"),
            "c: line 2: column name '-' has no letter or digit; repair the catalogue");
  EXPECT_EQ(problem_of("a,9,7.94,39.04,0\nA,9,7.94,39.04,0\n"),
            "c: line 3: column name 'A' is there twice; repair the catalogue");
  EXPECT_EQ(problem_of("a,9,7.94,\"39.04,0\n"),
            "c: line 2: a quoted field does not end; repair the catalogue");
}

TEST(BearingCatalogueFile, RefusesElementsThatDoNotFit) {
  EXPECT_NE(problem_of("a,2,7.94,39.04,0\n").find("line 2: column balls '2'"), std::string::npos);
  EXPECT_NE(problem_of("a,16,7.94,39.04,0\n").find("fit side by side"), std::string::npos);
  EXPECT_NE(problem_of("a,9,nan,39.04,0\n"), "");
  EXPECT_NE(problem_of("a,9,7.94,inf,0\n"), "");
  EXPECT_NE(problem_of("a,9,-7.94,39.04,0\n"), "");
  EXPECT_NE(problem_of("a,9,7.94,39.04,-1\n"), "");
  EXPECT_NE(problem_of("a,99999999999,7.94,39.04,0\n"), "");
}

TEST(BearingCatalogueFile, ComesBeforeTheBuiltInOnesAndPrefersTheLongerName) {
  const auto own = parse_bearing_catalogue(
      std::string(kHeader) + "6205,9,7.9,38.5,0\n6205-ETN9,10,7.9,38.5,0\nfan 3,8,6.7,28.5,0\n",
      "c");
  ASSERT_TRUE(own.ok()) << own.problem().text;
  EXPECT_EQ(find_bearing(*own, "SKF 6205-2RS")->geometry.pitch_diameter, 38.5F);
  EXPECT_EQ(find_bearing(*own, "SKF 6205 ETN9")->geometry.balls, 10U);
  EXPECT_EQ(find_bearing(*own, "Fan-3")->name, "fan 3");
  EXPECT_EQ(find_bearing(*own, "6203")->name, "6203");
  EXPECT_FALSE(find_bearing(*own, "1234").has_value());
}

TEST(BearingCatalogueFile, ComesFromAFile) {
  const test::TempDir dir;
  dir.write("bearings.csv", std::string(kHeader) + "a,9,7.94,39.04,0\n");
  const auto loaded = load_bearing_catalogue(dir / "bearings.csv");
  ASSERT_TRUE(loaded.ok()) << loaded.problem().text;
  EXPECT_EQ(loaded->size(), 1U);
  EXPECT_FALSE(load_bearing_catalogue(dir / "missing.csv").ok());
}

}  // namespace
}  // namespace aiot::toolkit
