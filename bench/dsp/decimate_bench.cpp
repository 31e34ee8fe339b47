// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "aiot/dsp/decimate.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr std::size_t kSamples = 1024;
constexpr std::size_t kTaps = 64;
constexpr std::uint32_t kFactor = 4;
constinit std::array<float, kSamples> input{};
constinit std::array<float, kSamples / kFactor> output{};
constinit std::array<float, kTaps> taps{};
constinit std::array<float, dsp::FirDecimator::storage_floats(kTaps, 256)> storage{};

void fill_input() {
  fill_noise(input, 1);
  fill_noise(taps, 2);
  for (std::size_t i = 0; i < kTaps / 2; ++i) {
    taps[kTaps - 1 - i] = taps[i];
  }
}

template <dsp::TapSymmetry kSymmetry>
void run_decimator() {
  dsp::FirDecimator decimator(taps, kFactor, kSymmetry, storage);
  (void)decimator.run(input, output);
}

constexpr std::array kCases = {
    Case{"decimate by 4, 64 taps",
         "input sample",
         kSamples,
         64.0F,
         fill_input,
         run_decimator<dsp::TapSymmetry::kNone>},
    Case{"decimate by 4, 64 even taps",
         "input sample",
         kSamples,
         55.0F,
         fill_input,
         run_decimator<dsp::TapSymmetry::kEven>},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
