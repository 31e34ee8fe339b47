// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/cli/analysis_files.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"
#include "tests/toolkit/markup.hpp"

namespace aiot::test {
namespace {

using nlohmann::json;

json diagnosis_of(const std::string& arguments) {
  const Outcome run = aiot("diagnose --json " + arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const auto lines = json_lines(run.out);
  EXPECT_EQ(lines.size(), 1U);
  return lines.empty() ? json() : lines[0];
}

TEST(Diagnose, FindsTheOuterRaceAndSaysWhy) {
  const TempDir dir;
  const std::string file = write_recording(dir, "pump", outer_recording());
  const Outcome run = aiot("diagnose " + file + " --rpm 1797 --bearing 6205");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(run.out.starts_with("outer race damaged, confidence ")) << run.out;
  EXPECT_EQ(run.err, "");
  for (const char* words : {"outer race: BPFO x1",
                            "above the floor",
                            "rpm, slip",
                            "band ",
                            "harmonics of the shaft",
                            "impulsiveness",
                            "severity velocity",
                            "what to do next",
                            "all used"}) {
    EXPECT_TRUE(contains(run.out, words)) << words << "\n" << run.out;
  }
  EXPECT_FALSE(contains(run.out, "\x1b")) << "colour belongs on terminals only";
}

TEST(Diagnose, GivesAllNumbersToPrograms) {
  const TempDir dir;
  const json found =
      diagnosis_of(write_recording(dir, "pump", inner_recording()) + " --rpm 1797 --bearing 6205");
  EXPECT_EQ(found["verdict"], "inner_race");
  EXPECT_EQ(found["ground"], "envelope");
  EXPECT_GT(found["confidence"].get<double>(), 0.5);
  const json& parts = found["evidence"]["parts"];
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[1]["part"], "inner_race");
  EXPECT_GT(parts[1]["level_db"].get<double>(), found["evidence"]["threshold_db"].get<double>());
  EXPECT_EQ(parts[1]["harmonics_db"].size(), 4U);
  EXPECT_GT(found["evidence"]["bands"].size(), 2U);
  EXPECT_EQ(found["bearing"]["name"], "6205");
  EXPECT_EQ(found["speed"]["source"], "stated");
  EXPECT_EQ(found["quality"]["left_out"], 0);
  EXPECT_TRUE(found["severity"]["velocity_mm_s"].is_number());
  EXPECT_GE(found["reasons"].size(), 4U);
  EXPECT_TRUE(found["warnings"].empty());
}

TEST(Diagnose, HealthyIsHealthy) {
  const TempDir dir;
  const std::string file = write_recording(dir, "fan", healthy_recording());
  const Outcome run = aiot("diagnose " + file + " --rpm 1797 --bearing 6205");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(run.out.starts_with("healthy, confidence 0.")) << run.out;
}

TEST(Diagnose, TakesAGeometryOrACatalogue) {
  const TempDir dir;
  const std::string file = write_recording(dir, "pump", outer_recording()) + " --rpm 1797 ";
  const json geometry =
      diagnosis_of(file + "--balls 9 --ball-diameter 0.3126 --pitch-diameter 1.537");
  EXPECT_EQ(geometry["verdict"], "outer_race");
  const std::string catalogue =
      dir.write("ours.csv",
                std::string("name,balls,ball_diameter_mm,pitch_diameter_mm\nOUR-1,9,7.94,39.04\n"));
  const json ours = diagnosis_of(file + "--bearing 'our-1' --catalogue " + catalogue);
  EXPECT_EQ(ours["bearing"]["name"], "OUR-1");
  EXPECT_EQ(ours["verdict"], "outer_race");
}

TEST(Diagnose, UsesTheRecordingsOwnSpeedOrEstimatesItWithLessTrust) {
  const TempDir dir;
  toolkit::Recording recording = outer_recording();
  const json estimated = diagnosis_of(write_recording(dir, "a", recording) + " --bearing 6205");
  EXPECT_EQ(estimated["speed"]["source"], "estimated");
  EXPECT_EQ(estimated["verdict"], "outer_race");
  EXPECT_LE(estimated["confidence"].get<double>(), 0.601);
  ASSERT_FALSE(estimated["warnings"].empty());
  recording.rpm = kSimulatedRpm;
  const json own = diagnosis_of(write_recording(dir, "b", recording) + " --bearing 6205");
  EXPECT_EQ(own["speed"]["source"], "recording");
  EXPECT_GT(own["confidence"].get<double>(), estimated["confidence"].get<double>());
  const json healthy =
      diagnosis_of(write_recording(dir, "c", healthy_recording()) + " --bearing 6205");
  EXPECT_EQ(healthy["verdict"], "healthy");
  EXPECT_LE(healthy["confidence"].get<double>(), 0.5);
}

TEST(Diagnose, WarnsOfImplausibleLevels) {
  const TempDir dir;
  toolkit::Recording loud = outer_recording();
  loud.scale *= 1e6;
  const Outcome run =
      aiot("diagnose " + write_recording(dir, "loud", loud) + " --rpm 1797 --bearing 6205");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "warning: a level of ")) << run.out;
  EXPECT_TRUE(run.out.starts_with("outer race damaged")) << run.out;
}

TEST(Diagnose, AnotherBearingIsNotCalledByTheWrongName) {
  const TempDir dir;
  const json found =
      diagnosis_of(write_recording(dir, "pump", inner_recording()) + " --rpm 1797 --bearing 6203");
  EXPECT_NE(found["verdict"], "outer_race");
  EXPECT_NE(found["verdict"], "inner_race");
  EXPECT_NE(found["verdict"], "healthy");
  EXPECT_LE(found["confidence"].get<double>(), 0.301);
}

TEST(Diagnose, WritesAReport) {
  const TempDir dir;
  const std::string file = write_recording(dir, "pump", outer_recording());
  const std::string line =
      "diagnose " + file + " --rpm 1797 --bearing 6205 --report " + (dir / "out.html");
  ASSERT_EQ(aiot(line).exit_code, 0);
  const std::string html = content_of(dir / "out.html");
  EXPECT_EQ(Markup(html).problem(), "");
  for (const char* words : {"Bearing diagnosis: outer race damaged",
                            "Spectrum of the envelope",
                            "Spectrum of the vibration itself",
                            "BPFO x1",
                            "SHA-256 of the samples",
                            "Data quality",
                            "What to do next"}) {
    EXPECT_TRUE(contains(html, words)) << words;
  }
  ASSERT_EQ(aiot(line).exit_code, 0);
  EXPECT_EQ(content_of(dir / "out.html"), html) << "the same every time";
}

TEST(Diagnose, DoesNotDiagnoseWhatIsNoVibration) {
  const TempDir dir;
  toolkit::Recording dropout = healthy_recording(4.0);
  std::fill(dropout.samples.begin() + 10000, dropout.samples.begin() + 45000, std::int16_t{0});
  toolkit::Recording held = outer_recording();
  for (std::size_t i = 0; i < held.samples.size(); ++i) {
    held.samples[i] = held.samples[i - i % 4];
  }
  const std::vector<std::pair<std::string, std::string>> cases{
      {write_recording(dir, "flat", constant_recording(5, 3.0)), "are flat"},
      {write_recording(dir, "zero", constant_recording(0, 3.0)), "are flat"},
      {write_recording(dir, "cut", saturated_recording(3.0)), "saturated or clipped in large part"},
      {write_recording(dir, "hole", dropout), "of the windows are no vibration"},
      {write_recording(dir, "held", held), "every sample is there 4 times"},
      {write_recording(dir, "short", healthy_recording(0.2)), "no piece of 4096 samples"},
      {write_recording(dir, "frame", healthy_recording(0.33)), "too short"},
  };
  for (const auto& [file, words] : cases) {
    const Outcome run = aiot("diagnose --json --bearing 6205 --rpm 1797 " + file);
    EXPECT_EQ(run.exit_code, 1) << file;
    EXPECT_TRUE(is_one_line(run.err)) << file << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "not diagnosed: ")) << run.err;
    EXPECT_TRUE(contains(run.err, words)) << run.err;
    EXPECT_TRUE(contains(run.err, "; ")) << "says what to do: " << run.err;
    const auto lines = json_lines(run.out);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["verdict"], "not_diagnosed");
  }
}

TEST(Diagnose, ExplainsBadInputInOneLine) {
  const TempDir dir;
  const std::string good = write_recording(dir, "pump", healthy_recording(3.0));
  const std::string two = dir.write("two.csv", std::string("t,a,b\n0,1,2\n0.001,2,3\n"));
  toolkit::Recording one = healthy_recording(1.0);
  one.samples.resize(1);
  const std::vector<std::pair<std::string, std::string>> cases{
      {(dir / "none.wav") + " --bearing 6205", "no such file"},
      {write_recording(dir, "one", one) + " --bearing 6205", "holds one sample only"},
      {dir.write("nan.csv", std::string("t,x\n0,1\n0.1,nan\n")) + " --bearing 6205",
       "is not a finite number"},
      {good + " --bearing 9999", "no bearing '9999' is known"},
      {good + " --bearing 6205 --rpm 600000", "can not be followed"},
      {good + " --balls 2 --ball-diameter 1 --pitch-diameter 9", "do not fit"},
      {good + " --bearing 6205 --catalogue " + (dir / "none.csv"), "no such file"},
      {good + " --bearing 6205 --limits 3,2,1", "--limits"},
      {good + " --bearing 6205 --report /proc/none.html", "can not be written"},
      {two + " --bearing 6205 --channel a,b", "choose with --channel"},
      {two + " --bearing 6205 --channel c", "two.csv"},
  };
  for (const auto& [arguments, words] : cases) {
    const Outcome run = aiot("diagnose " + arguments);
    EXPECT_EQ(run.exit_code, 1) << arguments;
    EXPECT_EQ(run.out, "") << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, words)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "; ")) << "says what to do: " << run.err;
  }
}

TEST(Diagnose, ExplainsWrongUsageInOneLine) {
  for (const char* arguments : {"",
                                "a.wav",
                                "a.wav --bearing ''",
                                "a.wav --bearing 6205 --rpm 0",
                                "a.wav --bearing 6205 --rpm x",
                                "a.wav --bearing 6205 --balls 9",
                                "a.wav --balls 9",
                                "a.wav --balls -1 --ball-diameter 1 --pitch-diameter 9",
                                "a.wav --balls 9 --ball-diameter nan --pitch-diameter 9",
                                "a.wav --bearing 6205 --report ''"}) {
    const Outcome run = aiot(std::string("diagnose ") + arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "--help")) << run.err;
  }
}

TEST(Diagnose, HasHelpWithExamples) {
  const Outcome help = aiot("diagnose --help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_TRUE(contains(help.out, "\n  aiot diagnose "));
}

}  // namespace
}  // namespace aiot::test
