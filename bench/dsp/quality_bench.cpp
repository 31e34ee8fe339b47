// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <span>

#include "aiot/dsp/quality.hpp"
#include "aiot/dsp/spectrum.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr float kScale = 0.005F;

constinit std::array<float, 1024> input{};
constinit std::array<float, 1024> spectrum{};
volatile std::uint32_t flags;
volatile float edge;

/// Codes of a lively signal that does not come near its range: what a machine gives all day.
void fill_codes() {
  fill_noise(input, 1);
  for (float& x : input) {
    x = static_cast<float>(static_cast<std::int32_t>(x * 1000.0F)) * kScale;
  }
}

/// Every sample twice: all that can be looked at again is.
void fill_held() {
  fill_codes();
  for (std::size_t i = 0; i < input.size(); i += 2) {
    input[i + 1] = input[i];
  }
  input[100] = input[101] = 32767.0F * kScale;
  for (std::size_t i = 200; i < 260; ++i) {
    input[i] = 0.0F;
  }
}

void fill_spectrum() {
  fill_codes();
  dsp::mean_square_spectrum(input, 0.0F, spectrum);
}

void run_assess() {
  flags = dsp::assess(input, {.scale = kScale}).flags;
}

void run_edge() {
  edge = dsp::spectrum_edge(std::span{spectrum}.first(input.size() / 2 + 1));
}

constexpr std::array kCases = {
    Case{"quality", "sample", input.size(), 12.0F, fill_codes, run_assess},
    Case{"quality, all of it", "sample", input.size(), 0.0F, fill_held, run_assess},
    Case{"spectrum edge", "sample", input.size(), 0.0F, fill_spectrum, run_edge},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
