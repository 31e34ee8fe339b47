// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <span>

#include "aiot/dsp/order.hpp"
#include "aiot/dsp/speed.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr std::array<float, 4> kPulses = {10.0F, 330.0F, 652.0F, 980.0F};

constinit std::array<float, 1024> input{};
constinit std::array<float, 1025> power{};
constinit std::array<float, 2050> work{};
constinit std::array<float, 2048> storage{};
constinit std::array<float, 1280> angle{};
volatile float result;

void fill_input() {
  fill_noise(input, 1);
  fill_noise(power, 2);
  for (float& x : power) {
    x = 0.01F + x * x;
  }
}

void run_order() {
  dsp::AngleResampler resampler({.samples_per_rev = 256}, storage);
  result = static_cast<float>(resampler.run(input, kPulses, angle).value_or(0));
}

void run_detector() {
  dsp::PulseDetector detector(-0.5F, 0.5F);
  result = static_cast<float>(detector.run(input, angle));
}

void run_narrow() {
  result =
      dsp::estimate_speed(power, 1500.0F, {.lo_hz = 27.0F, .hi_hz = 33.0F}, work).value_or({}).hz;
}

void run_wide() {
  result =
      dsp::estimate_speed(power, 1500.0F, {.lo_hz = 6.0F, .hi_hz = 120.0F}, work).value_or({}).hz;
}

constexpr std::array kCases = {
    Case{"order resampling", "angle sample", 768, 0.0F, fill_input, run_order},
    Case{"tacho pulses", "sample", input.size(), 0.0F, fill_input, run_detector},
    Case{"speed of 1025 bins, 27 to 33 Hz", "estimate", 1, 0.0F, fill_input, run_narrow},
    Case{"speed of 1025 bins, 6 to 120 Hz", "estimate", 1, 0.0F, fill_input, run_wide},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
