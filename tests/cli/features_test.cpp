// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
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

/// A tone at 100 Hz of 2 m/s^2: 2.25 mm/s RMS.
toolkit::Recording tone(double seconds) {
  toolkit::Recording recording = healthy_recording(seconds);
  recording.scale = 0.001;
  for (std::size_t i = 0; i < recording.samples.size(); ++i) {
    const double turns = 100.0 * static_cast<double>(i) / recording.rate_hz;
    recording.samples[i] =
        static_cast<std::int16_t>(std::lround(2000.0 * std::sin(2.0 * 3.14159265358979 * turns)));
  }
  return recording;
}

json features_of(const std::string& arguments) {
  const Outcome run = aiot("features --json " + arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const auto lines = json_lines(run.out);
  EXPECT_EQ(lines.size(), 1U);
  return lines.empty() ? json() : lines[0];
}

TEST(Features, MeasuresInEngineeringUnits) {
  const TempDir dir;
  const json features = features_of(write_recording(dir, "tone", tone(5.0)) + " --rpm 3000");
  EXPECT_NEAR(features["acceleration"]["rms"].get<double>(), std::sqrt(2.0), 0.01);
  EXPECT_NEAR(features["acceleration"]["kurtosis"].get<double>(), 1.5, 0.01);
  EXPECT_NEAR(features["severity"]["velocity_mm_s"].get<double>(), 2.25, 0.02);
  EXPECT_EQ(features["severity"]["zone"], "B");
  ASSERT_GE(features["lines"].size(), 1U);
  EXPECT_NEAR(features["lines"][0]["hz"].get<double>(), 100.0, 0.1);
  EXPECT_NEAR(features["lines"][0]["order"].get<double>(), 2.0, 0.002);
  EXPECT_EQ(features["bands"].size(), 8U);
  EXPECT_EQ(features["windows"].size(), features["quality"]["windows"].get<std::size_t>());
  EXPECT_EQ(features["quality"]["left_out"], 0);
  EXPECT_EQ(features["recording"]["sha256"].get<std::string>().size(), 64U);
}

TEST(Features, ZoneFollowsGroupSupportAndLimits) {
  const TempDir dir;
  const std::string file = write_recording(dir, "tone", tone(3.0)) + " --rpm 3000 ";
  EXPECT_EQ(features_of(file + "--machine-group 1")["severity"]["zone"], "A");
  EXPECT_EQ(features_of(file + "--support flexible")["severity"]["zone"], "A");
  EXPECT_EQ(features_of(file + "--limits 0.5,1,2")["severity"]["zone"], "D");
  const Outcome text = aiot("features " + file);
  EXPECT_TRUE(contains(text.out, "zone B, fit for unlimited operation")) << text.out;
  EXPECT_TRUE(contains(text.out, "defaults from ISO 10816-3 for machine group 2")) << text.out;
  EXPECT_TRUE(contains(text.out, "check them against the edition")) << text.out;
}

TEST(Features, SlowMachinesAreMeasuredFromTwoHertzOn) {
  const TempDir dir;
  const json features = features_of(write_recording(dir, "tone", tone(5.0)) + " --slow --rpm 90");
  EXPECT_EQ(features["severity"]["lo_hz"], 2.0);
  EXPECT_NEAR(features["severity"]["velocity_mm_s"].get<double>(), 2.25, 0.02);
}

TEST(Features, EstimatesTheSpeedOrSaysThatItIsNotKnown) {
  const TempDir dir;
  const json found = features_of(write_recording(dir, "machine", healthy_recording()));
  EXPECT_NEAR(found["speed"]["rpm"].get<double>(), kSimulatedRpm, 9.0);
  EXPECT_EQ(found["speed"]["source"], "estimated");
  toolkit::Recording known = healthy_recording(2.0);
  known.rpm = 1800.0;
  const json own = features_of(write_recording(dir, "known", known));
  EXPECT_EQ(own["speed"]["source"], "recording");
  const Outcome brief = aiot("features " + write_recording(dir, "brief", healthy_recording(0.2)));
  EXPECT_EQ(brief.exit_code, 0) << brief.err;
  EXPECT_TRUE(contains(brief.out, "speed    not known: too short")) << brief.out;
}

TEST(Features, TellsWhichWindowsWereLeftOut) {
  const TempDir dir;
  toolkit::Recording recording = healthy_recording();
  std::fill(recording.samples.begin() + 40000, recording.samples.begin() + 60000, std::int16_t{0});
  recording.samples[90000] = 32767;
  const std::string file = write_recording(dir, "holes", recording);
  const json features = features_of(file);
  EXPECT_GT(features["quality"]["left_out"].get<int>(), 8);
  EXPECT_EQ(features["quality"]["flagged"]["saturated"], 2);
  EXPECT_GT(features["quality"]["flagged"]["dropout"].get<int>(), 0);
  EXPECT_LT(features["acceleration"]["peak"].get<double>(), 150.0) << "not the saturated sample";
  const Outcome text = aiot("features " + file);
  EXPECT_TRUE(contains(text.out, " left out; flagged: saturated 2, flat")) << text.out;
}

TEST(Features, WritesAReport) {
  const TempDir dir;
  const std::string file = write_recording(dir, "machine", healthy_recording());
  const Outcome run = aiot("features " + file + " --report " + (dir / "out.html"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string html = content_of(dir / "out.html");
  EXPECT_EQ(Markup(html).problem(), "");
  for (const char* words : {"Severity",
                            "Spectrum of the acceleration",
                            "Largest lines",
                            "Kurtosis",
                            "SHA-256 of the samples",
                            "ISO 10816-3"}) {
    EXPECT_TRUE(contains(html, words)) << words;
  }
}

TEST(Features, ExplainsBadInputInOneLine) {
  const TempDir dir;
  const std::string good = write_recording(dir, "machine", healthy_recording(2.0));
  toolkit::Recording one = healthy_recording(1.0);
  one.samples.resize(1);
  const std::vector<std::pair<std::string, std::string>> cases{
      {(dir / "none.wav"), "no such file"},
      {dir.write("e.wav", std::string()), "is empty"},
      {dir.write("nan.csv", std::string("t,x\n0,1\n0.1,nan\n")), "is not a finite number"},
      {dir.write("inf.csv", std::string("t,x\n0,1\n0.1,inf\n")), "is not a finite number"},
      {write_recording(dir, "one", one), "holds one sample only"},
      {write_recording(dir, "short", healthy_recording(0.01)), "no piece of 256 samples"},
      {write_recording(dir, "flat", constant_recording(5, 2.0)), "every window is flat"},
      {write_recording(dir, "cut", saturated_recording(2.0)), "saturated or clipped in large part"},
      {good + " --limits 3,2,1", "--limits"},
      {good + " --limits 1,2,nan", "--limits"},
      {good + " --report /proc/none.html", "can not be written"},
  };
  for (const auto& [arguments, words] : cases) {
    const Outcome run = aiot("features " + arguments);
    EXPECT_EQ(run.exit_code, 1) << arguments;
    EXPECT_EQ(run.out, "") << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, words)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "; ")) << "says what to do: " << run.err;
  }
}

TEST(Features, ExplainsWrongUsageInOneLine) {
  for (const char* arguments : {"",
                                "a.wav b.wav",
                                "a.wav --rpm 0",
                                "a.wav --rpm -1",
                                "a.wav --rpm nan",
                                "a.wav --rpm ''",
                                "a.wav --rate inf",
                                "a.wav --machine-group 3",
                                "a.wav --support soft",
                                "a.wav --limits 1,2",
                                "a.wav --unit furlong",
                                "''"}) {
    const Outcome run = aiot(std::string("features ") + arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "--help")) << run.err;
  }
}

TEST(Features, HasHelpWithExamples) {
  const Outcome help = aiot("features --help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_TRUE(contains(help.out, "\n  aiot features "));
}

}  // namespace
}  // namespace aiot::test
