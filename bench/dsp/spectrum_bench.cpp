// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aiot/dsp/averaged_spectrum.hpp"
#include "aiot/dsp/peaks.hpp"
#include "aiot/dsp/velocity.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr std::uint32_t kLength = 1024;
constexpr float kRate = 12800.0F;

constinit std::array<float, kLength> input{};
constinit std::array<float, kLength> scratch{};
constinit std::array<float, kLength / 2 + 1> bins{};
constinit std::array<dsp::SpectralPeak, 8> peaks{};
constinit std::optional<dsp::AveragedSpectrum> spectrum;
constinit std::optional<dsp::VelocityMeter> meter;
volatile std::size_t found;

template <dsp::TaperKind kTaper>
void prepare_spectrum() {
  fill_noise(input, 3);
  spectrum.emplace(
      dsp::AveragedSpectrumConfig{.length = kLength, .rate_hz = kRate, .taper = kTaper},
      bins,
      scratch);
}

void add_segment() {
  spectrum->add(input);
}

void prepare_peaks() {
  prepare_spectrum<dsp::TaperKind::kHann>();
  spectrum->add(input);
}

void run_peaks() {
  found = dsp::find_peaks(bins, {.range = {1, kLength / 2}, .min_distance = 3}, peaks);
}

void prepare_meter() {
  fill_noise(input, 3);
  meter.emplace(dsp::VelocityBand{}, kRate);
}

void run_meter() {
  meter->add(input);
}

using enum dsp::TaperKind;
constexpr std::array kCases = {
    Case{"averaged spectrum, Hann", "sample", kLength, 0.0F, prepare_spectrum<kHann>, add_segment},
    Case{"averaged spectrum, flat-top",
         "sample",
         kLength,
         0.0F,
         prepare_spectrum<kFlatTop>,
         add_segment},
    Case{"8 peaks of 512 bins", "search", 1, 0.0F, prepare_peaks, run_peaks},
    Case{"velocity, order 4", "sample", kLength, 70.0F, prepare_meter, run_meter},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
