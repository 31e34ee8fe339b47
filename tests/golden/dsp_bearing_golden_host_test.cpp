// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/math.hpp"
#include "ports/sim/machine.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_bearing_freqs(const Vectors&, const Json& test) {
  const sim::BearingOrders orders =
      sim::bearing_orders({.balls = test.at("balls").get<float>(),
                           .ball_diameter = test.at("ball_d_in").get<float>(),
                           .pitch_diameter = test.at("pitch_d_in").get<float>(),
                           .contact_cos = cos(test.at("angle_deg").get<float>() * kPi / 180.0F)});
  expect_relative("ftf", orders.cage, test.at("ftf_mult"));
  expect_relative("bpfo", orders.outer, test.at("bpfo_mult"));
  expect_relative("bpfi", orders.inner, test.at("bpfi_mult"));
  expect_relative("bsf", orders.ball, test.at("bsf_mult"));
}

TEST(GoldenDsp, BearingOrders) {
  for_each_case("bearing_freqs", run_bearing_freqs);
}

}  // namespace
}  // namespace aiot::dsp::golden
