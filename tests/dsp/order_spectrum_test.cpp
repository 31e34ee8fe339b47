// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/order_spectrum.hpp"

#include <algorithm>
#include <array>

#include "aiot/dsp/math.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp {
namespace {

constexpr std::uint32_t kLength = 1024;
constexpr std::uint32_t kFactor = 4;

std::array<float, order_taps(kFactor)> taps;
std::array<float, OrderSpectrum::delay_floats(kFactor)> delay;
std::array<float, kLength> signal;
std::array<float, kLength / 2 + 1> power;
std::array<float, kLength> scratch;

OrderSpectrum make(const OrderPlan& plan) {
  const OrderSpectrum::Memory memory{
      .taps = std::span(taps).first(order_taps(plan.factor)),
      .delay = std::span(delay).first(OrderSpectrum::delay_floats(plan.factor)),
      .signal = signal,
      .power = power};
  return OrderSpectrum(plan, memory);
}

/// `count` samples of a tone at `order` of a shaft of 25 Hz, at 12800 Hz, from sample `from` on.
void feed(OrderSpectrum& spectrum, float order, std::uint32_t from, std::uint32_t count) {
  std::array<float, 256> piece{};
  for (std::uint32_t at = 0; at < count; at += 256) {
    for (std::uint32_t i = 0; i < 256; ++i) {
      const float turns = order * 25.0F / 12800.0F * static_cast<float>((from + at + i) % 51200U);
      piece[i] = 5.0F + sin(2.0F * kPi * turns);
    }
    spectrum.add(piece, scratch);
  }
}

std::size_t loudest() {
  return static_cast<std::size_t>(std::max_element(power.begin(), power.end()) - power.begin());
}

TEST(PlanOrders, DecimatesToTheRateThatTheShaftNeeds) {
  const OrderPlan plan =
      plan_orders(12800.0F, 25.0F, {.samples_per_revolution = 100.0F, .longest = 8192});
  EXPECT_EQ(plan.factor, 5U);
  EXPECT_EQ(plan.length, 8192U);  // 64 revolutions are 6554 samples
  EXPECT_NEAR(plan.revolutions, 80.0F, 0.01F);
  EXPECT_NEAR(plan.order_step, 1.0F / 80.0F, 1e-6F);
}

TEST(PlanOrders, TakesWhatMemoryThereIs) {
  const OrderPlan plan =
      plan_orders(12800.0F, 25.0F, {.samples_per_revolution = 100.0F, .longest = 2048});
  EXPECT_EQ(plan.length, 2048U);
  EXPECT_NEAR(plan.revolutions, 20.0F, 0.01F);
}

TEST(PlanOrders, ShortensTransformsOfAShortSignal) {
  OrderTarget target{.samples_per_revolution = 50.0F, .longest = 8192, .duration_s = 2.0F};
  EXPECT_EQ(plan_orders(12800.0F, 25.0F, target).length, 1024U);  // 2560 samples hold four
  target.duration_s = 0.1F;
  EXPECT_EQ(plan_orders(12800.0F, 25.0F, target).length, 256U);
}

TEST(PlanOrders, StaysWithinTheDecimatorForSlowShafts) {
  const OrderPlan plan = plan_orders(50000.0F, 1.0F, {.samples_per_revolution = 50.0F});
  EXPECT_EQ(plan.factor, kMaxFactor);
}

TEST(OrderSpectrum, ShowsATonesOrderAndNotTheMean) {
  OrderSpectrum spectrum = make({kFactor, kLength, 0.125F, 8.0F});
  feed(spectrum, 3.5F, 0, 12800);
  EXPECT_EQ(spectrum.averages(), 5U);  // 3200 samples
  EXPECT_EQ(loudest(), 28U);
  EXPECT_LT(power[0], 1e-3F * power[28]);
}

TEST(OrderSpectrum, DoesNotDependOnHowTheStreamIsCut) {
  OrderSpectrum whole = make({kFactor, kLength, 0.125F, 8.0F});
  feed(whole, 3.3F, 0, 12800);
  const auto expected = power;
  OrderSpectrum pieces = make({kFactor, kLength, 0.125F, 8.0F});
  feed(pieces, 3.3F, 0, 2560);
  feed(pieces, 3.3F, 2560, 10240);
  EXPECT_TRUE(power == expected);
}

TEST(OrderSpectrum, RejectsWhatIsBeyondTheDecimatedRate) {
  OrderSpectrum spectrum = make({kFactor, kLength, 0.125F, 8.0F});
  feed(spectrum, 110.0F, 0, 6400);  // would come back at order 18
  spectrum.restart_average();       // without the jump at the start
  feed(spectrum, 110.0F, 6400, 12800);
  EXPECT_LT(*std::max_element(power.begin(), power.end()), 6.0F * 0.5F * 4e-5F);
}

TEST(OrderSpectrum, BeginsItsAverageAnewWhenAsked) {
  OrderSpectrum spectrum = make({kFactor, kLength, 0.125F, 8.0F});
  feed(spectrum, 3.5F, 0, 12800);
  spectrum.restart_average();
  EXPECT_EQ(spectrum.averages(), 0U);
  feed(spectrum, 6.0F, 12800, 12800);
  EXPECT_EQ(loudest(), 48U);
}

TEST(OrderSpectrum, PutsNothingTogetherAcrossAnInterruption) {
  OrderSpectrum spectrum = make({1, kLength, 0.1F, 10.0F});
  feed(spectrum, 3.5F, 0, 768);
  spectrum.interrupt();
  feed(spectrum, 3.5F, 0, 768);
  EXPECT_EQ(spectrum.averages(), 0U);
  feed(spectrum, 3.5F, 768, 256);
  EXPECT_EQ(spectrum.averages(), 1U);
}

}  // namespace
}  // namespace aiot::dsp
