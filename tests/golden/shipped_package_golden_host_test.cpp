// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// How the shipped package, which was trained on simulated machines only, reads the real recordings
// in $AIOT_SHARED/data. These are the figures of models/README.md.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aiot/model/package.hpp"
#include "aiot/toolkit/dataset.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/package_runner.hpp"
#include "aiot/toolkit/package_writer.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/resample.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

/// Windows per answer.
using Answers = std::vector<std::size_t>;

class ShippedPackage {
 public:
  ShippedPackage() : file_(content()), package_(*model::load(file_.view())), runner_(package_) {}

  /// Windows per answer in each of `parts` equal parts of a recording.
  std::vector<Answers> read(const std::filesystem::path& path, std::size_t parts) {
    std::vector<Answers> answers(parts, Answers(package_.labels));
    auto loaded = load_recording(path, {});
    EXPECT_TRUE(loaded.ok()) << path.string();
    if (!loaded.ok()) {
      return answers;
    }
    const std::uint32_t factor =
        decimation_factor(loaded->rate_hz,
                          static_cast<double>(package_.sensor.rate_min_hz),
                          static_cast<double>(package_.sensor.rate_max_hz));
    const Recording recording = factor > 1 ? decimate(*loaded, factor) : *loaded;
    Dataset windows;
    windows.labels = {"?"};
    windows.groups = {path.string()};
    EXPECT_TRUE(add_recording(windows, package_.plan, recording, 0, 0).ok());
    for (std::size_t i = 0; i < windows.rows(); ++i) {
      ++answers[i * parts / windows.rows()][runner_.answer(windows.row(i))];
    }
    return answers;
  }

  /// The most frequent answer.
  [[nodiscard]] std::string verdict(const Answers& answers) const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < answers.size(); ++i) {
      best = answers[i] > answers[best] ? i : best;
    }
    return std::string(package_.label(best));
  }

  /// Part of the windows with this answer.
  [[nodiscard]] double share(const Answers& answers, std::string_view label) const {
    std::size_t all = 0;
    std::size_t with = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      all += answers[i];
      with += package_.label(i) == label ? answers[i] : 0;
    }
    return static_cast<double>(with) / static_cast<double>(all);
  }

 private:
  static std::vector<std::byte> content() {
    std::filesystem::path path = AIOT_SOURCE_DIR;
    return *read_file(path / "models" / "machine.aipk");
  }

  AlignedBytes file_;
  model::Package package_;
  PackageRunner runner_;
};

/// Where the recordings are; empty when nobody says.
std::filesystem::path recordings() {
  const char* shared = std::getenv("AIOT_SHARED");
  return shared == nullptr || *shared == '\0' ? std::filesystem::path()
                                              : std::filesystem::path(shared) / "data";
}

TEST(ShippedPackage, ReadsMostRealBearingFaultsAndLeavesHealthyOnesAlone) {
  const std::filesystem::path folder = recordings();
  if (folder.empty()) {
    GTEST_SKIP() << "SKIPPED: AIOT_SHARED is not set, no real recordings";
  }
  auto manifest = load_manifest(folder / "manifest.csv");
  ASSERT_TRUE(manifest.ok()) << manifest.problem().text;
  ShippedPackage package;
  std::map<std::string, std::map<std::string, int>> verdicts;  // truth, answer: recordings
  for (const ManifestRow& row : manifest->rows) {
    if (row.label == "run_to_failure") {
      continue;  // no one truth
    }
    const std::string verdict = package.verdict(package.read(folder / row.file, 1).front());
    ++verdicts[row.label][verdict];
  }
  for (const auto& [truth, answers] : verdicts) {
    for (const auto& [answer, recordings] : answers) {
      std::printf("%-7s read as %-9s: %d recordings\n", truth.c_str(), answer.c_str(), recordings);
    }
  }
  EXPECT_EQ(verdicts["normal"]["bearing"], 0);
  EXPECT_EQ(verdicts["inner"]["bearing"], 12);
  EXPECT_GE(verdicts["outer"]["bearing"], 8);
  EXPECT_GE(verdicts["ball"]["bearing"], 4);
}

TEST(ShippedPackage, ReadsABearingThatWearsOutAsBearingAtItsEnd) {
  const std::filesystem::path folder = recordings();
  if (folder.empty()) {
    GTEST_SKIP() << "SKIPPED: AIOT_SHARED is not set, no real recordings";
  }
  auto manifest = load_manifest(folder / "manifest.csv");
  ASSERT_TRUE(manifest.ok()) << manifest.problem().text;
  ShippedPackage package;
  constexpr std::size_t kTenths = 10;
  std::size_t lives = 0;
  for (const ManifestRow& row : manifest->rows) {
    if (row.label != "run_to_failure") {
      continue;
    }
    ++lives;
    const std::vector<Answers> life = package.read(folder / row.file, kTenths);
    std::printf("%s, windows read as bearing by tenth of life:", row.file.c_str());
    for (const Answers& answers : life) {
      std::printf(" %.0f %%", 100.0 * package.share(answers, "bearing"));
    }
    std::puts("");
    EXPECT_GT(package.share(life.back(), "bearing"), 0.5) << row.file;
  }
  EXPECT_GT(lives, 0U) << "no row of the manifest has the label run_to_failure";
}

}  // namespace
}  // namespace aiot::toolkit
