// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <utility>
#include <vector>

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using nlohmann::json;

constexpr const char* kCatalogue =
    "name,balls,ball_diameter_mm,pitch_diameter_mm,contact_angle_deg\nX-12,11,8,50,15\n";

TEST(Bearing, ListsWhatIsBuiltInWithItsOrders) {
  const Outcome list = aiot("bearing list");
  ASSERT_EQ(list.exit_code, 0) << list.err;
  EXPECT_TRUE(contains(list.out, "BPFO"));
  EXPECT_TRUE(contains(list.out, "6205               9     7.940   39.04   0.00   3.5848"))
      << list.out;
  EXPECT_TRUE(contains(list.out, "ZA-2115"));
}

TEST(Bearing, ListsYourOwnFirst) {
  const TempDir dir;
  const Outcome list =
      aiot("bearing list --json --catalogue " + dir.write("ours.csv", std::string(kCatalogue)));
  ASSERT_EQ(list.exit_code, 0) << list.err;
  const auto lines = json_lines(list.out);
  ASSERT_EQ(lines.size(), 1U);
  const json& bearings = lines[0]["bearings"];
  ASSERT_GT(bearings.size(), 5U);
  EXPECT_EQ(bearings[0]["name"], "X-12");
  EXPECT_EQ(bearings[0]["elements"], 11);
  for (const json& bearing : bearings) {
    EXPECT_NEAR(bearing["orders"]["BPFO"].get<double>() + bearing["orders"]["BPFI"].get<double>(),
                bearing["elements"].get<double>(),
                1e-5);
  }
}

TEST(Bearing, ShowsFrequenciesWithHarmonicsAndSidebands) {
  const auto lines = json_lines(aiot("bearing show 'SKF 6205-2RS' --rpm 1797 --json").out);
  ASSERT_EQ(lines.size(), 1U);
  const json& show = lines[0];
  EXPECT_EQ(show["name"], "6205");
  ASSERT_EQ(show["lines"].size(), 13U);
  EXPECT_EQ(show["lines"][0]["family"], "BPFO");
  EXPECT_NEAR(show["lines"][0]["hz"].get<double>(), 107.36, 0.01);
  EXPECT_NEAR(show["lines"][5]["hz"].get<double>(), 2.0 * 162.19, 0.02);
  EXPECT_NEAR(show["lines"][4]["sidebands_hz"][1].get<double>(), 162.19 + 29.95, 0.01);
  EXPECT_NEAR(show["lines"][8]["sidebands_hz"][0].get<double>(), 141.17 - 11.93, 0.01);
  const Outcome text = aiot("bearing show 6205 --rpm 1797 --harmonics 2");
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_TRUE(contains(text.out, "BPFI x2   10.8304    324.37  294.42, 354.32")) << text.out;
  EXPECT_FALSE(contains(text.out, "x3"));
}

TEST(Bearing, ShowsAGeometry) {
  const auto lines = json_lines(
      aiot("bearing show --balls 9 --ball-diameter 7.94 --pitch-diameter 39.04 --rpm 600 --json")
          .out);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NEAR(lines[0]["lines"][0]["hz"].get<double>(), 35.85, 0.01);
}

TEST(Bearing, ExplainsBadInputInOneLine) {
  const TempDir dir;
  const std::vector<std::pair<std::string, std::string>> cases{
      {"bearing show 9999 --rpm 100", "no bearing '9999' is known"},
      {"bearing show --balls 40 --ball-diameter 9 --pitch-diameter 39 --rpm 100", "do not fit"},
      {"bearing show --balls 9 --ball-diameter 9 --pitch-diameter 39 --contact-angle 95 --rpm 100",
       "--contact-angle"},
      {"bearing list --catalogue " + (dir / "none.csv"), "no such file"},
      {"bearing list --catalogue " + dir.write("bad.csv", std::string("name,balls\nx,1\n")),
       "bad.csv"},
  };
  for (const auto& [arguments, words] : cases) {
    const Outcome run = aiot(arguments);
    EXPECT_EQ(run.exit_code, 1) << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, words)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "; ")) << "says what to do: " << run.err;
  }
}

TEST(Bearing, ExplainsWrongUsageInOneLine) {
  for (const char* arguments : {"bearing",
                                "bearing frob",
                                "bearing show 6205",
                                "bearing show --rpm 100",
                                "bearing show 6205 --rpm 0",
                                "bearing show 6205 --rpm nan",
                                "bearing show 6205 --rpm x",
                                "bearing show 6205 --rpm 100 --harmonics 0",
                                "bearing show '' --rpm 100",
                                "bearing show 6205 --balls 9 --rpm 100",
                                "bearing show --balls 9 --rpm 100",
                                "bearing show --balls 9 --ball-diameter 0 --pitch-diameter 1 "
                                "--rpm 100"}) {
    const Outcome run = aiot(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "--help")) << run.err;
  }
}

TEST(Bearing, HasHelpWithExamples) {
  for (const char* verb : {"bearing", "bearing list", "bearing show"}) {
    const Outcome help = aiot(std::string(verb) + " --help");
    EXPECT_EQ(help.exit_code, 0) << verb;
    EXPECT_TRUE(contains(help.out, "\n  aiot ")) << verb;
  }
}

}  // namespace
}  // namespace aiot::test
