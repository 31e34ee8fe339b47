// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

namespace fs = std::filesystem;

/// Runs `aiot train`; the exit code. Output goes to `out` and `err` in the folder.
int train(const TempDir& folder, const std::string& arguments) {
  std::string command = AIOT_COMMAND;
  command.append(" train ").append(arguments);
  command.append(" > '").append(folder / "out").append("' 2> '").append(folder / "err").append("'");
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Train, MakesTheShippedPackageByteForByte) {
  const TempDir folder;
  ASSERT_EQ(train(folder,
                  "--simulate --seed 1 -o '" + (folder / "machine.aipk") + "' --card '" +
                      (folder / "machine.md") + "'"),
            0)
      << content_of(folder / "err");
  std::string models = AIOT_SOURCE_DIR;
  models.append("/models/");
  EXPECT_TRUE(content_of(folder / "machine.aipk") == content_of(models + "machine.aipk"))
      << "run: build/host/aiot train --simulate --seed 1 -o models/machine.aipk "
         "--card models/machine.md";
  EXPECT_TRUE(content_of(folder / "machine.md") == content_of(models + "machine.md"));
}

TEST(Train, AnotherSeedMakesAnotherPackage) {
  const TempDir folder;
  ASSERT_EQ(train(folder, "--simulate --machines 24 --seed 1 -o '" + (folder / "a") + "'"), 0);
  ASSERT_EQ(train(folder, "--simulate --machines 24 --seed 2 -o '" + (folder / "b") + "'"), 0);
  EXPECT_TRUE(content_of(folder / "a") != content_of(folder / "b"));
}

TEST(Train, ReportsAsJson) {
  const TempDir folder;
  ASSERT_EQ(train(folder, "--simulate --machines 24 --json -o '" + (folder / "p") + "'"), 0);
  const std::string text = content_of(folder / "out");
  for (const char* key : {"\"windows_int8\"",
                          "\"confusion\"",
                          "\"int8_float_agreement\"",
                          "\"windows_level_threshold\"",
                          "\"configurations_tried\": 1",
                          "\"training_hash\""}) {
    EXPECT_TRUE(contains(text, key)) << key;
  }
}

/// Recordings of eight machines and their manifest; every second machine knocks, as class `fault`.
void write_recordings(const TempDir& folder, const std::string& fault) {
  std::string manifest = "file,label,fs_hz,scale_g_per_count,machine,n_samples\n";
  unsigned noise = 1;
  for (int machine = 0; machine < 8; ++machine) {
    const bool knocks = machine % 2 == 1;
    std::string samples;
    for (int t = 0; t < 20000; ++t) {
      noise = noise * 1664525U + 1013904223U;
      int value = static_cast<int>(noise >> 22U) - 512;
      value += knocks && t % 97 < 3 ? 6000 : 0;
      samples += static_cast<char>(value & 0xFF);
      samples += static_cast<char>((value >> 8) & 0xFF);
    }
    const std::string name = "m" + std::to_string(machine) + ".s16";
    folder.write(name.c_str(), samples);
    manifest += name + "," + (knocks ? fault : "normal") + ",12000,0.0005,pump " +
                std::to_string(machine) + ",20000\n";
  }
  folder.write("manifest.csv", manifest);
}

TEST(Train, LearnsFromAManifest) {
  const TempDir folder;
  write_recordings(folder, "knocking");
  ASSERT_EQ(train(folder, "'" + (folder / "manifest.csv") + "' -o '" + (folder / "p") + "'"), 0)
      << content_of(folder / "err");
  const std::string report = content_of(folder / "out");
  EXPECT_TRUE(contains(report, "balanced accuracy per window: 1.000 int8")) << report;
  EXPECT_TRUE(contains(report, "caution: 2 test machines")) << report;
}

TEST(Train, AClassMayBeNamedLikeNoClass) {
  const TempDir folder;
  write_recordings(folder, "unknown");
  ASSERT_EQ(train(folder, "'" + (folder / "manifest.csv") + "' -o '" + (folder / "p") + "'"), 0)
      << content_of(folder / "err");
  const Outcome run =
      aiot("run --json --quiet --package " + (folder / "p") + " " + (folder / "m1.s16"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto lines = json_lines(run.out);
  ASSERT_EQ(lines.size(), 1U);
  // The windows before the first vote have no class, all others the one that is named so.
  const auto without = lines[0]["windows_unknown"].get<int>();
  EXPECT_GT(without, 0);
  EXPECT_EQ(lines[0]["windows_by_class"]["normal"], 0);
  EXPECT_EQ(lines[0]["windows_by_class"]["unknown"].get<int>() + without,
            lines[0]["windows"].get<int>());
}

TEST(Train, EachWrongInputHasOneLineAndAnExitCode) {
  const TempDir folder;
  folder.write("empty.csv", "");
  folder.write("unlabelled.csv",
               "file,label,fs_hz,scale_g_per_count,n_samples\na.s16,,12000,0.001,10\n");
  folder.write("missing.csv",
               "file,label,fs_hz,scale_g_per_count,n_samples\na.s16,normal,12000,0.001,10\n");
  folder.write("b.s16", "0123456789");
  folder.write("short.csv",
               "file,label,fs_hz,scale_g_per_count,n_samples\nb.s16,normal,12000,0.001,5\n");
  const std::string output = " -o '" + (folder / "p") + "'";

  const struct {
    std::string arguments;
    int code;
    const char* says;
  } cases[] = {
      {output, 2, "--simulate"},
      {"--simulate", 2, "--output"},
      {"--simulate x.csv" + output, 2, "one of the two"},
      {"--simulate -o /nowhere/p", 1, "can not be written (No such file or directory)"},
      {"--simulate --machines 24 -o /dev/full", 1, "No space left on device"},
      {"--simulate -o /tmp", 1, "Is a directory"},
      {"/nowhere/m.csv" + output, 1, "/nowhere/m.csv"},
      {"'" + (folder / "empty.csv") + "'" + output, 1, "empty.csv"},
      {"'" + (folder / "unlabelled.csv") + "'" + output, 1, "label"},
      {"'" + (folder / "missing.csv") + "'" + output, 1, "a.s16"},
      {"'" + (folder / "short.csv") + "'" + output, 1, "shorter than one window"},
  };

  for (const auto& wrong : cases) {
    EXPECT_EQ(train(folder, wrong.arguments), wrong.code) << wrong.arguments;
    const std::string message = content_of(folder / "err");
    EXPECT_TRUE(contains(message, wrong.says)) << wrong.arguments << ": " << message;
    EXPECT_EQ(message.find('\n'), message.size() - 1) << message;
    EXPECT_FALSE(fs::exists(folder / "p"));
  }
}

}  // namespace
}  // namespace aiot::test
