// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// How the diagnosis by physics reads the real recordings in $AIOT_SHARED/data.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "aiot/toolkit/bearing_diagnosis.hpp"
#include "aiot/toolkit/manifest.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

/// Verdicts by class.
using Counts = std::map<std::string, std::map<std::string, int>>;

/// Diagnoses every recording of a 6205; nothing, said loudly, without the recordings.
std::optional<Counts> diagnose_all(bool with_speed) {
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr) {
    std::printf("SKIPPED: AIOT_SHARED is not set, real recordings were not diagnosed\n");
    return std::nullopt;
  }
  const std::filesystem::path folder = std::filesystem::path(shared) / "data";
  if (!std::filesystem::exists(folder / "manifest.csv")) {
    std::printf("SKIPPED: %s has no manifest.csv, real recordings were not diagnosed\n",
                folder.c_str());
    return std::nullopt;
  }
  Counts counts;
  const auto manifest = load_manifest(folder / "manifest.csv");
  EXPECT_TRUE(manifest.ok());
  for (const ManifestRow& row : manifest->rows) {
    if (row.label == "run_to_failure") {
      continue;
    }
    auto recording = load_recording(folder / row.file, {});
    EXPECT_TRUE(recording.ok()) << row.file;
    if (!with_speed) {
      recording->rpm.reset();
    }
    const auto diagnosis =
        diagnose_bearing(*recording, dsp::find_bearing("6205")->geometry, std::nullopt);
    const std::string verdict =
        diagnosis.ok() ? decide::name(diagnosis->verdict.state) : "not_diagnosed";
    ++counts[row.label][verdict];
    if (diagnosis.ok()) {
      EXPECT_TRUE(diagnosis->warnings.empty() || !with_speed || row.label == "normal")
          << row.file << ": " << diagnosis->warnings.front();
      if (!with_speed && diagnosis->verdict.state == decide::BearingState::kHealthy) {
        EXPECT_LE(diagnosis->confidence, kMostHealthy) << row.file;
      }
    }
  }
  for (const auto& [label, verdicts] : counts) {
    std::string text;
    for (const auto& [verdict, count] : verdicts) {
      text += " " + verdict + " " + std::to_string(count);
    }
    std::printf("%s:%s\n", label.c_str(), text.c_str());
  }
  return counts;
}

TEST(DiagnosisGolden, NamesRacesAndNeverTheWrongOne) {
  auto counts = diagnose_all(true);
  if (!counts) {
    GTEST_SKIP();
  }
  EXPECT_EQ((*counts)["inner"]["inner_race"], 12);
  EXPECT_EQ((*counts)["inner"]["outer_race"], 0);
  EXPECT_GE((*counts)["outer"]["outer_race"], 9);
  EXPECT_EQ((*counts)["outer"]["inner_race"], 0);
  EXPECT_LE((*counts)["ball"]["inner_race"] + (*counts)["ball"]["outer_race"], 3);
  EXPECT_GE((*counts)["ball"]["unclear"] + (*counts)["ball"]["element"], 9);
  EXPECT_EQ((*counts)["normal"]["healthy"], 4);
}

TEST(DiagnosisGolden, WithoutASpeedNoNormalIsFlaggedAndNoRaceMistaken) {
  auto counts = diagnose_all(false);
  if (!counts) {
    GTEST_SKIP();
  }
  EXPECT_EQ((*counts)["inner"]["inner_race"], 12);
  EXPECT_GE((*counts)["outer"]["outer_race"], 8);
  EXPECT_EQ((*counts)["outer"]["inner_race"], 0);
  EXPECT_EQ((*counts)["normal"]["healthy"], 4);
  EXPECT_EQ((*counts)["ball"]["inner_race"] + (*counts)["ball"]["outer_race"], 0);
}

}  // namespace
}  // namespace aiot::toolkit
