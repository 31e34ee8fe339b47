// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/speed.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "aiot/dsp/math.hpp"
#include "aiot/dsp/spectrum.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

/// Pulses once a turn at `hz`, from `first` on, each late by up to `jitter` turns.
template <std::size_t kCount>
std::array<float, kCount> pulses_at(float hz, float first, float jitter) {
  sim::Random random(3);
  std::array<float, kCount> times{};
  for (std::size_t i = 0; i < kCount; ++i) {
    times[i] = first + (static_cast<float>(i) + jitter * random.uniform()) / hz;
  }
  return times;
}

TEST(PulseDetector, InterpolatesTheCrossing) {
  PulseDetector detector(1.0F, 3.0F);
  constexpr std::array<float, 8> kSamples = {0.0F, 2.0F, 4.0F, 4.0F, 2.0F, 0.0F, 6.0F, 0.0F};
  std::array<float, 5> found{};
  ASSERT_EQ(detector.run(kSamples, found), 2U);
  EXPECT_EQ(found[0], 1.5F);
  EXPECT_EQ(found[1], 5.5F);
}

TEST(PulseDetector, IsNotFooledByNoiseBelowTheHysteresis) {
  PulseDetector detector(1.0F, 3.0F);
  constexpr std::array<float, 9> kSamples = {0.0F, 3.5F, 2.5F, 3.5F, 1.5F, 3.5F, 0.5F, 2.5F, 0.5F};
  std::array<float, 5> found{};
  EXPECT_EQ(detector.run(kSamples, found), 1U);
}

TEST(PulseDetector, GoesOnFromBlockToBlock) {
  std::array<float, 200> channel{};
  for (std::size_t i = 0; i < channel.size(); ++i) {
    channel[i] = sin_turn(static_cast<std::uint32_t>(i) * 100000000U);
  }
  std::array<float, 101> whole{};
  PulseDetector one(-0.2F, 0.2F);
  const std::size_t count = one.run(channel, whole);
  EXPECT_EQ(count, 4U);  // 4.66 turns, and the first begins high
  PulseDetector other(-0.2F, 0.2F);
  std::size_t seen = 0;
  for (std::size_t at = 0; at < channel.size(); at += 7) {
    std::array<float, 4> part{};
    const std::size_t size = std::min<std::size_t>(7, channel.size() - at);
    const std::size_t found = other.run(std::span{channel}.subspan(at, size), part);
    for (std::size_t i = 0; i < found; ++i) {
      EXPECT_GT(part[i], -1.0F);
      EXPECT_NEAR(static_cast<float>(at) + part[i], whole[seen], 1e-4F);
      ++seen;
    }
  }
  EXPECT_EQ(seen, count);
}

TEST(PulseDetector, WaitsUntilAChannelThatBeginsHighWasLow) {
  PulseDetector detector(1.0F, 3.0F);
  constexpr std::array<float, 5> kSamples = {5.0F, 5.0F, 0.0F, 5.0F, 5.0F};
  std::array<float, 3> found{};
  EXPECT_EQ(detector.run(kSamples, found), 1U);
}

TEST(RepairPulses, LeavesGoodOnesAlone) {
  const auto pulses = pulses_at<40>(25.0F, 0.1F, 0.05F);
  std::array<float, 160> out{};
  const auto repaired = repair_pulses(pulses, out);
  ASSERT_TRUE(repaired.ok());
  EXPECT_EQ((*repaired).count, pulses.size());
  EXPECT_EQ((*repaired).missing, 0U);
  EXPECT_EQ((*repaired).doubled, 0U);
  EXPECT_EQ((*repaired).confidence, 1.0F);
  EXPECT_TRUE(std::equal(pulses.begin(), pulses.end(), out.begin()));
}

TEST(RepairPulses, PutsInTheMissingAndTakesOutTheDoubled) {
  const auto good = pulses_at<20>(25.0F, 0.1F, 0.0F);
  std::array<float, 19> bad{};
  std::size_t size = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (i == 5 || i == 12 || i == 13) {
      continue;
    }
    bad[size++] = good[i];
    if (i == 9 || i == 19) {
      bad[size++] = good[i] + 0.003F;
    }
  }
  ASSERT_EQ(size, bad.size());
  std::array<float, 80> out{};
  const auto repaired = repair_pulses(bad, out);
  ASSERT_TRUE(repaired.ok());
  EXPECT_EQ((*repaired).count, good.size());
  EXPECT_EQ((*repaired).missing, 3U);
  EXPECT_EQ((*repaired).doubled, 2U);
  EXPECT_LT((*repaired).confidence, 0.9F);
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_NEAR(out[i], good[i], 1e-5F) << i;
  }
}

TEST(RepairPulses, FollowsARunUp) {
  std::array<float, 60> pulses{};
  float time = 0.0F;
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    pulses[i] = time;
    time += 1.0F / (10.0F + static_cast<float>(i));
  }
  std::array<float, 240> out{};
  const auto repaired = repair_pulses(pulses, out);
  ASSERT_TRUE(repaired.ok());
  EXPECT_EQ((*repaired).count, pulses.size());
  EXPECT_EQ((*repaired).confidence, 1.0F);
}

TEST(RepairPulses, RefusesWhatIsNoTrain) {
  std::array<float, 160> out{};
  auto pulses = pulses_at<20>(25.0F, 0.1F, 0.0F);
  EXPECT_EQ(repair_pulses(std::span{pulses}.first(2), out).error(), Error::kInvalidArgument);
  EXPECT_EQ(repair_pulses(pulses, std::span{out}.first(19)).error(), Error::kNoSpace);
  EXPECT_EQ(repair_pulses(pulses, {}).error(), Error::kNoSpace);
  std::swap(pulses[4], pulses[5]);
  EXPECT_EQ(repair_pulses(pulses, out).error(), Error::kInvalidArgument);
  std::swap(pulses[4], pulses[5]);
  pulses[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(repair_pulses(pulses, out).error(), Error::kInvalidArgument);
  pulses = pulses_at<20>(25.0F, 0.1F, 0.0F);
  for (std::size_t i = 10; i < 20; ++i) {
    pulses[i] += 1.0F;  // 25 turns without a pulse
  }
  EXPECT_EQ(repair_pulses(pulses, out).error(), Error::kCorrupt);
}

TEST(SpeedFromPulses, CountsTurnsByTime) {
  const auto pulses = pulses_at<61>(60.0F, 2.0F, 0.0F);
  std::array<float, 244> work{};
  const auto speed = speed_from_pulses(pulses, 4, work);
  ASSERT_TRUE(speed.ok());
  EXPECT_NEAR((*speed).hz, 15.0F, 1e-3F);
  EXPECT_EQ((*speed).confidence, 1.0F);
  EXPECT_EQ(speed_from_pulses(pulses, 0, work).error(), Error::kInvalidArgument);
}

constexpr std::size_t kLength = 2048;
constexpr std::size_t kBins = kLength / 2 + 1;
constexpr float kRate = 1024.0F;

/// Mean of the spectra of `blocks` blocks: lines of a shaft in noise of rms 1.
struct Machine {
  std::array<float, kBins> power{};
  std::array<float, kLength> samples{};
  std::array<float, kLength> out{};

  Machine(float shaft_hz, std::span<const float> amplitudes, int blocks, std::uint64_t seed) {
    sim::Random random(seed);
    const float step = shaft_hz / kRate * 4294967296.0F;
    std::uint32_t phase = random.next32();
    for (int block = 0; block < blocks; ++block) {
      for (float& x : samples) {
        x = random.normal();
        for (std::uint32_t h = 0; h < amplitudes.size(); ++h) {
          x += amplitudes[h] * sin_turn((h + 1) * phase + h * 1234567890U);
        }
        phase += static_cast<std::uint32_t>(step);
      }
      mean_square_spectrum(samples, 0.0F, out);
      for (std::size_t k = 0; k < kBins; ++k) {
        power[k] += out[k];
      }
    }
  }

  [[nodiscard]] ShaftSpeed found(float lo_hz, float hi_hz) {
    std::array<float, 2 * kBins> work{};
    const auto speed = estimate_speed(power, kRate, {.lo_hz = lo_hz, .hi_hz = hi_hz}, work);
    EXPECT_TRUE(speed.ok());
    return speed.value_or({});
  }
};

constexpr std::array<float, 6> kLines = {0.3F, 0.5F, 0.2F, 0.4F, 0.15F, 0.25F};

TEST(EstimateSpeed, FindsTheCombOfAShaft) {
  for (const float hz : {7.3F, 24.77F, 29.1F, 48.9F}) {
    Machine machine(hz, kLines, 8, 5);
    const ShaftSpeed narrow = machine.found(0.9F * hz, 1.1F * hz);
    EXPECT_NEAR(narrow.hz, hz, 0.002F * hz);
    EXPECT_GE(narrow.confidence, kUsableSpeed) << hz;
    const ShaftSpeed wide = machine.found(5.0F, 120.0F);
    EXPECT_NEAR(wide.hz, hz, 0.002F * hz);
    EXPECT_GE(wide.confidence, kUsableSpeed) << hz;
  }
}

TEST(EstimateSpeed, FindsASingleLineInANarrowRange) {
  constexpr std::array<float, 1> kOne = {1.0F};
  Machine machine(31.4F, kOne, 8, 7);
  const ShaftSpeed speed = machine.found(28.0F, 35.0F);
  EXPECT_NEAR(speed.hz, 31.4F, 0.05F);
  EXPECT_GE(speed.confidence, kUsableSpeed);
}

TEST(EstimateSpeed, RefusesNoise) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Machine machine(1.0F, {}, 4, 100 + seed);
    EXPECT_LT(machine.found(27.0F, 33.0F).confidence, 0.1F) << seed;
    EXPECT_LT(machine.found(5.0F, 120.0F).confidence, 0.1F) << seed;
  }
}

TEST(EstimateSpeed, RefusesSilence) {
  Machine machine(1.0F, {}, 1, 1);
  machine.power.fill(0.0F);
  EXPECT_EQ(machine.found(27.0F, 33.0F).confidence, 0.0F);
}

TEST(EstimateSpeed, SaysWhatItCanNotLookFor) {
  Machine machine(1.0F, {}, 1, 1);
  std::array<float, 2 * kBins> work{};
  const auto error = [&](const SpeedSearch& search) {
    return estimate_speed(machine.power, kRate, search, work).error();
  };
  EXPECT_EQ(error({.lo_hz = 10.0F, .hi_hz = 10.0F}), Error::kInvalidArgument);
  EXPECT_EQ(error({.lo_hz = 0.0F, .hi_hz = 10.0F}), Error::kInvalidArgument);
  EXPECT_EQ(error({.lo_hz = 10.0F, .hi_hz = std::numeric_limits<float>::infinity()}),
            Error::kInvalidArgument);
  EXPECT_EQ(error({.lo_hz = std::numeric_limits<float>::quiet_NaN(), .hi_hz = 20.0F}),
            Error::kInvalidArgument);
  EXPECT_EQ(error({.lo_hz = 10.0F, .hi_hz = 20.0F, .harmonics = 0}), Error::kInvalidArgument);
  EXPECT_EQ(error({.lo_hz = 10.0F, .hi_hz = 20.0F, .harmonics = 33}), Error::kInvalidArgument);
  EXPECT_EQ(error({.lo_hz = 1.9F, .hi_hz = 20.0F}), Error::kOutOfRange);
  EXPECT_EQ(error({.lo_hz = 10.0F, .hi_hz = 257.0F}), Error::kOutOfRange);
  EXPECT_EQ(error({.lo_hz = 2.0F, .hi_hz = 256.0F}), Error::kNone);
}

}  // namespace
}  // namespace aiot::dsp
