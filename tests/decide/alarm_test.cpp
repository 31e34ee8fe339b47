// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/alarm.hpp"

#include <limits>

#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr Level kLevel{10.0F, 8.0F};
constexpr Persistence kThreeOfFour{.votes = 3, .windows = 4, .release = 2};
constexpr LevelAlarmConfig kTwoLevels{
    .warning = kLevel, .alarm = {20.0F, 16.0F}, .persistence = kThreeOfFour};

TEST(Latch, RaisesWhenKOfTheLastNWindowsReachTheLevel) {
  Latch latch;
  const float values[] = {10.0F, 0.0F, 12.0F, 9.9F, 10.0F, 10.0F};
  const bool raised[] = {false, false, false, false, false, true};
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(latch.update(values[i], kLevel, kThreeOfFour), raised[i]) << "window " << i;
  }
}

TEST(Latch, ForgetsVotesOlderThanNWindows) {
  Latch latch;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(latch.update(i % 2 == 0 ? 99.0F : 0.0F, kLevel, kThreeOfFour));
  }
}

Latch raised_latch() {
  Latch latch;
  for (int i = 0; i < 3; ++i) {
    (void)latch.update(10.0F, kLevel, kThreeOfFour);
  }
  return latch;
}

TEST(Latch, HoldsBetweenItsLevelsAndReleasesAfterMLowWindowsInARow) {
  Latch latch = raised_latch();
  for (const float value : {8.0F, 9.0F, 7.9F, 8.0F, 7.9F, 10.0F, 7.9F}) {
    EXPECT_TRUE(latch.update(value, kLevel, kThreeOfFour));
  }
  EXPECT_FALSE(latch.update(7.9F, kLevel, kThreeOfFour));
}

TEST(Latch, StartsTheVoteAnewAfterARelease) {
  Latch latch = raised_latch();
  (void)latch.update(0.0F, kLevel, kThreeOfFour);
  EXPECT_FALSE(latch.update(0.0F, kLevel, kThreeOfFour));
  EXPECT_FALSE(latch.update(10.0F, kLevel, kThreeOfFour));
  EXPECT_FALSE(latch.update(10.0F, kLevel, kThreeOfFour));
  EXPECT_TRUE(latch.update(10.0F, kLevel, kThreeOfFour));
}

TEST(Latch, TakesNotANumberForNeitherHighNorLow) {
  Latch latch;
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(latch.update(kNan, kLevel, kThreeOfFour));
  }
  latch = raised_latch();
  (void)latch.update(0.0F, kLevel, kThreeOfFour);
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(latch.update(kNan, kLevel, kThreeOfFour));
  }
}

TEST(Latch, AgreesWithAPlainCountOfTheHistory) {
  sim::Random random(7121);
  for (int round = 0; round < 40; ++round) {
    Persistence persistence;
    persistence.windows = static_cast<std::uint8_t>(1 + random.below(kMaxAlarmWindows));
    persistence.votes = static_cast<std::uint8_t>(1 + random.below(persistence.windows));
    persistence.release = static_cast<std::uint8_t>(1 + random.below(5));
    Latch latch;
    float history[300] = {};
    int since = 0;  // first window that counts for the vote
    int raised_at = -1;
    for (int i = 0; i < 300; ++i) {
      history[i] = sim::uniform(random, 6.0F, 12.0F);
      if (raised_at < 0) {
        int votes = 0;
        for (int k = i; k >= since && k > i - persistence.windows; --k) {
          votes += history[k] >= kLevel.raise ? 1 : 0;
        }
        raised_at = votes >= persistence.votes ? i : -1;
      } else {
        int low = 0;
        while (i - low > raised_at && history[i - low] < kLevel.release) {
          ++low;
        }
        if (low >= persistence.release) {
          raised_at = -1;
          since = i + 1;
        }
      }
      ASSERT_EQ(latch.update(history[i], kLevel, persistence), raised_at >= 0)
          << "round " << round << " window " << i;
    }
  }
}

AlarmState feed(LevelAlarm& alarm, float value, int windows) {
  for (int i = 0; i < windows; ++i) {
    (void)alarm.update(value);
  }
  return alarm.state();
}

TEST(LevelAlarm, GoesUpAndDownThroughItsStates) {
  LevelAlarm alarm(kTwoLevels);
  EXPECT_EQ(alarm.state(), AlarmState::kNormal);
  EXPECT_EQ(feed(alarm, 12.0F, 2), AlarmState::kNormal);
  EXPECT_EQ(feed(alarm, 12.0F, 1), AlarmState::kWarning);
  EXPECT_EQ(feed(alarm, 25.0F, 3), AlarmState::kAlarm);
  EXPECT_EQ(feed(alarm, 17.0F, 9), AlarmState::kAlarm);
  EXPECT_EQ(feed(alarm, 15.0F, 2), AlarmState::kWarning);
  EXPECT_EQ(feed(alarm, 1.0F, 2), AlarmState::kNormal);
}

TEST(LevelAlarm, GoesStraightToTheAlarm) {
  LevelAlarm alarm(kTwoLevels);
  EXPECT_EQ(feed(alarm, 25.0F, 3), AlarmState::kAlarm);
  EXPECT_EQ(feed(alarm, 1.0F, 2), AlarmState::kNormal);
}

TEST(LevelAlarm, ForgetsEverythingAtARestart) {
  LevelAlarm alarm(kTwoLevels);
  (void)feed(alarm, 25.0F, 2);
  alarm.restart();
  EXPECT_EQ(feed(alarm, 25.0F, 2), AlarmState::kNormal);
  EXPECT_EQ(feed(alarm, 25.0F, 1), AlarmState::kAlarm);
  alarm.restart();
  EXPECT_EQ(alarm.state(), AlarmState::kNormal);
}

TEST(LevelAlarm, TakesAReleaseLevelAsAPartOfTheLevel) {
  constexpr Level kRatio = level_with_ratio(4.0F, 0.75F);
  EXPECT_EQ(kRatio.raise, 4.0F);
  EXPECT_EQ(kRatio.release, 3.0F);
}

TEST(LevelAlarm, ChecksItsConfiguration) {
  EXPECT_TRUE(check(kTwoLevels).ok());
  const Persistence bad_persistence[] = {
      {.votes = 0}, {.votes = 2, .windows = 1}, {.windows = 33}, {.release = 0}};
  for (const Persistence& persistence : bad_persistence) {
    LevelAlarmConfig config = kTwoLevels;
    config.persistence = persistence;
    EXPECT_EQ(check(config).error(), Error::kInvalidArgument);
  }
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Level bad_levels[] = {
      {10.0F, 10.1F}, {kInfinity, 1.0F}, {1.0F, -kInfinity}, {kNan, 1.0F}, {1.0F, kNan}};
  for (const Level& level : bad_levels) {
    EXPECT_EQ(check(level).error(), Error::kInvalidArgument);
  }
  LevelAlarmConfig config = kTwoLevels;
  config.alarm = {9.9F, 8.0F};
  EXPECT_EQ(check(config).error(), Error::kInvalidArgument) << "alarm below warning";
  config.alarm = {20.0F, 7.9F};
  EXPECT_EQ(check(config).error(), Error::kInvalidArgument) << "released after the warning";
}

}  // namespace
}  // namespace aiot::decide
