// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/dsp/filter.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr std::uint32_t kSamples = 512;
constexpr float kRate = 12000.0F;

constinit std::array<float, kSamples> input{};
constinit std::array<float, kSamples> output{};
constinit std::optional<dsp::SosFilter> filter;

template <dsp::FilterKind kKind, std::uint32_t kOrder>
void prepare() {
  fill_noise(input, 5);
  const auto sections =
      dsp::design_butterworth({kKind, kOrder, 500.0F, 3000.0F}, kRate).value_or({});
  filter.emplace(std::span{sections.begin(), sections.end()});
}

/// Numerators of no special form.
void prepare_general() {
  fill_noise(input, 5);
  constexpr dsp::Section kSection =
      dsp::section(dsp::Biquad<double>{0.5, 0.25, -0.125, -0.75, 0.5});
  filter.emplace(std::span{&kSection, 1});
}

void run_filter() {
  filter->run(input, output);
}

using enum dsp::FilterKind;
constexpr std::array kCases = {
    Case{"low-pass, 2 poles", "sample, section", kSamples, 11.5F, prepare<kLowPass, 2>, run_filter},
    Case{"low-pass, 8", "sample, section", 4 * kSamples, 11.5F, prepare<kLowPass, 8>, run_filter},
    Case{"high-pass, 4", "sample, section", 2 * kSamples, 11.5F, prepare<kHighPass, 4>, run_filter},
    Case{"band-pass, 8", "sample, section", 4 * kSamples, 11.5F, prepare<kBandPass, 4>, run_filter},
    Case{"any section", "sample, section", kSamples, 0.0F, prepare_general, run_filter},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
