// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// How the shipped package, which was trained on simulated machines only, reads the real recordings
// in $AIOT_SHARED/data. These are the figures of models/README.md.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
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

  Answers read(const std::filesystem::path& path) {
    Answers answers(package_.labels);
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
    const Signal signal{recording.samples,
                        static_cast<float>(recording.scale),
                        static_cast<float>(recording.rate_hz)};
    EXPECT_TRUE(add_windows(windows, package_.plan, signal, 0, 0).ok());
    for (std::size_t i = 0; i < windows.rows(); ++i) {
      ++answers[runner_.answer(windows.row(i))];
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

 private:
  static std::vector<std::byte> content() {
    std::filesystem::path path = AIOT_SOURCE_DIR;
    return *read_file(path / "models" / "machine.aipk");
  }

  AlignedBytes file_;
  model::Package package_;
  PackageRunner runner_;
};

TEST(ShippedPackage, ReadsMostRealBearingFaultsAndLeavesHealthyOnesAlone) {
  const char* shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr || *shared == '\0') {
    std::puts("SKIPPED: AIOT_SHARED is not set, no real recordings");
    return;
  }
  const std::filesystem::path folder = std::filesystem::path(shared) / "data";
  auto manifest = load_manifest(folder / "manifest.csv");
  ASSERT_TRUE(manifest.ok()) << manifest.problem().text;
  ShippedPackage package;
  std::map<std::string, std::map<std::string, int>> verdicts;  // truth, answer: recordings
  for (const ManifestRow& row : manifest->rows) {
    if (row.label == "run_to_failure") {
      continue;  // no one truth
    }
    const std::string verdict = package.verdict(package.read(folder / row.file));
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

}  // namespace
}  // namespace aiot::toolkit
