// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/crc32.hpp"
#include "aiot/dsp/fft.hpp"
#include "aiot/dsp/math.hpp"
#include "aiot/dsp/statistics.hpp"
#include "ports/sim/machine.hpp"
#include "tests/support/test.hpp"

namespace aiot::sim {
namespace {

constexpr std::uint32_t kSize = 8192;
std::array<std::int16_t, kSize> codes;
std::array<float, kSize> values;
std::array<float, kSize> spectrum;

constexpr std::array<OperatingPoint, 1> kHealthy = {{{.shaft_hz = 29.95F}}};
constexpr std::array<OperatingPoint, 1> kOuter = {{{.shaft_hz = 29.95F, .outer = 0.8F}}};
constexpr std::array<OperatingPoint, 1> kInner = {{{.shaft_hz = 29.95F, .inner = 0.8F}}};
constexpr std::array<OperatingPoint, 1> kBall = {{{.shaft_hz = 29.95F, .ball = 0.8F}}};
/// Everything at once: speed, load and all defects change.
constexpr std::array<OperatingPoint, 3> kBusy = {{
    {.time_s = 0.0F, .shaft_hz = 20.0F, .load = 0.2F},
    {.time_s = 0.1F, .shaft_hz = 40.0F, .load = 0.9F, .outer = 0.5F, .ball = 0.4F},
    {.time_s = 0.25F, .shaft_hz = 33.0F, .load = 0.4F, .inner = 0.9F},
}};

std::uint32_t crc_of(std::span<const std::int16_t> samples) {
  std::uint32_t crc = 0;
  for (const std::int16_t sample : samples) {
    std::array<std::byte, 2> bytes{};
    store_le16(bytes.data(), static_cast<std::uint16_t>(sample));
    crc = crc32(crc, bytes);
  }
  return crc;
}

void run(std::uint64_t seed, std::span<const OperatingPoint> scenario) {
  Machine machine({.seed = seed, .scenario = scenario});
  machine.generate(codes);
  for (std::size_t i = 0; i < kSize; ++i) {
    values[i] = static_cast<float>(codes[i]) * machine.scale();
  }
}

// The trained packages and the demo stand on these samples.
TEST(Machine, SamplesAreThoseOfEveryOtherMachine) {
  Machine busy({.seed = 42, .scenario = kBusy});
  busy.generate(codes);
  EXPECT_EQ(crc_of(codes), 0xF976C6CAU);
  Machine demo({.seed = 1, .scenario = demo_scenario()});
  demo.generate(codes);
  EXPECT_EQ(crc_of(codes), 0xA9E9ACF8U);
}

TEST(Machine, SamplesDoNotDependOnTheSizesOfTheCalls) {
  Machine whole({.seed = 5, .scenario = kBusy});
  whole.generate(codes);
  const std::uint32_t expected = crc_of(codes);
  Machine pieces({.seed = 5, .scenario = kBusy});
  for (std::size_t at = 0; at < kSize;) {
    const std::size_t size = at % 97 + 1 < kSize - at ? at % 97 + 1 : kSize - at;
    pieces.generate(std::span{codes}.subspan(at, size));
    at += size;
  }
  EXPECT_EQ(crc_of(codes), expected);
  Machine skipping({.seed = 5, .scenario = kBusy});
  std::array<std::int16_t, 10> tail{};
  skipping.skip(kSize - tail.size());
  skipping.generate(tail);
  EXPECT_EQ(crc_of(tail), crc_of(std::span<const std::int16_t>{codes}.last(tail.size())));
  EXPECT_EQ(skipping.position(), kSize);
}

TEST(Machine, IsQuietWhenHealthyAndImpulsiveWhenDamaged) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(static_cast<int>(seed));
    run(seed, kHealthy);
    const dsp::Statistics healthy = dsp::statistics(values);
    EXPECT_GT(healthy.rms, 0.2F);
    EXPECT_LT(healthy.rms, 1.5F);
    EXPECT_LT(healthy.kurtosis, 3.3F);
    EXPECT_LT(healthy.crest_factor, 5.0F);
    for (const std::span<const OperatingPoint> defect :
         {std::span{kOuter}, std::span{kInner}, std::span{kBall}}) {
      run(seed, defect);
      const dsp::Statistics damaged = dsp::statistics(values);
      EXPECT_GT(damaged.kurtosis, 4.5F);
      EXPECT_GT(damaged.rms, 1.5F * healthy.rms);
      EXPECT_LT(damaged.peak, 140.0F);
    }
  }
}

/// Order (events per revolution) of the strongest line of the rectified signal between two orders.
float strongest_order(float from, float to) {
  for (float& value : values) {
    value = value < 0.0F ? -value : value;
  }
  dsp::rfft(values, dsp::mean(values), spectrum);
  const float bins_per_order = 29.95F * static_cast<float>(kSize) / 12800.0F;
  const auto first = static_cast<std::size_t>(from * bins_per_order);
  const auto last = static_cast<std::size_t>(to * bins_per_order);
  std::size_t best = first;
  float power = 0.0F;
  for (std::size_t k = first; k <= last; ++k) {
    const float here =
        spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
    if (here > power) {
      power = here;
      best = k;
    }
  }
  return static_cast<float>(best) / bins_per_order;
}

TEST(Machine, DefectsRepeatAtTheirOrders) {
  const BearingOrders orders = bearing_orders({});
  EXPECT_NEAR(orders.cage, 0.398308F, 1e-5F);
  EXPECT_NEAR(orders.outer, 3.584776F, 1e-5F);
  EXPECT_NEAR(orders.inner, 5.415224F, 1e-5F);
  EXPECT_NEAR(orders.ball, 2.356722F, 1e-5F);
  run(3, kOuter);
  EXPECT_NEAR(strongest_order(2.5F, 6.5F), orders.outer, 0.08F);
  run(3, kInner);
  EXPECT_NEAR(strongest_order(4.8F, 6.0F), orders.inner, 0.1F);
  run(3, kBall);
  EXPECT_NEAR(strongest_order(4.2F, 5.2F), 2.0F * orders.ball, 0.1F);
}

TEST(Machine, SeedsAreDifferentIndividuals) {
  run(1, kHealthy);
  const std::uint32_t one = crc_of(codes);
  run(2, kHealthy);
  EXPECT_NE(crc_of(codes), one);
}

TEST(Machine, StandsStillButForItsNoiseFloorAtSpeedZero) {
  constexpr std::array<OperatingPoint, 1> kStill = {{{.shaft_hz = 0.0F, .outer = 1.0F}}};
  run(1, kStill);
  EXPECT_LT(dsp::statistics(values).rms, 0.2F);
}

}  // namespace

// For sim_random_test.cpp.
using Uniform = float (*)(Random&, float, float);

Uniform uniform_of_machine_test() noexcept {
  return &uniform;
}

}  // namespace aiot::sim
