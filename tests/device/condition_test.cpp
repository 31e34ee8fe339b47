// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/condition.hpp"

#include <array>
#include <cstdint>

#include "aiot/core/flags.hpp"
#include "tests/support/test.hpp"

namespace aiot::device {
namespace {

constexpr std::uint32_t kWindow = 2048;

using Features = std::array<float, dsp::kOctaveFeatures>;

ConditionMemory memory;
std::array<std::byte, decide::kMaxAnomalyModelBytes> room;

/// Levels of a machine that hardly changes.
Features healthy(std::uint32_t window) {
  Features features{};
  for (std::size_t i = 0; i < features.size(); ++i) {
    features[i] = 5.0F + 0.1F * static_cast<float>((window * (i + 3U)) % 7U);
  }
  return features;
}

Features louder(std::uint32_t window) {
  Features features = healthy(window);
  features[1] += 20.0F;
  return features;
}

/// A watch that has learnt 20 windows; `bytes`: what it wrote.
void learn(ConditionWatch& watch, Bytes& bytes) {
  watch.commission(20);
  for (std::uint32_t i = 0; !watch.learnt() && i < 1000; ++i) {
    watch.add(healthy(i), 0);
  }
  const Result<Bytes> result = watch.finish(room);
  ASSERT_TRUE(result.ok());
  bytes = *result;
}

/// What the watch says; nothing scored when it says nothing.
decide::AnomalyVerdict verdict_of(const ConditionWatch& watch) {
  const decide::AnomalyVerdict* const verdict = watch.verdict();
  return verdict != nullptr ? *verdict : decide::AnomalyVerdict{};
}

TEST(ConditionWatch, LearnsThenWatches) {
  ConditionWatch watch(memory, kWindow, Observation::kWindow);
  EXPECT_FALSE(watch.watching());
  EXPECT_EQ(watch.finish(room).error(), Error::kWrongState);
  Bytes bytes;
  learn(watch, bytes);
  EXPECT_TRUE(watch.watching());
  EXPECT_EQ(watch.model().windows, 20U);
  EXPECT_TRUE(watch.verdict() == nullptr);
  watch.add(healthy(1), 0);
  EXPECT_TRUE(verdict_of(watch).scored);
  EXPECT_LT(verdict_of(watch).score, 0.5F);
  for (std::uint32_t i = 0; i < 40; ++i) {
    watch.add(louder(i), 0);
  }
  EXPECT_TRUE(verdict_of(watch).alarm);
  EXPECT_EQ(verdict_of(watch).top[0].feature, 1U);
}

TEST(ConditionWatch, WatchesByWhatAnotherOneWrote) {
  ConditionWatch first(memory, kWindow, Observation::kWindow);
  Bytes bytes;
  learn(first, bytes);
  ConditionWatch second(memory, kWindow, Observation::kWindow);
  EXPECT_FALSE(second.watching());
  EXPECT_TRUE(second.load(bytes).ok());
  EXPECT_TRUE(second.watching());
  ConditionWatch other(memory, 2 * kWindow, Observation::kWindow);
  EXPECT_EQ(other.load(bytes).error(), Error::kInvalidArgument);
  EXPECT_EQ(other.load(bytes.first(bytes.size() - 1)).error(), Error::kCorrupt);
  EXPECT_FALSE(other.watching());
}

TEST(ConditionWatch, NeedsAtLeastSixObservations) {
  ConditionWatch watch(memory, kWindow, Observation::kWindow);
  watch.commission(1);
  for (std::uint32_t i = 0; i < 5; ++i) {
    watch.add(healthy(i), 0);
  }
  EXPECT_FALSE(watch.learnt());
  EXPECT_EQ(watch.finish(room).error(), Error::kWrongState);
  EXPECT_TRUE(watch.commissioning());
  watch.add(healthy(5), 0);
  EXPECT_TRUE(watch.learnt());
  EXPECT_TRUE(watch.finish(room).ok());
}

TEST(ConditionWatch, CountsNoWindowThatIsFlagged) {
  ConditionWatch watch(memory, kWindow, Observation::kWindow);
  watch.commission(6);
  for (const std::uint32_t flag : {kFlagFlatLine, kFlagDropout, kFlagSaturated, kFlagClipped}) {
    for (std::uint32_t i = 0; i < 10; ++i) {
      watch.add(healthy(i), flag);
    }
  }
  EXPECT_FALSE(watch.learnt());
  Bytes bytes;
  learn(watch, bytes);
  for (std::uint32_t i = 0; i < 40; ++i) {
    watch.add(louder(i), kFlagClipped);
  }
  EXPECT_TRUE(watch.verdict() == nullptr);
}

TEST(ConditionWatch, TakesASnapshotAsOneObservation) {
  ConditionWatch watch(memory, kWindow, Observation::kSnapshot);
  watch.commission(6);
  for (std::uint32_t i = 0; i < 18; ++i) {
    EXPECT_FALSE(watch.learnt());
    watch.add(healthy(i), i % 3 == 0 ? std::uint32_t{kFlagGapBefore} : 0U);
  }
  EXPECT_FALSE(watch.learnt());  // the sixth has not ended yet
  watch.add(healthy(0), kFlagGapBefore);
  EXPECT_TRUE(watch.learnt());
  EXPECT_TRUE(watch.finish(room).ok());
  EXPECT_EQ(watch.model().windows, 6U);
}

TEST(ConditionWatch, EndsASnapshotThatHasNoEnd) {
  ConditionWatch watch(memory, kWindow, Observation::kSnapshot);
  watch.commission(6);
  for (std::uint32_t i = 0; i < 6 * kSnapshotWindows; ++i) {
    EXPECT_FALSE(watch.learnt());
    watch.add(healthy(i), 0);
  }
  EXPECT_TRUE(watch.learnt());
}

}  // namespace
}  // namespace aiot::device
