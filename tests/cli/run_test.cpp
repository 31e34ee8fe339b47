// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <map>
#include <set>

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using nlohmann::json;

/// A recording of a rotating machine in text, 12800 Hz.
std::string csv_recording(std::size_t samples) {
  std::string text = "time_s,a (m/s2)\n";
  std::uint32_t random = 1;
  for (std::size_t i = 0; i < samples; ++i) {
    random = random * 1664525U + 1013904223U;
    const double noise = static_cast<double>(random >> 16U) / 65536.0 - 0.5;
    const double t = static_cast<double>(i) / 12800.0;
    text += std::to_string(t * 1.0) + "," +
            std::to_string(0.5 * std::sin(2.0 * 3.14159265 * 30.0 * t) + 0.2 * noise) + "\n";
  }
  return text;
}

TEST(Run, SimulatesAMachineWhoseDecisionTurns) {
  const Outcome run = aiot("run --simulate --seconds 45 --json");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  const auto lines = json_lines(run.out);
  ASSERT_GT(lines.size(), 10U);
  std::string early;
  std::string late;
  for (const json& line : lines) {
    ASSERT_FALSE(line.is_discarded());
    if (line.contains("time_s") && !line["class"].is_null()) {
      (line["time_s"].get<double>() < 18.0 ? early : late) = line["class"].get<std::string>();
    }
  }
  EXPECT_EQ(early, "normal");
  EXPECT_NE(late, "normal");
  EXPECT_EQ(lines.front()["kind"], "decision");
  EXPECT_EQ(lines.front()["stream"], "routine");
  const json& summary = lines.back();
  EXPECT_EQ(summary["kind"], "summary");
  EXPECT_EQ(summary["interrupted"], false);
  EXPECT_GT(summary["windows"].get<int>(), 100);
  EXPECT_EQ(summary["boot"].get<int>(), 1);
}

TEST(Run, QuietJsonIsTheSummaryAlone) {
  const auto whole = json_lines(aiot("run --simulate --seconds 5 --json").out);
  const auto quiet = json_lines(aiot("run --simulate --seconds 5 --json --quiet").out);
  ASSERT_EQ(quiet.size(), 1U);
  EXPECT_EQ(quiet[0], whole.back());
}

TEST(Run, GivesTheSameEveryTime) {
  const std::string first = aiot("run --simulate --seconds 10 --seed 3 --json").out;
  EXPECT_EQ(aiot("run --simulate --seconds 10 --seed 3 --json").out, first);
  EXPECT_NE(aiot("run --simulate --seconds 10 --seed 4 --json").out, first);
}

TEST(Run, ShowsATableWithUnits) {
  const Outcome run = aiot("run --simulate --seconds 5");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "m/s^2"));
  EXPECT_TRUE(contains(run.out, "mm/s"));
  EXPECT_TRUE(contains(run.out, "normal"));
  EXPECT_TRUE(contains(run.out, "windows ("));
  EXPECT_FALSE(contains(run.out, "\x1b")) << "colour belongs on terminals only";
}

TEST(Run, ReadsATextRecordingAndFillsAStore) {
  const TempDir dir;
  const std::string recording = dir.write("pump.csv", csv_recording(40000));
  const Outcome run = aiot("run " + recording + " --store " + (dir / "s") + " --device pump-1");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "rate 12800 Hz from the time column")) << run.out;
  const Outcome decoded = aiot("records decode --json " + (dir / "s"));
  ASSERT_EQ(decoded.exit_code, 0) << decoded.err;
  const auto records = json_lines(decoded.out);
  ASSERT_GT(records.size(), 2U);
  int contexts = 0;
  for (const json& record : records) {
    if (record["kind"] == "context") {
      ++contexts;
      EXPECT_EQ(record["device"], "pump-1");
      EXPECT_EQ(record["genuine"], true);
      EXPECT_EQ(record["sensor"]["rate_hz"], 12800.0);
    } else {
      EXPECT_TRUE(record["features"].contains("rms"));
    }
  }
  EXPECT_EQ(contexts, 1);
}

/// Identities and window places of all records of a file or store.
struct Held {
  std::map<std::pair<std::string, int>, int> identities;
  std::map<int, int> windows;
  int contexts = 0;
};

Held held(const std::string& path) {
  Held result;
  for (const json& record : json_lines(aiot("records decode --json " + path).out)) {
    // A kill between delivery and acknowledgement delivers again: the same record, by its identity.
    if (++result.identities[{record["stream"].get<std::string>(), record["sequence"].get<int>()}] >
        1) {
      continue;
    }
    if (record["kind"] == "decision") {
      ++result.windows[record["sample"].get<int>()];
    } else {
      ++result.contexts;
    }
  }
  return result;
}

TEST(Run, GoesOnBehindTheLastRecordAfterKills) {
  const TempDir dir;
  const std::string options = "run --simulate --seconds 40 --quiet --store " + (dir / "s") +
                              " --sink " + (dir / "sink.cbor");
  for (const char* after : {"0.15", "0.05", "0.25", "0.1", "0.2"}) {
    (void)std::system(("timeout -s KILL " + std::string(after) + " " AIOT_COMMAND " " + options +
                       " --pace 40 >/dev/null 2>&1")
                          .c_str());
  }
  const Outcome last = aiot(options);
  ASSERT_EQ(last.exit_code, 0) << last.err;
  const Held sink = held(dir / "sink.cbor");
  ASSERT_GT(sink.windows.size(), 10U);
  for (const auto& [sample, count] : sink.windows) {
    EXPECT_EQ(count, 1) << "window at " << sample << " has several records";
  }
  // Sequences of each stream without a hole: nothing that was accepted is missing.
  std::map<std::string, int> next;
  for (const auto& [identity, count] : sink.identities) {
    EXPECT_EQ(identity.second, next[identity.first]++);
  }
}

TEST(Run, BeginsAnewForAnotherRecordingInTheSameStore) {
  const TempDir dir;
  const std::string store = " --quiet --store " + (dir / "s");
  ASSERT_EQ(aiot("run --simulate --seconds 10" + store).exit_code, 0);
  ASSERT_EQ(aiot("run --simulate --seconds 5 --seed 2" + store).exit_code, 0);
  const auto records = json_lines(aiot("records decode --json " + (dir / "s")).out);
  std::map<std::string, double> first_time;
  for (const json& record : records) {
    if (record["kind"] == "decision") {
      first_time.try_emplace(record["context"].get<std::string>(), record["time_s"].get<double>());
    }
  }
  ASSERT_EQ(first_time.size(), 2U);
  for (const auto& [context, time] : first_time) {
    EXPECT_LT(time, 1.0) << context;
  }
}

TEST(Run, SaysWhenThereIsNothingNew) {
  const TempDir dir;
  const std::string arguments = "run --simulate --seconds 3 --store " + (dir / "s");
  ASSERT_EQ(aiot(arguments).exit_code, 0);
  const Outcome again = aiot(arguments);
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_TRUE(contains(again.out, "boot 2, resumed at sample")) << again.out;
  EXPECT_TRUE(contains(again.err, "nothing new")) << again.err;
  EXPECT_TRUE(is_one_line(again.err)) << again.err;
}

TEST(Run, DeliversToStandardOutputAsCbor) {
  const TempDir dir;
  const Outcome run = aiot("run --simulate --seconds 5 --sink -");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Outcome decoded = aiot("records decode " + dir.write("out.cbor", run.out));
  EXPECT_EQ(decoded.exit_code, 0) << decoded.err;
  EXPECT_TRUE(contains(decoded.out, "1 context"));
}

TEST(Run, ReadsRawSamplesFromStandardInput) {
  const TempDir dir;
  ASSERT_EQ(aiot("run --simulate --seconds 5 --quiet --export " + (dir / "a.airs")).exit_code, 0);
  // The replay stream's samples without its headers: 24 bytes, then 8 a chunk of 4096.
  const std::string stream = content_of(dir / "a.airs");
  std::string samples;
  for (std::size_t at = 24; at < stream.size(); at += 8 + 8192) {
    samples += stream.substr(at + 8, 8192);
  }
  const std::string raw = dir.write("a.raw", samples);
  const std::string line = "cat " + raw +
                           " | " AIOT_COMMAND " run - --rate 12800 --full-scale 156.9064 --json >" +
                           (dir / "out") + " 2>" + (dir / "err");
  ASSERT_EQ(std::system(line.c_str()), 0) << content_of(dir / "err");
  const auto from_stdin = json_lines(content_of(dir / "out"));
  const auto simulated = json_lines(aiot("run --simulate --seconds 5 --json").out);
  ASSERT_EQ(from_stdin.size(), simulated.size());
  for (std::size_t i = 0; i + 1 < simulated.size(); ++i) {
    EXPECT_EQ(from_stdin[i].dump(), simulated[i].dump());
  }
}

TEST(Run, ReplaysItsOwnExport) {
  const TempDir dir;
  const Outcome first = aiot("run --simulate --seconds 5 --json --export " + (dir / "a.airs"));
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const Outcome again = aiot("run --json " + (dir / "a.airs"));
  EXPECT_EQ(again.out, first.out);
}

TEST(Run, DividesARateThatIsTooHigh) {
  const Outcome run = aiot("run --simulate --seconds 5 --rate 51200");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "rate 51200 Hz reduced to 25600 Hz")) << run.out;
}

TEST(Run, WarnsOfARateThatIsTooLow) {
  const Outcome run = aiot("run --simulate --seconds 10 --rate 6000");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "outside of what the package was made for"));
  EXPECT_TRUE(contains(run.out, " rate"));
}

TEST(Run, ExplainsBadInputInOneLine) {
  const TempDir dir;
  const std::string nan = dir.write("nan.csv", "t,x\n0,1\n0.1,nan\n");
  const std::string shorty = dir.write("short.csv", "t,x\n0,1\n0.0001,2\n0.0002,1\n");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"run " + (dir / "none.wav"), "no such file"},
      {"run " + dir.write("x.xyz", "?"), "kind of recording not known"},
      {"run " + dir.write("e.wav", ""), "is empty"},
      {"run " + dir.write("x.wav", "RIFF"), "is not a WAV file"},
      {"run " + dir.write("x.mat", "MATLAB"), "is not a MATLAB file"},
      {"run " + nan, "nan.csv: line 3: 'nan' is not a finite number"},
      {"run " + shorty, "a window takes 2048"},
      {"run " + dir.write("x.s16", "ab"), "no manifest.csv"},
      {"run --simulate --seconds 0", "--seconds"},
      {"run --simulate --seconds nan", "--seconds"},
      {"run --simulate --rate 1", "--rate"},
      {"run -", "set --rate HZ"},
      {"run --simulate --package " + nan, "no package"},
      {"run --simulate --package " + (dir / "none"), "no such file"},
      {"run --simulate --store /proc/none", "/proc"},
      {"run --simulate --seconds 3 --store " + nan, "nan.csv"},
      {"run --simulate --seconds 3 --sink " + nan, "holds something else than records"},
      {"run --simulate --seconds 3 --sink /proc/none", "can not be written"},
      {"run --simulate --seconds 3 --export /proc/none", "can not be written"},
      {"run --simulate --seconds 3 --export /dev/full", "No space left on device"},
  };
  for (const auto& [arguments, words] : cases) {
    const Outcome run = aiot(arguments);
    EXPECT_EQ(run.exit_code, 1) << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, words)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "; ")) << "says what to do: " << run.err;
  }
}

TEST(Run, ExplainsWrongUsageInOneLine) {
  for (const char* arguments : {"",
                                "frob",
                                "run",
                                "run --frob",
                                "run --simulate a.wav",
                                "run --simulate --seed x",
                                "run a.wav --seed 1",
                                "run --simulate --unit furlong",
                                "run --simulate --pace -1",
                                "run --simulate --sink - --json",
                                "run - --export x",
                                "run ''",
                                "run --simulate --store ''",
                                "run --simulate --sink ''",
                                "run --simulate --package ''",
                                "run --simulate --channel ''",
                                "run --simulate --export=",
                                "run --simulate --device ''",
                                "run --simulate --seed ''",
                                "records decode ''",
                                "model inspect ''",
                                "train --simulate -o ''",
                                "records",
                                "records decode",
                                "model",
                                "model frob"}) {
    const Outcome run = aiot(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << arguments << "\n" << run.err;
    EXPECT_TRUE(contains(run.err, "--help")) << run.err;
  }
}

TEST(Run, HasHelpWithExamples) {
  for (const char* verb : {"",
                           "run",
                           "records",
                           "records decode",
                           "model",
                           "model inspect",
                           "model compile",
                           "model run",
                           "train"}) {
    const Outcome help = aiot(std::string(verb) + " --help");
    EXPECT_EQ(help.exit_code, 0) << verb;
    EXPECT_TRUE(contains(help.out, "Example")) << verb;
    EXPECT_TRUE(contains(help.out, "\n  aiot ")) << verb;
    EXPECT_EQ(help.err, "");
  }
}

}  // namespace
}  // namespace aiot::test
