// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/order.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "aiot/dsp/math.hpp"
#include "aiot/dsp/speed.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

float turn_sine(float turns) {
  const float part = turns - static_cast<float>(static_cast<std::int32_t>(turns));
  return sin_turn(static_cast<std::uint32_t>(part * 4294967040.0F));
}

/// A shaft that turns once in `samples_per_turn` samples, with a line of `order` and `pulses`
/// pulses a turn, handed to a resampler in blocks.
template <std::size_t kBlock>
struct Shaft {
  float samples_per_turn = 0.0F;
  float order = 0.0F;
  std::uint32_t pulses = 1;
  std::array<float, 512> storage{};
  std::array<float, 2048> result{};
  std::size_t count = 0;

  /// The first error, if any.
  Error run(AngleResampler& resampler, std::size_t length) {
    const float spacing = samples_per_turn / static_cast<float>(pulses);
    std::size_t next = 0;
    for (std::size_t at = 0; at < length; at += kBlock) {
      std::array<float, kBlock> samples{};
      for (std::size_t i = 0; i < kBlock; ++i) {
        samples[i] = turn_sine(static_cast<float>(at + i) / samples_per_turn * order);
      }
      std::array<float, 64> positions{};
      std::size_t found = 0;
      for (; static_cast<float>(next) * spacing < static_cast<float>(at + kBlock); ++next) {
        positions[found++] = static_cast<float>(next) * spacing - static_cast<float>(at);
      }
      const auto written = resampler.run(
          samples, std::span{positions}.first(found), std::span{result}.subspan(count));
      if (!written.ok()) {
        return written.error();
      }
      count += *written;
    }
    return Error::kNone;
  }
};

TEST(AngleResampler, PutsALineThatIsLockedToTheShaftInOnePlace) {
  Shaft<100> shaft{.samples_per_turn = 123.4F, .order = 3.0F, .pulses = 1};
  AngleResampler resampler({.samples_per_rev = 64}, shaft.storage);
  ASSERT_EQ(shaft.run(resampler, 3000), Error::kNone);
  // The pulse at 0 has no samples before it; the last one at or before 2999 - 4 is number 24.
  ASSERT_EQ(shaft.count, 23U * 64U);
  for (std::size_t i = 0; i < shaft.count; ++i) {
    EXPECT_NEAR(shaft.result[i], turn_sine(3.0F * static_cast<float>(i % 64) / 64.0F), 2e-3F) << i;
  }
}

TEST(AngleResampler, TakesSeveralPulsesATurn) {
  // 50 angle samples a turn do not divide by 4 pulses: their places run across the pulses.
  Shaft<97> shaft{.samples_per_turn = 210.0F, .order = 2.0F, .pulses = 4};
  AngleResampler resampler({.pulses_per_rev = 4, .samples_per_rev = 50}, shaft.storage);
  ASSERT_EQ(shaft.run(resampler, 2910), Error::kNone);
  ASSERT_GT(shaft.count, 600U);
  for (std::size_t i = 0; i < shaft.count; ++i) {
    const float turns = 0.25F + static_cast<float>(i) / 50.0F;  // from the second pulse on
    EXPECT_NEAR(shaft.result[i], turn_sine(2.0F * turns), 2e-3F) << i;
  }
}

TEST(AngleResampler, DoesNotDependOnTheBlocks) {
  Shaft<7> small{.samples_per_turn = 123.4F, .order = 3.0F, .pulses = 1};
  Shaft<250> large{.samples_per_turn = 123.4F, .order = 3.0F, .pulses = 1};
  AngleResampler one({.samples_per_rev = 64}, small.storage);
  AngleResampler other({.samples_per_rev = 64}, large.storage);
  ASSERT_EQ(small.run(one, 1750), Error::kNone);
  ASSERT_EQ(large.run(other, 1750), Error::kNone);
  ASSERT_EQ(small.count, large.count);
  for (std::size_t i = 0; i < small.count; ++i) {
    EXPECT_NEAR(small.result[i], large.result[i], 2e-3F) << i;
  }
}

TEST(AngleResampler, FollowsAChangeOfSpeedThroughTheTacho) {
  // The phase in turns grows with the square of time; the tacho is a channel of its own.
  constexpr std::size_t kLength = 2000;
  constexpr std::size_t kBlock = 200;
  const auto turns_at = [](std::size_t i) {
    const auto t = static_cast<float>(i) / static_cast<float>(kLength);
    return 15.0F * t + 5.0F * t * t;
  };
  std::array<float, 600> storage{};
  AngleResampler resampler({.samples_per_rev = 32}, storage);
  PulseDetector detector(-0.5F, 0.0F);
  std::size_t count = 0;
  float worst = 0.0F;
  for (std::size_t at = 0; at < kLength; at += kBlock) {
    std::array<float, kBlock> samples{};
    std::array<float, kBlock> tacho{};
    for (std::size_t i = 0; i < kBlock; ++i) {
      tacho[i] = turn_sine(turns_at(at + i));
      samples[i] = turn_sine(2.0F * turns_at(at + i));
    }
    std::array<float, kBlock / 2 + 1> pulses{};
    const std::size_t found = detector.run(tacho, pulses);
    std::array<float, 512> out{};
    const auto written = resampler.run(samples, std::span{pulses}.first(found), out);
    ASSERT_TRUE(written.ok());
    for (std::size_t i = 0; i < *written; ++i, ++count) {
      const float error = out[i] - turn_sine(2.0F * static_cast<float>(count % 32) / 32.0F);
      worst = std::max(worst, error < 0.0F ? -error : error);
    }
  }
  EXPECT_EQ(count, 18U * 32U);  // pulses 1 to 19
  EXPECT_LT(worst, 0.1F);       // what a phase that is linear between pulses costs
}

TEST(AngleResampler, SaysWhenTheShaftStandsStillAndGoesOnAfterIt) {
  std::array<float, 128> storage{};
  AngleResampler resampler({.samples_per_rev = 8}, storage);
  std::array<float, 50> samples{};
  std::array<float, 64> out{};
  constexpr std::array<float, 2> kPulses = {10.0F, 30.0F};
  ASSERT_EQ(resampler.run(samples, kPulses, out).value_or(99), 8U);
  EXPECT_TRUE(resampler.run(samples, {}, out).ok());
  EXPECT_TRUE(resampler.run(samples, {}, out).ok());
  EXPECT_EQ(resampler.run(samples, {}, out).error(), Error::kNoSpace);
  EXPECT_EQ(resampler.run(samples, kPulses, out).value_or(99), 8U);
}

TEST(AngleResampler, WaitsForeverForAFirstPulseWithoutRunningOutOfSpace) {
  std::array<float, 64> storage{};
  AngleResampler resampler({.samples_per_rev = 8}, storage);
  std::array<float, 50> samples{};
  std::array<float, 64> out{};
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(resampler.run(samples, {}, out).value_or(99), 0U);
  }
}

TEST(AngleResampler, RefusesPulsesThatCanNotBe) {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  constexpr float kBad[][2] = {{30.0F, 20.0F},
                               {20.0F, 23.0F},
                               {20.0F, 50.0F},
                               {-1.0F, 20.0F},
                               {20.0F, kNone},
                               {kNone, 20.0F}};
  for (const auto& pulses : kBad) {
    std::array<float, 128> storage{};
    AngleResampler resampler({.samples_per_rev = 8}, storage);
    std::array<float, 50> samples{};
    std::array<float, 64> out{};
    EXPECT_EQ(resampler.run(samples, pulses, out).error(), Error::kInvalidArgument);
    constexpr std::array<float, 2> kGood = {10.0F, 30.0F};
    EXPECT_EQ(resampler.run(samples, kGood, out).value_or(99), 8U);
  }
}

TEST(AngleResampler, KeepsAPulseAtTheEndOfABlockUntilItsSamplesAreThere) {
  std::array<float, 128> storage{};
  AngleResampler resampler({.samples_per_rev = 8}, storage);
  std::array<float, 50> samples{};
  std::array<float, 64> out{};
  constexpr std::array<float, 2> kPulses = {10.0F, 49.5F};
  EXPECT_EQ(resampler.run(samples, kPulses, out).value_or(99), 0U);
  EXPECT_EQ(resampler.run(std::span{samples}.first(4), {}, out).value_or(99), 8U);
}

TEST(AngleResampler, CountsWhatIntervalsGive) {
  std::array<float, 128> storage{};
  const AngleResampler resampler({.pulses_per_rev = 4, .samples_per_rev = 50}, storage);
  EXPECT_EQ(resampler.angle_samples(4), 50U);
  EXPECT_EQ(resampler.angle_samples(1), 13U);
  EXPECT_EQ(resampler.angle_samples(0), 0U);
}

}  // namespace
}  // namespace aiot::dsp
