// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/trial_health.hpp"

#include <cstdint>

#include "tests/support/test.hpp"

namespace {

using namespace aiot;
using device::GoldenCheck;
using device::TrialSigns;
using device::TrialState;
using device::TrialVerdict;
using update::Cause;

constexpr device::TrialRule kRule{.windows = 5, .deadline = Duration::from_s(60)};
constexpr Duration kLate = kRule.deadline;
constexpr Duration kEarly{kRule.deadline.us - 1};
constexpr TrialVerdict kHealthy{TrialState::kHealthy, Cause::kNone};
constexpr TrialVerdict kPending{TrialState::kPending, Cause::kNone};

constexpr TrialVerdict failed(Cause cause) {
  return {TrialState::kFailed, cause};
}

struct Case {
  std::uint64_t windows;
  bool link_was_up;
  bool acknowledged;
  Duration age;
  TrialVerdict verdict;
};

// Without a watchdog reset, and with a golden window that is equal or not stated.
constexpr Case kCases[] = {
    {0, false, false, kEarly, kPending},
    {0, true, true, kEarly, kPending},
    {4, true, true, kEarly, kPending},
    {5, false, false, kEarly, kPending},
    {5, true, false, kEarly, kPending},
    {5, true, true, {0}, kHealthy},
    {5, false, true, {0}, kHealthy},  // acknowledged is what was offered before the trial
    {500, true, true, kEarly, kHealthy},
    {4, false, false, kLate, failed(Cause::kNoSamples)},
    {4, true, false, kLate, failed(Cause::kNoSamples)},
    {4, true, true, kLate, failed(Cause::kNoSamples)},
    {5, true, false, kLate, failed(Cause::kNotDelivered)},
    {5, false, false, kLate, kHealthy},
    {5, true, true, kLate, kHealthy},
};

TrialSigns signs_of(const Case& c) {
  return {.windows = c.windows,
          .link_was_up = c.link_was_up,
          .acknowledged = c.acknowledged,
          .age = c.age};
}

TEST(TrialHealth, IsJudgedByWindowsDeliveryAndDeadline) {
  for (const Case& c : kCases) {
    EXPECT_TRUE(device::judge_trial(kRule, signs_of(c)) == c.verdict);
  }
}

TEST(TrialHealth, AnEqualGoldenWindowCountsAsOneThatIsNotStated) {
  for (const Case& c : kCases) {
    TrialSigns signs = signs_of(c);
    signs.golden = GoldenCheck::kEqual;
    EXPECT_TRUE(device::judge_trial(kRule, signs) == c.verdict);
  }
}

TEST(TrialHealth, AnotherGoldenOutputFailsAtOnceWhateverElseIsWell) {
  for (const Case& c : kCases) {
    TrialSigns signs = signs_of(c);
    signs.golden = GoldenCheck::kDiffers;
    EXPECT_TRUE(device::judge_trial(kRule, signs) == failed(Cause::kGoldenWindow));
  }
}

TEST(TrialHealth, AWatchdogResetFailsBeforeAllElse) {
  for (const Case& c : kCases) {
    for (const GoldenCheck golden :
         {GoldenCheck::kNotStated, GoldenCheck::kEqual, GoldenCheck::kDiffers}) {
      TrialSigns signs = signs_of(c);
      signs.golden = golden;
      signs.watchdog_reset = true;
      EXPECT_TRUE(device::judge_trial(kRule, signs) == failed(Cause::kWatchdog));
    }
  }
}

}  // namespace
