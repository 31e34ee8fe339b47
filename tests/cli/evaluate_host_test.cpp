// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "aiot/toolkit/scores.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"
#include "tests/toolkit/simulated_bearing.hpp"

namespace aiot::test {
namespace {

namespace fs = std::filesystem;

/// Lines of a manifest of simulated machines, one for each size and class.
const std::string kHeader =
    "file,label,rpm,fs_hz,scale_g_per_count,n_samples,machine,size,bearing\n";

/// Writes a recording and returns its row.
std::string add_recording(const TempDir& folder,
                          const std::string& label,
                          std::uint64_t seed,
                          const std::string& size) {
  const toolkit::Recording recording = simulated_bearing(seed, label, 4.0);
  std::string bytes;
  for (const std::int16_t sample : recording.samples) {
    bytes += static_cast<char>(sample & 0xFF);
    bytes += static_cast<char>((sample >> 8) & 0xFF);
  }
  const std::string name = label + std::to_string(seed) + ".s16";
  folder.write(name.c_str(), bytes);
  return name + "," + label + ",1797,12000," +
         std::to_string(recording.scale / toolkit::kStandardGravity) + "," +
         std::to_string(recording.samples.size()) + ",m" + std::to_string(seed) + "," + size +
         ",6205\n";
}

/// Three sizes of three faults, and healthy machines; returns the rows behind the header.
std::string write_fleet(const TempDir& folder) {
  std::string rows;
  std::uint64_t seed = 10;
  for (const char* size : {"small", "medium", "large"}) {
    for (const char* label : {"outer", "inner", "ball", "normal"}) {
      rows += add_recording(folder, label, seed++, size);
    }
  }
  folder.write("manifest.csv", kHeader + rows);
  return rows;
}

std::string quoted(const std::string& path) {
  return " '" + path + "'";
}

TEST(Evaluate, FoldsJudgeOnWhatWasHeldOut) {
  const TempDir folder;
  write_fleet(folder);
  const Outcome run = aiot(
      "evaluate --folds size --seeds 2 --json --manifest" + quoted(folder / "manifest.csv") +
      " --scores" + quoted(folder / "scores.csv") + " --report" + quoted(folder / "report.html"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  ASSERT_EQ(json["folds"].size(), 4U);
  EXPECT_EQ(json["recordings"].size(), 9U);
  EXPECT_EQ(json["leaky"]["name"], "random segments (leaky)");
  EXPECT_TRUE(contains(json["provenance"]["tried"].get<std::string>(), "134"));
  const std::string scores = content_of(folder / "scores.csv");
  EXPECT_EQ(std::count(scores.begin(), scores.end(), '\n'), 10);
  EXPECT_TRUE(contains(scores, "file,group,truth,seen_in_training,network_outer"));
  const std::string html = content_of(folder / "report.html");
  EXPECT_TRUE(contains(html, "<svg"));
  EXPECT_TRUE(contains(html, "leaky"));
}

TEST(Evaluate, TellsWhatAPackageHasSeen) {
  const TempDir folder;
  const std::string rows = write_fleet(folder);
  const std::string package = folder / "p.aipk";
  const Outcome train =
      aiot("train" + quoted(folder / "manifest.csv") + " --hold-out size=large --card" +
           quoted(folder / "card.md") + " -o" + quoted(package));
  ASSERT_EQ(train.exit_code, 0) << train.err;
  const std::string card = content_of(folder / "card.md");
  for (const char* words : {"without size=large", "Limits", "configurations tried: 1", "normal"}) {
    EXPECT_TRUE(contains(card, words)) << words << "\n" << card;
  }
  const std::string judge = "evaluate --json --package" + quoted(package) + " --manifest" +
                            quoted(folder / "manifest.csv");
  const Outcome run = aiot(judge + " --scores" + quoted(folder / "s.csv"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.err, "warning")) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  // Six faults were trained on, three of the held-out size were not; areas are of faults.
  EXPECT_EQ(json["leaky"]["items"], 6);
  EXPECT_EQ(json["honest"]["items"], 3);
  const std::string scores = content_of(folder / "s.csv");
  EXPECT_EQ(std::count(scores.begin(), scores.end(), '\n'), 13);
  const auto allowed = nlohmann::json::parse(aiot(judge + " --allow-leak").out);
  EXPECT_EQ(allowed["honest"]["items"], 9);
  EXPECT_FALSE(allowed.contains("leaky"));
}

TEST(Evaluate, FoldsThatShareBearingsAreALeakAndNeedAFlag) {
  const TempDir folder;
  write_fleet(folder);
  // Every label is one bearing here, with a recording in each fold.
  const std::string shared =
      "evaluate --folds size --group label --manifest" + quoted(folder / "manifest.csv");
  const Outcome refused = aiot(shared);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(contains(refused.err, "on both sides of a split"));
  EXPECT_TRUE(contains(refused.err, "--allow-leak"));
  const Outcome allowed = aiot(shared + " --allow-leak");
  EXPECT_EQ(allowed.exit_code, 0) << allowed.err;
  EXPECT_TRUE(contains(allowed.err, "no figure below is honest"));
  EXPECT_TRUE(contains(allowed.out, "bearings shared (leaky)"));
}

TEST(Evaluate, ScoresFileGivesTheFiguresAgain) {
  const TempDir folder;
  write_fleet(folder);
  const Outcome run =
      aiot("evaluate --folds size --json --manifest" + quoted(folder / "manifest.csv") +
           " --scores" + quoted(folder / "s.csv"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  std::istringstream lines(content_of(folder / "s.csv"));
  std::string line;
  std::getline(lines, line);
  std::vector<double> positive;
  std::vector<double> negative;
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) {
      cells.push_back(cell);
    }
    ASSERT_GT(cells.size(), 5U);
    (cells[2] == "outer" ? positive : negative).push_back(std::stod(cells[4]));
  }
  const auto area = toolkit::auroc(positive, negative);
  ASSERT_TRUE(area.has_value());
  EXPECT_NEAR(*area, json["honest"]["network"]["auroc"]["outer"].get<double>(), 1e-9);
}

TEST(Evaluate, JudgesPackagesOfLevels) {
  const TempDir folder;
  write_fleet(folder);
  const std::string package = folder / "p.aipk";
  const Outcome train = aiot("train" + quoted(folder / "manifest.csv") +
                             " --features levels --labels outer,normal -o" + quoted(package));
  ASSERT_EQ(train.exit_code, 0) << train.err;
  const Outcome run = aiot("evaluate --json --labels outer,normal --package" + quoted(package) +
                           " --manifest" + quoted(folder / "manifest.csv"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["recordings"].size(), 6U);
  EXPECT_FALSE(json["recordings"][0].contains("physics"));
}

TEST(Evaluate, EachBadRowHasALineAndNothingIsWritten) {
  const TempDir folder;
  const std::string rows = write_fleet(folder);
  const std::string package = folder / "p.aipk";
  ASSERT_EQ(aiot("train" + quoted(folder / "manifest.csv") + " -o" + quoted(package)).exit_code, 0);
  folder.write("bad.csv",
               kHeader + rows + "outer10.s16,inner,1797,12000,0.001,48000,m10,small,6205\n" +
                   "gone.s16,outer,1797,12000,0.001,48000,m9,small,6205\n" +
                   "x.s16,,1797,12000,0.001,48000,m9,small,6205\n" +
                   "y.s16,outer,,12000,0.001,48000,m9,small,6205\n" +
                   "z.s16,outer,1797,12000,-1,48000,m9,small,6205\n" +
                   "w.s16,imbalance,1797,12000,0.001,48000,m9,small,6205\n");
  const std::string judge = "evaluate --package" + quoted(package) + " --manifest" +
                            quoted(folder / "bad.csv") + " --scores" + quoted(folder / "s.csv");
  const Outcome run = aiot(judge);
  EXPECT_EQ(run.exit_code, 1);
  for (const char* words : {"the label is 'inner' here and 'outer' in line 2",
                            "gone.s16",
                            "no label",
                            "no rpm",
                            "scale_g_per_count '-1'",
                            "no class 'imbalance'"}) {
    EXPECT_TRUE(contains(run.err, words)) << words << "\n" << run.err;
  }
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 6) << run.err;
  EXPECT_FALSE(fs::exists(folder / "s.csv"));
  EXPECT_EQ(aiot(judge + " --skip-bad").exit_code, 0);
  EXPECT_TRUE(fs::exists(folder / "s.csv"));
}

TEST(Evaluate, TrainingRefusesContradictionsToo) {
  const TempDir folder;
  const std::string rows = write_fleet(folder);
  folder.write("bad.csv",
               kHeader + rows + "outer10.s16,outer,900,12000,0.001,48000,m10,small,6205\n" +
                   "y.s16,outer,,12000,0.001,48000,m9,small,6205\n");
  const Outcome run =
      aiot("train" + quoted(folder / "bad.csv") + " -o" + quoted(folder / "p.aipk"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.err, "another rpm than in line 2")) << run.err;
  EXPECT_TRUE(contains(run.err, "no rpm")) << run.err;
  EXPECT_FALSE(fs::exists(folder / "p.aipk"));
}

TEST(Evaluate, ALeakySplitIsCalledOne) {
  const TempDir folder;
  write_fleet(folder);
  const Outcome run = aiot("train --leaky-split --json" + quoted(folder / "manifest.csv") + " -o" +
                           quoted(folder / "p.aipk"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.err, "warning: --leaky-split")) << run.err;
  EXPECT_EQ(nlohmann::json::parse(run.out)["leaky_split"], true);
}

TEST(Evaluate, WrongUsageHasOneLine) {
  for (const char* arguments : {"evaluate --manifest m.csv",
                                "evaluate --manifest m.csv --package p --folds c",
                                "evaluate --folds c"}) {
    const Outcome run = aiot(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_line(run.err)) << run.err;
  }
}

}  // namespace
}  // namespace aiot::test
