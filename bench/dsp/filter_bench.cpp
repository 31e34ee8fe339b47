// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "aiot/dsp/filter.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr std::size_t kSamples = 1024;
constinit std::array<float, kSamples> input{};
constinit std::array<float, kSamples> output{};

void fill_input() {
  fill_noise(input, 1);
}

/// Butterworth of four sections; the filter is made anew for each run, which is counted with it.
template <dsp::FilterKind kKind, std::uint32_t kOrder>
struct Filtering {
  static inline constinit dsp::Sections sections{};

  static void prepare() {
    fill_input();
    sections = *dsp::design_butterworth({kKind, kOrder, 500.0F, 2000.0F}, 12800.0F);
  }

  static void run() {
    dsp::SosFilter filter(sections);
    filter.run(input, output);
  }
};

using LowPass = Filtering<dsp::FilterKind::kLowPass, 8>;
using HighPass = Filtering<dsp::FilterKind::kHighPass, 8>;
using BandPass = Filtering<dsp::FilterKind::kBandPass, 4>;

constexpr std::uint32_t kUnits = 4 * kSamples;
constexpr std::array kCases = {
    Case{"low-pass, 4 sections",
         "sample and section",
         kUnits,
         11.5F,
         LowPass::prepare,
         LowPass::run},
    Case{"high-pass, 4 sections",
         "sample and section",
         kUnits,
         11.5F,
         HighPass::prepare,
         HighPass::run},
    Case{"band-pass, 4 sections",
         "sample and section",
         kUnits,
         11.5F,
         BandPass::prepare,
         BandPass::run},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
