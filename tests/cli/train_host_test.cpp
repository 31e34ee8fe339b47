// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/test.hpp"

namespace aiot::cli {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for one test; removed at the end.
class Folder {
 public:
  explicit Folder(const char* name)
      : path_(fs::temp_directory_path() /
              ("aiot_train_" + std::to_string(::getpid()) + "_" + name)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }

  ~Folder() { fs::remove_all(path_); }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// Runs `aiot train`; the exit code. Output goes to `out` and `err` in the folder.
int train(const Folder& folder, const std::string& arguments) {
  std::string command = AIOT_COMMAND;
  command.append(" train ").append(arguments);
  command.append(" > '").append(folder / "out").append("' 2> '").append(folder / "err").append("'");
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST(Train, MakesTheShippedPackageByteForByte) {
  const Folder folder("shipped");
  ASSERT_EQ(train(folder,
                  "--simulate --seed 1 -o '" + (folder / "machine.aipk") + "' --card '" +
                      (folder / "machine.md") + "'"),
            0)
      << content(folder / "err");
  std::string models = AIOT_SOURCE_DIR;
  models.append("/models/");
  EXPECT_TRUE(content(folder / "machine.aipk") == content(models + "machine.aipk"))
      << "run: build/host/aiot train --simulate --seed 1 -o models/machine.aipk "
         "--card models/machine.md";
  EXPECT_TRUE(content(folder / "machine.md") == content(models + "machine.md"));
}

TEST(Train, AnotherSeedMakesAnotherPackage) {
  const Folder folder("seed");
  ASSERT_EQ(train(folder, "--simulate --machines 24 --seed 1 -o '" + (folder / "a") + "'"), 0);
  ASSERT_EQ(train(folder, "--simulate --machines 24 --seed 2 -o '" + (folder / "b") + "'"), 0);
  EXPECT_TRUE(content(folder / "a") != content(folder / "b"));
}

TEST(Train, ReportsAsJson) {
  const Folder folder("json");
  ASSERT_EQ(train(folder, "--simulate --machines 24 --json -o '" + (folder / "p") + "'"), 0);
  const std::string text = content(folder / "out");
  for (const char* key : {"\"windows_int8\"",
                          "\"confusion\"",
                          "\"int8_float_agreement\"",
                          "\"windows_level_threshold\"",
                          "\"configurations_tried\": 1",
                          "\"training_hash\""}) {
    EXPECT_TRUE(contains(text, key)) << key;
  }
}

TEST(Train, LearnsFromAManifest) {
  const Folder folder("manifest");
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
    write(folder / name.c_str(), samples);
    manifest += name + (knocks ? ",knocking" : ",normal") + ",12000,0.0005,pump " +
                std::to_string(machine) + ",20000\n";
  }
  write(folder / "manifest.csv", manifest);
  ASSERT_EQ(train(folder, "'" + (folder / "manifest.csv") + "' -o '" + (folder / "p") + "'"), 0)
      << content(folder / "err");
  const std::string report = content(folder / "out");
  EXPECT_TRUE(contains(report, "balanced accuracy per window: 1.000 int8")) << report;
  EXPECT_TRUE(contains(report, "caution: 2 test machines")) << report;
}

TEST(Train, EachWrongInputHasOneLineAndAnExitCode) {
  const Folder folder("wrong");
  write(folder / "empty.csv", "");
  write(folder / "unlabelled.csv",
        "file,label,fs_hz,scale_g_per_count,n_samples\na.s16,,12000,0.001,10\n");
  write(folder / "missing.csv",
        "file,label,fs_hz,scale_g_per_count,n_samples\na.s16,normal,12000,0.001,10\n");
  write(folder / "b.s16", "0123456789");
  write(folder / "short.csv",
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
      {"--simulate -o /nowhere/p", 1, "can not be written"},
      {"/nowhere/m.csv" + output, 1, "/nowhere/m.csv"},
      {"'" + (folder / "empty.csv") + "'" + output, 1, "empty.csv"},
      {"'" + (folder / "unlabelled.csv") + "'" + output, 1, "label"},
      {"'" + (folder / "missing.csv") + "'" + output, 1, "a.s16"},
      {"'" + (folder / "short.csv") + "'" + output, 1, "shorter than one window"},
  };

  for (const auto& wrong : cases) {
    EXPECT_EQ(train(folder, wrong.arguments), wrong.code) << wrong.arguments;
    const std::string message = content(folder / "err");
    EXPECT_TRUE(contains(message, wrong.says)) << wrong.arguments << ": " << message;
    EXPECT_EQ(message.find('\n'), message.size() - 1) << message;
    EXPECT_FALSE(fs::exists(folder / "p"));
  }
}

}  // namespace
}  // namespace aiot::cli
