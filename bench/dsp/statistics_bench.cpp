// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "aiot/dsp/statistics.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constinit std::array<float, 4096> input{};
volatile float result;

void fill_input() {
  fill_noise(input, 1);
}

void run_statistics() {
  result = dsp::statistics(input).kurtosis;
}

void run_mean() {
  result = dsp::mean(input);
}

constexpr std::array kCases = {
    Case{"statistics", "sample", input.size(), 20.0F, fill_input, run_statistics},
    Case{"mean", "sample", input.size(), 0.0F, fill_input, run_mean},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
