// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <optional>

#include "aiot/dsp/decimate.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr std::uint32_t kSamples = 2048;

constinit std::array<float, kSamples> input{};
constinit std::array<float, kSamples / 4> output{};
constinit std::array<float, 64> taps{};
constinit std::array<float, dsp::FirDecimator::storage_floats(64, 256)> storage{};
constinit std::optional<dsp::FirDecimator> decimator;

template <dsp::TapSymmetry kSymmetry>
void prepare() {
  fill_noise(input, 7);
  (void)dsp::design_low_pass({0.09F, 0.16F, 60.0F}, taps);
  decimator.emplace(taps, 4U, kSymmetry, storage);
}

void run_decimator() {
  (void)decimator->run(input, output);
}

using enum dsp::TapSymmetry;
constexpr std::array kCases = {
    Case{"decimate by 4, 64 taps, symmetric",
         "sample",
         kSamples,
         55.0F,
         prepare<kEven>,
         run_decimator},
    Case{"decimate by 4, 64 taps", "sample", kSamples, 0.0F, prepare<kNone>, run_decimator},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
