// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/recording_quality.hpp"

#include <algorithm>

#include "aiot/core/flags.hpp"
#include "tests/support/simulated_recording.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::uint32_t kWindow = 4096;
constexpr std::uint32_t kHop = 2048;

RecordingQuality assess(const Recording& recording) {
  return assess_recording(recording, kWindow, kHop);
}

TEST(RecordingQuality, FindsNothingWrongWithAMachine) {
  const Recording recording = test::healthy_recording(4.0);
  const RecordingQuality quality = assess(recording);
  EXPECT_EQ(quality.windows.size(), (recording.frames() - kWindow) / kHop + 1);
  EXPECT_EQ(quality.usable(Purpose::kLevel), quality.windows.size());
  EXPECT_EQ(quality.hold, 1U);
  EXPECT_FALSE(quality.rate_is_suspect());
  EXPECT_EQ(main_fault_of(quality), "");
  const auto pieces = usable_pieces(recording, quality, Purpose::kLevel);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].begin, 0U);
  EXPECT_EQ(pieces[0].end, recording.frames());
}

TEST(RecordingQuality, CutsOutWhatIsFlat) {
  Recording recording = test::healthy_recording(4.0);
  std::fill(recording.samples.begin() + 20000, recording.samples.begin() + 30000, std::int16_t{7});
  const RecordingQuality quality = assess(recording);
  EXPECT_GT(quality.count(kFlagFlatLine | kFlagDropout), 3U);
  const auto pieces = usable_pieces(recording, quality, Purpose::kRhythm);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_LE(pieces[0].end, 20000U);
  EXPECT_GE(pieces[1].begin, 30000U);
  EXPECT_GT(pieces[0].size() + pieces[1].size(), recording.frames() - 10000U - 3U * kWindow);
}

TEST(RecordingQuality, ALittleSaturationSpoilsLevelsButNotRhythm) {
  Recording recording = test::healthy_recording(4.0);
  recording.samples[20000] = 32767;
  const RecordingQuality quality = assess(recording);
  EXPECT_EQ(quality.usable(Purpose::kRhythm), quality.windows.size());
  EXPECT_EQ(quality.usable(Purpose::kLevel), quality.windows.size() - 2);
}

TEST(RecordingQuality, MuchSaturationSpoilsBoth) {
  Recording recording = test::healthy_recording(4.0);
  for (std::size_t i = 0; i < recording.samples.size(); i += 20) {
    recording.samples[i] = 32767;
  }
  const RecordingQuality quality = assess(recording);
  EXPECT_EQ(quality.usable(Purpose::kRhythm), 0U);
  EXPECT_EQ(main_fault_of(quality), "saturated or clipped in large part");
  EXPECT_TRUE(usable_pieces(recording, quality, Purpose::kRhythm).empty());
}

TEST(RecordingQuality, SeesSamplesThatAreHeld) {
  Recording recording = test::healthy_recording(4.0);
  for (std::size_t i = 0; i < recording.samples.size(); ++i) {
    recording.samples[i] = recording.samples[i - i % 3];
  }
  const RecordingQuality quality = assess(recording);
  EXPECT_EQ(quality.hold, 3U);
  EXPECT_TRUE(quality.rate_is_suspect());
}

TEST(RecordingQuality, KeepsToThePiecesBetweenGaps) {
  Recording recording = test::healthy_recording(2.0);
  recording.gaps = {{.frame = 5000, .lost = 10}, {.frame = 8000, .lost = 10}};
  const RecordingQuality quality = assess(recording);
  for (const WindowQuality& window : quality.windows) {
    EXPECT_TRUE(window.first + kWindow <= 5000 || window.first >= 8000) << window.first;
  }
  const auto pieces = usable_pieces(recording, quality, Purpose::kRhythm);
  ASSERT_EQ(pieces.size(), 2U) << "the middle piece is shorter than a window";
  EXPECT_EQ(pieces[0].end, 5000U);
  EXPECT_EQ(pieces[1].begin, 8000U);
}

TEST(RecordingQuality, HasNoWindowsWhereEveryPieceIsShort) {
  const Recording recording = test::healthy_recording(0.1);
  const RecordingQuality quality = assess(recording);
  EXPECT_TRUE(quality.windows.empty());
  EXPECT_EQ(quality.hold, 1U);
  EXPECT_TRUE(usable_pieces(recording, quality, Purpose::kRhythm).empty());
}

}  // namespace
}  // namespace aiot::toolkit
