// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/scores.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

std::vector<ScoredRecording> three_bearings() {
  return {{.file = "a", .group = "g1", .truth = 0, .scores = {0.9, 0.1}},
          {.file = "b", .group = "g1", .truth = 0, .scores = {0.8, 0.2}},
          {.file = "c", .group = "g2", .truth = 0, .scores = {0.3, 0.7}},
          {.file = "d", .group = "g3", .truth = 1, .scores = {0.4, 0.6}},
          {.file = "e", .group = "g4", .truth = 1, .scores = {0.1, 0.9}}};
}

TEST(Auroc, CountsHowOftenAPositiveIsAboveANegative) {
  const std::array<double, 3> positives{3.0, 5.0, 1.0};
  const std::array<double, 2> negatives{2.0, 4.0};
  EXPECT_NEAR(*auroc(positives, negatives), 3.0 / 6.0, 1e-12);
}

TEST(Auroc, CountsTiesHalf) {
  const std::array<double, 2> positives{1.0, 2.0};
  const std::array<double, 2> negatives{1.0, 1.0};
  EXPECT_NEAR(*auroc(positives, negatives), 0.75, 1e-12);
}

TEST(Auroc, IsNothingWithoutBothSidesOrWithoutNumbers) {
  const std::array<double, 1> one{1.0};
  const std::array<double, 1> none{std::numeric_limits<double>::quiet_NaN()};
  EXPECT_FALSE(auroc(one, {}).has_value());
  EXPECT_FALSE(auroc({}, one).has_value());
  EXPECT_FALSE(auroc(none, one).has_value());
}

TEST(MacroAuroc, IsTheMeanOverTheClassesThatWereAskedFor) {
  const auto recordings = three_bearings();
  const std::array<std::size_t, 2> both{0, 1};
  EXPECT_NEAR(*auroc_of(recordings, 0), 5.0 / 6.0, 1e-12);
  EXPECT_NEAR(*macro_auroc(recordings, both), 5.0 / 6.0, 1e-12);
}

TEST(BalancedAccuracy, GivesEachClassTheSameWeight) {
  EXPECT_NEAR(balanced_accuracy(three_bearings()), (2.0 / 3.0 + 1.0) / 2.0, 1e-12);
}

TEST(Bootstrap, DrawsGroupsAndNotRecordings) {
  // The share of recordings of g1 within class 0: groups are drawn, so of two draws none, one or
  // both are g1, and each brings both of its recordings.
  const auto recordings = three_bearings();
  bool whole = true;
  const auto statistic = [&whole](std::span<const ScoredRecording> drawn) {
    std::size_t a = 0;
    std::size_t b = 0;
    for (const ScoredRecording& recording : drawn) {
      a += recording.file == "a" ? 1U : 0U;
      b += recording.file == "b" ? 1U : 0U;
    }
    whole = whole && a == b;
    return std::optional(static_cast<double>(a));
  };
  const auto interval = bootstrap_over_groups(recordings, statistic, 500, 0.9, 7);
  ASSERT_TRUE(interval.has_value());
  EXPECT_TRUE(whole);
  EXPECT_NEAR(interval->low, 0.0, 1e-12);
  EXPECT_NEAR(interval->high, 2.0, 1e-12);
}

TEST(Bootstrap, IsTheSameForTheSameSeed) {
  const auto recordings = three_bearings();
  const std::array<std::size_t, 2> both{0, 1};
  const auto statistic = [&both](std::span<const ScoredRecording> drawn) {
    return macro_auroc(drawn, both);
  };
  const auto first = bootstrap_over_groups(recordings, statistic, 200, 0.95, 1);
  const auto again = bootstrap_over_groups(recordings, statistic, 200, 0.95, 1);
  ASSERT_TRUE(first.has_value() && again.has_value());
  EXPECT_EQ(first->low, again->low);
  EXPECT_EQ(first->high, again->high);
  EXPECT_LE(first->low, 5.0 / 6.0);
  EXPECT_GE(first->high, 5.0 / 6.0);
}

TEST(Bootstrap, SaysNothingWhenMostDrawsHaveNoValue) {
  const auto statistic = [](std::span<const ScoredRecording>) -> std::optional<double> {
    return std::nullopt;
  };
  EXPECT_FALSE(bootstrap_over_groups(three_bearings(), statistic, 10, 0.9, 1).has_value());
}

}  // namespace
}  // namespace aiot::toolkit
