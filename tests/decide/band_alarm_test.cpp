// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/band_alarm.hpp"

#include <limits>

#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

constexpr BandAlarmConfig kThreeBands{
    .levels = {{{1.0F, 2.0F}, {10.0F, 20.0F}, {5.0F, 5.0F}}},
    .bands = 3,
    .release = 0.5F,
    .persistence = {.votes = 2, .windows = 3, .release = 2},
};

BandVerdict window(BandAlarm& alarm, float a, float b, float c) {
  const float values[3] = {a, b, c};
  return *alarm.update(values);
}

TEST(BandAlarm, ReportsEachBandTheWorstAndWhatChanged) {
  BandAlarm alarm(kThreeBands);
  BandVerdict verdict = window(alarm, 1.5F, 25.0F, 1.0F);
  EXPECT_EQ(verdict.state, AlarmState::kNormal);
  EXPECT_EQ(verdict.changed, 0);
  verdict = window(alarm, 1.5F, 25.0F, 1.0F);
  EXPECT_EQ(verdict.states[0], AlarmState::kWarning);
  EXPECT_EQ(verdict.states[1], AlarmState::kAlarm);
  EXPECT_EQ(verdict.states[2], AlarmState::kNormal);
  EXPECT_EQ(verdict.changed, 0b011);
  EXPECT_EQ(verdict.worst, 1);
  EXPECT_EQ(verdict.state, AlarmState::kAlarm);
  EXPECT_EQ(verdict.ratio, 2.5F);
  verdict = window(alarm, 1.5F, 25.0F, 1.0F);
  EXPECT_EQ(verdict.changed, 0);
}

TEST(BandAlarm, HoldsAnAlarmUntilTheBandIsLowForLong) {
  BandAlarm alarm(kThreeBands);
  (void)window(alarm, 0.0F, 25.0F, 0.0F);
  (void)window(alarm, 0.0F, 25.0F, 0.0F);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(window(alarm, 0.0F, 10.0F, 0.0F).states[1], AlarmState::kAlarm);
  }
  EXPECT_EQ(window(alarm, 0.0F, 9.9F, 0.0F).changed, 0);
  const BandVerdict verdict = window(alarm, 0.0F, 9.9F, 0.0F);
  EXPECT_EQ(verdict.states[1], AlarmState::kWarning) << "the warning is released below 5";
  EXPECT_EQ(verdict.changed, 0b010);
}

TEST(BandAlarm, TakesTheFurthestOverItsWarningAmongEqualStates) {
  BandAlarm alarm(kThreeBands);
  EXPECT_EQ(window(alarm, 0.5F, 6.0F, 1.0F).worst, 1);
  EXPECT_EQ(window(alarm, 0.5F, 5.0F, 1.0F).worst, 0) << "the first of equal ones";
  EXPECT_EQ(window(alarm, kNan, 1.0F, 2.0F).worst, 2) << "not a number is no worst band";
}

TEST(BandAlarm, MeasuresFactorsAgainstItsBaseline) {
  BandAlarmConfig config = kThreeBands;
  config.unit = LevelUnit::kFactor;
  config.levels = {{{2.0F, 4.0F}, {2.0F, 4.0F}, {2.0F, 4.0F}}};
  BandAlarm alarm(config);
  const float values[3] = {0.5F, 70.0F, 2.0F};
  EXPECT_EQ(alarm.update(values).error(), Error::kWrongState);
  const float baseline[3] = {0.1F, 30.0F, 2.0F};
  ASSERT_TRUE(alarm.set_baseline(baseline).ok());
  (void)*alarm.update(values);
  const BandVerdict verdict = *alarm.update(values);
  EXPECT_EQ(verdict.states[0], AlarmState::kAlarm);
  EXPECT_EQ(verdict.states[1], AlarmState::kWarning);
  EXPECT_EQ(verdict.states[2], AlarmState::kNormal);
}

TEST(BandAlarm, MeasuresDecibelsAgainstItsBaseline) {
  BandAlarmConfig config = kThreeBands;
  config.unit = LevelUnit::kDecibel;
  config.levels = {{{6.0F, 20.0F}, {6.0F, 20.0F}, {-6.0F, 0.0F}}};
  BandAlarm alarm(config);
  const float baseline[3] = {1.0F, 1.0F, 1.0F};
  ASSERT_TRUE(alarm.set_baseline(baseline).ok());
  (void)window(alarm, 1.99F, 10.01F, 0.51F);
  BandVerdict verdict = window(alarm, 1.99F, 10.01F, 0.51F);
  EXPECT_EQ(verdict.states[0], AlarmState::kNormal) << "6 dB are a factor of 1.995";
  EXPECT_EQ(verdict.states[1], AlarmState::kAlarm) << "20 dB are a factor of 10";
  EXPECT_EQ(verdict.states[2], AlarmState::kWarning) << "-6 dB are a factor of 0.501";
  (void)window(alarm, 2.0F, 10.01F, 0.51F);
  verdict = window(alarm, 2.0F, 10.01F, 0.51F);
  EXPECT_EQ(verdict.states[0], AlarmState::kWarning);
}

TEST(BandAlarm, BeginsAnewWithAnotherBaselineOrRestart) {
  BandAlarmConfig config = kThreeBands;
  config.unit = LevelUnit::kFactor;
  BandAlarm alarm(config);
  const float baseline[3] = {1.0F, 1.0F, 1.0F};
  ASSERT_TRUE(alarm.set_baseline(baseline).ok());
  (void)window(alarm, 9.0F, 0.0F, 0.0F);
  EXPECT_EQ(window(alarm, 9.0F, 0.0F, 0.0F).state, AlarmState::kAlarm);
  ASSERT_TRUE(alarm.set_baseline(baseline).ok());
  EXPECT_EQ(window(alarm, 9.0F, 0.0F, 0.0F).state, AlarmState::kNormal);
  EXPECT_EQ(window(alarm, 9.0F, 0.0F, 0.0F).state, AlarmState::kAlarm);
  alarm.restart();
  EXPECT_EQ(window(alarm, 9.0F, 0.0F, 0.0F).state, AlarmState::kNormal);
}

TEST(BandAlarm, KeepsItsBaselineWhenAnotherOneIsRefused) {
  BandAlarmConfig config = kThreeBands;
  config.unit = LevelUnit::kFactor;
  BandAlarm alarm(config);
  const float good[3] = {1.0F, 1.0F, 1.0F};
  ASSERT_TRUE(alarm.set_baseline(good).ok());
  for (const float bad : {0.0F, -1.0F, kNan, kInfinity, 1e38F}) {
    const float baseline[3] = {2.0F, bad, 2.0F};
    EXPECT_EQ(alarm.set_baseline(baseline).error(), Error::kInvalidArgument);
  }
  (void)window(alarm, 1.0F, 0.0F, 0.0F);
  EXPECT_EQ(window(alarm, 1.0F, 0.0F, 0.0F).state, AlarmState::kWarning);
}

TEST(BandAlarm, WatchesUpToEightBands) {
  BandAlarmConfig config{.bands = kMaxBands};
  config.levels.fill({1.0F, 2.0F});
  BandAlarm alarm(config);
  const float values[kMaxBands] = {0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 3.0F};
  const BandVerdict verdict = *alarm.update(values);
  EXPECT_EQ(verdict.worst, 7);
  EXPECT_EQ(verdict.changed, 0x80);
}

TEST(BandAlarm, ChecksItsConfiguration) {
  EXPECT_TRUE(check(kThreeBands).ok());
  BandAlarmConfig bad[8];
  for (BandAlarmConfig& config : bad) {
    config = kThreeBands;
  }
  bad[0].bands = 0;
  bad[1].bands = kMaxBands + 1;
  bad[2].unit = static_cast<LevelUnit>(3);
  bad[3].release = 0.0F;
  bad[4].release = 1.01F;
  bad[5].persistence.votes = 0;
  bad[6].levels[2] = {6.0F, 5.0F};
  bad[7].levels[0] = {0.0F, 1.0F};
  for (const BandAlarmConfig& config : bad) {
    EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
  }
  for (const float level : {kNan, kInfinity, 1000.0F}) {
    BandAlarmConfig config = kThreeBands;
    config.unit = LevelUnit::kDecibel;
    config.levels[1].alarm = level;
    EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
  }
}

}  // namespace
}  // namespace aiot::decide
