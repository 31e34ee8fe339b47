// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include "aiot/dsp/bearing.hpp"
#include "ports/sim/machine.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_bearing_freqs(const Vectors&, const Json& test) {
  const BearingGeometry geometry = {.balls = test.at("balls").get<std::uint32_t>(),
                                    .ball_diameter = test.at("ball_d_in").get<float>(),
                                    .pitch_diameter = test.at("pitch_d_in").get<float>(),
                                    .contact_deg = test.at("angle_deg").get<float>()};
  ASSERT_TRUE(check(geometry).ok());
  const BearingOrders orders = bearing_orders(geometry);
  expect_relative("ftf", orders.ftf, test.at("ftf_mult"));
  expect_relative("bpfo", orders.bpfo, test.at("bpfo_mult"));
  expect_relative("bpfi", orders.bpfi, test.at("bpfi_mult"));
  expect_relative("bsf", orders.bsf, test.at("bsf_mult"));
  const float shaft_hz = test.at("rpm").get<float>() / 60.0F;
  expect_relative("bpfo in Hz", orders.bpfo * shaft_hz, test.at("bpfo_hz"));
}

TEST(GoldenDsp, BearingOrders) {
  for_each_case("bearing_freqs", run_bearing_freqs);
}

TEST(GoldenDsp, BearingOrdersAreThoseOfTheSimulatedMachine) {
  const BearingOrders orders = bearing_orders(find_bearing("6205")->geometry);
  const sim::BearingOrders simulated = sim::bearing_orders({});
  expect_relative("ftf", simulated.cage, static_cast<double>(orders.ftf));
  expect_relative("bpfo", simulated.outer, static_cast<double>(orders.bpfo));
  expect_relative("bpfi", simulated.inner, static_cast<double>(orders.bpfi));
  expect_relative("bsf", simulated.ball, static_cast<double>(orders.bsf));
}

}  // namespace
}  // namespace aiot::dsp::golden
