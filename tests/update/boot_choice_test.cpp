// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/update/boot_choice.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tests/support/test.hpp"

namespace {

using namespace aiot;
using update::BootChoice;
using update::BootStep;
using update::Cause;
using update::choose_boot;
using update::RecordAccess;
using update::SlotCheck;
using update::SlotPair;
using update::SlotRecord;
using update::SlotReport;
using update::SlotState;

/// What applies when no slot is the factory's; the first row that matches. "*": whatever it is,
/// "|": one of several, "-": there is no such slot.
///
/// trial: "new" never started, "started", "spent" without tries left.
/// A report is "unknown", "good" (the image of the record), "other" (a good one, but not that of
/// the record) or "bad".
/// active: the active slot when it is confirmed; other: the other slot when it is.
struct Row {
  std::string_view record;
  std::string_view reset;
  std::string_view trial;
  std::string_view trial_report;
  std::string_view active_report;
  std::string_view other_report;
  std::string_view step;    ///< and the slot
  std::string_view change;  ///< of the trial's record
};

// clang-format off
constexpr Row kRows[] = {
  // record       reset       trial          its report   active     other       step             trial becomes
  // A trial that has tries left is started, with one less.
  {"writable",   "other",    "new|started", "unknown",   "*",       "*",       "verify trial",  "same"},
  {"writable",   "other",    "new|started", "good",      "*",       "*",       "start trial",   "one try less"},
  // A watchdog reset counts only when the trial has run.
  {"writable",   "watchdog", "new",         "unknown",   "*",       "*",       "verify trial",  "same"},
  {"writable",   "watchdog", "new",         "good",      "*",       "*",       "start trial",   "one try less"},
  // A trial that can not go on is returned, and the active slot is started in the same step.
  {"writable",   "watchdog", "started|spent", "*",       "unknown", "*",       "verify active", "same"},
  {"writable",   "watchdog", "started|spent", "*",       "good",    "*",       "start active",  "watchdog"},
  {"writable",   "watchdog", "started|spent", "*",       "*",       "*",       "recover",       "watchdog"},
  {"writable",   "other",    "spent",       "*",         "unknown", "*",       "verify active", "same"},
  {"writable",   "other",    "spent",       "*",         "good",    "*",       "start active",  "tries used up"},
  {"writable",   "other",    "spent",       "*",         "*",       "*",       "recover",       "tries used up"},
  {"writable",   "*",        "new|started", "bad|other", "unknown", "*",       "verify active", "same"},
  {"writable",   "*",        "new|started", "bad|other", "good",    "*",       "start active",  "bad image"},
  {"writable",   "*",        "new|started", "bad|other", "*",       "*",       "recover",       "bad image"},
  // No trial, or a record that takes no changes: what is confirmed, the active slot first.
  {"*",          "*",        "*",           "*",         "unknown", "*",       "verify active", "same"},
  {"*",          "*",        "*",           "*",         "good",    "*",       "start active",  "same"},
  {"*",          "*",        "*",           "*",         "*",       "unknown", "verify other",  "same"},
  {"*",          "*",        "*",           "*",         "*",       "good",    "start other",   "same"},
  {"*",          "*",        "*",           "*",         "*",       "*",       "recover",       "same"},
};

// clang-format on

bool matches(std::string_view pattern, std::string_view value) {
  if (pattern == "*") {
    return true;
  }
  for (;;) {
    const std::size_t bar = pattern.find('|');
    if (std::string_view(pattern.data(), std::min(bar, pattern.size())) == value) {
      return true;
    }
    if (bar == std::string_view::npos) {
      return false;
    }
    pattern.remove_prefix(bar + 1);
  }
}

constexpr update::ImageId kImages[2] = {{std::byte{0xA}}, {std::byte{0xB}}};

/// All records of a slot that make a difference.
constexpr SlotRecord kRecords[] = {
    {},
    {.state = SlotState::kReceiving, .progress = 4096},
    {.state = SlotState::kTrial, .tries = 3},
    {.state = SlotState::kTrial, .tries = 2},
    {.state = SlotState::kTrial, .tries = 1},
    {.state = SlotState::kTrial, .tries = 0},
    {.state = SlotState::kConfirmed},
    {.state = SlotState::kReturned, .cause = Cause::kRequest},
    {.state = SlotState::kReturned, .cause = Cause::kWatchdog, .told = true},
};

constexpr std::string_view kReports[] = {"unknown", "good", "other", "bad"};

constexpr hal::ResetCause kCauses[] = {hal::ResetCause::kUnknown,
                                       hal::ResetCause::kPowerOn,
                                       hal::ResetCause::kPin,
                                       hal::ResetCause::kSoftware,
                                       hal::ResetCause::kWatchdog};

SlotReport make_report(std::string_view name, std::uint8_t slot) {
  SlotReport report;
  report.check = name == "unknown" ? SlotCheck::kUnknown
                 : name == "bad"   ? SlotCheck::kBad
                                   : SlotCheck::kGood;
  report.id = kImages[slot];
  if (name == "other") {
    report.id[15] = std::byte{1};
  }
  return report;
}

struct Case {
  SlotPair pair;
  RecordAccess access = RecordAccess::kWritable;
  std::array<std::string_view, 2> reports;
  hal::ResetCause cause = hal::ResetCause::kUnknown;
};

BootChoice choose(const Case& c) {
  return choose_boot(
      c.pair, c.access, make_report(c.reports[0], 0), make_report(c.reports[1], 1), c.cause);
}

/// Calls `check` for each combination of pair, access, reports and cause; their number.
template <class Check>
std::uint32_t for_all(Check check) {
  std::uint32_t cases = 0;
  for (const SlotRecord& a : kRecords) {
    for (const SlotRecord& b : kRecords) {
      for (std::uint8_t active = 0; active < 2; ++active) {
        Case c;
        c.pair = {.counter = 0, .active = active, .slot = {a, b}};
        for (std::uint8_t i = 0; i < 2; ++i) {
          if (c.pair.slot[i].state != SlotState::kEmpty) {
            c.pair.slot[i].id = kImages[i];
          }
        }
        if (!update::is_valid(c.pair)) {
          continue;
        }
        for (const auto access : {RecordAccess::kWritable, RecordAccess::kReadOnly}) {
          for (const auto report_a : kReports) {
            for (const auto report_b : kReports) {
              for (const auto cause : kCauses) {
                c.access = access;
                c.reports = {report_a, report_b};
                c.cause = cause;
                check(c);
                ++cases;
              }
            }
          }
        }
      }
    }
  }
  return cases;
}

/// The slots of a case by what they are for; -1: there is none.
struct Roles {
  int trial = -1;
  int active = -1;
  int other = -1;
};

Roles roles_of(const SlotPair& pair) {
  Roles roles;
  for (int i = 0; i < 2; ++i) {
    const SlotState state = pair.slot[static_cast<std::size_t>(i)].state;
    if (state == SlotState::kTrial) {
      roles.trial = i;
    } else if (state == SlotState::kConfirmed) {
      (i == pair.active ? roles.active : roles.other) = i;
    }
  }
  return roles;
}

std::string_view trial_word(const Case& c, int trial) {
  if (trial < 0) {
    return "-";
  }
  const std::uint8_t tries = c.pair.slot[static_cast<std::size_t>(trial)].tries;
  return tries == update::kTrialTries ? "new" : tries == 0 ? "spent" : "started";
}

const Row* row_of(const Case& c, const Roles& roles) {
  const auto report = [&](int slot) {
    return slot < 0 ? std::string_view("-") : c.reports[static_cast<std::size_t>(slot)];
  };
  for (const Row& row : kRows) {
    if (matches(row.record, c.access == RecordAccess::kWritable ? "writable" : "read-only") &&
        matches(row.reset, c.cause == hal::ResetCause::kWatchdog ? "watchdog" : "other") &&
        matches(row.trial, trial_word(c, roles.trial)) &&
        matches(row.trial_report, report(roles.trial)) &&
        matches(row.active_report, report(roles.active)) &&
        matches(row.other_report, report(roles.other))) {
      return &row;
    }
  }
  return nullptr;
}

SlotPair changed(const Case& c, const Roles& roles, std::string_view change) {
  SlotPair pair = c.pair;
  if (change == "same") {
    return pair;
  }
  SlotRecord& trial = pair.slot[static_cast<std::size_t>(roles.trial)];
  if (change == "one try less") {
    --trial.tries;
    return pair;
  }
  trial.state = SlotState::kReturned;
  trial.tries = 0;
  trial.cause = change == "watchdog"        ? Cause::kWatchdog
                : change == "tries used up" ? Cause::kTriesUsedUp
                                            : Cause::kBadImage;
  return pair;
}

TEST(BootChoice, IsThatOfTheTableInEveryCase) {
  std::array<std::uint32_t, std::size(kRows)> used{};
  const std::uint32_t cases = for_all([&](const Case& c) {
    if (update::is_factory(c.pair)) {
      return;
    }
    const Roles roles = roles_of(c.pair);
    const Row* const row = row_of(c, roles);
    ASSERT_TRUE(row != nullptr);
    ++used[static_cast<std::size_t>(row - kRows)];
    const BootChoice choice = choose(c);
    const std::string_view step(row->step.data(), std::min(row->step.find(' '), row->step.size()));
    ASSERT_TRUE(choice.step == (step == "verify"  ? BootStep::kVerify
                                : step == "start" ? BootStep::kStart
                                                  : BootStep::kRecover));
    if (step != "recover") {
      std::string_view slot = row->step;
      slot.remove_prefix(step.size() + 1);
      const int expected = slot == "trial"    ? roles.trial
                           : slot == "active" ? roles.active
                                              : roles.other;
      ASSERT_EQ(static_cast<int>(choice.slot), expected);
    }
    ASSERT_TRUE(choice.next == changed(c, roles, row->change));
    ASSERT_EQ(choice.write, row->change != "same");
  });
  EXPECT_GT(cases, 8000U);
  for (const std::uint32_t n : used) {
    EXPECT_GT(n, 0U);  // no row stands there for nothing
  }
}

TEST(BootChoice, NeverStartsWhatIsNotGoodOrWasNotRecordedAsStartable) {
  for_all([](const Case& c) {
    const BootChoice choice = choose(c);
    ASSERT_TRUE(update::is_valid(choice.next));
    ASSERT_TRUE(choice.step != BootStep::kVerify || c.reports[choice.slot] == "unknown");
    if (choice.step != BootStep::kStart || update::is_factory(c.pair)) {
      return;
    }
    const SlotState state = c.pair.slot[choice.slot].state;
    ASSERT_TRUE(c.reports[choice.slot] == "good");
    ASSERT_TRUE(state == SlotState::kConfirmed || state == SlotState::kTrial);
    ASSERT_TRUE(state == SlotState::kConfirmed || choice.write);
  });
}

TEST(BootChoice, NeverConfirmsAndNeverRaisesACounter) {
  for_all([](const Case& c) {
    if (update::is_factory(c.pair)) {
      return;
    }
    const BootChoice choice = choose(c);
    ASSERT_EQ(choice.next.counter, c.pair.counter);
    ASSERT_EQ(choice.next.active, c.pair.active);
    for (std::size_t i = 0; i < 2; ++i) {
      ASSERT_EQ(choice.next.slot[i].state == SlotState::kConfirmed,
                c.pair.slot[i].state == SlotState::kConfirmed);
    }
  });
}

TEST(BootChoice, WritesNothingWithoutAccess) {
  for_all([](const Case& c) {
    if (c.access == RecordAccess::kReadOnly) {
      const BootChoice choice = choose(c);
      ASSERT_FALSE(choice.write);
      ASSERT_TRUE(choice.next == c.pair);
    }
  });
}

TEST(BootChoice, OfAnyOtherResetIsTheSame) {
  for_all([](const Case& c) {
    if (c.cause != hal::ResetCause::kWatchdog) {
      Case unknown = c;
      unknown.cause = hal::ResetCause::kUnknown;
      ASSERT_TRUE(choose(c).next == choose(unknown).next);
      ASSERT_TRUE(choose(c).step == choose(unknown).step);
    }
  });
}

SlotReport good(std::uint8_t major, std::uint32_t counter = 0) {
  SlotReport report{.check = SlotCheck::kGood, .counter = counter};
  report.version.major = major;
  report.id[0] = std::byte{major};
  return report;
}

BootChoice factory(const SlotReport& a,
                   const SlotReport& b,
                   RecordAccess access = RecordAccess::kWritable) {
  return choose_boot({}, access, a, b, hal::ResetCause::kPowerOn);
}

TEST(FactoryChoice, LooksAtBothSlotsFirst) {
  EXPECT_TRUE(factory({}, {}).step == BootStep::kVerify);
  EXPECT_EQ(factory({}, {}).slot, 0);
  EXPECT_TRUE(factory(good(1), {}).step == BootStep::kVerify);
  EXPECT_EQ(factory(good(1), {}).slot, 1);
}

TEST(FactoryChoice, IsTheHigherVersionAndAWhenTheyAreEqual) {
  const SlotReport bad{.check = SlotCheck::kBad};

  struct {
    SlotReport a;
    SlotReport b;
    int slot;  // -1: recover
  } const cases[] = {{good(1), good(2), 1},
                     {good(2), good(1), 0},
                     {good(2), good(2), 0},
                     {good(1), bad, 0},
                     {bad, good(1), 1},
                     {bad, bad, -1}};

  for (const auto& c : cases) {
    const BootChoice choice = factory(c.a, c.b);
    ASSERT_TRUE(choice.step == (c.slot < 0 ? BootStep::kRecover : BootStep::kStart));
    ASSERT_EQ(choice.write, c.slot >= 0);
    if (c.slot >= 0) {
      ASSERT_EQ(static_cast<int>(choice.slot), c.slot);
    }
  }
}

TEST(FactoryChoice, BecomesConfirmedAndActiveAndSetsTheCounter) {
  const BootChoice choice = factory(good(1), good(3, 7));
  EXPECT_EQ(choice.next.active, 1);
  EXPECT_EQ(choice.next.counter, 7U);
  EXPECT_TRUE(choice.next.slot[0] == SlotRecord{});
  EXPECT_TRUE(choice.next.slot[1].state == SlotState::kConfirmed);
  EXPECT_EQ(choice.next.slot[1].version.major, 3);
  EXPECT_EQ(choice.next.slot[1].counter, 7U);
  EXPECT_TRUE(choice.next.slot[1].id == good(3).id);
  EXPECT_TRUE(update::is_valid(choice.next));
}

TEST(FactoryChoice, StartsWithoutARecordWhenNoneCanBeWritten) {
  const BootChoice choice = factory(good(1), good(3), RecordAccess::kReadOnly);
  EXPECT_TRUE(choice.step == BootStep::kStart);
  EXPECT_EQ(choice.slot, 1);
  EXPECT_FALSE(choice.write);
}

}  // namespace
