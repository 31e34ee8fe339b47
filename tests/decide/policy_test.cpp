// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/policy.hpp"

#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr Decision kQuiet{};
constexpr Decision kAlarm{.label = 1, .abnormal = true};
constexpr Decision kToAlarm{.label = 1, .changed = true, .abnormal = true};
constexpr Decision kToNormal{.label = 0, .changed = true};

// How many of the next `windows` are recorded, and the number of the first (from 1; 0 none).
struct Recorded {
  int count = 0;
  int first = 0;
};

Recorded run(Policy& policy, const Decision& decision, int windows) {
  Recorded recorded;
  for (int i = 1; i <= windows; ++i) {
    if (policy.on(decision).record) {
      ++recorded.count;
      recorded.first = recorded.first == 0 ? i : recorded.first;
    }
  }
  return recorded;
}

TEST(Policy, RecordsAHeartbeatFirstAndThenEveryNWindows) {
  Policy policy({.heartbeat_windows = 10});
  const Action first = policy.on(kQuiet);
  EXPECT_TRUE(first.record);
  EXPECT_EQ(first.stream, Stream::kRoutine);
  const Recorded next = run(policy, kQuiet, 35);
  EXPECT_EQ(next.count, 3);
  EXPECT_EQ(next.first, 10);
}

TEST(Policy, RecordsNothingWhenAskedForNothing) {
  Policy policy({.changes = Changes::kNone});
  EXPECT_EQ(run(policy, kQuiet, 100).count, 0);
  EXPECT_EQ(run(policy, kToAlarm, 1).count, 0);
  EXPECT_EQ(run(policy, kAlarm, 100).count, 0);
}

TEST(Policy, RecordsEveryChangeOnItsStream) {
  Policy policy({.heartbeat_windows = 5, .change_stream = Stream::kBulk});
  (void)policy.on(kQuiet);
  const Action action = policy.on(kToNormal);
  EXPECT_TRUE(action.record);
  EXPECT_EQ(action.stream, Stream::kBulk);
  EXPECT_TRUE(policy.on(kToAlarm).record);
}

TEST(Policy, CanRecordOnlyChangesToAbnormal) {
  Policy policy({.changes = Changes::kToAbnormal});
  EXPECT_FALSE(policy.on(kToNormal).record);
  EXPECT_TRUE(policy.on(kToAlarm).record);
}

TEST(Policy, RepeatsAbnormalRecordsAtTheirInterval) {
  Policy policy({.abnormal_windows = 4});
  EXPECT_TRUE(policy.on(kToAlarm).record);
  const Recorded recorded = run(policy, kAlarm, 12);
  EXPECT_EQ(recorded.first, 4);
  EXPECT_EQ(recorded.count, 3);
  EXPECT_EQ(run(policy, kQuiet, 20).count, 0);
  EXPECT_EQ(run(policy, kAlarm, 3).count, 0) << "the interval begins with the first abnormal one";
}

TEST(Policy, CountsEveryRecordAsASignOfLife) {
  Policy policy({.heartbeat_windows = 10});
  (void)policy.on(kQuiet);
  EXPECT_EQ(run(policy, kQuiet, 8).count, 0);
  EXPECT_TRUE(policy.on(kToNormal).record);
  EXPECT_EQ(run(policy, kQuiet, 10).first, 10);
}

TEST(Policy, ChecksItsConfiguration) {
  EXPECT_TRUE(check(PolicyConfig{}).ok());
  EXPECT_FALSE(check(PolicyConfig{.changes = static_cast<Changes>(3)}).ok());
  EXPECT_FALSE(check(PolicyConfig{.change_stream = static_cast<Stream>(3)}).ok());
  EXPECT_FALSE(check(PolicyConfig{.abnormal_stream = static_cast<Stream>(3)}).ok());
  EXPECT_FALSE(check(PolicyConfig{.heartbeat_stream = static_cast<Stream>(255)}).ok());
}

}  // namespace
}  // namespace aiot::decide
