// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Commissioning on real machines, through the device's own code: three bearings that ran until they
// failed, and a test rig with and without faults.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "aiot/toolkit/condition_analysis.hpp"
#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

/// The manifest of the recordings, or nothing, said loudly.
std::optional<Manifest> recordings() {
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr) {
    std::printf("SKIPPED: AIOT_SHARED is not set, no real machine was commissioned\n");
    return std::nullopt;
  }
  auto manifest = load_manifest(std::filesystem::path(shared) / "data" / "manifest.csv");
  EXPECT_TRUE(manifest.ok()) << manifest.problem().text;
  return manifest.ok() ? std::optional(std::move(*manifest)) : std::nullopt;
}

Recording recording_of(const Manifest& manifest, const ManifestRow& row) {
  auto recording = load_recording(manifest.path.parent_path() / row.file, {});
  EXPECT_TRUE(recording.ok()) << recording.problem().text;
  return recording.ok() ? std::move(*recording) : Recording{};
}

/// Part of the points between `from` and `to` of the recording that are in alarm.
double alarm_share(const ConditionHistory& history,
                   const Recording& recording,
                   double from,
                   double to) {
  std::size_t all = 0;
  std::size_t alarms = 0;
  for (const ConditionPoint& point : history.points) {
    const double life = static_cast<double>(point.begin) / static_cast<double>(recording.frames());
    if (life >= from && life < to) {
      ++all;
      alarms += point.verdict.alarm ? 1U : 0U;
    }
  }
  return all == 0 ? 0.0 : static_cast<double>(alarms) / static_cast<double>(all);
}

TEST(ConditionGolden, WarnsOfEveryBearingBeforeItFails) {
  const auto manifest = recordings();
  if (!manifest) {
    GTEST_SKIP();
  }
  int bearings = 0;
  int quiet = 0;
  for (const ManifestRow& row : manifest->rows) {
    if (row.label != "run_to_failure") {
      continue;
    }
    ++bearings;
    const Recording recording = recording_of(*manifest, row);
    const auto frames = static_cast<double>(recording.frames());
    const auto learnt =
        learn_condition(recording, kConditionWindow, static_cast<std::uint64_t>(0.2 * frames));
    ASSERT_TRUE(learnt.ok()) << learnt.problem().text;
    const auto history = watch_condition(recording, learnt->bytes, "baseline", 0);
    ASSERT_TRUE(history.ok()) << history.problem().text;
    ASSERT_FALSE(history->episodes.empty()) << row.file;
    const ConditionPoint& first = history->points[history->episodes.front().first];
    const double life = static_cast<double>(first.begin) / frames;
    const double early = alarm_share(*history, recording, 0.2, 0.5);
    std::printf(
        "%s: %u snapshots, first alarm at %.1f %% of life, %.1f %% in alarm from 20 to 50 %%\n",
        row.file.c_str(),
        history->counts.observations,
        100.0 * life,
        100.0 * early);
    EXPECT_GE(life, 0.2) << row.file;
    EXPECT_LT(life, 0.9) << row.file;
    quiet += early <= 0.05 ? 1 : 0;
  }
  EXPECT_EQ(bearings, 3);
  EXPECT_GE(quiet, 2);
}

/// The healthy recordings at the rate of the faults, and at their own.
std::vector<const ManifestRow*> rows_with(const Manifest& manifest, bool healthy) {
  std::vector<const ManifestRow*> rows;
  for (const ManifestRow& row : manifest.rows) {
    if (row.file.starts_with("cwru/") && (row.label == "normal") == healthy) {
      rows.push_back(&row);
    }
  }
  return rows;
}

TEST(ConditionGolden, IsQuietOnTheRestOfAHealthyMachineAndHearsEveryFault) {
  const auto manifest = recordings();
  if (!manifest) {
    GTEST_SKIP();
  }
  int heard = 0;
  int commissioned = 0;
  for (const ManifestRow* const healthy : rows_with(*manifest, true)) {
    const Recording recording = recording_of(*manifest, *healthy);
    const auto learnt = learn_condition(recording, kConditionWindow, recording.frames() / 2);
    ASSERT_TRUE(learnt.ok()) << learnt.problem().text;
    const auto rest = watch_condition(recording, learnt->bytes, "baseline", recording.frames() / 2);
    ASSERT_TRUE(rest.ok()) << rest.problem().text;
    EXPECT_TRUE(rest->episodes.empty()) << healthy->file;
    float largest = 0.0F;
    for (const ConditionPoint& point : rest->points) {
      largest = std::max(largest, point.verdict.score);
    }
    ++commissioned;
    std::printf("%s: %zu points, largest score %.2f\n",
                healthy->file.c_str(),
                rest->points.size(),
                static_cast<double>(largest));
    if (healthy->file != "cwru/cwru_48k_DE_normal_first60_0hp_to12k.s16") {
      continue;
    }
    for (const ManifestRow* const fault : rows_with(*manifest, false)) {
      const auto history = watch_condition(recording_of(*manifest, *fault), learnt->bytes, "b", 0);
      ASSERT_TRUE(history.ok()) << history.problem().text;
      EXPECT_FALSE(history->episodes.empty()) << fault->file;
      heard += history->episodes.empty() ? 0 : 1;
    }
  }
  std::printf("%d of 36 faults heard\n", heard);
  EXPECT_EQ(commissioned, 4);
  EXPECT_EQ(heard, 36);
}

}  // namespace
}  // namespace aiot::toolkit
