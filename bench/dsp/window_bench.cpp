// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The parts of the chain of examples/node/node_monitor for one window, as it works on them: 4096
// samples of one axis, in place.

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "aiot/core/ring.hpp"
#include "aiot/dsp/averaged_spectrum.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot/dsp/features.hpp"
#include "aiot/dsp/octave_features.hpp"
#include "aiot/dsp/quality.hpp"
#include "aiot/dsp/windower.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr std::uint32_t kWindow = 4096;
constexpr float kRate = 12800.0F;
constexpr float kScale = 0.005F;
constexpr std::uint32_t kRound = 64;  // windows: a part of one round of the views

constinit std::array<float, kWindow> samples{};
constinit std::array<std::int16_t, kWindow> codes{};
constinit std::array<std::int16_t, kWindow> ring_memory{};
constinit std::array<float, kWindow / 2 + 1> bins{};
constexpr dsp::BearingPlan kPlan{.transform = 2048, .slots = 1, .averages = 6};
constexpr dsp::BearingGeometry k6205{9, 7.94F, 39.04F, 0.0F};
constinit std::array<float, dsp::bearing_floats(kPlan)> bearing_memory{};
constinit std::array<float, dsp::kOctaveFeatures> octaves{};
constinit std::array<float, 16> values{};
std::optional<dsp::BearingMonitor> bearing;
std::optional<dsp::AveragedSpectrum> average;
std::optional<dsp::Windower> windower;
std::optional<SampleRing> ring;
volatile std::uint32_t flags;

using dsp::Transform;
constexpr std::array kFeatures = {
    dsp::FeatureSpec{FeatureId::kRms},
    dsp::FeatureSpec{FeatureId::kVelocityRms, 0, Transform::kLinear, 10.0F, 1000.0F},
    dsp::FeatureSpec{FeatureId::kPeak},
    dsp::FeatureSpec{FeatureId::kCrestFactor},
    dsp::FeatureSpec{FeatureId::kKurtosis},
    dsp::FeatureSpec{FeatureId::kBandRms, 0, Transform::kLinear, 10.0F, 1000.0F},
    dsp::FeatureSpec{FeatureId::kBandRms, 0, Transform::kLinear, 1000.0F, 5000.0F}};

void fill() {
  fill_noise(samples, 1);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    codes[i] = static_cast<std::int16_t>(samples[i] * 1000.0F);
    samples[i] = static_cast<float>(codes[i]) * kScale;
  }
}

void fill_ring() {
  fill();
  ring_memory = codes;
  ring.emplace(ring_memory);
  ring->commit(ring->claim().size());
  windower.emplace(
      dsp::WindowerConfig{
          .length = kWindow, .hop = kWindow / 2, .axes = 1, .scale = kScale, .rate_hz = kRate},
      dsp::WindowerMemory{codes, samples});
}

void run_windower() {
  dsp::Window window;
  flags = windower->fill(*ring, window) ? 1 : 0;
}

void run_restore() {
  windower->restore();
}

void run_assess() {
  flags = dsp::assess(samples, {.scale = kScale}).flags;
}

void run_octaves() {
  dsp::octave_features(samples, samples, octaves);
}

void run_features() {
  const dsp::FeaturePlan plan{
      .features = kFeatures, .window = kWindow, .hop = kWindow / 2, .axes = 1};
  const dsp::Window window{.samples = samples, .axes = 1, .length = kWindow, .rate_hz = kRate};
  (void)dsp::extract(plan, window, {}, samples, std::span(values).first(kFeatures.size()));
}

void prepare_average() {
  fill();
  average.emplace(dsp::AveragedSpectrumConfig{.length = kWindow, .rate_hz = kRate}, bins, samples);
}

void run_average() {
  average->add(samples);
}

void prepare_bearing() {
  fill();
  octaves.fill(3.0F);
  bearing.emplace(kPlan, dsp::MonitoredBearing{k6205, 1797.0F}, kRate, kWindow, bearing_memory);
}

void run_bearing() {
  for (std::uint32_t i = 0; i < kRound; ++i) {
    (void)bearing->add(samples, octaves, samples);
    for (std::size_t k = 0; k < samples.size(); ++k) {
      samples[k] = static_cast<float>(codes[k]) * kScale;
    }
  }
}

constexpr std::array kCases = {
    Case{"4096: collect and scale", "window", 1, 0.0F, fill_ring, run_windower},
    Case{"4096: scale again", "window", 1, 0.0F, fill_ring, run_restore},
    Case{"4096: quality", "window", 1, 0.0F, fill, run_assess},
    Case{"4096: octave features", "window", 1, 0.0F, fill, run_octaves},
    Case{"4096: statistics, velocity, bands", "window", 1, 0.0F, fill, run_features},
    Case{"4096: averaged spectrum", "window", 1, 0.0F, prepare_average, run_average},
    Case{"4096: bearing, one slot", "window", kRound, 0.0F, prepare_bearing, run_bearing},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
