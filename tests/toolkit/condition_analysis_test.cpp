// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/condition_analysis.hpp"

#include <array>

#include "aiot/core/flags.hpp"
#include "ports/sim/machine.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

constexpr double kRate_hz = 12800.0;
constexpr std::uint64_t kHealthyFrames = 128000;

/// Ten seconds of a healthy machine, then ten with a defect of the outer race.
Recording machine() {
  constexpr std::array kScenario{sim::OperatingPoint{.time_s = 0.0F},
                                 sim::OperatingPoint{.time_s = 10.0F},
                                 sim::OperatingPoint{.time_s = 10.1F, .outer = 0.9F}};
  sim::Machine source({.seed = 3, .scenario = kScenario});
  Recording recording;
  recording.rate_hz = kRate_hz;
  recording.scale = static_cast<double>(source.scale());
  recording.source = "machine";
  recording.samples.resize(2 * kHealthyFrames);
  source.generate(recording.samples);
  return recording;
}

/// The same as snapshots of 3000 frames, one a minute.
Recording snapshots() {
  Recording recording = machine();
  for (std::uint64_t frame = 3000; frame < recording.frames(); frame += 3000) {
    recording.gaps.push_back({frame, 765000});
  }
  return recording;
}

TEST(ConditionCut, OverlapsByHalfWithoutGaps) {
  const auto cut = condition_cut(machine(), 2048);
  ASSERT_TRUE(cut.ok());
  EXPECT_EQ(cut->hop, 1024U);
  EXPECT_EQ(cut->observation, device::Observation::kWindow);
}

TEST(ConditionCut, FitsTwoWindowsIntoASnapshotWhichIsOneObservation) {
  const auto cut = condition_cut(snapshots(), 2048);
  ASSERT_TRUE(cut.ok());
  EXPECT_EQ(cut->hop, 512U);
  EXPECT_EQ(cut->observation, device::Observation::kSnapshot);
}

TEST(ConditionCut, RefusesWhatHasNoWindow) {
  Recording recording = machine();
  EXPECT_FALSE(condition_cut(recording, 2000).ok());
  EXPECT_FALSE(condition_cut(recording, 512).ok());
  EXPECT_FALSE(condition_cut(recording, 16384).ok());
  recording.samples.resize(1000);
  EXPECT_FALSE(condition_cut(recording, 1024).ok());
  recording = machine();
  recording.axes = 2;
  EXPECT_FALSE(condition_cut(recording, 2048).ok());
}

TEST(LearnCondition, GivesTheBytesOfItsModel) {
  const auto learnt = learn_condition(machine(), 2048, kHealthyFrames);
  ASSERT_TRUE(learnt.ok()) << learnt.problem().text;
  EXPECT_EQ(learnt->counts.windows, 124U);
  EXPECT_EQ(learnt->counts.observations, 124U);
  EXPECT_EQ(learnt->model.windows, 124U);
  EXPECT_NEAR(learnt->seconds, 10.0, 0.1);
  const auto window = baseline_window(learnt->bytes, "b");
  ASSERT_TRUE(window.ok());
  EXPECT_EQ(*window, 2048U);
}

TEST(LearnCondition, CountsASnapshotOnce) {
  const auto learnt = learn_condition(snapshots(), 2048, kHealthyFrames);
  ASSERT_TRUE(learnt.ok()) << learnt.problem().text;
  EXPECT_EQ(learnt->counts.observations, 42U);
  EXPECT_EQ(learnt->counts.windows, 84U);  // the last one is cut, and too short
  EXPECT_NEAR(learnt->seconds, 42 * 60.0, 61.0);
}

TEST(LearnCondition, LeavesOutFlaggedWindowsAndCountsThem) {
  Recording recording = machine();
  std::fill_n(recording.samples.begin() + 20480, 4096, std::int16_t{0});
  const auto learnt = learn_condition(recording, 2048, kHealthyFrames);
  ASSERT_TRUE(learnt.ok()) << learnt.problem().text;
  EXPECT_GE(learnt->counts.left_out, 3U);
  EXPECT_EQ(learnt->counts.observations + learnt->counts.left_out, learnt->counts.windows);
  EXPECT_NE(learnt->counts.left_out_for & kFlagFlatLine, 0U);
}

TEST(LearnCondition, WantsSixObservations) {
  EXPECT_TRUE(learn_condition(machine(), 2048, 2048 + 5 * 1024).ok());
  const auto few = learn_condition(machine(), 2048, 2048 + 4 * 1024);
  ASSERT_FALSE(few.ok());
  EXPECT_NE(few.problem().text.find("5 windows"), std::string::npos) << few.problem().text;
}

TEST(WatchCondition, IsQuietWhileNothingChangesAndAlarmsWhenItDoes) {
  for (const Recording& recording : {machine(), snapshots()}) {
    const auto learnt = learn_condition(recording, 2048, kHealthyFrames / 2);
    ASSERT_TRUE(learnt.ok()) << learnt.problem().text;
    const auto history = watch_condition(recording, learnt->bytes, "b", kHealthyFrames / 2);
    ASSERT_TRUE(history.ok()) << history.problem().text;
    ASSERT_EQ(history->episodes.size(), 1U);
    const ConditionEpisode& episode = history->episodes.front();
    EXPECT_GE(history->points[episode.first].begin, kHealthyFrames - 4096);
    EXPECT_LT(history->points[episode.first].begin, kHealthyFrames + kHealthyFrames / 4);
    EXPECT_EQ(episode.last, history->points.size() - 1);
    EXPECT_GE(history->points[episode.peak].verdict.score, 1.0F);
    EXPECT_GT(history->alarm_share, 0.4);
    EXPECT_LT(history->alarm_share, 0.8);
  }
}

TEST(WatchCondition, RefusesWhatIsNoBaseline) {
  const auto learnt = learn_condition(machine(), 2048, kHealthyFrames);
  ASSERT_TRUE(learnt.ok());
  std::vector<std::byte> damaged = learnt->bytes;
  damaged[40] ^= std::byte{1};
  EXPECT_FALSE(watch_condition(machine(), damaged, "b", 0).ok());
  damaged.clear();
  EXPECT_FALSE(watch_condition(machine(), damaged, "b", 0).ok());
  EXPECT_FALSE(watch_condition(machine(), learnt->bytes, "b", 2 * kHealthyFrames - 100).ok());
}

TEST(ConditionFeature, NamesItsBand) {
  EXPECT_EQ(condition_feature_text(0, 12800.0), "octave 0 (3200-6400 Hz)");
  EXPECT_EQ(condition_feature_text(7, 12800.0), "octave 7 (0-50 Hz)");
  EXPECT_EQ(condition_feature_text(8, 12800.0), "kurtosis");
  EXPECT_EQ(condition_feature_text(10, 12800.0), "envelope kurtosis of octave 1 (1600-3200 Hz)");
  EXPECT_EQ(condition_feature_text(13, 12800.0), "crest factor");
  EXPECT_EQ(condition_feature_text(0, 0.0), "octave 0");
}

TEST(AlarmingRise, IsWhatRaisesTheAlarm) {
  const auto learnt = learn_condition(machine(), 2048, kHealthyFrames);
  ASSERT_TRUE(learnt.ok());
  const decide::AnomalyModel& model = learnt->model;
  const auto settles_at = [&model](double share) {
    std::array<float, dsp::kOctaveFeatures> features{};
    std::copy_n(model.mean.begin(), features.size(), features.begin());
    features[2] += static_cast<float>(share * *alarming_rise_db(model, 2));
    decide::AnomalyMonitor monitor(model, {});
    float score = 0.0F;
    for (std::uint32_t i = 0; i < 200 * model.block_length; ++i) {
      score = monitor.update(features)->score;
    }
    return score;
  };
  ASSERT_TRUE(alarming_rise_db(model, 2).has_value());
  EXPECT_NEAR(settles_at(0.98), 0.98, 0.005);
  EXPECT_GT(settles_at(1.02), 1.0F);
  EXPECT_TRUE(alarming_gain_db(model).has_value());
}

}  // namespace
}  // namespace aiot::toolkit
