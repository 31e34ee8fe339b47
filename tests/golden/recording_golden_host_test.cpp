// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "aiot/toolkit/manifest.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/resample.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

/// The folder of recordings, or nothing, said loudly.
std::optional<std::filesystem::path> data_folder() {
  const char* const shared = std::getenv("AIOT_SHARED");
  if (shared == nullptr) {
    std::printf("SKIPPED: AIOT_SHARED is not set, real recordings were not read\n");
    return std::nullopt;
  }
  std::filesystem::path folder = std::filesystem::path(shared) / "data";
  if (!std::filesystem::exists(folder / "manifest.csv")) {
    std::printf("SKIPPED: %s has no manifest.csv, real recordings were not read\n", folder.c_str());
    return std::nullopt;
  }
  return folder;
}

TEST(RecordingGolden, ReadsEveryRowOfTheManifest) {
  const auto folder = data_folder();
  if (!folder) {
    GTEST_SKIP();
  }
  const auto manifest = load_manifest(*folder / "manifest.csv");
  ASSERT_TRUE(manifest.ok()) << manifest.problem().text;
  for (const ManifestRow& row : manifest->rows) {
    const auto recording = load_recording(*folder / row.file, {});
    ASSERT_TRUE(recording.ok()) << recording.problem().text;
    EXPECT_EQ(recording->frames(), row.samples) << row.file;
    EXPECT_EQ(recording->rate_hz, row.rate_hz) << row.file;
    EXPECT_EQ(recording->rpm, row.rpm) << row.file;
    const bool snapshots = row.note.find("snapshots") != std::string::npos;
    EXPECT_EQ(recording->gaps.empty(), !snapshots) << row.file;
  }
  std::printf("%zu recordings read\n", manifest->rows.size());
}

TEST(RecordingGolden, RecoversTheCountsOfMatlabFiles) {
  const auto folder = data_folder();
  if (!folder) {
    GTEST_SKIP();
  }

  struct Pair {
    const char* mat;
    const char* raw;
  };

  for (const Pair& pair :
       {Pair{"mat/118_0.mat", "cwru/cwru_12k_DE_B007_0hp.s16"},
        Pair{"mat/105_0.mat", "cwru/cwru_12k_DE_IR007_0hp.s16"},
        Pair{"mat/130at6_0.mat", "cwru/cwru_12k_DE_OR007at6_0hp.s16"},
        Pair{"mat/97_Normal_0_first60.mat", "cwru/cwru_48k_DE_normal_first60_0hp.s16"}}) {
    const auto mat = load_recording(*folder / pair.mat, {});
    const auto raw = load_recording(*folder / pair.raw, {});
    ASSERT_TRUE(mat.ok()) << mat.problem().text;
    ASSERT_TRUE(raw.ok()) << raw.problem().text;
    EXPECT_EQ(mat->samples, raw->samples) << pair.mat;
    EXPECT_EQ(mat->scale, raw->scale) << pair.mat;
    EXPECT_EQ(mat->rate_hz, raw->rate_hz) << pair.mat;
    EXPECT_EQ(mat->rpm, raw->rpm) << pair.mat;
  }
}

TEST(RecordingGolden, FindsTheStepWithoutAManifest) {
  const auto folder = data_folder();
  if (!folder) {
    GTEST_SKIP();
  }
  const test::TempDir dir;
  const std::string copy = dir.write("vibration.mat", test::content_of(*folder / "mat/118_0.mat"));
  LoadOptions options;
  options.rate_hz = 12000.0;
  const auto alone = load_recording(copy, options);
  ASSERT_TRUE(alone.ok()) << alone.problem().text;
  const auto raw = load_recording(*folder / "cwru/cwru_12k_DE_B007_0hp.s16", {});
  ASSERT_TRUE(raw.ok());
  EXPECT_EQ(alone->samples, raw->samples);
  EXPECT_NEAR(alone->scale / raw->scale, 1.0, 1e-9);
}

TEST(RecordingGolden, DecimatesAsAnIndependentResampler) {
  const auto folder = data_folder();
  if (!folder) {
    GTEST_SKIP();
  }
  const auto fast = load_recording(*folder / "cwru/cwru_48k_DE_normal_first60_0hp.s16", {});
  const auto slow = load_recording(*folder / "cwru/cwru_48k_DE_normal_first60_0hp_to12k.s16", {});
  ASSERT_TRUE(fast.ok() && slow.ok());
  ASSERT_EQ(decimate(*fast, 4).frames(), slow->frames());
  // The two filters differ near the new Nyquist frequency, where each has its transition; below a
  // half of it they have to agree.
  const Recording ours = decimate(decimate(*fast, 4), 2);
  const Recording other = decimate(*slow, 2);
  double signal = 0.0;
  double difference = 0.0;
  for (std::size_t i = 100; i + 100 < ours.samples.size(); ++i) {
    const double theirs = other.samples[i] * other.scale;
    const double delta = ours.samples[i] * ours.scale - theirs;
    signal += theirs * theirs;
    difference += delta * delta;
  }
  const double snr_db = 10.0 * std::log10(signal / difference);
  std::printf("decimated 4:1, difference to the other resampler %.1f dB\n", -snr_db);
  EXPECT_GT(snr_db, 50.0);
}

TEST(RunGolden, DecidesOnEveryRecording) {
  const auto folder = data_folder();
  if (!folder) {
    GTEST_SKIP();
  }
  std::size_t runs = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".s16" && extension != ".mat") {
      continue;
    }
    const test::Outcome run = test::aiot("run --json " + entry.path().string());
    ASSERT_EQ(run.exit_code, 0) << entry.path() << run.err;
    const auto lines = test::json_lines(run.out);
    ASSERT_GT(lines.size(), 1U) << entry.path();
    EXPECT_GT(lines.back()["windows"].get<int>(), 10) << entry.path();
    ++runs;
  }
  EXPECT_GT(runs, 3U);
  std::printf("%zu recordings decided\n", runs);
}

}  // namespace
}  // namespace aiot::toolkit
