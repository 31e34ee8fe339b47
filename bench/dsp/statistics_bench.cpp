// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "aiot/dsp/statistics.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constinit std::array<float, 1024> input{};
volatile float kurtosis;

void fill_input() {
  fill_noise(input, 1);
}

void run_statistics() {
  kurtosis = dsp::statistics(input).kurtosis;
}

constexpr std::array kCases = {
    Case{"statistics", "sample", input.size(), 20.0F, fill_input, run_statistics},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
