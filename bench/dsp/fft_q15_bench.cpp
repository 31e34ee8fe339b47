// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/dsp/fft_q15.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constinit std::array<float, dsp::kMaxFftQ15> noise{};
constinit std::array<std::int16_t, dsp::kMaxFftQ15> input{};
constinit std::array<std::int16_t, dsp::kMaxFftQ15> output{};

void fill_input() {
  fill_noise(noise, 1);
  for (std::size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<std::int16_t>(noise[i] * 32767.0F);
  }
}

template <std::size_t kSize>
void run_rfft() {
  (void)dsp::rfft_q15(std::span{input}.first<kSize>(), std::span{output}.first<kSize>());
}

constexpr std::array kCases = {
    Case{"rfft q15 256", "transform", 1, 0.0F, fill_input, run_rfft<256>},
    Case{"rfft q15 1024", "transform", 1, 60'000.0F, fill_input, run_rfft<1024>},
    Case{"rfft q15 4096", "transform", 1, 0.0F, fill_input, run_rfft<4096>},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
