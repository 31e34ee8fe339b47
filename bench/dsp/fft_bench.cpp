// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <span>

#include "aiot/dsp/cepstrum.hpp"
#include "aiot/dsp/fft.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constinit std::array<float, dsp::kMaxFft> input{};
constinit std::array<float, dsp::kMaxFft> output{};

void fill_input() {
  fill_noise(input, 1);
}

template <std::size_t kSize>
void run_rfft() {
  dsp::rfft(std::span{input}.first<kSize>(), 0.125F, std::span{output}.first<kSize>());
}

template <std::size_t kSize>
void run_irfft() {
  dsp::irfft(std::span{input}.first<kSize>(), std::span{output}.first<kSize>());
}

template <std::size_t kPoints>
void run_cfft() {
  dsp::cfft(std::span{input}.first<2 * kPoints>(), dsp::Direction::kForward);
}

void run_cepstrum() {
  dsp::real_cepstrum(std::span{input}.first<1024>(),
                     0.0F,
                     std::span{output}.first<1024>(),
                     std::span{output}.subspan<1024, 1024>());
}

constexpr std::array kCases = {
    Case{"rfft f32 256", "transform", 1, 0.0F, fill_input, run_rfft<256>},
    Case{"rfft f32 1024", "transform", 1, 42'000.0F, fill_input, run_rfft<1024>},
    Case{"rfft f32 4096", "transform", 1, 0.0F, fill_input, run_rfft<4096>},
    Case{"irfft f32 1024", "transform", 1, 0.0F, fill_input, run_irfft<1024>},
    Case{"real cepstrum 1024", "window", 1, 0.0F, fill_input, run_cepstrum},
    Case{"cfft f32 512", "transform", 1, 0.0F, fill_input, run_cfft<512>},
    Case{"cfft f32 1024", "transform", 1, 0.0F, fill_input, run_cfft<1024>},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
