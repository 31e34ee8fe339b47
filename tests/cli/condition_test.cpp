// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A machine that is commissioned and watched, and a run that knows its machine.

#include <string>

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using nlohmann::json;

/// The demo machine as a file: healthy for 20 s, then its outer race gets worse until 40 s.
std::string demo(const TempDir& dir) {
  const std::string path = dir / "demo.airs";
  EXPECT_EQ(aiot("run --simulate --quiet --export " + path).exit_code, 0);
  return path;
}

std::string baseline(const TempDir& dir, const std::string& recording) {
  const std::string path = dir / "demo.aian";
  EXPECT_EQ(aiot("commission " + recording + " --first 0.25 -o " + path).exit_code, 0);
  return path;
}

constexpr const char* kBearing = " --package " AIOT_SOURCE_DIR "/models/bearing.aipk";

TEST(Commission, SaysWhatItHasLearnt) {
  const TempDir dir;
  const std::string recording = demo(dir);
  const Outcome text = aiot("commission " + recording + " --seconds 15 -o " + (dir / "b"));
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_TRUE(contains(text.out, "octave 0"));
  EXPECT_TRUE(contains(text.out, "3200-6400"));
  EXPECT_TRUE(contains(text.out, "m/s^2 RMS"));
  EXPECT_TRUE(contains(text.out, "all levels together"));
  EXPECT_TRUE(contains(text.out, "settled"));
  const Outcome run = aiot("commission " + recording + " --seconds 15 --json -o " + (dir / "c"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto lines = json_lines(run.out);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["kind"], "baseline");
  EXPECT_EQ(lines[0]["observations"], 186);
  EXPECT_EQ(lines[0]["observation"], "window");
  EXPECT_EQ(lines[0]["left_out"], 0);
  EXPECT_EQ(lines[0]["features"].size(), 14U);
  EXPECT_EQ(lines[0]["bytes"], content_of(dir / "c").size());
  EXPECT_EQ(content_of(dir / "b"), content_of(dir / "c"));
}

TEST(Commission, RefusesWhatItCanNotLearnFrom) {
  const TempDir dir;
  const std::string recording = demo(dir);
  for (const std::string& wrong :
       {"commission " + recording + " --seconds 0.3 -o " + (dir / "b"),
        "commission " + recording + " --window 1000 -o " + (dir / "b"),
        "commission " + (dir / "none.wav") + " -o " + (dir / "b"),
        "commission " + recording + " -o " + (dir / "no") + "/folder/b"}) {
    const Outcome run = aiot(wrong);
    EXPECT_EQ(run.exit_code, 1) << wrong;
    EXPECT_TRUE(is_one_line(run.err)) << run.err;
  }
  EXPECT_EQ(content_of(dir / "b"), "");
  EXPECT_EQ(aiot("commission " + recording).exit_code, 2);
  EXPECT_EQ(aiot("commission " + recording + " --first 0.5 --seconds 3 -o b").exit_code, 2);
}

TEST(Watch, TellsWhenAndWhyTheMachineChanged) {
  const TempDir dir;
  const std::string recording = demo(dir);
  const std::string known = baseline(dir, recording);
  const Outcome run = aiot("watch " + recording + " --baseline " + known + " --json");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto lines = json_lines(run.out);
  ASSERT_GT(lines.size(), 100U);
  const json& summary = lines.back();
  EXPECT_EQ(summary["kind"], "summary");
  EXPECT_GT(summary["first_alarm_s"].get<double>(), 20.0);
  EXPECT_LT(summary["first_alarm_s"].get<double>(), 30.0);
  const json& episode = lines[lines.size() - 2];
  EXPECT_EQ(episode["kind"], "episode");
  EXPECT_GT(episode["deviations"][0]["db"].get<double>(), 0.5);
  const Outcome text = aiot("watch " + recording + " --baseline " + known);
  EXPECT_TRUE(contains(text.out, "not as commissioned: first alarm at")) << text.out;
  EXPECT_TRUE(contains(text.out, " dB")) << text.out;
}

TEST(Watch, WritesAReportThatNeedsNothing) {
  const TempDir dir;
  const std::string recording = demo(dir);
  const std::string report = dir / "r.html";
  const Outcome run = aiot("watch " + recording + " --baseline " + baseline(dir, recording) +
                           " --report " + report);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string html = content_of(report);
  EXPECT_TRUE(contains(html, "<svg"));
  EXPECT_TRUE(contains(html, "Not as commissioned"));
  EXPECT_FALSE(contains(html, "http://") && contains(html, "<script"));
}

TEST(Watch, RefusesWhatIsNoBaseline) {
  const TempDir dir;
  const std::string recording = demo(dir);
  const Outcome run = aiot("watch " + recording + " --baseline " + recording);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(is_one_line(run.err)) << run.err;
  EXPECT_TRUE(contains(run.err, "aiot commission")) << run.err;
}

TEST(Run, WantsToKnowTheMachineOfAPackageThatLooksAtABearing) {
  const Outcome neither = aiot(std::string("run --simulate --seconds 5") + kBearing);
  EXPECT_EQ(neither.exit_code, 1);
  EXPECT_TRUE(is_one_line(neither.err)) << neither.err;
  EXPECT_TRUE(contains(neither.err, "--rpm and --bearing")) << neither.err;
  const Outcome half = aiot(std::string("run --simulate --seconds 5 --bearing 6205") + kBearing);
  EXPECT_EQ(half.exit_code, 1);
  EXPECT_TRUE(contains(half.err, "--rpm")) << half.err;
  const Outcome unknown =
      aiot(std::string("run --simulate --seconds 5 --rpm 1740 --bearing 99") + kBearing);
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_TRUE(is_one_line(unknown.err)) << unknown.err;
  EXPECT_EQ(aiot("run --simulate --rpm 0").exit_code, 2);
  EXPECT_EQ(aiot("run --simulate --commission 3").exit_code, 2);
  EXPECT_EQ(aiot("run --simulate --commission 60 --baseline b").exit_code, 2);
}

TEST(Run, SaysWhyItNamesAPartOfTheBearing) {
  const TempDir dir;
  const std::string command =
      std::string("run --simulate --seconds 90 --rpm 1740 --bearing 6205") + kBearing;
  const Outcome text = aiot(command + " --store " + (dir / "s"));
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_TRUE(contains(text.out, "outer race: harmonic")) << text.out;
  EXPECT_TRUE(contains(text.out, "dB above the floor, band ")) << text.out;
  const auto lines = json_lines(aiot(command + " --json").out);
  ASSERT_GT(lines.size(), 3U);
  const json& last = lines[lines.size() - 2];
  EXPECT_EQ(last["class"], "outer");
  EXPECT_EQ(last["reasons"][0], "bearing_outer");
  EXPECT_EQ(last["reason_details"][0]["name"], "bearing_outer");
  EXPECT_EQ(last["reason_details"][0]["ground"], "envelope");
  EXPECT_NEAR(last["reason_details"][0]["rpm"].get<double>(), 1740.0, 40.0);
  bool machine = false;
  bool outer = false;
  for (const json& record : json_lines(aiot("records decode --json " + (dir / "s")).out)) {
    if (record["kind"] == "context") {
      machine = record["machine"]["bearing"] == "6205" && record["machine"]["rpm"] == 1740.0;
    } else {
      outer = outer || record["reason_details"][0]["name"] == "bearing_outer";
    }
  }
  EXPECT_TRUE(machine);
  EXPECT_TRUE(outer);
}

TEST(Run, WatchesByABaselineThatItsStoreKeeps) {
  const TempDir dir;
  const std::string recording = demo(dir);
  const std::string known = baseline(dir, recording);
  const std::string command = "run " + recording + " --json --store " + (dir / "s");
  const Outcome first = aiot(command + " --baseline " + known);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const auto lines = json_lines(first.out);
  EXPECT_EQ(lines.back()["baseline"].get<std::string>().size(), 64U);
  bool flagged = false;
  for (const json& line : lines) {
    for (const json& flag : line.value("flags", json::array())) {
      flagged = flagged || flag == "condition";
    }
  }
  EXPECT_TRUE(flagged);
  const auto again = json_lines(aiot(command).out);
  EXPECT_EQ(again.back()["baseline"], lines.back()["baseline"]);
  const Outcome other = aiot("run --simulate --seconds 5 --json");
  EXPECT_TRUE(json_lines(other.out).back()["baseline"].is_null());
}

TEST(Run, LearnsBeforeItWatches) {
  const Outcome run = aiot("run --simulate --commission 12 --json");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto lines = json_lines(run.out);
  EXPECT_EQ(lines.front()["flags"].back(), "commissioning");
  EXPECT_EQ(lines.back()["commissioning"], false);
  EXPECT_FALSE(lines.back()["baseline"].is_null());
  const Outcome little = aiot("run --simulate --seconds 5 --commission 600 --quiet");
  EXPECT_EQ(little.exit_code, 0);
  EXPECT_TRUE(contains(little.err, "not commissioned yet")) << little.err;
}

TEST(Run, RefusesABaselineOfOtherWindows) {
  const TempDir dir;
  const std::string recording = demo(dir);
  ASSERT_EQ(
      aiot("commission " + recording + " --first 0.25 --window 4096 -o " + (dir / "b")).exit_code,
      0);
  const Outcome run = aiot("run " + recording + " --baseline " + (dir / "b"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(is_one_line(run.err)) << run.err;
  EXPECT_TRUE(contains(run.err, "4096")) << run.err;
}

}  // namespace
}  // namespace aiot::test
