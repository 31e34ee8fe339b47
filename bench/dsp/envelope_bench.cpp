// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <span>

#include "aiot/dsp/envelope.hpp"
#include "aiot/dsp/envelope_follower.hpp"
#include "aiot/dsp/fft.hpp"
#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

constexpr std::uint32_t kLength = 2048;

/// A sixteenth of the spectrum: 64 bins.
constexpr dsp::BinRange kBand = {449, 512};

constinit std::array<float, kLength> input{};
constinit std::array<float, kLength> spectrum{};
constinit std::array<float, 2 * kLength> work{};
constinit std::array<float, kLength> envelope{};
constinit std::array<dsp::BandMoments, 28> bands{};
volatile float result;

void fill_input() {
  fill_noise(input, 1);
  dsp::rfft(input, 0.0F, spectrum);
  (void)dsp::make_band_grid(kLength, 2, 4, bands);
}

void run_hilbert() {
  dsp::hilbert_envelope(input, 0.0F, work, envelope);
  result = envelope[5];
}

void run_band() {
  dsp::band_envelope(spectrum,
                     kBand,
                     dsp::EnvelopeKind::kSquared,
                     std::span{work}.first(256),
                     std::span{envelope}.first(128));
  result = envelope[5];
}

void run_band_spectrum() {
  run_band();
  dsp::envelope_spectrum(std::span{envelope}.first(128), std::span{work}.first(128));
  result = work[5];
}

void run_grid() {
  dsp::add_block(spectrum, bands, work);
  result = dsp::choose_band(bands, 5.0F).kurtosis;
}

void run_follower() {
  dsp::EnvelopeFollower follower(*dsp::plan_envelope_follower(
      {.lo_hz = 2000.0F, .hi_hz = 4000.0F, .envelope_hz = 300.0F}, 12000.0F));
  (void)follower.run(input, std::span{work}.first(kLength), envelope);
  result = envelope[5];
}

constexpr std::array kCases = {
    Case{"hilbert envelope 2048", "transform", 1, 0.0F, fill_input, run_hilbert},
    Case{"band envelope, 64 bins to 128 points", "transform", 1, 0.0F, fill_input, run_band},
    Case{"and its spectrum", "transform", 1, 0.0F, fill_input, run_band_spectrum},
    Case{"kurtogram of 28 bands", "sample", kLength, 0.0F, fill_input, run_grid},
    Case{"envelope follower and its design", "sample", kLength, 0.0F, fill_input, run_follower},
};
const Group kGroup(kCases);

}  // namespace
}  // namespace aiot::bench
