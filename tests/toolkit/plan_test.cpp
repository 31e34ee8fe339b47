// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/plan.hpp"

#include <algorithm>

#include "aiot/toolkit/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit::plan {
namespace {

constexpr std::uint64_t kEffort = 200'000;

std::uint64_t bound_of(const Task& task, std::uint32_t alignment) {
  const auto bounds = lower_bounds(task, alignment);
  return bounds.empty() ? 0 : *std::max_element(bounds.begin(), bounds.end());
}

/// A network of random shape: every instruction reads one or two blocks that are there and writes
/// a new one; some have scratch, some may overlap.
Task random_task(Random& random, std::uint32_t instructions) {
  Task task;
  task.blocks.push_back({1 + random.below(3000), 0, 0});
  std::vector<std::vector<std::size_t>> read_at(instructions);
  for (std::uint32_t at = 0; at < instructions; ++at) {
    const std::size_t reads = 1 + random.below(2);
    for (std::size_t i = 0; i < reads; ++i) {
      const auto count = static_cast<std::uint32_t>(task.blocks.size());
      const std::size_t block = count - 1 - random.below(std::min<std::uint32_t>(count, 4));
      task.blocks[block].last = at;
      if (read_at[at].empty() || read_at[at].back() != block) {
        read_at[at].push_back(block);
      }
    }
    task.blocks.push_back({random.below(3000), at, at});
  }
  for (std::uint32_t at = 0; at < instructions; ++at) {
    for (const std::size_t input : read_at[at]) {
      const std::size_t output = at + 1;
      if (task.blocks[input].last == at && random.below(2) == 0) {
        task.overlaps.push_back({output, input, 4 * random.below(500)});
      }
    }
  }
  for (std::uint32_t at = 0; at < instructions; ++at) {
    task.blocks.push_back({random.below(2) == 0 ? 0 : random.below(800), at, at});
  }
  return task;
}

TEST(Plan, KeepsBlocksThatLiveTogetherApart) {
  Random random(11, 0);
  for (std::uint32_t round = 0; round < 200; ++round) {
    const Task task = random_task(random, 1 + random.below(30));
    for (const std::uint32_t alignment : {4U, 16U}) {
      const Plan plan = place(task, alignment, kEffort / 10);
      EXPECT_TRUE(is_valid(task, plan, alignment));
      EXPECT_GE(plan.bytes, bound_of(task, alignment));
    }
  }
}

TEST(Plan, ComesNearTheLowerBound) {
  Random random(12, 0);
  std::uint64_t bytes = 0;
  std::uint64_t bounds = 0;
  for (std::uint32_t round = 0; round < 40; ++round) {
    const Task task = random_task(random, 12);
    bytes += place(task, 4, kEffort).bytes;
    bounds += bound_of(task, 4);
  }
  EXPECT_LE(bytes, bounds + bounds / 25);
}

TEST(Plan, IsTheSameEveryTime) {
  Random random(13, 0);
  const Task task = random_task(random, 40);
  EXPECT_EQ(place(task, 4, kEffort).offsets, place(task, 4, kEffort).offsets);
}

TEST(Plan, PutsAnOutputOverItsInputWhereTheLeadAllows) {
  const Task in_place{{{1000, 0, 0}, {1000, 0, 1}}, {{1, 0, 0}}};
  EXPECT_EQ(place(in_place, 4, kEffort).bytes, 1000U);
  const Task behind{{{1000, 0, 0}, {1000, 0, 1}}, {{1, 0, 64}}};
  const Plan plan = place(behind, 4, kEffort);
  EXPECT_EQ(plan.bytes, 1064U);
  EXPECT_EQ(plan.offsets[0], plan.offsets[1] + 64);
}

TEST(Plan, DoesWithoutAnOverlapThatSavesNothing) {
  const Task task{{{1000, 0, 0}, {1000, 0, 1}}, {{1, 0, 5000}}};
  EXPECT_EQ(place(task, 4, kEffort).bytes, 2000U);
}

TEST(Plan, ReachesTheBoundOfAResidualBlock) {
  // x stays for the addition; y = f(x), z = g(y) over y, x + z over z.
  const Task task{{{4096, 0, 2}, {4096, 0, 1}, {4096, 1, 2}, {4096, 2, 3}},
                  {{2, 1, 132}, {3, 0, 0}, {3, 2, 0}}};
  const Plan plan = place(task, 4, kEffort);
  EXPECT_TRUE(is_valid(task, plan, 4));
  EXPECT_EQ(bound_of(task, 4), 8324U);
  EXPECT_EQ(plan.bytes, 8324U);
}

TEST(Plan, FindsWhatNoGreedyOrderFinds) {
  const Task task{{{4, 4, 5}, {8, 0, 2}, {4, 2, 3}, {16, 3, 3}, {12, 0, 1}}, {}};
  EXPECT_GT(place(task, 4, 0).bytes, bound_of(task, 4));
  const Plan plan = place(task, 4, kEffort);
  EXPECT_TRUE(is_valid(task, plan, 4));
  EXPECT_EQ(plan.bytes, bound_of(task, 4));
}

TEST(Plan, PlacesHundredsOfOperatorsQuickly) {
  Random random(14, 0);
  const Task task = random_task(random, 600);
  const Plan plan = place(task, 4, 3'000'000);
  EXPECT_TRUE(is_valid(task, plan, 4));
}

TEST(Plan, OfNothingIsNothing) {
  EXPECT_EQ(place({}, 16, kEffort).bytes, 0U);
  EXPECT_EQ(place({{{0, 0, 0}}, {}}, 16, kEffort).bytes, 0U);
}

TEST(Plan, ValidityIsJudgedByEveryRule) {
  const Task task{{{16, 0, 0}, {16, 0, 0}}, {{1, 0, 8}}};
  EXPECT_TRUE(is_valid(task, {{0, 16}, 32}, 4));
  EXPECT_TRUE(is_valid(task, {{8, 0}, 24}, 4));
  EXPECT_FALSE(is_valid(task, {{4, 0}, 20}, 4));   // the lead
  EXPECT_FALSE(is_valid(task, {{0, 8}, 24}, 4));   // the wrong way round
  EXPECT_FALSE(is_valid(task, {{8, 0}, 20}, 4));   // beyond the end
  EXPECT_FALSE(is_valid(task, {{8, 0}, 24}, 16));  // not aligned
  EXPECT_FALSE(is_valid(task, {{8}, 24}, 4));
}

}  // namespace
}  // namespace aiot::toolkit::plan
